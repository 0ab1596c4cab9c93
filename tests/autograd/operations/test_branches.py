"""A branch that was not taken gets gradient 0, whatever gradient arrives: infinite or nan, first and second order."""

import numpy as np
import pytest

import autograd
from autograd import Tensor, gradients
from nn import functional as F  # noqa: N812

inf, nan = np.inf, np.nan

# The function, its inputs, and for each input whether the result depends on its elements.
CASES = {
    "relu": (autograd.relu, [[-1, 2]], [[0, 1]]),
    "clip": (lambda x: np.clip(x, -1, 1), [[-2, 0.5, 2]], [[0, 1, 0]]),
    "maximum": (np.maximum, [[1, 3], [2, 2]], [[0, 1], [1, 0]]),
    "minimum": (np.minimum, [[1, 3], [2, 2]], [[1, 0], [0, 1]]),
    "fmax": (np.fmax, [[1, 3, nan], [2, 2, 2]], [[0, 1, 0], [1, 0, 1]]),
    "fmin": (np.fmin, [[1, 3, nan], [2, 2, 2]], [[1, 0, 0], [0, 1, 1]]),
    "where": (lambda x, y: np.where([True, False], x, y), [[1, 2], [3, 4]], [[1, 0], [0, 1]]),
    "select": (lambda x, y: np.select([[True, False]], [x], y), [[1, 2], [3, 4]], [[1, 0], [0, 1]]),
    "choose": (lambda x, y: np.choose([0, 1], [x, y]), [[1, 2], [3, 4]], [[1, 0], [0, 1]]),
    "nan_to_num": (np.nan_to_num, [[nan, inf, 1]], [[0, 0, 1]]),
    "max": (lambda x: np.max(x, axis=-1), [[1, 3, 2]], [[0, 1, 0]]),
    "min": (lambda x: np.min(x, axis=-1), [[1, 3, 2]], [[1, 0, 0]]),
    "ptp": (lambda x: np.ptp(x, axis=-1), [[1, 3, 2]], [[1, 1, 0]]),
    "nanmax": (lambda x: np.nanmax(x, axis=-1), [[1, 3, nan]], [[0, 1, 0]]),
    "nanmin": (lambda x: np.nanmin(x, axis=-1), [[1, 3, nan]], [[1, 0, 0]]),
    "nansum": (lambda x: np.nansum(x, axis=-1), [[1, 3, nan]], [[1, 1, 0]]),
    "nanprod": (lambda x: np.nanprod(x, axis=-1), [[2, 3, nan]], [[1, 1, 0]]),
    "nanmean": (lambda x: np.nanmean(x, axis=-1), [[2, 3, nan]], [[1, 1, 0]]),
    "nanvar": (lambda x: np.nanvar(x, axis=-1), [[2, 3, nan]], [[1, 1, 0]]),
    "median": (np.median, [[1, 5, 3]], [[0, 0, 1]]),
    "median of an even number": (np.median, [[1, 5, 3, 4]], [[0, 0, 1, 1]]),
    "nanmedian": (np.nanmedian, [[1, 5, nan, 3]], [[0, 0, 0, 1]]),
    "quantile": (lambda x: np.quantile(x, [0.25, 1]), [[1, 5, 3, 4, 2]], [[0, 1, 0, 0, 1]]),
    "infinity norm": (lambda x: np.linalg.norm(x, ord=inf), [[1, -3, 2]], [[0, 1, 0]]),
    "interp": (lambda x, y: np.interp(x, [0, 1, 2], y), [[-1, 3], [5, 6, 8]], [[0, 0], [1, 0, 1]]),
    "interp with ends": (lambda x, y: np.interp(x, [0, 1], y, 4, 9), [[-1, 3], [5, 6]], [[0, 0], [0, 0]]),
    "tril": (lambda x: np.tril(x)[1:], [[[1, 2], [3, 4]]], [[[0, 0], [1, 1]]]),
    "triu": (lambda x: np.triu(x)[:1], [[[1, 2], [3, 4]]], [[[1, 1], [0, 0]]]),
    "sort": (lambda x: np.sort(x)[:1], [[3, 1, 2]], [[0, 1, 0]]),
    "take": (lambda x: np.take(x, [2, 2]), [[3, 1, 2]], [[0, 0, 1]]),
    "index": (lambda x: x[1:], [[3, 1, 2]], [[0, 1, 1]]),
    "compress": (lambda x: np.compress([True, False], x), [[1, 2]], [[1, 0]]),
    "modf": (lambda x: np.modf(x)[0], [[1.5, inf]], [[1, 0]]),
    "xlogy": (autograd.xlogy, [[0, 2], [0, 3]], [[0, 1], [0, 1]]),
    "brelu": (F.brelu, [[[-1, 1, 2, -2]]], [[[0, 0, 1, 1]]]),
    "prelu": (F.prelu, [[[2, 3]], [0.25]], [[[1, 1]], [0]]),
    "prelu of infinity": (F.prelu, [[[inf, 3]], [0.25]], [[[1, 1]], [0]]),
    "apl": (lambda x: F.apl(x, [[0.5]], [[-1.0]]), [[[-0.5, 2]]], [[[0, 1]]]),
    "relu6": (F.relu6, [[-1, 2, 8]], [[0, 1, 0]]),
    "hardtanh": (F.hardtanh, [[-2, 0.5, 2]], [[0, 1, 0]]),
    "hardsigmoid": (F.hardsigmoid, [[-4, 1, 4]], [[0, 1, 0]]),
    "hardswish": (F.hardswish, [[-4, 1, 4]], [[0, 1, 1]]),
    "hardshrink": (F.hardshrink, [[-1, 0.25, 1]], [[1, 0, 1]]),
    "softshrink": (F.softshrink, [[-1, 0.25, 1]], [[1, 0, 1]]),
    "binary_step": (F.binary_step, [[-1, 2]], [[0, 0]]),
    "sqnl": (F.sqnl, [[-3, 0.5, 3]], [[0, 1, 0]]),
    "hinge": (lambda x: F.hinge_loss(x, [1, 1], "none"), [[0.5, 3]], [[1, 0]]),
    "multi margin": (lambda x: F.multi_margin_loss(x, [1], reduction="none"), [[[0, 5, 4.5]]], [[[0, 1, 1]]]),
    "nll": (lambda x: F.nll_loss(x, [1], reduction="none"), [[[-3, -2, -1]]], [[[0, 1, 0]]]),
    "nll of an ignored label": (
        lambda x: F.nll_loss(x, [-100, 1], reduction="none"), [[[-3, -2], [-3, -2]]], [[[0, 0], [0, 1]]]
    ),
    "kl_div": (lambda x: F.kl_div(x, [0.5, 0.0], "none"), [[-1, -inf]], [[1, 0]]),
    "embedding": (lambda w: F.embedding([0, 1], w, padding_idx=0), [[[1, 2], [3, 4]]], [[[0, 0], [1, 1]]]),
}  # fmt: skip
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def first_and_second(function, arrays, gradient):
    """The gradients of the inputs for one that arrives at the result, and the gradients of their sums."""
    inputs = [Tensor(np.array(array, float), requires_grad=True) for array in arrays]
    with np.errstate(all="ignore"):
        out = function(*inputs)
        if not out.requires_grad:
            return [np.zeros(x.shape) for x in inputs], [np.zeros(x.shape) for x in inputs]
        firsts = gradients(out, inputs, np.full(out.shape, gradient), create_graph=True)
        differentiable = [first for first in firsts if first.requires_grad]
        ones = [np.full(first.shape, gradient) for first in differentiable]
        seconds = gradients(differentiable, inputs, ones) if differentiable else []
    return [first.numpy() for first in firsts], [second.numpy() for second in seconds]


