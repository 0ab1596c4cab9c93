"""Eigenvalues and eigenvectors of general square matrices; they are complex where the spectrum is not real.

The factors are stacked along the rows of one array, as in `decompositions`. A gradient through eigenvectors of equal
eigenvalues is nan. The phase of a complex eigenvector is arbitrary: functions of it have a gradient only if they do not depend
on the phase.
"""

from typing import Any

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.operations.decompositions import _divide_by_gaps, call_linalg
from autograd.operations.inputs import as_inexact
from autograd.operations.matmul import transpose_last


def _eig_gradient(g, out):
    """V⁻ᵀ (diag(gw) + F ∘ (Vᵀ gV − Vᵀ V̄ diag(Re(Vᵀ gV)))) Vᵀ with Fᵢⱼ = 1 / (wⱼ − wᵢ); the columns of V keep length 1."""
    values, vectors = out[..., 0, :], out[..., 1:, :]
    right = transpose_last(vectors)
    identity = np.eye(out.shape[-1], dtype=bool)
    inner = right @ g[..., 1:, :]
    lengths = np.sum(np.real(inner) * identity, axis=-2, keepdims=True)
    rotation = _divide_by_gaps(inner - right @ np.conj(vectors) * lengths, values)
    return np.linalg.solve(right, (identity * g[..., :1, :] + rotation) @ right)


@operation(lambda g, out: _eig_gradient(g, out))
def _eig(x, /):
    values, vectors = call_linalg(np.linalg.eig, x)
    return np.concatenate([np.expand_dims(values, -2), vectors], axis=-2)


EigResult: Any = type(np.linalg.eig(np.eye(1)))


@implements(np.linalg.eig)
def eig(a: Any) -> Any:
    """Eigenvalues w and eigenvectors of square matrices: a V = V diag(w), the columns of V of length 1; a named tuple.

    a: square matrices (…, n, n).

    Raises LinAlgError if a is not square.

    Source: Boeddeker et al. 2017, arXiv:1701.00392, §4.2.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.linalg.eig(Tensor([[2.0, 1.0], [0.0, 1.0]])).eigenvalues.numpy().real
    array([2., 1.])
    """
    packed = _eig(as_inexact(a))
    return EigResult(packed[..., 0, :], packed[..., 1:, :])


@implements(np.linalg.eigvals)
def eigvals(a: Any) -> Any:
    """Eigenvalues of square matrices, in the order of `eig`."""
    return eig(a).eigenvalues
