"""Compiled steps are bit-identical to the step."""

from unittest.mock import Mock

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Tensor, gradients, no_grad
from tests.autograd.compiler.training_steps import BATCHES, Outputs, assert_same_training, rng, step_of, training


@pytest.mark.parametrize(
    "make_optimizer",
    [
        lambda parameters: optim.SGD(parameters, lr=0.1),
        lambda parameters: optim.SGD(parameters, lr=0.1, momentum=0.9, nesterov=True, penalty=optim.ElasticNet(1e-3)),
        lambda parameters: optim.Adam(parameters, lr=0.01),
        lambda parameters: optim.LAMB(parameters, lr=0.01),
    ],
)
def test_training_is_bit_identical(make_optimizer):
    assert_same_training(lambda: training(make_optimizer))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu", "elu", "softplus", "prelu"])
def test_any_activation(activation):
    assert_same_training(lambda: training(lambda parameters: optim.SGD(parameters, lr=0.1), activation=activation))


def test_batch_norm_and_dropout():
    assert_same_training(
        lambda: training(lambda parameters: optim.Adam(parameters, lr=0.01), batch_norm=True, dropout=0.3), replays=1
    )


def test_single_precision():
    def make():
        model, step = training(lambda parameters: optim.SGD(parameters, lr=0.1))
        model.astype("float32")
        return model, step

    assert_same_training(make, [(x.astype("float32"), y) for x, y in BATCHES])


def test_each_shape_has_its_own_replay():
    short = [(x[:5], y[:5]) for x, y in BATCHES]
    mixed = [pair for pairs in zip(BATCHES, short) for pair in pairs]
    assert_same_training(lambda: training(lambda parameters: optim.SGD(parameters, lr=0.1)), mixed, replays=2)


def test_clipping_schedules_and_averages_are_replayed():
    def make():
        model = nn.Linear(6, 3, rng=0)
        optimizer = optim.SGD(model.parameters(), lr=0.5)
        schedule = optim.ExponentialLR(optimizer, gamma=0.9)
        average = optim.EMA(model.parameters(), decay=0.5)
        model.averaged = average

        def step(x, y):
            optimizer.zero_grad()
            error = nn.functional.cross_entropy(model(x), y)
            error.backward()
            optim.clip_grad_norm(model.parameters(), 0.1)
            optimizer.step()
            schedule.step()
            average.update()
            return error

        return model, step

    assert_same_training(make)


def test_step_is_not_called_in_replays():
    w = Tensor([1.0, 2.0], requires_grad=True)

    def eager(x):
        w.zero_grad()
        loss = (w * x).sum()
        loss.backward()
        return loss, {"not": "an array"}["not"]

    step = autograd.compile(eager)
    step.step = Mock(wraps=eager)
    results = [step(np.array([1.0, k])) for k in range(5)]
    assert step.step.call_count == 4  # two traced runs, and two that are audited
    assert [(loss.item(), text) for loss, text in results] == [(1.0 + 2 * k, "an array") for k in range(5)]
    assert not any(loss.requires_grad for loss, _ in results[1:])
    np.testing.assert_array_equal(w.grad.numpy(), [1.0, 4.0])


@pytest.mark.parametrize("product", [lambda x, w: x @ w, lambda x, w: (x * w).sum(axis=1), lambda x, w: np.matmul(x, w)])
def test_arguments_at_the_left_of_tensors(product):
    w = Tensor([1.0, 2.0], requires_grad=True)

    @autograd.compile
    def step(x):
        w.zero_grad()
        loss = product(x, w).sum()
        loss.backward()
        return loss

    assert [step(np.full((3, 2), float(k))).item() for k in range(4)] == [0.0, 9.0, 18.0, 27.0]
    assert step.fallback_reason == ""
    np.testing.assert_array_equal(w.grad.numpy(), [9.0, 9.0])


