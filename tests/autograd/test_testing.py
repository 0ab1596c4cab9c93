"""The strategies keep their promises, and a user's operation is checked in three lines."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import GradientError, Tensor, operation
from autograd.testing import (
    assert_gradients_match,
    axes,
    broadcastable_tensors,
    positive_definite_matrices,
    shapes,
    tensors,
    well_conditioned_matrices,
)

few = settings(max_examples=40)


@operation(lambda g, x: 3 * g * x**2)
def cube(x, /):
    return x * x * x


@operation(lambda g, x: 2 * g * x**2)
def wrong_cube(x, /):
    return x * x * x


@given(tensors(low=0.5))
def test_a_users_operation_in_three_lines(x):
    assert_gradients_match(cube, x)


def test_arrays_numbers_and_options_are_accepted():
    assert_gradients_match(lambda x, y, k: x[k] * y, np.array([1.0, 2.0]), 3.0, np.array([0, 0, 1]), order=3)
    assert_gradients_match(cube, np.ones(2, np.float32), dtype=np.float32)
    with pytest.raises(GradientError, match=r"wrong_cube.*gradient of x(.*\n)*.*constant factor 2/3"):
        assert_gradients_match(wrong_cube, 2.0, fast=True)


def test_failures_are_assertions():
    with pytest.raises(AssertionError):
        assert_gradients_match(wrong_cube, Tensor(2.0, requires_grad=True))


@few
@given(shapes(max_dims=2, max_side=4))
def test_shapes(shape):
    assert len(shape) <= 2
    assert all(1 <= n <= 4 for n in shape)


@few
@given(tensors(shapes(max_dims=2), low=0.5, high=0.75), tensors((2, 3)))
def test_tensors(x, y):
    assert x.requires_grad
    assert (x.dtype, y.shape) == (np.float64, (2, 3))
    assert ((x.numpy() >= 0.5) & (x.numpy() <= 0.75)).all()
    assert np.unique(x.numpy()).size == x.size


@few
@given(broadcastable_tensors(3))
def test_broadcastable_tensors(inputs):
    assert len(inputs) == 3
    np.broadcast_shapes(*[x.shape for x in inputs])


@few
@given(well_conditioned_matrices(condition=5), well_conditioned_matrices(st.integers(2, 3), 4), well_conditioned_matrices(4, 2))
def test_well_conditioned_matrices(square, wide, tall):
    assert square.shape[0] == square.shape[1] <= 4
    assert wide.shape in [(2, 4), (3, 4)]
    assert tall.shape == (4, 2)
    for matrix, limit in ((square, 5), (wide, 10), (tall, 10)):
        assert matrix.requires_grad
        assert np.linalg.cond(matrix.numpy()) <= limit * 1.001
        assert np.linalg.svd(matrix.numpy())[1].min() >= 0.999


@few
@given(positive_definite_matrices(), positive_definite_matrices(2, condition=3))
def test_positive_definite_matrices(matrix, small):
    np.testing.assert_array_equal(matrix.numpy(), matrix.numpy().T)
    assert np.linalg.eigvalsh(matrix.numpy()).min() > 0.999
    assert small.shape == (2, 2)
    assert np.linalg.cond(small.numpy()) <= 3.001


@few
@given(tensors(), st.data())
def test_axes_are_valid_for_reductions(x, data):
    for source in (x, x.shape, x.numpy()):
        axis = data.draw(axes(source))
        np.sum(x.numpy(), axis=axis)
        assert data.draw(axes(source, several=False)) in [None, *range(-x.ndim, x.ndim)]


def test_importing_autograd_does_not_import_hypothesis():
    program = "import autograd, autograd.debug.gradcheck, sys; assert 'hypothesis' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
