"""Random programs against a naive oracle: scalars that carry their derivatives forward."""

import math

import numpy as np
import pytest

from autograd import InPlaceError, Tensor, no_grad

LEAVES = {"a": (2, 3), "b": (3,)}
SIZE = 9
PROGRAMS, STEPS = 2000, 30


class Dual:
    """A number and its derivatives with respect to every element of every leaf."""

    def __init__(self, value, slopes):
        self.value, self.slopes = value, slopes

    def of(self, value, local):
        return Dual(value, local * self.slopes)

    def __add__(self, other):
        return Dual(self.value + other.value, self.slopes + other.slopes)

    def __mul__(self, other):
        return Dual(self.value * other.value, self.slopes * other.value + other.slopes * self.value)


def constant(dual):
    return Dual(dual.value, np.zeros(SIZE))


def larger(d, e):
    if d.value == e.value:
        return Dual(d.value, (d.slopes + e.slopes) / 2)
    return d if d.value > e.value else e


UNARY = {
    "tanh": (np.tanh, lambda d: d.of(math.tanh(d.value), 1 - math.tanh(d.value) ** 2)),
    "sin": (np.sin, lambda d: d.of(math.sin(d.value), math.cos(d.value))),
    "negative": (np.negative, lambda d: d.of(-d.value, -1)),
    "square": (np.square, lambda d: d.of(d.value**2, 2 * d.value)),
    "relu": (lambda x: x.relu(), lambda d: d.of(max(d.value, 0.0), float(d.value > 0))),
}
BINARY = {
    "add": (np.add, lambda d, e: d + e),
    "subtract": (np.subtract, lambda d, e: d + e.of(-e.value, -1)),
    "multiply": (lambda x, y: 0.5 * (x * y), lambda d, e: (d * e).of(0.5 * d.value * e.value, 0.5)),
    "maximum": (np.maximum, larger),
}
VIEWS = [
    lambda x: x[..., ::-1],
    lambda x: x[..., :2],
    lambda x: x.T,
    lambda x: x.reshape(-1),
    lambda x: x[..., None],
    lambda x: x[0] if x.ndim else x,
    lambda x: x[..., [0, 0, -1]] if x.ndim else x,
]


