"""gradcheck finds every planted mistake in every mode, and its message names the class."""

import numpy as np
import pytest

from autograd import GradientError, Tensor, gradcheck
from tests.autograd.debug.planted_mistakes import MISTAKES


def inputs_of(mistake):
    return [Tensor(np.array(values), requires_grad=True) for values in mistake.inputs]


def message(mistake, function=None, **options):
    with pytest.raises(GradientError) as error:
        gradcheck(function or mistake.function, inputs_of(mistake), **{**mistake.options, **options})
    return str(error.value)


def test_table_is_complete():
    assert len(MISTAKES) >= 44
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)
    print(len(MISTAKES), "planted mistakes")


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_mistake_is_found_and_its_class_named(mistake, fast):
    text = message(mistake, fast=fast)
    assert [word for word in mistake.words if word not in text] == [], text


def inside(mistake):
    return lambda *inputs: [np.tanh(mistake.function(*inputs) / 8)]


#: Operations; an error that a formula raises keeps its own message.
OPERATIONS = [m for m in MISTAKES if hasattr(m.function, "operation") and not m.words[0].startswith("fails")]


@pytest.mark.parametrize("mistake", OPERATIONS, ids=lambda mistake: mistake.name)
def test_mistake_inside_a_function_is_attributed_to_its_operation(mistake):
    assert mistake.name in message(mistake, inside(mistake))
