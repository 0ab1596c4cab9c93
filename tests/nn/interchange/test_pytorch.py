from collections import OrderedDict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor

SIZES = [3, 8, 8, 2]


def theirs(torch, batch_norm=True):
    """An MLP of PyTorch's, of the structure of ours, with weights and running statistics that are not the initial ones."""
    torch.manual_seed(0)
    layers = []
    for inputs, outputs in pairwise(SIZES[:-1]):
        layers += [torch.nn.Linear(inputs, outputs), *([torch.nn.BatchNorm1d(outputs)] * batch_norm), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(*SIZES[-2:])).double()
    for _ in range(3):
        model(torch.randn(16, SIZES[0], dtype=torch.float64) + 1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, dtype=torch.float64)
    return model.eval()


def ours(batch_norm=True):
    return nn.MLP(SIZES, activation="tanh", batch_norm=batch_norm).eval()


@pytest.mark.parametrize("batch_norm", [False, True])
def test_model_of_pytorch_computes_the_same_here(torch, batch_norm):
    source, target = theirs(torch, batch_norm), ours(batch_norm)
    assert nn.from_pytorch(target, source.state_dict()) == ([], [])
    x = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_allclose(target(x).numpy(), source(torch.from_numpy(x)).detach().numpy(), rtol=1e-12, atol=1e-12)


def test_round_trip_from_pytorch_is_exact(torch):
    source, between = theirs(torch), ours()
    nn.from_pytorch(between, source.state_dict())
    back = theirs(torch)
    with torch.no_grad():
        for tensor in (*back.parameters(), *back.buffers()):
            tensor.zero_()
    state = {name: torch.from_numpy(array) for name, array in nn.to_pytorch(between).items()}
    back.load_state_dict(state)
    for name, tensor in source.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            assert torch.equal(back.state_dict()[name], tensor), name
    x = torch.randn(5, 3, dtype=torch.float64)
    assert torch.equal(back(x), source(x))


RECIPE = "torch_model.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})"


@pytest.mark.parametrize("batch_norm", [False, True])
def test_recipe_of_the_readme_and_the_docstring_loads_into_pytorch(torch, batch_norm):
    model, torch_model = ours(batch_norm), theirs(torch, batch_norm)
    exec(RECIPE, {"torch": torch, "torch_model": torch_model, "state": nn.to_pytorch(model)})
    for name, array in nn.to_pytorch(model).items():
        np.testing.assert_array_equal(torch_model.state_dict()[name].numpy(), array)


@pytest.mark.parametrize(
    "text",
    [Path(__file__).parents[3].joinpath("docs/guides/tour.md").read_text("utf-8"), nn.to_pytorch.__doc__],
    ids=["tour", "docstring"],
)
def test_recipe_is_the_one_that_is_documented(text):
    assert RECIPE in text


def test_round_trip_to_pytorch_is_exact():
    source, target = ours(), ours()
    nn.from_pytorch(target, nn.to_pytorch(source))
    for name, array in source.state_dict().items():
        np.testing.assert_array_equal(target.state_dict()[name], array)


