"""Functions that only move elements, running sums, statistics and compositions: as NumPy, and proven to second order."""

import numpy as np
import pytest

from autograd import Tensor, UnsupportedError, gradcheck, gradients

MASK = np.array([[True, False, True], [False, True, True]])

MOVES = {
    "flip": lambda x: np.flip(x, 1),
    "fliplr": np.fliplr,
    "flipud": np.flipud,
    "rot90": lambda x: np.rot90(x, k=3),
    "roll all": lambda x: np.roll(x, 2),
    "roll axis": lambda x: np.roll(x, 1, axis=-1),
    "resize": lambda x: np.resize(x, (4, 2)),
    "tile": lambda x: np.tile(x, (2, 2)),
    "repeat": lambda x: np.repeat(x, 2, axis=1),
    "delete": lambda x: np.delete(x, 1, axis=1),
    "take axis": lambda x: np.take(x, [2, 0, 2], axis=1),
    "take flat": lambda x: np.take(x, 3),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[0], [2]]), 1),
    "compress": lambda x: np.compress([True, False, True], x, axis=1),
    "extract": lambda x: np.extract(MASK, x),
    "diag": np.diag,
    "diagflat": np.diagflat,
    "diagonal": np.diagonal,
    "tril": np.tril,
    "triu": lambda x: np.triu(x, 1),
    "windows": lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=1),
    "split": lambda x: np.split(x, 3, axis=1)[2],
    "array_split": lambda x: np.array_split(x, 2, axis=1)[0],
    "hsplit": lambda x: np.hsplit(x, 3)[1],
    "vsplit": lambda x: np.vsplit(x, 2)[1],
    "unstack": lambda x: np.unstack(x)[1],
    "atleast_3d": np.atleast_3d,
    "atleast_1d of two": lambda x: np.atleast_1d(x[0, 0], x)[0],
    "broadcast_arrays": lambda x: np.broadcast_arrays(x, np.ones((4, 1, 3)))[0],
    "meshgrid": lambda x: np.meshgrid(x[0], x[1])[1],
    "vstack": lambda x: np.vstack([x, x * 2, np.ones((1, 3))]),
    "hstack": lambda x: np.hstack((x, x)),
    "dstack": lambda x: np.dstack((x, x)),
    "column_stack": lambda x: np.column_stack((x[0], x[1])),
    "block": lambda x: np.block([[x, x], [np.zeros((1, 3)), np.ones((1, 3))]]),
    "append": lambda x: np.append(x, [[1, 2, 3]], axis=0),
    "insert": lambda x: np.insert(x, 1, x[:, 0], axis=1),
    "choose": lambda x: np.choose([1, 0, 1], [x[0], x[1]]),
    "select": lambda x: np.select([x > 1, x < -1], [x, 2 * x], default=x**2),
    "select with a number": lambda x: np.select([MASK], [x], 5.0),
    "pad": lambda x: np.pad(x, 1),
    "pad with numbers": lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=3.0),
    "pad reflect": lambda x: np.pad(x, 1, mode="reflect"),
    "ravel": np.ravel,
    "ravel by columns": lambda x: np.ravel(x, order="F"),
    "moveaxis": lambda x: np.moveaxis(x, 0, -1),
    "rollaxis": lambda x: np.rollaxis(x, 1),
    "matrix_transpose": np.matrix_transpose,
    "sort": lambda x: np.sort(x, axis=0),
    "sort all": lambda x: np.sort(x, axis=None),
    "partition": lambda x: np.partition(x, 1),
}
SCANS = {
    "cumsum": np.cumsum,
    "cumsum axis": lambda x: np.cumsum(x, 1),
    "cumprod": np.cumprod,
    "cumprod axis": lambda x: np.cumprod(x, axis=0),
    "cumulative_sum": lambda x: np.cumulative_sum(x, axis=1, include_initial=True),
    "cumulative_prod": lambda x: np.cumulative_prod(x, axis=0),
    "diff": np.diff,
    "diff twice": lambda x: np.diff(x, 2, axis=1),
    "diff with ends": lambda x: np.diff(x, prepend=0, append=x[:, :1]),
    "ediff1d": lambda x: np.ediff1d(x, to_begin=[1.0, 2.0]),
    "trapezoid": np.trapezoid,
    "trapezoid places": lambda x: np.trapezoid(x, [0, 1, 3.0]),
    "trapezoid step": lambda x: np.trapezoid(x, dx=0.5, axis=0),
}
STATISTICS = {
    "amax": np.amax,
    "amin axis": lambda x: np.amin(x, axis=1),
    "ptp": np.ptp,
    "ptp axis": lambda x: np.ptp(x, axis=1),
    "average": np.average,
    "average weighted": lambda x: np.average(x, axis=1, weights=[1, 2, 3.0]),
    "quantile": lambda x: np.quantile(x, 0.3),
    "quantiles": lambda x: np.quantile(x, [0.3, 0.9], axis=1),
    "quantiles kept": lambda x: np.quantile(x, [0.3, 0.9], axis=0, keepdims=True),
    "percentile": lambda x: np.percentile(x, 30, axis=0),
    "median": np.median,
    "median axis": lambda x: np.median(x, axis=1, keepdims=True),
    "cov": np.cov,
    "cov of columns": lambda x: np.cov(x, rowvar=False, bias=True),
    "corrcoef": np.corrcoef,
}
COMPOSED = {
    "sinc": np.sinc,
    "nan_to_num": np.nan_to_num,
    "real": np.real,
    "modf": lambda x: np.modf(x)[0],
    "divmod": lambda x: np.divmod(x, 10.0)[1],
    "ldexp": lambda x: np.ldexp(x, 3),
    "linspace": lambda x: np.linspace(x, 2 * x, 4),
    "linspace open": lambda x: np.linspace(0.0, x, 4, endpoint=False),
    "logspace": lambda x: np.logspace(x, 1.0, 3),
    "geomspace": lambda x: np.geomspace(x * x + 1, 7.0, 3),
    "unwrap": lambda x: np.unwrap(x * 5),
    "polyval": lambda x: np.polyval([1.0, -2.0, 3.0], x),
}
ALL = MOVES | SCANS | STATISTICS | COMPOSED


