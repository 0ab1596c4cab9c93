"""Fourier transforms: the functions of numpy.fft.

The matrix of a discrete Fourier transform is symmetric, so fft and ifft are their own adjoints: no gradient is conjugated, see
`complex_numbers`. Those of rfft and irfft are each other, up to a conjugate and a factor, because a spectrum of real
numbers holds one of each pair of conjugate coefficients. A length n is reached before the transform, by cutting or by zeros.
Transforms over several axes are transforms over one axis after the other, as in NumPy.

The import registers them; it happens when a function of numpy.fft is first called on a tensor.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autograd.core.operation import operation
from autograd.core.registry import implements
from autograd.errors import ShapeError
from autograd.operations.elementwise import conj
from autograd.operations.inputs import as_inexact, as_tensor_or_array
from autograd.operations.shape import concatenate

#: The normalization of a transform → that with the same factor in the opposite direction.
OPPOSITE: dict[Any, Any] = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


@operation(lambda g, axis, norm: np.fft.fft(g, axis=axis, norm=norm), symbol="ℱ")
def _fft(x, /, axis, norm=None):
    return np.fft.fft(x, axis=axis, norm=norm)


@operation(lambda g, axis, norm: np.fft.ifft(g, axis=axis, norm=norm), symbol="ℱ⁻¹")
def _ifft(x, /, axis, norm=None):
    return np.fft.ifft(x, axis=axis, norm=norm)


def _half_spectrum_weights(n, axis, like):
    """How many coefficients of a spectrum of n real numbers each of the half stands for: 1 at 0 and n / 2, else 2."""
    weights = np.full(n // 2 + 1, 2, np.finfo(like.dtype).dtype)
    weights[0] = 1
    if n % 2 == 0:
        weights[-1] = 1
    return weights.reshape(-1, *[1] * (like.ndim - 1 - axis))


def _irfft_of_gradient(g, n, axis, norm):
    """Σₖ Re(gₖ exp(−2πi jk / n)), over the half spectrum."""
    return np.fft.irfft(conj(g) / _half_spectrum_weights(n, axis, g), n, axis, OPPOSITE[norm])


@operation(lambda g, x_shape, axis, norm: _irfft_of_gradient(g, x_shape[axis], axis, norm), symbol="ℱ")
def _rfft(x, /, axis, norm=None):
    return np.fft.rfft(x, axis=axis, norm=norm)


def _rfft_of_gradient(g, n, axis, norm):
    """wₖ Σⱼ gⱼ exp(2πi jk / n) of the half spectrum, wₖ = 1 at 0 and n / 2, else 2."""
    return conj(np.fft.rfft(g, axis=axis, norm=OPPOSITE[norm])) * _half_spectrum_weights(n, axis, g)


@operation(lambda g, n, axis, norm: _rfft_of_gradient(g, n, axis, norm), symbol="ℱ⁻¹")
def _irfft(x, /, n, axis, norm=None):
    return np.fft.irfft(x, n, axis, norm)


def _resize(x: Any, size: int, axis: int) -> Any:
    """The first `size` elements along an axis, or all of them and zeros."""
    n = x.shape[axis]
    if size <= n:
        return x if size == n else x[(*[slice(None)] * axis, slice(size))]
    shape = (*x.shape[:axis], size - n, *x.shape[axis + 1 :])
    return concatenate([x, np.zeros(shape, x.dtype)], axis)


def _prepare(name: str, a: Any, n: int | None, axis: int, norm: Any) -> tuple[Any, int, int]:
    """The input as numbers with a fraction, the length of the transform and the axis counted from 0."""
    x = as_inexact(a)
    axis = normalize_axis_index(axis, x.ndim)
    n = x.shape[axis] if n is None else int(n)
    if n < 1:
        raise ShapeError(f"{name}: the length of a transform is at least 1, got n={n} for shape {x.shape}")
    if norm not in OPPOSITE:
        raise ValueError(f"{name}: norm is 'backward', 'ortho' or 'forward', not {norm!r}")
    return x, n, axis


@implements(np.fft.fft)
def fft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """Discrete Fourier transform: outₖ = Σⱼ aⱼ exp(−2πi jk / n).

    a:    real or complex numbers.
    n:    the length of the transform: a is cut to it, or zeros are appended; by default the size of the axis.
    norm: where the factor is: "backward" (default) 1 / n in the inverse, "forward" 1 / n here, "ortho" 1 / √n in both.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.fft.fft(Tensor([1.0, 0.0, 1.0, 0.0]))
    Tensor([2.+0.j, 0.+0.j, 2.+0.j, 0.+0.j])
    """
    x, n, axis = _prepare("fft", a, n, axis, norm)
    return _fft(_resize(x, n, axis), axis=axis, norm=norm)


@implements(np.fft.ifft)
def ifft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """Inverse discrete Fourier transform: outⱼ = Σₖ aₖ exp(2πi jk / n) / n; arguments as for `fft`."""
    x, n, axis = _prepare("ifft", a, n, axis, norm)
    return _ifft(_resize(x, n, axis), axis=axis, norm=norm)


@implements(np.fft.rfft)
def rfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """Fourier transform of real numbers: the first n // 2 + 1 coefficients, of which the others are the conjugates.

    n, norm: as for `fft`. Raises DataError for complex numbers.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.fft.rfft(Tensor([1.0, 0.0, 1.0, 0.0]))
    Tensor([2.+0.j, 0.+0.j, 2.+0.j])
    """
    x, n, axis = _prepare("rfft", a, n, axis, norm)
    return _rfft(_resize(x, n, axis), axis=axis, norm=norm)


@implements(np.fft.irfft)
def irfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """Inverse of `rfft`: n real numbers from their half spectrum.

    n: the number of results, by default 2 (m − 1) for m coefficients; norm: as for `fft`.

    The imaginary parts of the coefficients at 0 and n / 2 do not count.
    """
    x = as_inexact(a)
    x, n, axis = _prepare("irfft", x, 2 * (x.shape[axis] - 1) if n is None else n, axis, norm)
    return _irfft(_resize(x, n // 2 + 1, axis), n=n, axis=axis, norm=norm)


@implements(np.fft.hfft)
def hfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """Fourier transform of numbers with Hermitian symmetry, of which a is half: n real numbers; arguments as for `irfft`."""
    return irfft(conj(as_tensor_or_array(a)), n, axis, _opposite("hfft", norm))


@implements(np.fft.ihfft)
def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """Inverse of `hfft`: half of the numbers with Hermitian symmetry; arguments as for `rfft`."""
    return conj(rfft(a, n, axis, _opposite("ihfft", norm)))


def _opposite(name: str, norm: Any) -> Any:
    """The normalization with the same factor in the opposite direction."""
    if norm not in OPPOSITE:
        raise ValueError(f"{name}: norm is 'backward', 'ortho' or 'forward', not {norm!r}")
    return OPPOSITE[norm]


def _sizes_and_axes(name: str, x: Any, s: Any, axes: Any) -> tuple[list[int], list[int]]:
    """The length of the transform along each axis, by default its size, and the axes."""
    if axes is None:
        axes = range(x.ndim) if s is None else range(-len(s), 0)
    if s is not None and len(s) != len(axes):
        raise ShapeError(f"{name}: {len(s)} sizes s for {len(axes)} axes; each axis needs one, -1 for its own")
    sizes = [x.shape[axis] if n in (None, -1) else n for n, axis in zip(s or [-1] * len(axes), axes)]
    return sizes, list(axes)


def _transform_all(name: str, transform: Callable[..., Any], a: Any, s: Any, axes: Any, norm: Any) -> Any:
    """A transform along several axes, the last one first."""
    x = as_inexact(a)
    for n, axis in reversed(list(zip(*_sizes_and_axes(name, x, s, axes)))):
        x = transform(x, n, axis, norm)
    return x


@implements(np.fft.fftn)
def fftn(a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None) -> Any:
    """Fourier transform along several axes, by default all.

    s: the length of the transform along each axis, −1 for its size; norm: as for `fft`.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.fft.fftn(Tensor([[1.0, 2.0], [3.0, 4.0]])).real
    Tensor([[10., -2.],
            [-4.,  0.]])
    """
    return _transform_all("fftn", fft, a, s, axes, norm)


@implements(np.fft.ifftn)
def ifftn(a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None) -> Any:
    """Inverse Fourier transform along several axes; arguments as for `fftn`."""
    return _transform_all("ifftn", ifft, a, s, axes, norm)


@implements(np.fft.rfftn)
def rfftn(a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None) -> Any:
    """Fourier transform of real numbers along several axes: `rfft` along the last one, then `fft`; arguments as for `fftn`."""
    x = as_inexact(a)
    sizes, axes = _sizes_and_axes("rfftn", x, s, axes)
    return _transform_all("rfftn", fft, rfft(x, sizes[-1], axes[-1], norm), sizes[:-1], axes[:-1], norm)


@implements(np.fft.irfftn)
def irfftn(a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None) -> Any:
    """Inverse of `rfftn`: `ifft` along all axes but the last, then `irfft`; arguments as for `fftn`."""
    x = as_inexact(a)
    sizes, axes = _sizes_and_axes("irfftn", x, s, axes)
    for n, axis in zip(sizes[:-1], axes):
        x = ifft(x, n, axis, norm)
    return irfft(x, 2 * (sizes[-1] - 1) if s is None else sizes[-1], axes[-1], norm)


@implements(np.fft.fft2)
def fft2(a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None) -> Any:
    """Fourier transform along two axes, as `fftn`."""
    return fftn(a, s, axes, norm)


@implements(np.fft.ifft2)
def ifft2(a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None) -> Any:
    """Inverse Fourier transform along two axes, as `ifftn`."""
    return ifftn(a, s, axes, norm)


@implements(np.fft.rfft2)
def rfft2(a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None) -> Any:
    """Fourier transform of real numbers along two axes, as `rfftn`."""
    return rfftn(a, s, axes, norm)


@implements(np.fft.irfft2)
def irfft2(a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None) -> Any:
    """Inverse of `rfft2`, as `irfftn`."""
    return irfftn(a, s, axes, norm)


@implements(np.fft.fftshift)
def fftshift(x: Any, axes: Any = None) -> Any:
    """Move the coefficient of frequency 0 to the middle of each axis: `np.roll` by n // 2.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> np.fft.fftshift(Tensor([0.0, 1.0, -2.0, -1.0]))
    Tensor([-2., -1.,  0.,  1.])
    """
    return _roll_by_half(x, axes, 1)


@implements(np.fft.ifftshift)
def ifftshift(x: Any, axes: Any = None) -> Any:
    """Inverse of `fftshift`."""
    return _roll_by_half(x, axes, -1)


def _roll_by_half(x: Any, axes: Any, direction: int) -> Any:
    x = as_tensor_or_array(x)
    axes = tuple(range(x.ndim)) if axes is None else normalize_axis_tuple(axes, x.ndim, allow_duplicate=True)
    return np.roll(x, tuple(direction * (x.shape[axis] // 2) for axis in axes), axes)
