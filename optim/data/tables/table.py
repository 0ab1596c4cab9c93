"""Tables of named columns, and tables from data frames, dicts, records and arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import DataError, Tensor
from optim.data.tables.column import Column
from optim.data.tables.data_frames import check_not_lazy, frame_columns, frame_library
from optim.data.tables.npz_file import array_columns
from optim.data.tables.object_columns import column_of_objects


class Table:
    """Columns with names and equal lengths; a `TableEncoder` turns them into numbers.

    columns:  the columns, in order.
    source:   the name of the file, for messages.
    lines:    the line of each row in the file.
    is_named: whether the names come from the data; else they are the positions 1, 2, ….

    pandas' and polars' DataFrame, which `as_table` and `TableEncoder` take as they are. Raises DataError for names that occur
    twice and for columns of different lengths.

    >>> from optim.data import as_table
    >>> table = as_table({"city": ["Kyiv", "Lviv"], "height": [1.7, None]})
    >>> len(table), table.names, table["height"].gaps.tolist()
    (2, ['city', 'height'], [False, True])
    """

    def __init__(
        self, columns: Sequence[Column], source: str = "", lines: Sequence[int] | None = None, is_named: bool = True
    ) -> None:
        self.columns = {column.name: column for column in columns}
        self.source, self.lines, self.is_named = source, lines, is_named
        names = [column.name for column in columns]
        for name in names if len(names) > len(self.columns) else ():
            if names.count(name) > 1:
                raise DataError(f"{self.prefix}{names.count(name)} columns have the name {name!r}; names must be unique")
        lengths = {len(column.values) for column in columns}
        if len(lengths) > 1:
            sizes = ", ".join(f"{column.name!r} {len(column.values)}" for column in columns[:8])
            raise DataError(f"{self.prefix}columns of equal lengths expected, got {sizes}")
        self._length = lengths.pop() if lengths else 0

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.columns)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, name: str) -> Column:
        if name not in self.columns:
            raise DataError(f"{self.prefix}there is no column {name!r}; its columns are {shorten(self.names)}")
        return self.columns[name]

    def __repr__(self) -> str:
        return f"Table({len(self)} rows, columns {shorten(self.names)})"

    @property
    def prefix(self) -> str:
        """The file in a message, "flowers.csv: ", or nothing."""
        return f"{self.source}: " if self.source else ""

    def take(self, rows: Any) -> "Table":
        """The table of some rows, by indices or a mask."""
        rows = np.arange(len(self))[rows]
        lines = None if self.lines is None else [self.lines[row] for row in rows]
        return Table([column.take(rows) for column in self.columns.values()], self.source, lines, self.is_named)

    def place(self, row: int, name: str) -> str:
        """A position in words: flowers.csv, line 3, column 'kind'."""
        if self.lines is not None:
            return f"{self.source}, line {self.lines[row]}, column {name!r}"
        return f"{self.source + ', ' if self.source else ''}row {row}, column {name!r}"


def as_table(data: Any) -> Table:
    """The table of a DataFrame of pandas or polars, a dict of columns, a list of dicts or of rows, or an array (n, columns).

    Raises DataError for other data, and for values that are no numbers, text, booleans or dates.

    >>> from optim.data import as_table
    >>> as_table([{"city": "Kyiv", "height": 1.7}, {"city": "Lviv"}])
    Table(2 rows, columns city, height)
    """
    if isinstance(data, Table):
        return data
    if frame_library(data):
        return Table(frame_columns(data))
    check_not_lazy(data)
    if isinstance(data, Mapping):
        return Table([_column(str(name), values) for name, values in data.items()])
    if isinstance(data, Sequence) and not isinstance(data, str) and data:
        if all(isinstance(record, Mapping) for record in data):
            names = dict.fromkeys(name for record in data for name in record)
            return Table([column_of_objects(str(name), [record.get(name) for record in data]) for name in names])
        if all(isinstance(row, list | tuple) for row in data) and len({len(row) for row in data}) == 1:
            return Table([column_of_objects(str(i + 1), values) for i, values in enumerate(zip(*data))], is_named=False)
    array = data.numpy() if isinstance(data, Tensor) else data
    if not isinstance(array, np.ndarray) or (array.ndim != 2 and not array.dtype.names):
        got = f"an array of shape {array.shape}" if isinstance(array, np.ndarray) else type(data).__name__
        raise DataError(
            f"a table expected: a DataFrame, a dict of columns, a list of dicts or of rows, or an array (n, columns), got {got}"
        )
    if array.dtype.names:
        return Table([_column(name, array[name]) for name in array.dtype.names])
    return Table([_column(str(i + 1), array[:, i]) for i in range(array.shape[1])], is_named=False)


def _column(name: str, values: Any) -> Column:
    array = values.numpy() if isinstance(values, Tensor) else values
    if isinstance(array, np.ndarray) and array.ndim == 1:
        return array_columns(array, name)[0]
    if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__iter__"):
        raise DataError(f"column {name!r}: one value for each row expected, got {type(values).__name__}")
    return column_of_objects(name, list(values))


def shorten(names: Sequence[str], limit: int = 8) -> str:
    """Names in a message.

    >>> from optim.data.tables.table import shorten
    >>> shorten(["a", "b", "c"], 2)
    'a, b, …'
    """
    return ", ".join(f"{name:.40}" for name in names[:limit]) + ", …" * (len(names) > limit)
