"""minimize returns the path of an optimizer."""

from functools import partial

import numpy as np
import pytest

import optim
from autograd import Tensor
from optim import minimize


def bowl(w):
    return (w**2 * np.array([1.0, 4.0])).sum() / 2


def test_default_is_gradient_descent():
    path = minimize(bowl, [2.0, 1.0], lr=0.1, steps=20)
    factors = np.array([0.9, 0.6])
    assert np.allclose(path.points, [2.0, 1.0] * factors ** np.arange(21)[:, None])
    assert np.allclose(path.losses, [bowl(p) for p in path.points])
    assert path.point.tolist() == path.points[-1].tolist()
    assert path.loss == path.losses[-1]


def test_an_optimizer_takes_the_steps_that_it_takes_in_a_loop():
    w = Tensor([2.0, 1.0], requires_grad=True)
    optimizer = optim.Adam([w], lr=0.3)
    for _ in range(7):
        optimizer.zero_grad()
        bowl(w).backward()
        optimizer.step()
    assert minimize(bowl, [2.0, 1.0], partial(optim.Adam, lr=0.3), steps=7).point.tolist() == w.tolist()


def test_evaluations_of_a_line_search_are_counted():
    calls = []
    lbfgs = partial(optim.LBFGS, max_iter=1, max_eval=20, line_search_fn="strong_wolfe")
    path = minimize(lambda w: (calls.append(1), bowl(w))[1], [2.0, 1.0], lbfgs, steps=4)
    assert path.evaluations[-1] + len(path.points) == len(calls)  # one more at each point, without a gradient
    assert path.evaluations[-1] > 4
    assert path.loss < 1e-3


def test_the_start_is_not_changed():
    start = np.array([2.0, 1.0])
    minimize(bowl, start, steps=3)
    assert start.tolist() == [2.0, 1.0]
    assert minimize(lambda w: w**2, 3, steps=0).points.tolist() == [3.0]  # an integer becomes a float


def test_it_stops_at_the_tolerance_and_at_infinity():
    path = minimize(lambda w: w**2, 1.0, lr=0.25, steps=100, tolerance=0.1)
    assert np.diff(path.points).tolist() == [-0.5, -0.25, -0.125, -0.0625]
    with np.errstate(over="ignore"):
        path = minimize(lambda w: w**2, 1.0, lr=1e100, steps=100)
    assert not np.isfinite(path.loss)
    assert np.isfinite(path.losses[:-1]).all()


def test_gradients_are_clipped_before_the_step():
    path = minimize(lambda w: 50 * w**2, 1.0, lr=0.1, steps=3, clip=partial(optim.clip_grad_norm, limit=1.0))
    assert np.allclose(np.diff(path.points), -0.1)


@pytest.mark.parametrize("steps", [-1, 2.5, "ten"])
def test_steps_are_a_whole_number(steps):
    with pytest.raises(ValueError, match=r"steps must be a whole number, 0 or more, not"):
        minimize(bowl, [1.0, 1.0], steps=steps)
