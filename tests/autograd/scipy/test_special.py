"""autograd.scipy.special: values and special points of SciPy, derivatives by the shapes, SciPy's own ufuncs, missing SciPy."""

import math
import sys

import numpy as np
import pytest

import autograd
from autograd import Tensor, UnsupportedError, gradcheck, gradients, jacobian
from autograd.operations import special as functions_without_scipy
from autograd.scipy import special
from tests.autograd.operations.cases import CASES

scipy_special = pytest.importorskip("scipy.special")
EDGES = np.array([0, -0.0, -1, -2, -0.5, 0.25, 1, 2, np.inf, -np.inf, np.nan, 1e300, 1e-300, 170, -170.5])
ONE = [
    *("gamma", "gammaln", "digamma", "psi", "rgamma", "gammasgn", "erf", "erfc", "erfcx", "erfinv", "erfcinv", "ndtr", "ndtri"),
    *("log_ndtr", "j0", "j1", "y0", "y1", "i0", "i1", "i0e", "i1e", "k0", "k1", "entr", "expit", "log_expit", "logit", "cbrt"),
    *("log1p", "expm1", "exp2"),
]
TWO = ["beta", "betaln", "gammainc", "gammaincc", "xlogy", "xlog1py", "rel_entr", "stdtr", "jv", "yv", "iv", "ive", "kv"]


@pytest.mark.parametrize("name", ONE)
def test_values_at_edges_are_scipys(name):
    with np.errstate(all="ignore"):
        ours, theirs = getattr(special, name)(EDGES), getattr(scipy_special, name)(EDGES)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("name", TWO)
def test_values_of_two_arguments_at_edges_are_scipys(name):
    edges = EDGES[(EDGES != 1e300) & (EDGES != 1e-300)] if name == "rel_entr" else EDGES
    x, y = np.meshgrid(edges, edges)  # SciPy 1.14 loses the quotient of extreme numbers
    with np.errstate(all="ignore"):
        ours, theirs = getattr(special, name)(x, y), getattr(scipy_special, name)(x, y)
    if name.startswith("gammainc"):
        theirs[np.isnan(x)] = np.nan  # SciPy 1.14 has 0 and 1 at the ends of the support
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_every_function_has_a_case():
    checked = {case.name.rpartition(".")[2] for case in CASES}
    aliases = {"psi": "digamma", "expit": "sigmoid", "jn": "jv"}
    constant = {"gammasgn"}
    assert {aliases.get(name, name) for name in special.__all__} - checked == constant


@pytest.mark.parametrize("name", sorted(set(special.__all__) - {"gammasgn"}))
def test_ufuncs_of_scipy_on_tensors_are_recorded(name):
    ufunc = getattr(scipy_special, name)
    if not isinstance(ufunc, np.ufunc):
        return  # SciPy's Python functions do not call tensors
    x = Tensor([0.3, 0.6], requires_grad=True)
    arguments = (*[1.0] * (ufunc.nin - 1), x)
    first, expected = (gradients(f(*arguments).sum(), [x], create_graph=True)[0] for f in (ufunc, getattr(special, name)))
    np.testing.assert_array_equal(first.numpy(), expected.numpy())
    assert first.requires_grad or name == "kl_div"


# Derivatives by the shapes


@pytest.mark.parametrize("ratio", [0.01, 0.5, 0.9, 1.0, 1.1, 2.0, 20.0])
@pytest.mark.parametrize("shape", [1e-3, 0.4, 1.0, 7.5, 90.0, 2000.0])
def test_incomplete_gamma_by_its_shape_at_both_sides_of_the_mean(shape, ratio):
    mpmath = pytest.importorskip("mpmath")
    if abs(ratio - 1) * math.sqrt(shape) > 30:
        return  # the result underflows
    x, a = shape * ratio, Tensor(shape, requires_grad=True)
    lower = ratio < 1
    (ours,) = gradients((special.gammainc if lower else special.gammaincc)(a, x), [a])
    with mpmath.workdps(40):
        bounds = (0, x) if lower else (x, mpmath.inf)
        function = lambda a: mpmath.gammainc(a, *bounds, regularized=True)
        step = mpmath.mpf(shape) / 10**12
        expected = (function(shape + step) - function(shape - step)) / (2 * step)
    assert ours.item() == pytest.approx(float(expected), rel=1e-10)


@pytest.mark.parametrize(
    ("a", "b", "x"), [(0.02, 3.0, 1e-4), (2.0, 3.0, 0.1), (2.0, 3.0, 0.9), (80.0, 0.1, 0.999), (300.0, 400.0, 0.4)]
)
def test_incomplete_beta_by_its_shapes(a, b, x):
    mpmath = pytest.importorskip("mpmath")
    inputs = [Tensor(a, requires_grad=True), Tensor(b, requires_grad=True)]
    ours = gradients(special.betainc(*inputs, x), inputs)
    with mpmath.workdps(40):
        x, step = mpmath.mpf(x), mpmath.mpf(10) ** -14
        function = lambda a, b: mpmath.betainc(a, b, 0, x, regularized=True)
        by_a = (function(a * (1 + step), b) - function(a * (1 - step), b)) / (2 * a * step)
        by_b = (function(a, b * (1 + step)) - function(a, b * (1 - step))) / (2 * b * step)
    assert [g.item() for g in ours] == pytest.approx([float(by_a), float(by_b)], rel=1e-9)


