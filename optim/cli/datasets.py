"""The data of a run: a built-in data set or a table, split and encoded."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optim.cli.parse import UsageError
from optim.data import (
    ClassTarget,
    Table,
    TableEncoder,
    Target,
    blobs,
    circles,
    digits,
    fit_target,
    mnist,
    moons,
    read_table,
    spirals,
    split,
    xor,
)
from optim.data.mnist import VARIABLE
from optim.data.tables.column import Column
from optim.data.tables.column_encoders import NumberEncoder
from optim.data.tables.reader import CSV_SUFFIXES, SUFFIXES
from optim.data.tables.targets import default_target

GENERATED: dict[str, Callable[[int], tuple[np.ndarray, np.ndarray]]] = {
    "moons": lambda seed: moons(1000, 0.15, seed),
    "circles": lambda seed: circles(1000, 0.08, seed),
    "spirals": lambda seed: spirals(1500, 3, 0.02, seed),
    "blobs": lambda seed: blobs(1000, 4, 0.3, seed),
    "xor": lambda seed: xor(1000, 0.15, seed),
}
HELD_OUT, VALIDATION = 0.2, 0.1

Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class TableOptions:
    """The options of a table: --target, --task, --drop, --column and --header."""

    target: Sequence[str] = ()
    task: str = "auto"
    drop: Sequence[str] = ()
    columns: dict[str, str] | None = None
    header: str | None = None

    def given(self) -> str | None:
        """The first option that is given."""
        options = {"target": self.target, "task": self.task != "auto", "drop": self.drop, "column": self.columns}
        return next((f"--{name}" for name, value in options.items() if value), None)


@dataclass
class TableData:
    """A table and its target."""

    name: str
    table: Table
    target: Target
    options: TableOptions
    is_file: bool = True
    shape: tuple[int, ...] | None = None
    note: str = ""


@dataclass
class ImageData:
    """Images in flat rows of pixels from 0 to 1, which need no encoding, and their classes."""

    name: str
    inputs: np.ndarray
    labels: np.ndarray
    shape: tuple[int, ...]
    held_out: Pair | None = None  # the test data of a data set that has its own
    note: str = ""
    is_file: bool = False

    def encoder(self) -> TableEncoder:
        """The encoder that leaves pixels as they are."""
        count = self.inputs.shape[1]
        names = [str(i + 1) for i in range(count + 1)]
        pixels = [NumberEncoder(name, "pixel", 0.0, 1.0, 0.0) for name in names[:-1]]
        classes = list(range(int(self.labels.max()) + 1))
        return TableEncoder(names, pixels, ClassTarget(names[-1:], f"{len(classes)} classes", classes))


@dataclass
class SplitData:
    """Training, validation and held-out data, encoded, and the encoder."""

    train: Pair
    validation: Pair
    held_out: Pair
    encoder: TableEncoder

    @property
    def target(self) -> Target:
        """The target of the encoder."""
        assert self.encoder.target is not None
        return self.encoder.target


def resolve_path(data: str, path: str | None) -> str | None:
    """The path of MNIST, so that a run can be resumed without the environment variable."""
    return path or (os.environ.get(VARIABLE) or None if data == "mnist" else None)


def load(name: str, path: str | None, seed: int, options: TableOptions) -> TableData | ImageData:
    """The data by name: a built-in data set, MNIST, or a file."""
    if path is not None and name != "mnist":
        raise UsageError(f"--path is the path of mnist; {name} needs none")
    is_builtin = name in ("digits", "mnist") or name in GENERATED
    if is_builtin and options.given():
        raise UsageError(f"{options.given()} is for the columns of a file; {name} has no columns to choose")
    has_header = parse_header(name, options.header)
    if name == "mnist":
        return _mnist(path)
    if name == "digits":
        return ImageData(name, *digits(), shape=(8, 8))
    if is_builtin:
        return _generated(name, seed)
    if Path(name).suffix.lower() not in SUFFIXES:
        known = f"digits, mnist, {', '.join(GENERATED)}, or give a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file"
        raise UsageError(f"unknown data set {name!r}; choose {known}")
    table = read_table(name, header=has_header, target=list(options.target))
    names = list(options.target) or [default_target(table)]
    return TableData(Path(name).stem, table, fit_target(table, names, options.task), options)


def parse_header(name: str, header: str | None) -> bool | None:
    """The option --header as the argument `header` of read_table; raises UsageError if the data is not a .csv file."""
    if header is not None and Path(name).suffix.lower() not in CSV_SUFFIXES:
        raise UsageError(f"--header is for .csv files; {name} has none")
    return None if header is None else header == "yes"


def split_data(data: TableData | ImageData, rng: np.random.Generator, dtype: str) -> SplitData:
    """Split the data, and encode it by the statistics of the training data."""
    if isinstance(data, ImageData):
        splits = _indices(data.name, data.labels, rng, data.held_out is None)
        pairs = [(data.inputs[indices], data.labels[indices]) for indices in splits]
        pairs += [data.held_out] if data.held_out else []
        encoder = data.encoder()
    else:
        table, target = data.table, data.target
        labels = target.apply(table) if target.task == "classification" else len(table)
        splits = _indices(data.name, labels, rng)
        columns, drop = data.options.columns, data.options.drop
        encoder = TableEncoder.fit(table, target.names, task=target.task, columns=columns, drop=drop, rows=splits[0])
        inputs, targets = encoder.apply(table, report=lambda line: None), encoder.targets(table)
        pairs = [(inputs[indices], targets[indices]) for indices in splits]
    train, validation, held_out = ((inputs.astype(dtype, copy=False), targets) for inputs, targets in pairs)
    return SplitData(train, validation, held_out, encoder)


def _indices(name: str, labels: np.ndarray | int, rng: np.random.Generator, holds_out: bool = True) -> list[np.ndarray]:
    """The examples to train, to validate and to hold out, of each class alike; raises UsageError if there are too few."""
    fractions = [1 - HELD_OUT - VALIDATION, VALIDATION, HELD_OUT] if holds_out else [1 - VALIDATION, VALIDATION]
    splits = split(labels, fractions, rng)
    if not all(len(indices) for indices in splits):
        if isinstance(labels, int):
            raise UsageError(f"{name}: {labels} examples are too few to train on some, validate and hold some out")
        few = f"{len(labels)} examples of {len(np.unique(labels))} classes are too few"
        raise UsageError(f"{name}: {few} to train on some of each class, validate and hold some out")
    return splits


def _generated(name: str, seed: int) -> TableData:
    inputs, labels = GENERATED[name](seed)
    columns = [Column(str(i + 1), "number", column) for i, column in enumerate([*inputs.T, labels])]
    table = Table(columns, is_named=False)
    return TableData(name, table, fit_target(table, columns[-1].name), TableOptions(), is_file=False)


def _mnist(path: str | None) -> ImageData:
    images = mnist(path, warn=False)
    (inputs, labels), held_out = ((pixels.reshape(len(pixels), -1), classes) for pixels, classes in images)
    name, note = "mnist", ""
    if images.name != "MNIST":
        name, note = "digits", "mnist: neither --path nor $CHAINRULE_MNIST is given; the digits of the package are used instead"
    return ImageData(name, inputs, labels, images.train[0].shape[1:], held_out, note)
