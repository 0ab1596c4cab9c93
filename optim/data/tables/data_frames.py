"""The columns of data frames of pandas and polars, by their public methods; neither is imported here."""

from typing import Any

import numpy as np

from autograd import DataError
from optim.data.tables.column import Column
from optim.data.tables.object_columns import column_of_objects


def frame_library(data: Any, class_name: str = "DataFrame") -> str | None:
    """ "pandas" or "polars" if the data is a DataFrame, or another class, of one of them; else None.

    >>> from optim.data.tables.data_frames import frame_library
    >>> frame_library([[1.0, 2.0]]) is None
    True
    """
    for cls in type(data).__mro__:
        library = cls.__module__.partition(".")[0]
        if cls.__name__ == class_name and library in ("pandas", "polars"):
            return library
    return None


def frame_columns(frame: Any) -> list[Column]:
    """The columns of a DataFrame; raises DataError for a column of other values than numbers, text, booleans and dates."""
    if frame_library(frame) == "pandas":
        return [_pandas_column(str(name), frame.iloc[:, i]) for i, name in enumerate(frame.columns)]
    return [_polars_column(name, frame[name]) for name in frame.columns]


def has_other_values(data: Any) -> bool:
    """Whether the data is a DataFrame with gaps, or with other columns than numbers and booleans."""
    if not frame_library(data):
        return False
    return any(column.kind not in ("number", "boolean") or bool(column.gaps.any()) for column in frame_columns(data))


def _pandas_column(name: str, series: Any) -> Column:
    kind = "category" if str(series.dtype) == "category" else getattr(series.dtype, "kind", "O")
    has_gaps = bool(series.isna().any())
    if kind == "category":
        return as_category(column_of_objects(name, series.tolist()))
    if kind == "b":
        return Column(name, "boolean", _floats(series, has_gaps))
    if kind in "iu" and not has_gaps:
        return Column(name, "number", np.asarray(series.to_numpy()))
    if kind == "f":
        return Column(name, "number", _floats(series, has_gaps))
    if kind == "m":
        seconds = series.dt.total_seconds()
        return Column(name, "number", _floats(seconds, has_gaps))
    return column_of_objects(name, series.tolist())


def _floats(series: Any, has_gaps: bool) -> np.ndarray:
    """A pandas Series as floats, nan for a gap."""
    return np.asarray(series.to_numpy(dtype=float, na_value=np.nan) if has_gaps else series.to_numpy(dtype=float))


def _polars_column(name: str, series: Any) -> Column:
    dtype = str(series.dtype)
    if series.dtype.is_float() or (series.dtype.is_integer() and not series.null_count()):
        return Column(name, "number", np.asarray(series.to_numpy()))
    if dtype.startswith("Duration"):
        return Column(name, "number", np.array([np.nan if v is None else v.total_seconds() for v in series.to_list()]))
    column = column_of_objects(name, series.to_list())
    return as_category(column) if dtype.startswith(("Categorical", "Enum")) else column


def as_category(column: Column) -> Column:
    """The column with its values as labels, which are categories whatever they look like."""
    values = np.empty(len(column.values), object)
    values[:] = column.labels()
    return Column(column.name, "category", values)


def check_not_lazy(data: Any) -> None:
    """Raise DataError for a LazyFrame of polars, which has no values yet."""
    if frame_library(data, "LazyFrame"):
        raise DataError("a LazyFrame has no values yet; give lazy_frame.collect()")
