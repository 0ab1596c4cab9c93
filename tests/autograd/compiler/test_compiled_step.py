"""Compiled steps are bit-identical to the step, or fall back to it and say why."""

import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Tensor, gradients, no_grad
from autograd.extend import nondeterministic

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


def test_the_step_is_not_called_any_more():
    calls = []
    w = Tensor([1.0, 2.0], requires_grad=True)

    @autograd.compile
    def step(x):
        calls.append(1)
        w.zero_grad()
        loss = (w * x).sum()
        loss.backward()
        return loss, {"not": "an array"}["not"]

    results = [step(np.array([1.0, k])) for k in range(5)]
    assert len(calls) == 2
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


def test_fallback_reasons():
    w = Tensor([1.0, 2.0], requires_grad=True)
    generator = np.random.default_rng(0)
    xs = [np.array([1.0, k]) for k in range(6)]

    def as_number(x):
        return (w * x).sum().item()

    assert run_fallback(as_number, *xs, reason="Python number") == [1.0 + 2 * k for k in range(6)]

    def as_array(x):
        return np.asarray((w * x).numpy()) + 1

    assert [y.tolist() for y in run_fallback(as_array, *xs, reason="array")] == [[2.0, 1 + 2.0 * k] for k in range(6)]

    def reads_gradients(x):
        w.zero_grad()
        (w * x).sum().backward()
        with no_grad():
            return (w.grad * 2).tolist()

    assert run_fallback(reads_gradients, *xs, reason="gradient was read") == [[2.0, 2.0 * k] for k in range(6)]

    def in_place(x):
        with no_grad():
            w.data = w.data * 2
        return (w * x).sum()

    assert [y.item() for y in run_fallback(in_place, *xs, reason="was replaced")] == [
        2.0 ** (k + 1) * (1 + 2 * k) for k in range(6)
    ]

    def random(x):
        return (w * x).sum() * generator.random()

    run_fallback(random, *xs, reason="another value")

    def higher_order(x):
        (slope,) = gradients((w * w * x).sum(), [w], create_graph=True)
        slope.sum().backward(create_graph=True)
        return slope

    w.data = np.array([1.0, 2.0])
    assert [y.tolist() for y in run_fallback(higher_order, *xs, reason="create_graph")] == [[2.0, 4.0 * k] for k in range(6)]


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


def step_of(loss):
    """A step that computes the gradients of loss(w, x), and its w."""
    w = Tensor([1.0, 2.0], requires_grad=True)

    def step(x):
        w.zero_grad()
        error = loss(w, x)
        error.backward()
        return error

    return step, w


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


def test_values_computed_inside_no_grad_fall_back():
    w = Tensor([1.0, 2.0], requires_grad=True)

    def step(x):
        with no_grad():
            norm = w * w
        return (w * x * norm).sum()

    xs = [np.ones(2)] * 5
    assert [y.item() for y in run_fallback(step, *xs, reason="no_grad")] == [9.0] * 5


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


def test_equal_numbers_of_different_types_have_their_own_replay():
    w = Tensor([1.0], requires_grad=True)
    step = autograd.compile(lambda x, k: (w * x).sum() * (10 if k is True else 1) * np.copysign(1.0, k))
    numbers = [1, 1, 1, True, 1.0, 0.0, 0.0, 0.0, -0.0]
    assert [step(np.ones(1), k).item() for k in numbers] == [1, 1, 1, 10, 1, 1, 1, 1, -1]


def test_returned_python_numbers_that_change_fall_back():
    calls = []

    def counted(x):
        calls.append(1)
        return (x * 2).sum(), len(calls)

    assert [n for _, n in run_fallback(counted, *[np.ones(2)] * 5, reason="returned different")] == [1, 2, 3, 4, 5]


def test_named_tuples_are_returned():
    w = Tensor([1.0, 2.0], requires_grad=True)
    step = autograd.compile(lambda x: Outputs((w * x).sum(), w * x))
    for k in range(4):
        assert step(np.full(2, k)).total.item() == 3.0 * k


def test_arrays_changed_in_place_by_the_step():
    @autograd.compile
    def cleared(x):
        total = x.sum()
        x[...] = 0
        return total

    @autograd.compile
    def through_a_view(x):
        y = x * 2
        part = y[:1]
        part += 5
        y[1:][...] = 0
        return y

    for k in range(5):
        x = np.full(2, float(k))
        assert through_a_view(x).tolist() == [2.0 * k + 5, 0]
        assert cleared(x) == 2.0 * k
        assert x.tolist() == [0, 0]

    def branches(x):
        x += 1
        return -x.sum() if x[0] > 3 else x.sum()

    xs = [np.full(2, float(k)) for k in (0, 0, 0, 5, 0)]
    assert run_fallback(branches, *xs, reason="after a side effect") == [2, 2, 2, -12, 2]
    assert [x[0] for x in xs] == [1, 1, 1, 6, 1]


def test_a_value_is_kept_as_long_as_its_views():
    @autograd.compile
    def step(x):
        left, right = np.split(x * 2, 2)
        noise = np.exp(x * 3) * 5
        return left + right, noise

    for k in range(4):
        assert step(np.arange(4.0) + k)[0].tolist() == [4 + 4.0 * k, 8 + 4.0 * k]


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


def test_selection_by_a_mask_falls_back():
    w = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    xs = [np.array(x) for x in ([1.0, 3.0, 4.0], [1.0, 3.0, 4.0], [1.0, 1.0, 4.0], [1.0, 1.0, 1.0])]
    expected = [36.0, 36.0, 24.0, 0.0]
    assert [y.item() for y in run_fallback(lambda x: (w * x)[x > 2].sum() * 2, *xs, reason="selected")] == expected
    assert [y.item() for y in run_fallback(lambda x: w[x > 2].sum(), *xs, reason="")] == [5.0, 5.0, 3.0, 0.0]
    assert [y.item() for y in run_fallback(lambda x: (w[0] * x[np.nonzero(x > 2)[0]]).sum(), *xs, reason="selected")] == [
        7,
        7,
        4,
        0,
    ]


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


def test_array_methods_that_cannot_be_traced_fall_back():
    assert run_fallback(lambda x: x.flatten().dot(x), *[np.ones(2)] * 3, reason="flatten") == [2.0] * 3


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
        assert len(caught) == (i == 4)
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


def test_methods_with_the_name_of_an_attribute_of_traced_arrays():
    assert run_fallback(lambda x: x.trace() * 1, *[np.eye(2)] * 3, reason="trace") == [2.0] * 3
