"""Encode tables as numbers: types and encoders of the columns fit to the training data, applied to raw rows."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Self

import numpy as np

from autograd import DataError
from autograd.extend import suggest_names
from optim.data.datasets import ArrayDataset
from optim.data.tables.column import Column
from optim.data.tables.column_choice import fit_column
from optim.data.tables.column_encoders import ColumnEncoder, Report
from optim.data.tables.column_types import KINDS
from optim.data.tables.encoder_state import encoders_of_state, names_of_state, target_of_state
from optim.data.tables.table import Table, as_table, shorten
from optim.data.tables.targets import Target, fit_target

#: Up to this number of columns each has a note of its own.
NOTES = 40


class TableEncoder:
    """Encodes the columns of a table as numbers.

    names:    the columns of the training data, in order.
    encoders: name → encoder of each column that is not a target.
    target:   the targets, or None.
    features: the names of the numbers of a row.

    A number becomes (x − mean) / deviation, a category a 1 among zeros, a boolean 0 or 1, a date its parts (time, month,
    weekday, …), scaled as numbers. A gap is filled with the median, or is a category of its own. scikit-learn's
    ColumnTransformer of StandardScaler, SimpleImputer and OneHotEncoder, Keras's FeatureSpace.

    >>> from optim.data import TableEncoder
    >>> people = {"city": ["Kyiv", "Lviv", "Kyiv"], "age": ["31", "", "35"], "id": ["x1", "x2", "x3"], "married": [1, 0, 1]}
    >>> encoder = TableEncoder.fit(people, target="married")
    >>> print(*encoder.notes, sep="\\n")
    city: 2 categories, one-hot
    age: number, 1 gap filled with the median
    id: all different, left out
    married: target, 2 classes
    >>> encoder.features, encoder.apply([{"city": "Lviv", "age": 33}]).tolist(), encoder.targets(people).tolist()
    (['city=Kyiv', 'city=Lviv', 'age'], [[0.0, 1.0, 0.0]], [1, 0, 1])
    """

    def __init__(self, names: Sequence[str], encoders: Sequence[ColumnEncoder], target: Target | None = None) -> None:
        self.names = list(names)
        self.encoders = {encoder.name: encoder for encoder in encoders}
        self.target = target

    @classmethod
    @suggest_names
    def fit(
        cls,
        table: Any,
        target: str | Sequence[str] | Target | None = None,
        *,
        task: str = "auto",
        columns: Mapping[str, str] | None = None,
        drop: Sequence[str] = (),
        rows: Any = None,
    ) -> Self:
        """The encoder of a table: a Table, DataFrame, dict of columns, list of records or array (n, columns).

        target:  the columns to predict, or what `fit_target` returned; None if there is none.
        task:    "classification", "regression", "multilabel", or "auto", see `fit_target`.
        columns: name → "number", "category", "boolean", "date" or "drop"; other columns are typed by their values.
        drop:    names of columns to leave out.
        rows:    indices or a mask of the training rows, whose statistics are taken; default all. Types are those of all rows.

        Raises DataError for unknown columns, for values that fit no type, and if no column is left.
        """
        table = as_table(table)
        if not len(table):
            raise DataError("a table with at least one row expected, got none")
        indices = None if rows is None else np.arange(len(table))[rows]
        choices = _choices(table, columns, drop)
        if target is not None and not isinstance(target, Target):
            target = fit_target(table, target, task, indices)
        targets = target.names if target is not None else []
        for name in targets:
            if name in choices:
                raise DataError(f"column {name!r} is the target; leave it out of columns and drop")
        encoders = [
            fit_column(column, choices.get(name), partial(table.place, name=name), indices)
            for name, column in table.columns.items()
            if name not in targets
        ]
        encoder = cls(table.names, encoders, target)
        if not encoder.features:
            reasons = "; ".join(f"{item.name:.40}: {item.note}" for item in encoders[:8])
            besides = f"besides the target {shorten(targets)}" if targets else "to encode"
            raise DataError(f"{table.prefix}there is no column {besides} ({reasons or 'none'})")
        return encoder

    @property
    def features(self) -> list[str]:
        """The names of the numbers of a row, such as age and city=Kyiv."""
        return [feature for encoder in self.encoders.values() for feature in encoder.features]

    @property
    def notes(self) -> list[str]:
        """The treatment of each column in a line; of many columns those of a kind together."""
        target = [] if self.target is None else [self.target.note]
        if len(self.encoders) <= NOTES:
            return [f"{encoder.name}: {encoder.note}" for encoder in self.encoders.values()] + target
        alike: dict[str, list[str]] = {}
        for encoder in self.encoders.values():
            note = encoder.note if encoder.features else "left out"
            alike.setdefault(note, []).append(encoder.name)
        return [f"{shorten(names, 3)} ({len(names)} columns): {note}" for note, names in alike.items()] + target

    def apply(self, table: Any, report: Report = warnings.warn) -> np.ndarray:
        """The inputs (n, features) of raw rows, of any form that `fit` takes; a target and other columns are not needed.

        Columns are found by name; in data without names by position, with or without the targets.
        report: called with a line for each column with unknown categories, which are encoded as zeros.

        Raises DataError for a missing column, and for a value that does not fit the type of its column.
        """
        table = as_table(table)
        columns = self._columns(table)
        blocks = [
            encoder.apply(columns[name], partial(table.place, name=columns[name].name), report)
            for name, encoder in self.encoders.items()
            if encoder.features
        ]
        return np.concatenate(blocks, axis=1)

    def targets(self, table: Any) -> np.ndarray:
        """The targets of rows: class indices (n,), scaled numbers (n, targets), or zeros and ones (n, labels)."""
        if self.target is None:
            raise DataError("this encoder has no target; name it in TableEncoder.fit(table, target=…)")
        table = as_table(table)
        if set(self.target.names) <= set(table.names) and (table.is_named or len(table.names) == len(self.names)):
            return self.target.apply(table)
        columns = [replace(column, name=name) for name, column in self._by_position(table).items()]
        return self.target.apply(Table(columns, table.source, table.lines))

    def dataset(self, table: Any) -> ArrayDataset:
        """Inputs and targets of a table, as data for `fit`."""
        table = as_table(table)
        return ArrayDataset(self.apply(table), self.targets(table))

    def state_dict(self) -> dict[str, Any]:
        """The names, encoders and targets, of types that JSON has."""
        target = None if self.target is None else self.target.state_dict()
        return {"names": self.names, "encoders": [e.state_dict() for e in self.encoders.values()], "target": target}

    @classmethod
    def from_state_dict(cls, state: Any) -> Self:
        """The encoder of a state, such as one from a JSON file; raises DataError for other contents.

        >>> import json
        >>> from optim.data import TableEncoder
        >>> encoder = TableEncoder.fit({"age": [31, 35], "height": [1.7, 1.8]}, "height")
        >>> same = TableEncoder.from_state_dict(json.loads(json.dumps(encoder.state_dict())))
        >>> same.apply({"age": [33]}).tolist(), same.target.undo([[1.0]]).round(2).tolist()
        ([[0.0]], [[1.8]])
        """
        return cls(names_of_state(state), encoders_of_state(state), target_of_state(state))

    def _columns(self, table: Table) -> dict[str, Column]:
        """The columns of a table by their names in the training data."""
        missing = [name for name, encoder in self.encoders.items() if encoder.features and name not in table.columns]
        has_names = table.is_named and not all(name.isdecimal() for name in self.names)
        if missing and has_names:
            raise DataError(f"{table.prefix}there is no column {missing[0]!r}; its columns are {shorten(table.names)}")
        return table.columns if not missing and table.is_named else self._by_position(table)

    def _by_position(self, table: Table) -> dict[str, Column]:
        """The columns of a table without names: those of the training data, with or without targets, or the encoded ones."""
        encoded = [name for name, encoder in self.encoders.items() if encoder.features]
        layouts = (self.names, list(self.encoders), encoded)
        names = next((names for names in layouts if len(names) == len(table.columns)), None)
        if names is None:
            counts = " or ".join(dict.fromkeys(str(len(names)) for names in layouts[1::-1]))
            raise DataError(f"{table.prefix}{counts} columns expected ({shorten(self.names)}), got {len(table.columns)}")
        return dict(zip(names, table.columns.values()))


def _choices(table: Table, columns: Mapping[str, str] | None, drop: Sequence[str]) -> dict[str, str]:
    """The choices of a person by column; raises DataError for an unknown column, ValueError for an unknown choice."""
    choices = dict(columns or {}) | dict.fromkeys([drop] if isinstance(drop, str) else drop, "drop")
    for name, choice in choices.items():
        _ = table[name]  # raises DataError if there is none
        if choice not in (*KINDS, "drop"):
            raise ValueError(f"columns: {', '.join(map(repr, KINDS))} or 'drop' expected for {name!r}, got {choice!r:.40}")
    return choices
