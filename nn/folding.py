"""Folding batch normalization into the adjacent Linear layer: in evaluation, the two affine maps are one."""

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeGuard

import numpy as np

from nn.activations import Identity
from nn.layers.containers import Sequential
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.layers.normalization import BatchNorm1d
from nn.module.module import Module
from nn.module.parameter import Parameter


def fold_batch_norm(model: Module) -> Module:
    """Return a copy of a model in evaluation mode without its BatchNorm1d layers: W′ = W γ/σ, b′ = (b − μ) γ/σ + β.

    The outputs are the same, and a prediction takes less time. In a Sequential, a BatchNorm1d is folded into the preceding
    Linear layer or, if there is none, into the following one. Layers of nested Sequentials count as adjacent, and so do layers
    separated by Identity or (inverted) Dropout only. A BatchNorm1d stays if it has no adjacent Linear layer, if it is in a
    module other than a Sequential, or if one of the two layers is used several times. The function assumes inputs
    (N, features), and that Sequentials are called as a whole.

    The original model is not changed. PyTorch's fuse_linear_bn_eval folds a single pair of layers; Keras has none.

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
        if _is_foldable(norm, BatchNorm1d, uses) and _fold_into_neighbor(norm, before, after, uses):
            del sequential[list(sequential).index(norm)], layers[i]
        else:
            i += 1


def _fold_into_neighbor(norm: Any, before: Any, after: Any, uses: Counter) -> bool:
    """Fold a BatchNorm1d into the Linear layer before or after it, and return whether there is one."""
    weight, bias = (1, 0) if norm.weight is None else (norm.weight.data, norm.bias.data)
    scale = weight / np.sqrt(norm.running_var.data + norm.eps)
    shift = bias - norm.running_mean.data * scale
    if _is_foldable(before, Linear, uses) and before.weight.shape[1] == norm.num_features:
        old_bias = 0 if before.bias is None else before.bias.data
        before.weight, before.bias = Parameter(before.weight.data * scale), Parameter(old_bias * scale + shift)
        return True
    if _is_foldable(after, Linear, uses) and after.weight.shape[0] == norm.num_features:
        old_bias = 0 if after.bias is None else after.bias.data
        old_weight = after.weight.data
        after.bias, after.weight = Parameter(old_bias + shift @ old_weight), Parameter(scale[:, None] * old_weight)
        return True
    return False


def _is_foldable(layer: Any, cls: Any, uses: Counter) -> bool:
    """Whether a layer is of a class, does not override its `forward`, and is used only once."""
    return isinstance(layer, cls) and type(layer).forward is cls.forward and uses[id(layer)] == 1
