"""Columns of Python objects: strings, numbers, booleans and dates, as in lists, dicts and data frames."""

import datetime
import decimal
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import DataError
from optim.data.tables.column import Column, number_text, text_column


def column_of_objects(name: str, values: Sequence[Any], prefix: str = "") -> Column:
    """The column of a list of values; raises DataError for a value that is no string, number, boolean or date."""
    values = [None if _is_gap(value) else value for value in values]
    kinds = {_kind(value, name, i, prefix) for i, value in enumerate(values) if value is not None}
    if kinds <= {"boolean"} and kinds:
        return Column(name, "boolean", np.array([np.nan if value is None else float(value) for value in values]))
    if kinds <= {"number", "boolean"} and kinds and not (None in values and any(map(_is_large_integer, values))):
        return Column(name, "number", _numbers(values))
    if kinds == {"date"}:
        return Column(name, "date", np.array([_seconds(value) for value in values], "datetime64[s]"))
    return text_column(name, [None if value is None else _text(value) for value in values])


def _is_gap(value: Any) -> bool:
    """Whether a value is None, nan, or the missing value of pandas."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)


def _kind(value: Any, name: str, row: int, prefix: str) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool | np.bool_):
        return "boolean"
    if isinstance(value, numbers.Real | decimal.Decimal):
        return "number"
    if isinstance(value, datetime.date):  # datetimes are dates
        return "date"
    place = f"{prefix}row {row}, column {name!r}"
    raise DataError(f"{place}: a number, text, boolean or date expected, got {type(value).__name__} {value!r:.60}")


def _numbers(values: list[Any]) -> np.ndarray:
    if all(isinstance(value, int | np.integer) and not isinstance(value, bool) and abs(int(value)) < 2**63 for value in values):
        return np.array(values, np.int64)
    return np.array([np.nan if value is None else _float(value) for value in values])


def _is_large_integer(value: Any) -> bool:
    """Whether a value is an integer that floats may round, such as an identifier; beside gaps it stays text."""
    return isinstance(value, int | np.integer) and abs(int(value)) > 2**53


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def _seconds(value: datetime.date | None) -> np.datetime64:
    if value is None:
        return np.datetime64("NaT", "s")
    if not isinstance(value, datetime.datetime):
        return np.datetime64(value.isoformat(), "s")
    if value.tzinfo is not None:
        value = value.astimezone(datetime.UTC)
    return np.datetime64(value.replace(tzinfo=None, microsecond=0).isoformat(), "s")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(bool(value)) if isinstance(value, bool | np.bool_) else number_text(value)
