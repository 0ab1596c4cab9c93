"""The data of a run: a built-in data set or a file, split and scaled."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograd import DataError
from optim.cli.parse import UsageError
from optim.data import StandardScaler, blobs, circles, digits, mnist, moons, spirals, split, xor
from optim.data.labeled_table import read_table
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
class LabeledData:
    """Inputs (n, features), labels (n,), and the names of classes and features."""

    name: str
    inputs: np.ndarray
    labels: np.ndarray
    classes: list[str]
    features: list[str] = field(default_factory=list)
    shape: tuple[int, ...] | None = None  # of images; their pixels are scaled already
    held_out: Pair | None = None  # the test data of a data set that has its own
    note: str = ""

    def __post_init__(self) -> None:
        self.features = self.features or [str(i + 1) for i in range(self.inputs.shape[1])]


@dataclass
class SplitData:
    """Training, validation and held-out data; the inputs are scaled to (x − mean) / scale."""

    train: Pair
    validation: Pair
    held_out: Pair
    mean: np.ndarray
    scale: np.ndarray


def resolve_path(data: str, path: str | None) -> str | None:
    """The path of MNIST, so that a run can be resumed without the environment variable."""
    return path or (os.environ.get(VARIABLE) or None if data == "mnist" else None)


def load(name: str, target: str | None, path: str | None, seed: int, header: str | None = None) -> LabeledData:
    """The data by name: a built-in data set, MNIST, or a file."""
    if path is not None and name != "mnist":
        raise UsageError(f"--path is the path of mnist; {name} needs none")
    is_builtin = name in ("digits", "mnist") or name in GENERATED
    if is_builtin and target is not None:
        raise UsageError(f"--target is a column of a file; {name} has no columns to choose")
    has_header = parse_header(name, header)
    if name == "mnist":
        return _mnist(path)
    if is_builtin:
        inputs, labels = digits() if name == "digits" else GENERATED[name](seed)
        shape = (8, 8) if name == "digits" else None
        return LabeledData(name, inputs, labels, _class_names(labels), shape=shape)
    if Path(name).suffix.lower() not in (".csv", ".npz"):
        known = f"digits, mnist, {', '.join(GENERATED)}"
        raise UsageError(f"unknown data set {name!r}; choose {known}, or give a .csv or .npz file")
    table = read_table(name, target, has_header)
    return LabeledData(Path(name).stem, table.inputs, table.labels, table.classes, table.features)


def parse_header(name: str, header: str | None) -> bool | None:
    """The option --header as the argument `header` of read_table; raises UsageError if the data is not a .csv file."""
    if header is not None and Path(name).suffix.lower() != ".csv":
        raise UsageError(f"--header is for .csv files; {name} has none")
    return None if header is None else header == "yes"


def split_data(data: LabeledData, rng: np.random.Generator, dtype: str) -> SplitData:
    """Split the data, and scale its inputs by mean and deviation of the training data."""
    fractions = [1 - VALIDATION, VALIDATION] if data.held_out else [1 - HELD_OUT - VALIDATION, VALIDATION, HELD_OUT]
    splits = split(data.labels, fractions, rng)
    if not all(len(indices) for indices in splits):
        few = f"{len(data.labels)} examples of {len(data.classes)} classes are too few"
        raise UsageError(f"{data.name}: {few} to train on some of each class, validate and hold some out")
    pairs = [(data.inputs[indices], data.labels[indices]) for indices in splits]
    pairs += [data.held_out] if data.held_out else []
    count = data.inputs.shape[1]
    scaler = StandardScaler(np.zeros(count), np.ones(count))
    if data.shape is None:
        try:
            scaler = StandardScaler.fit(pairs[0][0])
        except DataError as error:
            raise UsageError(f"{data.name}: {error}") from None
        pairs = [(scaler.apply(inputs), labels) for inputs, labels in pairs]
    train, validation, held_out = ((inputs.astype(dtype, copy=False), labels) for inputs, labels in pairs)
    return SplitData(train, validation, held_out, scaler.mean, scaler.scale)


def _mnist(path: str | None) -> LabeledData:
    images = mnist(path, warn=False)
    (inputs, labels), held_out = ((pixels.reshape(len(pixels), -1), classes) for pixels, classes in images)
    name, note = "mnist", ""
    if images.name != "MNIST":
        name, note = "digits", "mnist: neither --path nor $CHAINRULE_MNIST is given; the digits of the package are used instead"
    shape = images.train[0].shape[1:]
    return LabeledData(name, inputs, labels, _class_names(labels), shape=shape, held_out=held_out, note=note)


def _class_names(labels: np.ndarray) -> list[str]:
    return [str(i) for i in range(labels.max() + 1)]
