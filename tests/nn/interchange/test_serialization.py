import os

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as hnp

import nn
from autograd import DataError, Tensor

SUFFIXES = [".safetensors", ".npz"]
DTYPES = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool"]
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).filter(
    lambda n: n != "__metadata__"
)
arrays = hnp.arrays(st.sampled_from(DTYPES), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="session")
def safetensors():
    return pytest.importorskip("safetensors.numpy")


def assert_same(actual, expected):
    assert set(actual) == set(expected)
    for name, array in expected.items():
        assert actual[name].dtype == array.dtype
        assert actual[name].shape == array.shape
        assert actual[name].tobytes() == array.tobytes()


# Round trips


@settings(max_examples=50)
@given(state=st.dictionaries(names, arrays, max_size=4))
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_round_trip_of_arrays_is_exact(folder, suffix, state):
    nn.save(state, folder / f"w{suffix}")
    assert_same(nn.load(folder / f"w{suffix}"), state)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_order_of_the_names_is_kept(tmp_path, suffix):
    state = {"z": np.ones(1, bool), "a": np.ones(3), "m": np.ones(2, np.int8)}
    nn.save(state, tmp_path / f"w{suffix}")
    assert list(nn.load(tmp_path / f"w{suffix}")) == ["z", "a", "m"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_round_trip_of_a_model_is_exact(tmp_path, suffix):
    source, target = nn.MLP([2, 4, 1], batch_norm=True), nn.MLP([2, 4, 1], batch_norm=True)
    source(np.random.default_rng(0).normal(size=(8, 2)))
    nn.save(source, str(tmp_path / f"w{suffix}"))
    assert target.load_state_dict(nn.load(tmp_path / f"w{suffix}")) == ([], [])
    x = np.ones((3, 2))
    assert target.eval()(x).tolist() == source.eval()(x).tolist()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_loaded_arrays_are_writable_and_share_no_memory(tmp_path, suffix):
    nn.save({"a": np.zeros(2), "b": np.zeros((2, 2))}, tmp_path / f"w{suffix}")
    first, second = nn.load(tmp_path / f"w{suffix}"), nn.load(tmp_path / f"w{suffix}")
    first["a"] += 1
    assert second["a"].tolist() == [0.0, 0.0]
    assert first["b"].tolist() == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_values_that_can_be_saved(tmp_path, suffix):
    state = {
        "tensor": Tensor([1.0, 2.0], requires_grad=True),
        "list": [[1, 2], [3, 4]],
        "number": 2.5,
        "big-endian": np.arange(3, dtype=">i4"),
        "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "every other": np.arange(6.0)[::2],
    }
    nn.save(state, tmp_path / f"w{suffix}")
    actual = nn.load(tmp_path / f"w{suffix}")
    assert {name: array.tolist() for name, array in actual.items()} == {
        name: value.tolist() if hasattr(value, "tolist") else value for name, value in state.items()
    }
    assert actual["big-endian"].dtype == np.dtype("int32")
    assert all(array.dtype.isnative for array in actual.values())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_same_weights_make_the_same_bytes(tmp_path, suffix):
    for name in "ab":
        nn.save(nn.Linear(3, 2, rng=0), tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_suffix_may_be_in_capitals(tmp_path):
    nn.save({"a": 1.0}, tmp_path / "W.NPZ")
    assert nn.load(tmp_path / "W.NPZ")["a"] == 1


def test_round_trip_of_metadata(tmp_path):
    path = tmp_path / "w.safetensors"
    nn.save({"a": 1.0}, path, metadata={"epochs": "20", "ключ": "λ"})
    assert nn.load_metadata(path) == {"epochs": "20", "ключ": "λ"}
    assert list(nn.load(path)) == ["a"]
    nn.save({"a": 1.0}, path)
    assert nn.load_metadata(path) == {}


def test_npz_has_no_metadata(tmp_path):
    nn.save({"a": 1.0}, tmp_path / "w.npz")
    assert nn.load_metadata(tmp_path / "w.npz") == {}
    with pytest.raises(ValueError, match=r"w2.npz: npz files have no metadata"):
        nn.save({"a": 1.0}, tmp_path / "w2.npz", metadata={"epochs": "20"})
    assert os.listdir(tmp_path) == ["w.npz"]


# Invalid values


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ({"a": "text"}, DataError, "a: expected numbers"),
        ({"a": [[1.0], [1.0, 2.0]]}, DataError, "a: expected numbers, got rows of different lengths"),
        ({"a": np.array([None])}, DataError, "a: expected numbers"),
        ({"a": np.ones(2, complex)}, DataError, "a: weights of dtype complex128 cannot be saved"),
        ({"a": np.ones(2, np.longdouble)}, DataError, "a: weights of dtype .* cannot be saved"),
        ({1: np.ones(1)}, ValueError, "under the name 1"),
        ({"a\0b": np.ones(1)}, ValueError, "under the name"),
        ({"\ud800": np.ones(1)}, ValueError, "under the name"),
        ({"__metadata__": np.ones(1)}, ValueError, "under the name '__metadata__'"),
        ([1.0], TypeError, r"save takes a Module or a state dict, not \[1.0\]"),
    ],
)
def test_invalid_values_leave_the_file_unchanged(tmp_path, suffix, state, error, words):
    path = tmp_path / f"w{suffix}"
    path.write_text("old")
    with pytest.raises(error, match=words):
        nn.save(state, path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


def test_metadata_must_be_strings(tmp_path):
    for metadata in ({"epochs": 20}, {20: "epochs"}):
        with pytest.raises(TypeError, match="metadata must map strings to strings"):
            nn.save({"a": 1.0}, tmp_path / "w.safetensors", metadata)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["w.ckpt", "w.pkl", "w", "w.h5"])
