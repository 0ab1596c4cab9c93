"""Affine and bilinear layers."""

import math
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, default_dtype
from autograd.extend import short_repr
from nn.functional.linear import bilinear, linear
from nn.init import Initializer, initialize, zeros
from nn.module.module import Module
from nn.module.parameter import Parameter
from nn.random import Rng, generator
from nn.validation import check_sizes, with_module_name


class Linear(Module):
    """Affine layer: y = x W + b.

    in_features, out_features: sizes of the last axis before and after; `weight` is (in_features, out_features), the transpose
                               of PyTorch's, and `bias` is (out_features,).
    bias: whether the layer has a bias.
    init: name of an initializer, or a function of (shape, rng), for the weights, with biases 0;
          by default weights and biases are U(±1/√in_features), as in PyTorch.
    rng:  generator or seed of the initial weights; the global generator, which nn.seed resets, by default.

    PyTorch's Linear; Keras's Dense, whose kernel is this weight. Raises ShapeError unless the last axis has size in_features.

    >>> import nn
    >>> nn.Linear(3, 2)([[1.0, 2.0, 3.0]]).shape
    (1, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        check_sizes(type(self).__name__, in_features=in_features, out_features=out_features)
        weight, bias_parameter = _initial_weights(self, (in_features, out_features), in_features, bias, init, rng)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(weight)
        self.bias = bias_parameter

    def forward(self, x: Any) -> Tensor:
        try:
            return x @ self.weight if self.bias is None else linear(x, self.weight, self.bias)
        except ShapeError as error:
            shape = np.shape(x)
            if shape[-1:] == (self.in_features,):
                raise with_module_name(self, error) from None
            raise ShapeError(
                f"{self.qualified_name()}: got an input of shape {shape}, expected (…, {self.in_features})"
            ) from None
        except DataError as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        return f"{self.in_features}, {self.out_features}" + ("" if self.bias is not None else ", bias=False")


class Bilinear(Module):
    """Bilinear layer of two inputs: outₖ = Σᵢⱼ xᵢ Wᵢⱼₖ yⱼ + bₖ.

    in1_features, in2_features: sizes of the last axes of x and y.
    out_features:               size of the last axis of the output; `weight` is (in1_features, in2_features, out_features) and
                                `bias` is (out_features,).
    bias, init, rng: as for Linear; the default is U(±1/√in1_features), as in PyTorch. An initializer is called with the shape
                     (in1_features · in2_features, out_features), because every unit has in1_features · in2_features weights.

    PyTorch's Bilinear, whose weight is (out, in1, in2); Keras has none. Raises ShapeError if the last axes have other sizes or
    the leading axes differ.

    >>> import nn
    >>> nn.Bilinear(2, 3, 4)([[1.0, 2.0]], [[1.0, 2.0, 3.0]]).shape
    (1, 4)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        check_sizes("Bilinear", in1_features=in1_features, in2_features=in2_features, out_features=out_features)
        weight, bias_parameter = _initial_weights(
            self, (in1_features * in2_features, out_features), in1_features, bias, init, rng
        )
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = Parameter(np.reshape(weight, (in1_features, in2_features, out_features)))
        self.bias = bias_parameter

    def forward(self, x: Any, y: Any) -> Tensor:
        try:
            return bilinear(x, y, self.weight, self.bias)
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        sizes = f"{self.in1_features}, {self.in2_features}, {self.out_features}"
        return sizes + ("" if self.bias is not None else ", bias=False")


def _initial_weights(
    layer: Module, shape: tuple[int, int], inputs: int, bias: bool, init: str | Initializer | None, rng: Rng
) -> tuple[np.ndarray, Parameter | None]:
    """Initial weights and biases: U(±1/√inputs), or weights from an initializer and biases 0."""
    if not isinstance(bias, bool | np.bool):
        raise TypeError(
            f"{type(layer).__name__}: bias must be True or False, not {short_repr(bias)}; an activation is a separate layer"
        )
    rng = generator(rng)
    if init is not None:
        weight, bias_array = initialize(init, shape, rng), zeros(shape[1:])
    else:
        r = 1 / math.sqrt(inputs)
        weight, bias_array = (rng.uniform(-r, r, size).astype(default_dtype()) for size in (shape, shape[1]))
    return weight, Parameter(bias_array) if bias else None
