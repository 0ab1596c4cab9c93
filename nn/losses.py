"""Losses as modules: called with the prediction and the target, they give one number to minimise."""

from typing import Any

from autograd import Tensor
from nn import functional
from nn.module import Module


class MSELoss(Module):
    """Mean squared error: (1/n) Σ (prediction − target)²; both of one shape.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.MSELoss()(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    2.0
    """

    def forward(self, prediction: Any, target: Any) -> Tensor:
        return functional.mse(prediction, target)


class CrossEntropyLoss(Module):
    """Cross-entropy of class indices: −(1/n) Σᵢ log softmax(logitsᵢ)[labelsᵢ].

    Logits are (n, classes), labels (n,) integers; the softmax is inside and does not overflow.

    >>> import nn
    >>> from autograd import Tensor
    >>> round(nn.CrossEntropyLoss()(Tensor([[0.0, 0.0], [1000.0, 0.0]]), [1, 0]).item(), 4)
    0.3466
    """

    def forward(self, logits: Any, labels: Any) -> Tensor:
        return functional.cross_entropy(logits, labels)
