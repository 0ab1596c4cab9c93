"""Normalization layers: batch, layer, root mean square and group normalization."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from autograd import DataError, ShapeError, Tensor, reshape
from nn.functional.normalization import batch_norm, group_norm, layer_norm, rms_norm
from nn.init import ones, zeros
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter
from nn.validation import as_input, check_fraction, check_sizes, with_module_name


class _Normalization(Module):
    """The base class of the layers below: the parameters γ and β, and the validation of inputs."""

    def _set_affine(self, shape: Sequence[int], weight: bool, bias: bool) -> None:
        self.weight = Parameter(ones(shape)) if weight else None
        self.bias = Parameter(zeros(shape)) if bias else None

    def _weights(self, shape: Sequence[int], dtype: np.dtype) -> tuple[Any, Any]:
        """γ and β, with ones and zeros in place of missing parameters."""
        weight = np.ones(shape, dtype) if self.weight is None else self.weight
        return weight, np.zeros(shape, dtype) if self.bias is None else self.bias

    def _floats(self, x: Any) -> Any:
        """The input as a tensor or array; raises DataError unless it is of floats."""
        x = as_input(self, x)
        if x.dtype.kind != "f":
            raise DataError(
                f"{self.qualified_name()}: got {x.dtype}, expected floats; convert it, for example with .astype('float64')"
            )
        return x

    def _shape_error(self, x: Any, expected: str) -> ShapeError:
        return ShapeError(f"{self.qualified_name()}: got an input of shape {x.shape}, expected {expected}")


class _BatchNorm(_Normalization):
    shapes: ClassVar[dict[int, str]]  # number of axes of a valid input → the names of the axes after N and C

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.9, affine: bool = True):
        check_sizes(type(self).__name__, num_features=num_features)
        check_fraction(type(self).__name__, "momentum", momentum, "the weight of the old running value")
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self._set_affine((num_features,), affine, affine)
        self.running_mean = Buffer(zeros((num_features,)))
        self.running_var = Buffer(ones((num_features,)))

    def forward(self, x: Any) -> Tensor:
        x = self._floats(x)
        shape = x.shape
        if len(shape) not in self.shapes or shape[1] != self.num_features:
            raise self._shape_error(x, " or ".join(f"(N, {self.num_features}{rest})" for rest in self.shapes.values()))
        weight, bias = self._weights((self.num_features,), x.dtype)
        if self.training:
            try:
                return batch_norm(x, weight, bias, (self.running_mean, self.running_var), self.momentum, self.eps)
            except ShapeError as error:
                raise with_module_name(self, error) from None
        scale = weight / np.sqrt(self.running_var + self.eps)
        shift = bias - self.running_mean * scale
        if len(shape) == 2:
            return x * scale + shift
        channel_shape = (self.num_features, *[1] * (len(shape) - 2))
        return x * reshape(scale, channel_shape) + reshape(shift, channel_shape)

    def extra_repr(self) -> str:
        affine = self.weight is not None
        return _format_options(self.num_features, eps=(self.eps, 1e-5), momentum=(self.momentum, 0.9), affine=(affine, True))


class BatchNorm1d(_BatchNorm):
    """Batch normalization of features (N, C) or channels (N, C, L): y = γ (x − μ) / √(σ² + ε) + β.

    num_features: C. μ and σ² are taken per feature over all other axes. In training they are those of the batch; in evaluation
                  they are the running averages `running_mean` and `running_var`, with the initial values 0 and 1.
    momentum:     weight of the OLD running value: running = momentum · running + (1 − momentum) · batch value.
    affine:       whether the layer has γ, `weight`, and β, `bias`, with the initial values 1 and 0.

    PyTorch's BatchNorm1d, whose momentum is the weight of the new value, 1 − momentum here, and whose running variance divides
    by n − 1; here it divides by n, like the normalization. Keras's BatchNormalization, with channels last, momentum 0.99 (of
    the old value, as here) and epsilon 1e-3.

    Raises ShapeError for another number of features or axes and, in training, for a single value per feature; DataError for
    integers. Ioffe and Szegedy (2015), Batch normalization: accelerating deep network training.

    >>> import nn
    >>> layer = nn.BatchNorm1d(1, eps=0)
    >>> layer([[1.0], [3.0]]).tolist(), layer.running_mean, layer.running_var
    ([[-1.0], [1.0]], Buffer([0.2]), Buffer([1.]))
    """

    shapes: ClassVar = {2: "", 3: ", L"}


class BatchNorm2d(_BatchNorm):
    """Batch normalization of the channels of images (N, C, H, W): y = γ (x − μ) / √(σ² + ε) + β.

    Arguments, errors and conventions as for BatchNorm1d; μ and σ² are taken over N, H and W.

    PyTorch's BatchNorm2d; Keras's BatchNormalization(axis=1).

    >>> import nn
    >>> import numpy as np
    >>> nn.BatchNorm2d(3)(np.ones((2, 3, 4, 4))).shape
    (2, 3, 4, 4)
    """

    shapes: ClassVar = {4: ", H, W"}


class LayerNorm(_Normalization):
    """Layer normalization of each example: y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² over the last axes.

    normalized_shape:   size of the last axis, or sizes of the last axes.
    elementwise_affine: whether the layer has γ, `weight`, of that shape.
    bias:               whether it also has β, `bias`.

    PyTorch's LayerNorm; Keras's LayerNormalization, with epsilon 1e-3. Raises ShapeError if the last axes of the input have
    other sizes, DataError for integers. Ba, Kiros and Hinton (2016), Layer normalization.

    >>> import nn
    >>> nn.LayerNorm(2, eps=0)([[1.0, 3.0], [5.0, 1.0]]).tolist()
    [[-1.0, 1.0], [1.0, -1.0]]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ):
        self.normalized_shape, self.eps = _sizes(type(self).__name__, normalized_shape), eps
        self._set_affine(self.normalized_shape, elementwise_affine, elementwise_affine and bias)

    def forward(self, x: Any) -> Tensor:
        x = self._floats(x)
        _check_last_axes(self, x)
        weight, bias = self._weights(self.normalized_shape, x.dtype)
        return layer_norm(x, weight, bias, self.eps)

    def extra_repr(self) -> str:
        affine, bias = self.weight is not None, self.bias is not None
        options = {"elementwise_affine": (affine, True)} if not affine else {"bias": (bias, True)}
        return _format_options(_without_comma(self.normalized_shape), eps=(self.eps, 1e-5), **options)


