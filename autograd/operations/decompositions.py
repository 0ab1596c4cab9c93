"""Matrices taken apart: Cholesky, QR, symmetric eigenvalues, singular values. Stacks (…, m, n) work everywhere.

An operation has one result, so factors are packed as the rows of one array, which the public functions take apart.
Eigenvectors of equal eigenvalues can be turned in their space at will and have no derivative. Equal means up to rounding.
What is computed from the eigenvalues alone has its right gradient all the same; what uses such vectors gets nan, never a
number that looks right. Second derivatives of eigenvalues depend on the vectors. The same holds for singular values.
"""

import numpy as np

from autograd.core.grad_mode import is_grad_enabled
from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError, UnsupportedError
from autograd.operations.inputs import as_tensor_or_array

CURES = {
    "Singular": "no inverse exists; np.linalg.pinv and np.linalg.lstsq give the nearest thing to it",
    "positive definite": "it needs a symmetric matrix with positive eigenvalues; adding a small multiple of np.eye may help",
    "square": "the last two sizes must be equal",
    "at least two": "it needs a matrix (n, n) or a stack of them (…, n, n)",
    "infs or NaNs": "look for inf and nan in what the matrix was computed from",
}


class MatrixError(ShapeError, np.linalg.LinAlgError):
    """A matrix for which a decomposition or a solution does not exist."""


def checked(function, *inputs, **options):
    """NumPy's result; its LinAlgError becomes one that names the operation, the shapes and a cure."""
    try:
        return function(*inputs, **options)
    except np.linalg.LinAlgError as error:
        shapes = " and ".join(str(np.shape(x)) for x in inputs)
        cure = "".join(f"; {cure}" for words, cure in CURES.items() if words in str(error))
        raise MatrixError(f"{function.__name__}: {error} (given shapes {shapes}){cure}") from None


def transposed(x):
    """The matrices of a stack, each transposed."""
    return np.swapaxes(x, -1, -2)


def _on_data(function, x, *options):
    """NumPy's own answer, where there is no gradient to lose."""
    if not isinstance(x, Tensor):
        return function(x, *options)
    found = function(x.numpy(), *options)
    return Tensor(found) if isinstance(found, np.ndarray) else type(found)(*map(Tensor, found))


def _tracked(x):
    return isinstance(x, Tensor) and x.requires_grad and is_grad_enabled()


def _symmetric(x):
    return (x + transposed(x)) / 2


def _cholesky_gradient(g, out, upper):
    """Murray 2016: L⁻ᵀ Φ(Lᵀ g) L⁻¹, made symmetric; Φ takes the lower triangle and half of the diagonal."""
    factor, g = (transposed(out), transposed(g)) if upper else (out, g)
    n = factor.shape[-1]
    half = np.tri(n, dtype=g.dtype) - np.eye(n, dtype=g.dtype) / 2
    left = np.linalg.solve(transposed(factor), half * (transposed(factor) @ g))
    return _symmetric(np.linalg.solve(transposed(factor), transposed(left)))


@operation(_cholesky_gradient, numpy=np.linalg.cholesky)
def cholesky(x, /, upper=False):
    """Cholesky factor: the lower triangular L with x = L Lᵀ, or its transpose.

    x is symmetric and positive definite. NumPy reads one triangle of it; the gradient is symmetric, half on either side.

    Raises LinAlgError if x is not positive definite. Source: Murray 2016, arXiv:1602.07527.

    >>> from autograd import Tensor
    >>> from autograd.operations.decompositions import cholesky
    >>> cholesky(Tensor([[4.0, 2.0], [2.0, 5.0]]))
    Tensor([[2., 0.],
            [1., 2.]])
    """
    factor = checked(np.linalg.cholesky, transposed(x) if upper else x)
    return transposed(factor) if upper else factor


def _qr_gradient(g, out):
    """(gQ + Q C) R⁻ᵀ, where C is the symmetric matrix with the lower triangle of R gRᵀ − gQᵀ Q."""
    n = out.shape[-1]
    lower = np.tri(n, dtype=g.dtype)
    r, q = out[..., :n, :], out[..., n:, :]
    m = r @ transposed(g[..., :n, :] * lower.T) - transposed(g[..., n:, :]) @ q
    c = m * lower + transposed(m * (lower - np.eye(n, dtype=g.dtype)))
    return transposed(np.linalg.solve(r, transposed(g[..., n:, :] + q @ c)))


