"""autograd.scipy.stats: values of SciPy, derivatives of all arguments, ends of the support, parameters, single precision."""

import math

import numpy as np
import pytest

from autograd import Tensor, UnsupportedError, gradcheck, gradients
from autograd.scipy import stats

scipy_stats = pytest.importorskip("scipy.stats")
FUNCTIONS = ["pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"]
#: The shapes and x inside of the support.
SHAPES = {
    "norm": ([], [-1.3, 0.2, 2.5]),
    "t": ([[0.7, 3.0, 40.0]], [-1.3, 0.2, 2.5]),
    "chi2": ([[0.7, 3.0, 9.0]], [0.3, 1.0, 12.0]),
    "gamma": ([[0.4, 1.0, 6.5]], [0.3, 1.0, 8.0]),
    "beta": ([[0.4, 1.0, 6.5], [2.0, 0.6, 3.0]], [0.15, 0.3, 0.6]),
}
EDGES = np.array([-np.inf, -3, -1, 0, -0.0, 0.5, 1, 2, 50, 1e3, np.inf, np.nan])
each_function = pytest.mark.parametrize("function", FUNCTIONS)
each_distribution = pytest.mark.parametrize("distribution", SHAPES)


def ours_and_scipys(distribution, function):
    """The two functions; the logarithms of probabilities near 1 by the complement, as SciPy computes them since 1.16."""
    theirs = getattr(scipy_stats, distribution)
    if function in ("logcdf", "logsf") and distribution != "norm":
        pair = (theirs.cdf, theirs.sf) if function == "logcdf" else (theirs.sf, theirs.cdf)
        return getattr(getattr(stats, distribution), function), lambda *x, **options: log_of(*(f(*x, **options) for f in pair))
    return getattr(getattr(stats, distribution), function), getattr(theirs, function)


def log_of(probability, complement):
    with np.errstate(divide="ignore"):
        return np.where(probability > 0.5, np.log1p(-complement), np.log(probability))


@each_function
@each_distribution
def test_values_are_scipys(distribution, function):
    ours, theirs = ours_and_scipys(distribution, function)
    shapes, x = SHAPES[distribution]
    np.testing.assert_allclose(ours(x, *shapes), theirs(x, *shapes), rtol=1e-11)
    loc, scale = np.array([[0.1], [-0.2]]), np.array([1.5, 2.0, 3.0])
    np.testing.assert_allclose(ours(x, *shapes, loc, scale), theirs(x, *shapes, loc, scale), rtol=1e-11)
    np.testing.assert_allclose(ours(x, *shapes, scale=2, loc=-1), theirs(x, *shapes, scale=2, loc=-1), rtol=1e-11)


@each_function
@each_distribution
def test_derivatives_of_all_arguments_to_second_order(distribution, function):
    shapes, x = SHAPES[distribution]
    values = (x, *shapes, -0.05, [1.2, 1.1, 1.3])
    gradcheck(getattr(getattr(stats, distribution), function), [Tensor(v, requires_grad=True) for v in values], order=2)


@each_function
@each_distribution
@pytest.mark.parametrize("shape", [1.0, 2.5, 150.0])
def test_outside_of_the_support_values_are_scipys_and_gradients_finite(distribution, function, shape):
    ours, theirs = ours_and_scipys(distribution, function)
    shapes = [2 * shape if distribution == "chi2" else shape] * len(SHAPES[distribution][0])
    finite = EDGES[1:-2]
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(ours(finite, *shapes), theirs(finite, *shapes), rtol=1e-11, atol=1e-300)
        assert np.isnan(ours(np.nan, *shapes))
    if function in ("pdf", "cdf", "sf"):
        assert (ours(-np.inf, *shapes), ours(np.inf, *shapes)) == ({"sf": 1, "cdf": 0, "pdf": 0}[function], function == "cdf")
    inputs = [Tensor(value, requires_grad=True) for value in (finite, *shapes, 0.0, 1.0)]
    out = ours(*inputs)
    grads = gradients(out, inputs, np.ones(out.shape))
    assert all(np.isfinite(g.numpy()).all() for g in grads)
    if distribution in ("chi2", "gamma", "beta"):
        assert grads[0].tolist()[:2] == [0, 0]  # at −3 and −1


@each_function
@each_distribution
def test_parameters_outside_of_their_domain_give_nan(distribution, function):
    ours, _ = ours_and_scipys(distribution, function)
    shapes, x = SHAPES[distribution]
    assert np.isnan(ours(x, *shapes, scale=-1.0)).all()
    assert np.isnan(ours(EDGES, *[-1.0] * len(shapes), scale=1.0 if shapes else 0.0)).all()


