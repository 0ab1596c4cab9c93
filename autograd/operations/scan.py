"""Running sums, products and differences along an axis."""

from typing import Any

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.operations.inputs import as_dtype, as_tensor_or_array
from autograd.operations.shape import reshape


def _reversed_sum(g, axis):
    """The running sum from the end: Σ gⱼ, j ≥ i."""
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


@operation(lambda g, axis: _reversed_sum(g, axis))
def _cumsum(x, /, axis):
    return np.cumsum(x, axis)


@implements(np.cumsum)
def cumsum(a: Any, axis: int | None = None) -> Any:
    """Running sum: outᵢ = x₀ + … + xᵢ, over all elements or along an axis.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cumsum(Tensor([1.0, 2.0, 3.0]))
    Tensor([1., 3., 6.])
    """
    return _cumsum(reshape(a, -1) if axis is None else a, axis=0 if axis is None else axis)


@implements(np.cumprod)
def cumprod(a: Any, axis: int | None = None) -> Any:
    """Running product: outᵢ = x₀ ⋯ xᵢ, by doubling the stride; its derivatives are right where elements are 0.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cumprod(Tensor([1.0, 2.0, 3.0]))
    Tensor([1., 2., 6.])
    """
    a = as_dtype(a, np.cumprod(np.ones(1, a.dtype)).dtype)  # small whole numbers become large ones
    out = np.moveaxis(reshape(a, -1) if axis is None else a, 0 if axis is None else axis, -1)
    stride = 1
    while stride < out.shape[-1]:
        out = np.concatenate([out[..., :stride], out[..., stride:] * out[..., :-stride]], axis=-1)
        stride *= 2
    return np.moveaxis(out, -1, 0 if axis is None else axis)


def _with_start(scan: Any, start: float, x: Any, axis: int | None, include_initial: bool) -> Any:
    axis = 0 if axis is None and x.ndim == 1 else axis
    out = scan(x, axis)
    if not include_initial:
        return out
    shape = tuple(1 if i == axis % x.ndim else n for i, n in enumerate(x.shape))
    return np.concatenate([np.full(shape, start, out.dtype), out], axis)


@implements(np.cumulative_sum)
def cumulative_sum(x: Any, *, axis: int | None = None, include_initial: bool = False) -> Any:
    """Running sum, starting with 0 if asked for.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cumulative_sum(Tensor([1.0, 2.0]), include_initial=True)
    Tensor([0., 1., 3.])
    """
    return _with_start(cumsum, 0, x, axis, include_initial)


@implements(np.cumulative_prod)
def cumulative_prod(x: Any, *, axis: int | None = None, include_initial: bool = False) -> Any:
    """Running product, starting with 1 if asked for.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.cumulative_prod(Tensor([2.0, 3.0]), include_initial=True)
    Tensor([1., 2., 6.])
    """
    return _with_start(cumprod, 1, x, axis, include_initial)


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbors, n times: outᵢ = xᵢ₊₁ − xᵢ.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.diff(Tensor([1.0, 4.0, 9.0]))
    Tensor([3., 5.])
    """
    ends = [part for part in (prepend, a, append) if part is not None]
    if len(ends) > 1:
        shape = tuple(1 if i == axis % a.ndim else m for i, m in enumerate(a.shape))
        ends = [part if np.ndim(part) else np.broadcast_to(part, shape) for part in ends]
        a = np.concatenate(ends, axis)
    a = np.moveaxis(a, axis, -1)
    for _ in range(n):
        a = a[..., 1:] - a[..., :-1]
    return np.moveaxis(a, -1, axis)


@implements(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Differences of neighbors of the flattened array, with other values before and behind if given.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.ediff1d(Tensor([[1.0, 4.0], [9.0, 0.0]]))
    Tensor([ 3.,  5., -9.])
    """
    flat = np.ravel(ary)
    parts = [np.ravel(as_tensor_or_array(part)) for part in (to_begin, flat[1:] - flat[:-1], to_end) if part is not None]
    return np.concatenate([as_dtype(part, flat.dtype) for part in parts] if flat.dtype.kind == "f" else parts)


@implements(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """Integral by the trapezoid rule: Σ (xᵢ₊₁ − xᵢ) (yᵢ + yᵢ₊₁) / 2.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.trapezoid(Tensor([1.0, 3.0]), dx=2.0).item()
    4.0
    """
    y = np.moveaxis(y, axis, -1)
    if x is not None:
        dx = np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    return np.sum(dx * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)
