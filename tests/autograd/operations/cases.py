"""The cases of every differentiable operation: its calls, its inputs, and the order up to which its derivatives are checked.

An entry has one or more names, the shapes of the inputs, and calls where the function needs more than the inputs. The
derivatives with respect to all inputs are checked. Products, decompositions and norms are in cases_of_matrices.py,
functions of SciPy in cases_of_scipy.py.
"""

import numpy as np
from hypothesis import strategies as st

import autograd
from tests.autograd.operations.case import (
    any_shape,
    away_from_zero,
    axis_option,
    axis_or_all,
    between,
    broadcastable,
    cases,
    fixed,
    function,
    reduction_options,
    same_shape,
    well_separated,
    with_axis,
    with_two_axes,
)
from tests.autograd.operations.cases_of_matrices import MATRICES
from tests.autograd.operations.cases_of_rare_functions import RARE
from tests.autograd.operations.cases_of_scipy import MATRIX_FUNCTIONS, SPECIAL_FUNCTIONS
from tests.autograd.operations.cases_of_spectra import SPECTRA

nonzero, positive = away_from_zero(0.5, 2), between(0.5, 2)

ELEMENTWISE = [
    *cases("np.negative np.positive np.absolute np.fabs np.square np.conjugate np.real_if_close np.copy np.modf", any_shape),
    *cases(
        "np.exp np.exp2 np.expm1 np.sin np.cos np.sinh np.cosh np.tanh np.arctan np.arcsinh np.sinc np.nan_to_num", any_shape
    ),
    *cases("np.deg2rad np.radians np.rad2deg np.degrees autograd.relu autograd.sigmoid", any_shape),
    *cases("np.tan", any_shape, values=between(-1, 1)),
    *cases("np.arcsin np.arccos np.arctanh", any_shape, values=between(-0.8, 0.8)),
    *cases("np.arccosh", any_shape, values=between(1.2, 3)),
    *cases("np.sqrt np.log np.log2 np.log10", any_shape, values=positive),
    *cases("np.log1p", any_shape, values=between(-0.5, 2)),
    *cases("np.reciprocal np.cbrt", any_shape, values=nonzero),
    *cases("np.astype", any_shape, lambda x: np.astype(x, x.dtype)),
    *cases("np.ldexp", any_shape, lambda x: np.ldexp(x, 3), lambda x: np.ldexp(x, np.arange(-1, 1)[:, None, None, None])),
    *cases("np.unwrap", with_axis, np.unwrap, lambda x, **axis: np.unwrap(5 * x, **axis), options=axis_option),
    *cases("np.add np.subtract np.multiply np.maximum np.minimum np.fmax np.fmin np.logaddexp np.logaddexp2", broadcastable(2)),
    *cases("np.divide np.arctan2 np.hypot np.copysign np.remainder np.fmod np.divmod", broadcastable(2), values=nonzero),
    *cases("np.power np.float_power", broadcastable(2), values=positive),
    *cases("np.power", any_shape, lambda x: x**3, lambda x: x**-2, lambda x: x**0, values=nonzero),
    *cases(
        "np.clip", any_shape, lambda x: np.clip(x, -1.05, 1.5), lambda x: np.clip(x, 0.1, None), lambda x: np.clip(x, max=1)
    ),
    *cases("np.where", broadcastable(3), lambda condition, x, y: np.where(condition > 0, x, y)),
    *cases("np.linspace", broadcastable(2), np.linspace, lambda x, y: np.linspace(x, y, 3, endpoint=False, retstep=True)),
    *cases("np.logspace", broadcastable(2), lambda x, y: np.logspace(x, y, 3), lambda x, y: np.logspace(x, y, 4, base=2.0)),
    *cases("np.geomspace", broadcastable(2), lambda x, y: np.geomspace(x, y, 3), values=positive),
    *cases(
        "np.linspace np.logspace np.geomspace", same_shape(2), wrap=lambda f: lambda x, y: f(x, y, 3, axis=-1), values=positive
    ),
]