class RMSNorm(_Normalization):
    """Root mean square normalization of each example: y = γ x / √(mean(x²) + ε), with the mean over the last axes.

    normalized_shape:   size of the last axis, or sizes of the last axes.
    eps:                ε; the machine epsilon of the input's dtype by default.
    elementwise_affine: whether the layer has γ, `weight`, of that shape.

    PyTorch's RMSNorm; Keras's RMSNormalization, with epsilon 1e-6. Raises ShapeError if the last axes of the input have other
    sizes, DataError for integers. Zhang and Sennrich (2019), Root mean square layer normalization.

    >>> import nn
    >>> nn.RMSNorm(2)([[1.0, 7.0]]).numpy().round(6).tolist()
    [[0.2, 1.4]]
    """

    def __init__(self, normalized_shape: int | Sequence[int], eps: float | None = None, elementwise_affine: bool = True):
        self.normalized_shape, self.eps = _sizes(type(self).__name__, normalized_shape), eps
        self._set_affine(self.normalized_shape, elementwise_affine, False)

    def forward(self, x: Any) -> Tensor:
        x = self._floats(x)
        _check_last_axes(self, x)
        return rms_norm(x, self._weights(self.normalized_shape, x.dtype)[0], self.eps)

    def extra_repr(self) -> str:
        affine = self.weight is not None
        return _format_options(_without_comma(self.normalized_shape), eps=(self.eps, None), elementwise_affine=(affine, True))


class GroupNorm(_Normalization):
    """Group normalization of each example's channels: y = γ (x − μ) / √(σ² + ε) + β.

    num_groups, num_channels: μ and σ² are taken over num_channels / num_groups channels and all following axes. A single group
                              is layer normalization of the example; num_channels groups are instance normalization.
    affine:                   whether the layer has γ, `weight`, and β, `bias`, one element for each channel.

    The input is (N, C, …). PyTorch's GroupNorm; Keras's GroupNormalization(axis=1), with epsilon 1e-3. Raises ValueError unless
    num_groups divides num_channels, ShapeError for another number of channels, DataError for integers.
    Wu and He (2018), Group normalization.

    >>> import nn
    >>> nn.GroupNorm(2, 4, eps=0)([[1.0, 3.0, 5.0, 9.0]]).tolist()
    [[-1.0, 1.0, -1.0, 1.0]]
    """

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True):
        check_sizes("GroupNorm", num_groups=num_groups, num_channels=num_channels)
        if num_channels % num_groups:
            raise ValueError(f"GroupNorm: num_groups must divide num_channels, got {num_groups} and {num_channels}")
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        self._set_affine((num_channels,), affine, affine)

    def forward(self, x: Any) -> Tensor:
        x = self._floats(x)
        if x.ndim < 2 or x.shape[1] != self.num_channels:
            raise self._shape_error(x, f"(N, {self.num_channels}, …)")
        weight, bias = self._weights((self.num_channels,), x.dtype)
        return group_norm(x, weight, bias, self.num_groups, self.eps)

    def extra_repr(self) -> str:
        sizes = f"{self.num_groups}, {self.num_channels}"
        return _format_options(sizes, eps=(self.eps, 1e-5), affine=(self.weight is not None, True))


def _sizes(owner: str, shape: int | Sequence[int]) -> tuple[int, ...]:
    sizes = tuple(shape) if isinstance(shape, Sequence) else (shape,)
    if not sizes:
        raise ValueError(f"{owner}: normalized_shape must have at least one size, got {shape}")
    for size in sizes:
        check_sizes(owner, normalized_shape=size)
    return tuple(map(int, sizes))


def _check_last_axes(layer: Any, x: Any) -> None:
    """Raise ShapeError unless the last axes of x have the sizes of `normalized_shape`."""
    sizes = layer.normalized_shape
    if x.shape[-len(sizes) :] != sizes:
        raise layer._shape_error(x, f"(…, {', '.join(map(str, sizes))})")


def _without_comma(sizes: tuple[int, ...]) -> Any:
    return sizes[0] if len(sizes) == 1 else sizes


def _format_options(sizes: Any, **options: tuple[Any, Any]) -> str:
    """The sizes and the options that differ from their defaults; options: name → (value, default)."""
    return ", ".join([str(sizes), *[f"{name}={value}" for name, (value, default) in options.items() if value != default]])
