"""Guards of compiled steps: a replay is not used after a value that the step reads has changed."""

import warnings

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Tensor, no_grad
from tests.autograd.compiler.training_steps import BATCHES, training


def test_new_data_of_a_parameter_is_guarded():
    w = Tensor([1.0, 2.0], requires_grad=True)

    @autograd.compile
    def step(x):
        w.zero_grad()
        loss = (w * x).sum()
        loss.backward()
        return loss

    x = np.array([1.0, 1.0])
    assert [step(x).item() for _ in range(3)] == [3.0] * 3
    w.data = np.array([10.0, 20.0])
    assert [step(x).item() for _ in range(3)] == [30.0] * 3


FACTOR = 1.0


def test_closure_and_global_variables_are_guarded(monkeypatch):
    w, offset = Tensor([1.0, 2.0], requires_grad=True), 0.0

    @autograd.compile
    def step(x):
        w.zero_grad()
        loss = (w * x).sum() * FACTOR + offset
        loss.backward()
        return loss

    x = np.array([1.0, 1.0])
    assert [step(x).item() for _ in range(3)] == [3.0] * 3
    monkeypatch.setitem(step.step.__globals__, "FACTOR", 2.0)
    assert [step(x).item() for _ in range(3)] == [6.0] * 3
    offset = 1.0
    assert [step(x).item() for _ in range(3)] == [7.0] * 3


def test_training_mode_is_guarded():
    model = nn.Sequential(nn.Linear(3, 3, rng=0), nn.Dropout(0.5, rng=0))

    @autograd.compile
    def step(x):
        model.zero_grad()
        out = model(x)
        out.sum().backward()
        return out

    x = np.ones((4, 3))
    for _ in range(4):
        assert np.any(step(x).numpy() == 0)
    model.eval()
    for _ in range(4):
        assert not np.any(step(x).numpy() == 0)
    assert step.fallback_reason == ""


def test_branches_are_guarded():
    w = Tensor(1.0, requires_grad=True)

    @autograd.compile
    def step(x):
        y = w * x
        loss = y * 2 if y.data > 0 else -y
        loss.backward()
        return loss

    assert [step(np.float64(v)).item() for v in (1, 2, 3, -4, 5, -6, -7, -8, 9)] == [2, 4, 6, 4, 10, 6, 7, 8, 18]
    assert step.fallback_reason == ""


def test_equal_numbers_of_different_types_have_their_own_replay():
    w = Tensor([1.0], requires_grad=True)
    step = autograd.compile(lambda x, k: (w * x).sum() * (10 if k is True else 1) * np.copysign(1.0, k))
    numbers = [1, 1, 1, True, 1.0, 0.0, 0.0, 0.0, -0.0]
    assert [step(np.ones(1), k).item() for k in numbers] == [1, 1, 1, 10, 1, 1, 1, 1, -1]


def test_requires_grad_hooks_and_layers_are_guarded():
    def run(wrap):
        first, second = (Tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
        model = nn.Sequential(nn.Linear(2, 2, rng=0), nn.Tanh())

        @wrap
        def step(x):
            first.zero_grad(), second.zero_grad()
            loss = (first * second * model(x)).sum()
            loss.backward()
            return loss

        for k in range(15):
            if k in (3, 6):
                second.requires_grad = k == 6
            if k == 8:
                handle = first.register_hook(lambda g: g * 10)
            if k == 10:
                handle.remove()
            if k == 12:
                model[0] = nn.Linear(2, 2, rng=7)
            loss = step(np.full((1, 2), 1.0 + k))
            yield loss.item(), first.grad.tolist(), str(second.grad)

    assert list(run(autograd.compile)) == list(run(lambda step: step))


def test_new_data_is_guarded_without_a_graph():
    w = Tensor([1.0, 2.0], requires_grad=True)
    model = nn.Linear(2, 1, rng=0)

    @autograd.compile
    def predict(x):
        with no_grad():
            return w * x, model(x)

    for k in range(6):
        if k == 3:
            w.data = np.array([5.0, 5.0])
            model.weight.data = np.ones(model.weight.shape)
            bias = model.bias.item()
    out, product = predict(np.ones((1, 2)))
    assert out.tolist() == [[5.0, 5.0]]
    assert product.item() == 2.0 + bias


def test_methods_and_inner_functions(monkeypatch):
    class Holder:
        def __init__(self, value):
            self.w = Tensor(value, requires_grad=True)

        @autograd.compile
        def step(self, x):
            return (lambda y: y * FACTOR)(self.w * x).sum()

    first, second = Holder([1.0]), Holder([2.0])
    for k in range(4):
        assert first.step(np.full(1, float(k))).item() == k
        assert second.step(np.full(1, float(k))).item() == 2 * k
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    assert first.step(np.ones(1)).item() == 3.0


def test_ignored_labels_are_guarded_before_any_side_effect():
    batches = [(x, y.copy()) for x, y in BATCHES]
    batches[4][1][3] = -100
    (model, step), (twin, twin_step) = (
        training(lambda parameters: optim.SGD(parameters, lr=0.1), batch_norm=True) for _ in range(2)
    )
    compiled = autograd.compile(twin_step)
    for i, (x, y) in enumerate(batches):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert compiled(x, y).item() == step(x, y).item()
        assert not caught, i
        for array, twin_array in zip(model.state_dict().values(), twin.state_dict().values()):
            np.testing.assert_array_equal(array, twin_array)


def test_a_label_too_large_raises_as_in_the_eager_step():
    _, step = training(lambda parameters: optim.SGD(parameters, lr=0.1))
    compiled = autograd.compile(step)
    for x, y in BATCHES[:3]:
        compiled(x, y)
    with pytest.raises(autograd.DataError, match="class"):
        compiled(BATCHES[0][0], BATCHES[0][1] + 3)


def test_a_branch_on_changed_arguments_is_not_hoisted():
    w = Tensor([1.0, 2.0], requires_grad=True)

    @autograd.extend.side_effect
    def shift(x):
        x += 1.0

    def step(x):
        shift(x)
        loss = (w * x).sum() if x[0] > 0 else (w - x).sum()
        w.zero_grad()
        loss.backward()
        return loss

    compiled = autograd.compile(step)
    with pytest.warns(UserWarning, match="branches on a value after a side effect"):
        results = [compiled(np.array([start, 1.0])).item() for start in (0.0, 0.0, 0.0, -3.0)]
    assert results == [step(np.array([start, 1.0])).item() for start in (0.0, 0.0, 0.0, -3.0)]
