"""Penalties on large weights: as a term of the loss, or as the same gradient added by the optimizer without a graph.

By default they act on parameters with two axes or more, so on weights but not on biases.
"""

from collections.abc import Iterable
from functools import reduce
from operator import add

import numpy as np

from autograd import Tensor, is_grad_enabled, no_grad
from optim.regularizers.parameter_filter import ParameterFilter, Where


class ElasticNet(ParameterFilter):
    """λ Σ (β w² + |w|), which is R(W) = Σ βW² + |W| of the lectures times a strength λ.

    strength: λ, 0 or more.
    beta:     β, 0 or more.
    on:       the parameters it acts on: a list, or a function that takes a parameter and returns True or False. By default
              those with two axes or more. (A normalization over several axes has a γ with two axes: list the weights then.)
    proximal: the optimizer does not add the gradient λ (2βw + sign w), where sign 0 = 0. Instead it minimizes the penalty
              exactly after each step: with t = ηλ, w ← (w − clip(w, −t, t)) / (1 + 2βt). Small weights become exactly 0.

    A call with parameters returns a term of the loss. `SGD(…, penalty=ElasticNet(…))` gives the same training without the
    graph, for the parameters that have a gradient. Use one of the two, not both. A proximal penalty adds only its value to a
    loss; the optimizer moves the weights. PyTorch's weight_decay is 2λβ; Keras's L1L2(l1, l2) is λ = l1, λβ = l2;
    scikit-learn's l1_ratio halves the square.

    Zou and Hastie (2005), Regularization and variable selection via the elastic net; Parikh and Boyd (2014), Proximal
    algorithms.

    >>> from autograd import Tensor
    >>> from optim import ElasticNet
    >>> ElasticNet(0.1, beta=0.5)([Tensor([[1.0, -2.0]])]).item()
    0.55
    """

    def __init__(self, strength: float, beta: float = 1.0, *, on: Where = None, proximal: bool = False):
        super().__init__(on)
        self.strength, self.beta = strength, beta
        if not (strength >= 0 and beta >= 0):
            raise ValueError(f"the strength and beta of a penalty must be 0 or more, not {strength} and {beta}")
        self.absolute, self.square, self.proximal = float(strength), float(strength * beta), proximal

    def __call__(self, parameters: Iterable[Tensor]) -> Tensor:
        """The penalty as a term of the loss."""
        if self.proximal and is_grad_enabled():
            return no_grad(self)(parameters)
        parameters = [parameters] if isinstance(parameters, Tensor) else parameters
        terms = []
        for w in filter(self.matches, parameters):
            if self.absolute:
                terms.append(self.absolute * w.abs().sum())
            if self.square:
                terms.append(self.square * (w * w).sum())
        return reduce(add, terms) if terms else Tensor(0.0)

    def add_gradient(self, weights: np.ndarray, gradients: np.ndarray, scratch: np.ndarray, other: np.ndarray) -> None:
        """Add the gradient λ (2βw + sign w) in place, as an optimizer does before its update; nothing if proximal."""
        if self.proximal or not (self.absolute or self.square):
            return
        if self.square:
            np.multiply(weights, 2 * self.square, out=scratch)
        if self.absolute:
            np.sign(weights, out=other)
            other *= self.absolute
            if self.square:
                other += scratch
        gradients += other if self.absolute else scratch

    def shrink(self, weights: np.ndarray, lr: float, scratch: np.ndarray) -> None:
        """Minimize the penalty in place, as an optimizer does after its update if the penalty is proximal."""
        threshold = lr * self.absolute
        np.clip(weights, -threshold, threshold, out=scratch)
        weights -= scratch
        weights /= 1 + 2 * lr * self.square


class L1(ElasticNet):
    """λ Σ |w|: makes weights 0 one after another.

    Arguments as for ElasticNet. With proximal=True this is iterative soft-thresholding, whose zeros are exact: Daubechies,
    Defrise and De Mol (2004), An iterative thresholding algorithm for linear inverse problems. Tibshirani (1996), Regression
    shrinkage and selection via the lasso.

    >>> from autograd import Tensor
    >>> from optim import L1, SGD
    >>> L1(0.5)([Tensor([[1.0, -2.0]]), Tensor([100.0])]).item()
    1.5
    >>> w = Tensor([[1.0, -0.01]], requires_grad=True)
    >>> optimizer = SGD([w], lr=0.1, penalty=L1(0.5, proximal=True))
    >>> w.grad = [[0.0, 0.0]]
    >>> optimizer.step()
    >>> w.tolist()
    [[0.95, 0.0]]
    """

    def __init__(self, strength: float, *, on: Where = None, proximal: bool = False):
        super().__init__(strength, 0.0, on=on, proximal=proximal)


class L2(ElasticNet):
    """λ Σ w²: shrinks all weights in proportion to their size.

    Arguments as for ElasticNet. PyTorch's weight_decay is 2λ, Keras's L2(λ) has the same λ.

    >>> from autograd import Tensor
    >>> from optim import L2
    >>> L2(0.5)([Tensor([[1.0, -2.0]])]).item()
    2.5
    """

    def __init__(self, strength: float, *, on: Where = None, proximal: bool = False):
        super().__init__(strength, on=on, proximal=proximal)
        self.absolute = 0.0
