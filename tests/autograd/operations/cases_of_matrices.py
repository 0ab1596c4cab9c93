"""The cases of products, signals, decompositions, linear systems and norms."""

from typing import Any

import numpy as np

from autograd import convolution, convolution_transpose, convolution_weight
from tests.autograd.operations.case import (
    any_shape,
    away_from_zero,
    cases,
    fixed,
    rectangular,
    reduction_options,
    square,
    well_conditioned,
    with_two_axes,
)

FACTORS = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 2)), ((2, 2, 3), (3, 2)), ((2, 1, 2, 3), (2, 3, 2)),
    ((3,), (2, 3, 2)), ((2, 2, 3), (3,)), ((1, 2, 3), (2, 3, 1)),
]  # fmt: skip
JOINED = [((2, 3), (3, 2)), ((3,), (3, 2)), ((3,), (3,)), ((2, 3), (3,))]
SUBSCRIPTS = {
    "ij,jk->ik": ((2, 3), (3, 2)), "ij,jk": ((2, 3), (3, 2)), "ba,cb": ((2, 3), (2, 2)), "i,i->i": ((3,), (3,)),
    "ij,kl->il": ((2, 3), (2, 2)), "...ij,...jk->...ik": ((2, 1, 2, 3), (2, 3, 1)), "i...,i...->...": ((3, 2), (3,)),
    "ij,j->i": ((2, 1), (3,)), "ij,ij->ij": ((2, 1), (1, 3)), "ii,i->i": ((3, 3), (3,)), "ii,jj->ij": ((2, 2), (3, 3)),
    "iij,j->i": ((2, 2, 3), (3,)), ",i->i": ((), (2,)), "iii,i->": ((2, 2, 2), (2,)),
}  # fmt: skip

grouped = lambda f: lambda x, y: f(x, y, (3,), stride=2, padding=1, groups=2)

