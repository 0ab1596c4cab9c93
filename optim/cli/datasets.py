"""What is to be learned: a built-in data set or a person's file, divided into parts and scaled."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograd import DataError
from optim.cli.parse import UsageError
from optim.data import StandardScaler, blobs, circles, digits, mnist, moons, read_table, spirals, split, xor
from optim.data.mnist import VARIABLE

GENERATED: dict[str, Callable[[int], tuple[np.ndarray, np.ndarray]]] = {
    "moons": lambda seed: moons(1000, 0.15, seed),
    "circles": lambda seed: circles(1000, 0.08, seed),
    "spirals": lambda seed: spirals(1500, 3, 0.02, seed),
    "blobs": lambda seed: blobs(1000, 4, 0.3, seed),
    "xor": lambda seed: xor(1000, 0.15, seed),
}
HELD_OUT, VALIDATION = 0.2, 0.1

Pair = tuple[np.ndarray, np.ndarray]


@dataclass
class Problem:
    """Inputs (n, features), the classes of each, and what is known about them."""

    name: str
    inputs: np.ndarray
    labels: np.ndarray
    classes: list[str]
    features: list[str] = field(default_factory=list)
    shape: tuple[int, ...] | None = None  # of the images that the inputs are, which are of one size already
    held_out: Pair | None = None  # if the data set says what is to be held out
    note: str = ""

    def __post_init__(self) -> None:
        self.features = self.features or [str(i + 1) for i in range(self.inputs.shape[1])]


@dataclass
class Parts:
    """A problem divided into what is trained on, watched, and held out; inputs are scaled to (x − mean) / scale."""

    train: Pair
    validation: Pair
    held_out: Pair
    mean: np.ndarray
    scale: np.ndarray


def known_path(data: str, path: str | None) -> str | None:
    """Where MNIST is, so that it is found again when the environment is another one."""
    return path or (os.environ.get(VARIABLE) or None if data == "mnist" else None)


def load(name: str, target: str | None, path: str | None, seed: int) -> Problem:
    """The problem by name: a built-in data set, MNIST, or a file."""
    if path is not None and name != "mnist":
        raise UsageError(f"--path says where mnist is; {name} needs none")
    builtin = name in ("digits", "mnist") or name in GENERATED
    if builtin and target is not None:
        raise UsageError(f"--target names a column of a file; {name} has none to choose")
    if name == "mnist":
        return _mnist(path)
    if builtin:
        inputs, labels = digits() if name == "digits" else GENERATED[name](seed)
        shape = (8, 8) if name == "digits" else None
        return Problem(name, inputs, labels, _numbered(labels), shape=shape)
    if Path(name).suffix.lower() not in (".csv", ".npz"):
        raise UsageError(f"no data set {name!r}; there are digits, mnist, {', '.join(GENERATED)}, or give a .csv or .npz file")
    table = read_table(name, target)
    return Problem(Path(name).stem, table.inputs, table.labels, table.classes, table.features)


def divide(problem: Problem, rng: np.random.Generator, dtype: str) -> Parts:
    """Divide a problem, and scale its inputs by what is trained on."""
    shares = [1 - VALIDATION, VALIDATION] if problem.held_out else [1 - HELD_OUT - VALIDATION, VALIDATION, HELD_OUT]
    parts = split(problem.labels, shares, rng)
    if not all(len(part) for part in parts):
        few = f"{len(problem.labels)} examples of {len(problem.classes)} classes are too few"
        raise UsageError(f"{problem.name}: {few} to train on some of each class, validate and hold some out")
    pairs = [(problem.inputs[part], problem.labels[part]) for part in parts]
    pairs += [problem.held_out] if problem.held_out else []
    count = problem.inputs.shape[1]
    scaler = StandardScaler(np.zeros(count), np.ones(count))
    if problem.shape is None:
        try:
            scaler = StandardScaler.fit(pairs[0][0])
        except DataError as error:
            raise UsageError(f"{problem.name}: {error}") from None
        pairs = [(scaler.apply(inputs), labels) for inputs, labels in pairs]
    train, validation, held_out = ((inputs.astype(dtype, copy=False), labels) for inputs, labels in pairs)
    return Parts(train, validation, held_out, scaler.mean, scaler.scale)


def _mnist(path: str | None) -> Problem:
    images = mnist(path, warn=False)
    (x, y), (u, v) = ((images.reshape(len(images), -1), labels) for images, labels in images)
    shape = images.train[0].shape[1:]
    if images.name == "MNIST":
        return Problem("mnist", x, y, _numbered(y), shape=shape, held_out=(u, v))
    note = "mnist: neither --path nor $CHAINRULE_MNIST says where it is; the digits of the package take its place"
    return Problem("digits", x, y, _numbered(y), shape=shape, held_out=(u, v), note=note)


def _numbered(labels: np.ndarray) -> list[str]:
    return [str(i) for i in range(labels.max() + 1)]
