"""Losses of distances between embeddings, as modules."""

from typing import Any

from autograd import Tensor
from nn import functional as F  # noqa: N812
from nn.losses.base import Loss


class CosineEmbeddingLoss(Loss):
    """Cosine embedding loss of pairs: (1/n) Σ of 1 − cos(x₁, x₂) if y = 1, max(0, cos(x₁, x₂) − margin) if y = −1.

    PyTorch's CosineEmbeddingLoss; Keras's CosineSimilarity is −cos for all pairs.

    >>> import nn
    >>> from autograd import Tensor
    >>> round(nn.CosineEmbeddingLoss()(Tensor([[3.0, 4.0]]), [[4.0, 3.0]], [1]).item(), 4)
    0.04
    """

    def __init__(self, margin: float = 0.0, reduction: str = "mean"):
        super().__init__(reduction)
        self.margin = margin

    def forward(self, input1: Any, input2: Any, target: Any) -> Tensor:
        return F.cosine_embedding_loss(input1, input2, target, self.margin, self.reduction)


class TripletMarginLoss(Loss):
    """Triplet loss: (1/n) Σ max(0, d(a, p) − d(a, n) + margin), with d(x, y) = ‖x − y + eps‖ₚ.

    PyTorch's TripletMarginLoss; Keras has none.

    >>> import nn
    >>> from autograd import Tensor
    >>> round(nn.TripletMarginLoss()(Tensor([[0.0, 0.0]]), [[0.0, 1.0]], [[1.5, 0.0]]).item(), 4)
    0.5
    """

    def __init__(self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, reduction: str = "mean"):
        super().__init__(reduction)
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Tensor:
        return F.triplet_margin_loss(anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction)
