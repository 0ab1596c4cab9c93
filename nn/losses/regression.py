"""Losses for regression, as modules."""

from typing import Any

from autograd import Tensor
from nn import functional as F  # noqa: N812
from nn.losses.base import Loss


class SumOfSquaresLoss(Loss):
    """Sum-of-squares error: ½ Σ (t − z)².

    PyTorch and Keras have none; in PyTorch it is MSELoss(reduction="sum") / 2.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.SumOfSquaresLoss()(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    2.0
    """

    is_elementwise = True

    def __init__(self, reduction: str = "sum"):
        super().__init__(reduction)

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.sum_of_squares_loss(input, target, self.reduction)


class QuadraticLoss(Loss):
    """Quadratic cost: 1/(2n) Σᵢ ‖yᵢ − aᵢ‖² of n examples.

    PyTorch and Keras have none; their mean squared error averages over all elements, see MSELoss.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.QuadraticLoss()(Tensor([[1.0, 2.0]]), [[1.0, 4.0]]).item()
    2.0
    """

    is_elementwise = True

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.quadratic_loss(input, target, self.reduction)


class MSELoss(Loss):
    """Mean squared error: (1/n) Σ (x − t)², for equal shapes.

    PyTorch's MSELoss; Keras's MeanSquaredError.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.MSELoss()(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    2.0
    """

    is_elementwise = True

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.mse_loss(input, target, self.reduction)


class L1Loss(Loss):
    """Mean absolute error: (1/n) Σ |x − t|, for equal shapes.

    PyTorch's L1Loss; Keras's MeanAbsoluteError.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.L1Loss()(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    1.0
    """

    is_elementwise = True

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.l1_loss(input, target, self.reduction)


class HuberLoss(Loss):
    """Huber loss of d = x − t: d²/2 if |d| ≤ δ, else δ (|d| − δ/2).

    PyTorch's HuberLoss; Keras's Huber.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.HuberLoss(delta=2.0)(Tensor([4.0]), [0.0]).item()
    6.0
    """

    is_elementwise = True

    def __init__(self, reduction: str = "mean", delta: float = 1.0):
        super().__init__(reduction)
        self.delta = delta

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.huber_loss(input, target, self.reduction, self.delta)


class SmoothL1Loss(Loss):
    """Smooth absolute error of d = x − t: d²/(2β) if |d| ≤ β, else |d| − β/2.

    PyTorch's SmoothL1Loss; Keras has Huber, which is this loss times β.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.SmoothL1Loss(beta=2.0)(Tensor([4.0]), [0.0]).item()
    3.0
    """

    is_elementwise = True

    def __init__(self, reduction: str = "mean", beta: float = 1.0):
        super().__init__(reduction)
        self.beta = beta

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.smooth_l1_loss(input, target, self.reduction, self.beta)
