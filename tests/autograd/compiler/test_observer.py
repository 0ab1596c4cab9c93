"""Reads of a step are guards of its replay, and writes that outlive a run are seen.

A trace function runs with tracing off, so coverage does not measure the observer. Here each instruction is followed in a
second thread, which is measured, while the step waits.
"""

import datetime
import itertools
import operator
import os
import weakref
from array import array
from collections import OrderedDict, defaultdict
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.compiler.bytecode import Stack
from tests.autograd.compiler.step_programs import HIDDEN, READS, STATE, check, plain_program, random_program
from tests.autograd.compiler.training_steps import run_fallback

ONES = np.ones((2, 3))


@pytest.fixture(autouse=True)
def second_thread(monkeypatch):
    execute = Stack.execute
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(Stack, "execute", lambda stack, frame: pool.submit(execute, stack, frame).result())
        yield


@pytest.mark.parametrize("read", READS)
def test_a_read_that_changes_is_noticed(read):
    program = plain_program(read=read)
    assert check(program) == "same", program.notes
    assert program.reason == ""


@pytest.mark.parametrize("state", [state for state in STATE if state not in HIDDEN])
def test_a_write_that_outlives_the_run_is_seen(state):
    program = plain_program(state=state)
    assert check(program) == "same", program.notes
    assert bool(program.reason) == (state not in ("none", "declared draw", "declared write"))


@pytest.mark.parametrize("seed", range(8))
def test_random_programs(seed):
    program = random_program(seed)
    assert check(program) != "wrong", program.notes


@pytest.mark.parametrize(
    "step",
    [
        lambda x: x * 2 if type(x) is np.ndarray else x * 3,
        lambda x: [y * 2 if type(y) is np.ndarray else y * 3 for y in (x, x + 1)][1],
        lambda x: x * 2 if type((x + 1).T) is np.ndarray else x * 3,
        lambda x: x * len({*map(type, [x, x.sum(), x.T])}),
    ],
)
def test_the_type_of_a_value_is_that_of_the_eager_run(step):
    expected = step(ONES)
    for result in run_fallback(step, *[ONES] * 4, reason="asks for the type of a value"):
        np.testing.assert_array_equal(result, expected)


def test_the_types_of_values_in_lists_dicts_tuples_and_tensors():
    def step(x):
        boxes, pair, table, tensor = [x], (x, 1), {"x": x}, Tensor(x)
        types = [type(boxes[0]), type(pair[0]), type(table["x"]), type(tensor.data)]
        return x * sum(cls is np.ndarray for cls in types)

    results = run_fallback(step, *[ONES] * 3, reason="asks for the type of a value")
    assert [result.sum() for result in results] == [24] * 3


def test_types_of_other_objects_may_be_asked_for():
    scale = SimpleNamespace(by=2.0)
    compiled = autograd.compile(lambda x: Tensor(x) * scale.by if type(scale) is SimpleNamespace else x)
    assert [compiled(ONES).data.sum() for _ in range(5)] == [12] * 5
    assert compiled.fallback_reason == ""


class Scale:
    def __init__(self, by):
        self.by = by


SCALE, WORDS = Scale(2.0), np.array(["one", None])
CONFIG, SCALE_REFERENCE = {"scale": SCALE}, weakref.ref(SCALE)
COUNTS = [1, 2, 3]
ADVANCE, NUMBERS, TABLE, BIG = itertools.count().__next__, array("d", [1.0]), np.zeros(2), np.zeros((1 << 21) + 1)


def take_next(ticks):
    return next(ticks)


def write_everywhere(x, ticks):
    global count
    SCALE.extra = 1
    del SCALE.extra
    CONFIG["extra"] = 1
    del CONFIG["extra"]
    COUNTS[:] = [1, 2, 3]
    COUNTS[0] += 1
    count = COUNTS[1:][0]
    del count
    first, *others = COUNTS
    return x * first * len(others)


class Loaded:
    by = property(operator.attrgetter("value"))

    def __init__(self):
        self.value = 2.0

    def __getattr__(self, name):
        return self.value

    @staticmethod
    def triple(x):
        return x * 3

    @classmethod
    def double(cls, x):
        return x * 2


