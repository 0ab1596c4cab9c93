"""Read the columns of a Parquet file by pyarrow (extra `pyarrow`)."""

from pathlib import Path
from typing import Any

import numpy as np

from optim.data.errors import DataFileError
from optim.data.tables.column import Column
from optim.data.tables.data_frames import as_category
from optim.data.tables.object_columns import column_of_objects


def parquet_columns(path: Path) -> list[Column]:
    """The columns of a file; raises DataFileError for a damaged file and for nested columns."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise DataFileError(f"{path.name}: Parquet files need pyarrow: pip install 'chainrule[pyarrow]' ({error})") from None
    try:
        table = parquet.ParquetFile(path).read()
    except Exception as error:  # of pyarrow and of the system, of many types
        raise DataFileError(f"{path.name}: not a Parquet file ({str(error).splitlines()[0]:.200})") from None
    return [_column(pyarrow, name, column, path) for name, column in zip(table.column_names, table.columns)]


def _column(pyarrow: Any, name: str, column: Any, path: Path) -> Column:
    types = pyarrow.types
    if types.is_floating(column.type) or (types.is_integer(column.type) and not column.null_count):
        return Column(name, "number", np.asarray(column.to_numpy()).astype(float if column.null_count else None, copy=False))
    if types.is_timestamp(column.type):  # of nanoseconds, which Python's datetimes do not have
        column = column.cast(pyarrow.timestamp("us", column.type.tz), safe=False)
    values = column_of_objects(name, column.to_pylist(), f"{path.name}: ")
    return as_category(values) if types.is_dictionary(column.type) else values
