"""Weight and bias of a layer are set in one call."""

import numpy as np
import pytest

import nn
from nn.module.state_dict import StateError


def test_parameters_are_set_by_name_and_the_module_returned():
    layer = nn.Linear(2, 1)
    assert layer.set_parameters(weight=[[1], [2]], bias=[-1]) is layer
    assert layer([3.0, 4.0]).tolist() == [10.0]


def test_others_keep_their_values_and_the_dtype_is_the_parameters():
    layer = nn.Linear(2, 1, rng=0).astype("float32")
    before = layer.weight.numpy().copy()
    layer.set_parameters(bias=[0.5])
    assert np.array_equal(layer.weight.numpy(), before)
    assert layer.bias.dtype == np.float32


def test_values_are_copied():
    values = np.ones((2, 1))
    layer = nn.Linear(2, 1, bias=False).set_parameters(weight=values)
    values[:] = 7
    assert layer.weight.numpy().tolist() == [[1], [1]]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"weight": [1.0, 2.0]}, r"weight has shape \(2,\), the model expects \(2, 1\)"),
        ({"kernel": [[1.0], [2.0]]}, "unexpected kernel"),
        ({"bias": ["one"]}, "bias: expected numbers"),
    ],
)
def test_what_does_not_fit_changes_nothing(values, message):
    layer = nn.Linear(2, 1, rng=0)
    before = layer.state_dict()
    with pytest.raises(StateError, match=message):
        layer.set_parameters(**{"bias": [9.0]} | values)
    assert all(np.array_equal(before[name], value) for name, value in layer.state_dict().items())