SPECIAL = [
    *cases("autograd.erf autograd.erfc autograd.softplus np.i0", any_shape),
    *cases("autograd.gammaln autograd.digamma", any_shape, values=between(0.5, 3), order=2),
    *cases("autograd.polygamma", any_shape, lambda x: autograd.polygamma(1, x), values=between(0.5, 3), order=2),
    *cases("autograd.logit", any_shape, values=between(0.1, 0.9)),
    *cases("autograd.xlogy", broadcastable(2), values=positive),
    *cases("autograd.logsumexp", any_shape, options=reduction_options),
]

ddof_and_axis = lambda shape: st.fixed_dictionaries({"ddof": st.integers(0, 1)}, optional={"axis": st.integers(-2, 1)})
axis_and_keepdims = lambda shape: st.fixed_dictionaries(
    {"axis": st.none() | st.integers(-len(shape), -1), "keepdims": st.booleans()}
)
with_nan_on_diagonal = lambda f: lambda x, **options: f(np.where(np.eye(*x.shape, dtype=bool), np.nan, x), **options)
at_fraction = lambda q: lambda f: lambda x, **options: f(x, q, **options)

REDUCTIONS = [
    *cases("np.sum np.mean np.prod np.var np.average", any_shape, options=reduction_options),
    *cases("np.max np.min np.amax np.amin np.ptp np.std", any_shape, values=well_separated, options=reduction_options),
    *cases("np.var np.std", fixed((3, 2)), values=well_separated, options=ddof_and_axis),
    *cases("np.average", same_shape(2), lambda x, w: np.average(x, None, w), lambda x, w: np.average(x, 0, w), values=positive),
    *cases("np.average", fixed((3, 2), (2,)), lambda x, w: np.average(x, 1, w, returned=True), values=positive),
    *cases("np.median", with_axis, values=well_separated, options=axis_and_keepdims),
    *cases("np.quantile", with_axis, wrap=at_fraction([[0, 0.3], [0.5, 1]]), values=well_separated, options=axis_and_keepdims),
    *cases("np.quantile np.percentile", with_axis, wrap=at_fraction(0.7), values=well_separated, options=axis_and_keepdims),
    *cases("np.cov", fixed((2, 4)), np.cov, lambda x: np.cov(x, bias=True), lambda x: np.cov(x, rowvar=False, ddof=0)),
    *cases("np.cov", fixed((2, 4)), lambda x: np.cov(x, fweights=[1, 2, 1, 3], aweights=[0.5, 1.0, 2.0, 1.0])),
    *cases("np.cov np.corrcoef", fixed((4,), (2, 4)), values=well_separated),
    *cases("np.corrcoef", fixed(((2, 4),), ((1, 4),), ((4,),)), values=well_separated),
    *cases(
        "np.nansum np.nanprod np.nanmean",
        fixed((3, 4)),
        wrap=with_nan_on_diagonal,
        values=well_separated,
        options=axis_and_keepdims,
    ),
    *cases(
        "np.nanmax np.nanmin np.nanmedian",
        fixed((3, 4)),
        wrap=with_nan_on_diagonal,
        values=well_separated,
        options=axis_and_keepdims,
    ),
    *cases(
        "np.nanquantile",
        fixed((3, 4)),
        wrap=lambda f: with_nan_on_diagonal(at_fraction([[0, 0.3], [0.5, 1]])(f)),
        values=well_separated,
        options=axis_and_keepdims,
    ),
    *cases(
        "np.nanpercentile",
        fixed((3, 4)),
        wrap=lambda f: with_nan_on_diagonal(at_fraction(70)(f)),
        values=well_separated,
        options=axis_and_keepdims,
    ),
    *cases("np.nanvar np.nanstd", fixed((3, 4)), wrap=with_nan_on_diagonal, values=well_separated, options=ddof_and_axis),
]

