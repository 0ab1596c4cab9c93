"""Resize and Upsample: interpolation along each axis, as weighted sums of its elements."""

from collections.abc import Callable, Sequence
from math import floor, isclose, prod
from typing import Any, NamedTuple

import numpy as np

from autograd import ShapeError
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_integers, normalize_axes

#: A matrix of interpolation has at most so many elements: above, most of the product would be with zeros.
MATRIX_ELEMENTS = 2**20


class Interpolation(NamedTuple):
    """The attributes of Resize that decide about the coefficients."""

    mode: str = "nearest"
    nearest_mode: str = "round_prefer_floor"
    coordinates: str = "half_pixel"
    cubic_a: float = -0.75
    antialias: bool = False
    exclude_outside: bool = False
    extrapolation_value: float = 0.0


def source_positions(
    mode: str, size: int, outputs: int, scale: float, roi: tuple[float, float] | None
) -> tuple[np.ndarray, np.ndarray | None]:
    """The position in the input of each element of the output, and whether it is outside for tf_crop_and_resize."""
    i, resized = np.arange(outputs, dtype=np.float64), scale * size
    if mode == "half_pixel" or (mode == "pytorch_half_pixel" and outputs > 1):
        return (i + 0.5) / scale - 0.5, None
    if mode == "pytorch_half_pixel":
        return np.zeros(outputs), None
    if mode == "align_corners":
        return i * (size - 1) / (resized - 1) if resized != 1 else np.zeros(outputs), None
    if mode == "asymmetric":
        return i / scale, None
    if mode == "half_pixel_symmetric":
        return size / 2 * (1 - outputs / resized) + (i + 0.5) / scale - 0.5, None
    if mode == "tf_half_pixel_for_nn":
        return (i + 0.5) / scale, None
    if mode == "tf_crop_and_resize":
        start, end = roi or (0.0, 1.0)
        step = (end - start) * (size - 1)
        position = start * (size - 1) + (i * step / (resized - 1) if resized != 1 else np.full(outputs, step / 2))
        return position, (position < 0) | (position > size - 1)
    raise ValueError(f"Resize: unknown coordinate_transformation_mode {mode!r}")


def _nearest(position: np.ndarray, mode: str) -> np.ndarray:
    rounding: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "round_prefer_floor": lambda p: np.ceil(p - 0.5),
        "round_prefer_ceil": lambda p: np.floor(p + 0.5),
        "floor": np.floor,
        "ceil": np.ceil,
    }
    if mode not in rounding:
        raise ValueError(f"Resize: nearest_mode must be one of {', '.join(rounding)}, not {mode!r}")
    return rounding[mode](position).astype(np.int64)


def _cubic(distance: np.ndarray, a: float) -> np.ndarray:
    """The cubic convolution kernel at distances; Keys (1981), Cubic convolution interpolation for digital image processing."""
    d = np.abs(distance)
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    return np.where(d <= 1, near, np.where(d < 2, far, 0))


def _coefficients(position: np.ndarray, size: int, scale: float, how: Interpolation) -> tuple[np.ndarray, np.ndarray]:
    """The elements that linear or cubic interpolation takes for each output, and their coefficients: (outputs, count)."""
    stretch = min(scale, 1.0) if how.antialias else 1.0
    radius = 1 if how.mode == "linear" else 2
    first = floor(-radius / stretch) + 1
    base = np.ceil(position).astype(np.int64) - 1
    check_size((len(position), 2 - 2 * first))
    index = base[:, None] + np.arange(first, 2 - first)
    distance = (index - position[:, None]) * stretch
    weights = np.clip(1 - np.abs(distance), 0, 1) if how.mode == "linear" else _cubic(distance, how.cubic_a)
    if how.exclude_outside:
        weights = np.where((index < 0) | (index >= size), 0, weights)
    if how.exclude_outside or how.antialias:
        totals = weights.sum(axis=1, keepdims=True)
        weights = weights / np.where(totals == 0, 1, totals)
    return np.clip(index, 0, size - 1), weights


def _weighted_sums(x: Any, axis: int, index: np.ndarray, weights: np.ndarray) -> Any:
    """Σⱼ weights[i, j] x[index[i, j]] along an axis: as a product with a matrix, or of slices where it would be large."""
    outputs, size = len(index), x.shape[axis]
    if outputs * size > MATRIX_ELEMENTS:
        columns = np.reshape(weights.astype(x.dtype), (outputs, -1, *[1] * (x.ndim - axis - 1)))
        leading = (slice(None),) * axis
        return sum(x[(*leading, index[:, j])] * columns[:, j] for j in range(index.shape[1]))
    matrix = np.zeros((outputs, size))
    np.add.at(matrix, (np.arange(outputs)[:, None], index), weights)
    matrix = matrix.astype(x.dtype)
    if axis == x.ndim - 1:
        return x @ matrix.T
    rows = np.reshape(x, (prod(x.shape[:axis]), size, prod(x.shape[axis + 1 :])))
    return np.reshape(matrix @ rows, (*x.shape[:axis], outputs, *x.shape[axis + 1 :]))


def _along(x: Any, axis: int, outputs: int, scale: float, roi: tuple[float, float] | None, how: Interpolation) -> Any:
    """The interpolation along one axis."""
    size = x.shape[axis]
    position, is_outside = source_positions(how.coordinates, size, outputs, scale, roi)
    if how.mode == "nearest":
        index = np.clip(_nearest(position, how.nearest_mode), 0, size - 1)
        x = x[(*[slice(None)] * axis, index)]
    else:
        x = _weighted_sums(x, axis, *_coefficients(position, size, scale, how))
    if is_outside is not None and is_outside.any():
        mask = np.reshape(is_outside, (-1, *[1] * (x.ndim - axis - 1)))
        x = np.where(mask, np.asarray(how.extrapolation_value, x.dtype), x)
    return x


