"""Inverses, determinants and systems of equations, after numpy.linalg. Stacks (…, n, n) work everywhere."""

from math import prod

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.operations.decompositions import MatrixError, checked, transposed
from autograd.operations.inputs import as_floating, as_tensor_or_array
from autograd.operations.matmul import matmul
from autograd.operations.products import axes_last


@operation(lambda g, out: -transposed(out) @ g @ transposed(out), symbol="⁻¹", numpy=np.linalg.inv)
def inv(x, /):
    """Inverse of square matrices: x x⁻¹ = I.

    Raises LinAlgError if x is not square or singular. Source: Giles 2008, §2.2.3.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import inv
    >>> inv(Tensor([[2.0, 0.0], [0.0, 4.0]]))
    Tensor([[0.5 , 0.  ],
            [0.  , 0.25]])
    """
    return checked(np.linalg.inv, x)


def _pinv_gradient(g, x, out):
    """Golub and Pereyra 1973: −Pᵀ g Pᵀ + (I − x P) gᵀ P Pᵀ + Pᵀ P gᵀ (I − P x), with P = x⁺."""
    turned, left, right = transposed(out), transposed(g) @ out, out @ transposed(g)
    return (left - x @ (out @ left)) @ turned + turned @ (right - (right @ out) @ x) - turned @ g @ turned


@operation(_pinv_gradient, symbol="⁺", numpy=np.linalg.pinv)
def pinv(x, /, rcond=None, hermitian=False, rtol=np._NoValue):
    """Pseudo-inverse of Moore and Penrose: the x⁺ with x x⁺ x = x, x⁺ x x⁺ = x⁺ and x x⁺, x⁺ x symmetric.

    rcond, rtol, hermitian: as in NumPy. The gradient is that of matrices of the same rank.

    Source: Golub and Pereyra 1973, doi:10.1137/0710036.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import pinv
    >>> pinv(Tensor([[2.0, 0.0]]))
    Tensor([[0.5],
            [0. ]])
    """
    return checked(np.linalg.pinv, x, rcond=rcond, hermitian=hermitian, rtol=rtol)


@operation(lambda g, x, out: np.expand_dims(g, (-2, -1)) * _cofactors(x, out), numpy=np.linalg.det)
def det(x, /):
    """Determinant of square matrices; its gradient, the cofactors det(x) x⁻ᵀ, is right for singular ones too.

    First and second derivatives exist everywhere, higher ones where x is regular. Source: Giles 2008, §2.2.4.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import det
    >>> x = Tensor([[1.0, 2.0], [2.0, 4.0]], requires_grad=True)
    >>> det(x).backward()
    >>> x.grad.numpy().round(9).tolist()
    [[4.0, -2.0], [-2.0, 1.0]]
    """
    return checked(np.linalg.det, x)


def _cofactors(x, determinant):
    """det(x) x⁻ᵀ, and near singular matrices the same from singular values, without a division."""
    s = np.linalg.svdvals(x)
    if np.all(s[..., -1:] > 1e-6 * s[..., :1]):
        return np.expand_dims(determinant, (-2, -1)) * transposed(np.linalg.inv(x))
    return _cofactors_by_svd(x)


def _products_without(s, left_out):
    """Products of singular values, without those that the last axis of `left_out` marks."""
    return np.prod(np.where(left_out, 1, np.expand_dims(s, tuple(range(-left_out.ndim, -1)))), axis=-1)


def _cofactors_by_svd_gradient(g, x):
    """For diagonal x: off the diagonal −Pᵢⱼ gⱼᵢ, on it Σⱼ Pᵢⱼ gⱼⱼ, with Pᵢⱼ the product of the others; else turned to that."""
    u, s, vh = np.linalg.svd(x)
    one = np.eye(s.shape[-1], dtype=bool)
    others = _products_without(s, one[:, None] | one) * ~one
    inner = transposed(u) @ g @ transposed(vh)
    on_diagonal = np.sum(others * np.expand_dims(np.sum(inner * one, axis=-1), -2), axis=-1)
    return _orientation(u, vh) * (u @ (one * np.expand_dims(on_diagonal, -1) - others * transposed(inner)) @ vh)


def _orientation(u, vh):
    return np.expand_dims(np.sign(np.linalg.det(u) * np.linalg.det(vh)), (-2, -1))


@operation(_cofactors_by_svd_gradient)
def _cofactors_by_svd(x, /):
    u, s, vh = checked(np.linalg.svd, x)
    return _orientation(u, vh) * ((u * _products_without(s, np.eye(s.shape[-1], dtype=bool))[..., None, :]) @ vh)


@operation(lambda g, x: np.expand_dims(g[1], (-2, -1)) * transposed(inv(x)))
def _slogdet(x, /):
    return np.stack(checked(np.linalg.slogdet, x))


SlogdetResult = type(np.linalg.slogdet(np.eye(1)))


