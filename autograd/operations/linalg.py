"""Linear algebra: inverses, determinants and linear systems, as in numpy.linalg; all take stacks (…, n, n)."""

from math import prod

import numpy as np

from autograd.core.coercion import is_complex
from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.operations.decompositions import MatrixError, call_linalg
from autograd.operations.elementwise import conj, square_of_abs
from autograd.operations.inputs import as_inexact, as_tensor_or_array
from autograd.operations.matmul import adjoint, matmul, transpose_last
from autograd.operations.products import axes_last


@operation(lambda g, out: -transpose_last(out) @ g @ transpose_last(out), symbol="⁻¹", numpy=np.linalg.inv)
def inv(x, /):
    """Inverse of square matrices: x x⁻¹ = I.

    x: matrices (…, n, n).

    Raises LinAlgError if x is singular or not square. Source: Giles 2008, §2.2.3.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import inv
    >>> inv(Tensor([[2.0, 0.0], [0.0, 4.0]]))
    Tensor([[0.5 , 0.  ],
            [0.  , 0.25]])
    """
    return call_linalg(np.linalg.inv, x)


def _pinv_gradient(g, x, out):
    """Golub and Pereyra 1973: −Pᵀ g Pᵀ + (I − x P) gᵀ P Pᵀ + Pᵀ P gᵀ (I − P x), with P = x⁺."""
    out_t, remaining, right = transpose_last(out), transpose_last(g) @ out, out @ transpose_last(g)
    out_h = conj(out_t)
    change_of_range = (remaining - x @ (out @ remaining)) @ out_h + out_h @ (right - (right @ out) @ x)
    return conj(change_of_range) - out_t @ g @ out_t


@operation(_pinv_gradient, symbol="⁺", numpy=np.linalg.pinv)
def pinv(x, /, rcond=None, hermitian=False, rtol=np._NoValue):
    """Moore-Penrose pseudo-inverse: the x⁺ with x x⁺ x = x, x⁺ x x⁺ = x⁺ and x x⁺, x⁺ x symmetric or Hermitian.

    rcond, rtol, hermitian: as in NumPy. The gradient holds for changes that keep the rank.

    Source: Golub and Pereyra 1973, doi:10.1137/0710036.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import pinv
    >>> pinv(Tensor([[2.0, 0.0]]))
    Tensor([[0.5],
            [0. ]])
    """
    return call_linalg(np.linalg.pinv, x, rcond=rcond, hermitian=hermitian, rtol=rtol)


@operation(lambda g, x, out: g[..., None, None] * _cofactors(x, out), numpy=np.linalg.det)
def det(x, /):
    """Determinant of square matrices; ∂ det x / ∂x = det(x) x⁻ᵀ, the cofactors, also at singular matrices.

    First and second derivatives are right at every x, higher ones at invertible x. Source: Giles 2008, §2.2.4.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import det
    >>> x = Tensor([[1.0, 2.0], [2.0, 4.0]], requires_grad=True)
    >>> det(x).backward()
    >>> x.grad.numpy().round(9).tolist()
    [[4.0, -2.0], [-2.0, 1.0]]
    """
    return call_linalg(np.linalg.det, x)


def _cofactors(x, determinant):
    """det(x) x⁻ᵀ; near singular matrices computed from singular values, without a division."""
    if np.all(determinant != 0):
        inverse = np.linalg.inv(x)
        lengths = [square_of_abs(matrix).sum(axis=(-2, -1)) for matrix in (x, inverse)]
        if np.all(lengths[0] * lengths[1] < 1e12):
            return determinant[..., None, None] * transpose_last(inverse)
    return _cofactors_by_svd(x)


def _products_of_rest(s, excluded):
    """Products of the singular values except those that `excluded` marks along its last axis."""
    return np.prod(np.where(excluded, 1, np.expand_dims(s, tuple(range(-excluded.ndim, -1)))), axis=-1)


def _cofactors_by_svd_gradient(g, x):
    """For diagonal x: −Pᵢⱼ gⱼᵢ off the diagonal, Σⱼ Pᵢⱼ gⱼⱼ on it, Pᵢⱼ = Π sₖ, k ≠ i, j; for other x by the SVD."""
    u, s, vh = np.linalg.svd(x)
    identity = np.eye(s.shape[-1], dtype=bool)
    others = _products_of_rest(s, identity[:, None] | identity) * ~identity
    inner = adjoint(u) @ g @ adjoint(vh)
    on_diagonal = np.sum(others * np.expand_dims(np.sum(inner * identity, axis=-1), -2), axis=-1)
    core = identity * np.expand_dims(on_diagonal, -1) - others * transpose_last(inner)
    return _orientation(u, vh) * (conj(u) @ core @ conj(vh))


def _orientation(u, vh):
    """The sign of det(U Vh), of complex matrices its phase."""
    return np.expand_dims(np.sign(np.linalg.det(u) * np.linalg.det(vh)), (-2, -1))


@operation(_cofactors_by_svd_gradient)
def _cofactors_by_svd(x, /):
    u, s, vh = call_linalg(np.linalg.svd, x)
    return _orientation(u, vh) * ((conj(u) * _products_of_rest(s, np.eye(s.shape[-1], dtype=bool))[..., None, :]) @ conj(vh))


def _slogdet_weight(g, out):
    """The factor of x⁻ᵀ: g of log |det x|, and for complex x besides it i Im(g sign) of the sign."""
    return np.real(g[1]) + np.imag(g[0] * out[0]) * 1j if is_complex(g) else g[1]


