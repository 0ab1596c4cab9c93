"""Numbers that no training survives, found before it starts."""

from typing import Any

import numpy as np

from autograd import DataError
from optim.data.datasets import as_array, chunks


def check_finite(inputs: Any, targets: Any = None) -> None:
    """Raise DataError for the first nan or infinity in the data, naming its row and column.

    inputs, targets: arrays with one row per example; what is on disk is read piece by piece.

    >>> import numpy as np
    >>> from optim.data import check_finite
    >>> check_finite(np.array([[1.0, 2.0], [3.0, np.nan]]))
    Traceback (most recent call last):
    ...
    autograd.errors.DataError: inputs: nan in row 1, column 1 (counted from 0); fill it in or leave the row out
    """
    for data, name in ((inputs, "inputs"), (targets, "targets")):
        if data is None:
            continue
        array = np.atleast_1d(as_array(data, name))
        if array.dtype.kind != "f":
            continue
        for start, piece in chunks(array):
            finite = np.isfinite(piece)
            if not finite.all():
                first = np.argwhere(~finite)[0]
                where = f"{piece[tuple(first)]} in row {start + first[0]}{_place(first[1:].tolist())} (counted from 0)"
                raise DataError(f"{name}: {where}; fill it in or leave the row out")


def _place(place: list[int]) -> str:
    """Where in a row: its column, or its place in an image."""
    if len(place) > 1:
        return f", place ({', '.join(map(str, place))})"
    return f", column {place[0]}" if place else ""
