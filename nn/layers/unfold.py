"""Layers that convert images to columns of windows, and back."""

from typing import Any

from autograd import DataError, ShapeError, Tensor
from nn.functional.convolution import per_axis
from nn.functional.unfold import fold, unfold
from nn.module.module import Module
from nn.validation import as_input, with_module_name

Sizes = int | tuple[int, ...]


class _Windows(Module):
    def _set_options(self, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes) -> None:
        name = type(self).__name__
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, 2)
        self.dilation = per_axis(name, "dilation", dilation, 2)
        self.padding = per_axis(name, "padding", padding, 2, 0)
        self.stride = per_axis(name, "stride", stride, 2)

    @property
    def _options(self) -> tuple:
        return self.kernel_size, self.dilation, self.padding, self.stride

    def _call(self, function: Any, x: Any, *options: Any) -> Tensor:
        try:
            return function(as_input(self, x), *options, *self._options)
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        kernel, dilation, padding, stride = self._options
        return f"kernel_size={kernel}, dilation={dilation}, padding={padding}, stride={stride}"


class Unfold(_Windows):
    """Windows of images (N, C, H, W) as columns (N, C · kh · kw, number of windows), known as im2col.

    kernel_size, dilation, padding, stride: integers, or one for each axis, as for Conv2d.

    PyTorch's Unfold; Keras's ops.image.extract_patches, with channels last. Raises ShapeError for other inputs and if no window
    fits.

    >>> import nn
    >>> import numpy as np
    >>> nn.Unfold(3)(np.ones((2, 4, 5, 6))).shape
    (2, 36, 12)
    """

    def __init__(self, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1):
        self._set_options(kernel_size, dilation, padding, stride)

    def forward(self, x: Any) -> Tensor:
        return self._call(unfold, x)


class Fold(_Windows):
    """Images (N, C, *output_size) as the sums of columns (N, C · kh · kw, number of windows): the adjoint of Unfold.

    output_size: size of the images, an integer or one for each axis.
    kernel_size, dilation, padding, stride: those of Unfold.

    PyTorch's Fold; Keras has none. Raises ShapeError for another number of columns.

    >>> import nn
    >>> import numpy as np
    >>> nn.Fold((5, 6), 3)(np.ones((2, 36, 12))).shape
    (2, 4, 5, 6)
    """

    def __init__(self, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1):
        self.output_size = per_axis("Fold", "output_size", output_size, 2)
        self._set_options(kernel_size, dilation, padding, stride)

    def forward(self, x: Any) -> Tensor:
        return self._call(fold, x, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}, {super().extra_repr()}"
