"""Spectra: DFT, STFT, windows of signals, MelWeightMatrix. Complex numbers are pairs along the last axis."""

from typing import Any

import numpy as np

from autograd import DataError, ShapeError, operation
from nn.interchange.onnx_import.limits import check_size, count_steps
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_integer, as_number, normalize_axis

#: The dtypes of the results of windows, by their number in ONNX.
DTYPES = {
    1: np.float32,
    2: np.uint8,
    3: np.int8,
    4: np.uint16,
    5: np.int16,
    6: np.int32,
    7: np.int64,
    10: np.float16,
    11: np.float64,
    12: np.uint32,
    13: np.uint64,
}


#: For each normalization the one of the adjoint: NumPy's factor 1 / N is then on the other of the two transforms.
ADJOINT = {"backward": "forward", "forward": "backward"}


# The conjugate transpose of the transform is the transform with the other sign, so each is the other's adjoint.
@operation(
    lambda g, axis, inverse, norm: _transform_pairs(g, axis, not inverse, ADJOINT[norm]),  # type: ignore[has-type]
    symbol="F",
)
def _transform_pairs(x, /, axis, inverse, norm="backward"):
    """Σₙ exp(∓2πi k n / N) xₙ of pairs (…, 2) along an axis; the inverse has the other sign and the factor 1 / N."""
    x = np.asarray(x)
    values = x[..., 0] + 1j * x[..., 1]
    out = np.fft.ifft(values, axis=axis, norm=norm) if inverse else np.fft.fft(values, axis=axis, norm=norm)
    return np.stack([out.real, out.imag], axis=-1).astype(x.dtype, copy=False)


def _as_pairs(name: str, x: Any) -> Any:
    """A signal (…, 1) or (…, 2) as pairs, with imaginary parts of 0."""
    if x.ndim < 2 or x.shape[-1] not in (1, 2):
        raise ShapeError(f"{name}: got a signal of shape {x.shape}, expected a last axis of size 1 or 2")
    return x if x.shape[-1] == 2 else np.concatenate([x, np.zeros_like(as_array(x))], axis=-1)


def _resized(x: Any, axis: int, size: int) -> Any:
    """The first elements of an axis, or the axis with zeros at its end."""
    old = x.shape[axis]
    if size > old:
        check_size((*x.shape[:axis], size, *x.shape[axis + 1 :]), x.dtype.itemsize)
        return np.pad(x, [(0, size - old if k == axis else 0) for k in range(x.ndim)])
    return x[(*[slice(None)] * axis, slice(size))] if size < old else x


