"""Files of torch.save are read without PyTorch, and without executing what is in them."""

import io
import os
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

import nn
from nn.interchange.pytorch_files import read_tensors
from tests.nn.interchange.damage import damaged

SAMPLE = Path(__file__).with_name("pytorch_2.pt")  # written by PyTorch 2.13
KINDS = {
    "float32": np.arange(24, dtype="f4").reshape(4, 6),
    "transposed": np.arange(24, dtype="f4").reshape(4, 6).T,
    "sliced": np.arange(24, dtype="f4").reshape(4, 6)[1:3, ::2],
    "float16": np.array([1.5, -2], "f2"),
    "bfloat16": np.array([1.5, -2], "f4"),
    "int64": np.array([1, -2]),
    "int32": np.array([3], "i4"),
    "int16": np.array([4], "i2"),
    "int8": np.array([-5], "i1"),
    "uint8": np.array([255], "u1"),
    "bool": np.array([True, False]),
    "scalar": np.array(7, "f4"),
    "empty": np.zeros((0, 3), "f4"),
    "expanded": np.full((3, 2), 2, "f4"),
    "parameter": np.ones(2, "f4"),
}


def build(model_class=nn.Sequential):
    return model_class(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2))


def test_every_dtype_and_view():
    arrays = nn.load(SAMPLE, section="kinds")
    assert list(arrays) == list(KINDS)
    for name, expected in KINDS.items():
        assert (arrays[name].dtype, arrays[name].tolist()) == (expected.dtype, expected.tolist())
        assert arrays[name].flags.writeable
        assert arrays[name].flags.owndata or arrays[name].base.flags.owndata


def test_model_computes_as_in_pytorch():
    model = build()
    nn.from_pytorch(model, nn.load(SAMPLE, section="model_state_dict"))
    example = nn.load(SAMPLE, section="example")
    np.testing.assert_allclose(model.eval()(example["x"]).numpy(), example["y"], rtol=1e-12)


def test_layout_is_known_to_be_that_of_pytorch():
    with pytest.raises(nn.StateError, match="layout of PyTorch"):
        nn.Sequential(nn.Linear(2, 2)).load_state_dict(
            nn.interchange.pytorch.MarkedState({"0.weight": np.eye(2), "0.bias": np.ones(2)}, "pt")
        )
    assert nn.load(SAMPLE, section="kinds").layout == "pt"


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (None, r"'epoch', 'name', .* not a tensor; choose a dict of tensors with section='model_state_dict'"),
        ("model", r"no section 'model'; there are 'model_state_dict', 'optimizer', 'kinds', 'example'"),
        ("optimizer", r"'state', 'param_groups' of the file: not a tensor$"),
    ],
)
def test_other_contents_are_named(section, message):
    with pytest.raises(nn.WeightsFileError, match=rf"pytorch_2\.pt: .*{message}"):
        nn.load(SAMPLE, section=section)


def test_sections_belong_to_files_of_pytorch(tmp_path):
    nn.save({"w": np.ones(2)}, tmp_path / "w.npz")
    with pytest.raises(ValueError, match=r"w\.npz: only files of torch\.save have sections"):
        nn.load(tmp_path / "w.npz", section="model")


# Files made by hand


class Storage:
    """Pickled as the storage of a tensor."""

    def __init__(self, key="0", count=2, name="FloatStorage"):
        self.identifier = "storage", GLOBALS[name], key, "cpu", count


class Named:
    def __init__(self, module, name):
        self.module, self.name = module, name


GLOBALS = {name: Named("torch", name) for name in ("FloatStorage", "DoubleStorage", "ComplexFloatStorage")}
GLOBALS["tensor"] = Named("torch._utils", "_rebuild_tensor_v2")


class Pickler(pickle._Pickler):
    """Writes the names of PyTorch's classes without PyTorch."""

    def persistent_id(self, value):
        return value.identifier if isinstance(value, Storage) else None

    def save(self, value, save_persistent_id=True):
        if isinstance(value, Named):
            self.write(f"c{value.module}\n{value.name}\n".encode())
        elif isinstance(value, Rebuilt):
            self.save(value.function)
            self.save(value.arguments)
            self.write(pickle.REDUCE)
        else:
            super().save(value, save_persistent_id)