def test_layers_with_weights_agree(torch):
    cases = [
        (nn.Bilinear(2, 3, 4), torch.nn.Bilinear(2, 3, 4), [(5, 2), (5, 3)]),
        (nn.Linear(2, 3, bias=False), torch.nn.Linear(2, 3, bias=False), [(5, 2)]),
        (nn.LayerNorm(4), torch.nn.LayerNorm(4), [(5, 4)]),
        (nn.GroupNorm(2, 4), torch.nn.GroupNorm(2, 4), [(5, 4, 3)]),
        (nn.Conv1d(4, 6, 3, groups=2), torch.nn.Conv1d(4, 6, 3, groups=2), [(5, 4, 7)]),
        (nn.Conv2d(2, 3, (3, 2), padding=1), torch.nn.Conv2d(2, 3, (3, 2), padding=1), [(5, 2, 4, 4)]),
        (nn.Conv3d(2, 3, 2, bias=False), torch.nn.Conv3d(2, 3, 2, bias=False), [(2, 2, 3, 3, 3)]),
        (nn.ConvTranspose1d(4, 6, 3), torch.nn.ConvTranspose1d(4, 6, 3), [(5, 4, 7)]),
        (nn.ConvTranspose2d(4, 2, 3, groups=2), torch.nn.ConvTranspose2d(4, 2, 3, groups=2), [(5, 4, 7, 2)]),
        (nn.BatchNorm2d(2).eval(), torch.nn.BatchNorm2d(2).eval(), [(5, 2, 3, 3)]),
    ]
    rng = np.random.default_rng(0)
    for layer, like, shapes in cases:
        for parameter in like.double().parameters():
            parameter.data += torch.from_numpy(rng.normal(size=tuple(parameter.shape)))
        nn.from_pytorch(layer, like.state_dict())
        inputs = [rng.normal(size=shape) for shape in shapes]
        expected = like(*map(torch.from_numpy, inputs)).detach().numpy()
        np.testing.assert_allclose(layer(*inputs).numpy(), expected, rtol=1e-10, atol=1e-10)
        like.load_state_dict({name: torch.from_numpy(array) for name, array in nn.to_pytorch(layer).items()})
        np.testing.assert_array_equal(like(*map(torch.from_numpy, inputs)).detach().numpy(), expected)


def test_embedding_agrees(torch):
    layer, like = nn.Embedding(5, 2), torch.nn.Embedding(5, 2)
    nn.from_pytorch(layer, like.state_dict())
    np.testing.assert_array_equal(layer([[4, 0]]).numpy(), like(torch.tensor([[4, 0]])).detach().numpy())


def test_nested_modules_have_the_names_of_pytorch(torch):
    class Theirs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = torch.nn.ModuleList([torch.nn.Linear(2, 2), torch.nn.Sequential(torch.nn.Linear(2, 2))])
            self.heads = torch.nn.ModuleDict({"a": torch.nn.Linear(2, 1)})
            self.again = self.blocks[0]
            self.scale = torch.nn.Parameter(torch.ones(()))

    class Ours(nn.Module):
        def __init__(self):
            self.blocks = nn.ModuleList([nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 2))])
            self.heads = nn.ModuleDict({"a": nn.Linear(2, 1)})
            self.again = self.blocks[0]
            self.scale = nn.Parameter(1.0)

    source, target = Theirs(), Ours()
    assert set(nn.to_pytorch(target)) == set(source.state_dict())
    assert nn.from_pytorch(target, source.state_dict()) == ([], [])
    np.testing.assert_array_equal(target.again.weight.numpy(), source.again.weight.detach().numpy().T)
    source.load_state_dict({name: torch.from_numpy(array) for name, array in nn.to_pytorch(target).items()})


def test_shared_weights_that_differ_are_rejected():
    model = nn.Module()
    model.first = model.second = nn.Linear(1, 1, bias=False)
    before = model.first.weight.item()
    with pytest.raises(
        nn.StateError, match=r"second.weight and first.weight are the same tensor in this Module, but differ in the state"
    ):
        nn.from_pytorch(model, {"first.weight": [[1.0]], "second.weight": [[2.0]]})
    assert model.first.weight.item() == before
    nn.from_pytorch(model, {"second.weight": [[3.0]]})
    assert model.first.weight.item() == 3


def test_arrays_to_pytorch_are_copies_laid_out_in_rows():
    model = nn.Sequential(nn.Linear(3, 2))
    state = nn.to_pytorch(model)
    assert all(isinstance(array, np.ndarray) and array.flags.c_contiguous and array.flags.writeable for array in state.values())
    before = model[0].weight.numpy().copy()
    state["0.weight"] += 1
    state["0.bias"] += 1
    np.testing.assert_array_equal(model[0].weight.numpy(), before)


