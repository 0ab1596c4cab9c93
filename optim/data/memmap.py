"""Data sets of .npy files, which stay on disk."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from autograd import DataError, ShapeError
from optim.data.datasets import ArrayDataset
from optim.data.errors import DataFileError
from optim.data.file_dataset import Block, FileDataset

Paths = Sequence[str | Path]


def memmap_dataset(inputs: str | Path | Paths, targets: str | Path | Paths, max_open: int = 16) -> ArrayDataset | FileDataset:
    """The data set of .npy files, which stay on disk, for data larger than memory.

    inputs, targets: two files; or two lists of files, whose rows are joined in the order of the lists.
    max_open:        number of pairs of files that are open at a time, see FileDataset.

    Write such files with np.save, or in pieces with np.lib.format.open_memmap(path, "w+", dtype, shape). Of the files in lists
    only the headers are read at first; a file is opened when one of its rows is requested.
    Raises DataFileError for files that are not .npy files of numbers, ShapeError if a file of inputs and its file of targets
    differ in length.

    >>> import os, tempfile
    >>> import numpy as np
    >>> from optim.data import memmap_dataset
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     x, y = os.path.join(folder, "x.npy"), os.path.join(folder, "y.npy")
    ...     np.save(x, np.eye(3))
    ...     np.save(y, np.arange(3))
    ...     data = memmap_dataset(x, y)
    ...     print(data, data[[2, 1]][1])
    ...     print(memmap_dataset([x, x], [y, y])[2:5][1])
    ...     del data
    ArrayDataset(inputs (3, 3) float64 on disk, targets (3,) int64 on disk) [2 1]
    [2 0 1]
    """
    if isinstance(inputs, str | Path) and isinstance(targets, str | Path):
        return ArrayDataset(_open(Path(inputs)), _open(Path(targets)))
    paths = [_as_paths("inputs", inputs), _as_paths("targets", targets)]
    if len(paths[0]) != len(paths[1]):
        raise DataError(f"{len(paths[0])} files of inputs but {len(paths[1])} of targets; each needs the other")
    return FileDataset([_block(*pair) for pair in zip(*paths)], max_open)


def _as_paths(name: str, paths: Any) -> list[Path]:
    if isinstance(paths, str | Path):
        raise DataError(f"{name}: a list of files expected, as for the other argument, got the file {Path(paths).name}")
    return [Path(path) for path in paths]


def _block(inputs: Path, targets: Path) -> Block:
    x, y = _open(inputs), _open(targets)
    if len(x) != len(y):
        raise ShapeError(f"{inputs.name} has {len(x)} rows, but {targets.name} {len(y)}; each input needs a target")
    empty = np.empty((0, *x.shape[1:]), x.dtype), np.empty((0, *y.shape[1:]), y.dtype)
    version = f"{inputs.stat().st_size} {targets.stat().st_size} bytes"
    return Block(inputs.name, len(x), empty, partial(_open_pair, inputs, targets), version)


def _open_pair(inputs: Path, targets: Path) -> tuple[np.memmap, np.memmap]:
    return _open(inputs), _open(targets)


def _open(path: Path) -> np.memmap:
    if not path.is_file():
        raise DataFileError(f"{path}: {'this is a folder, not a file' if path.is_dir() else 'there is no such file'}")
    try:
        array = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # numpy.lib.format raises errors of many types on damaged files
        raise DataFileError(f"{path.name}: not a .npy file of np.save ({error})") from None
    if array.dtype.kind not in "biuf" or not array.ndim:
        raise DataFileError(f"{path.name}: rows of numbers expected, got {array.dtype} of shape {array.shape}")
    return array
