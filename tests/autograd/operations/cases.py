"""Every differentiable operation: how it is called, on what, and up to which order its derivatives are proven.

A row is a name (or several), the shapes of the inputs and, where the function by itself will not do, calls of it. The
derivatives by all inputs are proven. Products, decompositions and norms are in cases_of_matrices.py.
"""

import numpy as np
from hypothesis import strategies as st

import autograd
from tests.autograd.operations.case import (
    alike,
    along,
    apart,
    between,
    fixed,
    flat,
    function,
    long,
    one,
    one_axis,
    reduced,
    rows,
    signed,
    together,
)
from tests.autograd.operations.cases_of_matrices import MATRICES

away_from_0, positive = signed(0.5, 2), between(0.5, 2)

ELEMENTWISE = [
    *rows("np.negative np.positive np.absolute np.fabs np.square np.conjugate np.real np.real_if_close np.copy np.modf", one),
    *rows("np.exp np.exp2 np.expm1 np.sin np.cos np.sinh np.cosh np.tanh np.arctan np.arcsinh np.sinc np.nan_to_num", one),
    *rows("np.deg2rad np.radians np.rad2deg np.degrees autograd.relu autograd.sigmoid", one),
    *rows("np.tan", one, values=between(-1, 1)),
    *rows("np.arcsin np.arccos np.arctanh", one, values=between(-0.8, 0.8)),
    *rows("np.arccosh", one, values=between(1.2, 3)),
    *rows("np.sqrt np.log np.log2 np.log10", one, values=positive),
    *rows("np.log1p", one, values=between(-0.5, 2)),
    *rows("np.reciprocal np.cbrt", one, values=away_from_0),
    *rows("np.astype", one, lambda x: np.astype(x, x.dtype)),
    *rows("np.ldexp", one, lambda x: np.ldexp(x, 3), lambda x: np.ldexp(x, np.arange(-1, 1)[:, None, None, None])),
    *rows("np.unwrap", long, np.unwrap, lambda x, **axis: np.unwrap(5 * x, **axis), options=one_axis),
    *rows("np.add np.subtract np.multiply np.maximum np.minimum np.fmax np.fmin np.logaddexp np.logaddexp2", together(2)),
    *rows("np.divide np.arctan2 np.hypot np.copysign np.remainder np.fmod np.divmod", together(2), values=away_from_0),
    *rows("np.power np.float_power", together(2), values=positive),
    *rows("np.power", one, lambda x: x**3, lambda x: x**-2, lambda x: x**0, values=away_from_0),
    *rows("np.clip", one, lambda x: np.clip(x, -1.05, 1.5), lambda x: np.clip(x, 0.1, None), lambda x: np.clip(x, max=1)),
    *rows("np.where", together(3), lambda condition, x, y: np.where(condition > 0, x, y)),
    *rows("np.linspace", together(2), np.linspace, lambda x, y: np.linspace(x, y, 3, endpoint=False, retstep=True)),
    *rows("np.logspace", together(2), lambda x, y: np.logspace(x, y, 3), lambda x, y: np.logspace(x, y, 4, base=2.0)),
    *rows("np.geomspace", together(2), lambda x, y: np.geomspace(x, y, 3), values=positive),
]

SPECIAL = [
    *rows("autograd.erf autograd.erfc autograd.softplus", one),
    *rows("autograd.gammaln autograd.digamma", one, values=between(0.5, 3), order=2),
    *rows("autograd.polygamma", one, lambda x: autograd.polygamma(1, x), values=between(0.5, 3), order=2),
    *rows("autograd.logit", one, values=between(0.1, 0.9)),
    *rows("autograd.xlogy", together(2), values=positive),
    *rows("autograd.logsumexp", one, options=reduced),
]

spread = lambda shape: st.fixed_dictionaries({"ddof": st.integers(0, 1)}, optional={"axis": st.integers(-2, 1)})
kept = lambda shape: st.fixed_dictionaries({"axis": st.none() | st.integers(-len(shape), -1), "keepdims": st.booleans()})
with_holes = lambda f: lambda x, **options: f(np.where(np.eye(*x.shape, dtype=bool), np.nan, x), **options)
at_share = lambda q: lambda f: lambda x, **options: f(x, q, **options)

