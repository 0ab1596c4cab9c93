"""The cases of the functions of SciPy: `scipy.special.erf` is called on tensors, or as autograd.scipy.special.erf."""

import numpy as np

from autograd.scipy import linalg, signal, special
from tests.autograd.operations.case import any_shape, between, broadcastable, cases, fixed, reduction_options, well_conditioned

names = lambda module, functions: " ".join(f"scipy.{module}.{name}" for name in functions.split())
with_order = lambda *orders: lambda f: lambda x: [f(order, x) for order in orders]

SPECIAL_FUNCTIONS = [
    *cases(names("special", "erfcx ndtr log_ndtr j0 j1 i0 i1 i0e i1e log_expit rgamma"), any_shape),
    *cases(names("special", "gamma y0 y1 k0 k1 entr"), any_shape, values=between(0.6, 3)),
    *cases(names("special", "erfinv"), any_shape, values=between(-0.8, 0.8)),
    *cases(names("special", "erfcinv"), any_shape, values=between(0.2, 1.8)),
    *cases(names("special", "ndtri"), any_shape, values=between(0.1, 0.9)),
    *cases(names("special", "jv iv ive"), any_shape, wrap=with_order(0, 1.5, 2), values=between(0.6, 3)),
    *cases(names("special", "yn"), any_shape, wrap=with_order(0, 2), values=between(0.6, 3)),
    *cases(names("special", "yv kv"), any_shape, wrap=with_order(0, 1.5), values=between(0.6, 3)),
    *cases(names("special", "iv ive"), broadcastable(2), values=between(0.6, 3), order=2),
    *cases(names("special", "beta betaln xlog1py rel_entr kl_div"), broadcastable(2), values=between(0.6, 3)),
    *cases(names("special", "gammainc gammaincc stdtr"), broadcastable(2), values=between(0.6, 3), order=2),
    *cases(names("special", "betainc betaincc"), broadcastable(3), values=between(0.2, 0.8), order=2),
    *cases(names("special", "multigammaln"), any_shape, lambda a: special.multigammaln(a, 3), values=between(2, 3)),
    *cases(names("special", "softmax log_softmax"), any_shape),
    *cases(
        names("special", "logsumexp"),
        any_shape,
        lambda x, **axes: special.logsumexp(x, b=2.0, **axes),
        lambda x, **axes: special.logsumexp(x, b=-x * x, return_sign=True, **axes)[0],
        options=reduction_options,
    ),
]

positive_definite = lambda f: lambda x: f(x @ np.matrix_transpose(x))
with_options = lambda **options: lambda f: lambda *inputs: f(*inputs, **options)
banded = lambda lower, upper: lambda x, y: linalg.solve_banded((lower, upper), x, y)
systems, square_matrices = fixed(((3, 3), (3,)), ((2, 2), (2, 2))), fixed(((2, 2),), ((3, 3),))

MATRIX_FUNCTIONS = [
    *cases(names("linalg", "solve_triangular"), systems, values=well_conditioned, wrap=with_options(lower=True)),
    *cases(names("linalg", "solve_triangular"), systems, values=well_conditioned, wrap=with_options(trans="T")),
    *cases(names("linalg", "solve_triangular"), systems, wrap=with_options(trans=1, lower=True, unit_diagonal=True)),
    *cases(names("linalg", "solve_sylvester"), fixed((2, 2), (3, 3), (2, 3)),
           lambda x, y, z: linalg.solve_sylvester(x @ x.T, y @ y.T, z), values=well_conditioned),
    *cases(names("linalg", "solve_banded"), fixed((2, 4), (4,)), banded(0, 1), banded(1, 0), values=between(1, 2)),
    *cases(names("linalg", "solve_banded"), fixed((4, 4), (4, 2)), lambda x, y: banded(1, 2)(x + np.eye(4)[2][:, None] * 9, y)),
    *cases(names("linalg", "expm"), fixed(((2, 2),), ((2, 2, 2),)), values=between(-1, 1), order=2),
    *cases(names("linalg", "sqrtm logm"), square_matrices, wrap=positive_definite, values=well_conditioned, order=2),
    *cases(names("linalg", "block_diag"), fixed(((2, 1), (3,)), ((), (1, 2)))),
    *cases(names("signal", "convolve"), fixed(((4,), (2,)), ((2, 3), (3, 4))), signal.convolve,
           with_options(mode="same")(signal.convolve)),
    *cases(names("signal", "convolve"), fixed((2, 4), (3, 2, 2)),
           with_options(axes=([1], [2]), dot_axes=([0], [1]), mode="valid")(signal.convolve)),
]  # fmt: skip
