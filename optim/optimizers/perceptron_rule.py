"""The perceptron rule as an optimizer: the error of a step function is the gradient of its scores."""

from collections.abc import Callable
from typing import Any, Unpack

import numpy as np

from autograd import DataError, ShapeError, Tensor
from autograd.extend import side_effect
from optim.optimizers.base import CommonOptions, Parameters
from optim.optimizers.sgd import SGD


class PerceptronRule(SGD):
    """Δw = η Σ (y − ŷ) x with ŷ = 1 if the score x w + b ≥ 0, else 0; Δb = η Σ (y − ŷ).

    params: parameters or groups, as for every Optimizer, such as w and b.
    lr:     η.
    maximize, penalty, constraint: as for every Optimizer.

    This is SGD on the loss −Σ (y − ŷ) · score with ŷ constant; its derivative is 0 wherever it exists. By the chain rule the
    gradient of w is −(y − ŷ) x, and earlier layers would have gradients too. On linearly separable examples the rule converges
    (Novikoff 1962), on others it may not. `nn.Perceptron.fit` is a training with the same rule. Rosenblatt (1958), The
    perceptron.

    >>> from autograd import Tensor
    >>> from optim import PerceptronRule
    >>> x, y = Tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), [0, 0, 0, 1]
    >>> w, b = Tensor([0.0, 0.0], requires_grad=True), Tensor(0.0, requires_grad=True)
    >>> rule = PerceptronRule([w, b])
    >>> [rule.step(lambda: (x @ w + b, y)) for _ in range(6)]
    [3, 1, 1, 2, 1, 0]
    """

    def __init__(self, params: Parameters, lr: float = 1.0, **common: Unpack[CommonOptions]):
        super().__init__(params, lr, **common)

    @side_effect
    def step(self, closure: Callable[[], Any] | None = None) -> int:
        """Update the weights once by all examples.

        closure: returns the scores, a tensor, and the labels, 0 or 1 for each score.

        Returns the number of wrong predictions before the update. Raises TypeError if the closure does not return scores and
        labels, ShapeError if their numbers differ, DataError for a label that is not 0 or 1.
        """
        returned = self.evaluate(closure)
        if not (isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[0], Tensor)):
            raise TypeError(f"the closure of PerceptronRule returns scores, a tensor, and labels, not {returned!r:.80}")
        scores = returned[0]
        labels = returned[1].numpy() if isinstance(returned[1], Tensor) else np.asarray(returned[1])
        if labels.size != scores.size:
            raise ShapeError(
                f"PerceptronRule: scores of shape {scores.shape} need as many labels, not labels of shape {labels.shape}"
            )
        if not np.isin(labels, (0, 1)).all():
            raise DataError(f"PerceptronRule: labels must be 0 or 1, not {labels[~np.isin(labels, (0, 1))][0]}")
        errors = (scores.numpy() >= 0) - labels.reshape(scores.shape).astype(scores.dtype)
        self.zero_grad()
        scores.backward(errors)
        super().step()
        return int(np.count_nonzero(errors))
