"""The cases of the functions of SciPy: `scipy.special.erf` is called on tensors, or as autograd.scipy.special.erf."""

from autograd.scipy import special
from tests.autograd.operations.case import any_shape, between, broadcastable, cases, reduction_options

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
