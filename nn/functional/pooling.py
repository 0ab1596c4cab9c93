"""Pooling: the largest or the mean element of each window over the last one or two axes.

Sums and maxima go axis by axis, over strided slices of the input: kernels of kh × kw elements take kh + kw passes. The
first one combines whole rows, which are contiguous in memory. No padded copy of the input is made. The adjoints of the sum over
windows and of the selection of maxima are operations themselves, and each is the adjoint of its adjoint.
"""

from collections.abc import Callable
from functools import reduce
from itertools import product
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, operation, reshape, stack
from autograd.extend import kernels
from nn.functional.convolution import per_axis
from nn.functional.validation import as_array_like
from nn.functional.windows import Windows, indices, pooling_options, pooling_windows, slices


def _along(axis: int, index: slice) -> tuple:
    """The index of a slice along an axis that is counted from the end."""
    return (..., index, *[slice(None)] * (-axis - 1))


def _resized(shape: tuple[int, ...], axis: int, size: int) -> tuple[int, ...]:
    return (*shape[:axis], size, *shape[len(shape) + axis + 1 :])


def _combine(ufunc: np.ufunc, start: float, x: Any, windows: tuple[Windows, ...]) -> Any:
    """Reduce each window by a ufunc, axis by axis; `start` is the value of padding."""
    for axis, along in enumerate(windows, -len(windows)):
        pairs = [(_along(axis, w), _along(axis, elements)) for w, elements in slices(along)]
        if along.is_inside():
            x = reduce(ufunc, (x[elements] for _, elements in pairs))
            continue
        x = np.asarray(x)
        out = np.full_like(x, start, shape=_resized(x.shape, axis, along.outputs))
        for w, elements in pairs:
            ufunc(out[w], x[elements], out=out[w])
        x = out
    return x


@operation(lambda g, windows: _add_windows(g, windows), symbol="Σ window")  # type: ignore[has-type]
def sum_windows(x, /, windows):
    """The sum of each window over the last axes; padding counts as 0."""
    return _combine(np.add, 0, x, windows)


@operation(lambda g, windows: sum_windows(g, windows), symbol="Σ windowᵀ")
def _add_windows(x, /, windows):
    """The adjoint of `sum_windows`: each value is added to all elements of its window."""
    x = np.asarray(x)
    for axis, along in enumerate(windows, -len(windows)):
        out = _empty_input(x, _resized(x.shape, axis, along.size), (along,))
        for w, elements in slices(along):
            if along.is_tiling():
                out[_along(axis, elements)] = x[_along(axis, w)]
            else:
                out[_along(axis, elements)] += x[_along(axis, w)]
        x = out
    return x


def _empty_input(x, shape, windows):
    """An array to fill window by window: zeros, unless each element is written exactly once."""
    make = np.empty_like if all(along.is_tiling() for along in windows) else np.zeros_like
    return make(x, shape=shape)


def _maxima(x, largest, windows):
    """For each position in a window, where it has the largest element; and the number of these positions in each window."""
    masks = [x[elements] == largest[w] for w, elements in indices(windows)]
    count = np.zeros_like(largest, np.int8 if len(masks) < 128 else np.int32)
    for mask, (w, _) in zip(masks, indices(windows)):
        count[w] += mask
    return masks, count


@operation(lambda g, x, largest, windows: _select_maxima(g, x, largest, windows), None, None)  # type: ignore[has-type]
def _share_among_maxima(y, x, largest, /, windows):
    """y / n for the n elements of x that are the largest of a window, added up over windows; 0 for the others."""
    y, x, largest = np.asarray(y), np.asarray(x), np.asarray(largest)
    masks, count = _maxima(x, largest, windows)
    share = np.divide(y, count, dtype=y.dtype)
    out = _empty_input(x, x.shape, windows)
    is_tiling = all(along.is_tiling() for along in windows)
    for mask, (w, elements) in zip(masks, indices(windows)):
        if is_tiling:
            out[elements] = kernels.select(share[w], mask)
        else:
            out[elements] += kernels.select(share[w], mask)
    return out


@operation(lambda g, x, largest, windows: _share_among_maxima(g, x, largest, windows), None, None)
def _select_maxima(y, x, largest, /, windows):
    """The mean of the elements of y at the positions of the maxima of x, for each window: the adjoint of the above."""
    y, x, largest = np.asarray(y), np.asarray(x), np.asarray(largest)
    masks, count = _maxima(x, largest, windows)
    out = np.zeros_like(largest, y.dtype)
    for mask, (w, elements) in zip(masks, indices(windows)):
        out[w] += kernels.select(y[elements], mask)
    return np.divide(out, count, out=out, where=count > 0, casting="same_kind")


