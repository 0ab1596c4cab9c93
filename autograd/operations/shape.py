"""Shape operations: reshape, transpose, flip, roll, concatenate, stack and others."""

from itertools import accumulate

import numpy as np

from autograd.core import kernels
from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.operations.inputs import as_tensor_or_array
from autograd.utils.foreign_names import suggest_names


@operation(lambda g, x_shape: np.reshape(g, x_shape), numpy=np.reshape, structure="linear")
def reshape(x, /, shape):
    """Give the elements another shape, in the same order.

    shape: an int or a tuple of ints; one of them can be −1, the size that remains.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0, 3.0, 4.0]).reshape(2, -1)
    Tensor([[1., 2.],
            [3., 4.]])
    """
    return np.reshape(x, shape)


def _inverse_order(axes):
    """The inverse permutation of the axes."""
    return None if axes is None else np.argsort([a % len(axes) for a in axes])


@operation(lambda g, axes: np.transpose(g, _inverse_order(axes)), symbol="ᵀ", numpy=np.transpose, structure="linear")
def transpose(x, /, axes=None):
    """Permute the axes: outᵢⱼ = xⱼᵢ.

    axes: the old position of each new axis; None reverses the order.

    >>> from autograd import Tensor
    >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).T
    Tensor([[1., 3.],
            [2., 4.]])
    """
    return np.transpose(x, axes)


@operation(lambda g, axis1, axis2: np.swapaxes(g, axis1, axis2), numpy=np.swapaxes, structure="linear")
def swapaxes(x, /, axis1, axis2):
    """Exchange two axes: outᵢⱼ = xⱼᵢ.

    >>> from autograd import Tensor
    >>> Tensor([[[1.0, 2.0]]]).swapaxes(0, 2).shape
    (2, 1, 1)
    """
    return np.swapaxes(x, axis1, axis2)


@operation(lambda g, axis: np.flip(g, axis), numpy=np.flip, structure="linear")
def flip(x, /, axis=None):
    """Reverse the order of the elements along axes: outᵢ = xₙ₋₁₋ᵢ; the result is a view.

    axis: int, tuple of ints, or None for all axes.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.flip(Tensor([1.0, 2.0, 3.0]))
    Tensor([3., 2., 1.])
    """
    return np.flip(x, axis)


def _opposite(shift):
    """The shift back."""
    return -shift if type(shift) is int else -np.asarray(shift, int)


@operation(lambda g, shift, axis: kernels.roll(g, _opposite(shift), axis), numpy=np.roll, structure="linear")
def roll(x, /, shift, axis=None):
    """Shift elements along axes, cyclically: outᵢ = xⱼ with j = i − shift modulo n.

    shift: int, or one int per axis.
    axis:  int, tuple of ints, or None to shift the flattened elements and restore the shape.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.roll(Tensor([1.0, 2.0, 3.0]), 1)
    Tensor([3., 1., 2.])
    """
    return kernels.roll(x, shift, axis)


@operation(lambda g, x_shape: np.reshape(g, x_shape), numpy=np.squeeze, structure="linear")
def squeeze(x, /, axis=None):
    """Remove axes of size 1.

    axis: int, tuple of ints, or None for all axes of size 1.

    Raises ShapeError if one of them has another size.

    >>> from autograd import Tensor
    >>> Tensor([[[1.0, 2.0]]]).squeeze(axis=0).shape
    (1, 2)
    """
    return np.squeeze(x, axis)


@operation(lambda g, x_shape: np.reshape(g, x_shape), numpy=np.expand_dims, structure="linear")
def expand_dims(x, /, axis):
    """Insert axes of size 1.

    axis: their positions in the result, an int or a tuple of ints.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0]).expand_dims(1).shape
    (2, 1)
    """
    return np.expand_dims(x, axis)


@operation(lambda g: g, numpy=np.broadcast_to, structure="linear")
def broadcast_to(x, /, shape):
    """Broadcast to a shape, without a copy; the gradient is the sum over the repeated elements.

    >>> from autograd import Tensor
    >>> Tensor([[1.0], [2.0]]).broadcast_to((2, 2))
    Tensor([[1., 1.],
            [2., 2.]])
    """
    return np.broadcast_to(x, shape)


@operation(lambda g: g, numpy=np.copy, structure="linear")
def copy(x, /):
    """Copy the elements to new memory.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0]).copy()
    Tensor([1., 2.])
    """
    return x.copy()


@operation(lambda g: g, structure="linear")
def astype(x, /, dtype):
    """Convert to another float or complex dtype; the gradient has the dtype of x.

    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0]).astype("float32")
    Tensor([1., 2.], dtype=float32)
    """
    return x.astype(dtype)


def _index_along(axis, start, stop=None):
    """The index of start:stop, or of start alone, along an axis."""
    selection = start if stop is None else slice(start, stop)
    return (..., selection, *[slice(None)] * (-axis - 1)) if axis < 0 else (*[slice(None)] * axis, selection)


def _split(g, shapes, axis):
    """Consecutive slices of g along the axis, one of each shape."""
    stops = list(accumulate(shape[axis] for shape in shapes))
    return [g[_index_along(axis, start, stop)] for start, stop in zip([0, *stops], stops)]


@operation(joint_formula=lambda g, shapes, axis: _split(g, shapes, axis), structure="linear")
def _concatenate(*xs, axis):
    return np.concatenate(xs, axis)


