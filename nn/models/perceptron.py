"""The perceptron, with its own learning rule."""

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
    """What came of `Perceptron.fit`.

    converged: whether every example is right; epochs: passes over the examples that changed the weights; mistakes: examples
    that are wrong in the end.
    """

    converged: bool
    epochs: int
    mistakes: int


class Perceptron(Linear):
    """Weighted sums and a step: y = 1 if x W + b ≥ 0, else 0; −b is the threshold that the weighted sum has to reach.

    in_features, out_features: as for Linear: features in, units out.
    init, rng:                 initializer of the weights, with biases 0; all start at 0 by default.

    The derivative of the step is 0, therefore it learns by `fit`; its weighted sums, `scores`, learn by gradient and any loss.
    PyTorch and Keras have none; scikit-learn's Perceptron takes the examples one at a time. Raises ShapeError if the last
    axis is not in_features. Rosenblatt (1958), The perceptron: a probabilistic model for information storage.

    >>> import nn
    >>> unit = nn.Perceptron(2)
    >>> x = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> unit.fit(x, [0, 0, 0, 1])
    Learned(converged=True, epochs=5, mistakes=0)
    >>> unit(x).flatten().tolist()
    [0.0, 0.0, 0.0, 1.0]
    >>> nn.Perceptron(2).fit(x, [0, 1, 1, 0])
    Learned(converged=False, epochs=100, mistakes=2)
    """

    bias: Parameter

    def __init__(self, in_features: int, out_features: int = 1, init: str | Initializer = "zeros", rng: Rng = None):
        super().__init__(in_features, out_features, init=init, rng=rng)

    def scores(self, x: Any) -> Tensor:
        """The weighted sums before the step: x W + b."""
        return super().forward(x)

    def forward(self, x: Any) -> Any:
        return np.heaviside(self.scores(x), 1)

    def fit(self, x: Any, y: Any, lr: float = 1.0, epochs: int = 100) -> PerceptronResult:
        """Learn by the perceptron's rule, ΔW = η Σ xᵀ (y − ŷ) and Δb = η Σ (y − ŷ) over all examples, until all are right.

        x: (n, in_features); y: 0 or 1, (n, out_features), or (n,) for one unit; lr: η.
        epochs: the most passes that change the weights: examples that no plane parts, such as XOR, are never all right.

        If a plane parts them the rule finds one (Novikoff 1962). Raises ShapeError or DataError for other labels.
        """
        if lr <= 0 or epochs < 0:
            raise ValueError(f"Perceptron.fit: lr must be above 0 and epochs 0 or more, not {lr} and {epochs}")
        x, y = self._examples(x, y)
        for epoch in range(epochs + 1):
            error = y - self(x).numpy()
            mistakes = int(error.any(axis=1).sum())
            if not mistakes or epoch == epochs:
                break
            self.weight.data = self.weight.data + lr * (x.T @ error)
            self.bias.data = self.bias.data + lr * error.sum(axis=0)
        return PerceptronResult(not mistakes, epoch, mistakes)

    def _examples(self, x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        x, y = values(self.title(), x), values(self.title(), y)
        if y.ndim == 1 and self.out_features == 1:
            y = y[:, None]
        if x.ndim != 2 or x.shape[1] != self.in_features or y.shape != (len(x), self.out_features):
            raise ShapeError(
                f"{self.title()}: got examples of shape {x.shape} and labels of shape {y.shape}, "
                f"wants (n, {self.in_features}) and (n, {self.out_features})"
            )
        if not np.isin(y, (0, 1)).all():
            raise DataError(f"{self.title()}: labels must be 0 or 1, not {y[~np.isin(y, (0, 1))][0]}")
        return x.astype(self.weight.dtype, copy=False), y.astype(self.weight.dtype, copy=False)