def test_gradients_add_up_without_zero_grad():
    w = Tensor([1.0, 2.0], requires_grad=True)

    @autograd.compile
    def step(x):
        (w * x).sum().backward()

    for k in range(5):
        step(np.array([1.0, k]))
    np.testing.assert_array_equal(w.grad.numpy(), [5.0, 10.0])
    assert step.fallback_reason == ""


def test_a_result_is_not_overwritten_by_the_next_run():
    w = Tensor([1.0], requires_grad=True)

    @autograd.compile
    def step(x):
        w.zero_grad()
        y = w * x
        y.sum().backward()
        return y

    results = [step(np.array([float(k)])) for k in range(5)]
    assert [y.item() for y in results] == [0, 1, 2, 3, 4]


def test_second_derivatives_inside_a_step():
    w = Tensor([1.0, 2.0], requires_grad=True)

    def step(x):
        w.zero_grad()
        (slope,) = gradients((w**3 * x).sum(), [w], create_graph=True)
        penalty = (slope * slope).sum()
        penalty.backward()
        return penalty

    compiled = autograd.compile(step)
    for x in rng.normal(size=(5, 2)):
        expected, gradient = step(x).item(), w.grad.numpy().copy()
        assert compiled(x).item() == expected
        np.testing.assert_array_equal(w.grad.numpy(), gradient)
    assert compiled.fallback_reason == ""


def test_an_error_in_the_step_comes_through():
    w = Tensor([1.0, 2.0], requires_grad=True)
    step = autograd.compile(lambda x: (w * x).sum())
    with pytest.raises(autograd.ShapeError):
        step(np.ones(3))
    assert step(np.ones(2)).item() == 3.0


@pytest.mark.parametrize(
    "loss",
    [
        lambda w, x: (w * x).sum() + (w * w).sum(),
        lambda w, x: (w * x * w[::-1]).sum(),
        lambda w, x: (x * nn.functional.softmax(w)).sum() + np.stack([w, w]).sum(),
        lambda w, x: (w * x).sum() * (w.detach() ** 2).sum(),
        lambda w, x: (w * x).sum() * (w.data**2).sum(),
        lambda w, x: (w * x).sum() + gradients((w * w).sum(), [w])[0].sum(),
    ],
)
def test_values_computed_from_parameters_alone_follow_them(loss):
    (step, w), (twin_step, twin) = step_of(loss), step_of(loss)
    compiled = autograd.compile(twin_step)
    for k in range(6):
        x = np.array([1.0, k])
        assert compiled(x).item() == step(x).item()
        np.testing.assert_array_equal(twin.grad.numpy(), w.grad.numpy())
        if k >= 2:  # the parameters were the same in the traced runs
            with no_grad():
                w *= 0.5
                twin *= 0.5
    assert compiled.fallback_reason == ""


def test_gradients_of_a_linear_loss_follow_the_weights():
    def make():
        model = nn.MLP([3, 4, 1], rng=0)

        def step(x):
            loss = model(x).mean()
            loss.backward()
            return loss

        return model, step

    (model, step), (twin, twin_step) = make(), make()
    compiled = autograd.compile(twin_step)
    for _ in range(4):
        for network, f in ((model, step), (twin, compiled)):
            network.zero_grad()
            for x, _ in BATCHES[:3]:
                f(x[:, :3])
            optim.SGD(network.parameters(), lr=0.5).step()
        for parameter, twin_parameter in zip(model.parameters(), twin.parameters()):
            np.testing.assert_array_equal(parameter.numpy(), twin_parameter.numpy())
    assert compiled.fallback_reason == ""


def test_arguments_may_be_nested_or_given_by_name():
    w = Tensor([1.0, 2.0], requires_grad=True)

    @autograd.compile
    def step(batch, scale=1.0):
        (x, y), more = batch
        return (w * x).sum() + y.sum() * scale + more["z"].sum()

    for k in range(5):
        x = np.array([1.0, k])
        assert step(((x, [x][0]), {"z": x}), scale=2.0).item() == (1 + 2 * k) + 3 * (1 + k)
    assert step(batch=[(x, x), {"z": x}]).item() == 9.0 + 10.0
    assert step.fallback_reason == ""
    assert len(step._replays) == 1


