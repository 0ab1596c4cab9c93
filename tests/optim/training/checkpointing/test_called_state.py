"""Transforms, callbacks and other functions with a state of their own: a resumed training equals an uninterrupted one."""

import functools
import itertools
import random
from collections import Counter, deque
from dataclasses import dataclass, field

import numpy as np
import pytest

import nn
from optim import SGD, Callback, Checkpoint, CheckpointError, MiniBatch, fit
from optim.data import Compose, DataLoader, Noise, Subset
from tests.optim.resumed import INPUTS, LABELS

EPOCHS, STEPS = 4, 6
_rng = np.random.default_rng(0)
_calls = 0


class Owner:
    """A transform that owns a source of random numbers."""

    def __init__(self, source):
        self.source = source

    def __call__(self, x):
        return x + self.source.normal(size=x.shape)

    def method(self, x):
        return self(x)


class Lazy:
    rng = None

    def __call__(self, x):
        if self.rng is None:
            self.rng = np.random.default_rng(3)
        return x * self.rng.random()


class Slotted:
    __slots__ = ("count", "source")

    def __init__(self):
        self.source, self.count = np.random.default_rng(1), 0

    def __call__(self, x):
        self.count += 1
        return x * self.count + self.source.random()


@dataclass(frozen=True)
class Frozen:
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(4))

    def __call__(self, x):
        return x + self.rng.random()


class Counting:
    def __init__(self):
        self.count, self.past, self.mean, self.seen = 0, deque(maxlen=3), np.zeros(2), Counter()
        self.kinds = set()

    def __call__(self, x):
        self.count += 1
        self.past.append(float(x.mean()))
        self.mean += 0.1 * (x.mean(axis=0) - self.mean)
        self.seen[len(x)] += 1
        self.kinds.add(self.count % 7)
        return (x - self.mean) / self.count + sum(self.past) + self.seen[10] + len(self.kinds)


class WithState(Counting):
    def __init__(self):
        self.numbers = itertools.count(1)

    def __call__(self, x):
        return x / next(self.numbers)

    def state_dict(self):
        return {"next": self.numbers.__reduce__()[1][0]}

    def load_state_dict(self, state):
        self.numbers = itertools.count(state["next"])


def closure(source):
    return lambda x: x + source.normal(size=x.shape)


def counting_closure():
    count, past = 0, []

    def transform(x):
        nonlocal count
        count += 1
        past.append(x.mean())
        return x / count + np.mean(past)

    return transform


def with_attribute():
    def transform(x):
        transform.calls += 1
        return x / transform.calls

    transform.calls = 0
    return transform


def with_new_attribute():
    def transform(x):
        transform.calls = getattr(transform, "calls", 0) + 1
        return x / transform.calls

    return transform


def with_global_generator():
    _rng.bit_generator.state = np.random.default_rng(0).bit_generator.state

    def transform(x):
        return helper(x)

    def helper(x):
        return x + _rng.normal(size=x.shape)

    return transform


def with_global_counter():
    global _calls
    _calls = 0

    def transform(x):
        global _calls
        _calls += 1
        return x / _calls

    return transform


def numpy_global():
    np.random.seed(3)
    return lambda x: x + np.random.normal(size=x.shape)


def python_global():
    random.seed(3)
    return lambda x: x + random.random()


def default_argument():
    def transform(x, source=None, past=()):
        past.append(1)
        return x / len(past) + source.random()

    transform.__defaults__ = (np.random.default_rng(5), [])
    return transform