class Rebuilt:
    """The call of a function in a pickle."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments


def tensor(storage=None, offset=0, shape=(2,), strides=(1,)):
    return Rebuilt(GLOBALS["tensor"], storage or Storage(), offset, shape, strides, False, OrderedDict())


def archive(value, data=b"\0\0\x80\x3f\0\0\0\x40", folder="archive/", more=(), protocol=2):
    pickled = io.BytesIO()
    Pickler(pickled, protocol).dump(value)
    return packed({f"{folder}data.pkl": pickled.getvalue(), f"{folder}data/0": data, **dict(more)})


def packed(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return content.getvalue()


def test_file_made_by_hand():
    assert read_tensors(archive({"w": tensor()}))["w"].tolist() == [1, 2]
    assert read_tensors(archive({})) == {}
    big = archive({"w": tensor()}, struct.pack(">2f", 1, 2), more=[("archive/byteorder", b"big")])
    assert read_tensors(big)["w"].tolist() == [1, 2]
    assert read_tensors(archive({0: tensor()}))["0"].tolist() == [1, 2]


class Malicious:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_nothing_is_executed(tmp_path, protocol):
    attack = Malicious(tmp_path / "executed")
    for value in (attack, {"w": attack}, {"w": [attack]}, {"w": {"x": attack}}):
        with pytest.raises(ValueError, match=r"object of|not a tensor|opcode"):
            read_tensors(packed({"archive/data.pkl": pickle.dumps(value, protocol)}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "before 1.6"),
        (b"PK junk", "damaged"),
        (packed({"a": b""}), "no data.pkl"),
        (archive([1, 2]), "it holds a list"),
        (archive(Rebuilt(Named("__main__", "Net"))), r"an object of __main__\.Net, and no state dict; write torch\.save"),
        (archive({"w": 1.5}), "'w' of the file: not a tensor"),
        (archive({"w": Storage()}), "'w' of the file: not a tensor"),
        (archive({(1, 2): tensor()}), "keys are not names"),
        (archive({"w": tensor(Storage(name="ComplexFloatStorage"))}), "dtype of ComplexFloatStorage"),
        (archive({"w": tensor(Storage(count=3))}), "8 bytes for 3 elements of FloatStorage"),
        (archive({"w": tensor(Storage(name="DoubleStorage"))}), "8 bytes for 2 elements of DoubleStorage"),
        (archive({"w": tensor(Storage(key="../0"))}), "no bytes for 2 elements"),
        (archive({"w": tensor(shape=(3,))}), r"shape \(3,\) is larger than its storage of 2 elements"),
        (archive({"w": tensor(offset=1)}), "larger than its storage"),
        (archive({"w": tensor(strides=(2,))}), "larger than its storage"),
        (archive({"w": tensor(strides=(-1,))}), "shape or the strides"),
        (archive({"w": tensor(shape=(2**40,), strides=(0,))}), "more than 100 times"),
        (archive({"w": tensor(shape=(2, 1))}), "shape or the strides"),
        (archive({"w": Rebuilt(GLOBALS["tensor"], tensor(), 0, (2,), (1,))}), "not a tensor"),
        (packed({"a/data.pkl": b"\x80\x02}."[:-1]}), "no end|exhausted|STOP"),
        (packed({"a/data.pkl": b"\x80\x02h\x00."}), "damaged"),
        (packed({"a/data.pkl": b"\x80\x02\x86."}), "more values than it made"),
        (packed({"a/data.pkl": b"\x80\x02K\x01)R."}), "calls a value"),
        (packed({"a/data.pkl": b"\x80\x02K\x01Q."}), "description of a storage"),
        (packed({"a/data.pkl": b"\x80\x02)K\x01a."}), "a tuple where a file of tensors has a list"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_wrong_files_are_refused(content, message):
    with pytest.raises(ValueError, match=message):
        read_tensors(content)


def test_nested_structures_end():
    """Tuples of which each holds the one before twice: 2⁶⁰ elements in a few bytes."""
    laughs = b"\x80\x02)q\x00" + b"h\x00h\x00\x86q\x00" * 60
    for end in (b".", b"Q.", b"K\x01\x86Q."):
        with pytest.raises(ValueError, match=r"holds a tuple|description of a storage"):
            read_tensors(packed({"a/data.pkl": laughs + end}))
    with pytest.raises(ValueError, match="keys are not names"):
        read_tensors(packed({"a/data.pkl": laughs + b"}h\x00K\x01s."}))


@given(damaged(SAMPLE.read_bytes()))
def test_damaged_files_are_refused_or_the_same(content):
    try:
        arrays = read_tensors(content, "kinds")
    except ValueError:
        return
    assert set(arrays) <= set(KINDS) or len(arrays) == len(KINDS)


@pytest.mark.torch
def test_files_of_this_pytorch(tmp_path):
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Tanh(), torch.nn.Linear(4, 2)
    ).double()
    torch.save(theirs.state_dict(), tmp_path / "w.pth")
    model = build()
    nn.from_pytorch(model, nn.load(tmp_path / "w.pth"))
    x = np.random.default_rng(0).normal(size=(5, 3))
    expected = theirs.eval()(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(model.eval()(x).numpy(), expected, rtol=1e-12)
    torch.save(theirs, tmp_path / "model.pt")
    with pytest.raises(nn.WeightsFileError, match=r"an object of torch\.nn\.modules\.container\.Sequential"):
        nn.load(tmp_path / "model.pt")
    torch.save(theirs.state_dict(), tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    with pytest.raises(nn.WeightsFileError, match=r"before 1\.6"):
        nn.load(tmp_path / "old.pt")
