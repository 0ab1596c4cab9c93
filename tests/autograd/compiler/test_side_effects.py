"""Random numbers and side effects in compiled steps."""

import numpy as np

import autograd
from autograd import Tensor
from autograd.extend import nondeterministic


def test_nondeterministic_functions_are_called_in_each_replay():
    generator, twin = np.random.default_rng(3), np.random.default_rng(3)
    w = Tensor(np.ones(4), requires_grad=True)

    @autograd.compile
    def step(x):
        w.zero_grad()
        loss = (w * x * nondeterministic(generator.random, 4)).sum()
        loss.backward()
        return loss

    for _ in range(5):
        assert step(np.ones(4)).item() == twin.random(4).sum()


def test_functions_with_side_effects_may_keep_their_arguments():
    seen = []
    keep = autograd.extend.side_effect(lambda *values: seen.append(values))

    @autograd.compile
    def step(x):
        y = x * 2
        keep(y, y.sum())
        return y

    for k in range(5):
        step(np.full(2, float(k)))
    assert [(y.tolist(), total) for y, total in seen] == [([2.0 * k] * 2, 4.0 * k) for k in range(5)]


def test_nondeterministic_functions_of_arguments():
    generator, twin = np.random.default_rng(3), np.random.default_rng(3)
    step = autograd.compile(lambda x: nondeterministic(generator.poisson, x * 2) + 1)
    for k in range(5):
        np.testing.assert_array_equal(step(np.full(4, 10.0 * k)), twin.poisson(np.full(4, 20.0 * k)) + 1)
    assert step.fallback_reason == ""


def test_side_effects_that_take_and_return_trees():
    total = np.zeros(2)

    @autograd.extend.side_effect
    def count(batch, scale=None):
        total[...] += batch["x"] * scale["by"]
        return {"total": total.copy(), "pair": [(batch["x"][0] + 1, "text")]}

    @autograd.compile
    def step(x):
        counted = count({"x": x * 2}, scale={"by": x[0]})
        return counted["total"] + counted["pair"][0][0]

    for k in range(5):
        total[...] = 10
        assert step(np.full(2, float(k))).tolist() == [10 + 2 * k * k + 2 * k + 1.0] * 2
    assert step.fallback_reason == ""