@implements(np.linalg.slogdet)
def slogdet(a):
    """Sign and log |det a|, a named tuple, safe where det would overflow; the sign is constant, ∂ log |det a| = a⁻ᵀ.

    Its gradient raises LinAlgError where a is singular.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import slogdet
    >>> slogdet(Tensor([[-1.0, 0.0], [0.0, 1.0]]))
    SlogdetResult(sign=Tensor(-1.0), logabsdet=Tensor(0.0))
    """
    packed = _slogdet(as_tensor_or_array(a))
    sign = packed[0]
    return SlogdetResult(sign.detach() if isinstance(sign, Tensor) else sign, packed[1])


def _solve_gradients(g, x, out):
    """x: −x⁻ᵀ g outᵀ, y: x⁻ᵀ g."""
    right = np.linalg.solve(transposed(x), g)
    return -right @ transposed(out), right


@operation(joint_formula=_solve_gradients, symbol="\\")
def _solve(x, y, /):
    return checked(np.linalg.solve, x, y)


@implements(np.linalg.solve)
def solve(a, b):
    """Solution x of a x = b, for square matrices a; b is a vector, a matrix of columns, or a stack of those.

    Raises LinAlgError if a is not square or singular. Source: Giles 2008, §2.3.1.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import solve
    >>> solve(Tensor([[2.0, 0.0], [0.0, 4.0]]), [2.0, 2.0])
    Tensor([1. , 0.5])
    """
    x, y = as_tensor_or_array(a), as_tensor_or_array(b)
    return np.squeeze(_solve(x, np.expand_dims(y, -1)), -1) if y.ndim == 1 else _solve(x, y)


@implements(np.linalg.matrix_power)
def matrix_power(a, n):
    """Product of n times the same square matrix, by repeated squaring; of its inverse for negative n.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import matrix_power
    >>> matrix_power(Tensor([[1.0, 1.0], [0.0, 1.0]]), 5)
    Tensor([[1., 5.],
            [0., 1.]])
    """
    x = as_tensor_or_array(a)
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise MatrixError(f"matrix_power: needs square matrices (…, n, n), got shape {x.shape}")
    if n == 0:
        return 0 * x + np.eye(x.shape[-1], dtype=x.dtype)
    square, left, out = (np.linalg.inv(x) if n < 0 else x), abs(n), None
    while left:
        if left % 2:
            out = square if out is None else matmul(out, square)
        left //= 2
        square = matmul(square, square) if left else square
    return out


@implements(np.linalg.lstsq)
def lstsq(a, b, rcond=None):
    """Least squares: the shortest x that makes ‖a x − b‖ least. Returns (x, residuals, rank, singular values).

    rcond: smaller singular values, relative to the largest, count as 0; by default rounding error times max(a.shape).

    x = a⁺ b and the residuals Σ (a x − b)² have gradients; rank and singular values are constants.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import lstsq
    >>> lstsq([[1.0], [1.0]], Tensor([1.0, 3.0]))[0].numpy().round(9)
    array([2.])
    """
    x, y = as_floating(a), as_floating(b)
    if x.ndim != 2 or y.ndim not in (1, 2) or x.shape[0] != y.shape[0]:
        raise MatrixError(f"lstsq: needs a matrix (m, n) and a vector (m,) or columns (m, k), got {x.shape} and {y.shape}")
    data, right = (t.numpy() if isinstance(t, Tensor) else t for t in (x, y))
    _, residuals, rank, singular = np.linalg.lstsq(data, right, rcond)
    smallest = np.finfo(singular.dtype).eps
    out = matmul(pinv(x, rcond=smallest * max(x.shape) if rcond is None else max(rcond, smallest)), y)
    if residuals.size:
        residuals = np.sum(np.reshape(matmul(x, out) - y, (x.shape[0], -1)) ** 2, axis=0)
    return out, residuals, rank, singular


@implements(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    """Inverse with respect to `tensordot` over ind axes: tensordot(tensorinv(a, ind), a, ind) is the identity."""
    x = as_tensor_or_array(a)
    if ind <= 0 or prod(x.shape[:ind]) != prod(x.shape[ind:]):
        raise MatrixError(f"tensorinv: the first {ind} axes need as many elements as the others, got shape {x.shape}")
    size = prod(x.shape[ind:])
    return np.reshape(np.linalg.inv(np.reshape(x, (size, size))), x.shape[ind:] + x.shape[:ind])


@implements(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None):
    """Solution x of tensordot(a, x, x.ndim) = b; `axes` of a are moved to its end first."""
    x, y = as_tensor_or_array(a), as_tensor_or_array(b)
    if axes is not None:
        x = axes_last(x, axes)
    shape = x.shape[y.ndim :]
    if prod(shape) != y.size or x.size != y.size**2:
        raise MatrixError(f"tensorsolve: a {x.shape} must have the axes of b {y.shape}, then others with as many elements")
    return np.reshape(solve(np.reshape(x, (y.size, y.size)), np.reshape(y, -1)), shape)
