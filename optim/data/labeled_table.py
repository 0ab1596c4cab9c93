"""Read a table of a class for each example: a CSV or npz file with one column for the class of each example."""

import operator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optim.data.csv_rows import ambiguous, is_number, is_sequence, rows_of
from optim.data.errors import DataFileError
from optim.data.tables.npz_file import read_npz

MISSING = ("", "nan", "na", "n/a", "null", "none", "?")


@dataclass
class Table:
    """The examples of a file, the result of `read_table`.

    >>> import numpy as np
    >>> from optim.data.labeled_table import Table
    >>> table = Table(np.ones((2, 1)), np.array([1, 0]), ["length"], ["setosa", "virginica"])
    >>> [table.classes[label] for label in table.labels]
    ['virginica', 'setosa']
    """

    inputs: np.ndarray  # (n, features) floats
    labels: np.ndarray  # (n,) indices into classes
    features: list[str]
    classes: list[str]


def read_table(path: str | Path, target: str | None = None, header: bool | None = None) -> Table:
    """Read examples and their classes from a .csv or .npz file.

    CSV: numbers separated by commas, one row in each line that is not blank; without a header the columns are named 1, 2, ….
    npz: one array of classes, and arrays of n rows whose columns are the features.
    target: the column or array of classes; default: the last column, or the array y, label, labels or target.
    header: whether the first row of a CSV file is a header. Default: it is one if it has only text or contains the target, and
            an example if it has numbers and a class that occurs in another row.

    Raises DataFileError, with the line, for a first row that may be a header and may be an example, for quotes that do not
    enclose one cell of a line, for missing values, and for text in a feature; also for an unknown target and for fewer than
    two classes.

    >>> import tempfile, os
    >>> from optim.data.labeled_table import read_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "flowers.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("length,width,kind\\n1.4,0.2,setosa\\n4.7,1.4,versicolor\\n")
    ...     table = read_table(path)
    >>> table.inputs.shape, table.labels.tolist(), table.classes
    ((2, 2), [0, 1], ['setosa', 'versicolor'])
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".npz"):
        raise DataFileError(f"{path.name}: expected a .csv or .npz file")
    if not path.is_file():
        raise DataFileError(f"{path}: {'this is a folder, not a file' if path.is_dir() else 'there is no such file'}")
    column = _read_csv(path, target, header) if suffix == ".csv" else _read_npz(path, target)
    if not column.inputs.shape[1]:
        raise DataFileError(f"{path.name}: there is no column besides the target {column.title}")
    labels, classes = _classes(column, path.name)
    return Table(column.inputs, labels, column.features, classes)


@dataclass
class _Column:
    """The target column as read, and the features."""

    inputs: np.ndarray
    features: list[str]
    title: str  # column 'kind'
    cells: list[Any]
    places: list[str]  # flowers.csv, line 3, column 'kind'


def _read_csv(path: Path, target: str | None, has_header: bool | None) -> _Column:
    rows = rows_of(path)
    first = rows[0][1]
    has_header = _has_header(path, rows, target, has_header)
    header = first if has_header else [str(i + 1) for i in range(len(first))]
    body = rows[1:] if has_header else rows
    if not body:
        raise DataFileError(f"{path.name}: there is a header but no examples")
    if target is not None and target not in header:
        raise DataFileError(f"{path.name}: there is no column {target!r}; its columns are {', '.join(header)}")
    if target is not None and header.count(target) > 1:
        raise DataFileError(f"{path.name}: {header.count(target)} columns have the name {target!r}; the target must be unique")
    index = len(header) - 1 if target is None else header.index(target)
    features = [name for i, name in enumerate(header) if i != index]
    numbers, column, places = [], [], []
    for line, row in body:
        if len(row) != len(header):
            raise DataFileError(f"{path.name}, line {line}: {len(header)} values expected, got {len(row)}")
        cells = [_check_cell(path, line, name, cell, is_feature=i != index) for i, (name, cell) in enumerate(zip(header, row))]
        column.append(cells.pop(index))
        places.append(f"{path.name}, line {line}, column {header[index]!r}")
        numbers.append([float(cell) for cell in cells])
    return _Column(np.array(numbers), features, f"column {header[index]!r}", column, places)


def _has_header(path: Path, rows: list[tuple[int, list[str]]], target: str | None, header: bool | None) -> bool:
    """Whether the first row is a header; raises DataFileError if it may be a header and may be an example.

    A header has only text, or contains the target. An example has numbers, and a class that occurs in another row.
    """
    (line, first), rest = rows[0], [row for _, row in rows[1:]]
    if header is not None:
        return header
    is_position = target is not None and target.isdecimal() and 1 <= int(target) <= len(first)
    if target in first and not is_position:
        return True
    index = int(target) - 1 if target is not None and is_position else len(first) - 1
    text = [not is_number(cell) for cell in first]
    label = _label(first[index])
    is_known = any(_label(row[index]) == label for row in rest if len(row) > index)
    features = text[:index] + text[index + 1 :]
    if any(features) and all(cell.lower() in MISSING for cell in (first[:index] + first[index + 1 :])):
        reason = "because its values are missing"
    elif all(text) and not is_known:
        return True
    elif any(features):
        reason = "because it has text and numbers" if not all(text) else f"because its class {first[index]!r} occurs below"
    elif is_sequence(first):
        reason = "because it has consecutive numbers"
    elif rest and not is_known:
        reason = f"because its class {first[index]!r} occurs in no other row"
    else:
        return False
    raise ambiguous(path, line, first, reason, "give header=True or header=False (--header yes or no)")


def _label(cell: str) -> str | float:
    """A class for comparisons: 1 and 1.0 are the same."""
    return float(cell) if is_number(cell) else cell


def _check_cell(path: Path, line: int, name: str, cell: str, is_feature: bool) -> str:
    place = f"{path.name}, line {line}, column {name!r}"
    if cell.lower() in MISSING:
        raise DataFileError(f"{place}: the value is missing ({cell!r}); fill it in or remove the row")
    if is_feature and not is_number(cell):
        raise DataFileError(f"{place}: {cell!r} is not a number; only the target column may contain text")
    if is_feature and not np.isfinite(float(cell)):
        raise DataFileError(f"{place}: {cell!r} is not a finite number")
    return cell


def _read_npz(path: Path, target: str | None) -> _Column:
    arrays = read_npz(path)
    usual = [name for name in ("y", "label", "labels", "target") if name in arrays]
    if not arrays:
        raise DataFileError(f"{path.name}: the file contains no arrays")
    if target is None and len(usual) != 1:
        raise DataFileError(f"{path.name}: give the array of classes as target; the arrays are {', '.join(arrays)}")
    if target is not None and target not in arrays:
        raise DataFileError(f"{path.name}: there is no array {target!r}; the arrays are {', '.join(arrays)}")
    target = target or usual[0]
    column = arrays.pop(target)
    if column.dtype.kind not in "biufU":
        raise DataFileError(f"{path.name}: array {target!r} has dtype {column.dtype}; classes are strings or integers")
    if column.size != (len(column) if column.ndim else 0):
        raise DataFileError(f"{path.name}: array {target!r} must have one class per example, got shape {column.shape}")
    if not column.size:
        raise DataFileError(f"{path.name}: there are no examples")
    n = column.size
    blocks, features = [], []
    for name, array in arrays.items():
        if array.ndim == 0 or len(array) != n:
            raise DataFileError(f"{path.name}: array {name!r} has shape {array.shape}, but {target!r} has {n} rows")
        if array.dtype.kind not in "biuf":
            raise DataFileError(f"{path.name}: array {name!r} must be numbers, got dtype {array.dtype}")
        block = array.reshape(n, -1).astype(float)
        for row, i in np.argwhere(~np.isfinite(block))[:1]:
            raise DataFileError(f"{path.name}, array {name!r}, row {row}, column {i}: {block[row, i]} is not a finite number")
        blocks.append(block)
        features += [f"{name}[{i}]" for i in range(block.shape[1])]
    inputs = np.concatenate(blocks, axis=1) if blocks else np.empty((n, 0))
    places = [f"{path.name}, array {target!r}, row {row}" for row in range(n)]
    return _Column(inputs, features, f"array {target!r}", np.ravel(column).tolist(), places)


def _classes(column: _Column, file: str) -> tuple[np.ndarray, list[str]]:
    """Indices of classes, and the names of the classes: sorted as numbers if all are integers, else as text."""
    cells = column.cells
    if all(not isinstance(cell, str) or is_number(cell) for cell in cells):
        cells = [_as_integer(cell, place) for cell, place in zip(cells, column.places)]
    classes = sorted(set(cells))
    if len(classes) < 2:
        raise DataFileError(f"{file}: the target {column.title} has only one class ({classes[0]}); at least two are needed")
    index = {name: i for i, name in enumerate(classes)}
    return np.array([index[cell] for cell in cells]), [str(name) for name in classes]


def _as_integer(cell: Any, place: str) -> int:
    try:
        return int(cell) if isinstance(cell, str) else operator.index(cell)
    except (ValueError, TypeError):
        number = float(cell)
    if not number.is_integer() or abs(number) >= 2**63:
        raise DataFileError(f"{place}: {cell} is not a class; classes are text or integers")
    return int(number)
