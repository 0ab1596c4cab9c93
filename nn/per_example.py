"""The gradient of each example's loss, in one backward pass."""

from collections import defaultdict
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, UnsupportedError, gradients
from nn.layers.linear import Linear
from nn.layers.normalization import BatchNorm1d, BatchNorm2d
from nn.module.module import Module


def per_example_gradients(model: Module, loss: Callable[..., Any], x: Any, y: Any) -> dict[str, np.ndarray]:
    """The gradients of the parameters for each example: (∂Lₙ/∂W)ᵢⱼ = Σ xₙᵢ (∂Lₙ/∂z)ₙⱼ for a layer z = x W + b.

    model: its parameters belong to Linear layers, and its examples do not depend on each other.
    loss:  of (model(x), y), one number for each example, as the losses give with reduction="none".
    x, y:  inputs and targets, with the examples along the first axis.

    Returns an array (examples, *shape) for each trainable parameter, by name. One forward and one backward pass give the
    gradient of each layer's output. The rest is a product for each layer. `grad_sample` of PyTorch's Opacus.

    Raises UnsupportedError for parameters of other layers and for BatchNorm in training mode, and ShapeError unless the loss
    gives a number for each example.

    >>> import nn
    >>> import numpy as np
    >>> model = nn.Linear(2, 1, init="ones")
    >>> squares = nn.MSELoss(reduction="none")
    >>> nn.per_example_gradients(model, squares, np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros((2, 1)))["bias"]
    array([[ 6.],
           [14.]])
    """
    _check_layers(model)
    layers = [module for module in model.modules() if isinstance(module, Linear)]
    calls: list[tuple[Any, Any, Tensor]] = []
    keep_call = lambda layer, args, output: calls.append((layer, args[0], output))
    handles = [layer.register_forward_hook(keep_call) for layer in layers]
    try:
        losses = loss(model(x), y)
    finally:
        for handle in handles:
            handle.remove()
    count = len(x)
    if not isinstance(losses, Tensor) or losses.shape[:1] != (count,):
        raise ShapeError(
            f"per_example_gradients: the loss gave shape {np.shape(losses)} for {count} examples, expected ({count}, …); "
            "make it with reduction='none'"
        )
    names = {id(parameter): name for name, parameter in model.named_parameters() if parameter.requires_grad}
    products: dict[str, Any] = defaultdict(float)
    tracked = [call for call in calls if call[2].requires_grad]
    for (layer, inputs, output), g in zip(tracked, gradients(losses.sum(), [output for *_, output in tracked])):
        if output.shape[:1] != (count,):
            raise ShapeError(f"{layer.qualified_name()}: its output has shape {output.shape}, expected ({count} examples, …)")
        inputs = inputs.numpy() if isinstance(inputs, Tensor) else np.asarray(inputs)
        rows, slopes = (part.reshape(count, prod(part.shape[1:-1]), part.shape[-1]) for part in (inputs, g.numpy()))
        if id(layer.weight) in names:
            products[names[id(layer.weight)]] += rows.swapaxes(1, 2) @ slopes
        if id(layer.bias) in names:
            products[names[id(layer.bias)]] += slopes.sum(axis=1)
    return {
        name: products[name] if name in products else np.zeros((count, *parameter.shape), parameter.dtype)
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }


def _check_layers(model: Module) -> None:
    """Raise UnsupportedError for a layer whose gradients are no products of its inputs and its output's gradients."""
    for module in model.modules():
        if isinstance(module, BatchNorm1d | BatchNorm2d) and module.training:
            raise UnsupportedError(
                f"{module.qualified_name()}: in training mode every example depends on the whole batch; call model.eval()"
            )
        if type(module).forward is Linear.forward:
            continue
        own = [name for name, value in vars(module).items() if isinstance(value, Tensor) and value.requires_grad]
        if own:
            raise UnsupportedError(
                f"{module.qualified_name()}: per_example_gradients knows the parameters of Linear layers, not {own[0]}; "
                f"freeze it, or take the gradient of one example at a time"
            )