@each_case
@pytest.mark.parametrize("gradient", [inf, -inf, nan])
def test_a_branch_that_was_not_taken_gets_gradient_0(case, gradient):
    function, arrays, taken = case
    firsts, seconds = first_and_second(function, arrays, gradient)
    for results in (firsts, seconds):
        for result, is_taken in zip(results, taken):
            assert (result[np.array(is_taken) == 0] == 0).all(), result


@each_case
def test_the_other_elements_get_a_gradient(case):
    function, arrays, taken = case
    for first, is_taken in zip(first_and_second(function, arrays, 1.0)[0], taken):
        np.testing.assert_array_equal(first != 0, np.array(is_taken) == 1)


COMPOSITIONS = {
    "sqrt(relu(x))": (lambda x: np.sqrt(autograd.relu(x)), [-1, 4], [0, 0.25], [0, -1 / 32]),
    "1 / relu(x)": (lambda x: 1 / autograd.relu(x), [-1, 2], [0, -0.25], [0, 0.25]),
    "log(maximum(x, 0))": (lambda x: np.log(np.maximum(x, 0)), [-1, 2], [0, 0.5], [0, -0.25]),
    "sqrt(clip(x, 0, 9))": (lambda x: np.sqrt(np.clip(x, 0, 9)), [-1, 4], [0, 0.25], [0, -1 / 32]),
    "sqrt(hardswish(x))": (lambda x: np.sqrt(-F.hardswish(x)), [-4], [0], [0]),
    "sqrt(softshrink(x))": (lambda x: np.sqrt(F.softshrink(x)), [0.25, 4.5], [0, 0.25], [0, -1 / 32]),
    "sqrt(max(x))": (lambda x: np.sqrt(np.max(x)), [-1, 0.25], [0, 1], [0, -2]),
    "sqrt(median(x))": (lambda x: np.sqrt(np.median(x)), [-1, 0.25, 3], [0, 1, 0], [0, -2, 0]),
}


@pytest.mark.parametrize(("function", "x", "first", "second"), COMPOSITIONS.values(), ids=COMPOSITIONS)
def test_compositions_with_an_infinite_slope(function, x, first, second):
    x = Tensor(np.array(x, float), requires_grad=True)
    with np.errstate(all="ignore"):
        out = function(x)
    (actual,) = gradients(out, [x], np.ones(out.shape), create_graph=True)
    np.testing.assert_allclose(actual.numpy(), first, rtol=1e-12)
    np.testing.assert_allclose(gradients(actual.sum(), [x])[0].numpy(), second, rtol=1e-12)
