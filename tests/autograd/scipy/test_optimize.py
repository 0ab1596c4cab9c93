"""autograd.scipy.optimize: minimization, least squares, roots and fixed points of nested parameters."""

import sys

import numpy as np
import pytest

from autograd import GraphError, ShapeError, Tensor, gradcheck, gradients
from autograd.errors import DataError
from autograd.scipy import optimize
from autograd.scipy.flat_parameters import Structure, flatten

scipy_optimize = pytest.importorskip("scipy.optimize")
METHODS = [
    *("Nelder-Mead", "Powell", "CG", "BFGS", "Newton-CG", "L-BFGS-B", "TNC", "COBYLA", "SLSQP", "dogleg", "trust-ncg"),
    *("trust-krylov", "trust-exact", "trust-constr", None),
]


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def quadratic(p, target=2.0):
    return np.sum((p["w"] - target) ** 2) + (p["b"][0] + 1) ** 2 + np.sum(p["w"]) ** 2


START = {"w": np.zeros((2, 2), np.float32), "b": [0.5]}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_minimum_of_nested_parameters(method):
    result = optimize.minimize(quadratic, START, method=method, tol=1e-9 if method != "dogleg" else None)
    np.testing.assert_allclose(result.x["w"], 2 / 5, atol=2e-3)
    np.testing.assert_allclose(result.x["b"], [-1], atol=2e-3)
    assert result.x["w"].dtype == np.float32
    assert isinstance(result.x["b"], list)


@pytest.mark.parametrize("method", ["BFGS", "trust-exact", "trust-ncg", "trust-constr"])
def test_derivatives_are_those_that_scipy_gets_by_hand(method):
    options = {"jac": scipy_optimize.rosen_der}
    options |= {"hess": scipy_optimize.rosen_hess} if method == "trust-exact" else {}
    options |= {"hessp": scipy_optimize.rosen_hess_prod} if method in ("trust-ncg", "trust-constr") else {}
    x0 = np.array([1.3, 0.7, 0.8])
    ours, theirs = (
        optimize.minimize(rosenbrock, x0, method=method),
        scipy_optimize.minimize(scipy_optimize.rosen, x0, method=method, **options),
    )
    assert ours.nit == theirs.nit
    np.testing.assert_allclose(ours.x, theirs.x, rtol=1e-7)
    assert type(ours.x) is np.ndarray


def test_arguments_bounds_constraints_and_callback():
    seen = []
    result = optimize.minimize(quadratic, START, args=(Tensor(3.0),), callback=lambda p: seen.append(p["b"][0]))
    np.testing.assert_allclose(result.x["w"], 3 / 5, atol=1e-5)
    assert seen[-1] == result.x["b"][0]
    assert result.jac["w"].shape == (2, 2)
    bounded = optimize.minimize(rosenbrock, [0.0, 0.0], bounds=[(0, 0.5), (None, None)])
    np.testing.assert_allclose(bounded.x, [0.5, 0.25], atol=1e-5)
    constraint = {"type": "eq", "fun": lambda p, total: np.sum(p["w"]) - total, "args": (2.0,)}
    constrained = optimize.minimize(quadratic, START, method="SLSQP", constraints=constraint)
    assert np.sum(constrained.x["w"]) == pytest.approx(2, abs=1e-6)


def test_least_squares():
    t = np.linspace(0, 2, 20)
    y = 3 * np.exp(-1.5 * t)
    model = lambda p, y: {"residuals": p["scale"] * np.exp(-p["rate"] * t) - y}
    result = optimize.least_squares(model, {"scale": 1.0, "rate": 0.1}, (y,), method="lm")
    assert (result.x["scale"], result.x["rate"]) == pytest.approx((3, 1.5), rel=1e-8)
    assert result.njev < 20
    bounded = optimize.least_squares(model, {"scale": 1.0, "rate": 0.1}, y, bounds=([0, 0], [2, 5]), loss="soft_l1")
    assert bounded.x["scale"] == pytest.approx(2, abs=1e-6)


# Implicit derivatives


def equations(x, a, b):
    x = np.reshape(x[0], ()), x[1]
    return np.stack([x[0] ** 3 + a[0] * x[1] - b["c"], a[1] * x[0] - x[1] ** 3 + np.sin(b["c"])])


@pytest.mark.parametrize("method", ["hybr", "lm", "krylov"])
def test_a_root_is_differentiable_to_second_order(method):
    solve = lambda a, c: optimize.root(equations, (np.ones(1), 1.0), (a, {"c": c}), method=method, tol=1e-13).x
    a, c = Tensor([0.5, 1.5], requires_grad=True), Tensor(2.0, requires_grad=True)
    solution = solve(a, c)
    assert [x.shape for x in solution] == [(1,), ()]
    np.testing.assert_allclose(equations(solution, a, {"c": c}).numpy(), 0, atol=1e-10)
    if method != "krylov":
        gradcheck(solve, [a, c], order=2)
    assert type(solve(a.detach(), 2.0)[1]) is np.float64


def test_a_scalar_root_to_third_order():
    a = Tensor(4.0, requires_grad=True)
    derivative = optimize.root(lambda x, a: x * x - a, 1.0, a, tol=1e-14).x
    for expected in (2.0, 1 / 4, -1 / 32, 3 / 256):
        assert derivative.item() == pytest.approx(expected, rel=1e-9)
        (derivative,) = gradients(derivative, [a], create_graph=True)


@pytest.mark.parametrize("method", ["del2", "iteration"])
def test_a_fixed_point_is_differentiable(method):
    a, b = Tensor([0.3, 0.7], requires_grad=True), Tensor(0.2, requires_grad=True)
    solve = lambda a, b: optimize.fixed_point(lambda x, a, b: np.cos(a * x) * b, np.ones(2), (a, b), 1e-14, method=method)
    np.testing.assert_allclose(solve(a, b).numpy(), np.cos(a.numpy() * solve(a, b).numpy()) * 0.2, rtol=1e-12)
    gradcheck(solve, [a, b], order=2)
    np.testing.assert_allclose(optimize.fixed_point(lambda x: np.cos(x), 1.0), 0.739085133, rtol=1e-8)


def test_a_root_depends_on_args_alone():
    a = Tensor(4.0, requires_grad=True)
    with pytest.raises(GraphError, match=r"root: the function depends on a tensor .* pass it in args"):
        optimize.root(lambda x, b: x * x - a + b, 1.0, (Tensor(1.0, requires_grad=True),))
    with pytest.raises(RuntimeError, match="root: no solution was found"):
        optimize.root(lambda x, a: x * x + a, 1.0, (a,))
    assert not optimize.root(lambda x: x * x + 1, 1.0).success


def test_errors(monkeypatch):
    with pytest.raises(DataError, match="no parameters"):
        flatten({})
    with pytest.raises(ShapeError, match="expected 2 numbers"):
        Structure([1.0, 2.0]).unflatten(np.ones(3))
    with pytest.raises(AttributeError, match="no 'brentq'; it has: fixed_point, least_squares, minimize, root"):
        _ = optimize.brentq
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(ImportError, match="minimize needs SciPy"):
        optimize.minimize(rosenbrock, [0.0, 0.0])
