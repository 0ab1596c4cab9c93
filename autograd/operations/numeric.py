"""NumPy's functions that are compositions of other operations."""

import math
from typing import Any

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.errors import DataError, UnsupportedError
from autograd.operations import elementwise, reduction
from autograd.operations.elementwise import where
from autograd.operations.inputs import as_dtype, as_tensor_or_array

implements(np._core.umath.clip)(elementwise.clip)  # type: ignore[attr-defined]
implements(np.amax)(reduction.max)
implements(np.amin)(reduction.min)


@implements(np.sinc)
def sinc(x: Any) -> Any:
    """sin(πx) / (πx), and 1 at 0; near 0, where that would cancel, its Taylor series.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.sinc(Tensor([0.0, 1.0])).numpy().round(6).tolist()
    [1.0, 0.0]
    """
    angle = math.pi * x
    near = np.abs(angle) < 0.1
    far, s = where(near, 1, angle), where(near, angle, 0) ** 2
    return where(near, 1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72))), np.sin(far) / far)


@implements(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Numbers in place of nan and infinities, which get gradient 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.nan_to_num(Tensor([1.0, np.nan]), nan=9.0)
    Tensor([1., 9.])
    """
    if x.dtype.kind != "f":
        return np.copy(x)
    largest = np.finfo(x.dtype).max
    x = where(np.isnan(x), nan, x)
    x = where(x == np.inf, largest if posinf is None else posinf, x)
    return where(x == -np.inf, -largest if neginf is None else neginf, x)


@implements(np.real)
def real(val: Any) -> Any:
    """The real part: of real tensors, the tensor itself."""
    return +val


@implements(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """The real part: of real tensors, the tensor itself."""
    return +a


@implements(np.astype)
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """The same values as another dtype; a constant if that is not a float type."""
    return x.astype(dtype)


@implements(np.divmod)
def divmod(x: Any, y: Any) -> Any:
    """Quotient, which is constant almost everywhere, and remainder."""
    return elementwise.floor_divide(x, y), elementwise.remainder(x, y)


@implements(np.modf)
def modf(x: Any) -> Any:
    """Fractional part, with gradient 1, and integral part, which is constant almost everywhere."""
    return np.fmod(where(np.isinf(x), 0, x), 1), np.trunc(x)


@operation(lambda g, exponent: np.ldexp(g, exponent))
def _ldexp(x, /, exponent):
    return np.ldexp(x, exponent)


@implements(np.ldexp)
def ldexp(x: Any, exponent: Any) -> Any:
    """x · 2ⁿ for whole exponents n, which have no gradient.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.ldexp(Tensor(3.0), 2).item()
    12.0
    """
    return _ldexp(x, exponent)


def _ends(*ends: Any) -> list[Any]:
    """Both as floats of the same type; Python's numbers take that of the other."""
    dtype = np.result_type(*[end if isinstance(end, int | float) else as_tensor_or_array(end).dtype for end in ends], 0.0)
    return [as_dtype(as_tensor_or_array(end), dtype) for end in ends]


@implements(np.linspace)
def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, axis: int = 0) -> Any:
    """Evenly spaced numbers: start + i (stop − start) / (num − 1).

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.linspace(Tensor(0.0), 1.0, 3)
    Tensor([0. , 0.5, 1. ])
    """
    if axis != 0:
        raise UnsupportedError("np.linspace on tensors puts its numbers along axis 0; move it by np.moveaxis")
    start, stop = _ends(start, stop)
    span, steps = stop - start, num - 1 if endpoint else num
    share = (np.arange(num, dtype=span.dtype) / max(steps, 1)).reshape(-1, *[1] * span.ndim)
    out = np.where(share == 1, stop, start + span * share)
    return (out, span / (steps or np.nan)) if retstep else out


@implements(np.logspace)
def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, axis: int = 0) -> Any:
    """Numbers whose logarithms are evenly spaced: base^linspace."""
    return base ** linspace(start, stop, num, endpoint, axis=axis)


@implements(np.geomspace)
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, axis: int = 0) -> Any:
    """Numbers in geometric progression between two of the same sign: start (stop / start)^(i / (num − 1)).

    Raises ValueError if one of them is 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.geomspace(Tensor(1.0), 100.0, 3).numpy().round(9).tolist()
    [1.0, 10.0, 100.0]
    """
    start, stop = _ends(start, stop)
    if np.any(np.equal(start, 0)) or np.any(np.equal(stop, 0)):
        raise DataError("geomspace: no geometric progression starts or ends at 0")
    side = np.sign(start)
    return side * np.exp(linspace(np.log(side * start), np.log(side * stop), num, endpoint, axis=axis))


@implements(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
    """Angles without jumps: whole periods, which are constant, are added."""
    found = np.unwrap(p.data, discont, axis, period=period)
    return p + np.where(found == p.data, 0, found - p.data)


@implements(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """A polynomial by Horner's rule, coefficients from the highest power down: p₀xⁿ + … + pₙ.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.polyval([1.0, 0.0, -1.0], Tensor(3.0)).item()
    8.0
    """
    out = 0 * x
    for i in range(len(p)):
        out = out * x + p[i]
    return out
