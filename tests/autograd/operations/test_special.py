"""Special functions: values with and without SciPy, derivatives to third order, special points."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import Tensor, erf, erfc, gammaln, gradcheck, gradients, logit, logsumexp, polygamma, softplus, xlogy
from autograd.operations import special
from autograd.testing import axes, broadcastable_tensors, tensors

few_examples = settings(max_examples=8, deadline=None)
ON_ALL_NUMBERS = {"erf": erf, "erfc": erfc, "softplus": softplus}


@pytest.fixture
def without_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)  # an import raises ImportError, as without SciPy
    special.scipy_special.cache_clear()
    yield
    special.scipy_special.cache_clear()


@pytest.fixture
def scipy_special():
    return pytest.importorskip("scipy.special")


@pytest.fixture(params=["SciPy", "standard library"])
def with_and_without_scipy(request):
    request.getfixturevalue("scipy_special" if request.param == "SciPy" else "without_scipy")


def derivatives(function, *values):
    inputs = [Tensor(value, requires_grad=True) for value in values]
    out = function(*inputs)
    return [g.tolist() for g in gradients([out], inputs, [np.ones(out.shape)])]


def second_derivatives(function, *values):
    """The row sums of the Hessian of a sum."""
    inputs = [Tensor(value, requires_grad=True) for value in values]
    firsts = gradients(function(*inputs).sum(), inputs, create_graph=True)
    return [g.tolist() for g in gradients(sum(first.sum() for first in firsts), inputs)]


# Values


def points(low, high, count=20_000):
    return np.random.default_rng(0).uniform(low, high, count)


def test_erf_without_scipy_is_scipys(scipy_special, without_scipy):
    assert special.scipy_special() is None
    near = np.concatenate([points(-6, 6), 10.0 ** points(-300, 0)])
    np.testing.assert_allclose(erf(near), scipy_special.erf(near), rtol=1e-15)


def test_erfc_without_scipy_is_scipys(scipy_special, without_scipy):
    near, tail = points(-6, 1), points(1, 26)
    np.testing.assert_allclose(erfc(near), scipy_special.erfc(near), rtol=2e-15)
    np.testing.assert_allclose(erfc(tail), scipy_special.erfc(tail), rtol=1e-13)  # SciPy's own error: e^(−x²) of a rounded x²


def test_gammaln_without_scipy_is_scipys(scipy_special, without_scipy):
    x = np.concatenate([points(-5, 5), points(0.999, 2.001), 10.0 ** points(-300, 300)])
    theirs = scipy_special.gammaln(x)
    assert np.max(np.abs(gammaln(x) - theirs) / np.maximum(1, np.abs(theirs))) < 3e-15
    edges = np.array([0.0, -0.0, -1.0, -7.0, np.inf, -np.inf, np.nan, 1e306])
    np.testing.assert_array_equal(gammaln(edges), scipy_special.gammaln(edges))


@pytest.mark.parametrize("name", ["erf", "erfc", "gammaln"])
def test_single_precision_without_scipy_is_scipys_bit_for_bit(name, scipy_special, without_scipy):
    x = points(-4, 4).astype(np.float32)
    np.testing.assert_array_equal(getattr(autograd, name)(x), getattr(scipy_special, name)(x))


def test_logit_and_xlogy_are_scipys(scipy_special):
    p = np.concatenate([points(0, 1), 0.5 + 1e-6 * points(-1, 1), 10.0 ** points(-300, -1), 1 - 10.0 ** points(-16, -1)])
    middle, sides = (lambda p: 2 * np.arctanh(2 * p - 1)), (lambda p: np.log(p / (1 - p)))
    expected = np.piecewise(p.astype(np.longdouble), [np.abs(p - 0.5) < 0.25], [middle, sides])  # SciPy 1.14 is less exact
    np.testing.assert_allclose(logit(p), expected.astype(float), rtol=1e-15)
    x, y = np.array([0, 0, 0, 0, 1, 1, 1, -1, 2.5]), np.array([0, -1, np.nan, np.inf, 0, -1, np.inf, 0, 3.5])
    np.testing.assert_array_equal(logit([0.0, 1.0, -1.0, 2.0, np.nan]), scipy_special.logit([0.0, 1.0, -1.0, 2.0, np.nan]))
    np.testing.assert_allclose(xlogy(x, y), scipy_special.xlogy(x, y), rtol=1e-15)


def test_digamma_and_polygamma_are_scipys(scipy_special):
    x = points(-3, 5, 50)
    np.testing.assert_array_equal(autograd.digamma(x), scipy_special.digamma(x))
    for n in range(4):
        np.testing.assert_array_equal(polygamma(n, x), scipy_special.polygamma(n, x))


@given(tensors((2, 3), low=-20, high=20), st.data())
@few_examples
def test_logsumexp_is_scipys(x, data):
    scipy = pytest.importorskip("scipy.special")
    axis, keepdims = data.draw(axes(x)), data.draw(st.booleans())
    result = logsumexp(x, axis=axis, keepdims=keepdims)
    expected = scipy.logsumexp(x.numpy(), axis=axis, keepdims=keepdims)
    assert result.shape == np.shape(expected)
    np.testing.assert_allclose(result.numpy(), expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("function", [erf, erfc, gammaln, softplus, logit, logsumexp, lambda x: xlogy(x, x)])
def test_dtypes(function, with_and_without_scipy):
    for dtype in (np.float16, np.float32, np.float64, np.longdouble):
        assert function(np.array([0.25, 0.5], dtype)).dtype == dtype
    for dtype in (np.uint8, np.int32, bool):
        integers = np.array([1, 1], dtype)
        assert function(Tensor(integers)).dtype == np.float64
        np.testing.assert_array_equal(function(integers), function(integers.astype(float)))
    assert type(function(Tensor(0.5)).data) is np.float64
    assert type(function(np.float32(0.5))) is np.float32


@pytest.mark.parametrize("function", [erf, erfc, softplus, logit, gammaln])
def test_shapes(function, with_and_without_scipy):
    values = np.random.default_rng(0).uniform(0.2, 0.8, (2, 3))
    expected = [[function(v) for v in row] for row in values]
    np.testing.assert_allclose(function(values), expected, rtol=1e-15)
    np.testing.assert_array_equal(function(values.T), function(values).T)
    assert function(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("name", ["erf", "erfc", "softplus", "logit", "logsumexp"])
def test_single_precision_gradients(name, with_and_without_scipy):
    x = Tensor(np.array([0.25, 0.6], np.float32), requires_grad=True)
    out = getattr(autograd, name)(x)
    (first,) = gradients(out.sum(), [x], create_graph=True)
    (second,) = gradients(first.sum() ** 2, [x])
    assert (out.dtype, first.dtype, second.dtype) == (np.float32, np.float32, np.float32)


def test_the_formula_of_logsumexp_computes_in_single_precision():
    x = np.array([0.25, np.inf], np.float32)
    (formula,) = logsumexp.operation.formulas
    assert formula(np.float32(1), x, np.float32(np.inf), (2,), None).dtype == np.float32


def test_single_precision_is_kept_with_python_numbers():
    x = Tensor(np.array([0.25], np.float32), requires_grad=True)
    assert xlogy(x, 2.0).dtype == xlogy(2, x).dtype == np.float32
    assert [g.dtype for g in gradients((xlogy(x, 2.0) + xlogy(2, x)).sum(), [x])] == [np.float32]


# Derivatives


@pytest.mark.parametrize("name", ON_ALL_NUMBERS)
def test_derivatives(name, with_and_without_scipy):
    @few_examples
    @given(tensors())
    def check(x):
        gradcheck(ON_ALL_NUMBERS[name], [x], order=3)

    check()


@given(tensors(low=0.1, high=0.9))
@few_examples
def test_derivatives_of_logit(x):
    gradcheck(logit, [x], order=3)
    np.testing.assert_allclose(autograd.sigmoid(logit(x)).numpy(), x.numpy(), rtol=1e-14)


@given(broadcastable_tensors(2, 0.5, 2.0))
@few_examples
def test_derivatives_of_xlogy(pair):
    gradcheck(xlogy, pair, order=3)


@given(tensors(low=0.5, high=3.0))
@few_examples
def test_derivatives_of_the_gamma_function(x):
    pytest.importorskip("scipy.special")
    gradcheck(gammaln, [x], order=3)
    gradcheck(autograd.digamma, [x], order=2)
    gradcheck(lambda x: polygamma(2, x), [x], order=2)
    below = Tensor(-1.2 - x.numpy() / 5, requires_grad=True)  # between the poles −2 and −1
    gradcheck(gammaln, [below], order=2)


@given(tensors(), st.data())
@few_examples
def test_logsumexp_equals_its_composition(x, data):
    axis, keepdims = data.draw(axes(x)), data.draw(st.booleans())
    gradcheck(lambda x: logsumexp(x, axis, keepdims), [x], order=3)
    weights = np.random.default_rng(0).uniform(0.5, 1.5, x.shape)
    results = []
    for function in (logsumexp, lambda x, axis, keepdims: np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))):
        out = function(x, axis, keepdims)
        (first,) = gradients((out**2).sum(), [x], create_graph=True)
        results.append([out.numpy(), first.numpy(), gradients((first * weights).sum(), [x])[0].numpy()])
    for fused, composed in zip(*results):
        assert fused.shape == composed.shape
        np.testing.assert_allclose(fused, composed, rtol=1e-12, atol=1e-12)


def test_derivatives_of_the_gamma_function_at_one():
    pytest.importorskip("scipy.special")
    x, values = Tensor(1.0, requires_grad=True), []
    derivative = gammaln(x)
    for _ in range(3):
        (derivative,) = gradients(derivative, [x], create_graph=True)
        values.append(derivative.item())
    euler, apery = 0.5772156649015329, 1.2020569031595943  # γ and ζ(3)
    assert values == pytest.approx([-euler, math.pi**2 / 6, -2 * apery], rel=1e-15)


@pytest.mark.parametrize("name", ["erf", "erfc", "logit"])
def test_as_pytorch(name, torch):
    values = np.linspace(0.05, 0.95, 7)
    x, theirs = Tensor(values, requires_grad=True), torch.tensor(values, requires_grad=True)
    ours, out = getattr(autograd, name)(x), getattr(torch.special, name)(theirs)
    (first,) = gradients(ours.sum(), [x], create_graph=True)
    (expected,) = torch.autograd.grad(out.sum(), theirs, create_graph=True)
    (second,) = gradients(first.sum(), [x])
    (curvature,) = torch.autograd.grad(expected.sum(), theirs)
    for result, expected_value in ((ours, out), (first, expected), (second, curvature)):
        np.testing.assert_allclose(result.numpy(), expected_value.detach().numpy(), rtol=1e-10, atol=1e-10)


def test_xlogy_as_pytorch(torch):
    values = np.array([0.0, 0.0, 1.5, -2.0, 3.0]), np.array([2.0, 0.5, 0.5, 4.0, 1.0])
    ours = [Tensor(value, requires_grad=True) for value in values]
    theirs = [torch.tensor(value, requires_grad=True) for value in values]
    expected = torch.autograd.grad(torch.xlogy(*theirs).sum(), theirs)
    for result, expected_value in zip(gradients(xlogy(*ours).sum(), ours), expected):
        np.testing.assert_allclose(result.numpy(), expected_value.numpy(), rtol=1e-14)


# Special points


def test_softplus_of_large_numbers():
    large = [-np.inf, -1000.0, -40.0, 40.0, 1000.0, np.inf]
    assert softplus(Tensor(large)).tolist() == [0, 0, math.exp(-40), 40 + math.exp(-40), 1000, np.inf]
    assert derivatives(softplus, large) == [[0, 0, pytest.approx(math.exp(-40), rel=1e-15), 1, 1, 1]]
    assert second_derivatives(softplus, large[1:-1]) == [[0, *[pytest.approx(math.exp(-40), rel=1e-15)] * 2, 0]]


def test_error_functions_of_large_numbers(with_and_without_scipy):
    large = [-np.inf, -1000.0, 1000.0, np.inf]
    assert erf(Tensor(large)).tolist() == [-1, -1, 1, 1]
    assert erfc(Tensor(large)).tolist() == [2, 2, 0, 0]
    assert derivatives(erf, large) == [[0, 0, 0, 0]]
    assert erfc(Tensor(20.0)).item() == pytest.approx(5.3958656116079e-176, rel=1e-13)


def test_logit_at_0_and_1_is_infinite_without_a_warning():
    assert logit(Tensor([0.0, 0.5, 1.0])).tolist() == [-np.inf, 0, np.inf]
    assert derivatives(logit, [0.0, 0.5, 1.0]) == [[np.inf, 4, np.inf]]


def test_logit_near_one_half_keeps_all_digits():
    assert logit(0.5 + 2.0**-40) == pytest.approx(2.0**-38, rel=1e-15)


def test_xlogy_at_zero():
    assert xlogy(Tensor([0.0, 0.0, 0.0]), Tensor([0.0, -1.0, 2.0])).tolist() == [0, 0, 0]
    assert derivatives(xlogy, [0.0, 0.0, 0.0], [0.0, -1.0, 1.0]) == [[0, 0, 0], [0, 0, 0]]
    assert second_derivatives(xlogy, [0.0, 0.0], [0.0, -1.0]) == [[0, 0], [0, 0]]
    x, y = Tensor(0.0, requires_grad=True), Tensor(4.0, requires_grad=True)
    (by_y,) = gradients(xlogy(x, y), [y], create_graph=True)
    assert gradients(by_y, [x])[0].item() == 0.25  # f(0, ·) = 0, but ∂²f/∂x∂y = 1/y


def test_entropy_of_a_certain_outcome_has_a_finite_gradient():
    assert derivatives(lambda p: -xlogy(p, p), [1.0, 0.0]) == [[-1, 0]]


def test_xlogy_of_small_integers_keeps_double_precision():
    x = Tensor([2.0], requires_grad=True)
    (xlogy(x, np.array([3], np.uint8))).sum().backward()
    assert x.grad.item() == pytest.approx(math.log(3), rel=1e-15)


def test_logsumexp_of_large_numbers():
    x = [[1000.0, 1000.0], [-1000.0, -1000.0], [1000.0, -1000.0]]
    assert logsumexp(Tensor(x), axis=1).tolist() == [1000 + math.log(2), -1000 + math.log(2), 1000]
    assert derivatives(lambda x: logsumexp(x, axis=1), x)[0][2] == [1, 0]
    np.testing.assert_allclose(derivatives(lambda x: logsumexp(x, axis=1), x)[0][:2], 0.5, rtol=1e-12)


@pytest.mark.parametrize(
    ("x", "value", "derivative"),
    [
        ([-np.inf, 2.0], 2, [0, 1]),
        ([-np.inf, -np.inf], -np.inf, [0, 0]),
        ([np.inf, 1e300, -np.inf], np.inf, [1, 0, 0]),
        ([np.inf, 1.0, np.inf], np.inf, [0.5, 0, 0.5]),
        ([], -np.inf, []),
        (-np.inf, -np.inf, 0),
    ],
)
def test_logsumexp_of_infinities(x, value, derivative):
    assert logsumexp(Tensor(x)).item() == value
    assert derivatives(logsumexp, x) == [derivative]
    assert second_derivatives(logsumexp, x) == [(0 * np.array(derivative)).tolist()]


def test_logsumexp_of_masked_scores_is_that_of_the_others():
    masked = Tensor([0.3, -np.inf, -0.8], requires_grad=True)
    others = Tensor([0.3, -0.8], requires_grad=True)
    (first,), (expected,) = (gradients(logsumexp(x) ** 2, [x], create_graph=True) for x in (masked, others))
    np.testing.assert_allclose(first.numpy()[[0, 2]], expected.numpy(), rtol=1e-15)
    (second,), (other_second,) = gradients(first[0], [masked]), gradients(expected[0], [others])
    np.testing.assert_allclose(second.numpy(), [other_second.numpy()[0], 0, other_second.numpy()[1]], rtol=1e-14)


def test_nan_gives_nan(with_and_without_scipy):
    for function in (erf, erfc, gammaln, softplus, logit, logsumexp):
        assert np.isnan(function(np.array([np.nan]))).all(), function
    assert np.isnan(xlogy(0.0, np.nan))
    assert np.isnan(derivatives(logsumexp, [np.nan, 1.0])).all()


# SciPy, installed or not


def test_importing_autograd_does_not_import_scipy():
    program = "import sys, autograd; autograd.softplus(1.0); autograd.logsumexp([1.0]); print('scipy' in sys.modules)"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "False"


def test_without_scipy_gammaln_has_values_and_its_gradient_raises(without_scipy):
    x = Tensor([5.0], requires_grad=True)
    out = gammaln(x)
    assert out.item() == pytest.approx(math.log(24), rel=1e-15)
    with pytest.raises(ImportError, match=r"digamma, the derivative of gammaln, needs SciPy.*pip install 'chainrule\[scipy\]'"):
        out.backward()
    assert x.grad is None


def test_without_scipy_digamma_and_polygamma_raise(without_scipy):
    with pytest.raises(ImportError, match=r"digamma.*pip install"):
        autograd.digamma(1.0)
    with pytest.raises(ImportError, match=r"polygamma.*pip install"):
        polygamma(1, Tensor([1.0]))


@pytest.mark.parametrize(("order", "error"), [(-1, ValueError), (1.0, TypeError), (Tensor(1.0), TypeError)])
def test_other_orders_of_polygamma_are_refused(order, error):
    with pytest.raises(error, match="polygamma: the order n"):
        polygamma(order, 1.0)


def test_axis_out_of_range_of_logsumexp():
    with pytest.raises(autograd.ShapeError, match="logsumexp"):
        logsumexp(Tensor([1.0]), axis=3)


@pytest.mark.parametrize(("name", "ours"), [("erf", erf), ("psi", autograd.digamma), ("expit", autograd.sigmoid)])
def test_ufuncs_of_scipy_on_tensors_are_recorded_as_ours(scipy_special, name, ours):
    x = Tensor([0.5, 2.0], requires_grad=True)
    result = getattr(scipy_special, name)(x)
    assert repr(result) == repr(ours(x))


def test_other_ufuncs_are_refused(scipy_special):
    for ufunc in (scipy_special.struve, np.frompyfunc(math.erf, 1, 1)):
        with pytest.raises(autograd.UnsupportedError, match="has no gradient"):
            ufunc(*[Tensor([0.5], requires_grad=True)] * ufunc.nin)
