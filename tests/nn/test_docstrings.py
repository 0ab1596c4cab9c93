"""Every docstring states the names in PyTorch and Keras."""

import inspect

import pytest

import nn
from nn.init import INITIALIZERS

EXEMPT = {"ModelFileError", "StateError", "WeightsFileError", "Summary"}
CLASSES = [cls for name in nn.__all__ if inspect.isclass(cls := getattr(nn, name)) and name not in EXEMPT]


@pytest.mark.parametrize("thing", [*CLASSES, *INITIALIZERS.values(), nn.summary], ids=lambda thing: thing.__name__)
def test_docstring_maps_to_pytorch_and_keras(thing):
    doc = inspect.cleandoc(thing.__doc__)
    assert "PyTorch" in doc
    assert "Keras" in doc


@pytest.mark.parametrize("thing", CLASSES, ids=lambda thing: thing.__name__)
def test_docstring_has_a_first_line_and_an_example(thing):
    first, _, rest = inspect.cleandoc(thing.__doc__).partition("\n\n")
    assert "\n" not in first
    assert ">>> " in rest
