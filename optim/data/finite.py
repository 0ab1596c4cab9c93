"""Find nan and infinity in data before a training starts."""

from typing import Any

import numpy as np

from autograd import DataError
from optim.data.datasets import as_array, chunks


def check_finite(inputs: Any, targets: Any = None) -> None:
    """Raise DataError for the first nan or infinity in the data, with its row and column.

    inputs, targets: arrays with one row per example; arrays on disk are read in chunks.

    >>> import numpy as np
    >>> from optim.data import check_finite
    >>> check_finite(np.array([[1.0, 2.0], [3.0, np.nan]]))
    Traceback (most recent call last):
    ...
    autograd.errors.DataError: inputs: nan in row 1, column 1 (counted from 0); replace the value or remove the row
    """
    for data, name in ((inputs, "inputs"), (targets, "targets")):
        if data is None:
            continue
        array = np.atleast_1d(as_array(data, name))
        if array.dtype.kind != "f":
            continue
        for start, chunk in chunks(array):
            is_finite = np.isfinite(chunk)
            if not is_finite.all():
                first = np.argwhere(~is_finite)[0]
                place = f"row {start + first[0]}{_position_in_row(first[1:].tolist())} (counted from 0)"
                raise DataError(f"{name}: {chunk[tuple(first)]} in {place}; replace the value or remove the row")


def _position_in_row(indices: list[int]) -> str:
    """The column of an element, or its indices if a row has several axes."""
    if len(indices) > 1:
        return f", position ({', '.join(map(str, indices))})"
    return f", column {indices[0]}" if indices else ""
