"""Penalties on large weights, added to the loss. They act on weights, not on biases: on tensors of two axes or more."""

from collections.abc import Iterable

from autograd import Tensor


class ElasticNet:
    """λ Σ (β w² + |w|), the lectures' R(W) = Σ βW² + |W| times a strength λ.

    Zou and Hastie (2005), Regularization and variable selection via the elastic net.

    >>> from autograd import Tensor
    >>> from optim import ElasticNet
    >>> ElasticNet(0.1, beta=0.5)([Tensor([[1.0, -2.0]])]).item()
    0.55
    """

    def __init__(self, strength: float, beta: float = 1.0):
        if strength < 0 or beta < 0:
            raise ValueError(f"a penalty's strengths are 0 or more, not {strength} and {beta}")
        self.absolute, self.square = strength, strength * beta

    def __call__(self, parameters: Iterable[Tensor]) -> Tensor:
        """The penalty as a term of the loss."""
        total = Tensor(0.0)
        for w in parameters:
            if w.ndim >= 2:
                if self.absolute:
                    total = total + self.absolute * w.abs().sum()
                if self.square:
                    total = total + self.square * (w * w).sum()
        return total


class L1(ElasticNet):
    """λ Σ |w|: drives weights to zero one by one.

    >>> from autograd import Tensor
    >>> from optim import L1
    >>> L1(0.5)([Tensor([[1.0, -2.0]]), Tensor([100.0])]).item()
    1.5
    """

    def __init__(self, strength: float):
        super().__init__(strength, 0.0)


class L2(ElasticNet):
    """λ Σ w²: shrinks all weights.

    >>> from autograd import Tensor
    >>> from optim import L2
    >>> L2(0.5)([Tensor([[1.0, -2.0]])]).item()
    2.5
    """

    def __init__(self, strength: float):
        super().__init__(0.0)
        if strength < 0:
            raise ValueError(f"a penalty's strength is 0 or more, not {strength}")
        self.square = strength