@pytest.fixture
def x():
    return Tensor(np.random.default_rng(0).uniform(-2, 2, (2, 3)), requires_grad=True)


@pytest.mark.parametrize("name", ALL)
def test_values_and_derivatives(name, x):
    function = ALL[name]
    out = function(x)
    np.testing.assert_allclose(out.numpy(), function(x.numpy()), rtol=1e-12, atol=1e-14)
    gradcheck(lambda x: function(x) ** 2, [x], order=2)


@pytest.mark.parametrize("name", sorted(set(ALL) - {"block", "vstack", "append", "broadcast_arrays"}))
def test_float32_stays_float32(name, x):
    single = Tensor(x.numpy().astype(np.float32), requires_grad=True)
    out = ALL[name](single)
    assert gradients(out.sum(), single)[0].dtype == np.float32
    assert out.dtype in (np.float32, ALL[name](single.numpy()).dtype)


WITHOUT_NAN = {
    "nansum": np.nansum,
    "nansum axis": lambda x: np.nansum(x, axis=1),
    "nanprod": lambda x: np.nanprod(x, axis=0),
    "nancumsum": np.nancumsum,
    "nancumprod": lambda x: np.nancumprod(x, axis=1),
    "nanmax": np.nanmax,
    "nanmin": lambda x: np.nanmin(x, axis=1),
    "nanmean": lambda x: np.nanmean(x, axis=1, keepdims=True),
    "nanmean all": np.nanmean,
    "nanvar": lambda x: np.nanvar(x, axis=1),
    "nanstd": lambda x: np.nanstd(x, ddof=1),
    "nanmedian": lambda x: np.nanmedian(x, axis=1),
    "nanmedian all": np.nanmedian,
}


@pytest.mark.parametrize("name", WITHOUT_NAN)
def test_functions_that_leave_nan_out(name):
    hole = np.array([[True, False, False, False], [False, False, False, True], [False, False, False, False]])
    x = Tensor(np.random.default_rng(1).uniform(-2, 2, (3, 4)), requires_grad=True)
    function = WITHOUT_NAN[name]
    holed = np.where(hole, np.nan, x)
    np.testing.assert_allclose(function(holed).numpy(), function(holed.numpy()), rtol=1e-12)
    gradcheck(lambda x: function(np.where(hole, np.nan, x)) ** 2, [x], order=2)


@pytest.mark.parametrize("values", [[2.0, 0.0, 3.0, 0.0], [0.0, 0.0], [5.0]])
def test_running_product_with_zeros_to_third_order(values):
    gradcheck(np.cumprod, [Tensor(values, requires_grad=True)], order=3)


def test_equal_elements_keep_their_order_and_gradient_in_a_sort():
    x = Tensor([1.0, 0.0, 1.0], requires_grad=True)
    (np.sort(x) * [1.0, 10.0, 100.0]).sum().backward()
    assert x.grad.tolist() == [10, 1, 100]


def test_padding_that_computes_is_refused(x):
    with pytest.raises(UnsupportedError, match="'mean'"):
        np.pad(x, 1, mode="mean")


def test_empty_arrays_move_too():
    x = Tensor(np.empty((0, 3)), requires_grad=True)
    for out in (np.flip(x), np.tile(x, 2), np.concatenate([x, x]), np.cumsum(x), np.sort(x), np.vstack([x, x])):
        assert gradients(out.sum(), x)[0].shape == (0, 3)
