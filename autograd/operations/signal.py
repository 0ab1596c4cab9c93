"""Operations on one-dimensional signals: convolution, correlation, interpolation, Vandermonde matrix."""

import numpy as np

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError, UnsupportedError
from autograd.operations.elementwise import conj
from autograd.operations.inputs import as_floating, as_inexact, as_tensor_or_array


# (x ∗ v)ₙ = Σₖ xₖ vₙ₋ₖ, so the gradient of xₖ is Σₙ gₙ vₙ₋ₖ: a correlation, for which NumPy conjugates complex v.
@operation(
    lambda g, y: np.correlate(g, conj(y), "valid"),
    lambda g, x: np.correlate(g, conj(x), "valid"),
    symbol="∗",
)
def _convolve(x, y, /):
    return np.convolve(x, y)


def _cut_to_mode(name, full, mode, sizes, start):
    short, long = sorted(sizes)
    ranges = {"full": (0, short + long - 1), "same": (start, start + long), "valid": (short - 1, long)}
    if mode not in ranges:
        raise ValueError(f"{name}: mode is 'full', 'same' or 'valid', not {mode!r}")
    return full if mode == "full" else full[slice(*ranges[mode])]


def _as_sequences(name, a, v):
    x, y = (np.reshape(x, -1) if x.ndim == 0 else x for x in (as_tensor_or_array(a), as_tensor_or_array(v)))
    if x.ndim != 1 or y.ndim != 1 or 0 in (x.size, y.size):
        raise ShapeError(f"{name}: needs two nonempty vectors, got shapes {x.shape} and {y.shape}")
    return x, y


@implements(np.convolve)
def convolve(a, v, mode="full"):
    """Convolution of two vectors: outₙ = Σₖ aₖ vₙ₋ₖ.

    mode: "full" for every overlap, "same" for the length of the longer vector, "valid" for complete overlap.

    >>> from autograd import Tensor
    >>> from autograd.operations.signal import convolve
    >>> convolve(Tensor([1.0, 2.0, 3.0]), [1.0, -1.0])
    Tensor([ 1.,  1.,  1., -3.])
    """
    x, y = _as_sequences("convolve", a, v)
    return _cut_to_mode("convolve", _convolve(x, y), mode, (x.size, y.size), (min(x.size, y.size) - 1) // 2)


@implements(np.correlate)
def correlate(a, v, mode="valid"):
    """Cross-correlation of two vectors: outₙ = Σₖ aₙ₊ₖ vₖ, with the conjugate of complex v; mode as for `convolve`."""
    x, y = _as_sequences("correlate", a, v)
    start = (y.size - 1) // 2 if x.size >= y.size else x.size // 2
    return _cut_to_mode("correlate", _convolve(x, conj(y[::-1])), mode, (x.size, y.size), start)


@implements(np.vander)
def vander(x, N=None, increasing=False):  # noqa: N803  (NumPy's name)
    """Vandermonde matrix: outᵢⱼ = xᵢⁿ⁻¹⁻ʲ, or xᵢʲ if increasing.

    x: a vector (m,); N: the number of columns n, by default m.

    >>> from autograd import Tensor
    >>> from autograd.operations.signal import vander
    >>> vander(Tensor([2.0, 3.0]), 3)
    Tensor([[4., 2., 1.],
            [9., 3., 1.]])
    """
    x = as_tensor_or_array(x)
    if x.ndim != 1:
        raise ShapeError(f"vander: needs a vector, got shape {x.shape}")
    x = x if x.dtype.kind in "fc" else x.astype(np.result_type(x.dtype, int))
    powers = np.arange(x.shape[0] if N is None else N, dtype=x.dtype)
    return np.expand_dims(x, 1) ** (powers if increasing else powers[::-1])


@implements(np.interp)
def interp(x, xp, fp, left=None, right=None, period=None):
    """Linear interpolation: fpᵢ + (x − xpᵢ) (fpᵢ₊₁ − fpᵢ) / (xpᵢ₊₁ − xpᵢ).

    x:           any shape, with gradient.
    xp:          the sample points (n,), increasing, without gradient.
    fp:          the values there (n,), with gradient.
    left, right: the values outside of xp, by default the first and the last of fp.
    period:      the period of x and xp, or None.

    At a sample point the derivative is the right-hand one.

    Raises UnsupportedError if xp requires gradients.

    >>> from autograd import Tensor
    >>> from autograd.operations.signal import interp
    >>> interp(Tensor([0.5, 9.0]), [0.0, 1.0], [10.0, 20.0])
    Tensor([15., 20.])
    """
    x, fp, xp = as_floating(x, "interp"), as_inexact(fp), as_floating(xp, "interp")
    if isinstance(xp, Tensor):
        if xp.requires_grad:
            raise UnsupportedError("interp: xp has no gradient formula; pass an array or xp.detach()")
        xp = xp.numpy()
    if xp.ndim != 1 or fp.shape != xp.shape or not xp.size:
        raise ShapeError(f"interp: xp and fp must be nonempty vectors of one length, got shapes {xp.shape} and {fp.shape}")
    if period is not None:
        xp = xp % period
        order = np.argsort(xp)
        xp, fp, x, left, right = xp[order], fp[order], x % period, None, None
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    lower = np.clip(np.searchsorted(xp, x, "right") - 1, 0, max(xp.size - 2, 0))
    upper = np.minimum(lower + 1, xp.size - 1)
    width = xp[upper] - xp[lower]
    inside = np.clip(x, xp[0], xp[-1])
    out = fp[lower] + (inside - xp[lower]) * ((fp[upper] - fp[lower]) / np.where(width > 0, width, 1))
    out = np.where(x < xp[0], fp[0] if left is None else left, out)
    return np.where(x > xp[-1], fp[-1] if right is None else right, out)
