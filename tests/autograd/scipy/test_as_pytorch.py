"""autograd.scipy against PyTorch: first and second derivatives of functions and distributions."""

import numpy as np
import pytest

from autograd import Tensor, gradients
from autograd.scipy import linalg, special, stats

pytest.importorskip("scipy.special")
X = np.linspace(0.15, 0.85, 5)
RNG = np.random.default_rng(0)
SPECIAL = [
    *("entr", "erfcx", "erfinv", "expit", "gammaln", "digamma", "i0", "i0e", "i1", "i1e"),
    *("log_ndtr", "logit", "ndtr", "ndtri", "xlog1py", "xlogy"),
]
DISTRIBUTIONS = {
    "norm": ("Normal", (0.3, 1.4), lambda x, *p: stats.norm.logpdf(x, *p)),
    "t": ("StudentT", (3.5, 0.1, 1.3), lambda x, *p: stats.t.logpdf(x, *p)),
    "gamma": ("Gamma", (2.5, 1.7), lambda x, a, rate: stats.gamma.logpdf(x, a, 0, 1 / rate)),
    "chi2": ("Chi2", (2.5,), stats.chi2.logpdf),
    "beta": ("Beta", (2.5, 0.7), stats.beta.logpdf),
}


def both_orders(function, values, grad, make):
    """The result, its gradients, and their gradients, with fixed weights."""
    inputs = [make(value) for value in values]
    out = function(*inputs)
    firsts = grad((out * out).sum(), inputs)
    return [out, *firsts, *grad(sum((first * first).sum() for first in firsts), inputs)]


def assert_as_pytorch(torch, ours, theirs, *values):
    results = both_orders(
        ours, values, lambda y, xs: gradients(y, xs, create_graph=True), lambda v: Tensor(v, requires_grad=True)
    )
    expected = both_orders(
        theirs,
        values,
        lambda y, xs: torch.autograd.grad(y, xs, create_graph=True),
        lambda v: torch.tensor(v, requires_grad=True, dtype=torch.float64),
    )
    for result, reference in zip(results, expected, strict=True):
        np.testing.assert_allclose(result.numpy(), reference.detach().numpy(), rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("name", SPECIAL)
def test_special_functions(name, torch):
    values = (X, X[::-1].copy()) if name.startswith("xlog") else (X,)
    assert_as_pytorch(torch, getattr(special, name), getattr(torch.special, name), *values)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_distributions(name, torch):
    cls, parameters, ours = DISTRIBUTIONS[name]
    theirs = lambda x, *parameters: getattr(torch.distributions, cls)(*parameters, validate_args=False).log_prob(x)
    assert_as_pytorch(torch, ours, theirs, X, *map(np.array, parameters))


def test_several_variables(torch):
    a = RNG.normal(size=(3, 3))
    ours = lambda x, mean, a: stats.multivariate_normal.logpdf(x, mean, a @ a.T + np.eye(3))
    theirs = lambda x, mean, a: torch.distributions.MultivariateNormal(mean, a @ a.T + torch.eye(3)).log_prob(x)
    assert_as_pytorch(torch, ours, theirs, RNG.normal(size=(4, 3)), RNG.normal(size=3), a)
    on_simplex = lambda x, alpha: stats.dirichlet.logpdf(x / np.sum(x), alpha)
    theirs = lambda x, alpha: torch.distributions.Dirichlet(alpha, validate_args=False).log_prob(x / x.sum())
    assert_as_pytorch(torch, on_simplex, theirs, X, X + 0.5)


def test_functions_of_matrices(torch):
    a, b = RNG.normal(size=(3, 3)) + 2 * np.eye(3), RNG.normal(size=(3, 2))
    assert_as_pytorch(torch, linalg.expm, torch.linalg.matrix_exp, a / 3)
    ours = lambda a, b: linalg.solve_triangular(a, b, lower=True)
    assert_as_pytorch(torch, ours, lambda a, b: torch.linalg.solve_triangular(a.tril(), b, upper=False), a, b)
