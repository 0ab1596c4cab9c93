"""Activations at ±0, the smallest and largest floats, ±∞ and nan, in every precision: values and two derivatives."""

import numpy as np
import pytest

from autograd import Tensor, gradients
from nn import functional as F  # noqa: N812
from nn.activations import ACTIVATIONS
from tests.nn.activations.activation_cases import make_module

DTYPES = [np.float16, np.float32, np.float64]
FUNCTIONS = {
    **{name: make_module(name).eval() for name, row in ACTIVATIONS.items() if row.elementwise},
    "gelu with tanh": lambda x: F.gelu(x, "tanh"),
}
#: At ∞ these differ from their limits, because a parameter or the other elements decide: APL adds hinges ±∞, soft exponential
#: with α = 0 multiplies x by 0.
UNDEFINED_AT_INFINITY = {"apl", "soft_exponential"}
#: Functions of straight pieces, whose derivative at nan is that of one of the pieces, and a parabola between two pieces.
PIECEWISE = {
    *("identity", "binary_step", "relu", "leaky_relu", "prelu", "rrelu", "apl", "brelu", "hardtanh", "relu6", "hardsigmoid"),
    *("softshrink", "hardshrink", "sqnl"),
}


def value_and_derivatives(function, points, dtype):
    """f, f′ and f″ at points."""
    x = Tensor(np.array(points, dtype).reshape(-1, 1), requires_grad=True)
    with np.errstate(all="ignore"):
        out = function(x.astype(dtype) if x.dtype != dtype else x)
        results = [out]
        for _ in range(2):
            out = (
                gradients(out, [x], np.ones(out.shape), create_graph=True)[0]
                if out.requires_grad
                else Tensor(np.zeros_like(x.data))
            )
            results.append(out)
    return [result.numpy().reshape(-1) for result in results]


def in_precision(name, dtype):
    function = FUNCTIONS[name]
    return make_module(name).astype(dtype).eval() if hasattr(function, "astype") else function


each_function = pytest.mark.parametrize("name", FUNCTIONS)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)


@each_dtype
@each_function
def test_at_finite_points_they_agree_with_double_precision(name, dtype):
    """Up to rounding; the derivatives are finite even at the largest float."""
    limits = np.finfo(dtype)
    points = np.array([0, limits.tiny, 0.3, 1, 7, 100, 1e4, limits.max], dtype)
    points = np.concatenate([points, -points])
    function = in_precision(name, dtype)
    actual = value_and_derivatives(function, points, dtype)
    assert [a.dtype for a in actual[:2]] == [dtype, dtype]
    assert not np.isnan(actual[0]).any()
    assert np.isfinite(actual[1:]).all(), actual
    exact = value_and_derivatives(in_precision(name, np.float64), points.astype(float), np.float64)
    tolerance = 16 * float(limits.eps)
    for a, b in zip(actual, exact):
        with np.errstate(over="ignore"):
            np.testing.assert_allclose(a, b.astype(dtype), rtol=tolerance, atol=tolerance)


@each_dtype
@each_function
def test_at_infinity_they_have_their_limits(name, dtype):
    """The value at 10⁶ in double precision stands for the limit where it is finite; the derivatives always are."""
    if name in UNDEFINED_AT_INFINITY:
        pytest.skip("its value at infinity depends on the signs of parameters")
    actual = value_and_derivatives(in_precision(name, dtype), [np.inf, -np.inf], dtype)
    value, *derivatives = value_and_derivatives(in_precision(name, np.float64), [1e6, -1e6], np.float64)
    limits = np.where(np.abs(value) > 1e3, np.copysign(np.inf, value), value)
    np.testing.assert_allclose(actual[0], limits, rtol=2e-3, atol=2e-6)
    np.testing.assert_allclose(actual[1:], derivatives, rtol=2e-3, atol=2e-6)


@each_dtype
@each_function
def test_nan_stays_nan(name, dtype):
    """Also the derivatives of smooth functions; those of functions of straight pieces are constants."""
    value, first, _ = value_and_derivatives(in_precision(name, dtype), [np.nan], dtype)
    assert np.isnan(value).all()
    assert np.isnan(first).all() == (name not in PIECEWISE)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4)])
def test_softmax_of_no_elements_is_empty(name, shape):
    for axis in range(-len(shape), len(shape)):
        x = Tensor(np.zeros(shape, np.float32), requires_grad=True)
        out = getattr(F, name)(x, axis=axis)
        (first,) = gradients(out, [x], np.ones(shape), create_graph=True)
        (second,) = gradients(first, [x], np.ones(shape))
        assert [(a.shape, a.dtype) for a in (out, first, second)] == [(shape, np.float32)] * 3
    with pytest.raises(ValueError, match=f"axis {len(shape)} is out of bounds"):
        getattr(F, name)(x, axis=len(shape))


@pytest.mark.parametrize(("name", "value"), [("softmax", 1.0), ("log_softmax", 0.0), ("softmin", 1.0)])
def test_softmax_of_a_scalar(name, value):
    x = Tensor(3.0, requires_grad=True)
    out = getattr(F, name)(x)
    (gradient,) = gradients(out, [x])
    assert (out.item(), gradient.item()) == (value, 0.0)