def test_second_derivatives_by_the_shapes_at_both_sides_of_the_mean():
    for x in (0.3, 1.5, 4.0, 12.0):
        gradcheck(special.gammainc, [Tensor([0.4, 1.0, 3.5], requires_grad=True), Tensor(x, requires_grad=True)], order=2)
    for x in (0.05, 0.4, 0.6, 0.95):
        inputs = [Tensor(value, requires_grad=True) for value in ([0.4, 2.0], [3.0, 0.7], x)]
        gradcheck(special.betainc, inputs, order=2)


def test_the_order_of_a_modified_bessel_function_has_a_derivative_and_others_are_refused():
    v, x = Tensor(0.0, requires_grad=True), 2.0
    (slope,) = gradients(special.iv(v, x), [v])
    assert slope.item() == pytest.approx(-special.k0(x), rel=1e-13)  # ∂I/∂v = −K₀ at v = 0
    gradcheck(special.ive, [Tensor([-2.5, 0.5], requires_grad=True), Tensor([1.0, 3.0], requires_grad=True)], order=2)
    for name in ("jv", "yv", "yn", "kv"):
        with pytest.raises(UnsupportedError, match=rf"{name}: the order has no gradient formula"):
            getattr(special, name)(Tensor(1.0, requires_grad=True), x).backward()


# Sums of exponentials


@pytest.mark.parametrize("axis", [None, 0, (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_with_weights_and_signs_is_scipys(axis, keepdims):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 3)) + 900, rng.normal(size=(2, 3))
    ours = special.logsumexp(a, axis, b, keepdims, return_sign=True)
    for result, expected in zip(ours, scipy_special.logsumexp(a, axis, b, keepdims, return_sign=True)):
        np.testing.assert_allclose(result, expected, rtol=1e-13)
        assert np.shape(result) == np.shape(expected)


def test_weights_of_logsumexp_have_gradients_also_where_they_are_zero():
    a, b = Tensor([1.0, 800.0], requires_grad=True), Tensor([1.0, 0.0], requires_grad=True)
    out = special.logsumexp(a, b=b)
    assert out.item() == 1
    assert gradients(out, [a])[0].tolist() == [1, 0]
    assert np.isnan(special.logsumexp([1.0, 2.0], b=[1.0, -1.0]))  # the logarithm of a negative sum, as in SciPy
    assert special.logsumexp([-np.inf, -np.inf], b=2.0) == -np.inf


# Other kinds of arguments


def test_single_precision_stays_single():
    x = Tensor(np.array([0.3, 0.6], np.float32), requires_grad=True)
    for name in [*ONE, *TWO]:
        out = getattr(special, name)(x) if name in ONE else getattr(special, name)(1.5, x)
        assert out.dtype == np.float32, name
        assert name == "gammasgn" or gradients(out.sum(), [x])[0].dtype == np.float32, name


def test_the_jacobian_in_one_pass_and_a_compiled_call_are_those_of_single_calls():
    x = np.linspace(0.5, 3.0, 40)
    matrix = jacobian(lambda a: special.gammainc(a, x))(x)
    slope = jacobian(lambda a: special.gammainc(a, x[3]))(x[3])
    assert matrix.shape == (40, 40)
    assert matrix[3, 3] == pytest.approx(slope, rel=1e-12)
    step = autograd.compile(lambda a: special.gammainc(a, 2.0) + special.ndtr(a))
    for a in (0.5, 1.5, 2.5, 0.5):
        assert step(Tensor(a)).item() == special.gammainc(a, 2.0) + special.ndtr(a)


def test_arguments_of_multigammaln_are_those_of_scipy():
    a = np.array([2.5, 3.5])
    np.testing.assert_allclose(special.multigammaln(a, 4), scipy_special.multigammaln(a, 4), rtol=1e-14)
    with pytest.raises(ValueError, match=r"larger than \(d − 1\) / 2"):
        special.multigammaln(1.0, 4)
    with pytest.raises(ValueError, match="dimension d"):
        special.multigammaln(3.0, 1.5)


def test_other_names_are_answered():
    with pytest.raises(AttributeError, match=r"no 'gamaln'; nearest: gammaln"):
        _ = special.gamaln
    with pytest.raises(AttributeError, match=r"no 'struve'; scipy.special.struve computes it for arrays, without gradient"):
        _ = special.struve
    with pytest.raises(AttributeError, match=r"autograd.scipy has no 'ndimage'; it has: .*special.*stats"):
        _ = autograd.scipy.ndimage


def test_without_scipy_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    functions_without_scipy.scipy_special.cache_clear()
    with pytest.raises(ImportError, match=r"betainc needs SciPy, which is not installed: pip install 'chainrule\[scipy\]'"):
        special.betainc(1.0, 2.0, 0.5)
    functions_without_scipy.scipy_special.cache_clear()