@operation(lambda g, out: _qr_gradient(g, out))
def _qr(x, /):
    q, r = checked(np.linalg.qr, x)
    return np.concatenate([r, q], axis=-2)


QRResult = type(np.linalg.qr(np.eye(1)))


@implements(np.linalg.qr)
def qr(a, mode="reduced"):
    """QR decomposition: a = Q R, Q with orthonormal columns, R upper triangular; a named tuple (Q, R).

    mode: "reduced", "r" for R alone, or "complete" where that is the same as reduced (no more rows than columns).

    Raises UnsupportedError for other modes. The gradient exists where the first columns of a, as many as Q has,
    are independent. Source: Walter and Lehmann 2013, doi:10.1080/10556788.2010.526116.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> from autograd.operations.decompositions import qr
    >>> np.abs(qr(Tensor([[3.0], [4.0]])).R)
    Tensor([[5.]])
    """
    x = as_tensor_or_array(a)
    if x.ndim < 2:
        raise ShapeError(f"qr: needs a matrix or a stack of them, got shape {x.shape}")
    rows, columns = x.shape[-2:]
    full = mode == "complete" and rows > columns
    if mode not in ("reduced", "r", "complete") or (full and _tracked(x)):
        raise UnsupportedError(f"qr: mode {mode!r} has no gradient for shape {x.shape}; use 'reduced' or 'r'")
    if full:
        return _on_data(np.linalg.qr, x, mode)
    k = min(rows, columns)
    packed = _qr(x[..., :k])
    r, q = packed[..., :k, :], packed[..., k:, :]
    if columns > k:
        r = np.concatenate([r, transposed(q) @ x[..., k:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)


def _negligible(x, axis):
    """What rounding may leave of a 0 beside these values."""
    return 8 * np.finfo(x.dtype).eps * np.sum(np.abs(x), axis=axis, keepdims=True)


def _over_gaps(inner, w):
    """innerᵢⱼ / (wⱼ − wᵢ), and 0 on the diagonal; where wᵢ and wⱼ are equal, 0 if innerᵢⱼ is 0 and else nan."""
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    equal = np.abs(gaps) <= np.expand_dims(_negligible(w, -1), -1)
    unknown = equal & (np.abs(inner) > _negligible(inner, (-2, -1))) & ~np.eye(w.shape[-1], dtype=bool)
    return np.where(unknown, np.nan, np.where(equal, 0, inner / np.where(equal, 1, gaps)))


def _eigh_gradient(g, out):
    """Giles 2008, §3.1: V (diag(gw) + F ∘ Vᵀ gV) Vᵀ with Fᵢⱼ = 1 / (wⱼ − wᵢ), made symmetric."""
    values, vectors = out[..., 0, :], out[..., 1:, :]
    turn = _over_gaps(transposed(vectors) @ g[..., 1:, :], values)
    stretch = np.eye(out.shape[-1], dtype=g.dtype) * g[..., :1, :]
    return _symmetric(vectors @ (stretch + turn) @ transposed(vectors))


@operation(lambda g, out: _eigh_gradient(g, out))
def _eigh(x, /, UPLO):  # noqa: N803  (NumPy's name)
    values, vectors = checked(np.linalg.eigh, x, UPLO=UPLO)
    return np.concatenate([np.expand_dims(values, -2), vectors], axis=-2)


EighResult = type(np.linalg.eigh(np.eye(1)))


@implements(np.linalg.eigh)
def eigh(a, UPLO="L"):  # noqa: N803
    """Eigenvalues w, ascending, and eigenvectors V of symmetric matrices: a = V diag(w) Vᵀ; a named tuple.

    NumPy reads the triangle UPLO of a; the gradient is symmetric. Eigenvectors of equal eigenvalues: see the module.

    Source: Giles 2008, An extended collection of matrix derivative results.

    >>> from autograd import Tensor
    >>> from autograd.operations.decompositions import eigh
    >>> eigh(Tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    Tensor([1., 2.])
    """
    packed = _eigh(as_tensor_or_array(a), UPLO=UPLO)
    return EighResult(packed[..., 0, :], packed[..., 1:, :])


@implements(np.linalg.eigvalsh)
def eigvalsh(a, UPLO="L"):  # noqa: N803
    """Eigenvalues of symmetric matrices, ascending."""
    return eigh(a, UPLO).eigenvalues


def _svd_gradient(g, out, x_shape):
    """Townsend 2016: U (E ∘ (Uᵀ gU − gUᵀ U) S + S E ∘ (Vᵀ gV − gVᵀ V) + diag(gs)) Vᵀ, Eᵢⱼ = 1 / (sⱼ² − sᵢ²).

    What of gU, gV lies outside of the spaces of U, V is divided by s and added. E is antisymmetric: E ∘ (A − Aᵀ) = T + Tᵀ
    for T = E ∘ A. Vectors whose s is 0 count as unknown if anything but the singular values is used.
    """
    rows, columns = x_shape[-2:]
    s, u, v = out[..., :1, :], out[..., 1 : rows + 1, :], out[..., rows + 1 :, :]
    gs, gu, gv = g[..., :1, :], g[..., 1 : rows + 1, :], g[..., rows + 1 :, :]
    one = np.eye(out.shape[-1], dtype=bool)
    weight = np.sum(np.abs(g), axis=-2, keepdims=True)
    zero = s <= _negligible(s, -1)
    vectors_used = np.any(g[..., 1:, :] != 0, axis=(-2, -1), keepdims=True)
    unknown = zero & vectors_used & (weight > _negligible(weight, -1))

    sums = np.where(zero & transposed(zero), 1, s + transposed(s))
    inner_u, inner_v = transposed(u) @ gu, transposed(v) @ gv
    turn_u, turn_v = (_over_gaps(inner, out[..., 0, :]) / sums for inner in (inner_u, inner_v))
    core = (turn_u + transposed(turn_u)) * s + transposed(s) * (turn_v + transposed(turn_v)) + one * gs
    core = np.where(transposed(zero) & unknown & ~one, np.nan, core)
    found = u @ core @ transposed(v)
    inverse = np.where(unknown, np.nan, np.where(zero, 0, 1 / np.where(zero, 1, s)))
    if rows > columns:
        found = found + (gu - u @ inner_u) * inverse @ transposed(v)
    if columns > rows:
        found = found + u * inverse @ transposed(gv - v @ inner_v)
    return found


@operation(lambda g, out, x_shape: _svd_gradient(g, out, x_shape))
def _svd(x, /):
    u, s, vh = checked(np.linalg.svd, x, full_matrices=False)
    return np.concatenate([np.expand_dims(s, -2), u, transposed(vh)], axis=-2)


SVDResult = type(np.linalg.svd(np.eye(1)))


@implements(np.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """Singular values S, descending, and vectors: a = U diag(S) Vh; a named tuple (U, S, Vh), or S alone.

    The vectors of equal singular values: see the module.

    Raises UnsupportedError where a gradient is needed: for full_matrices of a that is not square, since the added
    columns are arbitrary, and for hermitian. Source: Townsend 2016, Differentiating the singular value decomposition.

    >>> from autograd import Tensor
    >>> from autograd.operations.decompositions import svd
    >>> svd(Tensor([[3.0], [4.0]]), full_matrices=False).S
    Tensor([5.])
    """
    x = as_tensor_or_array(a)
    full = x.ndim >= 2 and compute_uv and full_matrices and x.shape[-1] != x.shape[-2]
    if (full or hermitian) and not _tracked(x):
        return _on_data(np.linalg.svd, x, full_matrices, compute_uv, hermitian)
    if hermitian:
        raise UnsupportedError("svd: hermitian=True has no gradient here; use np.linalg.eigh, or leave it out")
    if full:
        raise UnsupportedError(f"svd: the added columns of full_matrices are arbitrary; pass full_matrices=False for {x.shape}")
    packed = _svd(x)
    end = x.shape[-2] + 1
    s = packed[..., 0, :]
    return SVDResult(packed[..., 1:end, :], s, transposed(packed[..., end:, :])) if compute_uv else s


@implements(np.linalg.svdvals)
def svdvals(x, /):
    """Singular values, descending."""
    return svd(x, compute_uv=False)
