"""np.pad: the borders of an array."""

from typing import Any

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.errors import UnsupportedError
from autograd.operations.rearrange import gather_like

PAD_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")


def _inner(widths, shape):
    """The index of the elements between the borders."""
    return tuple(slice(before, before + n) for (before, _), n in zip(widths, shape))


@operation(lambda g, x_shape, widths: g[_inner(widths, x_shape)])
def pad_constant(x, /, widths, value=0):
    """Borders of one value.

    widths: (before, after) for each axis.
    """
    if not widths:
        return x.copy()
    if type(x) is not np.ndarray:
        return np.pad(x, widths, constant_values=value)
    shape = tuple(before + n + after for (before, after), n in zip(widths, x.shape))
    out = np.full(shape, value, x.dtype) if value else np.zeros(shape, x.dtype)
    out[_inner(widths, x.shape)] = x
    return out


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """Pad the borders of an array.

    pad_width: as in NumPy: a number, (before, after), or one such pair per axis.
    mode:      "constant", "edge", "reflect", "symmetric" or "wrap"; `constant_values` can have a gradient.

    Raises UnsupportedError for other modes, because they compute new values.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.pad(Tensor([1.0, 2.0]), 1, mode="edge")
    Tensor([1., 1., 2., 2.])
    """
    if mode not in PAD_MODES or options.get("reflect_type", "even") != "even":
        raise UnsupportedError(
            f"np.pad on tensors pads by {', '.join(PAD_MODES)}, not by {mode!r}; join borders by np.concatenate"
        )
    if mode != "constant":
        return gather_like(lambda a: np.pad(a, pad_width, mode), array)
    value = options.get("constant_values", 0)
    widths = _widths(pad_width, array.ndim)
    if widths is not None and isinstance(value, int | float):
        return pad_constant(array, widths=widths, value=value)
    if isinstance(value, int | float | np.ndarray):
        value = np.asarray(value, array.dtype)
    return gather_like(lambda a, c: np.pad(a, pad_width, constant_values=c), array, value)


def _widths(pad_width: Any, ndim: int) -> tuple | None:
    """The widths as (before, after) per axis; None for those that NumPy itself has to read."""
    if type(pad_width) is int and pad_width >= 0:
        return ((pad_width, pad_width),) * ndim
    if isinstance(pad_width, dict):
        return None
    widths = np.asarray(pad_width)
    if widths.dtype.kind not in "iu" or widths.min(initial=0) < 0:
        return None
    return tuple(map(tuple, np.broadcast_to(widths, (ndim, 2)).tolist()))