SCANS = [
    *cases("np.cumsum np.cumprod", any_shape, options=axis_or_all),
    *cases("np.cumulative_sum np.cumulative_prod", with_axis, wrap=lambda f: lambda x: f(x, axis=-1, include_initial=True)),
    *cases("np.cumulative_sum np.cumulative_prod", fixed((3,))),
    *cases("np.nancumsum np.nancumprod", fixed((3, 4)), wrap=with_nan_on_diagonal, options=axis_or_all),
    *cases("np.diff np.trapezoid", with_axis, options=axis_option),
    *cases("np.diff", fixed((2, 4), (2, 1)), lambda x, end: np.diff(x, 2, append=end), lambda x, end: np.diff(x, 1, 1, 0, end)),
    *cases("np.ediff1d", any_shape),
    *cases("np.ediff1d", fixed((2, 3), (2,)), lambda x, end: np.ediff1d(x, to_begin=end, to_end=1.0)),
    *cases("np.trapezoid", fixed((2, 3), (3,)), np.trapezoid, lambda y, x: np.trapezoid(y, x * y, axis=0)),
]

MASK = np.array([[True, False, True], [False, True, True]])
as_list = lambda f: lambda x, y: f([x, y])
with_two = lambda f: lambda x: f(x, 2)
WINDOWS = "np.lib.stride_tricks.sliding_window_view"
windows = function(WINDOWS)

