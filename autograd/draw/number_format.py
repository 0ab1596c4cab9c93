"""The format of numbers and arrays in pictures and traces."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.core.kernels import safe_norm

TOOLTIP_ELEMENTS = 8  # the number of array elements in a tooltip
EXPONENT_FROM = 1e6  # numbers from this size on are written with an exponent


def format_number(x: Any, digits: int = 4) -> str:
    """A number with `digits` significant digits; below a million without an exponent; integers, which may be indices, in full.

    >>> format_number(-9.0), format_number(0.123456), format_number(1e-7), format_number(1234.5, 2), format_number(1e6)
    ('-9', '0.1235', '1e-07', '1234', '1e+06')
    >>> format_number(12345678), format_number(0.5 - 2j)
    ('12345678', '0.5-2j')
    """
    if isinstance(x, bool | np.bool_):
        return str(bool(x))
    if isinstance(x, int | np.integer):
        return str(x)
    if isinstance(x, complex | np.complexfloating):
        return _format_complex(x, digits)
    text = f"{x + 0.0:.{digits}g}"  # −0 is 0
    return f"{x:.0f}" if "e+" in text and abs(x) < EXPONENT_FROM else text


def _format_complex(x: Any, digits: int) -> str:
    """Both parts, or the one that is not 0."""
    real, imag = format_number(float(x.real), digits), format_number(float(x.imag), digits)
    if x.imag == 0 or x.real == 0:
        return real if x.imag == 0 else f"{imag}j"
    return f"{real}{'' if imag.startswith('-') else '+'}{imag}j"


def summarize(x: Any, max_elements: int = 4, digits: int = 4) -> str:
    """A number, all elements of an array of size ≤ max_elements, or mean ± standard deviation of a larger array.

    >>> import numpy as np
    >>> summarize(np.array([1.0, 2.0])), summarize(np.eye(2)), summarize(np.arange(10.0)), summarize(np.ones((8, 8)))
    ('[1 2]', '[[1 0] [0 1]]', '4.5 ± 2.872', 'all 1')
    """
    array = np.asarray(x)
    if array.ndim == 0:
        return format_number(array[()], digits)
    if array.size == 0:
        return "empty"
    if array.size <= (2 * max_elements if array.dtype.kind in "iub" else max_elements):
        return _format_elements(array, digits)
    if _is_constant(array):
        return f"all {format_number(array.flat[0], digits)}"
    with np.errstate(all="ignore"):
        return f"{format_number(_mean(array), digits)} ± {format_number(_deviation(array), digits)}"


def summarize_value(x: Any) -> str:
    """A value as short as a box needs it; of larger arrays the first elements, and mean ± standard deviation.

    >>> import numpy as np
    >>> summarize_value(np.arange(10.0))
    '[0 1 …] 4.5 ± 2.9'
    """
    array = np.asarray(x)
    if array.size <= 4:
        return summarize(array)
    first = "" if _is_constant(array) else f"[{format_number(array.flat[0], 2)} {format_number(array.flat[1], 2)} …] "
    return f"{first}{summarize(array, 0, 2)}"


def summarize_gradient(x: Any) -> str:
    """A gradient as short as a box needs it; of larger arrays mean ± standard deviation, and the Euclidean norm.

    >>> import numpy as np
    >>> summarize_gradient(np.arange(10.0))
    '4.5 ± 2.9, norm 17'
    """
    if np.size(x) <= 4:
        return summarize(x)
    return f"{summarize(x, 0, 2)}, norm {format_number(safe_norm(np.abs(x).astype(float)), 2)}"


def describe(x: Any) -> str:
    """A value as a tooltip shows it: first elements, mean ± standard deviation, minimum, maximum and norm.

    >>> import numpy as np
    >>> describe(np.arange(10.0))
    '[0 1 2 3 4 5 6 7 …], mean 4.5 ± 2.872, min 0, max 9, norm 16.88'
    """
    array = np.asarray(x)
    if array.ndim == 0 or array.size == 0:
        return summarize(array)
    first = (
        _format_elements(array)
        if array.size <= TOOLTIP_ELEMENTS
        else f"[{' '.join(format_number(element) for element in array.flat[:TOOLTIP_ELEMENTS])} …]"
    )
    with np.errstate(all="ignore"):
        facts = [
            f"mean {format_number(_mean(array))} ± {format_number(_deviation(array))}",
            *_range(array),
            f"norm {format_number(safe_norm(np.abs(array).astype(float)))}",
        ]
    return ", ".join([first, *facts, *_nonfinite_counts(array)])


def _format_elements(array: np.ndarray, digits: int = 4) -> str:
    parts = (format_number(x, digits) for x in array) if array.ndim == 1 else (_format_elements(x, digits) for x in array)
    return f"[{' '.join(parts)}]"


def _is_constant(array: np.ndarray) -> bool:
    """Whether all elements are equal."""
    return bool((array == array.flat[0]).all())


def _range(array: np.ndarray) -> list[str]:
    """The smallest and the largest element, of complex numbers the absolute values."""
    is_complex = array.dtype.kind == "c"
    sizes, names = (np.abs(array), ("min |z|", "max |z|")) if is_complex else (array, ("min", "max"))
    return [f"{names[0]} {format_number(sizes.min())}", f"{names[1]} {format_number(sizes.max())}"]


def _nonfinite_counts(array: np.ndarray) -> Iterator[str]:
    for name, mask in (("nan", np.isnan(array)), ("inf", np.isinf(array))):
        if mask.any():
            yield f"{mask.sum()} {name}"


def _mean(array: np.ndarray) -> Any:
    """The mean; 0 where it, or a part of it, is smaller than the rounding errors of its terms."""
    if array.dtype.kind == "c":
        return complex(_mean(array.real), _mean(array.imag))
    mean = np.mean(array, dtype=float)
    noise = np.finfo(array.dtype).eps * np.max(np.abs(array)) if array.dtype.kind == "f" else 0
    return 0.0 if abs(mean) <= noise < np.inf else mean


def _deviation(array: np.ndarray) -> Any:
    return np.std(array, dtype=complex if array.dtype.kind == "c" else float)
