"""The table of HIPS.md: what programs written for HIPS autograd meet here."""

import collections

import numpy
import pytest

import autograd.builtins
import autograd.numpy as np
from autograd import GraphError, ShapeError, Tensor, elementwise_grad, grad

X = numpy.array([1.0, 2.0, 2.0])


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: np.sum(np.clip(x, 0.0, 1.0)), numpy.array([0.0, 0.5, 1.0, 2.0]), [1, 1, 1, 0]),
        (np.linalg.norm, numpy.zeros(2), [0, 0]),
        (np.std, numpy.ones(3), [0, 0, 0]),
        (np.prod, numpy.array([0.0, 2.0, 3.0]), [6, 0, 0]),
        (lambda x: np.arctan2(x, 0.0), 0.0, 0),
        (np.sqrt, 0.0, numpy.inf),
        (np.max, X, [0, 0.5, 0.5]),
        (np.abs, 0.0, 0),
        (lambda x: np.maximum(x, 0.0), 0.0, 0.5),
    ],
)
def test_special_points(f, x, expected):
    assert grad(f)(x).tolist() == expected


def test_types_of_gradients():
    gradient = grad(lambda tree: tree["a"] * tree["b"][0])({"a": 2.0, "b": [3.0]})
    assert type(gradient["a"]) is type(gradient["b"][0]) is numpy.float64
    assert grad(lambda x: np.mean(np.where(x > 0, x, 0)))(X.astype("float32")).dtype == "float32"
    assert grad(lambda x: x**2)(3) == 6
    assert grad(lambda tree: tree["a"] ** 2)(collections.OrderedDict(a=3.0)) == {"a": 6}
    assert np.where(True, 1.0, 2.0).shape == ()
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        grad(lambda x: x * 2)(X)


def test_inside_of_the_function():
    def f(x):
        y = x * 1.0
        y[0] = 5.0
        return np.sum(y**2)

    assert grad(f)(X).tolist() == [0, 4, 4]
    with pytest.warns(UserWarning, match="loses"):
        assert grad(lambda x: x * float(x))(2.0) == 2
    with pytest.warns(UserWarning, match="loses"), pytest.raises(GraphError, match="made a Python number"):
        grad(lambda x: 2.0 * float(x))(2.0)
    with pytest.warns(UserWarning, match="independent"):  # said by the function itself
        assert grad(lambda x: 2.0 * x.item())(2.0) == 0
    with pytest.raises(GraphError, match="an array would lose"):
        grad(lambda x: numpy.array([x, x]).sum())(2.0)
    assert grad(lambda x: np.sum(np.array([x, x])))(2.0) == 2
    texts, constants = [], []

    def g(x):
        texts.append(f"{x[0]:.3f}")
        constants.extend([x > 0, np.floor(x)])
        assert not isinstance(x, np.ndarray)
        assert autograd.builtins.isinstance(x, np.ndarray)
        return np.sum(x)

    elementwise_grad(g)(X)
    assert texts == ["1.000"]
    assert all(isinstance(x, Tensor) and not x.requires_grad for x in constants)