PRODUCTS = [
    *cases("np.matmul np.linalg.matmul", fixed(*FACTORS)),
    *cases("np.dot", fixed(((), (2,)), ((3,), ()), ((2, 2, 3), (2, 3, 1)), ((2, 3), (2, 3, 1)), *FACTORS[:4])),
    *cases("np.inner", fixed(((), (2,)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1, 3), (2, 3)))),
    *cases("np.vdot", fixed(((3,), (3,)), ((2, 3), (3, 2)), ((), ()))),
    *cases("np.outer", fixed(((2,), (3,)), ((2, 2), (2,)), ((), (2,)))),
    *cases("np.linalg.outer", fixed((2,), (3,))),
    *cases("np.kron", fixed(((2,), (3,)), ((2, 2), (1, 3)), ((2,), (2, 2)), ((2, 1, 2), (2,)), ((), (2,)))),
    *cases("np.cross", fixed(((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (2, 3)))),
    *cases("np.cross np.linalg.cross", fixed((3, 2), (3, 2)), wrap=lambda f: lambda x, y: f(x, y, axis=0)),
    *cases("np.cross", fixed((3, 2), (2, 3)), lambda x, y: np.cross(x, y, axisa=0, axisb=1, axisc=0)),
    *cases("np.tensordot np.linalg.tensordot", fixed(((2, 3, 2), (3, 2)), ((3, 2), (3, 2, 1)))),
    *cases("np.tensordot", fixed((2, 1, 3), (3, 2, 2)), lambda x, y: np.tensordot(x, y, ([0, 2], [1, 0]))),
    *cases("np.tensordot", fixed(((2,), (2, 2)), ((), (2,))), lambda x, y: np.tensordot(x, y, 0)),
    *cases("np.vecdot np.linalg.vecdot", fixed(((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (2, 3)))),
    *cases("np.linalg.vecdot", fixed((3, 2), (3, 2)), lambda x, y: np.linalg.vecdot(x, y, axis=0)),
    *cases("np.matvec", fixed(((2, 3), (3,)), ((2, 2, 3), (1, 3)), ((2, 3), (2, 3)))),
    *cases("np.vecmat", fixed(((3,), (3, 2)), ((2, 3), (2, 3, 1)))),
    *cases("np.linalg.multi_dot", fixed(*JOINED), lambda x, y: np.linalg.multi_dot([x, y])),
    *cases("np.linalg.multi_dot", fixed(((2,), (2, 2)), ((2, 2), (2, 2))), lambda x, y: np.linalg.multi_dot([x, y, y, x])),
    *[case for s, pair in SUBSCRIPTS.items()
      for case in cases("np.einsum", fixed(*pair), lambda x, y, s=s: np.einsum(s, x, y))],
    *cases("np.einsum", fixed((2, 2)), *[lambda x, s=s: np.einsum(s, x) for s in ("ii", "ba", "ij->j", "...i->i...")]),
    *cases("np.einsum", fixed((2, 2)), lambda x: np.einsum("ij,jk,kl->il", x, x, 2 * x, optimize="greedy")),
    *cases("np.trace np.linalg.trace np.linalg.diagonal np.linalg.matrix_transpose", with_two_axes),
    *cases("np.linalg.trace np.linalg.diagonal", with_two_axes, wrap=lambda f: lambda x: f(x, offset=1)),
    *cases("np.trace", fixed((2, 3, 4)), lambda x: np.trace(x, 1, 2, 0), lambda x: np.trace(x, -1, -1, 1)),
    *cases("np.convolve np.correlate", fixed(((3,), (3,)), ((4,), (2,)), ((1,), (3,)))),
    *cases("np.convolve np.correlate", fixed(((2,), (5,)), ((4,), (3,))), wrap=lambda f: lambda x, y: f(x, y, "same")),
    *cases("np.convolve np.correlate", fixed(((2,), (3,)), ((3,), (2,))), wrap=lambda f: lambda x, y: f(x, y, mode="valid")),
    *cases("np.correlate", fixed((2,), (3,)), lambda x, y: np.correlate(x, y, mode="full")),
    *cases("autograd.convolution", fixed(((2, 1, 4), (3, 1, 2), (3,)), ((1, 2, 3, 2), (2, 2, 2, 2), (2,)))),
    *cases("autograd.convolution", fixed((1, 2, 4, 3), (2, 1, 2, 2)), lambda x, w: convolution(x, w, None, 2, 1, 1, 2)),
    *cases("autograd.convolution", fixed((1, 2, 3), (2, 2, 1)), convolution),
    *cases("autograd.convolution_transpose", fixed((1, 2, 2), (2, 2, 3)), lambda x, w: convolution_transpose(x, w, (4,))),
    *cases("autograd.convolution_transpose", fixed((1, 2, 2), (2, 1, 3)), wrap=grouped),
    *cases("autograd.convolution_weight", fixed((2, 1, 4), (2, 2, 3)), lambda x, y: convolution_weight(x, y, (2,))),
    *cases("autograd.convolution_weight", fixed((1, 2, 4), (1, 2, 2)), wrap=grouped),
    *cases("np.vander", fixed((3,)), np.vander, lambda x: np.vander(x, 4, increasing=True)),
    *cases("np.interp", fixed(((2, 3), (4,)), ((), (4,))), lambda x, y: np.interp(x, [-1.0, 0.0, 0.5, 2.0], y)),
    *cases("np.interp", fixed((3,), (2,)), lambda x, y: np.interp(x, [-1.0, 1.0], y, left=5.0, right=-3.0)),
    *cases("np.interp", fixed((3,), (3,)), lambda x, y: np.interp(x, [-1.0, 0.0, 1.5], y, period=3.0)),
]  # fmt: skip

symmetric = lambda f: lambda x: f(x @ np.matrix_transpose(x))  # with positive, well separated eigenvalues
absolute = lambda f: lambda x: [abs(part) for part in f(x)]  # the sign of a vector is arbitrary
norms = lambda f, *orders: [lambda x, ord=ord, **options: f(x, ord=ord, **options) for ord in orders]
norm_of_rows = lambda x, ord: np.linalg.norm(x, ord, axis=0)
norm_of_stacks = lambda x, ord: np.linalg.norm(x, ord, (-1, -2), True)
matrix_orders, vector_orders = ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf), (0, 1, 2, 3, 1.5, -1, np.inf, -np.inf)
matrices: dict[str, Any] = {"values": well_conditioned}

