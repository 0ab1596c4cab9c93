"""Matrix decompositions: Cholesky, QR, symmetric eigenvalues, singular values; all take stacks (…, m, n).

An operation has one result. The factors are therefore stacked along the rows of one array, and the public functions split it.

Eigenvectors of equal eigenvalues (up to rounding) are not unique and have no derivative. A function of the eigenvalues alone
has the right gradient, but a function of these eigenvectors has gradient nan. Second derivatives of eigenvalues depend on the
eigenvectors. The same holds for singular values and vectors.
"""

import numpy as np

from autograd.core.coercion import is_complex
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError, UnsupportedError
from autograd.operations.elementwise import conj
from autograd.operations.inputs import as_tensor_or_array
from autograd.operations.matmul import adjoint, transpose_last

HINTS = {
    "Singular": "it has no inverse; use np.linalg.pinv or np.linalg.lstsq",
    "positive definite": "the matrix must be symmetric with positive eigenvalues; adding a small multiple of np.eye can help",
    "square": "the last two sizes must be equal",
    "at least two": "the input must be a matrix (n, n) or a stack of them (…, n, n)",
    "infs or NaNs": "look for inf and nan in the values that the matrix was computed from",
}


class MatrixError(ShapeError, np.linalg.LinAlgError):
    """A matrix that has no such decomposition, inverse or solution."""


def call_linalg(function, *inputs, **options):
    """Call a function of numpy.linalg; its LinAlgError is raised again with the operation, the shapes and a hint."""
    try:
        return function(*inputs, **options)
    except np.linalg.LinAlgError as error:
        shapes = " and ".join(str(np.shape(x)) for x in inputs)
        hint = "".join(f"; {hint}" for phrase, hint in HINTS.items() if phrase in str(error))
        raise MatrixError(f"{function.__name__}: {error} (given shapes {shapes}){hint}") from None


def _call_on_data(function, x, *options):
    """Call NumPy on the data of a tensor, and wrap the result as constants."""
    if not isinstance(x, Tensor):
        return function(x, *options)
    out = function(x.numpy(), *options)
    return Tensor(out) if isinstance(out, np.ndarray) else type(out)(*map(Tensor, out))


def _is_tracked(x):
    return isinstance(x, Tensor) and x.requires_grad and is_grad_enabled()


def _symmetrize(x):
    return (x + adjoint(x)) / 2


def _cholesky_gradient(g, out, upper):
    """Murray 2016: L⁻ᵀ Φ(Lᵀ g) L⁻¹, symmetrized; Φ keeps the lower triangle and half of the diagonal."""
    g = conj(g)
    factor, g = (adjoint(out), adjoint(g)) if upper else (out, g)
    n = factor.shape[-1]
    half = np.tri(n, dtype=g.dtype) - np.eye(n, dtype=g.dtype) / 2
    left = np.linalg.solve(adjoint(factor), half * (adjoint(factor) @ g))
    return conj(_symmetrize(np.linalg.solve(adjoint(factor), adjoint(left))))


@operation(_cholesky_gradient, numpy=np.linalg.cholesky)
def cholesky(x, /, upper=False):
    """Cholesky factor: the lower triangular L with x = L Lᴴ.

    x:     symmetric or Hermitian positive definite matrices (…, n, n). NumPy reads one triangle; the gradient is symmetric.
    upper: return Lᴴ.

    Raises LinAlgError if x is not positive definite. Source: Murray 2016, arXiv:1602.07527.

    >>> from autograd import Tensor
    >>> from autograd.operations.decompositions import cholesky
    >>> cholesky(Tensor([[4.0, 2.0], [2.0, 5.0]]))
    Tensor([[2., 0.],
            [1., 2.]])
    """
    factor = call_linalg(np.linalg.cholesky, transpose_last(x) if upper else x)
    return transpose_last(factor) if upper else factor


def _qr_gradient(g, out):
    """(gQ + Q C) R⁻ᵀ with C symmetric, its lower triangle that of R gRᵀ − gQᵀ Q."""
    g, n = conj(g), out.shape[-1]
    lower, identity = np.tri(n, dtype=g.dtype), np.eye(n, dtype=g.dtype)
    r, q = out[..., :n, :], out[..., n:, :]
    m = r @ adjoint(g[..., :n, :] * lower.T) - adjoint(g[..., n:, :]) @ q
    below = m * (lower - identity)
    c = m * lower + adjoint(below) if not is_complex(g) else below + adjoint(below) + identity * np.real(m)
    return conj(adjoint(np.linalg.solve(r, adjoint(g[..., n:, :] + q @ c))))


@operation(lambda g, out: _qr_gradient(g, out))
def _qr(x, /):
    q, r = call_linalg(np.linalg.qr, x)
    return np.concatenate([r, q], axis=-2)


QRResult = type(np.linalg.qr(np.eye(1)))


