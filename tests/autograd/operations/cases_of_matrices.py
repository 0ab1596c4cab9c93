"""The cases of products of arrays, of sequences, and of what is known of matrices."""

import numpy as np

from tests.autograd.operations.case import fixed, flat, oblong, one, reduced, rows, signed, square, well_conditioned

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

PRODUCTS = [
    *rows("np.matmul np.linalg.matmul", fixed(*FACTORS)),
    *rows("np.dot", fixed(((), (2,)), ((3,), ()), ((2, 2, 3), (2, 3, 1)), ((2, 3), (2, 3, 1)), *FACTORS[:4])),
    *rows("np.inner", fixed(((), (2,)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1, 3), (2, 3)))),
    *rows("np.vdot", fixed(((3,), (3,)), ((2, 3), (3, 2)), ((), ()))),
    *rows("np.outer", fixed(((2,), (3,)), ((2, 2), (2,)), ((), (2,)))),
    *rows("np.linalg.outer", fixed((2,), (3,))),
    *rows("np.kron", fixed(((2,), (3,)), ((2, 2), (1, 3)), ((2,), (2, 2)), ((2, 1, 2), (2,)), ((), (2,)))),
    *rows("np.cross", fixed(((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (2, 3)))),
    *rows("np.cross np.linalg.cross", fixed((3, 2), (3, 2)), through=lambda f: lambda x, y: f(x, y, axis=0)),
    *rows("np.cross", fixed((3, 2), (2, 3)), lambda x, y: np.cross(x, y, axisa=0, axisb=1, axisc=0)),
    *rows("np.tensordot np.linalg.tensordot", fixed(((2, 3, 2), (3, 2)), ((3, 2), (3, 2, 1)))),
    *rows("np.tensordot", fixed((2, 1, 3), (3, 2, 2)), lambda x, y: np.tensordot(x, y, ([0, 2], [1, 0]))),
    *rows("np.tensordot", fixed(((2,), (2, 2)), ((), (2,))), lambda x, y: np.tensordot(x, y, 0)),
    *rows("np.vecdot np.linalg.vecdot", fixed(((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (2, 3)))),
    *rows("np.linalg.vecdot", fixed((3, 2), (3, 2)), lambda x, y: np.linalg.vecdot(x, y, axis=0)),
    *rows("np.matvec", fixed(((2, 3), (3,)), ((2, 2, 3), (1, 3)), ((2, 3), (2, 3)))),
    *rows("np.vecmat", fixed(((3,), (3, 2)), ((2, 3), (2, 3, 1)))),
    *rows("np.linalg.multi_dot", fixed(*JOINED), lambda x, y: np.linalg.multi_dot([x, y])),
    *rows("np.linalg.multi_dot", fixed(((2,), (2, 2)), ((2, 2), (2, 2))), lambda x, y: np.linalg.multi_dot([x, y, y, x])),
    *[row for s, pair in SUBSCRIPTS.items() for row in rows("np.einsum", fixed(*pair), lambda x, y, s=s: np.einsum(s, x, y))],
    *rows("np.einsum", fixed((2, 2)), *[lambda x, s=s: np.einsum(s, x) for s in ("ii", "ba", "ij->j", "...i->i...")]),
    *rows("np.einsum", fixed((2, 2)), lambda x: np.einsum("ij,jk,kl->il", x, x, 2 * x, optimize="greedy")),
    *rows("np.trace np.linalg.trace np.linalg.diagonal np.linalg.matrix_transpose", flat),
    *rows("np.linalg.trace np.linalg.diagonal", flat, through=lambda f: lambda x: f(x, offset=1)),
    *rows("np.trace", fixed((2, 3, 4)), lambda x: np.trace(x, 1, 2, 0), lambda x: np.trace(x, -1, -1, 1)),
    *rows("np.convolve np.correlate", fixed(((3,), (3,)), ((4,), (2,)), ((1,), (3,)))),
    *rows("np.convolve np.correlate", fixed(((2,), (5,)), ((4,), (3,))), through=lambda f: lambda x, y: f(x, y, "same")),
    *rows("np.convolve np.correlate", fixed(((2,), (3,)), ((3,), (2,))), through=lambda f: lambda x, y: f(x, y, mode="valid")),
    *rows("np.correlate", fixed((2,), (3,)), lambda x, y: np.correlate(x, y, mode="full")),
    *rows("np.vander", fixed((3,)), np.vander, lambda x: np.vander(x, 4, increasing=True)),
    *rows("np.polyval", fixed(((3,), ()), ((1,), (2,)), ((4,), (2, 2)))),
    *rows("np.interp", fixed(((2, 3), (4,)), ((), (4,))), lambda x, y: np.interp(x, [-1.0, 0.0, 0.5, 2.0], y)),
    *rows("np.interp", fixed((3,), (2,)), lambda x, y: np.interp(x, [-1.0, 1.0], y, left=5.0, right=-3.0)),
    *rows("np.interp", fixed((3,), (3,)), lambda x, y: np.interp(x, [-1.0, 0.0, 1.5], y, period=3.0)),
]  # fmt: skip

symmetric = lambda f: lambda x: f(x @ np.matrix_transpose(x))  # with positive eigenvalues, well apart
absolute = lambda f: lambda x: [abs(part) for part in f(x)]  # the sign of a vector is arbitrary
norms = lambda f, *orders: [lambda x, ord=ord, **options: f(x, ord=ord, **options) for ord in orders]
norm_of_rows = lambda x, ord: np.linalg.norm(x, ord, axis=0)
norm_of_stacks = lambda x, ord: np.linalg.norm(x, ord, (-1, -2), True)
matrix_orders, vector_orders = ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf), (0, 1, 2, 3, 1.5, -1, np.inf, -np.inf)
given = {"values": well_conditioned}