@each_function
@each_distribution
def test_single_precision_stays_single(distribution, function):
    ours, _ = ours_and_scipys(distribution, function)
    shapes, x = SHAPES[distribution]
    x = Tensor(np.array(x, np.float32), requires_grad=True)
    for arguments in ([np.float32(s) for s in shapes], [2.5] * len(shapes), [2] * len(shapes)):
        out = ours(x, *arguments, 0.1, 2)
        assert out.dtype == np.float32
        assert gradients(out, [x], np.ones(3, np.float32))[0].dtype == np.float32


def first_and_second(function, values):
    inputs = [Tensor(value, requires_grad=True) for value in values]
    out = function(*inputs)
    firsts = gradients(out, inputs, np.cos(np.arange(out.size)).reshape(out.shape), create_graph=True)
    return [out, *firsts, *gradients(firsts, inputs, [np.sin(np.arange(g.size)).reshape(g.shape) for g in firsts])]


def test_fused_normal_densities_equal_their_compositions():
    def composed(x, loc, scale):
        return ((x - loc) / scale) ** 2 / -2 - math.log(2 * math.pi) / 2 - np.log(scale)

    def composed_of_several(x, mean, cov):
        factor = np.linalg.cholesky(cov)
        whitened = np.linalg.solve(factor, (x - mean).T)
        return -(np.sum(whitened**2, axis=0) / 2 + np.sum(np.log(np.diagonal(factor))) + 1.5 * math.log(2 * math.pi))

    symmetric = lambda f: lambda x, mean, cov: f(x, mean, (cov + cov.T) / 2)
    rng = np.random.default_rng(0)
    for fused, twin, values in (
        (stats.norm.logpdf, composed, (rng.normal(size=(2, 3)), rng.normal(size=3), rng.uniform(0.5, 2, (2, 1)))),
        (symmetric(stats.multivariate_normal.logpdf), symmetric(composed_of_several), (rng.normal(size=(4, 3)), MEAN, COV)),
    ):
        for ours, expected in zip(first_and_second(fused, values), first_and_second(twin, values)):
            np.testing.assert_allclose(ours.numpy(), expected.numpy(), rtol=1e-10, atol=1e-12)


def test_far_tails_have_no_underflow():
    x = Tensor(-1e4, requires_grad=True)
    out = stats.norm.logcdf(x)
    assert out.item() == pytest.approx(-5e7, rel=1e-6)
    assert gradients(out, [x])[0].item() == pytest.approx(1e4, rel=1e-7)
    assert stats.gamma.logcdf(100.0, 2.0) == pytest.approx(-101 * math.exp(-100), rel=1e-12)


def test_t_with_infinite_freedom_is_normal():
    np.testing.assert_allclose(stats.t.logpdf([0.3, 0.3], [np.inf, 1e9]), stats.norm.logpdf([0.3, 0.3]), rtol=1e-7)


# Poisson


@pytest.mark.parametrize("function", ["pmf", "logpmf", "cdf", "logcdf", "sf", "logsf"])
def test_poisson(function):
    ours, theirs = ours_and_scipys("poisson", function)
    k = np.array([-1.0, 0, 1, 3, 2.5, 40])
    for mu, loc in ((np.linspace(0.5, 4, 6), 0), (0.0, 0), (-1.0, 0), (3.0, 1)):
        np.testing.assert_allclose(ours(k, mu, loc), theirs(k, mu, loc), rtol=1e-11, atol=1e-20)
    mu = Tensor([0.5, 1.5, 4.0], requires_grad=True)
    gradcheck(lambda mu: ours([0, 2, 7], mu), [mu], order=2)
    outside = ours([-1, 0.5, -2], mu)
    assert gradients(outside, [mu], np.ones(3))[0].numpy()[[0, 2]].tolist() == [0, 0]


def test_densities_at_the_ends_of_the_support_have_the_slopes_from_inside():
    x = Tensor([0.0, 0.0, 1.0], requires_grad=True)
    (by_x,) = gradients(stats.gamma.pdf(x[:2], np.array([1.0, 2.0])), [x], np.ones(2))
    assert by_x.numpy().tolist() == [-1, 1, 0]  # of e⁻ˣ and x e⁻ˣ
    (by_x,) = gradients(stats.beta.pdf(x, np.array([1.0, 2.0, 2.0]), np.array([2.0, 1.0, 2.0])), [x], np.ones(3))
    np.testing.assert_allclose(by_x.numpy(), [-2, 2, -6], rtol=1e-14)  # of 2 (1 − x), 2 x and 6 x (1 − x)


# Several variables


