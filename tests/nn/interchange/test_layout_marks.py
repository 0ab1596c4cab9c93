"""Weights of PyTorch are never transposed silently: files and states tell their layout, and loading compares it."""

import json
import warnings

import numpy as np
import pytest

import nn

SQUARE = {"0.weight": np.arange(9.0).reshape(3, 3), "0.bias": np.zeros(3)}
SUFFIXES = (".safetensors", ".npz")


def square(**options):
    return nn.Sequential(nn.Linear(3, 3, rng=0, **options))


def write_safetensors(path, arrays, metadata=None):
    """A file as other programs write it."""
    header, blocks, end = {} if metadata is None else {"__metadata__": metadata}, [], 0
    for name, array in arrays.items():
        block = np.asarray(array, np.float32).tobytes()
        offsets = [end, end + len(block)]
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": offsets}
        blocks.append(block)
        end += len(block)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(blocks))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("to_save", [lambda model: model, lambda model: model.state_dict()], ids=["model", "state dict"])
def test_our_files_load_without_a_word(tmp_path, suffix, to_save):
    model, other = square(), square(bias=True)
    nn.save(to_save(model), tmp_path / f"w{suffix}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        other.load_state_dict(nn.load(tmp_path / f"w{suffix}"))
    np.testing.assert_array_equal(other[0].weight.data, model[0].weight.data)
    assert nn.load_metadata(tmp_path / f"w{suffix}") == {}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_our_files_are_not_taken_for_files_of_pytorch(tmp_path, suffix):
    nn.save(square(), tmp_path / f"w{suffix}")
    with pytest.raises(nn.StateError, match=rf"w{suffix} has the layout of this library, .* load_state_dict"):
        nn.from_pytorch(square(), nn.load(tmp_path / f"w{suffix}"))


def test_a_file_of_pytorch_is_refused_and_nothing_changes(tmp_path):
    path = tmp_path / "w.safetensors"
    write_safetensors(path, SQUARE, {"format": "pt"})
    model = square()
    before = model[0].weight.data.copy()
    with pytest.raises(
        nn.StateError, match=r"w\.safetensors has the layout of PyTorch, where 0\.weight \(3, 3\) .* nn\.from_pytorch"
    ):
        model.load_state_dict(nn.load(path))
    np.testing.assert_array_equal(model[0].weight.data, before)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.from_pytorch(model, nn.load(path))
    np.testing.assert_array_equal(model[0].weight.data, SQUARE["0.weight"].T)
    assert nn.load_metadata(path) == {"format": "pt"}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_without_a_mark_is_noticed(tmp_path, suffix):
    path = tmp_path / f"w{suffix}"
    if suffix == ".npz":
        np.savez(path, **SQUARE)
    else:
        write_safetensors(path, SQUARE)
    model = square()
    with pytest.warns(
        UserWarning, match=rf"w\{suffix} does not tell the layout of 0\.weight \(3, 3\).*nn\.from_pytorch"
    ) as caught:
        model.load_state_dict(nn.load(path))
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(model[0].weight.data, SQUARE["0.weight"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.load_state_dict(dict(nn.load(path)))
        nn.from_pytorch(model, nn.load(path))


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Sequential(nn.LayerNorm(3)),  # no axes in another order
        lambda: nn.Sequential(nn.Linear(1, 1)),  # a transposed number is the same
        lambda: nn.Sequential(nn.Embedding(3, 3)),
    ],
)
@pytest.mark.parametrize("metadata", [None, {"format": "pt"}])
def test_weights_that_are_the_same_in_both_layouts_load(tmp_path, make, metadata):
    model = make()
    write_safetensors(tmp_path / "w.safetensors", model.state_dict(), metadata)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.load_state_dict(nn.load(tmp_path / "w.safetensors"))


def test_shapes_that_tell_the_layout_are_reported_as_shapes(tmp_path):
    write_safetensors(tmp_path / "w.safetensors", {"0.weight": np.ones((2, 3)), "0.bias": np.ones(2)}, {"format": "pt"})
    with pytest.raises(nn.StateError, match=r"shape \(2, 3\), the model expects \(3, 2\)(.|\n)*nn\.from_pytorch"):
        nn.Sequential(nn.Linear(3, 2)).load_state_dict(nn.load(tmp_path / "w.safetensors"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_state_for_pytorch_keeps_its_mark_in_a_file(tmp_path, suffix):
    model, other = square(), square()
    state = nn.to_pytorch(model)
    with pytest.raises(nn.StateError, match="the state has the layout of PyTorch"):
        other.load_state_dict(state)
    nn.save(state, tmp_path / f"w{suffix}")
    with pytest.raises(nn.StateError, match=rf"w{suffix} has the layout of PyTorch"):
        other.load_state_dict(nn.load(tmp_path / f"w{suffix}"))
    nn.from_pytorch(other, nn.load(tmp_path / f"w{suffix}"))
    np.testing.assert_array_equal(other[0].weight.data, model[0].weight.data)


def test_tensors_of_pytorch_are_saved_as_its_own(torch, tmp_path):
    nn.save(torch.nn.Sequential(torch.nn.Linear(3, 3)).state_dict(), tmp_path / "w.safetensors")
    assert nn.load_metadata(tmp_path / "w.safetensors") == {"format": "pt"}
    with pytest.raises(nn.StateError, match="layout of PyTorch"):
        square().load_state_dict(nn.load(tmp_path / "w.safetensors"))


def test_own_metadata_stay_beside_the_mark(tmp_path):
    nn.save(square(), tmp_path / "w.safetensors", {"activation": "tanh"})
    assert nn.load_metadata(tmp_path / "w.safetensors") == {"activation": "tanh"}
    nn.save(square(), tmp_path / "w.safetensors", {"format": "pt"})  # whoever says so is believed
    with pytest.raises(nn.StateError, match="layout of PyTorch"):
        square().load_state_dict(nn.load(tmp_path / "w.safetensors"))


def test_four_weights_are_named_by_the_first_three():
    model = nn.Sequential(*[nn.Linear(2, 2) for _ in range(4)])
    with pytest.raises(nn.StateError, match=r"0\.weight \(2, 2\), 1\.weight \(2, 2\), 2\.weight \(2, 2\), … has"):
        model.load_state_dict(nn.to_pytorch(model))
