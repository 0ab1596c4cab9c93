"""A compiled step never differs from the eager one in silence."""

import copy
import math
import pickle
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Tensor, gradients
from autograd.core import trace_hooks
from autograd.extend import side_effect
from tests.autograd.compiler.training_steps import BATCHES, assert_same_training, hidden_state, run_fallback, training

ONES = np.ones((2, 3))


def test_the_first_two_replays_are_audited():
    take = hidden_state([1.0, 1.0, 2.0, 2.0])
    compiled = autograd.compile(lambda x: (x * take()).sum())
    with pytest.warns(UserWarning, match="run 3 was computed both ways, and in the replay the result differs"):
        assert [compiled(np.ones(1)) for _ in range(4)] == [1, 1, 2, 2]
    assert "computed both ways" in compiled.fallback_reason


def test_the_audit_finds_later_what_no_rule_foresees():
    take = hidden_state([1.0] * 4 + [2.0] * 3)
    compiled = autograd.compile(lambda x: (x * take()).sum())
    with pytest.warns(UserWarning, match="run 7 was computed both ways, and in the replay the result differs"):
        assert [compiled(np.ones(1)) for _ in range(8)] == [1, 1, 1, 1, 1, 1, 2, 2]  # runs 5 and 6 were replays alone
    assert "computed both ways" in compiled.fallback_reason


def test_without_audit_the_step_is_not_called_again():
    take = hidden_state([5.0] * 2)
    compiled = autograd.compile(lambda x: (x * take()).sum(), audit=False)
    assert [compiled(np.ones(1)) for _ in range(50)] == [5.0] * 50


def test_audits_at_growing_distances():
    runs = []
    compiled = autograd.compile(lambda x: x * 2)
    eager = compiled.step
    for k in range(1, 101):
        compiled.step = Mock(wraps=eager)
        compiled(np.ones(1))
        if compiled.step.call_count:
            runs.append(k)
    assert runs == [1, 2, 3, 4, 7, 13, 24, 45, 84]


def test_the_audit_leaves_parameters_optimizer_and_generators_as_the_eager_step_does():
    batches = BATCHES * 4  # runs 4, 7, 13 and 23 are audited
    assert_same_training(
        lambda: training(lambda parameters: optim.Adam(parameters, lr=0.01), batch_norm=True, dropout=0.3), batches
    )


def test_a_counter_of_the_step_runs_eagerly():
    calls = {"n": 0}

    def every_fourth(x):
        calls["n"] += 1
        return x.sum() * (10 if calls["n"] % 4 == 0 else 1)

    assert run_fallback(every_fourth, *[ONES] * 8, reason="an item is set") == [6, 6, 6, 60, 6, 6, 6, 60]


def test_a_declared_write_is_replayed():
    state = {"y": np.zeros((2, 3))}
    add = side_effect(lambda value: state.update(y=state["y"] + value))
    compiled = autograd.compile(lambda x: add(x * 1.0))
    for k in range(8):
        compiled(ONES * k)
    assert type(state["y"]) is np.ndarray
    assert state["y"][0, 0] == sum(range(8))
    assert compiled.fallback_reason == ""


def test_a_recurrent_state_is_never_stale():
    state = {"y": 0.0}

    def step(x):
        state["y"] = state["y"] + x.sum()
        return state["y"]

    assert run_fallback(step, *[ONES * k for k in range(6)], reason="an item is set") == [0, 6, 18, 36, 60, 90]
    assert not hasattr(state["y"], "value_id")


def test_the_reason_names_line_and_variable():
    def step(x):
        total = x.sum()
        return x * float(total)

    run_fallback(step, ONES, ONES, reason="converted to a Python number, variable 'total'")
    compiled = autograd.compile(step)
    with pytest.warns(UserWarning, match=r"test_contract.py:\d+: return x \* float\(total\)"):
        compiled(ONES)


@pytest.mark.parametrize(
    "step",
    [
        lambda x: x.transpose().sum(axis=1),
        lambda x: x.view() * 2,
        lambda x: divmod(x, 0.7)[1] + divmod(7.0, x + 1)[0],
        lambda x: round(Tensor(x), 1),
        lambda x: x.item(0) * x,
        lambda x: copy.deepcopy(x) + 1,
        lambda x: x.sum(1, np.float32),
        lambda x: x.reshape(3, 2, order="F") ** 2,
        lambda x: f"{x.sum():.2f}",
        lambda x: {x.sum(): 1}[x.sum()],
        lambda x: x.sum() ** 3,
        lambda x: Tensor(x) * 2 + Tensor(x.sum(), dtype="float32"),
        lambda x: x * int(x.sum()) + math.trunc(x.max()) + round(x.max()),
        lambda x: x * len(str(x)) + len(repr(x.sum())),
        lambda x: x * len(pickle.dumps(x)) + len(x.tolist()) + [4, 5, 6, 7, 8, 9, 10][x.astype(int).min()],
        lambda x: copy.copy(x.sum()) + copy.copy(x) + sum(row.sum() for row in x),
        lambda x: x.trace() * x.nbytes + np.dot(x.T, x, np.empty((3, 3))).sum(),
        lambda x: np.repeat(x, np.array([1, 2]), axis=0).sum(0, keepdims=True) ** x[0, 0],
        lambda x: np.median(x * 1.0, overwrite_input=True) + x,
        lambda x: x << 1 if x.dtype.kind == "i" else x,
    ],
)
def test_whatever_runs_eagerly_runs(step):
    compiled = autograd.compile(step)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k in range(5):
            x = ONES * k + 0.3
            actual, expected = compiled(x), step(x)
            assert type(actual) is type(expected)
            np.testing.assert_array_equal(*(t.numpy() if isinstance(t, Tensor) else t for t in (actual, expected)))


