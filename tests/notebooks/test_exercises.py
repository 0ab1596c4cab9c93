"""`check` says whether an answer is right, and fails for none."""

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from autograd import Tensor

sys.path.append(str(Path(__file__).parents[2] / "notebooks"))
check = import_module("exercises").check


def empty(x): ...


def double(x):
    return 2 * x


def printed(capsys, *arguments, **options):
    check(*arguments, **options)
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize("answer", [..., None, (), (1, ...), {...}, [[1, ...]], empty])
def test_an_empty_answer_is_not_wrong(capsys, answer):
    assert printed(capsys, answer, lambda answer: True) == "not answered yet"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (0.3333, 1 / 3),
        (0, 0.0),
        (False, False),
        ((1, 2), [1, 2]),
        (Tensor([1.0, 2.0], requires_grad=True), (1, 2)),
        ([Tensor(1.0), 2], (1, 2)),
        (np.array([[1.0]]), [[1]]),
        ("axis", "axis"),
        ({1, 2}, {2, 1}),
        (double, lambda function: function(3) == 6),
    ],
)
def test_right_answers(capsys, answer, expected):
    assert printed(capsys, answer, expected) == "right"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(0.32, 1 / 3), (1, True), ((1, 2), 1), ([1, 2, 3], (1, 2)), ("Axis", "axis"), (np.nan, 1), ({1}, {2})],
)
def test_wrong_answers_get_the_hint(capsys, answer, expected):
    assert printed(capsys, answer, expected) == "not right"
    assert printed(capsys, answer, expected, hint="look again") == "not right: look again"


def test_the_error_of_an_answer_is_shown(capsys):
    assert printed(capsys, double, lambda function: function("a", "b")).startswith("not right: TypeError: double() takes 1")
    assert printed(capsys, "three", 3) == "not right: ValueError: could not convert string to float: 'three'"


def test_the_tolerance_is_relative(capsys):
    assert printed(capsys, 101.0, 100, rtol=0.02) == "right"
    assert printed(capsys, 101.0, 100, rtol=1e-3) == "not right"
