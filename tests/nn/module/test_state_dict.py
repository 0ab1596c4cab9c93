import numpy as np
import pytest

import nn
from tests.nn.sample_models import Counting, Nested, assert_unchanged, values


def test_state_dict_round_trip_gives_the_same_outputs():
    source, target = Nested(), Nested()
    target.load_state_dict(source.state_dict())
    x = [[0.3, -0.7]]
    assert source(x).tolist() == target(x).tolist()


def test_state_dict_is_a_copy():
    model = nn.Linear(2, 1)
    state = model.state_dict()
    before = state["weight"].copy()
    model.weight.data += 1
    np.testing.assert_array_equal(state["weight"], before)


def test_loaded_values_are_copies():
    model = nn.Linear(2, 1)
    state = model.state_dict()
    model.load_state_dict(state)
    before = model.weight.data.copy()
    state["weight"] += 1
    np.testing.assert_array_equal(model.weight.data, before)


def test_loading_keeps_the_dtype_of_the_model(single_precision):
    model = nn.Linear(2, 1)
    model.load_state_dict({"weight": np.ones((2, 1)), "bias": [0.5]})
    assert model.weight.dtype == model.bias.dtype == np.float32


def test_loading_keeps_the_parameter_objects():
    model = nn.Linear(2, 1)
    before = list(map(id, model.parameters()))
    model.load_state_dict(nn.Linear(2, 1).state_dict())
    assert list(map(id, model.parameters())) == before


def test_state_error_lists_every_problem():
    model = Nested()
    state = model.state_dict()
    del state["scale"], state["first.bias"]
    state |= {"extra": np.ones(1), "other": np.ones(1), "first.weight": np.ones((3, 2)), "rest.1.0.bias": np.ones(4)}
    with pytest.raises(nn.StateError) as caught:
        model.load_state_dict(state)
    message = str(caught.value)
    assert "Nested" in message
    for problem in ("missing scale", "missing first.bias", "unexpected extra", "unexpected other"):
        assert problem in message
    assert "first.weight has shape (3, 2), the model expects (2, 3)" in message
    assert "rest.1.0.bias has shape (4,), the model expects (1,)" in message


def test_every_problem_has_a_line():
    with pytest.raises(nn.StateError) as caught:
        nn.Linear(2, 1).load_state_dict({"weight": np.ones((2, 1)), "other": 1.0})
    assert str(caught.value) == "the state does not fit this Linear:\n  missing bias\n  unexpected other"


def test_transposed_weights_give_a_hint_to_from_pytorch():
    with pytest.raises(nn.StateError, match=r"\(out, in\) in PyTorch; nn.from_pytorch loads PyTorch state dicts$"):
        nn.Linear(2, 1).load_state_dict({"weight": np.ones((1, 2)), "bias": np.ones(1)})


def test_pytorch_tensors_are_rejected_even_if_the_shapes_match(torch):
    layer = nn.Linear(3, 3)
    before = values(layer)
    with pytest.raises(TypeError, match=r"load it with nn.from_pytorch"):
        layer.load_state_dict(torch.nn.Linear(3, 3).state_dict())
    assert_unchanged(layer, before)


def test_problems_come_in_the_order_of_the_model():
    model = nn.MLP([2, 3, 3, 3, 1])
    names = [name for name, _ in model.named_parameters()]
    with pytest.raises(nn.StateError) as caught:
        model.load_state_dict({name: np.ones((9, 9)) for name in reversed(names)})
    assert sorted(names, key=str(caught.value).index) == names


def test_incompatible_state_changes_nothing():
    model = Nested()
    before = values(model)
    with pytest.raises(nn.StateError):
        model.load_state_dict({"scale": 7.0, "first.weight": np.ones((2, 3))})
    assert_unchanged(model, before)


@pytest.mark.parametrize("bias", [["text"], [None], [[1.0], [1.0, 2.0]]])
def test_non_numeric_state_changes_nothing(bias):
    model = nn.Linear(2, 1)
    before = values(model)
    with pytest.raises(nn.StateError, match="bias"):
        model.load_state_dict({"weight": [[1.0], [2.0]], "bias": bias})
    assert_unchanged(model, before)


def test_matching_state_has_no_incompatible_keys():
    model = Nested()
    assert model.load_state_dict(model.state_dict()) == ([], [])


def test_not_strict_loads_matching_values_and_returns_the_others():
    model = Nested()
    before = values(model)
    state = {"scale": 5.0, "first.weight": np.ones((3, 2)), "rest.1.0.bias": [7.0], "extra": np.ones(1)}
    missing, unexpected = mismatch = model.load_state_dict(state, strict=False)
    assert missing == mismatch.missing == ["first.weight", "first.bias", "rest.1.0.weight"]
    assert unexpected == mismatch.unexpected == ["first.weight", "extra"]
    assert (model.scale.item(), model.rest[1][0].bias.tolist()) == (5.0, [7.0])
    np.testing.assert_array_equal(model.first.weight.data, before["first.weight"])


def test_non_numeric_state_is_rejected_even_if_not_strict():
    model = nn.Linear(2, 1)
    before = values(model)
    with pytest.raises(nn.StateError, match="bias: expected numbers") as caught:
        model.load_state_dict({"weight": [[1.0], [2.0]], "bias": "text", "extra": 1.0}, strict=False)
    assert "extra" not in str(caught.value)
    assert_unchanged(model, before)


def test_state_of_tensors_in_a_graph_is_loaded():
    source, target = Nested(), Nested()
    target.load_state_dict(dict(source.named_parameters()))
    assert target.scale.item() == source.scale.item()
    target.scale.data = 9.0
    assert source.scale.item() == 2.0


@pytest.mark.parametrize("state", ["weights.npz", [("weight", 1.0)], None, nn.Linear(2, 1)])
def test_load_state_dict_rejects_other_types(state):
    with pytest.raises(TypeError, match="a state dict maps names to arrays"):
        nn.Linear(2, 1).load_state_dict(state)


def test_buffers_are_state():
    model = Counting()
    state = model.state_dict()
    assert list(state) == ["weight", "mean", "count"]
    model.load_state_dict(state | {"count": 8, "mean": [0.25]})
    assert (model.count.item(), model.mean.tolist()) == (8, [0.25])
