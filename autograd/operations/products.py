"""Products of vectors, matrices and arrays of any rank; most are composed of `matmul`."""

from functools import lru_cache
from itertools import pairwise
from math import prod

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.errors import ShapeError
from autograd.operations.elementwise import conj
from autograd.operations.inputs import as_dtype, as_tensor_or_array
from autograd.operations.matmul import matmul


def axes_last(x, axes):
    """The array with these axes moved to the end, in this order."""
    axes = normalize_axis_tuple(axes, x.ndim)
    if axes == tuple(range(x.ndim - len(axes), x.ndim)):
        return x
    return np.transpose(x, [*(i for i in range(x.ndim) if i not in axes), *axes])


def _check_sizes(name, x, y, i, j):
    """Raise ShapeError unless axis i of x and axis j of y have the same size."""
    if x.shape[i] != y.shape[j]:
        raise ShapeError(
            f"{name}: shapes {x.shape} and {y.shape} do not multiply; "
            f"axis {i} of the left (size {x.shape[i]}) must be as long as axis {j} of the right (size {y.shape[j]})"
        )


def _check_ndim(name, x, y, left, right):
    """Raise ShapeError unless x has at least `left` axes and y at least `right`."""
    if x.ndim < left or y.ndim < right:
        raise ShapeError(f"{name}: inputs need at least {left} and {right} axes, got shapes {x.shape} and {y.shape}")


@implements(np.dot)
def dot(a, b):
    """Dot product: outᵢⱼ = Σₖ aᵢₖ bₖⱼ, over the last axis of a and the second to last (or only) axis of b.

    A scalar input multiplies the other one. Raises ShapeError if the sizes of the two axes differ.

    >>> from autograd import Tensor
    >>> from autograd.operations.products import dot
    >>> dot(Tensor([1.0, 2.0]), Tensor([3.0, 4.0]))
    Tensor(11.0)
    """
    x, y = as_tensor_or_array(a), as_tensor_or_array(b)
    if x.ndim == 0 or y.ndim == 0:
        return np.multiply(x, y)
    inner_axis = -1 if y.ndim == 1 else -2
    _check_sizes("dot", x, y, -1, inner_axis)
    return matmul(x, y) if y.ndim <= 2 else tensordot(x, y, (-1, inner_axis))


@implements(np.vdot)
def vdot(a, b, /):
    """Dot product of the flattened inputs: Σᵢ aᵢ bᵢ, of complex numbers Σᵢ āᵢ bᵢ."""
    x, y = np.reshape(as_tensor_or_array(a), -1), np.reshape(as_tensor_or_array(b), -1)
    _check_sizes("vdot", x, y, 0, 0)
    return matmul(conj(x), y)


@implements(np.inner)
def inner(a, b, /):
    """Inner product over the last axes: outᵢⱼ = Σₖ aᵢₖ bⱼₖ; a scalar input multiplies the other one."""
    x, y = as_tensor_or_array(a), as_tensor_or_array(b)
    if x.ndim == 0 or y.ndim == 0:
        return np.multiply(x, y)
    _check_sizes("inner", x, y, -1, -1)
    return matmul(x, y) if y.ndim == 1 else tensordot(x, y, (-1, -1))


@operation(lambda g, y: np.matmul(g, y), lambda g, x: np.matmul(x, g))
def _outer(x, y, /):
    return np.multiply.outer(x, y)


@implements(np.outer)
def outer(a, b):
    """Outer product of the flattened inputs: outᵢⱼ = aᵢ bⱼ.

    >>> from autograd import Tensor
    >>> from autograd.operations.products import outer
    >>> outer(Tensor([1.0, 2.0]), [1.0, 10.0])
    Tensor([[ 1., 10.],
            [ 2., 20.]])
    """
    return _outer(*[x if x.ndim == 1 else np.reshape(x, -1) for x in (as_tensor_or_array(a), as_tensor_or_array(b))])


@implements(np.linalg.outer)
def _linalg_outer(x1, x2, /):
    """Outer product of two vectors: outᵢⱼ = x1ᵢ x2ⱼ."""
    x, y = as_tensor_or_array(x1), as_tensor_or_array(x2)
    if x.ndim != 1 or y.ndim != 1:
        raise ShapeError(f"outer: needs two vectors, got shapes {x.shape} and {y.shape}; np.outer flattens its inputs")
    return outer(x, y)


