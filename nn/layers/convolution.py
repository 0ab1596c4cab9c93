"""Convolution and transposed convolution layers."""

import math
from typing import Any, ClassVar

import numpy as np

from autograd import DataError, ShapeError, Tensor, default_dtype
from autograd.extend import short_repr
from nn.functional.convolution import (
    AXES,
    PADDING_MODES,
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    per_axis,
)
from nn.init import Initializer, initialize, zeros
from nn.module.module import Module
from nn.module.parameter import Parameter
from nn.placeholders import placeholder
from nn.random import Rng, generator
from nn.validation import as_input, check_sizes, unknown_name, with_module_name

Sizes = int | tuple[int, ...]
Padding = str | int | tuple[Any, ...]


class _Convolution(Module):
    """The base class of the layers below: options, initial weights and errors."""

    axes: ClassVar[int]  # after N and C
    stride: Any
    padding: Any
    output_padding: Any
    dilation: Any
    groups: int
    padding_mode: str
    defaults: ClassVar[dict[str, Any]] = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1}

    def _set_options(self, in_channels: int, out_channels: int, kernel_size: Sizes, **options: Any) -> None:
        name = type(self).__name__
        groups = options["groups"]
        check_sizes(name, in_channels=in_channels, out_channels=out_channels, groups=groups)
        for label, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ValueError(f"{name}: groups must divide {label}, got {groups} and {channels}")
        if options["padding_mode"] not in PADDING_MODES:
            raise unknown_name("padding mode", options["padding_mode"], PADDING_MODES)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, self.axes)
        for option, value in options.items():
            if option in ("stride", "dilation", "output_padding") or (option == "padding" and not isinstance(value, str)):
                value = per_axis(name, option, value, self.axes, self.defaults[option])
            setattr(self, option, value)

    def _set_weights(self, fan_in: int, bias: bool, init: str | Initializer | None, rng: Rng, transposed: bool) -> None:
        """U(±1/√fan_in), or weights from an initializer, which sees one group at a time, and biases 0."""
        if not isinstance(bias, bool | np.bool):
            raise TypeError(f"{type(self).__name__}: bias must be True or False, not {short_repr(bias)}")
        rng, groups = generator(rng), self.groups
        shape = (self.out_channels // groups, self.in_channels // groups, *self.kernel_size)
        order = (shape[1], shape[0], *shape[2:]) if transposed else shape
        whole_shape = (order[0] * groups, *order[1:])
        weight: Any
        if (stand_in := placeholder(whole_shape)) is not None:
            weight, bias_array = stand_in, zeros((self.out_channels,))
        elif init is None:
            r = 1 / math.sqrt(fan_in * math.prod(self.kernel_size))
            weight = rng.uniform(-r, r, whole_shape).astype(default_dtype())
            bias_array = rng.uniform(-r, r, self.out_channels).astype(default_dtype())
        else:
            weights = [initialize(init, shape, rng) for _ in range(groups)]
            weight = np.ascontiguousarray(np.concatenate([np.swapaxes(w, 0, 1) if transposed else w for w in weights]))
            bias_array = zeros((self.out_channels,))
        self.weight = Parameter(weight)
        self.bias = Parameter(bias_array) if bias else None

    def _call(self, function: Any, x: Any, *options: Any) -> Tensor:
        x = as_input(self, x)
        if x.ndim != self.axes + 2 or x.shape[1] != self.in_channels:
            raise ShapeError(
                f"{self.qualified_name()}: got an input of shape {x.shape}, expected (N, {self.in_channels}, {AXES[self.axes]})"
            )
        try:
            return function(x, self.weight, self.bias, *options)
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={_without_repeats(self.kernel_size)}"
        for option, default in self.defaults.items():
            value = _without_repeats(getattr(self, option, default))
            text += "" if value == default else f", {option}={value!r}"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode!r}"
        return text + ("" if self.bias is not None else ", bias=False")


def _without_repeats(sizes: Any) -> Any:
    return sizes[0] if isinstance(sizes, tuple) and len(set(sizes)) == 1 else sizes