def read_everywhere(x, loaded):
    local = {"scale": loaded.by}
    twice = lambda y: loaded.double(y) * local["scale"]
    try:
        local["missing"]
    except KeyError:
        local.update(other=loaded.unknown)
    return twice(x) + local["other"] + Loaded.triple(x) + sum([*COUNTS][:1]) + getattr(loaded, "value")  # noqa: B009


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (lambda x, ticks: x + sum(itertools.islice(ticks, 1)), "islice may change a count"),
        (lambda x, ticks: x + operator.methodcaller("__next__")(ticks), "may change a count"),
        (lambda x, ticks: x + take_next(ticks), "next may change a count"),
        (lambda x, ticks, advance=ADVANCE: x + advance(), "__next__ may change an object"),
        (lambda x, ticks, numbers=NUMBERS: x + numbers[0], "reads an item of a array"),
        (lambda x, ticks, now=datetime.datetime.now: x + now().year, "calls datetime.now"),
        (lambda x, ticks, calls=[]: (calls.insert(0, 1), x + len(calls))[1], "insert changes a list"),
        (lambda x, ticks: x + datetime.datetime.now().year, "calls datetime.now"),
        (lambda x, ticks: x + len(os.environ["PATH"]), "an item of a _Environ"),
        (lambda x, ticks: x + CONFIG.get("scale").by, "the attribute by"),
        (lambda x, ticks: x + sorted(CONFIG.values())[0].by, "reads an item of an object"),
        (lambda x, ticks: x + SCALE_REFERENCE().by, "may change a ReferenceType"),
        (lambda x, ticks: x + len(WORDS[0]), "an array of objects"),
        (write_everywhere, "the attribute extra is set"),
        (lambda x, ticks: exec("x = 1") or x * 1, "calls exec"),
        (lambda x, ticks: x * np.random.rand(), "draws random numbers"),
        (lambda x, ticks, table=TABLE: (np.copyto(table, 1.0), x * table[0])[1], "copyto changes an array"),
        (lambda x, ticks, table=TABLE: (table.fill(1.0), x * table[0])[1], "fill changes an array"),
        (lambda x, ticks, big=BIG: x + big[0], "pass it as an argument"),
        (lambda x, ticks, long=[1.0] * 10_001: x + sum(long), "a list of 10001 elements"),
    ],
)
def test_calls_whose_result_a_replay_would_not_repeat(step, reason):
    ticks = itertools.count()
    run_fallback(lambda x: step(x, ticks), ONES, ONES, reason=reason)


def test_attributes_that_another_function_reads_are_guarded(monkeypatch):
    w = Tensor([1.0], requires_grad=True)
    compiled = autograd.compile(lambda x: (x * operator.attrgetter("by")(SCALE) * w).sum())
    assert [compiled(ONES).item() for _ in range(5)] == [12.0] * 5
    monkeypatch.setattr(SCALE, "by", 3.0)
    assert [compiled(ONES).item() for _ in range(5)] == [18.0] * 5
    assert compiled.fallback_reason == ""


def test_classes_properties_and_inner_functions_are_followed():
    loaded = Loaded()
    compiled = autograd.compile(lambda x: read_everywhere(x, loaded))
    for value in (2.0, 5.0):
        loaded.value = value
        for _ in range(5):
            np.testing.assert_array_equal(compiled(ONES), read_everywhere(ONES, loaded))
    assert compiled.fallback_reason == ""


def test_lists_and_dicts_among_the_arguments_keep_what_the_step_writes():
    def step(batch, seen, weight):
        batch["y"] = batch["x"] * 2
        seen.append(batch["y"].sum())
        del batch["x"]
        batch["weight"] = weight
        return seen[0]

    x, weight = ONES.copy(), Tensor([1.0])
    batch, seen = defaultdict(list, x=x), [x]
    compiled = autograd.compile(step)
    with pytest.warns(UserWarning, match="declare the write with `side_effect`"):
        assert compiled(batch, seen, weight) is not None
    assert type(batch) is defaultdict
    assert list(batch) == ["y", "weight"]
    assert batch["weight"] is weight
    assert type(batch["y"]) is np.ndarray
    assert seen[0] is x
    assert seen[1] == 12.0


def test_lists_and_dicts_that_are_only_read_are_arguments_like_others():
    compiled = autograd.compile(lambda batch: batch["x"] * batch["scale"][0] + batch.get("y", 1))
    for k in range(6):
        batch = OrderedDict(x=ONES * k, scale=[np.float64(k)])
        np.testing.assert_array_equal(compiled(batch), ONES * k * k + 1)
    assert compiled.fallback_reason == ""
