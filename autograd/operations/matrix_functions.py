"""Functions of square matrices: exponential, square root and logarithm, as in scipy.linalg. They need SciPy."""

import numpy as np

from autograd.core.coercion import refuse_complex
from autograd.core.operation import operation
from autograd.operations.decompositions import MatrixError
from autograd.operations.inputs import as_common_floating
from autograd.operations.matmul import transpose_last
from autograd.operations.matrix_equations import call_scipy_linalg, require_matrices, solve_sylvester


def _derivative(function, x, g):
    """The derivative L of a matrix function at xᵀ in the direction g: f([[xᵀ, g], [0, xᵀ]]) has it in its upper right block.

    g is scaled by a power of 2 to the size of 1. Source: Higham 2008, Functions of Matrices, theorem 3.6.
    """
    scale = np.exp2(np.floor(np.log2(np.sum(np.abs(g)) + np.finfo(g.dtype).tiny)))
    n, transposed = x.shape[-1], transpose_last(x)
    above = np.concatenate([transposed, g / scale], axis=-1)
    below = np.concatenate([0 * transposed, transposed], axis=-1)
    return function(np.concatenate([above, below], axis=-2))[..., :n, n:] * scale


def _real_matrix(name, x):
    """The real result of a function of scipy.linalg, computed in double precision, in the dtype of x."""
    refuse_complex(x, name)
    out = call_scipy_linalg(name, np.asarray(x, np.float64))
    if np.iscomplexobj(out):
        if np.any(np.abs(out.imag) > 100 * np.finfo(out.dtype).eps * np.max(np.abs(out), initial=0.0)):
            raise MatrixError(f"{name}: the matrix of shape {x.shape} has no real principal result: an eigenvalue is negative")
        out = out.real
    return out.astype(x.dtype, copy=False)


@operation(lambda g, x: _derivative(_expm, x, g), symbol="exp")  # type: ignore[has-type]
def _expm(x, /):
    return call_scipy_linalg("expm", x)


def expm(a):
    """Matrix exponential: Σ aᵏ / k!.

    a: square matrices (…, n, n).

    >>> from autograd import Tensor
    >>> from autograd.scipy.linalg import expm
    >>> expm(Tensor([[0.0, 1.0], [0.0, 0.0]]))
    Tensor([[1., 1.],
            [0., 1.]])
    """
    (x,) = as_common_floating(a)
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise MatrixError(f"expm: needs square matrices (…, n, n), got shape {x.shape}")
    return _expm(x)


@operation(lambda g, out: solve_sylvester(transpose_last(out), transpose_last(out), g), symbol="√")
def _sqrtm(x, /):
    return _real_matrix("sqrtm", x)


def sqrtm(a):
    """Principal square root of a matrix: the x with x x = a and no eigenvalue of negative real part.

    a: a square matrix (n, n) with a real square root. Its gradient needs eigenvalues other than 0.

    Raises LinAlgError if a has no real square root.

    >>> from autograd import Tensor
    >>> from autograd.scipy.linalg import sqrtm
    >>> sqrtm(Tensor([[4.0, 0.0], [0.0, 9.0]]))
    Tensor([[2., 0.],
            [0., 3.]])
    """
    (x,) = as_common_floating(a)
    require_matrices("sqrtm", x)
    return _sqrtm(x)


@operation(lambda g, x: _derivative(_logm, x, g), symbol="log")  # type: ignore[has-type]
def _logm(x, /):
    return _real_matrix("logm", x)


def logm(a):
    """Principal logarithm of a matrix: the x with expm(x) = a and eigenvalues of imaginary parts between −π and π.

    a: a square matrix (n, n) with a real logarithm. Raises LinAlgError if it has none.

    >>> from autograd import Tensor
    >>> from autograd.scipy.linalg import logm
    >>> logm(Tensor([[1.0, 2.0], [0.0, 1.0]])).numpy().round(9)
    array([[0., 2.],
           [0., 0.]])
    """
    (x,) = as_common_floating(a)
    require_matrices("logm", x)
    if x.size and np.linalg.matrix_rank(x) < x.shape[0]:
        raise MatrixError(f"logm: the matrix of shape {x.shape} is singular, so that it has no logarithm")
    return _logm(x)