def test_a_single_number_stays_an_array():
    model = nn.Module()
    model.scale = nn.Parameter(2.0)
    assert isinstance(nn.to_pytorch(model)["scale"], np.ndarray)


def test_model_keeps_its_dtype(torch):
    target = nn.Linear(3, 2).astype("float32")
    nn.from_pytorch(target, torch.nn.Linear(3, 2).double().state_dict())
    assert (target.weight.dtype, target.bias.dtype) == (np.float32, np.float32)
    assert nn.to_pytorch(target)["weight"].dtype == np.float32


def test_state_may_hold_tensors_of_either_kind_and_lists(torch):
    model = nn.Linear(2, 1)
    weight, bias = torch.tensor([[1.0, 2.0]], requires_grad=True), Tensor([3.0], requires_grad=True)
    nn.from_pytorch(model, OrderedDict(weight=weight, bias=bias))
    assert (model.weight.tolist(), model.bias.tolist()) == ([[1.0], [2.0]], [3.0])
    nn.from_pytorch(model, {"weight": [[5.0, 6.0]], "bias": np.array([7.0])})
    assert (model.weight.tolist(), model.bias.tolist()) == ([[5.0], [6.0]], [7.0])


def test_incompatible_names_and_shapes_are_reported():
    model = nn.Sequential(nn.Linear(2, 1), nn.BatchNorm1d(1))
    before = model.state_dict()
    state = nn.to_pytorch(model) | {"0.weight": np.ones((2, 1)), "0.bias": [["x"]], "more": np.ones(1)}
    del state["1.running_mean"]
    with pytest.raises(nn.StateError) as caught:
        nn.from_pytorch(model, state)
    for words in (
        "missing 1.running_mean",
        "unexpected more",
        "0.weight has shape (1, 2), the model expects (2, 1)",
        "0.bias: exp",
    ):
        assert words in str(caught.value)
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("weight", [np.ones(2), 1.0, np.ones((1, 2, 1)), [[1.0], [1.0, 2.0]], "text", None])
def test_weight_with_other_axes_is_reported(weight):
    with pytest.raises(nn.StateError, match="weight"):
        nn.from_pytorch(nn.Linear(2, 1, bias=False), {"weight": weight})


def test_not_strict_loads_matching_entries():
    model = nn.Linear(2, 1)
    mismatch = nn.from_pytorch(model, {"weight": [[1.0, 2.0]], "head.bias": [1.0], "0.num_batches_tracked": 3}, strict=False)
    assert mismatch == (["bias"], ["head.bias"])
    assert model.weight.tolist() == [[1.0], [2.0]]


def test_buffer_named_num_batches_tracked_is_loaded():
    model = nn.Module()
    model.num_batches_tracked = nn.Buffer(0)
    nn.from_pytorch(model, {"num_batches_tracked": np.array(5)})
    assert model.num_batches_tracked.item() == 5


def test_from_pytorch_rejects_other_types(torch):
    with pytest.raises(TypeError, match=r"such as torch_model.state_dict\(\), not Linear"):
        nn.from_pytorch(nn.Linear(2, 1), torch.nn.Linear(2, 1))


def test_custom_layers_can_be_added_to_the_axes():
    from nn.interchange.pytorch import AXES

    class Kernel(nn.Module):
        def __init__(self):
            self.weight = nn.Parameter(np.arange(24.0).reshape(2, 3, 4))

    AXES[Kernel] = {"weight": (1, 2, 0)}
    try:
        model, twin = Kernel(), Kernel()
        state = nn.to_pytorch(model)
        assert state["weight"].shape == (3, 4, 2)
        twin.weight.data = np.zeros((2, 3, 4))
        nn.from_pytorch(twin, state)
        np.testing.assert_array_equal(twin.weight.numpy(), model.weight.numpy())
    finally:
        del AXES[Kernel]