@implements(np.linalg.qr)
def qr(a, mode="reduced"):
    """QR decomposition: a = Q R, Q with orthonormal columns, R upper triangular; a named tuple (Q, R).

    a:    matrices (…, m, n). The first min(m, n) columns must be linearly independent for the gradient.
    mode: "reduced", "r" for R alone, or "complete". On tensors with a gradient "complete" needs m ≤ n.

    Raises UnsupportedError for other modes. Source: Walter and Lehmann 2013, doi:10.1080/10556788.2010.526116.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> from autograd.operations.decompositions import qr
    >>> np.abs(qr(Tensor([[3.0], [4.0]])).R)
    Tensor([[5.]])
    """
    x = as_tensor_or_array(a)
    if x.ndim < 2:
        raise ShapeError(f"qr: needs a matrix (m, n) or a stack of them, got shape {x.shape}")
    rows, columns = x.shape[-2:]
    is_full = mode == "complete" and rows > columns
    if mode not in ("reduced", "r", "complete") or (is_full and _is_tracked(x)):
        raise UnsupportedError(f"qr: mode {mode!r} has no gradient for shape {x.shape}; use 'reduced' or 'r'")
    if is_full:
        return _call_on_data(np.linalg.qr, x, mode)
    k = min(rows, columns)
    packed = _qr(x[..., :k])
    r, q = packed[..., :k, :], packed[..., k:, :]
    if columns > k:
        r = np.concatenate([r, adjoint(q) @ x[..., k:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)


def _rounding_error(x, axis):
    """The largest rounding error of a zero among these values: 8 ε Σ |x|."""
    return 8 * np.finfo(x.dtype).eps * np.sum(np.abs(x), axis=axis, keepdims=True)


def _divide_by_gaps(inner, w):
    """innerᵢⱼ / (wⱼ − wᵢ), and 0 on the diagonal; where wᵢ = wⱼ, 0 if innerᵢⱼ is 0, else nan."""
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    is_equal = np.abs(gaps) <= np.expand_dims(_rounding_error(w, -1), -1)
    is_undefined = is_equal & (np.abs(inner) > _rounding_error(inner, (-2, -1))) & ~np.eye(w.shape[-1], dtype=bool)
    return np.where(is_undefined, np.nan, np.where(is_equal, 0, inner / np.where(is_equal, 1, gaps)))


def _defined_without_phase(inner):
    """1, and nan on the diagonal where innerᵢᵢ has an imaginary part: then a function depends on the phase of a vector."""
    tolerance = np.sqrt(np.finfo(inner.dtype).eps) * np.sum(np.abs(inner), axis=(-2, -1), keepdims=True)
    return np.where(np.eye(inner.shape[-1], dtype=bool) & (np.abs(np.imag(inner)) > tolerance), np.nan, 1)


def _eigh_gradient(g, out):
    """Giles 2008, §3.1: V (diag(gw) + F ∘ Vᵀ gV) Vᵀ with Fᵢⱼ = 1 / (wⱼ − wᵢ), symmetrized."""
    g = conj(g)
    values, vectors = np.real(out[..., 0, :]), out[..., 1:, :]
    inner = adjoint(vectors) @ g[..., 1:, :]
    rotation = _divide_by_gaps(inner, values)
    if is_complex(g):
        rotation = rotation * _defined_without_phase(inner)
    scaling = np.eye(out.shape[-1], dtype=g.dtype) * np.real(g[..., :1, :])
    return conj(_symmetrize(vectors @ (scaling + rotation) @ adjoint(vectors)))


def _of_triangle(gradient, triangle):
    """A symmetric gradient as that of the triangle which NumPy reads: an element off the diagonal stands for two."""
    n = gradient.shape[-1]
    ones = np.ones((n, n), gradient.dtype)
    return gradient * (np.tril(ones) + np.tril(ones, -1) if triangle in "Ll" else np.triu(ones) + np.triu(ones, 1))


@operation(lambda g, out, UPLO: _of_triangle(_eigh_gradient(g, out), UPLO))  # noqa: N803  (NumPy's name)
def _eigh(x, /, UPLO):  # noqa: N803  (NumPy's name)
    values, vectors = call_linalg(np.linalg.eigh, x, UPLO=UPLO)
    return np.concatenate([np.expand_dims(values, -2), vectors], axis=-2)


EighResult = type(np.linalg.eigh(np.eye(1)))


@implements(np.linalg.eigh)
def eigh(a, UPLO="L"):  # noqa: N803
    """Eigenvalues w, ascending, and eigenvectors V of symmetric matrices: a = V diag(w) Vᴴ; a named tuple.

    a:    symmetric or Hermitian matrices (…, n, n).
    UPLO: the triangle that NumPy reads, "L" or "U". The gradient is that of its elements and 0 elsewhere, as in HIPS autograd;
          PyTorch gives half of it to either triangle.

    The gradient through eigenvectors of equal eigenvalues is nan, and so is that of a function of the phase of a complex one.

    Source: Giles 2008, An extended collection of matrix derivative results.

    >>> from autograd import Tensor
    >>> from autograd.operations.decompositions import eigh
    >>> eigh(Tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    Tensor([1., 2.])
    """
    packed = _eigh(as_tensor_or_array(a), UPLO=UPLO)
    return EighResult(np.real(packed[..., 0, :]), packed[..., 1:, :])


@implements(np.linalg.eigvalsh)
def eigvalsh(a, UPLO="L"):  # noqa: N803
    """Eigenvalues of symmetric matrices, in ascending order; arguments as for `eigh`."""
    return eigh(a, UPLO).eigenvalues


def _svd_gradient(g, out, x_shape):
    """Townsend 2016: U (E ∘ (Uᵀ gU − gUᵀ U) S + S E ∘ (Vᵀ gV − gVᵀ V) + diag(gs)) Vᵀ, Eᵢⱼ = 1 / (sⱼ² − sᵢ²).

    The components of gU and gV orthogonal to U and V are divided by s and added. E is antisymmetric, so
    E ∘ (A − Aᵀ) = T + Tᵀ for T = E ∘ A. The gradient through vectors with s = 0 is undefined.
    """
    rows, columns = x_shape[-2:]
    g = conj(g)
    s, u, v = np.real(out[..., :1, :]), out[..., 1 : rows + 1, :], out[..., rows + 1 :, :]
    gs, gu, gv = np.real(g[..., :1, :]), g[..., 1 : rows + 1, :], g[..., rows + 1 :, :]
    identity = np.eye(out.shape[-1], dtype=bool)
    weight = np.sum(np.abs(g), axis=-2, keepdims=True)
    is_zero = s <= _rounding_error(s, -1)
    vectors_used = np.any(g[..., 1:, :] != 0, axis=(-2, -1), keepdims=True)
    is_undefined = is_zero & vectors_used & (weight > _rounding_error(weight, -1))

    sums = np.where(is_zero & transpose_last(is_zero), 1, s + transpose_last(s))
    inner_u, inner_v = adjoint(u) @ gu, adjoint(v) @ gv
    rotation_u, rotation_v = (_divide_by_gaps(inner, s[..., 0, :]) / sums for inner in (inner_u, inner_v))
    core = (rotation_u + adjoint(rotation_u)) * s + transpose_last(s) * (rotation_v + adjoint(rotation_v))
    core = core + identity * gs
    if is_complex(g):
        phase = np.imag(inner_u) / np.where(is_zero, 1, s) * 1j
        core = (core + identity * np.where(is_zero, 0, phase)) * _defined_without_phase(inner_u + inner_v)
    core = np.where(transpose_last(is_zero) & is_undefined & ~identity, np.nan, core)
    grad = u @ core @ adjoint(v)
    inverse_s = np.where(is_undefined, np.nan, np.where(is_zero, 0, 1 / np.where(is_zero, 1, s)))
    if rows > columns:
        grad = grad + (gu - u @ inner_u) * inverse_s @ adjoint(v)
    if columns > rows:
        grad = grad + u * inverse_s @ adjoint(gv - v @ inner_v)
    return conj(grad)


@operation(lambda g, out, x_shape: _svd_gradient(g, out, x_shape))
def _svd(x, /):
    u, s, vh = call_linalg(np.linalg.svd, x, full_matrices=False)
    return np.concatenate([np.expand_dims(s, -2), u, adjoint(vh)], axis=-2)


SVDResult = type(np.linalg.svd(np.eye(1)))


@implements(np.linalg.svd)
def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """Singular value decomposition: a = U diag(S) Vh, S in descending order; a named tuple (U, S, Vh), or S alone.

    a:             matrices (…, m, n).
    full_matrices: square U and Vh. With a gradient it must be False unless m = n, because the added columns are arbitrary.
    compute_uv:    False returns S alone.
    hermitian:     as in NumPy; not supported with a gradient.

    The gradient through vectors of equal singular values is nan.

    Raises UnsupportedError for options that have no gradient.

    Source: Townsend 2016, Differentiating the singular value decomposition.

    >>> from autograd import Tensor
    >>> from autograd.operations.decompositions import svd
    >>> svd(Tensor([[3.0], [4.0]]), full_matrices=False).S
    Tensor([5.])
    """
    x = as_tensor_or_array(a)
    is_full = x.ndim >= 2 and compute_uv and full_matrices and x.shape[-1] != x.shape[-2]
    if (is_full or hermitian) and not _is_tracked(x):
        return _call_on_data(np.linalg.svd, x, full_matrices, compute_uv, hermitian)
    if hermitian:
        raise UnsupportedError("svd: hermitian=True has no gradient; use np.linalg.eigh, or hermitian=False")
    if is_full:
        raise UnsupportedError(f"svd: full_matrices=True has no gradient for shape {x.shape}; pass full_matrices=False")
    packed = _svd(x)
    end = x.shape[-2] + 1
    s = np.real(packed[..., 0, :])
    return SVDResult(packed[..., 1:end, :], s, adjoint(packed[..., end:, :])) if compute_uv else s


@implements(np.linalg.svdvals)
def svdvals(x, /):
    """Singular values of matrices (…, m, n), in descending order."""
    return svd(x, compute_uv=False)