REDUCTIONS = [
    *rows("np.sum np.mean np.prod np.var np.average", one, options=reduced),
    *rows("np.max np.min np.amax np.amin np.ptp np.std", one, values=apart, options=reduced),
    *rows("np.var np.std", fixed((3, 2)), values=apart, options=spread),
    *rows("np.average", alike(2), lambda x, w: np.average(x, None, w), lambda x, w: np.average(x, 0, w), values=positive),
    *rows("np.average", fixed((3, 2), (2,)), lambda x, w: np.average(x, 1, w, returned=True), values=positive),
    *rows("np.median", long, values=apart, options=kept),
    *rows("np.quantile", long, through=at_share([[0, 0.3], [0.5, 1]]), values=apart, options=kept),
    *rows("np.quantile np.percentile", long, through=at_share(0.7), values=apart, options=kept),
    *rows("np.cov", fixed((2, 4)), np.cov, lambda x: np.cov(x, bias=True), lambda x: np.cov(x, rowvar=False, ddof=0)),
    *rows("np.cov np.corrcoef", fixed((4,), (2, 4)), values=apart),
    *rows("np.corrcoef", fixed(((2, 4),), ((1, 4),), ((4,),)), values=apart),
    *rows("np.nansum np.nanprod np.nanmean", fixed((3, 4)), through=with_holes, values=apart, options=kept),
    *rows("np.nanmax np.nanmin np.nanmedian", fixed((3, 4)), through=with_holes, values=apart, options=kept),
    *rows("np.nanvar np.nanstd", fixed((3, 4)), through=with_holes, values=apart, options=spread),
]

SCANS = [
    *rows("np.cumsum np.cumprod", one, options=along),
    *rows("np.cumulative_sum np.cumulative_prod", long, through=lambda f: lambda x: f(x, axis=-1, include_initial=True)),
    *rows("np.cumulative_sum np.cumulative_prod", fixed((3,))),
    *rows("np.nancumsum np.nancumprod", fixed((3, 4)), through=with_holes, options=along),
    *rows("np.diff np.trapezoid", long, options=one_axis),
    *rows("np.diff", fixed((2, 4), (2, 1)), lambda x, end: np.diff(x, 2, append=end), lambda x, end: np.diff(x, 1, 1, 0, end)),
    *rows("np.ediff1d", one),
    *rows("np.ediff1d", fixed((2, 3), (2,)), lambda x, end: np.ediff1d(x, to_begin=end, to_end=1.0)),
    *rows("np.trapezoid", fixed((2, 3), (3,)), np.trapezoid, lambda y, x: np.trapezoid(y, x * y, axis=0)),
]

MASK = np.array([[True, False, True], [False, True, True]])
joined = lambda f: lambda x, y: f([x, y])
in_two = lambda f: lambda x: f(x, 2)
WINDOWS = "np.lib.stride_tricks.sliding_window_view"
windows = function(WINDOWS)

