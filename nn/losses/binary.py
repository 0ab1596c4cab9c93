"""Losses for binary classification, as modules."""

from typing import Any

from autograd import Tensor
from nn import functional as F  # noqa: N812
from nn.losses.base import Loss, as_buffer


class BCELoss(Loss):
    """Binary cross-entropy of probabilities: −(1/n) Σ [y log p + (1 − y) log(1 − p)].

    PyTorch's BCELoss; Keras's BinaryCrossentropy.

    >>> import nn
    >>> from autograd import Tensor
    >>> round(nn.BCELoss()(Tensor([0.5]), [1.0]).item(), 4)
    0.6931
    """

    decision_threshold = 0.5
    is_elementwise = True

    def __init__(self, weight: Any = None, reduction: str = "mean"):
        super().__init__(reduction)
        self.weight = as_buffer(weight)

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, self.reduction)


class BCEWithLogitsLoss(Loss):
    """Binary cross-entropy of logits, p = σ(x): −(1/n) Σ [w₊ y log p + (1 − y) log(1 − p)], without overflow.

    PyTorch's BCEWithLogitsLoss; Keras's BinaryCrossentropy(from_logits=True).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.BCEWithLogitsLoss(pos_weight=2.0)(Tensor([-1000.0]), [1.0]).item()
    2000.0
    """

    decision_threshold = 0.0
    is_elementwise = True

    def __init__(self, weight: Any = None, reduction: str = "mean", pos_weight: Any = None):
        super().__init__(reduction)
        self.weight = as_buffer(weight)
        self.pos_weight = as_buffer(pos_weight)

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.binary_cross_entropy_with_logits(input, target, self.weight, self.reduction, self.pos_weight)


class HingeLoss(Loss):
    """Hinge loss of targets −1 and 1: (1/n) Σ max(0, 1 − t x).

    Keras's Hinge, which also accepts 0 for −1. PyTorch's HingeEmbeddingLoss is a different loss, of distances.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.HingeLoss()(Tensor([2.0, 0.5]), [1, 1]).item()
    0.25
    """

    decision_threshold = 0.0
    is_elementwise = True

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.hinge_loss(input, target, self.reduction)
