"""Training steps, and comparisons of compiled with eager ones."""

import sysconfig
import warnings
from typing import Any, NamedTuple

import numpy as np

import autograd
import nn
from autograd import Tensor

rng = np.random.default_rng(0)


BATCHES = [(rng.normal(size=(12, 6)), rng.integers(3, size=12)) for _ in range(7)]


class Outputs(NamedTuple):
    total: Any
    products: Any


def training(make_optimizer, **options):
    """A fresh model and one step of its training."""
    model = nn.MLP([6, 10, 10, 3], rng=1, **options)
    optimizer = make_optimizer(model.parameters())
    loss = nn.CrossEntropyLoss()

    def step(x, y):
        optimizer.zero_grad()
        error = loss(model(x), y)
        error.backward()
        optimizer.step()
        return error

    return model, step


def assert_same_training(make, batches=BATCHES, replays=1):
    model, step = make()
    twin, twin_step = make()
    compiled = autograd.compile(twin_step)
    for x, y in batches:
        np.testing.assert_array_equal(compiled(x, y).numpy(), step(x, y).numpy())
        for array, twin_array in zip(model.state_dict().values(), twin.state_dict().values()):
            np.testing.assert_array_equal(array, twin_array)
        for parameter, twin_parameter in zip(model.parameters(), twin.parameters()):
            np.testing.assert_array_equal(parameter.grad.numpy(), twin_parameter.grad.numpy())
    assert compiled.fallback_reason == ""
    assert len(compiled._replays) == replays
    return compiled


def run_fallback(step, *inputs, reason):
    """Return the results of a step; assert that it falls back to eager with this reason."""
    compiled = autograd.compile(step)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        results = [compiled(x) for x in inputs]
    assert len(caught) == 1
    assert reason in str(caught[0].message)
    assert reason in compiled.fallback_reason
    assert compiled.fallback_reason in repr(compiled)
    return results


def step_of(loss):
    """A step that computes the gradients of loss(w, x), and its w."""
    w = Tensor([1.0, 2.0], requires_grad=True)

    def step(x):
        w.zero_grad()
        error = loss(w, x)
        error.backward()
        return error

    return step, w


def hidden_state(values):
    """A function that returns one value after the other and stands in a file that is not the user's: its reads are not seen."""
    remaining = iter(values)
    source = "def take():\n    return next(remaining)"
    scope = {"remaining": remaining}
    exec(compile(source, f"{sysconfig.get_path('purelib')}/package.py", "exec"), scope)
    return scope["take"]
