"""Data sets of Parquet files, which stay on disk; their row groups are decoded when a batch asks for them."""

import importlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from optim.data.errors import DataFileError
from optim.data.file_dataset import Arrays, Block, FileDataset


def parquet_dataset(
    paths: str | Path | Sequence[str | Path], target: str, features: Sequence[str] | None = None, max_open: int = 16
) -> FileDataset:
    """The data set of one or several Parquet files with the same columns. Needs pyarrow: pip install 'chainrule[pyarrow]'.

    target:   the column of targets.
    features: the columns of inputs, by default all others. Columns of numbers become the columns of a matrix (n, features) in
              their common dtype; a single column of lists of one fixed size becomes a matrix (n, size).
    max_open: number of row groups in memory at a time, see FileDataset.

    Only the footers are read at first. A row group is the smallest part of a file that can be read: write large files with row
    groups of some thousand rows (row_group_size), and train with `FileBatches`, which decodes each once per epoch.
    Raises DataFileError for other files, missing columns, columns that are not numbers, and missing values.

    >>> import os, tempfile
    >>> import numpy as np
    >>> import pyarrow, pyarrow.parquet
    >>> from optim.data import parquet_dataset
    >>> table = pyarrow.table({"length": np.arange(6.0), "width": np.ones(6), "kind": np.arange(6) % 2})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "flowers.parquet")
    ...     pyarrow.parquet.write_table(table, path, row_group_size=3)
    ...     data = parquet_dataset(path, target="kind")
    ...     inputs, targets = data[2:4]
    >>> inputs.tolist(), targets.tolist(), data
    ([[2.0, 1.0], [3.0, 1.0]], [0, 1], FileDataset(inputs (6, 2) float64, targets (6,) int64, 2 blocks on disk))
    """
    _pyarrow_parquet()
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    columns = None if features is None else list(features)
    blocks: list[Block] = []
    for path in files:
        blocks += _blocks(path, target, columns)
    return FileDataset(blocks, max_open)


def _pyarrow_parquet() -> Any:
    try:
        return importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise ImportError("parquet_dataset needs pyarrow: pip install 'chainrule[pyarrow]'") from None


def _blocks(path: Path, target: str, features: list[str] | None) -> list[Block]:
    """The row groups of a file that have rows."""
    if not path.is_file():
        raise DataFileError(f"{path}: {'this is a folder, not a file' if path.is_dir() else 'there is no such file'}")
    try:
        with _pyarrow_parquet().ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
    except Exception as error:  # pyarrow raises errors of many types on damaged files
        raise DataFileError(f"{path.name}: not a Parquet file ({error!s:.240})") from None
    names = [name for name in schema.names if name != target] if features is None else features
    for name in (target, *names):
        if name not in schema.names:
            raise DataFileError(f"{path.name}: there is no column {name!r}; its columns are {', '.join(schema.names)}")
    if not names:
        raise DataFileError(f"{path.name}: there is no column besides the target {target!r}")
    empty_table = schema.empty_table()
    empty = _inputs(path.name, empty_table, names), _column(path.name, empty_table, target)
    groups = [(number, metadata.row_group(number)) for number in range(metadata.num_row_groups)]
    return [
        Block(
            f"{path.name}, row group {number}",
            group.num_rows,
            empty,
            partial(_read, path, number, target, names),
            f"{path.stat().st_size} bytes",
        )
        for number, group in groups
        if group.num_rows
    ]


def _read(path: Path, number: int, target: str, features: list[str]) -> Arrays:
    name = f"{path.name}, row group {number}"
    try:
        with _pyarrow_parquet().ParquetFile(path) as file:
            table = file.read_row_group(number, columns=[*features, target], use_threads=False)
    except Exception as error:  # pyarrow raises errors of many types on damaged files
        raise DataFileError(f"{name}: cannot be read ({error!s:.240})") from None
    return _inputs(name, table, features), _column(name, table, target)


def _inputs(name: str, table: Any, features: list[str]) -> np.ndarray:
    columns = [_column(name, table, feature) for feature in features]
    if len(columns) == 1 and columns[0].ndim > 1:
        return columns[0]
    for feature, column in zip(features, columns):
        if column.ndim > 1:
            raise DataFileError(f"{name}, column {feature!r}: a column of lists must be the only feature")
    return np.stack(columns, axis=1)


def _column(name: str, table: Any, column: str) -> np.ndarray:
    """A column of numbers (n,), or of lists of a fixed size (n, size)."""
    values = table.column(column)
    place = f"{name}, column {column!r}"
    if values.null_count:
        raise DataFileError(f"{place}: {values.null_count} missing values; fill them in or remove the rows")
    size = getattr(values.type, "list_size", None)
    if size is None:
        array = values.to_numpy()
    else:
        flat = values.combine_chunks().flatten()
        if flat.null_count:
            raise DataFileError(f"{place}: {flat.null_count} missing values; fill them in or remove the rows")
        array = flat.to_numpy(zero_copy_only=False).reshape(-1, size)
    if array.dtype.kind not in "biuf":
        raise DataFileError(f"{place}: numbers, or lists of numbers of one fixed size, expected, got {values.type}")
    return array
