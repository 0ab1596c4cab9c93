"""Folding batch normalization into its neighbors: in evaluation both are affine, and two affine maps are one."""

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
    """A copy of a model, in evaluation, that computes the same with fewer layers: W′ = W γ/σ, b′ = (b − μ) γ/σ + β.

    In a Sequential a BatchNorm1d goes into the weights of the Linear layer before it or, if there is none, of that behind it.
    Layers of nested Sequentials are neighbors too, and what does nothing in evaluation, Identity and (inverted) Dropout, may
    stand between. All other BatchNorms stay: those without such a neighbor, those in modules of other kinds, and those where
    one of the two layers is used in several places. Inputs are taken to be (N, features), and Sequentials to be called as a
    whole.

    The original is not changed. The lectures fold to shorten the time of a prediction. PyTorch has fuse_linear_bn_eval for one
    pair of layers; Keras has none.

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
            _fold(list(_steps(module, uses)), uses)
    return folded


Step = tuple[Sequential, Module]  # a layer and the Sequential that holds it


def _runs_in_order(module: Module) -> TypeGuard[Sequential]:
    return isinstance(module, Sequential) and type(module).forward is Sequential.forward


def _steps(sequential: Sequential, uses: Counter) -> Iterator[Step]:
    """The layers in the order in which they run, those of nested Sequentials among them."""
    for layer in sequential:
        if _runs_in_order(layer) and uses[id(layer)] == 1:
            yield from _steps(layer, uses)
        elif not isinstance(layer, Identity) and not (isinstance(layer, Dropout) and layer.inverted):
            yield sequential, layer


def _fold(steps: list[Step], uses: Counter) -> None:
    i = 0
    while i < len(steps):
        holder, norm = steps[i]
        before = steps[i - 1][1] if i > 0 else None
        after = steps[i + 1][1] if i + 1 < len(steps) else None
        if _is_own(norm, BatchNorm1d, uses) and _absorbed(norm, before, after, uses):
            del holder[list(holder).index(norm)], steps[i]
        else:
            i += 1


def _absorbed(norm: Any, before: Any, after: Any, uses: Counter) -> bool:
    """Whether a neighbor could take over what a BatchNorm does."""
    weight, bias = (1, 0) if norm.weight is None else (norm.weight.data, norm.bias.data)
    scale = weight / np.sqrt(norm.running_var.data + norm.eps)
    shift = bias - norm.running_mean.data * scale
    if _is_own(before, Linear, uses) and before.weight.shape[1] == norm.num_features:
        start = 0 if before.bias is None else before.bias.data
        before.weight, before.bias = Parameter(before.weight.data * scale), Parameter(start * scale + shift)
        return True
    if _is_own(after, Linear, uses) and after.weight.shape[0] == norm.num_features:
        start = 0 if after.bias is None else after.bias.data
        after.bias, after.weight = Parameter(start + shift @ after.weight.data), Parameter(scale[:, None] * after.weight.data)
        return True
    return False


def _is_own(layer: Any, kind: Any, uses: Counter) -> bool:
    """Whether a layer does what its kind does, and is used here only."""
    return isinstance(layer, kind) and type(layer).forward is kind.forward and uses[id(layer)] == 1
