"""Read npz files of plain arrays, and their arrays as the columns of a table."""

from pathlib import Path

import numpy as np

from autograd.extend import npz_files
from optim.data.errors import DataFileError
from optim.data.tables.column import Column
from optim.data.tables.object_columns import column_of_objects


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an npz file; raises DataFileError for another file, a damaged one, and objects."""
    try:
        return npz_files.load_arrays(path, npz_files.PLAIN_KINDS)
    except Exception as error:  # zipfile and numpy.lib.format raise errors of many types on damaged files
        raise DataFileError(f"{path.name}: not an npz file of plain arrays, as np.savez writes them ({error!s:.240})") from None


def npz_columns(path: Path) -> list[Column]:
    """The columns of the arrays: NAME of an array (n,), NAME[0], NAME[1], … of one with more numbers in a row."""
    arrays = read_npz(path)
    if not arrays:
        raise DataFileError(f"{path.name}: the file contains no arrays")
    lengths = {name: len(array) if array.ndim else -1 for name, array in arrays.items()}
    rows = max(lengths.values())
    columns: list[Column] = []
    for name, array in arrays.items():
        if lengths[name] != rows:
            longest = max(lengths, key=lambda name: lengths[name])
            raise DataFileError(f"{path.name}: array {name!r} has shape {array.shape}, but {longest!r} has {rows} rows")
        columns += array_columns(array, name, f"{path.name}: ")
    return columns


def array_columns(array: np.ndarray, name: str, prefix: str = "") -> list[Column]:
    """The columns of an array whose first axis is over the rows."""
    flat = array.reshape(len(array), -1) if len(array) else array.reshape(0, int(np.prod(array.shape[1:], dtype=int)))
    names = [name] if flat.shape[1] == 1 and array.ndim < 3 else [f"{name}[{i}]" for i in range(flat.shape[1])]
    if array.dtype.kind == "b":
        return [Column(name, "boolean", flat[:, i].astype(float)) for i, name in enumerate(names)]
    if array.dtype.kind in "iuf":
        return [Column(name, "number", flat[:, i]) for i, name in enumerate(names)]
    if array.dtype.kind == "M":
        return [Column(name, "date", flat[:, i].astype("datetime64[s]")) for i, name in enumerate(names)]
    if array.dtype.kind in "UO":
        return [column_of_objects(name, flat[:, i].tolist(), prefix) for i, name in enumerate(names)]
    raise DataFileError(f"{prefix}array {name!r} has dtype {array.dtype}; numbers, text or dates expected")
