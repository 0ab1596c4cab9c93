"""Pooling layers: maxima and means over windows, over a grid of given size, and over whole channels."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from autograd import DataError, ShapeError, Tensor
from nn.functional import pooling
from nn.functional.convolution import per_axis
from nn.functional.windows import AXIS_NAMES, pooling_options
from nn.module.module import Module
from nn.validation import as_input, with_module_name


class _Pool(Module):
    """The base class of the layers below: a pooling function with the options of the layer."""

    axes: ClassVar[int]
    function: ClassVar[Callable[..., Any]]
    options: ClassVar[tuple[str, ...]]  # of the function, also attributes of the layer

    def forward(self, x: Any) -> Tensor:
        try:
            return type(self).function(x, **self._options())
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None

    def _options(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.options}

    def extra_repr(self) -> str:
        options = self._options()
        first = options.pop(self.options[0])
        defaults = {"stride": first, "padding": 0, "dilation": 1, "ceil_mode": False, "count_include_pad": True}
        return ", ".join([repr(first), *(f"{name}={value!r}" for name, value in options.items() if value != defaults[name])])

    def _single(self, options: tuple[int, ...]) -> Any:
        """One number if it holds for all axes."""
        return options[0] if len(set(options)) == 1 else options


class _MaxPool(_Pool):
    options = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, *, ceil_mode: bool = False):
        options = pooling_options(type(self).__name__, self.axes, kernel_size, stride, padding, dilation)
        self.kernel_size, self.stride, self.padding, self.dilation = map(self._single, options)
        self.ceil_mode = ceil_mode


class _AvgPool(_Pool):
    options = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        *,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ):
        options = pooling_options(type(self).__name__, self.axes, kernel_size, stride, padding)
        self.kernel_size, self.stride, self.padding, _ = map(self._single, options)
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad


class MaxPool1d(_MaxPool):
    """Largest element of each window of sequences (N, C, L); arguments as for MaxPool2d, with one number in place of two.

    PyTorch's MaxPool1d; Keras's MaxPooling1D, channels last. Raises ShapeError for another number of axes or a window larger
    than the padded input, DataError for integers.

    >>> import nn
    >>> nn.MaxPool1d(2)([[[1.0, 5.0, 2.0, 4.0]]])
    Tensor([[[5., 4.]]])
    """

    axes, function = 1, pooling.max_pool1d


class MaxPool2d(_MaxPool):
    """Largest element of each window of images (N, C, H, W): outᵢⱼ = max x[s i − p + d k, s j − p + d l], k, l < kernel_size.

    kernel_size: height and width of a window, an integer or a pair of integers.
    stride:      step s from window to window; by default the kernel size, so that windows do not overlap.
    padding:     number p of rows and columns of −∞ on each side, at most half of the kernel.
    dilation:    distance d between the elements of a window.
    ceil_mode:   round the size of the result up: windows may extend beyond the padding.

    Equal largest elements share the gradient evenly; PyTorch gives all of it to the first of them.

    PyTorch's MaxPool2d; Keras's MaxPooling2D(pool_size, strides), channels last. Raises ShapeError for another number of axes
    or a window larger than the padded input, DataError for integers, TypeError or ValueError for invalid options.

    >>> import nn
    >>> nn.MaxPool2d(2)([[[[1.0, 5.0], [3.0, 4.0]]]])
    Tensor([[[[5.]]]])
    """

    axes, function = 2, pooling.max_pool2d


class AvgPool1d(_AvgPool):
    """Mean of each window of sequences (N, C, L); arguments as for AvgPool2d, with one number in place of two.

    PyTorch's AvgPool1d; Keras's AveragePooling1D, channels last. Raises ShapeError for another number of axes or a window
    larger than the padded input, DataError for integers.

    >>> import nn
    >>> nn.AvgPool1d(2)([[[1.0, 5.0, 2.0, 4.0]]])
    Tensor([[[3., 3.]]])
    """

    axes, function = 1, pooling.avg_pool1d


class AvgPool2d(_AvgPool):
    """Mean of each window of images (N, C, H, W): outᵢⱼ = Σₖₗ x[s i − p + k, s j − p + l] / n.

    kernel_size, stride, ceil_mode: as for MaxPool2d.
    padding:                        number p of rows and columns of zeros on each side, at most half of the kernel.
    count_include_pad:              whether n counts the padding, so that n = kh · kw; otherwise n counts the elements of x.

    PyTorch's AvgPool2d; Keras's AveragePooling2D, channels last, which does not count the padding. Errors as for MaxPool2d.

    >>> import nn
    >>> nn.AvgPool2d(2)([[[[1.0, 5.0], [2.0, 4.0]]]])
    Tensor([[[[3.]]]])
    """

    axes, function = 2, pooling.avg_pool2d


class _AdaptivePool(_Pool):
    options = ("output_size",)

    def __init__(self, output_size: Any):
        sizes = output_size if isinstance(output_size, tuple | list) else [output_size] * self.axes
        per_axis(type(self).__name__, "output_size", [1 if size is None else size for size in sizes], self.axes, 1)
        self.output_size = tuple(output_size) if isinstance(output_size, list) else output_size


class AdaptiveAvgPool1d(_AdaptivePool):
    """Mean of each of `output_size` windows of sequences (N, C, L); windows as for AdaptiveAvgPool2d.

    PyTorch's AdaptiveAvgPool1d; Keras's AdaptiveAveragePooling1D, channels last.

    >>> import nn
    >>> nn.AdaptiveAvgPool1d(1)([[[1.0, 5.0, 3.0]]])
    Tensor([[[3.]]])
    """

    axes, function = 1, pooling.adaptive_avg_pool1d


class AdaptiveAvgPool2d(_AdaptivePool):
    """Mean of windows that divide images (N, C, H, W) into a grid of given size.

    output_size: height h and width w of the result, an integer or a pair; None keeps a size. Window i of h covers the rows
                 ⌊i H / h⌋ to ⌈(i + 1) H / h⌉ − 1; windows overlap if h does not divide H.

    PyTorch's AdaptiveAvgPool2d; Keras's AdaptiveAveragePooling2D, channels last. Raises ShapeError for another number of axes,
    DataError for integers, TypeError or ValueError for invalid sizes.

    >>> import nn
    >>> import numpy as np
    >>> nn.AdaptiveAvgPool2d((2, 3))(np.ones((5, 4, 7, 9))).shape
    (5, 4, 2, 3)
    """

    axes, function = 2, pooling.adaptive_avg_pool2d


class AdaptiveMaxPool1d(_AdaptivePool):
    """Largest element of each of `output_size` windows of sequences (N, C, L); windows as for AdaptiveAvgPool2d.

    PyTorch's AdaptiveMaxPool1d; Keras's AdaptiveMaxPooling1D, channels last.

    >>> import nn
    >>> nn.AdaptiveMaxPool1d(1)([[[1.0, 5.0, 3.0]]])
    Tensor([[[5.]]])
    """

    axes, function = 1, pooling.adaptive_max_pool1d


class AdaptiveMaxPool2d(_AdaptivePool):
    """Largest element of windows that divide images (N, C, H, W) into a grid; arguments and windows as for AdaptiveAvgPool2d.

    PyTorch's AdaptiveMaxPool2d; Keras's AdaptiveMaxPooling2D, channels last.

    >>> import nn
    >>> nn.AdaptiveMaxPool2d(1)([[[[1.0, 5.0], [3.0, 4.0]]]])
    Tensor([[[[5.]]]])
    """

    axes, function = 2, pooling.adaptive_max_pool2d


class _GlobalPool(Module):
    """The base class of the layers below: a reduction over all axes after N and C."""

    axes: ClassVar[int]
    reduction: ClassVar[Callable[..., Any]]

    def forward(self, x: Any) -> Tensor:
        x = as_input(self, x)
        shape = x.shape
        if len(shape) != self.axes + 2 or 0 in shape[2:]:
            expected = "(N, C, L)" if self.axes == 1 else "(N, C, H, W)"
            sizes = " and ".join(AXIS_NAMES[self.axes])
            raise ShapeError(
                f"{self.qualified_name()}: got an input of shape {shape}, expected {expected} with a {sizes} of 1 or more"
            )
        if x.dtype.kind != "f":
            raise DataError(
                f"{self.qualified_name()}: got {x.dtype}, expected floats; convert it, for example with .astype('float64')"
            )
        return type(self).reduction(x, axis=tuple(range(2, self.axes + 2)))


class GlobalAvgPool1d(_GlobalPool):
    """Mean of each channel: (N, C, L) → (N, C).

    Keras's GlobalAveragePooling1D, channels last; in PyTorch AdaptiveAvgPool1d(1) and Flatten.

    >>> import nn
    >>> nn.GlobalAvgPool1d()([[[1.0, 5.0, 3.0]]])
    Tensor([[3.]])
    """

    axes, reduction = 1, np.mean


class GlobalAvgPool2d(_GlobalPool):
    """Mean of each channel: (N, C, H, W) → (N, C), y = Σ x / (H W).

    Keras's GlobalAveragePooling2D, channels last; in PyTorch AdaptiveAvgPool2d(1) and Flatten. Raises ShapeError for another
    number of axes, DataError for integers. Lin, Chen and Yan (2014), Network in network.

    >>> import nn
    >>> nn.GlobalAvgPool2d()([[[[1.0, 5.0], [2.0, 4.0]]]])
    Tensor([[3.]])
    """

    axes, reduction = 2, np.mean


class GlobalMaxPool1d(_GlobalPool):
    """Largest element of each channel: (N, C, L) → (N, C).

    Keras's GlobalMaxPooling1D, channels last; in PyTorch AdaptiveMaxPool1d(1) and Flatten.

    >>> import nn
    >>> nn.GlobalMaxPool1d()([[[1.0, 5.0, 3.0]]])
    Tensor([[5.]])
    """

    axes, reduction = 1, np.max


class GlobalMaxPool2d(_GlobalPool):
    """Largest element of each channel: (N, C, H, W) → (N, C); equal largest elements share the gradient evenly.

    Keras's GlobalMaxPooling2D, channels last; in PyTorch AdaptiveMaxPool2d(1) and Flatten.

    >>> import nn
    >>> nn.GlobalMaxPool2d()([[[[1.0, 5.0], [2.0, 4.0]]]])
    Tensor([[5.]])
    """

    axes, reduction = 2, np.max
