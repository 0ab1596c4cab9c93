import gzip
import struct

import numpy as np
import pytest
from hypothesis import example, given, strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from optim.data import DataFileError, read_idx

CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}

some_arrays = st.sampled_from([*CODES]).flatmap(lambda dtype: arrays(dtype, array_shapes(min_side=0, max_dims=4, max_side=4)))


def idx(array):
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, CODES[array.dtype.str[1:]], array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Reads bytes as the file some-idx."""
    path = tmp_path_factory.mktemp("idx") / "some-idx"

    def from_bytes(content):
        path.write_bytes(content)
        return read_idx(path)

    return from_bytes


WHOLE = idx(np.arange(24, dtype="i2").reshape(2, 3, 4))


@given(some_arrays, st.booleans())
def test_arrays_come_back_plain_or_compressed(read, array, compressed):
    content = idx(array)
    result = read(gzip.compress(content, 1) if compressed else content)
    np.testing.assert_array_equal(result, array)
    assert (result.dtype, result.shape) == (array.dtype, array.shape)
    assert result.flags.writeable


@given(st.binary(max_size=40) | st.binary(max_size=30).map(lambda tail: b"\0\0\x08" + tail))
@example(b"\0\0\x08\x03" + b"\xff" * 12)
@example(b"\0\0\x08\x03" + b"\0" * 4 + b"\xff" * 8)
@example(b"\x1f\x8b")
@example(gzip.compress(b""))
@example(gzip.compress(WHOLE) * 2)
def test_any_bytes_give_an_array_or_a_message(read, content):
    try:
        read(content)
    except DataFileError as error:
        assert "some-idx" in str(error)


@given(st.data(), st.booleans())
def test_damaged_files_give_an_array_or_a_message(read, data, compressed):
    content = bytearray(gzip.compress(WHOLE) if compressed else WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(content))
    except DataFileError as error:
        assert "some-idx" in str(error)


@given(st.integers(0, len(WHOLE) - 1))
def test_every_truncation_is_noticed(read, length):
    with pytest.raises(DataFileError, match=r"truncated|at least 4 bytes"):
        read(WHOLE[:length])


@given(st.integers(2, len(gzip.compress(WHOLE)) - 1))
def test_every_truncation_of_a_compressed_file_is_noticed(read, length):
    with pytest.raises(DataFileError, match="truncated or damaged"):
        read(gzip.compress(WHOLE)[:length])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "at least 4 bytes, this file has 0"),
        (b"\x89PNG....", "must begin with 00 00 .*not with 89 50 4e 47"),
        (b"\0\0\x0a\x01" + bytes(4), "not with 00 00 0a 01"),
        (b"\0\0\x08\0", "0 dimensions"),
        (b"\0\0\x08\x40" + bytes(256), "64 dimensions"),
        (b"\0\0\x08\x02" + bytes(7), "truncated in the header of 12 bytes"),
        (WHOLE[:-1], r"the header says 2 × 3 × 4 numbers of 2 bytes, but the file has 47 of 48 bytes"),
        (WHOLE + b"\0", "2 × 3 × 4 numbers of 2 bytes, but the file is longer"),
        (gzip.compress(WHOLE + b"\0"), "the file is longer"),
        (b"\0\0\x0e\x03" + b"\xff" * 12, "exceeds the address space"),
        (b"\0\0\x08\x02" + b"\xff\xff\xff\xff\0\0\x10\0", "truncated; the header says 4294967295 × 4096"),
    ],
    ids=["empty", "picture", "type", "none", "many", "header", "short", "long", "gz", "huge", "large"],
)
def test_message_states_the_mistake(read, content, message):
    with pytest.raises(DataFileError, match=f"^some-idx: .*{message}"):
        read(content)


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(DataFileError, match="nowhere: there is no such file"):
        read_idx(tmp_path / "nowhere")
    with pytest.raises(DataFileError, match="this is a folder, not a file"):
        read_idx(tmp_path)