@implements(np.linalg.tensordot)
@implements(np.tensordot)
def tensordot(a, b, /, axes=2):
    """Tensor dot product: outᵢⱼ = Σₖ aᵢₖ bₖⱼ, where i, j and k can each stand for several axes.

    axes: an int n pairs the last n axes of a with the first n of b; otherwise (axes of a, axes of b).

    Raises ShapeError if paired axes differ in size.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> from autograd.operations.products import tensordot
    >>> tensordot(Tensor(np.ones((2, 3, 4))), Tensor(np.ones((4, 3))), ([1, 2], [1, 0]))
    Tensor([12., 12.])
    """
    x, y = as_tensor_or_array(a), as_tensor_or_array(b)
    pairs = (range(-axes, 0), range(axes)) if isinstance(axes, int | np.integer) else axes
    left, right = normalize_axis_tuple(pairs[0], x.ndim), normalize_axis_tuple(pairs[1], y.ndim)
    if len(left) != len(right):
        raise ShapeError(f"tensordot: axes {axes} pair {len(left)} axes of the left with {len(right)} of the right")
    for i, j in zip(left, right):
        _check_sizes("tensordot", x, y, i, j)
    if x.ndim <= 2 and y.ndim <= 2 and left == (x.ndim - 1,) and right == (0,):
        return matmul(x, y)
    free_left = [i for i in range(x.ndim) if i not in left]
    free_right = [j for j in range(y.ndim) if j not in right]
    rows, columns = [x.shape[i] for i in free_left], [y.shape[j] for j in free_right]
    summed = prod(x.shape[i] for i in left)
    flat_left = np.reshape(np.transpose(x, [*free_left, *left]), (prod(rows), summed))
    flat_right = np.reshape(np.transpose(y, [*right, *free_right]), (summed, prod(columns)))
    return np.reshape(matmul(flat_left, flat_right), (*rows, *columns))


@implements(np.kron)
def kron(a, b):
    """Kronecker product: blocks aᵢⱼ b, for inputs of any rank.

    >>> from autograd import Tensor
    >>> from autograd.operations.products import kron
    >>> kron(Tensor([1.0, 10.0]), Tensor([1.0, 2.0]))
    Tensor([ 1.,  2., 10., 20.])
    """
    x, y = as_tensor_or_array(a), as_tensor_or_array(b)
    rank = max(x.ndim, y.ndim)
    left, right = (1,) * (rank - x.ndim) + x.shape, (1,) * (rank - y.ndim) + y.shape
    blocks = np.reshape(x, [s for n in left for s in (n, 1)]) * np.reshape(y, [s for n in right for s in (1, n)])
    return np.reshape(blocks, [m * n for m, n in zip(left, right)])


# g · (x × y) = x · (y × g) = y · (g × x)
@operation(lambda g, y: np.cross(y, g), lambda g, x: np.cross(g, x), symbol="⨯", structure="linear")
def _cross(x, y, /):
    return np.cross(x, y)


