"""How numbers are written in pictures and traces: one way for all."""

from collections.abc import Iterator
from typing import Any

import numpy as np

FIRST = 8  # so many elements of an array stand in a tooltip
LARGE = 1e6  # from here on numbers have an exponent


def number(x: Any, digits: int = 4) -> str:
    """A single number with up to four digits; with all before the point below a million, and of integers, which may be indices.

    >>> number(-9.0), number(0.123456), number(1e-7), number(1234.5, 2), number(1e6), number(12345678)
    ('-9', '0.1235', '1e-07', '1234', '1e+06', '12345678')
    """
    if isinstance(x, bool | np.bool_):
        return str(bool(x))
    if isinstance(x, int | np.integer):
        return str(x)
    text = f"{x + 0.0:.{digits}g}"  # −0 is 0
    return f"{x:.0f}" if "e+" in text and abs(x) < LARGE else text


def summary(x: Any, most: int = 4, digits: int = 4) -> str:
    """A number, the elements of an array of at most `most`, or mean ± standard deviation of anything larger.

    >>> import numpy as np
    >>> summary(np.array([1.0, 2.0])), summary(np.eye(2)), summary(np.arange(10.0)), summary(np.ones((8, 8)))
    ('[1 2]', '[[1 0] [0 1]]', '4.5 ± 2.872', 'all 1')
    """
    array = np.asarray(x)
    if array.ndim == 0:
        return number(array[()], digits)
    if array.size == 0:
        return "empty"
    if array.size <= (2 * most if array.dtype.kind in "iub" else most):
        return _written(array, digits)
    if _is_even(array):
        return f"all {number(array.flat[0], digits)}"
    with np.errstate(all="ignore"):
        return f"{number(_mean(array), digits)} ± {number(_deviation(array), digits)}"


def glance(x: Any) -> str:
    """As much of a value as fits into a box: of larger arrays the first elements, and mean ± standard deviation.

    >>> import numpy as np
    >>> glance(np.arange(10.0))
    '[0 1 …] 4.5 ± 2.9'
    """
    array = np.asarray(x)
    if array.size <= 4:
        return summary(array)
    first = "" if _is_even(array) else f"[{number(array.flat[0], 2)} {number(array.flat[1], 2)} …] "
    return f"{first}{summary(array, 0, 2)}"


def glance_at_gradient(x: Any) -> str:
    """As `glance`, with what matters most of a gradient, its norm.

    >>> import numpy as np
    >>> glance_at_gradient(np.arange(10.0))
    '4.5 ± 2.9, norm 17'
    """
    return summary(x) if np.size(x) <= 4 else f"{summary(x, 0, 2)}, norm {number(_norm(np.asarray(x)), 2)}"


def details(x: Any) -> str:
    """All that a tooltip says of a value.

    >>> import numpy as np
    >>> details(np.arange(10.0))
    '[0 1 2 3 4 5 6 7 …], mean 4.5 ± 2.872, min 0, max 9, norm 16.88'
    """
    array = np.asarray(x)
    if array.ndim == 0 or array.size == 0:
        return summary(array)
    first = _written(array) if array.size <= FIRST else f"[{' '.join(number(element) for element in array.flat[:FIRST])} …]"
    with np.errstate(all="ignore"):
        facts = [
            f"mean {number(_mean(array))} ± {number(_deviation(array))}",
            f"min {number(array.min())}",
            f"max {number(array.max())}",
            f"norm {number(_norm(array))}",
        ]
    return ", ".join([first, *facts, *_missing(array)])


def _written(array: np.ndarray, digits: int = 4) -> str:
    parts = (number(x, digits) for x in array) if array.ndim == 1 else (_written(x, digits) for x in array)
    return f"[{' '.join(parts)}]"


def _is_even(array: np.ndarray) -> bool:
    """Whether all elements are the same."""
    return bool((array == array.flat[0]).all())


def _missing(array: np.ndarray) -> Iterator[str]:
    for what, found in (("nan", np.isnan(array)), ("inf", np.isinf(array))):
        if found.any():
            yield f"{found.sum()} {what}"


def _mean(array: np.ndarray) -> Any:
    return np.mean(array, dtype=float)


def _deviation(array: np.ndarray) -> Any:
    return np.std(array, dtype=float)


def _norm(array: np.ndarray) -> Any:
    """Without overflow where elements are large, nor underflow where they are small: what vanishes is of interest."""
    sizes = np.abs(array.astype(float))
    largest = sizes.max()
    return largest * np.sqrt(np.sum(np.square(sizes / largest))) if 0 < largest < np.inf else largest
