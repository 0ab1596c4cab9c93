"""Numeric functions composed of other operations: sinc, linspace, nan_to_num and others."""

import math
from typing import Any

import numpy as np

from autograd.core.coercion import is_complex, refuse_complex
from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.errors import DataError
from autograd.operations import elementwise, reduction
from autograd.operations.elementwise import select, where
from autograd.operations.inputs import as_dtype, as_tensor_or_array

implements(np._core.umath.clip)(elementwise.clip)  # type: ignore[attr-defined]
implements(np.amax)(reduction.max)
implements(np.amin)(reduction.min)


def _sinc_slope(x, out):
    """(cos πx − sinc x) / x; near 0 by its Taylor series, without cancellation."""
    is_small = np.abs(x) < 0.03
    if not np.any(is_small):
        return (np.cos(math.pi * x) - out) / x
    divisor, s = where(is_small, 1, x), where(is_small, math.pi * x, 0) ** 2
    series = -(math.pi**2) / 3 * x * (1 - s / 10 * (1 - s / 28 * (1 - s / 54)))
    return where(is_small, series, (np.cos(math.pi * divisor) - where(is_small, 1, out)) / divisor)


@operation(lambda g, x, out: g * _sinc_slope(x, out), numpy=np.sinc)
def sinc(x, /):
    """Normalized sinc: sin(πx) / (πx), and 1 at 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.sinc(Tensor([0.0, 1.0])).numpy().round(6).tolist()
    [1.0, 0.0]
    """
    return np.sinc(x)[()]


@implements(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Replace nan by 0 and infinities by the largest floats; the gradient of a replaced element is 0.

    nan, posinf, neginf: other replacements.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.nan_to_num(Tensor([1.0, np.nan]), nan=9.0)
    Tensor([1., 9.])
    """
    if is_complex(x):
        options = {"nan": nan, "posinf": posinf, "neginf": neginf}
        return nan_to_num(x.real, **options) + nan_to_num(x.imag, **options) * 1j
    if x.dtype.kind != "f":
        return np.copy(x)
    return _nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


@operation(lambda g, x: select(g, np.isfinite(x)))
def _nan_to_num(x, /, nan, posinf, neginf):
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


@implements(np.astype)
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """Convert to another dtype; the result is a constant if that is not a float dtype."""
    return x.astype(dtype)


@implements(np.divmod)
def divmod(x: Any, y: Any) -> Any:
    """Floor quotient, a constant, and remainder: (x // y, x % y)."""
    return elementwise.floor_divide(x, y), elementwise.remainder(x, y)


@implements(np.modf)
def modf(x: Any) -> Any:
    """Fractional part, with derivative 1, and integral part, a constant: x = fraction + trunc(x)."""
    return np.fmod(where(np.isinf(x), 0, x), 1), np.trunc(x)


@operation(lambda g, exponent: np.ldexp(g, exponent), structure="elementwise")
def _ldexp(x, /, exponent):
    return np.ldexp(x, exponent)


@implements(np.ldexp)
def ldexp(x: Any, exponent: Any) -> Any:
    """Multiply by powers of two: x · 2ⁿ.

    exponent: ints n, without gradient.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.ldexp(Tensor(3.0), 2).item()
    12.0
    """
    return _ldexp(x, exponent)


@implements(np.frexp)
def frexp(x: Any) -> Any:
    """Mantissa, with derivative 2⁻ⁿ, and exponent n, a constant: x = mantissa · 2ⁿ."""
    refuse_complex(x, "frexp")
    exponent = np.frexp(x.data)[1]
    return ldexp(x, -exponent), Tensor(exponent)


def _as_same_float(*values: Any) -> list[Any]:
    """The values as floats of one dtype; a Python number takes the dtype of the other value."""
    dtypes = [value if isinstance(value, int | float | complex) else as_tensor_or_array(value).dtype for value in values]
    dtype = np.result_type(*dtypes, 0.0)
    return [as_dtype(as_tensor_or_array(value), dtype) for value in values]


@operation(lambda g, fraction: g * (1 - fraction), lambda g, fraction: g * fraction)
def _interpolate(x, y, /, fraction):
    return np.where(fraction == 1, y, x + (y - x) * fraction)


@implements(np.linspace)
def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    """Evenly spaced numbers: outᵢ = start + i (stop − start) / (num − 1).

    num:      how many numbers, along the axis.
    endpoint: False leaves out stop; the step is then (stop − start) / num.
    retstep:  return (numbers, step).

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.linspace(Tensor(0.0), 1.0, 3)
    Tensor([0. , 0.5, 1. ])
    """
    start, stop = _as_same_float(start, stop)
    span, steps = stop - start, num - 1 if endpoint else num
    fraction = (np.arange(num, dtype=span.dtype) / max(steps, 1)).reshape(-1, *[1] * span.ndim)
    out = _interpolate(start, stop, fraction=fraction)
    out = _along(out, axis, dtype)
    return (out, span / (steps or np.nan)) if retstep else out


def _along(out: Any, axis: int, dtype: Any) -> Any:
    """Numbers along the first axis moved to another axis, as a dtype."""
    out = np.moveaxis(out, 0, axis) if axis else out
    return out if dtype is None else out.astype(dtype)


@implements(np.logspace)
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """Logarithmically spaced numbers: outᵢ = base^linspace(start, stop)ᵢ."""
    return _along(base ** linspace(start, stop, num, endpoint), axis, dtype)


@implements(np.geomspace)
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """Geometric progression: outᵢ = start (stop / start)^(i / (num − 1)), with real start and stop of the same sign.

    Raises ValueError if start or stop is 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.geomspace(Tensor(1.0), 100.0, 3).numpy().round(9).tolist()
    [1.0, 10.0, 100.0]
    """
    start, stop = _as_same_float(start, stop)
    if np.any(np.equal(start, 0)) or np.any(np.equal(stop, 0)):
        raise DataError("geomspace: start and stop must not be 0")
    sign = np.sign(start)
    return _along(sign * np.exp(linspace(np.log(start / sign), np.log(stop / sign), num, endpoint)), axis, dtype)


@implements(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
    """Remove jumps of angles: p plus whole periods, which are constants."""
    refuse_complex(p, "unwrap")
    unwrapped = np.unwrap(p.data, discont, axis, period=period)
    return p + np.where(unwrapped == p.data, 0, unwrapped - p.data)
