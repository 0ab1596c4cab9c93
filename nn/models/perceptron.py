"""The perceptron and its learning rule."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor
from nn.functional.validation import values
from nn.init import Initializer
from nn.layers.linear import Linear
from nn.module.parameter import Parameter
from nn.random import Rng


@dataclass(frozen=True)
class PerceptronResult:
    """The result of `Perceptron.fit`.

    converged: whether all examples are classified correctly; epochs: number of passes that changed the weights; mistakes:
    number of misclassified examples at the end.
    """

    converged: bool
    epochs: int
    mistakes: int


class Perceptron(Linear):
    """Perceptron, a binary step of weighted sums: y = 1 if x W + b ≥ 0 else 0, where −b is the threshold.

    in_features, out_features: numbers of input features and of units, as for Linear.
    init, rng:                 initializer of the weights, with biases 0; all weights are initially 0 by default.

    The derivative of the step is 0, so the perceptron is trained with `fit`. Its weighted sums, `scores`, can be trained with
    gradients and any loss. PyTorch and Keras have none; scikit-learn's Perceptron updates after each example. Raises ShapeError
    unless the last axis has size in_features. Rosenblatt (1958), The perceptron: a probabilistic model for information storage.

    >>> import nn
    >>> unit = nn.Perceptron(2)
    >>> x = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> unit.fit(x, [0, 0, 0, 1])
    PerceptronResult(converged=True, epochs=5, mistakes=0)
    >>> unit(x).flatten().tolist()
    [0.0, 0.0, 0.0, 1.0]
    >>> nn.Perceptron(2).fit(x, [0, 1, 1, 0])
    PerceptronResult(converged=False, epochs=100, mistakes=2)
    """

    bias: Parameter

    def __init__(self, in_features: int, out_features: int = 1, init: str | Initializer = "zeros", rng: Rng = None):
        super().__init__(in_features, out_features, init=init, rng=rng)

    def scores(self, x: Any) -> Tensor:
        """The weighted sums before the step: x W + b."""
        return super().forward(x)

    def forward(self, x: Any) -> Tensor:
        out: Any = np.heaviside(self.scores(x), 1)
        return out

    def fit(self, x: Any, y: Any, lr: float = 1.0, epochs: int = 100) -> PerceptronResult:
        """Train by the perceptron rule, ΔW = η Σ xᵀ (y − ŷ), Δb = η Σ (y − ŷ) over all examples, until there are no mistakes.

        x: (n, in_features); y: 0 or 1, (n, out_features), or (n,) for a single unit; lr: η.
        epochs: maximum number of passes that change the weights.

        The rule converges if the classes are linearly separable (Novikoff 1962); those of XOR are not. Raises ShapeError or
        DataError for other inputs, ValueError for other options.
        """
        if lr <= 0 or epochs < 0:
            raise ValueError(f"Perceptron.fit: lr must be above 0 and epochs 0 or more, got {lr} and {epochs}")
        x, y = self._check_examples(x, y)
        for epoch in range(epochs + 1):
            error = y - self(x).numpy()
            mistakes = int(error.any(axis=1).sum())
            if not mistakes or epoch == epochs:
                break
            self.weight.data = self.weight.data + lr * (x.T @ error)
            self.bias.data = self.bias.data + lr * error.sum(axis=0)
        return PerceptronResult(not mistakes, epoch, mistakes)

    def _check_examples(self, x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        x, y = values(self.qualified_name(), x), values(self.qualified_name(), y)
        if y.ndim == 1 and self.out_features == 1:
            y = y[:, None]
        if x.ndim != 2 or x.shape[1] != self.in_features or y.shape != (len(x), self.out_features):
            raise ShapeError(
                f"{self.qualified_name()}: got examples of shape {x.shape} and labels of shape {y.shape}, "
                f"expected (n, {self.in_features}) and (n, {self.out_features})"
            )
        if not np.isin(y, (0, 1)).all():
            raise DataError(f"{self.qualified_name()}: labels must be 0 or 1, not {y[~np.isin(y, (0, 1))][0]}")
        return x.astype(self.weight.dtype, copy=False), y.astype(self.weight.dtype, copy=False)