@pytest.mark.parametrize(
    "options", [{"weight": np.array([1.0, 2.0, 3.0])}, {"label_smoothing": 0.1}, {"ignore_index": 1}, {"reduction": "sum"}]
)
def test_options_of_losses_are_replayed(options):
    def make():
        model, loss = nn.MLP([6, 5, 3], rng=0), nn.CrossEntropyLoss(**options)
        optimizer = optim.SGD(model.parameters(), lr=0.1)

        def step(x, y):
            optimizer.zero_grad()
            error = loss(model(x), y)
            error.backward()
            optimizer.step()
            return error

        return model, step

    assert_same_training(make)


def test_generators_that_end_early_are_followed():
    sizes = [1, 2, 3]

    def step(x):
        try:
            scale = next(size for size in sizes if size > 1)
            [].pop()
        except IndexError:
            scale += any(size > 0 for size in sizes)
        return x * scale

    compiled = autograd.compile(step)
    assert [compiled(ONES).sum() for _ in range(5)] == [18] * 5
    sizes[1] = 1
    assert [compiled(ONES).sum() for _ in range(5)] == [24] * 5
    assert compiled.fallback_reason == ""


def test_second_derivatives_are_replayed():
    w = Tensor([1.0, 2.0], requires_grad=True)

    def step(x):
        w.zero_grad()
        (slope,) = gradients((w**3 * x).sum(), [w], create_graph=True)
        loss = (slope * slope).sum()
        loss.backward()
        return loss

    compiled = autograd.compile(step)
    for k in range(6):
        assert compiled(np.array([1.0, k])).item() == step(np.array([1.0, k])).item()
    assert compiled.fallback_reason == ""


def test_one_compiled_function_in_several_threads():
    compiled = autograd.compile(lambda x: np.tanh(x.T).T.reshape(-1).cumsum() * 2)
    xs = [np.random.default_rng(k).normal(size=(5, 4)) for k in range(200)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(compiled, xs))
    for x, result in zip(xs, results):
        np.testing.assert_array_equal(result, compiled.step(x))
    assert compiled.fallback_reason == ""
    assert not trace_hooks.any_active


def test_compiled_training_in_two_threads():
    def train(_):
        model = nn.MLP([6, 8, 3], rng=0)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        optim.fit(model, nn.CrossEntropyLoss(), BATCHES[0], optimizer=optimizer, epochs=6, rng=0, progress=False, compile=True)
        return model.layers[0].weight.numpy().tobytes()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(train, range(20)))) == 1
    assert not trace_hooks.any_active


def test_the_number_of_replays_is_bounded_and_told():
    compiled = autograd.compile(lambda x: x * 2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for n in range(1, 100):
            for _ in range(3):
                compiled(np.ones(n))
    assert len(compiled._replays) == 32
    assert ["more kinds of arguments than replays are kept" in str(warning.message) for warning in caught] == [True]
    assert compiled(np.ones(99)).sum() == 198


def test_the_memory_of_replays_is_bounded_and_told(monkeypatch):
    monkeypatch.setattr("autograd.compiler.compiled_step.MAX_BYTES", 1 << 20)
    compiled = autograd.compile(lambda x: (x * 2).sum())
    with pytest.warns(UserWarning, match=r"replays are kept \(32, or 1 MB\)"):
        sums = [compiled(np.ones((n, 8192))) for n in range(1, 7) for _ in range(4)]
    assert sums == [2 * n * 8192 for n in range(1, 7) for _ in range(4)]
    assert 6 * 8192 * 8 <= compiled.nbytes <= 1 << 20


def test_a_value_that_changes_in_every_run_ends_the_replays():
    rates = {"lr": 0.0}
    decay = side_effect(lambda: rates.update(lr=rates["lr"] + 1))

    def step(x):
        decay()
        return (x * rates["lr"]).sum()

    compiled = autograd.compile(step)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert [compiled(np.ones(1)) for _ in range(40)] == [k + 1.0 for k in range(40)]
    assert compiled.fallback_reason


@pytest.mark.parametrize("value", [0, 0.5, "text", (1, 2.5), np.float64(1.5)])
def test_a_value_that_changes_every_few_runs_ends_the_replays(value):
    settings, others = {"value": value, "list": [value]}, iter(range(1, 99))

    def step(x):
        return x * len(str(settings["value"])) * len(str(settings["list"][0]))

    compiled = autograd.compile(step)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for k in range(60):
            if k % 3 == 0:
                settings["value"] = type(value)(next(others) for _ in range(3)) if isinstance(value, tuple) else value * (k + 1)
            assert compiled(ONES)[0, 0] == step(ONES)[0, 0]
    assert ["'value' changes from run to run" in str(warning.message) for warning in caught] == ([True] if value else [])


def test_a_global_number_gives_no_syntax_warning():
    source = """
import numpy as np, autograd
N = 3
step = autograd.compile(lambda x: x.sum() * N)
assert [step(np.ones(2)) for _ in range(4)] == [6.0] * 4
N = 4
assert step(np.ones(2)) == 8.0
"""
    subprocess.run([sys.executable, "-W", "error", "-c", source], check=True)