def test_named_tuples_are_returned():
    w = Tensor([1.0, 2.0], requires_grad=True)
    step = autograd.compile(lambda x: Outputs((w * x).sum(), w * x))
    for k in range(4):
        assert step(np.full(2, k)).total.item() == 3.0 * k


def test_new_arrays_that_the_step_fills():
    def step(x):
        rows = np.empty_like(x, shape=(3, *x.shape))
        total = np.zeros_like(x)
        for k, row in enumerate(rows):
            np.multiply(x, k, out=row)
            total += row
        first = np.zeros_like(x)
        first[0] = x[0]
        return total, first, rows[::-1]

    compiled = autograd.compile(step)
    for k in range(6):
        x = rng.normal(size=4) + k
        for actual, expected in zip(compiled(x), step(x)):
            np.testing.assert_array_equal(actual, expected)
    assert compiled.fallback_reason == ""


def test_a_value_is_kept_as_long_as_its_views():
    @autograd.compile
    def step(x):
        left, right = np.split(x * 2, 2)
        noise = np.exp(x * 3) * 5
        return left + right, noise

    for k in range(4):
        assert step(np.arange(4.0) + k)[0].tolist() == [4 + 4.0 * k, 8 + 4.0 * k]


def test_short_forms_of_products_transposes_and_elements():
    w = Tensor(rng.normal(size=(6, 4)), requires_grad=True)
    index = np.array([2, 0, 1])

    def step(x):
        w.zero_grad()
        a = x.T.copy()
        a[0] = 2.0
        loss = (np.dot(a.T[index], w) * np.dot(a.reshape(6, -1).T.take(index, axis=0), w)).sum() + (x @ w)[index].sum()
        loss.backward()
        return loss

    compiled = autograd.compile(step)
    for x, _ in BATCHES:
        expected, gradient = step(x).item(), w.grad.numpy().copy()
        assert compiled(x).item() == expected
        np.testing.assert_array_equal(w.grad.numpy(), gradient)
    assert compiled.fallback_reason == ""


def test_the_name_of_the_file_that_holds_an_operation_decides_nothing(tmp_path):
    source = """
import numpy as np
from autograd import operation

@operation(lambda g, x: 2 * g * x)
def doubled_area(x, /):
    return np.asarray(x, dtype=float) ** 2  # which needs a real array
"""
    compiled = {}
    for name in ("my_engine.py", "recorder.py", "area.py"):
        path = tmp_path / name
        path.write_text(source)
        scope = {}
        exec(compile(source, str(path), "exec"), scope)
        w = Tensor([1.0, 2.0], requires_grad=True)

        def step(x, w=w, operation=scope["doubled_area"]):
            w.zero_grad()
            loss = operation(w * x).sum()
            loss.backward()
            return loss

        compiled[name] = autograd.compile(step)
        assert [compiled[name](np.array([k, 1.0])).item() for k in (0.0, 1.0, 2.0, 3.0)] == [4.0, 5.0, 8.0, 13.0]
    assert {name: each.fallback_reason for name, each in compiled.items()} == dict.fromkeys(compiled, "")


def test_dicts_and_nested_results_are_returned():
    w = Tensor([1.0, 2.0], requires_grad=True)
    step = autograd.compile(lambda x: {"loss": (w * x).sum(), "more": [x + 1, ("text", None)], "empty": ()})
    for k in range(4):
        result = step(np.full(2, float(k)))
        assert list(result) == ["loss", "more", "empty"]
        assert (result["loss"].item(), result["more"][0].tolist()) == (3.0 * k, [k + 1.0] * 2)
        assert (result["more"][1], result["empty"]) == (("text", None), ())
    assert step.fallback_reason == ""
    assert "1 replay" in repr(step)
