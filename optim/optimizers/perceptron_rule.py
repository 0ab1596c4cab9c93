"""The perceptron's rule as an optimizer: the error of a step function, handed back through the scores before it."""

from collections.abc import Callable
from typing import Any, Unpack

import numpy as np

from autograd import DataError, ShapeError, Tensor
from autograd.extend import side_effect
from optim.optimizers.base import CommonOptions, Parameters
from optim.optimizers.sgd import SGD


class PerceptronRule(SGD):
    """Δw = η Σ (y − ŷ) x with ŷ = 1 if the score x w + b ≥ 0, else 0; Δb = η Σ (y − ŷ).

    params: parameters or groups, as for every Optimizer: w and b.
    lr:     η.
    maximize, penalty, constraint: as for every Optimizer.

    It is SGD on the loss −Σ (y − ŷ) · score in which ŷ, whose derivative is 0 wherever it has one, counts as a constant: the
    chain rule brings the error y − ŷ from the score to w as (y − ŷ) x, and would bring it through layers before, too. On
    separable examples the rule arrives (Novikoff 1962), on others it need not. `nn.Perceptron.fit` is the same rule as a whole
    training. Rosenblatt (1958), The perceptron.

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
        """Correct the weights by all examples at once.

        closure: returns the scores, as a tensor, and the labels, 0 or 1 for each of them.

        Returns how many labels were wrong before. Raises TypeError, ShapeError or DataError for other things.
        """
        returned = self.evaluate(closure)
        if not (isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[0], Tensor)):
            raise TypeError(f"the closure of PerceptronRule returns scores, a tensor, and labels, not {returned!r:.80}")
        scores = returned[0]
        labels = returned[1].numpy() if isinstance(returned[1], Tensor) else np.asarray(returned[1])
        if labels.size != scores.size:
            raise ShapeError(f"PerceptronRule: {scores.shape} scores need as many labels, not {labels.shape}")
        if not np.isin(labels, (0, 1)).all():
            raise DataError(f"PerceptronRule: labels are 0 or 1, not {labels[~np.isin(labels, (0, 1))][0]}")
        wrong = (scores.numpy() >= 0) - labels.reshape(scores.shape).astype(scores.dtype)
        self.zero_grad()
        scores.backward(wrong)
        super().step()
        return int(np.count_nonzero(wrong))