@operation(lambda g, x, out, windows: _share_among_maxima(g, x, out, windows), symbol="max window")
def max_windows(x, /, windows):
    """The largest element of each window over the last axes; padding counts as −∞."""
    return _combine(np.maximum, -np.inf, x, windows)


def _as_floats(name: str, x: Any, axes: int) -> Any:
    """The input as a tensor or array of floats with one or two axes more than are pooled."""
    x = as_array_like(x)
    if x.ndim not in (axes + 1, axes + 2):
        expected = "(N, C, L) or (C, L)" if axes == 1 else "(N, C, H, W) or (C, H, W)"
        raise ShapeError(f"{name}: got an input of shape {x.shape}, expected {expected}")
    if x.dtype.kind != "f":
        raise DataError(f"{name}: got {x.dtype}, expected floats; convert it, for example with .astype('float64')")
    return x


def _max_pool(name, axes, x, kernel_size, stride, padding, dilation, ceil_mode):
    x = _as_floats(name, x, axes)
    options = pooling_options(name, axes, kernel_size, stride, padding, dilation)
    return max_windows(x, pooling_windows(name, x.shape, options, ceil_mode))


def max_pool1d(
    x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, *, ceil_mode: bool = False
) -> Tensor:
    """Largest element of each window of (N, C, L): outᵢ = max x[stride · i − padding + dilation · k], k < kernel_size.

    Arguments, ties and errors as for `max_pool2d`, with one number in place of two.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.max_pool1d(Tensor([[[1.0, 5.0, 2.0, 4.0]]]), 2)
    Tensor([[[5., 4.]]])
    """
    return _max_pool("max_pool1d", 1, x, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d(
    x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, *, ceil_mode: bool = False
) -> Tensor:
    """Largest element of each window of images: outᵢⱼ = max x[s i − p + d k, s j − p + d l], k, l < kernel_size.

    x:           (N, C, H, W) or (C, H, W); the result is (N, C, H′, W′) with H′ = ⌊(H + 2p − d (kernel_size − 1) − 1) / s⌋ + 1.
    kernel_size: height and width of a window, an integer or a pair of integers.
    stride:      step s from window to window; by default the kernel size, so that windows do not overlap.
    padding:     number p of rows and columns of −∞ on each side, at most half of the kernel.
    dilation:    distance d between the elements of a window.
    ceil_mode:   round H′ and W′ up: windows may extend beyond the padding, but begin before it.

    Equal largest elements share the gradient evenly, as in `max`; PyTorch gives all of it to the first of them. A window whose
    result is nan has gradient 0. Raises ShapeError for another number of axes or a window larger than the padded input,
    DataError for integers, TypeError or ValueError for invalid options.

    PyTorch's max_pool2d; Keras's ops.max_pool, channels last, with padding "valid" or "same".

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.max_pool2d(Tensor([[[[1.0, 5.0, 2.0], [3.0, 4.0, 6.0]]]]), 2, stride=1)
    Tensor([[[[5., 6.]]]])
    """
    return _max_pool("max_pool2d", 2, x, kernel_size, stride, padding, dilation, ceil_mode)


def _avg_pool(name, axes, x, kernel_size, stride, padding, ceil_mode, count_include_pad):
    x = _as_floats(name, x, axes)
    options = pooling_options(name, axes, kernel_size, stride, padding)
    windows = pooling_windows(name, x.shape, options, ceil_mode)
    counts = [_element_counts(along, along.padding if count_include_pad else 0) for along in windows]
    return sum_windows(x, windows) / _outer_product(counts, x.dtype)


def _element_counts(along: Windows, border: int) -> list[int]:
    """The number of elements of each window along an axis, with a border of padding on each side."""
    starts = [i * along.stride - along.padding for i in range(along.outputs)]
    return [min(start + along.kernel, along.size + border) - max(start, -border) for start in starts]


def _outer_product(counts: list[list[int]], dtype: np.dtype) -> Any:
    """The products of the counts along the axes; a single number if all windows have the same."""
    array = reduce(np.multiply.outer, [np.asarray(numbers, dtype) for numbers in counts])
    return int(array.flat[0]) if (array == array.flat[0]).all() else array


def avg_pool1d(
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    *,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Mean of each window of (N, C, L): outᵢ = Σₖ x[stride · i − padding + k] / kernel_size.

    Arguments and errors as for `avg_pool2d`, with one number in place of two.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.avg_pool1d(Tensor([[[1.0, 5.0, 2.0, 4.0]]]), 2)
    Tensor([[[3., 3.]]])
    """
    return _avg_pool("avg_pool1d", 1, x, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    *,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Mean of each window of images: outᵢⱼ = Σₖₗ x[s i − p + k, s j − p + l] / n.

    x, kernel_size, stride, ceil_mode: as for `max_pool2d`.
    padding:                           number p of rows and columns of zeros on each side, at most half of the kernel.
    count_include_pad:                 whether n counts the padding, so that n = kh · kw; otherwise n counts the elements of x.

    Raises ShapeError, DataError, TypeError and ValueError as `max_pool2d` does.

    PyTorch's avg_pool2d, without divisor_override; Keras's ops.average_pool, channels last, which does not count the padding.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.avg_pool2d(Tensor([[[[1.0, 5.0], [2.0, 4.0]]]]), 2)
    Tensor([[[[3.]]]])
    """
    return _avg_pool("avg_pool2d", 2, x, kernel_size, stride, padding, ceil_mode, count_include_pad)


def _adaptive_pool(name: str, axes: int, x: Any, output_size: Any, pool: Callable, reduction: Callable) -> Tensor:
    """Pool to a given size; the windows are even if the sizes divide, otherwise each is reduced on its own."""
    x = _as_floats(name, x, axes)
    sizes = output_size if isinstance(output_size, tuple | list) else [output_size] * axes
    sizes = [n if size is None else size for size, n in zip(sizes, x.shape[-axes:])] if len(sizes) == axes else sizes
    counts = per_axis(name, "output_size", sizes, axes, 1)
    if 0 in x.shape[-axes:]:
        raise ShapeError(f"{name}: got an input of shape {x.shape}, expected sizes of 1 or more to pool over")
    if all(n % count == 0 for n, count in zip(x.shape[-axes:], counts)):
        kernel = tuple(n // count for n, count in zip(x.shape[-axes:], counts))
        return pool(x, kernel if axes > 1 else kernel[0])
    ranges = [
        [slice(i * n // count, -(-(i + 1) * n // count)) for i in range(count)] for n, count in zip(x.shape[-axes:], counts)
    ]
    reduced: list[Any] = [reduction(x[(..., *index)], axis=tuple(range(-axes, 0))) for index in product(*ranges)]
    return reshape(stack(reduced, -1), (*x.shape[:-axes], *counts))


def adaptive_avg_pool1d(x: Any, output_size: Any) -> Tensor:
    """Mean of each of `output_size` windows of (N, C, L); see `adaptive_avg_pool2d`.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.adaptive_avg_pool1d(Tensor([[[1.0, 5.0, 3.0]]]), 2)
    Tensor([[[3., 4.]]])
    """
    return _adaptive_pool("adaptive_avg_pool1d", 1, x, output_size, avg_pool1d, np.mean)


def adaptive_avg_pool2d(x: Any, output_size: Any) -> Tensor:
    """Mean of windows that divide images into a grid: window i of h covers the rows ⌊i H / h⌋ to ⌈(i + 1) H / h⌉ − 1.

    x:           (N, C, H, W) or (C, H, W).
    output_size: height h and width w of the result, an integer or a pair; None keeps a size.

    If h does not divide H, windows overlap by at most one row, and each is reduced on its own: this is slower.

    PyTorch's adaptive_avg_pool2d; Keras's ops.adaptive_average_pool.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.adaptive_avg_pool2d(Tensor([[[1.0, 5.0, 3.0], [3.0, 7.0, 1.0]]]), (1, 2))
    Tensor([[[4., 4.]]])
    """
    return _adaptive_pool("adaptive_avg_pool2d", 2, x, output_size, avg_pool2d, np.mean)


def adaptive_max_pool1d(x: Any, output_size: Any) -> Tensor:
    """Largest element of each of `output_size` windows of (N, C, L); windows as for `adaptive_avg_pool2d`.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.adaptive_max_pool1d(Tensor([[[1.0, 5.0, 3.0]]]), 2)
    Tensor([[[5., 5.]]])
    """
    return _adaptive_pool("adaptive_max_pool1d", 1, x, output_size, max_pool1d, np.max)


def adaptive_max_pool2d(x: Any, output_size: Any) -> Tensor:
    """Largest element of windows that divide images into a grid; arguments and windows as for `adaptive_avg_pool2d`.

    Equal largest elements of a window share the gradient evenly. PyTorch's adaptive_max_pool2d; Keras's ops.adaptive_max_pool.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.adaptive_max_pool2d(Tensor([[[1.0, 5.0, 3.0], [3.0, 7.0, 1.0]]]), (1, 2))
    Tensor([[[7., 7.]]])
    """
    return _adaptive_pool("adaptive_max_pool2d", 2, x, output_size, max_pool2d, np.max)
