"""The column to predict as targets of a loss: classes, numbers, or several labels for each example."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np

from autograd import DataError
from optim.data.tables.column import Column
from optim.data.tables.column_encoders import mean_and_scale, plural
from optim.data.tables.column_types import to_kind
from optim.data.tables.number_text import LEADING_ZERO, read_number
from optim.data.tables.table import Table, shorten

TASKS = ("auto", "classification", "regression", "multilabel")
#: An integer target with more values is regression, unless the task is given.
MAX_CLASSES = 20
#: Names of a target, where none is given.
USUAL_NAMES = ("y", "label", "labels", "target", "class")


class Target:
    """The base of the targets.

    names: of the columns. note: the choice of the task, for people.
    """

    task: ClassVar[str]

    def __init__(self, names: Sequence[str], note: str):
        self.names, self.note = list(names), note

    def apply(self, table: Table) -> np.ndarray:
        """The targets of the rows; raises DataError for a value that is missing or unknown."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """The task and the attributes, as JSON has them."""
        return {"task": self.task, **vars(self)}


class ClassTarget(Target):
    """Classes as indices. classes: the labels, text or numbers, sorted."""

    task = "classification"

    def __init__(self, names: Sequence[str], note: str, classes: Sequence[Any]):
        super().__init__(names, note)
        self.classes = list(classes)

    def apply(self, table: Table) -> np.ndarray:
        """The indices (n,) of the classes."""
        column = table[self.names[0]]
        index = {label: i for i, label in enumerate(self.classes)}
        if isinstance(self.classes[0], bool):
            labels: list[Any] = _booleans(table, column.name).astype(bool).tolist()
        elif isinstance(self.classes[0], str):
            labels = _stated(column.labels(), column, table)
        else:
            labels = class_labels(column, table)
        for row, label in enumerate(labels):
            if label not in index:
                known = shorten([str(name) for name in self.classes])
                raise DataError(f"{table.place(row, column.name)}: unknown class {label!r:.60}; the classes are {known}")
        return np.array([index[label] for label in labels], np.int64)

    def undo(self, indices: Any) -> list[Any]:
        """The labels of indices (n,)."""
        return [self.classes[i] for i in np.asarray(indices).tolist()]


class NumberTarget(Target):
    """Numbers as (y − mean) / scale, a column for each target."""

    task = "regression"

    def __init__(self, names: Sequence[str], note: str, mean: Sequence[float], scale: Sequence[float]):
        super().__init__(names, note)
        self.mean, self.scale = list(mean), list(scale)

    def apply(self, table: Table) -> np.ndarray:
        """The scaled numbers (n, targets)."""
        return (np.stack([_numbers(table, name) for name in self.names], axis=1) - self.mean) / self.scale

    def undo(self, outputs: Any) -> np.ndarray:
        """The numbers of scaled ones (n, targets): y = z scale + mean."""
        return np.asarray(outputs) * self.scale + self.mean


class MultilabelTarget(Target):
    """Columns of yes and no, each of which is a label that an example has or not."""

    task = "multilabel"

    def apply(self, table: Table) -> np.ndarray:
        """Zeros and ones (n, labels)."""
        return np.stack([_booleans(table, name) for name in self.names], axis=1)


def default_target(table: Table) -> str:
    """The column to predict where none is given: the one named y, label, labels, target or class, else the last one.

    Raises DataError for the arrays of an npz file, which have no order.

    >>> from optim.data import as_table
    >>> from optim.data.tables.targets import default_target
    >>> default_target(as_table({"label": [0, 1], "x": [2, 3]})), default_target(as_table({"a": [0, 1], "b": [2, 3]}))
    ('label', 'b')
    """
    usual = [name for name in table.names if name.lower() in USUAL_NAMES]
    if len(usual) == 1:
        return usual[0]
    if table.source.lower().endswith(".npz") or not table.names:
        raise DataError(f"{table.source}: give the array of targets; the columns are {shorten(table.names)}")
    return table.names[-1]


def fit_target(table: Table, names: str | Sequence[str], task: str = "auto", rows: np.ndarray | None = None) -> Target:
    """The targets of columns; rows: those whose mean and deviation scale numbers, default all.

    task: "classification", "regression", "multilabel" for columns of yes and no; "auto": multilabel for several columns; for
          one column regression if it has numbers that are not whole, or more than 20 different ones, else classification.

    Raises DataError for missing values, and for values that do not differ.

    >>> from optim.data import as_table
    >>> from optim.data.tables.targets import fit_target
    >>> table = as_table({"price": [1.5, 2.5, 3.5], "kind": ["b", "a", "b"]})
    >>> fit_target(table, "price").note, fit_target(table, "kind").apply(table).tolist()
    ('price: target, a number from 1.5 to 3.5', [1, 0, 1])
    """
    names = [names] if isinstance(names, str) else list(names)
    if task not in TASKS:
        raise ValueError(f"task: {', '.join(map(repr, TASKS))} expected, got {task!r:.40}")
    if not names:
        raise ValueError("target: at least one column expected, got none")
    if twice := [name for name in names if names.count(name) > 1]:
        raise DataError(f"the target {twice[0]!r} is given {names.count(twice[0])} times; give each column once")
    if task == "auto":
        task = "multilabel" if len(names) > 1 else _task_of(table[names[0]], table)
    if task == "multilabel":
        for name in names:
            _booleans(table, name)
        return MultilabelTarget(names, f"{', '.join(names)}: {plural(len(names), 'label')} that an example can have")
    if task == "regression":
        return _fit_numbers(table, names, rows)
    if len(names) > 1:
        raise DataError(f"classification has one target column, got {', '.join(names)}; several are a task 'multilabel'")
    return _fit_classes(table, names[0])


def class_labels(column: Column, table: Table) -> list[Any]:
    """The labels of a column: integers if all are whole numbers, else floats, booleans or text."""
    texts = _stated(column.labels(), column, table)
    if column.kind == "boolean":
        return [bool(value) for value in column.values]
    numbers = [read_number(text, column.decimal) for text in texts] if column.kind in ("number", "text") else [None]
    if any(number is None for number in numbers) or any(LEADING_ZERO.match(text) for text in texts):
        return texts
    for row, number in enumerate(numbers):
        if number is None or not np.isfinite(number):
            raise DataError(f"{table.place(row, column.name)}: {texts[row]} is neither a class nor a finite number")
    if all(number.is_integer() and abs(number) < 2**63 for number in numbers if number is not None):
        return [int(text) if text.lstrip("+-").isdecimal() else int(number or 0) for text, number in zip(texts, numbers)]
    return numbers


def _stated(labels: list[str | None], column: Column, table: Table) -> list[str]:
    """The labels; raises DataError if one is missing."""
    for row, label in enumerate(labels):
        if label is None:
            raise DataError(f"{table.place(row, column.name)}: the value of the target is missing; remove the row")
    return labels  # type: ignore[return-value]


def _task_of(column: Column, table: Table) -> str:
    labels = class_labels(column, table)
    is_fraction = any(isinstance(label, float) for label in labels)
    is_many = not isinstance(labels[0], str | bool) and len(set(labels)) > MAX_CLASSES
    return "regression" if is_fraction or is_many else "classification"


def _fit_classes(table: Table, name: str) -> ClassTarget:
    labels = class_labels(table[name], table)
    classes = sorted(set(labels))
    if len(classes) < 2:
        raise DataError(f"{table.prefix}the target column {name!r} has only one class ({classes[0]}); at least two are needed")
    if len(classes) == len(labels) > MAX_CLASSES:
        raise DataError(f"{table.prefix}the target column {name!r} has another class in each row, such as {classes[0]!r:.40}")
    return ClassTarget([name], f"{name}: target, {len(classes)} classes", classes)


def _fit_numbers(table: Table, names: list[str], rows: np.ndarray | None) -> NumberTarget:
    values = [_numbers(table, name) for name in names]
    for name, numbers in zip(names, values):
        if numbers.min() == numbers.max():
            raise DataError(f"{table.prefix}the target column {name!r} has only one value ({numbers[0]:g})")
    moments = [mean_and_scale(v if rows is None else v[rows], name) for name, v in zip(names, values)]
    note = f"{names[0]}: target, a number from {values[0].min():g} to {values[0].max():g}"
    if len(names) > 1:
        note = f"{', '.join(names)}: {len(names)} targets, numbers"
    return NumberTarget(names, note, [mean for mean, _ in moments], [scale for _, scale in moments])


def _numbers(table: Table, name: str) -> np.ndarray:
    return _complete(to_kind(table[name], "number", partial(table.place, name=name)), table)


def _booleans(table: Table, name: str) -> np.ndarray:
    return _complete(to_kind(table[name], "boolean", partial(table.place, name=name)), table)


def _complete(column: Column, table: Table) -> np.ndarray:
    gaps = column.gaps
    if gaps.any():
        row = int(gaps.argmax())
        raise DataError(f"{table.place(row, column.name)}: the value of the target is missing; remove the row")
    return column.values
