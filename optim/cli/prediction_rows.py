"""Rows of a file to predict from: the columns of a run, without classes."""

from pathlib import Path

import numpy as np

from optim.data import DataFileError
from optim.data.csv_rows import is_number, rows_of


def read_rows(path: str | Path, features: list[str]) -> np.ndarray:
    """The features (n, columns) of a .csv or .npz file, found by name, or in order where the file has no names for them.

    Columns that are not among the features are passed over if there are names; without, there may be one more, the last, which
    holds the classes. Raises DataFileError for other files, missing columns, and what is no finite number.
    """
    path = Path(path)
    if path.suffix.lower() not in (".csv", ".npz"):
        raise DataFileError(f"{path.name}: expected a .csv or .npz file")
    if not path.is_file():
        raise DataFileError(f"{path}: {'this is a folder, not a file' if path.is_dir() else 'there is no such file'}")
    rows = _read_csv(path, features) if path.suffix.lower() == ".csv" else _read_npz(path, features)
    if not len(rows):
        raise DataFileError(f"{path.name}: there are no rows")
    return rows


def _read_csv(path: Path, features: list[str]) -> np.ndarray:
    rows = rows_of(path)
    places, body = _places(path, rows, features)
    wanted = len(rows[0][1])
    return np.array([_numbers(path, line, row, wanted, places) for line, row in body]).reshape(-1, len(features))


def _places(
    path: Path, rows: list[tuple[int, list[str]]], features: list[str]
) -> tuple[list[int], list[tuple[int, list[str]]]]:
    """Where in a row the features are, and the rows without the header."""
    first, count = rows[0][1], len(features)
    unnamed = all(name.isdecimal() for name in features)
    if set(features) <= set(first) and not all(map(is_number, first)):
        return [first.index(name) for name in features], rows[1:]
    if len(first) not in (count, count + 1):
        raise DataFileError(f"{path.name}: {count} columns expected ({_listed(features)}), there are {len(first)}")
    places = [int(name) - 1 for name in features] if unnamed and len(first) > count else list(range(count))
    if all(is_number(first[place]) for place in places):
        return places, rows
    if unnamed:
        return places, rows[1:]
    missing = next(name for name in features if name not in first)
    raise DataFileError(f"{path.name}: there is no column {missing!r}; its columns are {_listed(first)}")


def _numbers(path: Path, line: int, row: list[str], wanted: int, places: list[int]) -> list[float]:
    if len(row) != wanted:
        raise DataFileError(f"{path.name}, line {line}: {len(row)} values where {wanted} columns belong")
    for place in places:
        if not is_number(row[place]) or not np.isfinite(float(row[place])):
            raise DataFileError(f"{path.name}, line {line}, column {place + 1}: {row[place]!r} is not a finite number")
    return [float(row[place]) for place in places]


def _read_npz(path: Path, features: list[str]) -> np.ndarray:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except Exception as error:
        raise DataFileError(f"{path.name}: not an npz file of plain arrays ({error!s:.80})") from None
    names = list(dict.fromkeys(feature.rpartition("[")[0] for feature in features))
    if names == [""]:  # the run learned from numbered columns: any one array of as many will do
        names = [name for name, array in arrays.items() if array.ndim > 1 and array[0].size == len(features)][:1]
    missing = [name for name in names if name not in arrays]
    if missing or not names:
        wanted = f"no array {missing[0]!r}" if missing else f"no array with {len(features)} numbers in a row"
        raise DataFileError(f"{path.name}: there is {wanted}; there are {_listed(list(arrays)) or 'none'}")
    blocks = [arrays[name] for name in names]
    lengths = {len(block) if block.ndim else -1 for block in blocks}
    if len(lengths) > 1 or -1 in lengths or any(block.dtype.kind not in "biuf" for block in blocks):
        raise DataFileError(f"{path.name}: arrays of numbers with equally many rows expected under {_listed(names)}")
    rows = np.concatenate([block.reshape(len(block), -1).astype(float) for block in blocks], axis=1)
    if rows.shape[1] != len(features):
        raise DataFileError(f"{path.name}: {len(features)} numbers in a row expected, there are {rows.shape[1]}")
    for row, column in np.argwhere(~np.isfinite(rows))[:1]:
        raise DataFileError(f"{path.name}, row {row}, column {column}: {rows[row, column]} is not a finite number")
    return rows


def _listed(names: list[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + ", …" * (len(names) > most)