MOVING = [
    *rows("np.ravel np.transpose np.atleast_1d np.atleast_2d np.atleast_3d np.squeeze np.flip np.diagflat", one),
    *rows("np.ravel", one, lambda x: np.ravel(x, order="F")),
    *rows("np.reshape", one, lambda x: np.reshape(x, -1), lambda x: np.reshape(x, (1, *x.shape[::-1]))),
    *rows("np.transpose", fixed((2, 1, 3)), lambda x: np.transpose(x, (2, 0, 1)), lambda x: np.transpose(x, (-1, 0, 1))),
    *rows("np.squeeze", fixed((1, 2, 1)), lambda x: np.squeeze(x, 0), lambda x: np.squeeze(x, (0, -1))),
    *rows("np.swapaxes", flat, lambda x: np.swapaxes(x, 0, -1)),
    *rows("np.moveaxis", flat, lambda x: np.moveaxis(x, 0, -1), lambda x: np.moveaxis(x, (0, 1), (1, 0))),
    *rows("np.rollaxis", flat, lambda x: np.rollaxis(x, -1), lambda x: np.rollaxis(x, 0, 2)),
    *rows("np.matrix_transpose np.fliplr np.flipud np.rot90 np.tril np.triu np.diagonal", flat),
    *rows("np.diag np.diagonal np.tril np.triu", fixed((2, 3)), through=lambda f: lambda x: f(x, 1)),
    *rows("np.diag", fixed((3,))),
    *rows("np.expand_dims", one, lambda x: np.expand_dims(x, -1), lambda x: np.expand_dims(x, (0, 1))),
    *rows("np.broadcast_to", one, lambda x: np.broadcast_to(x, (2, *x.shape))),
    *rows("np.broadcast_to", fixed((2, 1)), lambda x: np.broadcast_to(x, (2, 2, 3))),
    *rows("np.broadcast_arrays", together(2)),
    *rows("np.meshgrid", fixed((2,), (3,)), np.meshgrid, lambda x, y: np.meshgrid(x, y, indexing="ij", sparse=True)),
    *rows("np.concatenate np.stack np.vstack np.hstack np.dstack", alike(2), through=joined),
    *rows("np.concatenate", together(2), lambda x, y: np.concatenate([x, y, x], axis=None)),
    *rows("np.stack np.concatenate", alike(2), through=lambda f: lambda x, y: f([x, y, x], axis=-1)),
    *rows("np.column_stack", fixed((2,), (2, 3)), through=joined),
    *rows("np.block", fixed((2, 3), (2, 1)), lambda x, y: np.block([[x, y], [y, x]])),
    *rows("np.append", alike(2), np.append, lambda x, y: np.append(x, y, axis=-1)),
    *rows("np.insert", fixed((2, 3), (2,)), lambda x, y: np.insert(x, 1, y, axis=1), lambda x, y: np.insert(x, [0, 3], y)),
    *rows("np.split np.array_split np.hsplit np.vsplit np.dsplit", fixed((2, 2, 2)), through=in_two),
    *rows("np.array_split", fixed((3, 2)), lambda x: np.array_split(x, 2), lambda x: np.array_split(x, [1], axis=1)),
    *rows("np.unstack", long),
    *rows("np.roll np.repeat np.tile np.resize", one, through=in_two),
    *rows("np.flip", flat, lambda x: np.flip(x, -1), lambda x: np.flip(x, (0, -1)), lambda x: np.flip(x, axis=[1, 0])),
    *rows("np.roll", flat, lambda x: np.roll(x, 1, axis=-1), lambda x: np.roll(x, (1, 2), axis=(0, 1))),
    *rows(
        "np.roll",
        flat,
        lambda x: np.roll(x, np.uint8(2), [0, 1]),
        lambda x: np.roll(x, (-1, 5)),
        lambda x: np.roll(x, 3, (1, 1)),
    ),
    *rows("np.hstack", fixed(((), (2,)), ((), ()), ((2,), (3,)), ((2, 1), (2, 3)), ((1, 2, 3), (1, 1, 3))), through=joined),
    *rows("np.vstack", fixed(((), (1,)), ((), ()), ((3,), (2, 3)), ((2, 3), (1, 3)), ((1, 2, 3), (2, 2, 3))), through=joined),
    *rows("np.repeat", fixed((2, 3)), lambda x: np.repeat(x, [2, 0, 1], axis=1)),
    *rows("np.tile np.resize", one, through=lambda f: lambda x: f(x, (2, 3))),
    *rows("np.delete", fixed((2, 3)), lambda x: np.delete(x, 1, axis=1), lambda x: np.delete(x, [0, 4])),
    *rows("np.take", fixed((2, 3)), lambda x: np.take(x, [2, 0, 2], axis=1), lambda x: np.take(x, -3)),
    *rows("np.take_along_axis", fixed((2, 3)), lambda x: np.take_along_axis(x, np.array([[0, 0], [2, 1]]), 1)),
    *rows("np.compress", fixed((2, 3)), lambda x: np.compress([True, False, True], x, axis=1)),
    *rows("np.extract", fixed((2, 3)), lambda x: np.extract(MASK, x)),
    *rows("np.choose", fixed((3,), (3,)), lambda x, y: np.choose([1, 0, 1], [x, y])),
    *rows("np.select", fixed((2, 3), (3,)), lambda x, y: np.select([MASK, x > 1], [x, 2 * y], default=y)),
    *rows("np.pad", one, lambda x: np.pad(x, 1), lambda x: np.pad(x, 1, constant_values=3.0)),
    *rows("np.pad", flat, *[lambda x, mode=mode: np.pad(x, 2, mode) for mode in ("edge", "reflect", "symmetric", "wrap")]),
    *rows("np.sort", long, values=apart, options=along),
    *rows("np.partition", long, lambda x, **axis: np.partition(x, 0, **axis), values=apart, options=along),
    *rows(WINDOWS, fixed((2, 3)), lambda x: windows(x, 2, axis=1), lambda x: windows(x, (2, 2))),
    *rows("autograd.scatter", fixed((3,)), lambda x: autograd.scatter(x, [0, 2, 0], (4,))),
    *rows("x[index]", fixed((3, 2)), lambda x: x[1:, None], lambda x: x[[0, 2, 0]], lambda x: x[np.array([[1], [1]]), [0, 0]]),
    *rows("x[index]", fixed((2, 3)), lambda x: x[MASK], lambda x: x[..., 0], lambda x: x[::-1, ::-2], lambda x: x[:, MASK[0]]),
]

CASES = [*ELEMENTWISE, *SPECIAL, *REDUCTIONS, *SCANS, *MOVING, *MATRICES]
