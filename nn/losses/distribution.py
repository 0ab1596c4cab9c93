"""Losses of predicted distributions, as modules."""

from typing import Any

from autograd import Tensor
from nn import functional as F  # noqa: N812
from nn.losses.base import Loss


class KLDivLoss(Loss):
    """Kullback–Leibler divergence of q = eˣ from the target p: Σ p (log p − x).

    reduction: "batchmean" averages the divergence over the distributions; "mean", the default, divides by the number of
               elements.

    PyTorch's KLDivLoss; Keras's KLDivergence takes q instead of log q and averages over the distributions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.KLDivLoss(reduction="batchmean")(Tensor([[0.5, 0.5]]).log(), [[0.5, 0.5]]).item()
    0.0
    """

    def __init__(self, reduction: str = "mean", log_target: bool = False):
        super().__init__(reduction)
        self.log_target = log_target

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.kl_div(input, target, self.reduction, self.log_target)


class PoissonNLLLoss(Loss):
    """Negative log-likelihood of counts under a Poisson distribution, from log λ: (1/n) Σ λ − k log λ.

    PyTorch's PoissonNLLLoss; Keras's Poisson takes λ, like this loss with log_input=False.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.PoissonNLLLoss()(Tensor([0.0]), [3]).item()
    1.0
    """

    is_elementwise = True

    def __init__(self, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean"):
        super().__init__(reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, input: Any, target: Any) -> Tensor:
        return F.poisson_nll_loss(input, target, self.log_input, self.full, self.eps, self.reduction)


class GaussianNLLLoss(Loss):
    """Negative log-likelihood under normal distributions: (1/n) Σ ½ [log σ² + (t − μ)²/σ²].

    PyTorch's GaussianNLLLoss; Keras has none.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.GaussianNLLLoss()(Tensor([1.0]), [3.0], Tensor([1.0])).item()
    2.0
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean"):
        super().__init__(reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Any, target: Any, var: Any) -> Tensor:
        return F.gaussian_nll_loss(input, target, var, self.full, self.eps, self.reduction)