@pytest.mark.parametrize("function", ["pdf", "logpdf"])
@pytest.mark.parametrize("shape", [(3,), (3, 4)])
def test_dirichlet(function, shape):
    ours, theirs = ours_and_scipys("dirichlet", function)
    x, alpha = np.random.default_rng(0).uniform(0.2, 1, shape), np.array([0.8, 1.0, 3.0])
    x /= x.sum(axis=0)
    np.testing.assert_allclose(ours(x, alpha), theirs(x, alpha), rtol=1e-12)
    np.testing.assert_allclose(ours(x[:-1], alpha), theirs(x[:-1], alpha), rtol=1e-12)
    inputs = [Tensor(x, requires_grad=True), Tensor(alpha, requires_grad=True)]
    gradcheck(lambda x, alpha: ours(x / np.sum(x, axis=0), alpha), inputs, order=2)


def test_dirichlet_entropy_and_messages():
    alpha = [0.8, 1.0, 3.0]
    assert stats.dirichlet.entropy(alpha) == pytest.approx(scipy_stats.dirichlet.entropy(alpha), rel=1e-13)
    gradcheck(stats.dirichlet.entropy, [Tensor(alpha, requires_grad=True)], order=2)
    assert stats.dirichlet.rvs(Tensor(alpha), 2, 0).shape == (2, 3)
    for x, message in (([0.5, 0.6, 0.2], "sum 1"), ([0.5, 0.5, 0, 0], "rows"), ([0, 0.5, 0.5], "density is infinite")):
        with pytest.raises(ValueError, match=message):
            stats.dirichlet.pdf(x, alpha)
    with pytest.raises(ValueError, match="positive"):
        stats.dirichlet.pdf([0.5, 0.5], [1.0, 0.0])


MEAN, COV = np.array([0.3, -0.2, 1.0]), np.array([[2.0, 0.5, 0.0], [0.5, 1.0, 0.3], [0.0, 0.3, 1.5]])


@pytest.mark.parametrize("function", ["pdf", "logpdf"])
def test_multivariate_normal(function):
    ours, theirs = ours_and_scipys("multivariate_normal", function)
    rng = np.random.default_rng(0)
    point, several = rng.normal(size=3), rng.normal(size=(2, 5, 3))
    for arguments in (
        *((point, MEAN, COV), (several, MEAN, COV), (several, MEAN, 2.0), (several, MEAN, [1.0, 2.0, 3.0]), (point, None, COV)),
        *((1.3,), (1.3, 0.5, 2.0), (rng.normal(size=4),), (rng.normal(size=4), 0.5, 2.0)),
    ):
        result, expected = ours(*arguments), theirs(*arguments)
        np.testing.assert_allclose(result, expected, rtol=1e-11)
        assert np.shape(result) == np.shape(expected)
    inputs = [Tensor(value, requires_grad=True) for value in (several[0], MEAN, COV)]
    gradcheck(lambda x, mean, cov: ours(x, mean, (cov + cov.T) / 2), inputs, order=2)


def test_multivariate_normal_with_a_singular_covariance():
    singular, x = np.diag([1.0, 2.0, 0.0]), Tensor([1.0, 1.0, 0.0], requires_grad=True)
    with pytest.raises(np.linalg.LinAlgError, match="positive definite"):
        stats.multivariate_normal.logpdf(x, MEAN, singular)
    mean = np.zeros(3)
    out = stats.multivariate_normal.logpdf(x, mean, singular, allow_singular=True)
    assert out.item() == pytest.approx(scipy_stats.multivariate_normal.logpdf(x.numpy(), mean, singular, True), rel=1e-12)
    assert gradients(out, [x])[0].numpy() == pytest.approx([-1, -0.5, 0])
    with pytest.raises(UnsupportedError, match="cov has no gradient with allow_singular=True"):
        stats.multivariate_normal.logpdf(x, mean, Tensor(singular, requires_grad=True), allow_singular=True)


def test_multivariate_normal_entropy_and_messages():
    entropy = stats.multivariate_normal.entropy(MEAN, COV)
    assert entropy == pytest.approx(scipy_stats.multivariate_normal.entropy(MEAN, COV), rel=1e-13)
    cov = Tensor(COV, requires_grad=True)
    gradcheck(lambda cov: stats.multivariate_normal.entropy(cov=(cov + cov.T) / 2), [cov], order=2)
    with pytest.raises(ValueError, match="needs 3 components"):
        stats.multivariate_normal.pdf([1.0, 2.0], MEAN, COV)
    with pytest.raises(ValueError, match="square matrix"):
        stats.multivariate_normal.pdf(MEAN, MEAN, COV[:2])


def test_other_distributions_are_answered():
    with pytest.raises(AttributeError, match=r"no 'lognorm'; it has: beta, chi2, .*scipy.stats.lognorm computes it for arrays"):
        _ = stats.lognorm