@operation(lambda g, x, out: _slogdet_weight(g, out)[..., None, None] * transpose_last(inv(x)))
def _slogdet(x, /):
    return np.array(call_linalg(np.linalg.slogdet, x))


SlogdetResult = type(np.linalg.slogdet(np.eye(1)))


@implements(np.linalg.slogdet)
def slogdet(a):
    """Sign and log |det a|, a named tuple, without overflow; ∂ log |det a| / ∂a = a⁻ᵀ.

    The sign is a constant; of complex matrices it is the phase det a / |det a|, which has a gradient.

    The backward pass raises LinAlgError if a is singular.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import slogdet
    >>> slogdet(Tensor([[-1.0, 0.0], [0.0, 1.0]]))
    SlogdetResult(sign=Tensor(-1.0), logabsdet=Tensor(0.0))
    """
    packed = _slogdet(as_tensor_or_array(a))
    if is_complex(packed):
        return SlogdetResult(packed[0], np.real(packed[1]))
    return SlogdetResult(Tensor._wrap(packed.data[0], None) if isinstance(packed, Tensor) else packed[0], packed[1])


def _solve_gradients(g, x, out):
    """x: −x⁻ᵀ g outᵀ; y: x⁻ᵀ g."""
    right = np.linalg.solve(transpose_last(x), g)
    return -right @ transpose_last(out), right


@operation(joint_formula=_solve_gradients, symbol="\\")
def _solve(x, y, /):
    return call_linalg(np.linalg.solve, x, y)


@implements(np.linalg.solve)
def solve(a, b):
    """Solution x of a x = b.

    a: square matrices (…, n, n); b: a vector (n,), or columns (…, n, k).

    Raises LinAlgError if a is singular or not square. Source: Giles 2008, §2.3.1.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import solve
    >>> solve(Tensor([[2.0, 0.0], [0.0, 4.0]]), [2.0, 2.0])
    Tensor([1. , 0.5])
    """
    x, y = as_tensor_or_array(a), as_tensor_or_array(b)
    return np.squeeze(_solve(x, np.expand_dims(y, -1)), -1) if y.ndim == 1 else _solve(x, y)


@implements(np.linalg.matrix_power)
def matrix_power(a, n):
    """Matrix power: aⁿ = a ⋯ a, by repeated squaring; for negative n the power of a⁻¹.

    a: square matrices (…, n, n); n: int.

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
    power, remaining, out = (np.linalg.inv(x) if n < 0 else x), abs(n), None
    while remaining:
        if remaining % 2:
            out = power if out is None else matmul(out, power)
        remaining //= 2
        power = matmul(power, power) if remaining else power
    return out


@implements(np.linalg.lstsq)
def lstsq(a, b, rcond=None):
    """Least squares: x = a⁺ b minimizes ‖a x − b‖, and ‖x‖ among the minima; returns (x, residuals, rank, singular values).

    a:     a matrix (m, n); b: a vector (m,) or columns (m, k).
    rcond: singular values below rcond times the largest count as 0; the machine epsilon times max(m, n) by default.

    x and the residuals Σ (a x − b)² have gradients; rank and singular values are constants.

    >>> from autograd import Tensor
    >>> from autograd.operations.linalg import lstsq
    >>> lstsq([[1.0], [1.0]], Tensor([1.0, 3.0]))[0].numpy().round(9)
    array([2.])
    """
    x, y = as_inexact(a), as_inexact(b)
    if x.ndim != 2 or y.ndim not in (1, 2) or x.shape[0] != y.shape[0]:
        raise MatrixError(f"lstsq: needs a matrix (m, n) and a vector (m,) or columns (m, k), got {x.shape} and {y.shape}")
    data, right = (t.numpy() if isinstance(t, Tensor) else t for t in (x, y))
    _, residuals, rank, singular = np.linalg.lstsq(data, right, rcond)
    smallest = np.finfo(singular.dtype).eps
    out = matmul(pinv(x, rcond=smallest * max(x.shape) if rcond is None else max(rcond, smallest)), y)
    if residuals.size:
        residuals = np.sum(square_of_abs(np.reshape(matmul(x, out) - y, (x.shape[0], -1))), axis=0)
    return out, residuals, rank, singular


@implements(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    """Inverse of `tensordot` over ind axes: tensordot(tensorinv(a, ind), a, ind) is the identity."""
    x = as_tensor_or_array(a)
    if ind <= 0 or prod(x.shape[:ind]) != prod(x.shape[ind:]):
        raise MatrixError(f"tensorinv: the first {ind} axes must have as many elements as the others, got shape {x.shape}")
    size = prod(x.shape[ind:])
    return np.reshape(np.linalg.inv(np.reshape(x, (size, size))), x.shape[ind:] + x.shape[:ind])


@implements(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None):
    """Solution x of tensordot(a, x, x.ndim) = b; axes: axes of a that are moved to its end first, or None."""
    x, y = as_tensor_or_array(a), as_tensor_or_array(b)
    if axes is not None:
        x = axes_last(x, axes)
    shape = x.shape[y.ndim :]
    if prod(shape) != y.size or x.size != y.size**2:
        raise MatrixError(f"tensorsolve: the shape {x.shape} of a must be {y.shape} and then as many elements")
    return np.reshape(solve(np.reshape(x, (y.size, y.size)), np.reshape(y, -1)), shape)