def _interpolate(
    x: Any, axes: Sequence[int], outputs: Sequence[int], scales: Sequence[float], roi: Any, how: Interpolation
) -> Any:
    """The interpolation along all axes, in float32 or float64; integers are rounded and limited to their range."""
    if how.mode not in ("nearest", "linear", "cubic"):
        raise ValueError(f"Resize: mode must be nearest, linear or cubic, not {how.mode!r}")
    if any(x.shape[axis] == 0 and n > 0 for axis, n in zip(axes, outputs)):
        raise ShapeError(f"Resize: got an input of shape {x.shape}, expected sizes of 1 or more to interpolate")
    shape = list(x.shape)
    for axis, n in zip(axes, outputs):
        shape[axis] = n
    check_size(shape, max(x.dtype.itemsize, 4))
    dtype = x.dtype
    if how.mode != "nearest" and dtype.char not in "fd":
        x = x.astype(np.float32 if dtype.char == "e" else np.float64)
    for k, (axis, n, scale) in enumerate(zip(axes, outputs, scales)):
        ends = None if roi is None else (float(roi[k]), float(roi[len(axes) + k]))
        is_whole = ends is None or (isclose(ends[0], 0, abs_tol=1e-9) and isclose(ends[1], 1))
        if n != x.shape[axis] or not isclose(scale, 1) or not is_whole:
            x = _along(x, axis, n, scale, ends, how)
    if x.dtype == dtype:
        return x
    if dtype.kind in "iu":
        bounds = np.iinfo(dtype)
        x = np.clip(np.round(as_array(x)), bounds.min, bounds.max)
    return x.astype(dtype)


@operator("Resize", since=11, buffers=(1, 2))
def resize(
    x: Any,
    roi: Any = None,
    scales: Any = None,
    sizes: Any = None,
    *,
    antialias: int = 0,
    axes: Any = None,
    coordinate_transformation_mode: str = "half_pixel",
    cubic_coeff_a: float = -0.75,
    exclude_outside: int = 0,
    extrapolation_value: float = 0.0,
    keep_aspect_ratio_policy: str = "stretch",
    mode: str = "nearest",
    nearest_mode: str = "round_prefer_floor",
) -> Any:
    """Resize to sizes or by scales, by the nearest element, linear or cubic interpolation."""
    positions = tuple(range(x.ndim)) if axes is None else normalize_axes(axes, x.ndim)
    factors = [] if scales is None else [float(f) for f in as_array(scales).ravel()]
    outputs = [] if sizes is None else list(as_integers(sizes))
    if len(outputs or factors) != len(positions) or (outputs and factors):
        raise ShapeError(
            f"Resize: got {len(factors)} scales and {len(outputs)} sizes, expected either for each of {len(positions)} axes"
        )
    old = [x.shape[axis] for axis in positions]
    if outputs:
        factors = [n / max(m, 1) for n, m in zip(outputs, old)]
        if keep_aspect_ratio_policy not in ("stretch", "not_larger", "not_smaller"):
            raise ValueError(f"Resize: unknown keep_aspect_ratio_policy {keep_aspect_ratio_policy!r}")
        if keep_aspect_ratio_policy != "stretch":
            factors = [min(factors) if keep_aspect_ratio_policy == "not_larger" else max(factors)] * len(old)
            outputs = [floor(m * f + 0.5) for m, f in zip(old, factors)]
    else:
        outputs = [floor(m * f) for m, f in zip(old, factors)]
    if min(factors, default=1) <= 0 and min(outputs) > 0:
        raise ValueError(f"Resize: scales must be positive, not {factors}")
    how = Interpolation(
        mode,
        nearest_mode,
        coordinate_transformation_mode,
        cubic_coeff_a,
        bool(antialias),
        bool(exclude_outside),
        extrapolation_value,
    )
    region = as_array(roi)
    if coordinate_transformation_mode != "tf_crop_and_resize" or region is None or not region.size:
        region = None
    return _interpolate(x, positions, outputs, factors, region, how)


@operator("Resize", since=10, buffers=(1,))
def resize_by_scales(x: Any, scales: Any, *, mode: str = "nearest") -> Any:
    """Resize before version 11, and Upsample: positions are i / scale, and the nearest element is the one before."""
    factors = [float(f) for f in as_array(scales).ravel()]
    if len(factors) != x.ndim or min(factors) <= 0:
        raise ShapeError(f"Resize: got scales {factors} for an input of shape {x.shape}, expected one for each axis, above 0")
    outputs = [floor(m * f) for m, f in zip(x.shape, factors)]
    linear = "linear" if mode == "bilinear" else mode
    how = Interpolation(linear, "floor", "asymmetric")
    return _interpolate(x, range(x.ndim), outputs, factors, None, how)


@operator("Upsample", since=9, buffers=(1,))
def upsample(x: Any, scales: Any, *, mode: str = "nearest") -> Any:
    """Upsample: the Resize of version 10."""
    return resize_by_scales(x, scales, mode=mode)


@operator("Upsample", since=7)
def upsample_by_attribute(x: Any, *, scales: Sequence[float], mode: str = "nearest") -> Any:
    """Upsample of version 7, with the scales as an attribute."""
    return resize_by_scales(x, np.asarray(scales, np.float64), mode=mode)


@operator("Upsample", since=1)
def upsample_images(x: Any, *, height_scale: float, width_scale: float, mode: str = "nearest") -> Any:
    """Upsample of version 1, for images (N, C, H, W)."""
    return resize_by_scales(x, np.array([1, 1, height_scale, width_scale]), mode=mode)
