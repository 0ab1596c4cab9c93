"""The type of a column by its values, and the values of a column as those of a type."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from autograd import DataError
from optim.data.tables.column import Column
from optim.data.tables.date_text import day_first, read_dates
from optim.data.tables.number_text import LEADING_ZERO, read_numbers

#: The types of columns; as choices of a person besides "drop".
KINDS = ("number", "category", "boolean", "date")
#: Pairs of words, false and true.
BOOLEANS = (("false", "true"), ("no", "yes"), ("n", "y"), ("f", "t"))
#: Above this share of numbers, and with more different ones than below, other text is an error.
NUMBER_SHARE, FEW_NUMBERS = 0.9, 20

Place = Callable[[int], str]


def infer_kind(column: Column, place: Place) -> str:
    """The type of a column by its values: number, boolean, date, or else category.

    Digits with leading zeros, such as postal codes, are categories. Raises DataError for text in a column of numbers.

    >>> from optim.data.tables.column import text_column
    >>> from optim.data.tables.column_types import infer_kind
    >>> [infer_kind(text_column("x", cells), str) for cells in (["1", "2.5"], ["yes", "no"], ["01234", "79100"], ["31.1.2024"])]
    ['number', 'boolean', 'category', 'date']
    """
    if column.kind != "text":
        return column.kind
    labels = column.labels()
    words = {label.lower() for label in labels if label is not None}
    if any(words <= set(pair) for pair in BOOLEANS):
        return "boolean"
    numbers, is_other = read_numbers(labels, column.decimal)
    if not is_other.any():
        return "category" if any(LEADING_ZERO.match(word) for word in words) else "number"
    if is_other.sum() <= (1 - NUMBER_SHARE) * column.gaps.size and len(np.unique(numbers)) > FEW_NUMBERS:
        row = int(is_other.argmax())
        raise DataError(
            f"{place(row)}: {labels[row]!r:.60} is not a number, as most values of this column are; correct it, or choose "
            f"columns={{{column.name!r}: 'number'}}, which takes it as missing, or 'category'"
        )
    first = next(label for label in labels if label is not None)
    is_date = not read_dates([first])[1].any() and not read_dates(labels)[1].any()
    return "date" if is_date else "category"


def to_kind(column: Column, kind: str, place: Place, coerce: bool = False) -> Column:
    """The column with values of a type; raises DataError for the first value that is none, or takes it as missing (coerce)."""
    if kind == "category":
        values = np.empty(len(column.values), object)
        values[:] = column.labels()
        return replace(column, kind=kind, values=values)
    if kind == "date" and column.kind != "date" and column.is_day_first is None:
        column = replace(column, is_day_first=day_first(column.labels()))
    values, is_wrong = {"number": _as_numbers, "boolean": _as_booleans, "date": _as_dates}[kind](column)
    if is_wrong.any() and not coerce:
        row = int(is_wrong.argmax())
        if kind == "number" and np.isinf(values[row]):
            raise DataError(f"{place(row)}: {column.labels()[row]} is not a finite number")
        order = {None: "", True: ", the day first", False: ", the month first"}[column.is_day_first if kind == "date" else None]
        raise DataError(f"{place(row)}: {column.labels()[row]!r:.60} is not a {kind}{order}")
    if kind != "date":
        values = np.where(is_wrong, np.nan, values)
    return replace(column, kind=kind, values=values)


def _as_numbers(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """Floats, nan for gaps; and whether each value is no finite number."""
    if column.kind in ("number", "boolean"):
        values = column.values.astype(float)
        return values, np.isinf(values)
    digits = {"true": "1", "false": "0"}  # as booleans of a DataFrame are numbers
    labels = [None if label is None else digits.get(label.lower(), label) for label in column.labels()]
    values, is_other = read_numbers(labels, column.decimal)
    return values, is_other | np.isinf(values)


def _as_booleans(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """0 and 1, nan for gaps; and whether each value is neither."""
    if column.kind in ("number", "boolean"):
        values = column.values.astype(float)
        return values, ~column.gaps & (values != 0) & (values != 1)
    meaning = {word: float(i) for pair in (*BOOLEANS, ("0", "1"), ("0.0", "1.0")) for i, word in enumerate(pair)}
    labels = column.labels()
    values = np.array([np.nan if label is None else meaning.get(label.lower(), -1.0) for label in labels])
    return values, values == -1


def _as_dates(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """datetime64[s], NaT for gaps; and whether each value is no date."""
    if column.kind == "date":
        return column.values, np.zeros(len(column.values), bool)
    return read_dates(column.labels(), column.is_day_first)
