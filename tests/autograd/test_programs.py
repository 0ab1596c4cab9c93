"""Random programs on tensors, compared with forward-mode differentiation of scalars."""

import math

import numpy as np
import pytest

from autograd import InPlaceError, Tensor, no_grad

LEAVES = {"a": (2, 3), "b": (3,)}
SIZE = 9
PROGRAMS, STEPS = 2000, 30


class Dual:
    """A dual number: a value and its derivatives with respect to every element of every leaf."""

    def __init__(self, value, derivatives):
        self.value, self.derivatives = value, derivatives

    def chain(self, value, local):
        return Dual(value, local * self.derivatives)

    def __add__(self, other):
        return Dual(self.value + other.value, self.derivatives + other.derivatives)

    def __mul__(self, other):
        return Dual(self.value * other.value, self.derivatives * other.value + other.derivatives * self.value)


def constant(dual):
    return Dual(dual.value, np.zeros(SIZE))


def maximum(d, e):
    if d.value == e.value:
        return Dual(d.value, (d.derivatives + e.derivatives) / 2)
    return d if d.value > e.value else e


UNARY = {
    "tanh": (np.tanh, lambda d: d.chain(math.tanh(d.value), 1 - math.tanh(d.value) ** 2)),
    "sin": (np.sin, lambda d: d.chain(math.sin(d.value), math.cos(d.value))),
    "negative": (np.negative, lambda d: d.chain(-d.value, -1)),
    "square": (np.square, lambda d: d.chain(d.value**2, 2 * d.value)),
    "relu": (lambda x: x.relu(), lambda d: d.chain(max(d.value, 0.0), float(d.value > 0))),
}
BINARY = {
    "add": (np.add, lambda d, e: d + e),
    "subtract": (np.subtract, lambda d, e: d + e.chain(-e.value, -1)),
    "multiply": (lambda x, y: 0.5 * (x * y), lambda d, e: (d * e).chain(0.5 * d.value * e.value, 0.5)),
    "maximum": (np.maximum, maximum),
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
    """A random program that runs on tensors and on arrays of dual numbers."""

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
            self.add(self.leaves[name], self.make_duals(values, seeds))
            start += values.size

    @staticmethod
    def make_duals(values, seeds):
        duals = np.empty(values.shape, object)
        for index, (value, derivatives) in enumerate(zip(values.ravel(), seeds)):
            duals[np.unravel_index(index, values.shape)] = Dual(float(value), derivatives)
        return duals

    def add(self, tensor, duals):
        np.testing.assert_allclose(
            tensor.numpy(), np.vectorize(lambda d: d.value, otypes=[float])(duals), rtol=1e-12, atol=1e-12
        )
        if tensor.size <= 12 and np.abs(tensor.numpy()).max(initial=0) < 50:
            self.tensors.append(tensor)
            self.duals.append(np.asarray(duals, object))
            self.changed_after.append(False)

    def choose(self):
        return int(self.rng.integers(len(self.tensors)))

    def unary(self):
        i, (ours, theirs) = self.choose(), UNARY[str(self.rng.choice(list(UNARY)))]
        self.add(ours(self.tensors[i]), np.vectorize(theirs, otypes=[object])(self.duals[i]))
        self.mark_if_changed(i)

    def binary(self):
        i, j, (ours, theirs) = self.choose(), self.choose(), BINARY[str(self.rng.choice(list(BINARY)))]
        try:
            np.broadcast_shapes(self.duals[i].shape, self.duals[j].shape)
        except ValueError:
            return
        self.add(ours(self.tensors[i], self.tensors[j]), np.vectorize(theirs, otypes=[object])(self.duals[i], self.duals[j]))
        self.mark_if_changed(i, j)

    def view(self):
        i, view = self.choose(), VIEWS[int(self.rng.integers(len(VIEWS)))]
        if self.duals[i].ndim and self.duals[i].shape[-1]:
            self.add(view(self.tensors[i]), view(self.duals[i]))
            self.mark_if_changed(i)

    def sum_rows(self):
        i = self.choose()
        if self.duals[i].ndim and self.duals[i].size:
            self.add(self.tensors[i].sum(axis=0), np.add.reduce(self.duals[i], axis=0))
            self.mark_if_changed(i)

    def detach_copy(self):
        i = self.choose()
        self.add(self.tensors[i].detach().copy(), np.vectorize(constant, otypes=[object])(self.duals[i]))

    def multiply_without_recording(self):
        i = self.choose()
        with no_grad():
            out = self.tensors[i] * 2.0
        self.add(out, np.vectorize(lambda d: Dual(2 * d.value, np.zeros(SIZE)), otypes=[object])(self.duals[i]))

    def change_leaf(self):
        """Change a leaf in place: all elements, a column, or a view. Earlier results keep their expected derivatives."""
        index = int(self.rng.integers(len(LEAVES)))
        leaf, old = self.tensors[index], self.duals[index]
        with no_grad():
            change = self.rng.integers(3)
            if change == 0:
                leaf *= 0.5
            elif change == 1:
                leaf[..., 0] = 0.25
            else:
                view = leaf[..., 1:]
                view -= 0.125
        self.changed_after = [True] * len(self.tensors)
        self.changed_after[: len(LEAVES)] = [False] * len(LEAVES)
        self.duals[index] = self.make_duals(leaf.numpy(), np.stack([d.derivatives for d in old.ravel()]))
        # Views of the leaf show the new values: forget the tensors that share its memory.
        views = [i for i in range(len(LEAVES), len(self.tensors)) if np.shares_memory(self.tensors[i].numpy(), leaf.numpy())]
        for i in reversed(views):
            self.forget(i)

    def mark_if_changed(self, *sources):
        """Mark the newest result if a source was computed before a change: its backward pass can need the old values."""
        if self.changed_after and any(self.changed_after[i] for i in sources if i < len(self.changed_after) - 1):
            self.changed_after[-1] = True

    def forget(self, i):
        del self.tensors[i], self.duals[i], self.changed_after[i]

    def delete(self):
        i = self.choose()
        if i >= len(LEAVES):
            self.forget(i)

    def backward(self):
        i = self.choose()
        tensor, duals = self.tensors[i], self.duals[i]
        if not tensor.requires_grad or i < len(LEAVES):
            return
        weight = self.rng.uniform(-1, 1, tensor.shape)
        grads_before = {name: None if leaf.grad is None else leaf.grad.numpy().copy() for name, leaf in self.leaves.items()}
        try:
            tensor.backward(weight, retain_graph=True)
        except InPlaceError:
            assert self.changed_after[i], "InPlaceError without a change in place"
            for name, leaf in self.leaves.items():
                assert (leaf.grad is None) == (grads_before[name] is None)
            return
        derivatives = sum((w * d.derivatives for w, d in zip(weight.ravel(), duals.ravel())), np.zeros(SIZE))
        start = 0
        for name, leaf in self.leaves.items():
            gradient = derivatives[start : start + leaf.size].reshape(leaf.shape)
            start += leaf.size
            if leaf.grad is not None:
                self.expected[name] = gradient if self.expected[name] is None else self.expected[name] + gradient
                np.testing.assert_allclose(leaf.grad.numpy(), self.expected[name], rtol=1e-9, atol=1e-9)
            else:
                np.testing.assert_allclose(gradient, 0, atol=1e-12)

    def zero_gradients(self):
        for name, leaf in self.leaves.items():
            leaf.zero_grad()
            self.expected[name] = None


STEP_WEIGHTS = {
    "unary": 5, "binary": 8, "view": 4, "sum_rows": 2, "detach_copy": 1, "multiply_without_recording": 1, "change_leaf": 1,
    "delete": 2, "backward": 5, "zero_gradients": 1,
}  # fmt: skip


@pytest.mark.parametrize("block", range(10))
def test_random_programs_agree_with_forward_mode(block):
    names, weights = list(STEP_WEIGHTS), np.array(list(STEP_WEIGHTS.values())) / sum(STEP_WEIGHTS.values())
    for seed in range(block * PROGRAMS // 10, (block + 1) * PROGRAMS // 10):
        program = Program(seed)
        try:
            for name in program.rng.choice(names, STEPS, p=weights):
                getattr(program, str(name))()
        except AssertionError as error:
            raise AssertionError(f"program {seed}: {error}") from error
