"""Folding batch normalization into the adjacent Linear layer or convolution: in evaluation, the two affine maps are one."""

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeGuard

import numpy as np

from nn.activations import Identity
from nn.layers.containers import Sequential
from nn.layers.convolution import Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.layers.normalization import BatchNorm1d, BatchNorm2d
from nn.module.module import Module
from nn.module.parameter import Parameter

#: The layers that a norm can be folded into.
LAYERS: dict[type[Module], tuple[type[Module], ...]] = {
    BatchNorm1d: (Linear, Conv1d, ConvTranspose1d),
    BatchNorm2d: (Conv2d, ConvTranspose2d),
}


def fold_batch_norm(model: Module) -> Module:
    """Return a copy of a model in evaluation mode without its BatchNorm layers: W′ = W γ/σ, b′ = (b − μ) γ/σ + β.

    The outputs are the same, and a prediction takes less time. In a Sequential, a BatchNorm1d or BatchNorm2d is folded into the
    preceding Linear, Conv or ConvTranspose layer. If there is none, it is folded into the following Linear layer, or into the
    following Conv layer if that has no padding by zeros: the norm shifts the images, but not the zeros around them. Layers of
    nested Sequentials count as adjacent, and so do layers separated by Identity or (inverted) Dropout only. A norm stays if it
    has no such layer, if it is in a module other than a Sequential, or if one of the two layers is used several times. The
    function assumes inputs (N, features) of Linear layers, and that Sequentials are called as a whole.

    The original model is not changed. PyTorch's fuse_linear_bn_eval and fuse_conv_bn_eval fold a single pair of layers; Keras
    has none.

    >>> import nn
    >>> nn.fold_batch_norm(nn.MLP([2, 8, 1], batch_norm=True))
    MLP(
      (0): Linear(2, 8)
      (1): ReLU()
      (2): Linear(8, 1)
    )
    """
    folded = copy.deepcopy(model).eval()
    uses = Counter(id(child) for module in folded.modules() for child in module.children())
    for module in list(folded.modules()):
        if _runs_in_order(module):
            _fold(list(_layers_in_order(module, uses)), uses)
    return folded


HeldLayer = tuple[Sequential, Module]  # a layer and the Sequential that contains it


def _runs_in_order(module: Module) -> TypeGuard[Sequential]:
    return isinstance(module, Sequential) and type(module).forward is Sequential.forward


def _layers_in_order(sequential: Sequential, uses: Counter) -> Iterator[HeldLayer]:
    """The layers in the order of execution, including those of nested Sequentials."""
    for layer in sequential:
        if _runs_in_order(layer) and uses[id(layer)] == 1:
            yield from _layers_in_order(layer, uses)
        elif not isinstance(layer, Identity) and not (isinstance(layer, Dropout) and layer.inverted):
            yield sequential, layer


def _fold(layers: list[HeldLayer], uses: Counter) -> None:
    i = 0
    while i < len(layers):
        sequential, norm = layers[i]
        before = layers[i - 1][1] if i > 0 else None
        after = layers[i + 1][1] if i + 1 < len(layers) else None
        classes = next((layers for cls, layers in LAYERS.items() if _is_foldable(norm, (cls,), uses)), ())
        if _fold_into_neighbor(norm, before, after, classes, uses):
            del sequential[list(sequential).index(norm)], layers[i]
        else:
            i += 1


def _fold_into_neighbor(norm: Any, before: Any, after: Any, classes: tuple[type[Module], ...], uses: Counter) -> bool:
    """Fold a norm into the layer before or after it, and return whether there is one; classes: those of suitable layers."""
    if not classes:
        return False
    weight, bias = (1, 0) if norm.weight is None else (norm.weight.data, norm.bias.data)
    scale = weight / np.sqrt(norm.running_var.data + norm.eps)
    shift = bias - norm.running_mean.data * scale
    if _is_foldable(before, classes, uses) and _outputs(before) == norm.num_features:
        old_bias = 0 if before.bias is None else before.bias.data
        before.weight, before.bias = Parameter(_scale_outputs(before, scale)), Parameter(old_bias * scale + shift)
        return True
    if _is_foldable(after, classes, uses) and _takes_shifts(after) and _inputs(after) == norm.num_features:
        old_bias = 0 if after.bias is None else after.bias.data
        scales, shifts = (_by_weight(after, values) for values in (scale, shift))
        old_weight = after.weight.data
        axes = 0 if isinstance(after, Linear) else tuple(range(1, old_weight.ndim))
        after.bias, after.weight = Parameter(old_bias + (shifts * old_weight).sum(axes)), Parameter(scales * old_weight)
        return True
    return False


def _is_foldable(layer: Any, classes: tuple[type[Module], ...], uses: Counter) -> bool:
    """Whether a layer is of one of the classes, does not override its `forward`, and is used only once."""
    return any(isinstance(layer, cls) and type(layer).forward is cls.forward for cls in classes) and uses[id(layer)] == 1


def _outputs(layer: Any) -> int:
    return layer.weight.shape[1] if isinstance(layer, Linear) else layer.out_channels


def _inputs(layer: Any) -> int:
    return layer.weight.shape[0] if isinstance(layer, Linear) else layer.in_channels


def _takes_shifts(layer: Any) -> bool:
    """Whether a shift of the input shifts all outputs of a unit equally."""
    if isinstance(layer, Linear):
        return True
    if isinstance(layer, ConvTranspose1d | ConvTranspose2d):
        return False
    pads = layer.padding if isinstance(layer.padding, tuple) else (layer.padding != "valid",)
    return layer.padding_mode != "zeros" or not np.any(pads)


def _scale_outputs(layer: Any, scale: np.ndarray) -> np.ndarray:
    """The weights with those of each output multiplied by a number."""
    weight = layer.weight.data
    if isinstance(layer, Linear):
        return weight * scale
    kernel = [1] * (weight.ndim - 2)
    if isinstance(layer, Conv1d | Conv2d):
        return weight * scale.reshape(-1, 1, *kernel)
    groups = weight.reshape(layer.groups, -1, *weight.shape[1:])
    return (groups * scale.reshape(layer.groups, 1, -1, *kernel)).reshape(weight.shape)


def _by_weight(layer: Any, values: np.ndarray) -> np.ndarray:
    """One value for each input, in a shape that broadcasts against the weights."""
    if isinstance(layer, Linear):
        return values[:, None]
    groups = np.repeat(values.reshape(layer.groups, -1), layer.out_channels // layer.groups, axis=0)
    return groups.reshape(*groups.shape, *[1] * (layer.weight.ndim - 2))
