"""Graphs of ten kinds in three sizes each, for tests of pictures."""

import numpy as np

import autograd
import nn
from autograd import Tensor


def leaf(value, name=None):
    return Tensor(value, requires_grad=True, name=name)


def chain(n):
    y = leaf(0.5, "x")
    for i in range(n):
        y = (np.sin, np.tanh, np.exp)[i % 3](y)
    return y


def shared_weight(n):
    y, w = leaf(0.5, "x"), leaf(0.9, "w")
    for _ in range(n):
        y = np.tanh(y * w)
    return y


def balanced_tree(n):
    level = [leaf(0.1 * i, f"x{i}") for i in range(n)]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2])
        level = [a * b if i % 3 else a + b for i, (a, b) in enumerate(pairs)] + level[len(level) - len(level) % 2 :]
    return level[0]


def sum_of_products(n):
    return sum((leaf(float(i)) * 2.0 for i in range(1, n)), start=leaf(1.0))


def scalar_network(width):
    """A network of scalars, as in the first lecture: 2 inputs, two hidden layers, one output."""
    rng = np.random.default_rng(0)
    values = [leaf(1.0, "x1"), leaf(-2.0, "x2")]
    for layer, outputs in enumerate((width, width, 1)):
        weights = rng.uniform(-1, 1, (outputs, len(values)))
        sums = [
            sum((x * leaf(w, f"w{layer}{j}{i}") for i, (x, w) in enumerate(zip(values, row))), start=leaf(0.0, f"b{layer}{j}"))
            for j, row in enumerate(weights)
        ]
        values = [np.tanh(total) for total in sums]
    return values[0]


def watched(model, x):
    with autograd.draw.watch():
        return (model(Tensor(x, name="x")) ** 2).mean(), dict(model.named_parameters())


def network(layers):
    return watched(nn.MLP([2, *[8] * layers, 1], activation="tanh", rng=0), np.ones((4, 2)))


def batch_norm_network(layers):
    x = np.random.default_rng(0).normal(size=(8, 4))
    return watched(nn.MLP([4, *[6] * layers, 2], batch_norm=True, rng=0), x)


def lstm(steps):
    """A long short-term memory of plain operations."""
    sizes = {"W": (2, 3), "U": (3, 3)}
    rng = np.random.default_rng(0)
    weights = {f"{kind}{gate}": leaf(rng.normal(size=size), f"{kind}{gate}") for kind, size in sizes.items() for gate in "ifgo"}
    h = c = Tensor(np.zeros(3), name="h0")

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    for t in range(steps):
        x = Tensor(rng.normal(size=2), name=f"x{t}")
        i, f, o = (sigmoid(x @ weights[f"W{gate}"] + h @ weights[f"U{gate}"]) for gate in "ifo")
        c = f * c + i * np.tanh(x @ weights["Wg"] + h @ weights["Ug"])
        h = o * np.tanh(c)
    return (h * h).sum()


def attention(heads):
    """Self-attention of plain operations."""
    rng = np.random.default_rng(0)
    x, outputs = leaf(rng.normal(size=(4, 6)), "x"), []
    for head in range(heads):
        q, k, v = (x @ leaf(rng.normal(size=(6, 2)), f"W{name}{head}") for name in "qkv")
        scores = np.exp(q @ k.T / np.sqrt(2))
        outputs.append(scores / scores.sum(axis=1, keepdims=True) @ v)
    return (np.concatenate(outputs, axis=1) @ leaf(rng.normal(size=(2 * heads, 6)), "Wo")).sum()


def random_program(n):
    """Operations on the last value and one of the eight before it."""
    rng = np.random.default_rng(0)
    values = [leaf(0.5, "a"), leaf(0.9, "b")]
    for _ in range(n):
        other = values[-int(rng.integers(1, min(8, len(values)) + 1))]
        values.append((np.subtract, np.maximum, np.multiply)[rng.integers(3)](values[-1], other))
    return values[-1]


KINDS = {
    "chain": (chain, (3, 30, 90)),
    "shared weight": (shared_weight, (2, 12, 60)),
    "tree": (balanced_tree, (4, 30, 78)),
    "sum": (sum_of_products, (5, 30, 100)),
    "scalars": (scalar_network, (2, 4, 6)),
    "network": (network, (1, 2, 6)),
    "batch norm": (batch_norm_network, (1, 3, 8)),
    "lstm": (lstm, (1, 3, 6)),
    "attention": (attention, (1, 3, 6)),
    "program": (random_program, (20, 200, 1000)),
}
GRAPHS = {f"{kind} {size}": (make, size) for kind, (make, sizes) in KINDS.items() for size in sizes}


def make_graph(name):
    """The picture of one of GRAPHS after its backward pass, with all operations up to 1000."""
    make, size = GRAPHS[name]
    result = make(size)
    result, names = result if isinstance(result, tuple) else (result, {})
    result.backward()
    return autograd.draw(result, names=names, limit=1200)
