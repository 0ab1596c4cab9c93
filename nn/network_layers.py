"""The layers of a network for its picture: sizes, weights and, for one example, activations and their gradients."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import Tensor, gradients
from autograd.extend import short_repr
from nn.functional import cross_entropy, mse_loss
from nn.layers.convolution import Conv2d
from nn.layers.embedding import Embedding
from nn.layers.linear import Linear
from nn.module.module import Module


@dataclass
class Layer:
    """One column of the picture: the input, or a layer with weights and the layers of the same shape that follow it."""

    shape: tuple[int, ...]  # of one example
    names: list[str] = field(default_factory=list)  # of its modules, by path and class
    values: Any = None  # the outputs of its last module
    weighted_sums: Any = None  # the outputs of its first module: z
    deltas: Any = None  # ∂L/∂z
    weight: Any = None  # of a Linear layer, (in, out)
    bias: Any = None
    weight_grad: Any = None
    bias_grad: Any = None
    kernel: tuple[int, ...] = ()  # of a Conv2d
    tensor: Tensor | None = None  # z, whose gradient is `deltas`

    @property
    def is_row(self) -> bool:
        """Whether an example is a vector: a column of units."""
        return len(self.shape) == 1

    @property
    def is_stack(self) -> bool:
        """Whether an example is a stack of maps: channels, height, width."""
        return len(self.shape) == 3

    @property
    def size(self) -> int:
        """The number of units."""
        return math.prod(self.shape)


@dataclass
class Network:
    """The layers from input to output, and the loss of the example."""

    layers: list[Layer]
    loss: float | None = None
    target: Any = None


def read_network(model: Module, x: Any, y: Any, loss: Any) -> Network:
    """The layers of a model; with `x` their activations for one example, with `y` also their gradients.

    The model is called in evaluation mode. Its modes are restored, and no gradient is stored.
    """
    if x is None:
        return Network(list(_layers_without_input(model)))
    example = _example(model, x)
    modes = [(module, module.training) for module in model.modules()]
    try:
        layers, output = _call(model.eval(), example)
        network = Network(layers)
        if y is not None:
            _differentiate(network, model, output, _target(y, output), loss)
    finally:
        for module, training in modes:
            module.training = training
    return network


def _leaves(model: Module) -> Iterator[tuple[str, Module]]:
    """The modules without submodules, by path."""
    for path, module in model.named_modules():
        if not any(True for _ in module.children()):
            yield path, module


def _title(path: str, module: Module) -> str:
    return f"{path}: {type(module).__name__}" if path else type(module).__name__


def _layers_without_input(model: Module) -> Iterator[Layer]:
    """The layers by the sizes of the weights, for a model of Linear layers and layers that keep the shape."""
    leaves = list(_leaves(model))
    linear = [module for _, module in leaves if isinstance(module, Linear)]
    has_others = any(module.parameters() for _, module in leaves if isinstance(module, Conv2d | Embedding))
    if not linear or has_others:
        raise ValueError(f"draw_network: the shapes in {short_repr(model)} follow from an input; write draw_network(model, x)")
    layer = Layer((linear[0].in_features,))
    for path, module in leaves:
        if isinstance(module, Linear):
            yield layer
            layer = Layer((module.out_features,))
            _add_weights(layer, module)
        layer.names.append(_title(path, module))
    yield layer


def _add_weights(layer: Layer, module: Linear) -> None:
    layer.weight = module.weight.data
    layer.bias = None if module.bias is None else module.bias.data


def _example(model: Module, x: Any) -> Any:
    """The first example of a batch, or a single example, as a batch of one."""
    x = x.data if isinstance(x, Tensor) else np.asarray(x)
    leaves = [module for _, module in _leaves(model)]
    if x.dtype.kind in "iu" and not any(isinstance(module, Embedding) for module in leaves):
        x = x.astype(float)
    first = next((module for module in leaves if isinstance(module, Linear | Conv2d)), None)
    is_single = x.ndim == 3 if isinstance(first, Conv2d) else x.ndim < 2
    if x.ndim == 0 or (not is_single and len(x) == 0):
        raise ValueError(f"draw_network: x must be an example or a batch of examples, not of shape {x.shape}")
    return x[None] if is_single else x[:1]


def _call(model: Module, example: Any) -> tuple[list[Layer], Tensor]:
    """The layers in the order of their calls, and the output."""
    layers = [Layer(example.shape[1:], values=example[0])]

    def record(module: Module, args: tuple, output: Any) -> None:
        if isinstance(output, tuple):
            output = output[0]
        if not isinstance(output, Tensor) or output.ndim == 0:
            return
        shape, title = output.shape[1:], _title(paths[id(module)], module)
        is_new = isinstance(module, Linear | Conv2d) or shape != layers[-1].shape
        if is_new:
            layers.append(Layer(shape, weighted_sums=output.data[0], tensor=output))
        layer = layers[-1]
        layer.names.append(title)
        layer.values = output.data[0]
        if isinstance(module, Linear):
            _add_weights(layer, module)
        elif isinstance(module, Conv2d):
            layer.kernel = module.kernel_size

    paths = {id(module): path for path, module in _leaves(model)}
    handles = [module.register_forward_hook(record) for _, module in _leaves(model)]
    try:
        output = model(Tensor(example) if example.dtype.kind == "f" else example)
    finally:
        for handle in handles:
            handle.remove()
    if not isinstance(output, Tensor):
        raise TypeError(f"draw_network takes a model that returns a tensor; this one returned {short_repr(output)}")
    return layers, output


def _target(y: Any, output: Tensor) -> Any:
    """The target of the first example, as a batch of one."""
    y = y.data if isinstance(y, Tensor) else np.asarray(y)
    if y.dtype.kind in "iu" and y.ndim <= 1:
        return y.reshape(-1)[:1]
    return (y[:1] if y.ndim == output.ndim else y).reshape(output.shape)


def _differentiate(network: Network, model: Module, output: Tensor, target: Any, loss: Any) -> None:
    """Add the loss, the δ of every layer and the gradients of its weights."""
    is_class = np.asarray(target).dtype.kind in "iu" and output.ndim == 2 and output.shape[1] > 1
    function = loss if loss is not None else cross_entropy if is_class else mse_loss
    value = function(output, target)
    linear = {id(m.weight.data): m for m in model.modules() if isinstance(m, Linear) and m.weight.requires_grad}
    layers = [layer for layer in network.layers if layer.tensor is not None and layer.tensor.requires_grad]
    used = [linear[id(layer.weight)] for layer in layers if id(layer.weight) in linear]
    parameters = [p for module in used for p in (module.weight, module.bias) if p is not None and p.requires_grad]
    inputs = [*(layer.tensor for layer in layers if layer.tensor is not None), *parameters]
    if inputs:
        grads = gradients(value, inputs)
        for layer, delta in zip(layers, grads):
            layer.deltas = delta.data[0]
        by_parameter = {id(p): g.data for p, g in zip(parameters, grads[len(layers) :])}
        for layer in layers:
            module = linear.get(id(layer.weight))
            if module is not None:
                layer.weight_grad = by_parameter.get(id(module.weight))
                layer.bias_grad = by_parameter.get(id(module.bias))
    network.loss, network.target = float(value.item()), np.asarray(target)[0]