@implements(np.cross)
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """Cross product of 3-vectors: (a₂b₃ − a₃b₂, a₃b₁ − a₁b₃, a₁b₂ − a₂b₁).

    axisa, axisb, axisc: the axis of the vectors in a, in b and in the result; axis sets all three.

    Raises ShapeError unless these axes of a and b have size 3.

    >>> from autograd import Tensor
    >>> from autograd.operations.products import cross
    >>> cross(Tensor([1.0, 0.0, 0.0]), [0.0, 1.0, 0.0])
    Tensor([0., 0., 1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = axes_last(as_tensor_or_array(a), axisa), axes_last(as_tensor_or_array(b), axisb)
    if x.shape[-1] != 3 or y.shape[-1] != 3:
        raise ShapeError(
            f"cross: vectors need 3 components, got {x.shape[-1]} and {y.shape[-1]}; append a 0 to vectors of 2 components"
        )
    out = _cross(x, y)
    (position,) = normalize_axis_tuple(axisc, out.ndim)
    if position == out.ndim - 1:
        return out
    order = list(range(out.ndim - 1))
    return np.transpose(out, [*order[:position], out.ndim - 1, *order[position:]])


@implements(np.linalg.cross)
def _linalg_cross(x1, x2, /, *, axis=-1):
    """Cross product of 3-vectors along the axis, as np.cross."""
    return cross(x1, x2, axis=axis)


implements(np.linalg.matmul)(matmul)


@implements(np.linalg.matrix_transpose)
@implements(np.matrix_transpose)
def matrix_transpose(x, /):
    """Transpose of each matrix (…, m, n): outᵢⱼ = xⱼᵢ.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.matrix_transpose(Tensor(np.zeros((5, 2, 3)))).shape
    (5, 3, 2)
    """
    x = as_tensor_or_array(x)
    _check_ndim("matrix_transpose", x, x, 2, 2)
    return np.swapaxes(x, -1, -2)


def vecdot(x1, x2, /):
    """Dot products of vectors along the last axis: Σₖ x1ₖ x2ₖ, with the conjugate of complex x1; the other axes broadcast.

    >>> from autograd import Tensor
    >>> from autograd.operations.products import vecdot
    >>> vecdot(Tensor([[1.0, 2.0], [3.0, 4.0]]), [1.0, 1.0])
    Tensor([3., 7.])
    """
    x, y = as_tensor_or_array(x1), as_tensor_or_array(x2)
    _check_ndim("vecdot", x, y, 1, 1)
    _check_sizes("vecdot", x, y, -1, -1)
    products = np.multiply(conj(x), y)
    return as_dtype(np.sum(products, axis=-1), products.dtype)


@implements(np.linalg.vecdot)
def _linalg_vecdot(x1, x2, /, *, axis=-1):
    """Dot products of vectors along the axis: Σₖ x1ₖ x2ₖ; the other axes broadcast."""
    return vecdot(axes_last(as_tensor_or_array(x1), axis), axes_last(as_tensor_or_array(x2), axis))


def matvec(x1, x2, /):
    """Matrix-vector products: outᵢ = Σⱼ x1ᵢⱼ x2ⱼ, x1 of shape (…, m, n), x2 of shape (…, n)."""
    x, y = as_tensor_or_array(x1), as_tensor_or_array(x2)
    _check_ndim("matvec", x, y, 2, 1)
    _check_sizes("matvec", x, y, -1, -1)
    return np.squeeze(matmul(x, np.expand_dims(y, -1)), -1)


def vecmat(x1, x2, /):
    """Vector-matrix products: outⱼ = Σᵢ x1ᵢ x2ᵢⱼ, x1 (…, m), x2 (…, m, n), with the conjugate of complex x1."""
    x, y = as_tensor_or_array(x1), as_tensor_or_array(x2)
    _check_ndim("vecmat", x, y, 1, 2)
    _check_sizes("vecmat", x, y, -1, -2)
    return np.squeeze(matmul(np.expand_dims(conj(x), -2), y), -2)


implements(np.vecdot)(vecdot)
if hasattr(np, "matvec"):  # since NumPy 2.2
    implements(np.matvec)(matvec)
    implements(np.vecmat)(vecmat)


@lru_cache
def _cheapest_split(sizes, i, j):
    """The cost of the product of matrices i to j, and the best k to split it after; matrix i has shape sizes[i : i + 2]."""
    costs = (
        (_cheapest_split(sizes, i, k)[0] + _cheapest_split(sizes, k + 1, j)[0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
        for k in range(i, j)
    )
    return min(costs, default=(0, i))


def _multiply_chain(xs, sizes, i, j):
    if i == j:
        return xs[i]
    k = _cheapest_split(sizes, i, j)[1]
    return matmul(_multiply_chain(xs, sizes, i, k), _multiply_chain(xs, sizes, k + 1, j))


@implements(np.linalg.multi_dot)
def multi_dot(arrays):
    """Product of two or more matrices, in the order of the fewest multiplications.

    arrays: matrices; the first and the last can be vectors.

    Raises ShapeError if inner sizes differ. Source: Cormen et al., Introduction to Algorithms, §15.2.

    >>> from autograd import Tensor
    >>> from autograd.operations.products import multi_dot
    >>> multi_dot([[1.0, 2.0], Tensor([[1.0, 0.0], [0.0, 2.0]]), [1.0, 1.0]])
    Tensor(5.0)
    """
    xs = [as_tensor_or_array(x) for x in arrays]
    if len(xs) < 2 or any(x.ndim != 2 for x in xs[1:-1]) or {xs[0].ndim, xs[-1].ndim} - {1, 2}:
        shapes = " and ".join(str(x.shape) for x in xs)
        raise ShapeError(f"multi_dot: needs two or more matrices; the first and last can be vectors (given shapes {shapes})")
    for x, y in pairwise(xs):
        _check_sizes("multi_dot", x, y, -1, 0)
    rows = 1 if xs[0].ndim == 1 else xs[0].shape[0]
    columns = 1 if xs[-1].ndim == 1 else xs[-1].shape[1]
    return _multiply_chain(xs, (rows, *(x.shape[0] for x in xs[1:]), columns), 0, len(xs) - 1)
