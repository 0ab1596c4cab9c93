"""A person's own data: a CSV or npz file in which one column holds the class of each example."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np


class DataFileError(ValueError):
    """A data file that cannot be learned from; the message names the place and what would be right."""


@dataclass
class Table:
    """Examples read from a file."""

    inputs: np.ndarray  # (n, features) floats
    labels: np.ndarray  # (n,) indices into classes
    features: list[str]
    classes: list[str]


def read_table(path: str | Path, target: str | None = None) -> Table:
    """Read examples and their classes from a .csv or .npz file.

    CSV: numbers separated by commas, with a header or without (columns are then called 1, 2, …).
    npz: one array of classes, and arrays of n rows that are put side by side as features.
    target: the column or array of classes; by default the last column, or the array y, label, labels or target.

    Raises DataFileError for text or gaps where numbers belong, an unknown target, fewer than two classes.

    >>> import tempfile, os
    >>> from optim.data import read_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "flowers.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("length,width,kind\\n1.4,0.2,setosa\\n4.7,1.4,versicolor\\n")
    ...     table = read_table(path)
    >>> table.inputs.shape, table.labels.tolist(), table.classes
    ((2, 2), [0, 1], ['setosa', 'versicolor'])
    """
    path = Path(path)
    readers = {".csv": _read_csv, ".npz": _read_npz}
    if path.suffix.lower() not in readers:
        raise DataFileError(f"{path.name}: expected a .csv or .npz file")
    if not path.is_file():
        raise DataFileError(f"{path}: there is no such file")
    inputs, column, features, title = readers[path.suffix.lower()](path, target)
    if not inputs.shape[1]:
        raise DataFileError(f"{path.name}: beside the target {title} there is no column to learn from")
    labels, classes = _classes(column, f"{path.name}: the target {title}")
    return Table(inputs, labels, features, classes)


def _read_csv(path: Path, target: str | None) -> tuple[np.ndarray, np.ndarray, list[str], str]:
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataFileError(f"{path.name}: not a text file of comma-separated values ({error})") from None
    if not rows:
        raise DataFileError(f"{path.name}: the file is empty")
    first = rows[0][1]
    has_header = target in first or not any(_is_number(cell) for cell in first)
    header = first if has_header else [str(i + 1) for i in range(len(first))]
    body = rows[1:] if has_header else rows
    if not body:
        raise DataFileError(f"{path.name}: there is a header but no examples")
    if target is not None and target not in header:
        raise DataFileError(f"{path.name}: there is no column {target!r}; its columns are {', '.join(header)}")
    place = len(header) - 1 if target is None else header.index(target)
    features = [name for i, name in enumerate(header) if i != place]
    numbers, column = [], []
    for line, row in body:
        if len(row) != len(header):
            raise DataFileError(f"{path.name}, line {line}: {len(row)} values where {len(header)} columns belong")
        cells = [_cell(path, line, name, cell, number=i != place) for i, (name, cell) in enumerate(zip(header, row))]
        column.append(cells.pop(place))
        numbers.append([float(cell) for cell in cells])
    return np.array(numbers), np.array(column), features, f"column {header[place]!r}"


def _cell(path: Path, line: int, name: str, cell: str, number: bool) -> str:
    where = f"{path.name}, line {line}, column {name!r}"
    if cell.lower() in ("", "nan", "na", "n/a", "null", "none", "?"):
        raise DataFileError(f"{where}: the value is missing ({cell!r}); fill it in or remove the row")
    if number and not _is_number(cell):
        raise DataFileError(f"{where}: {cell!r} is not a number; only the target column may hold text")
    if number and not np.isfinite(float(cell)):
        raise DataFileError(f"{where}: {cell!r} is not a finite number")
    return cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _read_npz(path: Path, target: str | None) -> tuple[np.ndarray, np.ndarray, list[str], str]:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except Exception as error:
        raise DataFileError(f"{path.name}: not an npz file of plain arrays ({error})") from None
    usual = [name for name in ("y", "label", "labels", "target") if name in arrays]
    if target is None and not usual:
        raise DataFileError(f"{path.name}: name the array of classes as target; there are {', '.join(arrays)}")
    if target is not None and target not in arrays:
        raise DataFileError(f"{path.name}: there is no array {target!r}; there are {', '.join(arrays)}")
    target = target or usual[0]
    column = np.ravel(arrays.pop(target))
    if not len(column):
        raise DataFileError(f"{path.name}: there are no examples")
    blocks, features = [], []
    for name, array in arrays.items():
        if array.ndim == 0 or len(array) != len(column):
            raise DataFileError(f"{path.name}: array {name!r} has shape {array.shape}, but {target!r} has {len(column)} rows")
        if array.dtype.kind not in "biuf":
            raise DataFileError(f"{path.name}: array {name!r} holds {array.dtype} where numbers belong")
        block = array.reshape(len(column), -1).astype(float)
        wrong = np.argwhere(~np.isfinite(block))
        if len(wrong):
            row, place = wrong[0]
            raise DataFileError(
                f"{path.name}, array {name!r}, row {row}, column {place}: {block[row, place]} is not a finite number"
            )
        blocks.append(block)
        features += [f"{name}[{i}]" for i in range(block.shape[1])]
    inputs = np.concatenate(blocks, axis=1) if blocks else np.empty((len(column), 0))
    return inputs, column, features, f"array {target!r}"


def _classes(column: np.ndarray, title: str) -> tuple[np.ndarray, list[str]]:
    numeric = column.dtype.kind in "biuf" or all(_is_number(cell) for cell in column)
    values = column.astype(float) if numeric else column
    if numeric and (values != np.rint(values)).any():
        value = values[values != np.rint(values)][0]
        raise DataFileError(f"{title} holds {value:g}; classes are text or whole numbers")
    if numeric:
        values = values.astype(np.int64)
    classes, labels = np.unique(values, return_inverse=True)
    if len(classes) < 2:
        raise DataFileError(f"{title} holds one class only ({classes[0]}); at least two are needed")
    return labels, [str(name) for name in classes]
