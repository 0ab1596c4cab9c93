"""Triangular, banded and Sylvester systems, as in scipy.linalg. They need SciPy."""

import importlib

import numpy as np

from autograd.core.coercion import refuse_complex
from autograd.core.operation import operation
from autograd.errors import ShapeError, UnsupportedError
from autograd.operations.decompositions import MatrixError
from autograd.operations.inputs import as_common_floating
from autograd.operations.matmul import transpose_last


def call_scipy_linalg(name, *inputs, **options):
    """The result of a function of scipy.linalg in the dtype of its first input; errors name the function and the shapes."""
    try:
        module = importlib.import_module("scipy.linalg")
    except ImportError:
        raise ImportError(f"{name} needs SciPy, which is not installed: pip install 'chainrule[scipy]'") from None
    try:
        return getattr(module, name)(*inputs, **options)
    except (np.linalg.LinAlgError, ValueError) as error:
        shapes = " and ".join(str(np.shape(x)) for x in inputs if isinstance(x, np.ndarray))
        raise MatrixError(f"{name}: {error} (given shapes {shapes})") from None


def require_matrices(name, *arrays):
    """Raise ShapeError unless all arrays are matrices."""
    if any(x.ndim != 2 for x in arrays):
        raise ShapeError(f"{name}: needs matrices (m, n), got shapes {' and '.join(str(x.shape) for x in arrays)}")


def _solve_triangular_gradients(g, x, out, trans, lower, unit_diagonal):
    """With v the solution for the transposed matrix and g: the triangle of −v outᵀ, or of −out vᵀ if trans; v."""
    v = _solve_triangular(x, g, not trans, lower, unit_diagonal)
    product = -(out @ transpose_last(v) if trans else v @ transpose_last(out))
    offset = int(unit_diagonal)
    return (np.tril(product, -offset) if lower else np.triu(product, offset)), v


@operation(joint_formula=_solve_triangular_gradients, symbol="\\")
def _solve_triangular(x, y, /, trans, lower, unit_diagonal):
    return call_scipy_linalg("solve_triangular", x, y, trans=int(trans), lower=lower, unit_diagonal=unit_diagonal)


def solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True):
    """Solution x of a x = b for a triangular matrix a.

    a:             a matrix (n, n); its other triangle is not read. b: a vector (n,) or columns (n, k).
    trans:         0 or "N" for a x = b, 1 or "T" for aᵀ x = b.
    lower:         a is lower triangular; upper by default.
    unit_diagonal: the diagonal is not read either; it counts as 1.

    overwrite_b and check_finite have no effect. Raises LinAlgError if a is singular.

    >>> from autograd import Tensor
    >>> from autograd.scipy.linalg import solve_triangular
    >>> solve_triangular(Tensor([[2.0, 0.0], [1.0, 1.0]]), [2.0, 3.0], lower=True)
    Tensor([1., 2.])
    """
    x, y = as_common_floating(a, b)
    require_matrices("solve_triangular", x)
    if y.ndim not in (1, 2) or x.shape[0] != x.shape[1] or x.shape[0] != y.shape[0]:
        raise ShapeError(f"solve_triangular: needs a (n, n) and b (n,) or (n, k), got shapes {x.shape} and {y.shape}")
    if trans not in (0, 1, 2, "N", "T", "C"):
        raise ValueError(f"solve_triangular: trans is 0 or 'N', 1 or 'T', not {trans!r}")
    if trans in (2, "C") and x.dtype.kind == "c":
        raise UnsupportedError(
            "solve_triangular: trans='C' has no gradient for complex matrices; conjugate a and use trans='T'"
        )
    options = trans not in (0, "N"), bool(lower), bool(unit_diagonal)
    return _solve_triangular(x, y, *options) if y.ndim == 2 else _solve_triangular(x, np.expand_dims(y, 1), *options)[:, 0]


def _solve_sylvester_gradients(g, x, y, out):
    """With v the solution for the transposed matrices and g: −v outᵀ, −outᵀ v, v."""
    v = _solve_sylvester(transpose_last(x), transpose_last(y), g)
    return -v @ transpose_last(out), -transpose_last(out) @ v, v


@operation(joint_formula=_solve_sylvester_gradients)
def _solve_sylvester(x, y, z, /):
    if not z.size:  # which SciPy 1.14 refuses
        return z.astype(x.dtype)
    return call_scipy_linalg("solve_sylvester", x, y, z).astype(x.dtype, copy=False)


def solve_sylvester(a, b, q):
    """Solution x of Sylvester's equation a x + x b = q.

    a: (m, m), b: (n, n), q: (m, n), real. a and −b must have no common eigenvalue.

    >>> from autograd import Tensor
    >>> from autograd.scipy.linalg import solve_sylvester
    >>> solve_sylvester(Tensor([[1.0]]), [[3.0]], [[8.0]])
    Tensor([[2.]])
    """
    x, y, z = as_common_floating(a, b, q)
    for matrix in (x, y, z):
        refuse_complex(matrix, "solve_sylvester")
    require_matrices("solve_sylvester", x, y, z)
    return _solve_sylvester(x, y, z)


def _transpose_bands(x, lower, upper):
    """The diagonals of aᵀ from those of a: the entry at d above the diagonal moves to d below it."""
    distance = np.arange(-lower, upper + 1)[:, None]
    column = np.arange(x.shape[1]) + distance
    is_inside = (column >= 0) & (column < x.shape[1])
    return np.where(is_inside, x[upper - distance, np.where(is_inside, column, 0)], 0)


def _solve_banded_gradients(g, x, out, lower, upper):
    """With v the solution for the transposed matrix and g: the diagonals of −v outᵀ; v."""
    v = _solve_banded(_transpose_bands(x, lower, upper), g, upper, lower)
    row = np.arange(x.shape[1]) - np.arange(upper, -lower - 1, -1)[:, None]
    is_inside = (row >= 0) & (row < x.shape[1])
    return np.where(is_inside, -np.sum(v[np.where(is_inside, row, 0)] * out, axis=-1), 0), v


@operation(joint_formula=_solve_banded_gradients, symbol="\\")
def _solve_banded(x, y, /, lower, upper):
    return call_scipy_linalg("solve_banded", (lower, upper), x, y)


def solve_banded(l_and_u, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True):
    """Solution x of a x = b for a banded matrix a, given by its diagonals.

    l_and_u: the numbers of diagonals below and above the main diagonal.
    ab:      the diagonals (l + u + 1, n) from the top right to the bottom left: ab[u + i − j, j] = a[i, j].
    b:       a vector (n,) or columns (n, k).

    The other arguments have no effect. Raises LinAlgError if a is singular.

    >>> from autograd import Tensor
    >>> from autograd.scipy.linalg import solve_banded
    >>> solve_banded((0, 1), Tensor([[0.0, 1.0], [1.0, 2.0]]), [3.0, 4.0])  # x₀ + x₁ = 3, 2 x₁ = 4
    Tensor([1., 2.])
    """
    x, y = as_common_floating(ab, b)
    lower, upper = l_and_u
    require_matrices("solve_banded", x)
    if x.shape[0] != lower + upper + 1 or y.ndim not in (1, 2) or y.shape[0] != x.shape[1]:
        raise ShapeError(
            f"solve_banded: needs ab ({lower + upper + 1}, n) and b (n,) or (n, k), got shapes {x.shape} and {y.shape}"
        )
    return _solve_banded(x, y, lower, upper) if y.ndim == 2 else _solve_banded(x, np.expand_dims(y, 1), lower, upper)[:, 0]
