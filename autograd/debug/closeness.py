"""Where two computations of one array differ by more than rounding."""

from typing import Any

import numpy as np

RTOL = {8: 1e-6, 4: 1e-3, 2: 1e-1}  # of an element, by the size of its dtype in bytes
ROUNDING = {8: 1e-13, 4: 1e-5, 2: 1e-2}  # of a computation with numbers of a given scale
OF_LARGEST = 1e-3  # of the relative tolerance: for an element that is a small rest of larger ones


def first_difference(
    actual: np.ndarray, expected: np.ndarray, scale: float = 1, dtype: Any = np.float64, *, ignore_nonfinite: bool = False
) -> tuple[int, ...] | None:
    """The index of the first element in which two arrays of one shape differ by more than rounding; None if they agree.

    scale:            the largest of the numbers that the arrays are computed from.
    dtype:            the narrowest dtype of the computations, if it is narrower than those of the arrays.
    ignore_nonfinite: skip elements that are nan or infinite in either array; by default they must be so in both.
    """
    a, b = (np.asarray(x, np.complex128 if np.iscomplexobj(x) else np.float64) for x in (actual, expected))
    itemsize = min(_itemsize(actual), _itemsize(expected), np.dtype(dtype).itemsize)
    finite = np.isfinite(a) & np.isfinite(b)
    with np.errstate(all="ignore"):
        sizes = np.maximum(np.abs(a), np.abs(b))
        largest = float(np.max(sizes, initial=0, where=finite))
        margin = RTOL[itemsize] * (sizes + OF_LARGEST * largest) + ROUNDING[itemsize] * scale
        differs = finite & (np.abs(a - b) > margin)
    if not ignore_nonfinite:
        differs |= ~finite & ~((a == b) | (np.isnan(a) & np.isnan(b)))
    if not differs.any():
        return None
    return tuple(int(k) for k in np.argwhere(differs)[0])


def _itemsize(array: np.ndarray) -> int:
    dtype = np.asarray(array).real.dtype
    return min(dtype.itemsize, 8) if dtype.kind == "f" else 8