class _Conv(_Convolution):
    function: ClassVar[Any]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Padding = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        self._set_options(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
            padding_mode=padding_mode,
        )
        if isinstance(padding, str):
            self._check_padding(padding)
        self._set_weights(in_channels // groups, bias, init, rng, transposed=False)

    def _check_padding(self, padding: str) -> None:
        name = type(self).__name__
        if padding not in ("same", "valid"):
            raise ValueError(f'{name}: padding must be numbers, "same" or "valid", not {padding!r}')
        if padding == "same" and set(self.stride) != {1}:
            raise ValueError(f'{name}: padding "same" needs stride 1, not {self.stride}; give the padding as numbers')

    def forward(self, x: Any) -> Tensor:
        options = self.stride, self.padding, self.dilation, self.groups, self.padding_mode
        return self._call(type(self).function, x, *options)


class Conv2d(_Conv):
    """Convolution of images (N, C, H, W) with C = in_channels: yₙₒₚ = Σ꜀ₖ wₒ꜀ₖ xₙ꜀,ₛₚ₊ₖ + bₒ.

    in_channels, out_channels: sizes of the channel axis before and after.
    kernel_size:  height and width of the kernel, one integer or two; `weight` is (out_channels, in_channels / groups, kh, kw),
                  as PyTorch's, and `bias` is (out_channels,).
    stride:       distance s of the windows.
    padding:      elements before and after each axis: an integer, one for each axis, or pairs (before, after); "valid" for 0;
                  "same" for an output of the input's size.
    dilation:     distance of the elements of a window.
    groups:       number of groups of channels, each convolved with its own outputs; in_channels for a depthwise convolution.
    bias:         whether the layer has a bias.
    padding_mode: the elements outside: "zeros", "reflect", "replicate" or "circular".
    init:         name of an initializer, or a function of (shape, rng), for the weights of each group, with biases 0;
                  by default weights and biases are U(±1/√fan_in), fan_in = in_channels / groups · kh · kw, as in PyTorch.
    rng:          generator or seed of the initial weights; the global generator, which nn.seed resets, by default.

    PyTorch's Conv2d. Keras's Conv2D(filters, kernel_size, strides, padding, dilation_rate, groups) has images (N, H, W, C) and
    the kernel (kh, kw, C / groups, out): `np.transpose(kernel, (3, 2, 0, 1))` is this weight.

    Raises ShapeError for another number of channels or axes, or a kernel that does not fit; ValueError if groups does not
    divide the channels. LeCun et al. (1998), Gradient-based learning applied to document recognition.

    >>> import nn
    >>> import numpy as np
    >>> nn.Conv2d(3, 8, 5, stride=2, padding=2)(np.ones((4, 3, 28, 28))).shape
    (4, 8, 14, 14)
    """

    axes, function = 2, conv2d


class Conv1d(_Conv):
    """Convolution of sequences (N, C, L) with C = in_channels: yₙₒₚ = Σ꜀ₖ wₒ꜀ₖ xₙ꜀,ₛₚ₊ₖ + bₒ.

    Arguments and errors as for Conv2d; `weight` is (out_channels, in_channels / groups, k).

    PyTorch's Conv1d; Keras's Conv1D, with sequences (N, L, C) and the kernel (k, C / groups, out).

    >>> import nn
    >>> import numpy as np
    >>> nn.Conv1d(3, 8, 5, padding="same")(np.ones((4, 3, 28))).shape
    (4, 8, 28)
    """

    axes, function = 1, conv1d


class Conv3d(_Conv):
    """Convolution of volumes (N, C, D, H, W) with C = in_channels: yₙₒₚ = Σ꜀ₖ wₒ꜀ₖ xₙ꜀,ₛₚ₊ₖ + bₒ.

    Arguments and errors as for Conv2d; `weight` is (out_channels, in_channels / groups, kd, kh, kw).

    PyTorch's Conv3d; Keras's Conv3D, with volumes (N, D, H, W, C) and the kernel (kd, kh, kw, C / groups, out).

    >>> import nn
    >>> import numpy as np
    >>> nn.Conv3d(1, 2, 3)(np.ones((1, 1, 5, 6, 7))).shape
    (1, 2, 3, 4, 5)
    """

    axes, function = 3, conv3d


class _ConvTranspose(_Convolution):
    function: ClassVar[Any]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        if padding_mode != "zeros":
            raise ValueError(f'{type(self).__name__}: padding_mode must be "zeros", not {padding_mode!r}')
        if isinstance(padding, str):
            raise ValueError(f"{type(self).__name__}: padding must be numbers, not {padding!r}")
        self._set_options(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            groups=groups,
            dilation=dilation,
            padding_mode=padding_mode,
        )
        if any(extra >= max(s, d) for extra, s, d in zip(self.output_padding, self.stride, self.dilation)):
            name = type(self).__name__
            raise ValueError(f"{name}: output_padding must be less than the stride or the dilation, not {output_padding}")
        self._set_weights(out_channels // groups, bias, init, rng, transposed=True)

    def forward(self, x: Any) -> Tensor:
        options = self.stride, self.padding, self.output_padding, self.groups, self.dilation
        return self._call(type(self).function, x, *options)


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution of images (N, C, H, W) with C = in_channels: yₙₒ,ₛₚ₊ₖ += Σ꜀ w꜀ₒₖ xₙ꜀ₚ, plus bₒ.

    It maps as the gradient of a Conv2d by its input does, from small images to large ones.

    in_channels, out_channels: sizes of the channel axis before and after.
    kernel_size:    height and width of the kernel; `weight` is (in_channels, out_channels / groups, kh, kw), as PyTorch's.
    stride, padding, dilation, groups: those of the convolution; padding is an integer, or one for each axis. A size becomes
                    (size − 1) stride − 2 padding + dilation (kernel − 1) + output_padding + 1.
    output_padding: elements added after each axis, less than the stride or the dilation.
    bias, rng:      as for Conv2d.
    init:           as for Conv2d, with fan_in = in_channels / groups · kh · kw; the default is U(±1/√fan),
                    fan = out_channels / groups · kh · kw, as in PyTorch.

    PyTorch's ConvTranspose2d. Keras's Conv2DTranspose has images (N, H, W, C) and the kernel (kh, kw, out, C):
    `np.transpose(kernel, (3, 2, 0, 1))` is this weight.

    Raises ShapeError for another number of channels or axes; ValueError for options that do not fit.
    Zeiler et al. (2010), Deconvolutional networks.

    >>> import nn
    >>> import numpy as np
    >>> nn.ConvTranspose2d(8, 3, 3, stride=2, padding=1, output_padding=1)(np.ones((4, 8, 14, 14))).shape
    (4, 3, 28, 28)
    """

    axes, function = 2, conv_transpose2d


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution of sequences (N, C, L) with C = in_channels: yₙₒ,ₛₚ₊ₖ += Σ꜀ w꜀ₒₖ xₙ꜀ₚ, plus bₒ.

    Arguments and errors as for ConvTranspose2d; `weight` is (in_channels, out_channels / groups, k).

    PyTorch's ConvTranspose1d; Keras's Conv1DTranspose, with sequences (N, L, C) and the kernel (k, out, C).

    >>> import nn
    >>> import numpy as np
    >>> nn.ConvTranspose1d(8, 3, 4, stride=2)(np.ones((4, 8, 10))).shape
    (4, 3, 22)
    """

    axes, function = 1, conv_transpose1d