TRANSFORMS = {
    "no state": lambda: lambda x: x,
    "generator": lambda: Owner(np.random.default_rng(1)),
    "another bit generator": lambda: Owner(np.random.Generator(np.random.MT19937(1))),
    "random state": lambda: Owner(np.random.RandomState(1)),
    "python's generator": lambda: closure(type("Normal", (random.Random,), {"normal": lambda s, size: s.gauss(0, 1)})(1)),
    "method": lambda: Owner(np.random.default_rng(1)).method,
    "partial": lambda: functools.partial(lambda x, source: x + source.random(), source=np.random.default_rng(1)),
    "closure": lambda: closure(np.random.default_rng(1)),
    "composed": lambda: Compose(Noise(0.1), closure(np.random.default_rng(1)), Counting()),
    "in a dict": lambda: functools.partial(lambda d, x: x + d["a"][0].random(), {"a": [np.random.default_rng(1)]}),
    "lazy": Lazy,
    "slots": Slotted,
    "frozen": Frozen,
    "counters": Counting,
    "counting closure": counting_closure,
    "function attribute": with_attribute,
    "new function attribute": with_new_attribute,
    "global generator": with_global_generator,
    "global counter": with_global_counter,
    "np.random": numpy_global,
    "random": python_global,
    "default argument": default_argument,
    "state_dict": WithState,
}


class CountingCallback(Callback):
    """Lowers the learning rate every third step, by a count of its own."""

    def __init__(self):
        self.count = 0

    def on_step_end(self, run):
        self.count += 1
        if self.count % 5 == 0:
            run.optimizer.lr *= 0.9


class WithItsOptimizer(CountingCallback):
    def on_train_begin(self, run):
        self.optimizer, self.run = run.optimizer, run


def function_callback():
    losses = []

    def callback(run):
        losses.append(run.logs["loss"])
        run.optimizer.lr /= len(losses)

    return callback


class RandomData:
    """A data set that owns a generator and counts."""

    def __init__(self):
        self.rng, self.count = np.random.default_rng(5), 0

    def __len__(self):
        return 60

    def __getitem__(self, indices):
        self.count += 1
        return INPUTS[:60][indices] / self.count + self.rng.normal(size=(len(LABELS[:60][indices]), 2)), LABELS[:60][indices]


class CountingLoss:
    def __init__(self):
        self.count = 0

    def __call__(self, outputs, targets):
        self.count += 1
        return nn.functional.cross_entropy(outputs, targets) / self.count


class CountingLayer(nn.Module):
    def __init__(self):
        self.count = 0

    def forward(self, x):
        self.count += 1
        return x / self.count


def counting_penalty():
    counts = [0]

    def penalty(parameters):
        counts[0] += 1
        return sum((p * p).sum() for p in parameters) / counts[0]

    return penalty


def random_function_layer():
    source = np.random.default_rng(8)
    return nn.Lambda(lambda x: x + source.normal(size=x.shape))


OTHERS = {
    "callback": lambda: {"callback": CountingCallback()},
    "callback with its run": lambda: {"callback": WithItsOptimizer()},
    "function callback": lambda: {"callback": function_callback()},
    "data": lambda: {"data": RandomData()},
    "subset of data": lambda: {"data": Subset(RandomData(), np.arange(60))},
    "loader": lambda: {"data": DataLoader((INPUTS[:60], LABELS[:60]), MiniBatch(10), transform=Counting(), rng=3)},
    "loss": lambda: {"loss": CountingLoss()},
    "penalty": lambda: {"penalty": counting_penalty()},
    "layer": lambda: {"layer": CountingLayer()},
    "function layer": lambda: {"layer": random_function_layer()},
}
KINDS = {name: (lambda make=make: {"transform": make()}) for name, make in TRANSFORMS.items()} | OTHERS


class Crash(Callback):
    def __init__(self, step):
        self.step = step

    def on_step_end(self, run):
        if run.step == self.step:
            raise SystemError("gone")