@operation(joint_formula=lambda g, shapes, axis: [g[_index_along(axis, i)] for i in range(len(shapes))], structure="linear")
def _stack(*xs, axis):
    return np.stack(xs, axis)


def _split_and_reshape(g, joined_shapes, shapes, axis):
    """Consecutive slices of g along the axis, each reshaped to the original shape of its input."""
    return [np.reshape(piece, shape) for piece, shape in zip(_split(g, joined_shapes, axis), shapes)]


def _row_shapes(shapes):
    """The shapes that `vstack` joins: a vector (n,) is a row (1, n)."""
    return [(1,) * (2 - len(shape)) + shape for shape in shapes]


@operation(joint_formula=lambda g, shapes: _split_and_reshape(g, _row_shapes(shapes), shapes, 0), structure="linear")
def _vstack(*xs):
    return np.vstack(xs)


@operation(
    joint_formula=lambda g, shapes: _split_and_reshape(g, [shape or (1,) for shape in shapes], shapes, min(g.ndim - 1, 1)),
    structure="linear",
)
def _hstack(*xs):
    return np.hstack(xs)


@implements(np.concatenate)
@suggest_names
def concatenate(tensors, axis=0):
    """Join tensors along an existing axis.

    tensors: a sequence of tensors; their other axes have equal sizes.
    axis:    int, or None to join the flattened tensors.

    Raises ShapeError if the other sizes differ.

    >>> from autograd import Tensor, concatenate
    >>> concatenate([Tensor([1.0]), Tensor([2.0, 3.0])])
    Tensor([1., 2., 3.])
    """
    if axis is None:
        return _concatenate(*[reshape(x, -1) for x in tensors], axis=0)
    return _concatenate(*tensors, axis=axis)


@implements(np.stack)
@suggest_names
def stack(tensors, axis=0):
    """Join tensors of one shape along a new axis.

    axis: the position of the new axis in the result.

    Raises ShapeError if the shapes differ.

    >>> from autograd import Tensor, stack
    >>> stack([Tensor(1.0), Tensor(2.0)])
    Tensor([1., 2.])
    """
    return _stack(*tensors, axis=axis)


@implements(np.vstack)
def vstack(tensors):
    """Join tensors along the first axis; a vector is a row.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.vstack([Tensor([1.0, 2.0]), [3.0, 4.0]])
    Tensor([[1., 2.],
            [3., 4.]])
    """
    return _vstack(*tensors)


@implements(np.hstack)
def hstack(tensors):
    """Join tensors along the second axis; vectors and scalars along the first.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.hstack([Tensor([[1.0], [2.0]]), [[3.0], [4.0]]])
    Tensor([[1., 3.],
            [2., 4.]])
    """
    return _hstack(*tensors)


def _column_shapes(shapes):
    """The shapes that `column_stack` joins: a vector (n,) is a column (n, 1)."""
    return [shape if len(shape) > 1 else ((*shape, 1)[0], 1) for shape in shapes]


@operation(joint_formula=lambda g, shapes: _split_and_reshape(g, _column_shapes(shapes), shapes, 1))
def _column_stack(*xs):
    return np.column_stack(xs)


@implements(np.column_stack)
def column_stack(tup):
    """Join tensors along the second axis; a vector is a column.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.column_stack([Tensor([1.0, 2.0]), [3.0, 4.0]])
    Tensor([[1., 3.],
            [2., 4.]])
    """
    return _column_stack(*tup)


@implements(np.append)
def append(arr, values, axis=None):
    """Join values to the end of an array; axis: int, or None to join the flattened elements."""
    return concatenate([as_tensor_or_array(x) for x in (arr, values)], axis)


def _with_axes(function, shape_of):
    """Register a function that gives arrays more axes; shape_of: the new shape of an array with fewer axes, from its shape."""

    @implements(function)
    def add_axes(*arrays):
        results = []
        for x in arrays:
            x = as_tensor_or_array(x)
            shape = shape_of(x.shape)
            x = reshape(x, shape) if shape != x.shape else x
            results.append(x if isinstance(x, Tensor) else Tensor(x))
        return results[0] if len(results) == 1 else tuple(results)

    add_axes.__doc__ = f"The arrays with at least {function.__name__[-2]} axes; the elements keep their order."


_with_axes(np.atleast_1d, lambda shape: shape or (1,))
_with_axes(np.atleast_2d, lambda shape: (1,) * (2 - len(shape)) + shape)
_with_axes(np.atleast_3d, lambda shape: {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}.get(len(shape), shape))


@implements(np.flipud)
def flipud(m):
    """Reverse the order along the first axis."""
    return flip(m, axis=0)


@implements(np.fliplr)
def fliplr(m):
    """Reverse the order along the second axis."""
    return flip(m, axis=1)


@implements(np.rot90)
def rot90(m, k=1, axes=(0, 1)):
    """Rotate by 90° in the plane of two axes, k times, from the first one to the second one.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.rot90(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([[2., 4.],
            [1., 3.]])
    """
    first, second = (axis % m.ndim for axis in axes)
    if first == second:
        raise ValueError(f"rot90: the plane needs two different axes, got {axes} for shape {m.shape}")
    if k % 4 == 0:
        return m
    if k % 4 == 2:
        return flip(m, axis=(first, second))
    return swapaxes(flip(m, axis=second), first, second) if k % 4 == 1 else flip(swapaxes(m, first, second), axis=second)
