"""scipy.linalg on tensors.

>>> from autograd import Tensor
>>> from autograd.scipy.linalg import expm
>>> t = Tensor(2.0, requires_grad=True)
>>> expm(t * [[0.0, 1.0], [0.0, 0.0]])[0, 1].backward()
>>> t.grad.item()
1.0
"""

import numpy as np

from autograd.operations.decompositions import cholesky as numpy_cholesky, svdvals
from autograd.operations.inputs import as_common_floating
from autograd.operations.linalg import det, inv, pinv, solve as numpy_solve
from autograd.operations.matrix_equations import solve_banded, solve_sylvester, solve_triangular
from autograd.operations.matrix_functions import expm, logm, sqrtm
from autograd.operations.norms import norm
from autograd.utils.scipy_names import names_of

__all__ = [
    "block_diag", "cho_factor", "cho_solve", "cholesky", "det", "expm", "inv", "logm", "norm", "pinv", "solve", "solve_banded",
    "solve_sylvester", "solve_triangular", "sqrtm", "svdvals",
]  # fmt: skip
__getattr__ = names_of(__name__, __all__)


def block_diag(*arrs):
    """A matrix of these blocks on its diagonal, and zeros elsewhere; numbers and vectors are blocks with one row.

    >>> from autograd import Tensor
    >>> from autograd.scipy.linalg import block_diag
    >>> block_diag(Tensor([[1.0], [2.0]]), 3.0)
    Tensor([[1., 0.],
            [2., 0.],
            [0., 3.]])
    """
    if not arrs:
        return np.zeros((1, 0))
    blocks = [np.atleast_2d(x) for x in as_common_floating(*arrs)]
    ends = np.cumsum([0, *(block.shape[1] for block in blocks)])
    rows = [np.pad(block, ((0, 0), (start, ends[-1] - end))) for block, start, end in zip(blocks, ends, ends[1:])]
    return np.concatenate(rows, axis=0)


def cholesky(a, lower=False, overwrite_a=False, check_finite=True):
    """Cholesky factor: the upper triangular U with a = Uᵀ U, or the lower triangular L with a = L Lᵀ.

    >>> from autograd.scipy.linalg import cholesky
    >>> cholesky([[4.0]])
    array([[2.]])
    """
    return numpy_cholesky(*as_common_floating(a), upper=not lower)


def cho_factor(a, lower=False, overwrite_a=False, check_finite=True):
    """The pair (Cholesky factor, lower) for `cho_solve`; the other triangle of the factor is 0."""
    return cholesky(a, lower), lower


def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True):
    """Solution x of a x = b from the Cholesky factor of a.

    >>> from autograd.scipy.linalg import cho_factor, cho_solve
    >>> cho_solve(cho_factor([[4.0]]), [8.0])
    array([2.])
    """
    factor, lower = c_and_lower
    return solve_triangular(
        factor, solve_triangular(factor, b, trans=int(not lower), lower=lower), trans=int(lower), lower=lower
    )


def solve(a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None, transposed=False):
    """Solution x of a x = b, or of aᵀ x = b if transposed; the whole matrix is read, whatever `assume_a` says of it.

    >>> from autograd.scipy.linalg import solve
    >>> solve([[2.0]], [4.0])
    array([2.])
    """
    a, b = as_common_floating(a, b)
    return numpy_solve(np.swapaxes(a, -1, -2) if transposed else a, b)