def test_other_suffix_is_rejected(tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    for use in (nn.load, nn.load_metadata, lambda path: nn.save({}, path)):
        with pytest.raises(ValueError, match=rf"{name}: the suffix of a weights file must be .safetensors or .npz"):
            use(tmp_path / name)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_missing_file(tmp_path, suffix):
    with pytest.raises(FileNotFoundError):
        nn.load(tmp_path / f"w{suffix}")


# Compatibility of the formats


@settings(max_examples=30)
@given(state=st.dictionaries(names, arrays, max_size=4))
def test_safetensors_reads_our_files(safetensors, folder, state):
    nn.save(state, folder / "ours.safetensors")
    assert_same(safetensors.load_file(folder / "ours.safetensors"), state)


@settings(max_examples=30)
@given(state=st.dictionaries(names, arrays, max_size=4))
def test_we_read_files_of_safetensors(safetensors, folder, state):
    safetensors.save_file(state, folder / "theirs.safetensors", metadata={"by": "them"})
    assert_same(nn.load(folder / "theirs.safetensors"), state)
    assert nn.load_metadata(folder / "theirs.safetensors") == {"by": "them"}


def test_file_rewritten_by_safetensors_with_our_metadata_is_valid(safetensors, tmp_path):
    path = tmp_path / "w.safetensors"
    state = {"z": np.ones(1, bool), "a": np.ones(3), "m": np.ones(2, np.int8)}
    nn.save(state, path)
    with pytest.importorskip("safetensors").safe_open(path, "numpy") as file:
        metadata = file.metadata()
    safetensors.save_file(nn.load(path), path, metadata=metadata)
    assert_same(nn.load(path), state)


def test_torch_reads_every_tensor(safetensors, torch, tmp_path):
    state = {"odd": np.ones(3, bool), "wide": np.arange(3.0), "half": np.ones(1, np.float16), "single": np.ones(1, np.float32)}
    nn.save(state, tmp_path / "w.safetensors")
    with pytest.importorskip("safetensors").safe_open(tmp_path / "w.safetensors", "pt") as file:
        actual = {name: file.get_tensor(name).numpy() for name in state}
    assert_same(actual, state)


def test_bfloat16_becomes_float32(torch, safetensors, tmp_path):
    values = torch.tensor([[1.0, -2.5, 3e38], [0.1, float("inf"), -0.0]], dtype=torch.bfloat16)
    pytest.importorskip("safetensors.torch").save_file({"a": values, "b": values[0, 0].clone()}, tmp_path / "w.safetensors")
    actual = nn.load(tmp_path / "w.safetensors")
    assert (actual["a"].dtype, actual["b"].shape) == (np.float32, ())
    assert actual["a"].tobytes() == values.float().numpy().tobytes()
    assert actual["b"] == 1


def test_numpy_reads_our_files(tmp_path):
    state = {"0.weight": np.eye(2), "é": np.array(3, np.int8)}
    nn.save(state, tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz") as file:
        assert_same({name: file[name] for name in file.files}, state)


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_we_read_files_of_numpy(tmp_path, write):
    state = {
        "a": np.arange(6.0).reshape(2, 3),
        "é": np.array(True),
        "columns": np.asfortranarray(np.eye(3)),
        "none": np.ones((0, 2)),
    }
    write(tmp_path / "w.npz", **state)
    actual = nn.load(tmp_path / "w.npz")
    assert_same(actual, state)
