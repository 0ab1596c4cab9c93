"""Operations that rearrange elements without computing anything: their gradients rearrange back."""

from itertools import accumulate

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements


@operation(lambda g, x_shape: np.reshape(g, x_shape), numpy=np.reshape)
def reshape(x, /, shape):
    """The same elements in the same order under another shape; one size may be −1.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0, 3.0, 4.0]).reshape(2, -1)
    Tensor([[1., 2.],
            [3., 4.]])
    """
    return np.reshape(x, shape)


def _inverse(axes):
    """The order of axes that undoes an order of axes."""
    return None if axes is None else np.argsort([a % len(axes) for a in axes])


@operation(lambda g, axes: np.transpose(g, _inverse(axes)), symbol="ᵀ", numpy=np.transpose)
def transpose(x, /, axes=None):
    """Axes in another order, reversed by default: outᵢⱼ = xⱼᵢ.

    >>> from autograd import Tensor
    >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).T
    Tensor([[1., 3.],
            [2., 4.]])
    """
    return np.transpose(x, axes)


@operation(lambda g, axis1, axis2: np.swapaxes(g, axis1, axis2), numpy=np.swapaxes)
def swapaxes(x, /, axis1, axis2):
    """Two axes exchanged.

    >>> from autograd import Tensor
    >>> Tensor([[[1.0, 2.0]]]).swapaxes(0, 2).shape
    (2, 1, 1)
    """
    return np.swapaxes(x, axis1, axis2)


@operation(lambda g, x_shape: np.reshape(g, x_shape), numpy=np.squeeze)
def squeeze(x, /, axis=None):
    """Axes of size 1 removed: all of them, or those named.

    >>> from autograd import Tensor
    >>> Tensor([[[1.0, 2.0]]]).squeeze(axis=0).shape
    (1, 2)
    """
    return np.squeeze(x, axis)


@operation(lambda g, x_shape: np.reshape(g, x_shape), numpy=np.expand_dims)
def expand_dims(x, /, axis):
    """New axes of size 1, at these positions of the result.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0]).expand_dims(1).shape
    (2, 1)
    """
    return np.expand_dims(x, axis)


@operation(lambda g: g, numpy=np.broadcast_to)
def broadcast_to(x, /, shape):
    """Repeated, without copying, to a larger shape; the gradient sums the repeats.

    >>> from autograd import Tensor
    >>> Tensor([[1.0], [2.0]]).broadcast_to((2, 2))
    Tensor([[1., 1.],
            [2., 2.]])
    """
    return np.broadcast_to(x, shape)


@operation(lambda g: g, numpy=np.copy)
def copy(x, /):
    """The same values in memory of their own.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0]).copy()
    Tensor([1., 2.])
    """
    return x.copy()


@operation(lambda g: g)
def astype(x, /, dtype):
    """The same values in another float type; the gradient comes back in x's own.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0]).astype("float32")
    Tensor([1., 2.], dtype=float32)
    """
    return x.astype(dtype)


def _along(axis, start, stop=None):
    """An index that takes start:stop (or just start) along an axis."""
    taken = start if stop is None else slice(start, stop)
    return (..., taken, *[slice(None)] * (-axis - 1)) if axis < 0 else (*[slice(None)] * axis, taken)


def _split(g, shapes, axis):
    """Parts of these shapes, one after the other along the axis."""
    stops = list(accumulate(shape[axis] for shape in shapes))
    return [g[_along(axis, start, stop)] for start, stop in zip([0, *stops], stops)]


@operation(joint_formula=lambda g, shapes, axis: _split(g, shapes, axis))
def _concatenate(*xs, axis):
    return np.concatenate(xs, axis)


@operation(joint_formula=lambda g, shapes, axis: [g[_along(axis, i)] for i in range(len(shapes))])
def _stack(*xs, axis):
    return np.stack(xs, axis)


@implements(np.concatenate)
def concatenate(tensors, axis=0):
    """Joined along an axis they have; axis None joins them flattened.

    >>> from autograd import Tensor, concatenate
    >>> concatenate([Tensor([1.0]), Tensor([2.0, 3.0])])
    Tensor([1., 2., 3.])
    """
    if axis is None:
        return _concatenate(*[reshape(x, -1) for x in tensors], axis=0)
    return _concatenate(*tensors, axis=axis)


@implements(np.stack)
def stack(tensors, axis=0):
    """Joined along a new axis; all have the same shape.

    >>> from autograd import Tensor, stack
    >>> stack([Tensor(1.0), Tensor(2.0)])
    Tensor([1., 2.])
    """
    return _stack(*tensors, axis=axis)