MOVEMENTS = [
    *cases("np.ravel np.transpose np.atleast_1d np.atleast_2d np.atleast_3d np.squeeze np.flip np.diagflat", any_shape),
    *cases("np.ravel", any_shape, lambda x: np.ravel(x, order="F")),
    *cases("np.reshape", any_shape, lambda x: np.reshape(x, -1), lambda x: np.reshape(x, (1, *x.shape[::-1]))),
    *cases("np.transpose", fixed((2, 1, 3)), lambda x: np.transpose(x, (2, 0, 1)), lambda x: np.transpose(x, (-1, 0, 1))),
    *cases("np.squeeze", fixed((1, 2, 1)), lambda x: np.squeeze(x, 0), lambda x: np.squeeze(x, (0, -1))),
    *cases("np.swapaxes", with_two_axes, lambda x: np.swapaxes(x, 0, -1)),
    *cases("np.moveaxis", with_two_axes, lambda x: np.moveaxis(x, 0, -1), lambda x: np.moveaxis(x, (0, 1), (1, 0))),
    *cases("np.rollaxis", with_two_axes, lambda x: np.rollaxis(x, -1), lambda x: np.rollaxis(x, 0, 2)),
    *cases("np.matrix_transpose np.fliplr np.flipud np.rot90 np.tril np.triu np.diagonal", with_two_axes),
    *cases("np.diag np.diagonal np.tril np.triu", fixed((2, 3)), wrap=lambda f: lambda x: f(x, 1)),
    *cases("np.diag", fixed((3,))),
    *cases("np.expand_dims", any_shape, lambda x: np.expand_dims(x, -1), lambda x: np.expand_dims(x, (0, 1))),
    *cases("np.broadcast_to", any_shape, lambda x: np.broadcast_to(x, (2, *x.shape))),
    *cases("np.broadcast_to", fixed((2, 1)), lambda x: np.broadcast_to(x, (2, 2, 3))),
    *cases("np.broadcast_arrays", broadcastable(2)),
    *cases("np.meshgrid", fixed((2,), (3,)), np.meshgrid, lambda x, y: np.meshgrid(x, y, indexing="ij", sparse=True)),
    *cases("np.concatenate np.stack np.vstack np.hstack np.dstack", same_shape(2), wrap=as_list),
    *cases("np.concatenate", broadcastable(2), lambda x, y: np.concatenate([x, y, x], axis=None)),
    *cases("np.stack np.concatenate", same_shape(2), wrap=lambda f: lambda x, y: f([x, y, x], axis=-1)),
    *cases("np.column_stack", fixed((2,), (2, 3)), wrap=as_list),
    *cases("np.block", fixed((2, 3), (2, 1)), lambda x, y: np.block([[x, y], [y, x]])),
    *cases("np.append", same_shape(2), np.append, lambda x, y: np.append(x, y, axis=-1)),
    *cases("np.insert", fixed((2, 3), (2,)), lambda x, y: np.insert(x, 1, y, axis=1), lambda x, y: np.insert(x, [0, 3], y)),
    *cases("np.split np.array_split np.hsplit np.vsplit np.dsplit", fixed((2, 2, 2)), wrap=with_two),
    *cases("np.array_split", fixed((3, 2)), lambda x: np.array_split(x, 2), lambda x: np.array_split(x, [1], axis=1)),
    *cases("np.unstack", with_axis),
    *cases("np.roll np.repeat np.tile np.resize", any_shape, wrap=with_two),
    *cases(
        "np.flip", with_two_axes, lambda x: np.flip(x, -1), lambda x: np.flip(x, (0, -1)), lambda x: np.flip(x, axis=[1, 0])
    ),
    *cases("np.roll", with_two_axes, lambda x: np.roll(x, 1, axis=-1), lambda x: np.roll(x, (1, 2), axis=(0, 1))),
    *cases(
        "np.roll",
        with_two_axes,
        lambda x: np.roll(x, np.uint8(2), [0, 1]),
        lambda x: np.roll(x, (-1, 5)),
        lambda x: np.roll(x, 3, (1, 1)),
    ),
    *cases("np.hstack", fixed(((), (2,)), ((), ()), ((2,), (3,)), ((2, 1), (2, 3)), ((1, 2, 3), (1, 1, 3))), wrap=as_list),
    *cases("np.vstack", fixed(((), (1,)), ((), ()), ((3,), (2, 3)), ((2, 3), (1, 3)), ((1, 2, 3), (2, 2, 3))), wrap=as_list),
    *cases("np.repeat", fixed((2, 3)), lambda x: np.repeat(x, [2, 0, 1], axis=1)),
    *cases("np.tile np.resize", any_shape, wrap=lambda f: lambda x: f(x, (2, 3))),
    *cases("np.delete", fixed((2, 3)), lambda x: np.delete(x, 1, axis=1), lambda x: np.delete(x, [0, 4])),
    *cases("np.take", fixed((2, 3)), lambda x: np.take(x, [2, 0, 2], axis=1), lambda x: np.take(x, -3)),
    *cases("np.take_along_axis", fixed((2, 3)), lambda x: np.take_along_axis(x, np.array([[0, 0], [2, 1]]), 1)),
    *cases("np.compress", fixed((2, 3)), lambda x: np.compress([True, False, True], x, axis=1)),
    *cases("np.extract", fixed((2, 3)), lambda x: np.extract(MASK, x)),
    *cases("np.choose", fixed((3,), (3,)), lambda x, y: np.choose([1, 0, 1], [x, y])),
    *cases("np.select", fixed((2, 3), (3,)), lambda x, y: np.select([MASK, x > 1], [x, 2 * y], default=y)),
    *cases("np.pad", any_shape, lambda x: np.pad(x, 1), lambda x: np.pad(x, 1, constant_values=3.0)),
    *cases(
        "np.pad", with_two_axes, *[lambda x, mode=mode: np.pad(x, 2, mode) for mode in ("edge", "reflect", "symmetric", "wrap")]
    ),
    *cases("np.sort", with_axis, values=well_separated, options=axis_or_all),
    *cases("np.partition", with_axis, lambda x, **axis: np.partition(x, 0, **axis), values=well_separated, options=axis_or_all),
    *cases(WINDOWS, fixed((2, 3)), lambda x: windows(x, 2, axis=1), lambda x: windows(x, (2, 2))),
    *cases("autograd.scatter", fixed((3,)), lambda x: autograd.scatter(x, [0, 2, 0], (4,))),
    *cases("x[index]", fixed((3, 2)), lambda x: x[1:, None], lambda x: x[[0, 2, 0]], lambda x: x[np.array([[1], [1]]), [0, 0]]),
    *cases("x[index]", fixed((2, 3)), lambda x: x[MASK], lambda x: x[..., 0], lambda x: x[::-1, ::-2], lambda x: x[:, MASK[0]]),
]

CASES = [
    *ELEMENTWISE,
    *SPECIAL,
    *REDUCTIONS,
    *SCANS,
    *MOVEMENTS,
    *MATRICES,
    *RARE,
    *SPECTRA,
    *SPECIAL_FUNCTIONS,
    *MATRIX_FUNCTIONS,
]
