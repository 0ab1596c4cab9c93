"""Layers that change the size of images and sequences."""

from typing import Any, ClassVar

from autograd import DataError, ShapeError, Tensor
from nn.functional.convolution import per_axis
from nn.functional.resampling import (
    check_interpolation,
    interpolate,
    padding_widths,
    pixel_shuffle,
    pixel_unshuffle,
    zero_pad1d,
    zero_pad2d,
)
from nn.module.module import Module
from nn.validation import with_module_name


class Upsample(Module):
    """Resize images (N, C, H, W) or sequences (N, C, L) by interpolation; arguments as for nn.functional.interpolate.

    size:          height and width, or length, of the result, an integer or a pair.
    scale_factor:  instead of `size`, a factor or a pair of factors.
    mode:          "nearest"; "linear" for sequences; "bilinear" for images.
    align_corners: whether the corners of input and output have the same positions.

    PyTorch's Upsample; Keras's UpSampling1D and UpSampling2D, channels last. Raises ShapeError for another number of axes,
    DataError for integers, ValueError for invalid options.

    >>> import nn
    >>> nn.Upsample(scale_factor=2)([[[[1.0, 2.0]]]])
    Tensor([[[[1., 1., 2., 2.],
              [1., 1., 2., 2.]]]])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool = False):
        check_interpolation(type(self).__name__, size, scale_factor, mode, align_corners)
        self.size, self.scale_factor, self.mode, self.align_corners = size, scale_factor, mode, align_corners

    def forward(self, x: Any) -> Tensor:
        try:
            return interpolate(x, self.size, self.scale_factor, self.mode, self.align_corners)
        except (ShapeError, DataError, ValueError) as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        size = f"scale_factor={self.scale_factor}" if self.size is None else f"size={self.size}"
        mode = "" if self.mode == "nearest" else f", mode={self.mode!r}"
        return size + mode + (", align_corners=True" if self.align_corners else "")


class _ZeroPad(Module):
    axes: ClassVar[int]

    def __init__(self, padding: Any):
        padding_widths(type(self).__name__, padding, self.axes)
        self.padding = tuple(padding) if isinstance(padding, list) else padding

    def forward(self, x: Any) -> Tensor:
        try:
            return (zero_pad1d if self.axes == 1 else zero_pad2d)(x, self.padding)
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        return repr(self.padding)


class ZeroPad1d(_ZeroPad):
    """Zeros before and after sequences (N, C, L); padding is an integer or (left, right).

    PyTorch's ZeroPad1d; Keras's ZeroPadding1D, channels last.

    >>> import nn
    >>> nn.ZeroPad1d((2, 0))([[[1.0]]])
    Tensor([[[0., 0., 1.]]])
    """

    axes = 1


class ZeroPad2d(_ZeroPad):
    """Zeros around images (N, C, H, W).

    padding: the width of the border, an integer or (left, right, top, bottom).

    PyTorch's ZeroPad2d, without negative padding; Keras's ZeroPadding2D, channels last, whose order is ((top, bottom),
    (left, right)). Raises ShapeError for another number of axes, TypeError or ValueError for another padding.

    >>> import nn
    >>> nn.ZeroPad2d((1, 0, 0, 0))([[[[1.0, 2.0]]]])
    Tensor([[[[0., 1., 2.]]]])
    """

    axes = 2


class PixelShuffle(Module):
    """Rearrange channels as pixels: (N, C r², H, W) → (N, C, r H, r W), where r is upscale_factor.

    PyTorch's PixelShuffle; Keras has none (tf.nn.depth_to_space). Raises ShapeError unless r² divides the number of channels.
    Shi et al. (2016), Real-time single image and video super-resolution using an efficient sub-pixel convolutional network.

    >>> import nn
    >>> nn.PixelShuffle(2)([[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]])
    Tensor([[[[1., 2.],
              [3., 4.]]]])
    """

    def __init__(self, upscale_factor: int):
        (self.upscale_factor,) = per_axis(type(self).__name__, "upscale_factor", upscale_factor, 1, 1)

    def forward(self, x: Any) -> Tensor:
        try:
            return pixel_shuffle(x, self.upscale_factor)
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        return repr(self.upscale_factor)


class PixelUnshuffle(Module):
    """Rearrange pixels as channels, the inverse of PixelShuffle: (N, C, r H, r W) → (N, C r², H, W).

    downscale_factor: r.

    PyTorch's PixelUnshuffle; Keras has none (tf.nn.space_to_depth). Raises ShapeError unless r divides height and width.

    >>> import nn
    >>> nn.PixelUnshuffle(2)([[[[1.0, 2.0], [3.0, 4.0]]]]).tolist()
    [[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]]
    """

    def __init__(self, downscale_factor: int):
        (self.downscale_factor,) = per_axis(type(self).__name__, "downscale_factor", downscale_factor, 1, 1)

    def forward(self, x: Any) -> Tensor:
        try:
            return pixel_unshuffle(x, self.downscale_factor)
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        return repr(self.downscale_factor)