def _dft(x: Any, length: Any, axis: int, inverse: int, onesided: int) -> Any:
    axis = normalize_axis(axis, x.ndim)
    if axis == x.ndim - 1:
        raise ShapeError("DFT: the axis must not be the last one, which holds real and imaginary parts")
    is_real_result = bool(inverse and onesided)
    size = as_integer(length) if length is not None else 2 * (x.shape[axis] - 1) if is_real_result else x.shape[axis]
    if size < 1:
        raise ShapeError(f"DFT: got a length of {size}, expected 1 or more")
    pairs = _as_pairs("DFT", x)
    if is_real_result:
        half = _resized(pairs, axis, size // 2 + 1)
        first = 2 - size % 2  # the last element of an even length is its own mirror image
        mirrored = np.flip(half[(*[slice(None)] * axis, slice(1, size // 2 + 2 - first))], axis)
        pairs = np.concatenate([half, mirrored * np.array([1, -1], x.dtype)], axis=axis)
    out = _transform_pairs(_resized(pairs, axis, size), axis, bool(inverse))
    if is_real_result:
        return out[..., :1]
    return out[(*[slice(None)] * axis, slice(size // 2 + 1))] if onesided else out


@operator("DFT", since=20)
def fourier_transform(x: Any, dft_length: Any = None, axis: Any = None, *, inverse: int = 0, onesided: int = 0) -> Any:
    """DFT: the discrete Fourier transform along an axis, or its inverse."""
    return _dft(x, dft_length, -2 if axis is None else as_integer(axis), inverse, onesided)


@operator("DFT", since=17)
def fourier_transform_first(x: Any, dft_length: Any = None, *, axis: int = 1, inverse: int = 0, onesided: int = 0) -> Any:
    """DFT of version 17, with the axis as an attribute."""
    return _dft(x, dft_length, axis, inverse, onesided)


@operator("STFT", since=17, buffers=(2,))
def short_time_fourier_transform(
    signal: Any, frame_step: Any, window: Any = None, frame_length: Any = None, *, onesided: int = 1
) -> Any:
    """STFT: the DFT of frames of a signal (N, length, 1 or 2), each multiplied by a window."""
    step, total = as_integer(frame_step), signal.shape[1] if signal.ndim == 3 else 0
    length = as_integer(frame_length) if frame_length is not None else total if window is None else window.shape[0]
    if step < 1 or not 1 <= length <= total or (window is not None and window.shape != (length,)):
        raise ShapeError(f"STFT: got a signal of shape {signal.shape}, a step of {step} and frames of {length} elements")
    count = (total - length) // step + 1
    check_size((signal.shape[0], count, length, 2), signal.dtype.itemsize)
    frames = signal[:, np.arange(count)[:, None] * step + np.arange(length)]
    if window is not None:
        frames = frames * np.reshape(window, (-1, 1))
    return _dft(frames, None, 2, 0, onesided and signal.shape[2] == 1)


def _cosine_window(size: Any, datatype: int, periodic: int, factors: tuple[float, ...]) -> Any:
    """Σⱼ (−1)ʲ aⱼ cos(2πj n / N), with N the size or, for a symmetric window, the size − 1."""
    n = as_integer(size)
    check_size((n,))
    period = max(n if periodic else n - 1, 1)
    angles = 2 * np.pi * np.arange(n) / period
    return sum((-1) ** j * a * np.cos(j * angles) for j, a in enumerate(factors)).astype(DTYPES[datatype])


@operator("HannWindow", since=17)
def hann_window(size: Any, *, output_datatype: int = 1, periodic: int = 1) -> Any:
    """HannWindow: ½ − ½ cos(2π n / N)."""
    return _cosine_window(size, output_datatype, periodic, (0.5, 0.5))


@operator("HammingWindow", since=17)
def hamming_window(size: Any, *, output_datatype: int = 1, periodic: int = 1) -> Any:
    """HammingWindow: 25/46 − 21/46 cos(2π n / N)."""
    return _cosine_window(size, output_datatype, periodic, (25 / 46, 21 / 46))


@operator("BlackmanWindow", since=17)
def blackman_window(size: Any, *, output_datatype: int = 1, periodic: int = 1) -> Any:
    """BlackmanWindow: 0.42 − 0.5 cos(2π n / N) + 0.08 cos(4π n / N)."""
    return _cosine_window(size, output_datatype, periodic, (0.42, 0.5, 0.08))


@operator("MelWeightMatrix", since=17)
def mel_weight_matrix(
    num_mel_bins: Any,
    dft_length: Any,
    sample_rate: Any,
    lower_edge_hertz: Any,
    upper_edge_hertz: Any,
    *,
    output_datatype: int = 1,
) -> Any:
    """MelWeightMatrix: triangular filters of a spectrum (dft_length // 2 + 1, bins), evenly spaced on the mel scale."""
    bins, length, rate = as_integer(num_mel_bins), as_integer(dft_length), as_integer(sample_rate)
    rows, columns = check_size((length // 2 + 1, bins))
    low, high = (2595 * np.log10(1 + float(as_number(edge)) / 700) for edge in (lower_edge_hertz, upper_edge_hertz))
    mels = low + np.arange(bins + 2) * ((high - low) / (bins + 2))
    edges = ((length + 1) * (700 * (10 ** (mels / 2595) - 1)) // rate).astype(np.int64)
    if rate < 1 or bins < 1 or edges.min() < 0 or edges.max() >= rows:
        raise DataError(f"MelWeightMatrix: got edges at the elements {edges.min()} to {edges.max()} of {rows}")
    count_steps(bins)
    out, k = np.zeros((rows, columns)), np.arange(rows)
    for column, (left, center, right) in enumerate(zip(edges, edges[1:], edges[2:])):
        is_rising, is_falling = (k >= left) & (k <= center), (k >= center) & (k < right)
        out[is_rising, column] = (k[is_rising] - left) / (center - left) if center > left else 1
        if right > center:
            out[is_falling, column] = (right - k[is_falling]) / (right - center)
    return out.astype(DTYPES[output_datatype])
