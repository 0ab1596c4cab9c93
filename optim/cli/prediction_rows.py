"""Read the inputs of a prediction: rows of a file with the columns of a run."""

from pathlib import Path

import numpy as np

from optim.data import DataFileError
from optim.data.csv_rows import ambiguous, is_number, is_sequence, rows_of
from optim.data.tables.npz_file import read_npz


def read_rows(path: str | Path, features: list[str], header: bool | None = None) -> np.ndarray:
    """The features (n, columns) of a .csv or .npz file, identified by name, or by order if the file has no names.

    Other columns are ignored if the columns have names; without names, the file may have one more column at the end, the
    classes. header: whether the first row of a CSV file is a header; default: if it has no number.

    Raises DataFileError for other files, for missing columns, and for values that are not finite numbers.
    """
    path = Path(path)
    if path.suffix.lower() not in (".csv", ".npz"):
        raise DataFileError(f"{path.name}: expected a .csv or .npz file")
    if not path.is_file():
        raise DataFileError(f"{path}: {'this is a folder, not a file' if path.is_dir() else 'there is no such file'}")
    rows = _read_csv(path, features, header) if path.suffix.lower() == ".csv" else _read_npz(path, features)
    if not len(rows):
        raise DataFileError(f"{path.name}: there are no rows")
    return rows


def _read_csv(path: Path, features: list[str], header: bool | None) -> np.ndarray:
    rows = rows_of(path)
    columns, body = _find_features(path, rows, features, header)
    width = len(rows[0][1])
    return np.array([_numbers(path, line, row, width, columns) for line, row in body]).reshape(-1, len(features))


def _find_features(
    path: Path, rows: list[tuple[int, list[str]]], features: list[str], header: bool | None
) -> tuple[list[int], list[tuple[int, list[str]]]]:
    """The positions of the features in a row, and the rows without the header."""
    (line, first), count = rows[0], len(features)
    positions = [str(i + 1) for i in range(count + 1)]
    is_unnamed = features == [name for name in positions if name in features]  # the position of the target is missing
    if not is_unnamed and set(features) <= set(first) and header is not False:
        return [first.index(name) for name in features], rows[1:]
    if len(first) not in (count, count + 1):
        raise DataFileError(f"{path.name}: {count} columns expected ({_shortened(features)}), got {len(first)}")
    columns = [int(name) - 1 for name in features] if is_unnamed and len(first) > count else list(range(count))
    numbers = [is_number(first[column]) for column in columns]
    if header is None and (any(numbers) if not all(numbers) else is_sequence([first[column] for column in columns])):
        reason = "because it has consecutive numbers" if all(numbers) else "because it has text and numbers"
        raise ambiguous(path, line, first, reason, "give --header yes or no")
    if header is False or (header is None and all(numbers)):
        return columns, rows
    if is_unnamed:
        return columns, rows[1:]
    missing = next(name for name in features if name not in first)
    raise DataFileError(f"{path.name}: there is no column {missing!r}; its columns are {_shortened(first)}")


def _numbers(path: Path, line: int, row: list[str], width: int, columns: list[int]) -> list[float]:
    if len(row) != width:
        raise DataFileError(f"{path.name}, line {line}: {width} values expected, got {len(row)}")
    for column in columns:
        if not is_number(row[column]) or not np.isfinite(float(row[column])):
            raise DataFileError(f"{path.name}, line {line}, column {column + 1}: {row[column]!r} is not a finite number")
    return [float(row[column]) for column in columns]


def _read_npz(path: Path, features: list[str]) -> np.ndarray:
    arrays = read_npz(path)
    names = list(dict.fromkeys(feature.rpartition("[")[0] for feature in features))
    if names == [""]:  # the columns of the run have numbers: use the first array with as many columns
        names = [name for name, array in arrays.items() if array.ndim > 1 and array[0].size == len(features)][:1]
    missing = [name for name in names if name not in arrays]
    if missing or not names:
        absent = f"no array {missing[0]!r}" if missing else f"no array with {len(features)} numbers per row"
        raise DataFileError(f"{path.name}: there is {absent}; the arrays are {_shortened(list(arrays)) or '(none)'}")
    blocks = [arrays[name] for name in names]
    lengths = {len(block) if block.ndim else -1 for block in blocks}
    if len(lengths) > 1 or -1 in lengths or any(block.dtype.kind not in "biuf" for block in blocks):
        raise DataFileError(f"{path.name}: {_shortened(names)} must be arrays of numbers with the same number of rows")
    rows = np.concatenate([block.reshape(len(block), -1).astype(float) for block in blocks], axis=1)
    if rows.shape[1] != len(features):
        raise DataFileError(f"{path.name}: {len(features)} numbers per row expected, got {rows.shape[1]}")
    for row, column in np.argwhere(~np.isfinite(rows))[:1]:
        raise DataFileError(f"{path.name}, row {row}, column {column}: {rows[row, column]} is not a finite number")
    return rows


def _shortened(names: list[str], limit: int = 8) -> str:
    return ", ".join(names[:limit]) + ", …" * (len(names) > limit)
