"""Losses for classification into several classes, as modules."""

from typing import Any

from autograd import Tensor
from nn import functional as F  # noqa: N812
from nn.losses.base import Loss, as_buffer


class CrossEntropyLoss(Loss):
    """Cross-entropy of softmax(x) with class indices, −(1/n) Σᵢ log softmax(xᵢ)[yᵢ], or with distributions.

    Logits are (n, classes), class indices (n,) integers. The loss includes the softmax and does not overflow.

    PyTorch's CrossEntropyLoss; Keras's SparseCategoricalCrossentropy and CategoricalCrossentropy, with from_logits=True.

    >>> import nn
    >>> from autograd import Tensor
    >>> round(nn.CrossEntropyLoss()(Tensor([[0.0, 0.0], [1000.0, 0.0]]), [1, 0]).item(), 4)
    0.3466
    """

    def __init__(self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0):
        super().__init__(reduction)
        self.weight = as_buffer(weight)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.cross_entropy(input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing)


class NLLLoss(Loss):
    """Negative log-likelihood of class indices, from log-probabilities: −(1/n) Σᵢ xᵢ[yᵢ].

    PyTorch's NLLLoss; Keras's SparseCategoricalCrossentropy takes probabilities instead of log-probabilities.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.NLLLoss()(Tensor([[-0.5, -1.0], [-2.0, -0.25]]), [0, 1]).item()
    0.375
    """

    def __init__(self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean"):
        super().__init__(reduction)
        self.weight = as_buffer(weight)
        self.ignore_index = ignore_index

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.nll_loss(input, target, self.weight, self.ignore_index, self.reduction)


class MultiMarginLoss(Loss):
    """Multi-class hinge loss: (1/n) Σᵢ 1/classes Σ꜀≠yᵢ max(0, margin − xᵢ[yᵢ] + xᵢ꜀)ᵖ.

    PyTorch's MultiMarginLoss; Keras's CategoricalHinge uses only the largest score of the other classes.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.MultiMarginLoss(margin=2.5)(Tensor([[0.0, 2.0]]), [1]).item()
    0.25
    """

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: str = "mean"):
        super().__init__(reduction)
        self.p, self.margin = p, margin
        self.weight = as_buffer(weight)

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.multi_margin_loss(input, target, self.p, self.margin, self.weight, self.reduction)