def train(kind, folder, crash=None, epochs=EPOCHS, **options):
    parts = kind()
    layer, data = parts.pop("layer", None), parts.pop("data", (INPUTS[:60], LABELS[:60]))
    loss, callback = parts.pop("loss", nn.CrossEntropyLoss()), parts.pop("callback", None)
    model = nn.Sequential(*([] if layer is None else [layer]), nn.MLP([2, 6, 3], rng=0))
    callbacks = [*([] if callback is None else [callback]), *([] if crash is None else [Crash(crash)]), Checkpoint(folder)]
    if not isinstance(data, DataLoader):
        parts |= {"batching": MiniBatch(10), "rng": 3}
    optimizer = SGD(model.parameters(), lr=0.05, momentum=0.5)
    fit(model, loss, data, optimizer=optimizer, epochs=epochs, callbacks=callbacks, **parts, **options)
    return {name: value.tobytes() for name, value in model.state_dict().items()}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_resumed_training_equals_the_uninterrupted_one(tmp_path, kind):
    expected = train(kind, tmp_path / "whole")
    for step in (STEPS + 2, 2 * STEPS + 4):
        with pytest.raises(SystemError):
            train(kind, tmp_path / "stopped", step, resume=True)
    assert train(kind, tmp_path / "stopped", resume=True) == expected


def counting_iterator():
    numbers = itertools.count(1)
    return lambda x: x / next(numbers)


def python_generator():
    numbers = (i for i in range(1, 1000))
    return lambda x: x / next(numbers)


class WithObjects:
    def __init__(self):
        self.objects = []

    def __call__(self, x):
        self.objects.append(object())
        return x / len(self.objects)


UNSAVED = {
    "iterator": (counting_iterator, r"transform\.numbers changes"),
    "generator": (python_generator, r"transform\.numbers changes"),
    "objects": (WithObjects, r"transform\.objects changes"),
    "complex": (lambda: Compose(WithObjects()), r"transform\.steps\[0\]\.objects changes"),
}


@pytest.mark.parametrize(("make", "message"), UNSAVED.values(), ids=UNSAVED)
def test_state_that_cannot_be_stored_is_named_and_refused(tmp_path, make, message):
    kind = lambda: {"transform": make()}
    with pytest.warns(UserWarning, match=f"cannot be resumed: {message}") as caught:
        train(kind, tmp_path, epochs=2)
    assert len(caught) == 1
    with pytest.raises(CheckpointError, match=rf"checkpoint-2\.npz: {message}.*state_dict\(\) and load_state_dict"):
        train(kind, tmp_path, resume=True)


def test_transform_without_its_generator_is_refused(tmp_path):
    def kind(source):
        return lambda: {"transform": closure(source)}

    train(kind(np.random.default_rng(1)), tmp_path, epochs=2)
    fixed = type("Fixed", (), {"normal": lambda self, size: np.ones(size)})()
    with pytest.raises(CheckpointError, match=r"checkpoint-2\.npz: the checkpoint has a state of transform\.source, which"):
        train(kind(fixed), tmp_path, resume=True)


def test_callback_without_state_may_be_omitted(tmp_path):
    train(KINDS["callback"], tmp_path, epochs=2)
    seen = []
    train(lambda: {"callback": lambda run: seen.append(run.epoch)}, tmp_path, resume=True)
    assert seen == [3, 4]


def test_global_generators_stay_as_they_are_if_the_training_does_not_use_them(tmp_path):
    train(KINDS["no state"], tmp_path, epochs=2)
    np.random.seed(11)
    random.seed(11)
    expected = np.random.RandomState(11).random(), random.Random(11).random()
    train(KINDS["no state"], tmp_path, resume=True)
    assert (np.random.random(), random.random()) == expected


def test_only_what_changed_is_stored(tmp_path):
    train(KINDS["no state"], tmp_path / "a", epochs=1)
    large = np.ones((1000, 1000))
    train(lambda: {"transform": lambda x: x * large[0, 0]}, tmp_path / "b", epochs=1)
    sizes = [(tmp_path / name / "checkpoint-1.npz").stat().st_size for name in "ab"]
    assert sizes[1] < sizes[0] + 1000