LINALG = [
    *rows("np.linalg.inv np.linalg.det np.linalg.slogdet", square, **given),
    *rows("np.linalg.pinv np.linalg.svdvals np.linalg.qr", oblong, **given),
    *rows("np.linalg.qr", oblong, lambda x: np.linalg.qr(x, mode="r"), **given),
    *rows("np.linalg.matrix_power", square, *[lambda x, n=n: np.linalg.matrix_power(x, n) for n in (-2, 0, 1, 5)], **given),
    *rows("np.linalg.solve", fixed(((2, 2), (2,)), ((2, 2), (2, 3)), ((2, 3, 3), (3,)), ((3, 3), (2, 3, 2))), **given),
    *rows("np.linalg.lstsq", fixed(((3, 2), (3,)), ((3, 2), (3, 2))), lambda x, y: np.linalg.lstsq(x, y)[:2], **given),
    *rows("np.linalg.lstsq", fixed((2, 3), (2,)), lambda x, y: np.linalg.lstsq(x, y)[0], **given),
    *rows("np.linalg.tensorinv", fixed((4, 4)), lambda x: np.linalg.tensorinv(np.reshape(x, (2, 2, 4))), **given),
    *rows("np.linalg.tensorinv", fixed((4, 4)), lambda x: np.linalg.tensorinv(np.reshape(x, (4, 2, 2)), ind=1), **given),
    *rows("np.linalg.tensorsolve", fixed((4, 4), (2, 2)),
          lambda x, y: np.linalg.tensorsolve(np.reshape(x, (2, 2, 4)), y),
          lambda x, y: np.linalg.tensorsolve(np.reshape(x, (4, 2, 2)), y, axes=(0,)), **given),
    *rows("np.linalg.cholesky np.linalg.eigvalsh", square, through=symmetric, **given),
    *rows("np.linalg.cholesky", square, symmetric(lambda x: np.linalg.cholesky(x, upper=True)), **given),
    *rows("np.linalg.eigh", square, symmetric(absolute(np.linalg.eigh)), **given),
    *rows("np.linalg.eigh", square, symmetric(absolute(lambda x: np.linalg.eigh(x, "U"))), **given),
    *rows("np.linalg.svd", oblong, absolute(lambda x: np.linalg.svd(x, full_matrices=False)), **given),
    *rows("np.linalg.svd", oblong, lambda x: np.linalg.svd(x, compute_uv=False), **given),
    *rows("np.linalg.cond", square, *[lambda x, p=p: np.linalg.cond(x, p) for p in (None, -2, "fro", 1, -np.inf)], **given),
    *rows("np.linalg.norm", one, values=signed(0.5, 2)),
    *rows("np.linalg.norm", fixed((3, 2)), *norms(norm_of_rows, *vector_orders), values=signed(0.5, 2)),
    *rows("np.linalg.norm", fixed((2, 3, 3)), *norms(norm_of_stacks, *matrix_orders), **given),
    *rows("np.linalg.matrix_norm", oblong, *norms(np.linalg.matrix_norm, *matrix_orders), **given),
    *rows("np.linalg.vector_norm", one, *norms(np.linalg.vector_norm, *vector_orders), values=signed(0.5, 2), options=reduced),
]  # fmt: skip

MATRICES = [*PRODUCTS, *LINALG]