LINALG = [
    *cases("np.linalg.inv np.linalg.det np.linalg.slogdet", square, **matrices),
    *cases("np.linalg.pinv np.linalg.svdvals np.linalg.qr", rectangular, **matrices),
    *cases("np.linalg.qr", rectangular, lambda x: np.linalg.qr(x, mode="r"), **matrices),
    *cases("np.linalg.matrix_power", square, *[lambda x, n=n: np.linalg.matrix_power(x, n) for n in (-2, 0, 1, 5)], **matrices),
    *cases("np.linalg.solve", fixed(((2, 2), (2,)), ((2, 2), (2, 3)), ((2, 3, 3), (3,)), ((3, 3), (2, 3, 2))), **matrices),
    *cases("np.linalg.lstsq", fixed(((3, 2), (3,)), ((3, 2), (3, 2))), lambda x, y: np.linalg.lstsq(x, y)[:2], **matrices),
    *cases("np.linalg.lstsq", fixed((2, 3), (2,)), lambda x, y: np.linalg.lstsq(x, y)[0], **matrices),
    *cases("np.linalg.tensorinv", fixed((4, 4)), lambda x: np.linalg.tensorinv(np.reshape(x, (2, 2, 4))), **matrices),
    *cases("np.linalg.tensorinv", fixed((4, 4)), lambda x: np.linalg.tensorinv(np.reshape(x, (4, 2, 2)), ind=1), **matrices),
    *cases("np.linalg.tensorsolve", fixed((4, 4), (2, 2)),
          lambda x, y: np.linalg.tensorsolve(np.reshape(x, (2, 2, 4)), y),
          lambda x, y: np.linalg.tensorsolve(np.reshape(x, (4, 2, 2)), y, axes=(0,)), **matrices),
    *cases("np.linalg.cholesky np.linalg.eigvalsh", square, wrap=symmetric, **matrices),
    *cases("np.linalg.cholesky", square, symmetric(lambda x: np.linalg.cholesky(x, upper=True)), **matrices),
    *cases("np.linalg.eigh", square, symmetric(absolute(np.linalg.eigh)), **matrices),
    *cases("np.linalg.eigh", square, symmetric(absolute(lambda x: np.linalg.eigh(x, "U"))), **matrices),
    *cases("np.linalg.svd", rectangular, absolute(lambda x: np.linalg.svd(x, full_matrices=False)), **matrices),
    *cases("np.linalg.svd", rectangular, lambda x: np.linalg.svd(x, compute_uv=False), **matrices),
    *cases("np.linalg.eigvals", square, symmetric(lambda x: np.sort(np.linalg.eigvals(x))), **matrices),
    *cases("np.linalg.eig", square, symmetric(absolute(np.linalg.eig)), order=2, **matrices),
    *cases("np.linalg.cond", square, *[lambda x, p=p: np.linalg.cond(x, p) for p in (None, -2, "fro", 1, -np.inf)], **matrices),
    *cases("np.linalg.norm", any_shape, values=away_from_zero(0.5, 2)),
    *cases("np.linalg.norm", fixed((3, 2)), *norms(norm_of_rows, *vector_orders), values=away_from_zero(0.5, 2)),
    *cases("np.linalg.norm", fixed((2, 3, 3)), *norms(norm_of_stacks, *matrix_orders), **matrices),
    *cases("np.linalg.matrix_norm", rectangular, *norms(np.linalg.matrix_norm, *matrix_orders), **matrices),
    *cases("np.linalg.vector_norm", any_shape, *norms(np.linalg.vector_norm, *vector_orders), values=away_from_zero(0.5, 2),
           options=reduction_options),
]  # fmt: skip

MATRICES = [*PRODUCTS, *LINALG]
