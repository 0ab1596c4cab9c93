import json
import struct
import tracemalloc
from contextlib import suppress
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

import nn
from tests.nn.interchange.damage import damaged

SUFFIXES = [".safetensors", ".npz"]
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).filter(
    lambda n: n != "__metadata__"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("weights")


def assert_same(actual, expected):
    assert set(actual) == set(expected)
    for name, array in expected.items():
        assert actual[name].dtype == array.dtype
        assert actual[name].shape == array.shape
        assert actual[name].tobytes() == array.tobytes()


def file_of(header, data=b"", length=None):
    """A safetensors file with a given header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def load_bytes(folder, content, suffix=".safetensors"):
    path = folder / f"file{suffix}"
    path.write_bytes(content)
    return nn.load(path)


def test_checksum_is_optional(tmp_path):
    assert load_bytes(tmp_path, file_of({"a": tensor()}, b"\0\0\x80\x3f"))["a"].tolist() == [1.0]
    assert load_bytes(tmp_path, file_of(b"{}      ")) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "truncated: 0 bytes"),
        (b"\1\0\0", "truncated: 3 bytes"),
        (file_of({}, length=2**63), "too few for a header of 9223372036854775808"),
        (file_of({}, length=2**64 - 1), "truncated"),
        (file_of({}, length=3), "too few for a header of 3"),
        (file_of(b""), "header is not JSON"),
        (file_of(b"\xff\xfe{}"), "header is not JSON"),
        (file_of(b"[" * 100_000), "nested too deeply"),
        (file_of(b'{"a":' + b"9" * 5000 + b"}"), "header is not JSON"),
        (file_of(b'{"a":1,"a":1}'), "a name is repeated"),
        (file_of(b'{"\\ud800":1}'), "or invalid"),
        (file_of([]), "not a JSON object"),
        (file_of({"__metadata__": {"a": 1}}), "metadata does not map strings"),
        (file_of({"__metadata__": []}), "metadata does not map strings"),
        (file_of({"a": []}), "tensor 'a': expected dtype, shape and data_offsets, got"),
        (file_of({"a": tensor() | {"more": 1}}, b"1234"), "expected dtype, shape and data_offsets, got"),
        (file_of({"a": {"dtype": "F32", "shape": [1]}}, b"1234"), "expected dtype, shape and data_offsets, got"),
        (file_of({"a": tensor(offsets=(0, 4, 4))}, b"1234"), "expected dtype, shape and data_offsets, got"),
        (file_of({"a": tensor(dtype=32)}, b"1234"), "expected dtype, shape and data_offsets, got"),
        (file_of({"a": tensor(dtype="F8_E5M2")}, b"1234"), "unknown dtype 'F8_E5M2'; the known ones are F64, F32"),
        (file_of({"a": tensor(shape=(-1,), offsets=(4, 0))}, b"1234"), "invalid shape .* or offsets"),
        (file_of({"a": tensor(shape=(1.0,))}, b"1234"), "invalid shape .* or offsets"),
        (file_of({"a": tensor(shape=(True,))}, b"1234"), "invalid shape .* or offsets"),
        (file_of({"a": tensor(shape=("1",))}, b"1234"), "invalid shape .* or offsets"),
        (file_of({"a": tensor(offsets=(-4, 0))}, b"1234"), "invalid shape .* or offsets"),
        (file_of({"a": tensor(shape=(1,) * 65)}, b"1234"), "invalid shape .* or offsets"),
        (file_of({"a": tensor(shape=(10**30,), offsets=(0, 4 * 10**30))}, b"1234"), "invalid shape .* or offsets"),
        (file_of({"a": tensor(shape=(2,))}, b"1234"), r"4 is not the size in bytes of F32, shape \[2\]"),
        (file_of({"a": tensor(offsets=(4, 0))}, b"1234"), "-4 is not the size in bytes"),
        (file_of({"a": tensor(offsets=(4, 8))}, b"12345678"), "begins at byte 4 of the data, expected 0"),
        (file_of({"a": tensor(), "b": tensor(offsets=(2, 6))}, b"123456"), "'b' begins at byte 2 of the data, expected 4"),
        (file_of({"a": tensor(), "b": tensor()}, b"1234"), "begins at byte 0 of the data, expected 4"),
        (file_of({"a": tensor()}, b"123"), "describes 4 bytes of data, the file has 3"),
        (file_of({"a": tensor()}, b"12345"), "describes 4 bytes of data, the file has 5"),
        (file_of({"a": tensor(shape=(0, 2**62, 2**62), offsets=(0, 0))}), "too large for NumPy"),
        (file_of({"a": tensor("BOOL", (4,))}, b"\0\1\2\0"), "invalid boolean"),
        (file_of({"__metadata__": {"chainrule.crc32": "0"}, "a": tensor()}, b"1234"), "checksum of the weights differs"),
    ],
)
def test_damaged_safetensors_file_is_rejected(tmp_path, content, words):
    with pytest.raises(nn.WeightsFileError, match=words) as caught:
        load_bytes(tmp_path, content)
    assert str(caught.value).startswith("file.safetensors: ")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("depth", [100, 900, 950, 980, 990, 1000, 5000])
@pytest.mark.parametrize("entry", ["%s", '{"dtype":"F32","shape":[%s],"data_offsets":[0,4]}'])
def test_deeply_nested_header_is_rejected(tmp_path, depth, entry):
    with pytest.raises(nn.WeightsFileError):
        load_bytes(tmp_path, file_of(f'{{"a":{entry % ("[" * depth + "]" * depth)}}}'.encode(), b"1234"))


@pytest.mark.parametrize(
    "make", [lambda path: np.savez(path, a=np.array([None])), lambda path: np.savez(path, a=np.array(["text"]))]
)
def test_npz_of_objects_and_strings_is_rejected(tmp_path, make):
    make(tmp_path / "w.npz")
    with pytest.raises(nn.WeightsFileError, match=r"w.npz: not an npz file of numeric arrays"):
        nn.load(tmp_path / "w.npz")


def test_zip_of_other_files_is_rejected(tmp_path):
    with ZipFile(tmp_path / "w.npz", "w") as archive:
        archive.writestr("notes.txt", "text")
    with pytest.raises(nn.WeightsFileError, match=r"unexpected entry 'notes.txt'"):
        nn.load(tmp_path / "w.npz")
    with ZipFile(tmp_path / "w.npz", "w", ZIP_LZMA) as archive:
        archive.writestr("a.npy", b"")
    with pytest.raises(nn.WeightsFileError, match=r"unexpected entry 'a.npy'"):
        nn.load(tmp_path / "w.npz")


def test_npy_with_a_wrong_size_is_rejected_before_memory_is_allocated(tmp_path):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }\n"
    with ZipFile(tmp_path / "w.npz", "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    with pytest.raises(nn.WeightsFileError, match="0 bytes for an array"):
        nn.load(tmp_path / "w.npz")


def npy(shape, data, dtype="<f8"):
    """An npy file of version 2.0 with a given shape and given data, which may differ."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".ljust(115).encode() + b"\n"
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", len(header)) + header + data


def deflated(path, *contents):
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for i, content in enumerate(contents):
            archive.writestr(f"{i}.npy", content)
    return bytearray(path.read_bytes())


def bomb(path):
    path.write_bytes(deflated(path, npy((2**22,), bytes(2**25))))


def many_small_bombs(path):
    path.write_bytes(deflated(path, *[npy((2**18,), bytes(2**21))] * 16))


def overlapping_entries(path):
    """Many entries of the directory that share the data of one."""
    content = deflated(path, npy((2**18,), bytes(2**21)))
    directory = content.rindex(b"PK\x01\x02")
    entry, end = content[directory : content.rindex(b"PK\x05\x06")], content[content.rindex(b"PK\x05\x06") :]
    entries = b"".join(entry.replace(b"0.npy", b"%c.npy" % (48 + i)) for i in range(40))
    end[8:16] = struct.pack("<HHI", 40, 40, len(entries))
    path.write_bytes(content[:directory] + entries + end)


def with_file_size(size, content):
    """A file whose directory and local header say another size than the data have."""

    def write(path):
        written = deflated(path, content)
        directory = written.rindex(b"PK\x01\x02")
        written[22:26] = written[directory + 24 : directory + 28] = struct.pack("<I", size)
        path.write_bytes(written)

    return write


def npz_in_an_npz(path):
    inner = path.with_name("inner.npz")
    bomb(inner)
    with ZipFile(path, "w") as archive:
        archive.write(inner, "a.npy")


BOMBS = {
    "bomb": bomb,
    "many small bombs": many_small_bombs,
    "overlapping entries": overlapping_entries,
    "size smaller than the data": with_file_size(128 + 8, npy((1,), bytes(2**25))),
    "size of the header only": with_file_size(128, npy((0,), bytes(2**25))),
    "size larger than the data": with_file_size(2**32 - 2, npy((2**20,), bytes(64))),
    "shape larger than the data": lambda path: deflated(path, npy((2**30,), bytes(64))),
    "product of the shape overflows": lambda path: deflated(path, npy((2**40, 2**40), bytes(64))),
    "negative shape": lambda path: deflated(path, npy((-8, -1), bytes(64))),
    "long header": lambda path: deflated(path, npy("(" + "1," * 2**21 + ")", b"")),
    "npz in an npz": npz_in_an_npz,
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("write", BOMBS.values(), ids=BOMBS)
def test_small_file_takes_little_memory(tmp_path, monkeypatch, write):
    monkeypatch.setattr("autograd.utils.npz_files.FREE_BYTES", 2**20)
    path = tmp_path / "w.npz"
    write(path)
    size = path.stat().st_size
    tracemalloc.start()
    try:
        with pytest.raises(nn.WeightsFileError, match=r"w\.npz: "):
            nn.load(path)
        assert tracemalloc.get_traced_memory()[1] < 2**21 + 100 * size
    finally:
        tracemalloc.stop()


def test_bomb_is_refused_with_its_size_and_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr("autograd.utils.npz_files.FREE_BYTES", 2**20)
    bomb(tmp_path / "w.npz")
    with pytest.raises(nn.WeightsFileError, match=r"need 33554560 bytes, more than 100 times .* np\.load and save it without"):
        nn.load(tmp_path / "w.npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_honest_files_of_any_content_are_read(tmp_path, save):
    arrays = {"zeros": np.zeros(2**20), "ones": np.ones((3, 2**18), np.float32, order="F"), "empty": np.empty((0, 3))}
    save(tmp_path / "w.npz", **arrays)
    assert_same(nn.load(tmp_path / "w.npz"), arrays)


def test_npz_with_a_comment_is_read(tmp_path):
    nn.save({"a": np.ones(2)}, tmp_path / "w.npz")
    with ZipFile(tmp_path / "w.npz", "a") as archive:
        archive.comment = b"made elsewhere"
    assert nn.load(tmp_path / "w.npz")["a"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_file_of_the_other_format_is_rejected(tmp_path, suffix):
    nn.save({"a": np.ones(2)}, tmp_path / f"w{suffix}")
    (other,) = set(SUFFIXES) - {suffix}
    (tmp_path / f"w{suffix}").rename(tmp_path / f"w{other}")
    with pytest.raises(nn.WeightsFileError, match=f"w{other}: not a"):
        nn.load(tmp_path / f"w{other}")


WEIGHTS = {
    "0.weight": np.arange(4.0).reshape(2, 2),
    "é": np.array([1.5], np.float32),
    "on": np.array([True, False]),
    "n": np.array(7),
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("flip", [0x01, 0x20, 0xFF])
def test_change_of_any_byte_is_detected(tmp_path, suffix, flip):
    path = tmp_path / f"w{suffix}"
    nn.save(WEIGHTS, path)
    with open(path, "r+b", buffering=0) as file:
        for place, byte in enumerate(file.read()):
            file.seek(place)
            file.write(bytes([byte ^ flip]))
            with suppress(nn.WeightsFileError):
                assert_same(nn.load(path), WEIGHTS)
            file.seek(place)
            file.write(bytes([byte]))


@settings(max_examples=200)
@given(data=st.data())
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged_file_gives_an_error_or_the_same_weights(folder, suffix, data):
    path = folder / f"damaged{suffix}"
    nn.save(WEIGHTS, path, metadata={"by": "us"} if suffix == ".safetensors" else None)
    path.write_bytes(data.draw(damaged(path.read_bytes())))
    try:
        actual = nn.load(path)
    except nn.WeightsFileError:
        return
    assert_same(actual, WEIGHTS)


@settings(max_examples=100)
@given(content=st.binary(max_size=60))
@example(content=b"PK\x05\x06" + b"\0" * 18)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_any_bytes_are_an_error_or_arrays(folder, suffix, content):
    try:
        actual = load_bytes(folder, content, suffix)
    except nn.WeightsFileError:
        return
    assert all(isinstance(array, np.ndarray) for array in actual.values())


entries = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F32", "F64", "BF16", "BOOL", "I8", "X"]),
        "shape": st.lists(st.integers(-1, 4) | st.sampled_from([2**31, 2**62, 2**70]), max_size=3),
        "data_offsets": st.lists(st.integers(-1, 20), min_size=2, max_size=2),
    }
)


@settings(max_examples=200)
@given(header=st.dictionaries(names, entries, max_size=2), data=st.binary(max_size=20))
def test_any_header_is_an_error_or_arrays_of_all_bytes(folder, header, data):
    try:
        actual = load_bytes(folder, file_of(header, data))
    except nn.WeightsFileError:
        return
    widths = {"BF16": 2}
    assert set(actual) == set(header)
    assert sum(array.nbytes // widths.get(header[name]["dtype"], 1) for name, array in actual.items()) == len(data)