class Program:
    """One run: the same steps on tensors and on arrays of duals."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.tensors, self.duals, self.changed_after = [], [], []
        self.expected = dict.fromkeys(LEAVES)
        self.leaves = {}
        start = 0
        for name, shape in LEAVES.items():
            values = self.rng.uniform(-1, 1, shape)
            self.leaves[name] = Tensor(values, requires_grad=True, name=name)
            seeds = np.eye(SIZE)[start : start + values.size]
            self.keep(self.leaves[name], self.seeded(values, seeds))
            start += values.size

    @staticmethod
    def seeded(values, seeds):
        duals = np.empty(values.shape, object)
        for place, (value, slopes) in enumerate(zip(values.ravel(), seeds)):
            duals[np.unravel_index(place, values.shape)] = Dual(float(value), slopes)
        return duals

    def keep(self, tensor, duals):
        np.testing.assert_allclose(
            tensor.numpy(), np.vectorize(lambda d: d.value, otypes=[float])(duals), rtol=1e-12, atol=1e-12
        )
        if tensor.size <= 12 and np.abs(tensor.numpy()).max(initial=0) < 50:
            self.tensors.append(tensor)
            self.duals.append(np.asarray(duals, object))
            self.changed_after.append(False)

    def any(self):
        return int(self.rng.integers(len(self.tensors)))

    def unary(self):
        i, (ours, theirs) = self.any(), UNARY[str(self.rng.choice(list(UNARY)))]
        self.keep(ours(self.tensors[i]), np.vectorize(theirs, otypes=[object])(self.duals[i]))
        self.inherit(i)

    def binary(self):
        i, j, (ours, theirs) = self.any(), self.any(), BINARY[str(self.rng.choice(list(BINARY)))]
        try:
            np.broadcast_shapes(self.duals[i].shape, self.duals[j].shape)
        except ValueError:
            return
        self.keep(ours(self.tensors[i], self.tensors[j]), np.vectorize(theirs, otypes=[object])(self.duals[i], self.duals[j]))
        self.inherit(i, j)

    def view(self):
        i, view = self.any(), VIEWS[int(self.rng.integers(len(VIEWS)))]
        if self.duals[i].ndim and self.duals[i].shape[-1]:
            self.keep(view(self.tensors[i]), view(self.duals[i]))
            self.inherit(i)

    def total(self):
        i = self.any()
        if self.duals[i].ndim and self.duals[i].size:
            self.keep(self.tensors[i].sum(axis=0), np.add.reduce(self.duals[i], axis=0))
            self.inherit(i)

    def detached(self):
        i = self.any()
        self.keep(self.tensors[i].detach().copy(), np.vectorize(constant, otypes=[object])(self.duals[i]))

    def unrecorded(self):
        i = self.any()
        with no_grad():
            out = self.tensors[i] * 2.0
        self.keep(out, np.vectorize(lambda d: Dual(2 * d.value, np.zeros(SIZE)), otypes=[object])(self.duals[i]))

    def changed(self):
        """Change a leaf in place, as a whole, in an element, or through a view; what was computed before keeps its meaning."""
        place = int(self.rng.integers(len(LEAVES)))
        leaf, old = self.tensors[place], self.duals[place]
        with no_grad():
            way = self.rng.integers(3)
            if way == 0:
                leaf *= 0.5
            elif way == 1:
                leaf[..., 0] = 0.25
            else:
                view = leaf[..., 1:]
                view -= 0.125
        self.changed_after = [True] * len(self.tensors)
        self.changed_after[: len(LEAVES)] = [False] * len(LEAVES)
        self.duals[place] = self.seeded(leaf.numpy(), np.stack([d.slopes for d in old.ravel()]))
        # A view of the leaf shows its new values: forget tensors that share its memory.
        shared = [i for i in range(len(LEAVES), len(self.tensors)) if np.shares_memory(self.tensors[i].numpy(), leaf.numpy())]
        for i in reversed(shared):
            self.drop(i)

    def inherit(self, *sources):
        """A result of something computed before a change may need the old values too."""
        if self.changed_after and any(self.changed_after[i] for i in sources if i < len(self.changed_after) - 1):
            self.changed_after[-1] = True

    def drop(self, i):
        del self.tensors[i], self.duals[i], self.changed_after[i]

    def deleted(self):
        i = self.any()
        if i >= len(LEAVES):
            self.drop(i)

    def backward(self):
        i = self.any()
        tensor, duals = self.tensors[i], self.duals[i]
        if not tensor.requires_grad or i < len(LEAVES):
            return
        weight = self.rng.uniform(-1, 1, tensor.shape)
        before = {name: None if leaf.grad is None else leaf.grad.numpy().copy() for name, leaf in self.leaves.items()}
        try:
            tensor.backward(weight, retain_graph=True)
        except InPlaceError:
            assert self.changed_after[i], "nothing was changed, but a change is reported"
            for name, leaf in self.leaves.items():
                assert (leaf.grad is None) == (before[name] is None)
            return
        slopes = sum((w * d.slopes for w, d in zip(weight.ravel(), duals.ravel())), np.zeros(SIZE))
        start = 0
        for name, leaf in self.leaves.items():
            part = slopes[start : start + leaf.size].reshape(leaf.shape)
            start += leaf.size
            if leaf.grad is not None:
                self.expected[name] = part if self.expected[name] is None else self.expected[name] + part
                np.testing.assert_allclose(leaf.grad.numpy(), self.expected[name], rtol=1e-9, atol=1e-9)
            else:
                np.testing.assert_allclose(part, 0, atol=1e-12)

    def zeroed(self):
        for name, leaf in self.leaves.items():
            leaf.zero_grad()
            self.expected[name] = None


STEPS_OF = {
    "unary": 5, "binary": 8, "view": 4, "total": 2, "detached": 1, "unrecorded": 1, "changed": 1, "deleted": 2, "backward": 5,
    "zeroed": 1,
}  # fmt: skip


@pytest.mark.parametrize("block", range(10))
def test_random_programs_agree_with_the_oracle(block):
    names, weights = list(STEPS_OF), np.array(list(STEPS_OF.values())) / sum(STEPS_OF.values())
    for seed in range(block * PROGRAMS // 10, (block + 1) * PROGRAMS // 10):
        program = Program(seed)
        try:
            for name in program.rng.choice(names, STEPS, p=weights):
                getattr(program, str(name))()
        except AssertionError as error:
            raise AssertionError(f"program {seed}: {error}") from error
