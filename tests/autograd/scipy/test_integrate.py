"""autograd.scipy.integrate: values of SciPy, derivatives by start, times and parameters, solvers, refused arguments."""

import sys

import numpy as np
import pytest

from autograd import GraphError, ShapeError, Tensor, UnsupportedError, gradcheck, gradients, jacobian
from autograd.scipy import integrate

scipy_integrate = pytest.importorskip("scipy.integrate")
PRECISE = {"rtol": 1e-10, "atol": 1e-11}


def pendulum(y, t, length, friction):
    return [y[1], -np.sin(y[0]) / length - friction["linear"] * y[1] + np.cos(t) / 5]


def lotka_volterra(t, y, rates):
    return np.stack([y[0] * (rates[0] - y[1]), y[1] * (rates[1] * y[0] - 1)])


START, TIMES = np.array([0.5, -0.2]), np.array([0.1, 0.6, 1.0, 1.5])
FRICTION = {"linear": 0.3}


def test_values_are_scipys():
    ours = integrate.odeint(pendulum, START, TIMES, (1.5, FRICTION))
    np.testing.assert_allclose(ours, scipy_integrate.odeint(pendulum, START, TIMES, (1.5, FRICTION)), rtol=1e-12)
    by_time = lambda t, y: -y * t
    np.testing.assert_allclose(
        integrate.odeint(by_time, 1.0, TIMES, tfirst=True), scipy_integrate.odeint(by_time, 1.0, TIMES, tfirst=True), rtol=1e-12
    )
    single = integrate.odeint(pendulum, Tensor(START.astype(np.float32)), TIMES, (1.5, FRICTION))
    assert single.dtype == np.float32


@pytest.mark.parametrize(
    "times", [TIMES, TIMES[::-1], TIMES[[0, 0, 2]], TIMES[:1]], ids=["forward", "backward", "equal", "one"]
)
def test_derivatives_by_start_times_and_parameters(times):
    inputs = [Tensor(value, requires_grad=True) for value in (START, times.copy(), 1.5, 0.3)]
    solve = solve_at = lambda y0, t, length, linear: integrate.odeint(pendulum, y0, t, (length, {"linear": linear}), **PRECISE)
    if len(set(times)) < len(times):  # a step of finite differences would exchange equal times
        times, solve = inputs.pop(1).detach(), lambda y0, length, linear: solve_at(y0, times, length, linear)
    gradcheck(solve, inputs, fast=True)


def test_second_derivatives():
    solve = lambda y0, length: integrate.odeint(pendulum, y0, TIMES[:2], (length, FRICTION), **PRECISE)[-1]
    gradcheck(solve, [Tensor(START, requires_grad=True), Tensor(1.5, requires_grad=True)], order=2, fast=True)
    rate = Tensor(0.7, requires_grad=True)
    derivative = integrate.odeint(lambda y, t, a: a * y, [1.0], [0.0, 2.0], rate, **PRECISE)[1, 0]  # e^(2a)
    for order in range(3):
        assert derivative.item() == pytest.approx(2**order * np.exp(1.4), rel=1e-6)
        (derivative,) = gradients(derivative, [rate], create_graph=True)


@pytest.mark.parametrize("method", ["RK45", "DOP853", "Radau", "BDF", "LSODA"])
def test_solve_ivp(method):
    options = {"method": method, "rtol": 1e-9, "atol": 1e-10}
    rates = Tensor([1.2, 0.8], requires_grad=True)
    result = integrate.solve_ivp(lotka_volterra, (0, 1.5), START + 1, t_eval=TIMES, args=(rates,), **options)
    expected = scipy_integrate.solve_ivp(lotka_volterra, (0, 1.5), START + 1, t_eval=TIMES, args=(rates.numpy(),), **options)
    np.testing.assert_allclose(result.y.numpy(), expected.y, rtol=1e-6)
    assert result.success
    (ours,) = gradients(result.y, [rates], np.ones((2, 4)))
    of_odeint = lambda rates: np.sum(integrate.odeint(lotka_volterra, START + 1, [0, *TIMES], (rates,), True, **PRECISE)[1:])
    np.testing.assert_allclose(ours.numpy(), jacobian(of_odeint)(rates.numpy()), rtol=1e-5)


def test_solve_ivp_by_start_times_and_first_time():
    inputs = [Tensor(START + 1, requires_grad=True), Tensor(TIMES, requires_grad=True), Tensor(0.05, requires_grad=True)]
    options = {"args": (np.array([1.2, 0.8]),), "rtol": 1e-10, "atol": 1e-11}
    gradcheck(
        lambda y0, t, first: integrate.solve_ivp(lotka_volterra, (first, 1.6), y0, t_eval=t, **options).y, inputs, fast=True
    )
    free = integrate.solve_ivp(lotka_volterra, (0, 1.0), inputs[0], **options)
    assert free.y.shape == (2, len(free.t))
    assert free.y.requires_grad
    constant = integrate.solve_ivp(lotka_volterra, (0, 1.0), START + 1, dense_output=True, **options)
    np.testing.assert_allclose(constant.sol(1.0), free.y.numpy()[:, -1], rtol=1e-8)


def test_what_has_no_derivative_is_refused(monkeypatch):
    a, y0 = Tensor(1.0, requires_grad=True), Tensor([1.0], requires_grad=True)
    with pytest.raises(GraphError, match=r"odeint: the function depends on a tensor .* pass it in args"):
        integrate.odeint(lambda y, t: a * y, [1.0], [0.0, 1.0])
    with pytest.raises(UnsupportedError, match=r"odeint on tensors takes .*; not full_output"):
        integrate.odeint(lambda y, t: y, y0, [0.0, 1.0], full_output=True)
    with pytest.raises(ShapeError, match=r"needs a vector y0 \(D,\) and times \(T,\)"):
        integrate.odeint(lambda y, t: y, np.eye(2), [0.0, 1.0])
    with pytest.raises(UnsupportedError, match="dense_output and events"):
        integrate.solve_ivp(lambda t, y: y, (0, 1), y0, dense_output=True)
    with pytest.raises(RuntimeError, match="solver failed"), np.errstate(all="ignore"):
        integrate.solve_ivp(lambda t, y: y**2 / (1 - t) ** 9, (0, 2), y0)
    with pytest.raises(AttributeError, match=r"no 'quad'; it has: odeint, solve_ivp; scipy.integrate.quad computes"):
        _ = integrate.quad
    monkeypatch.setitem(sys.modules, "scipy.integrate", None)
    with pytest.raises(ImportError, match="odeint needs SciPy"):
        integrate.odeint(lambda y, t: y, y0, [0.0, 1.0])
