"""Layers with parameters, and the multi-layer perceptron made of them."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from autograd import Tensor, default_dtype
from nn.activations import ReLU, activation_named
from nn.functional import linear
from nn.init import INITIALISERS, generator
from nn.module import Module, Parameter, Sequential


class Linear(Module):
    """Affine layer: y = x W + b.

    inputs, outputs: features in and out; `weight` is (inputs, outputs), the transpose of PyTorch's; `bias` is (outputs,).
    bias: whether there is one.
    init: name of an initialiser, or a function of (shape, rng), for the weights, with biases 0;
          by default weights and biases are U(±1/√inputs), as in PyTorch.
    rng:  generator or seed of the initial weights; by default the common one that nn.seed resets.

    >>> import nn
    >>> nn.Linear(3, 2)([[1.0, 2.0, 3.0]]).shape
    (1, 2)
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        bias: bool = True,
        init: str | Callable[..., np.ndarray] | None = None,
        rng: np.random.Generator | int | None = None,
    ):
        if inputs < 1 or outputs < 1:
            raise ValueError(f"a Linear layer has at least one input and one output, not {inputs} and {outputs}")
        rng = generator(rng)
        if init is None:
            r = 1 / math.sqrt(inputs)
            weight = rng.uniform(-r, r, (inputs, outputs)).astype(default_dtype())
            start = rng.uniform(-r, r, outputs).astype(default_dtype())
        else:
            weight = (_initialiser(init) if isinstance(init, str) else init)((inputs, outputs), rng)
            start = np.zeros(outputs, default_dtype())
        self.weight = Parameter(weight)
        self.bias = Parameter(start) if bias else None

    def forward(self, x: Any) -> Tensor:
        if self.bias is None:
            return x @ self.weight
        return linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        inputs, outputs = self.weight.shape
        return f"{inputs}, {outputs}" if self.bias is not None else f"{inputs}, {outputs}, bias=False"


def _initialiser(name: str) -> Callable[..., np.ndarray]:
    if name not in INITIALISERS:
        raise ValueError(f"no initialiser {name!r}; there are {', '.join(INITIALISERS)}")
    return INITIALISERS[name]


class MLP(Sequential):
    """Multi-layer perceptron: Linear layers with an activation between them; the last layer is linear.

    sizes:      features of the input, of each hidden layer, and of the output.
    activation: "relu", "tanh", "sigmoid", or a module class. ReLU gets He, the others Xavier initialisation.
    rng:        generator or seed of the initial weights.

    >>> import nn
    >>> model = nn.MLP([2, 8, 1], activation="tanh")
    >>> model([[0.0, 1.0]]).shape
    (1, 1)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Callable[[], Module] = "relu",
        rng: np.random.Generator | int | None = None,
    ):
        if len(sizes) < 2:
            raise ValueError(f"an MLP needs at least the sizes of its input and output, got {list(sizes)}")
        if isinstance(activation, Module):
            raise TypeError(f"give the class of the activation, {type(activation).__name__}, so that every layer gets its own")
        make = activation_named(activation) if isinstance(activation, str) else activation
        init = "he_normal" if make is ReLU else "xavier_uniform"
        rng = generator(rng)
        layers: list[Module] = []
        for inputs, outputs in pairwise(sizes):
            layers += [Linear(inputs, outputs, init=init, rng=rng), make()]
        super().__init__(*layers[:-1])
