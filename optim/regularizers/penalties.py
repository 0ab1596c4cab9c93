"""Penalties on large weights: a term of the loss, or the same gradient from the optimizer, without a graph.

They act on weights and not on biases: on parameters of two axes or more, unless told `on` which.
"""

from collections.abc import Iterable
from functools import reduce
from operator import add

import numpy as np

from autograd import Tensor, is_grad_enabled, no_grad
from optim.regularizers.parameter_filter import Chosen, On


class ElasticNet(Chosen):
    """λ Σ (β w² + |w|), the lectures' R(W) = Σ βW² + |W| times a strength λ.

    strength: λ; beta: β, both 0 or more.
    on:       a function that says whether a parameter is meant, or a list of parameters; by default those of two axes or
              more. (A normalization's γ over several axes has two as well: name your weights then.)
    proximal: the optimizer does not follow the gradient λ (2βw + sign w), where sign 0 = 0, but after each step solves for
              the penalty exactly: with t = ηλ, w ← (w − clip(w, −t, t)) / (1 + 2βt). Small weights become exactly 0.

    Called with parameters it is a term of the loss; `SGD(…, penalty=ElasticNet(…))` is the same training without the graph, of
    the parameters that have a gradient. Use one of them, not both. A proximal penalty adds only its value to a loss: its
    pull is the optimizer's. PyTorch's weight_decay is 2λβ; Keras's L1L2(l1, l2) is λ = l1, λβ = l2; scikit-learn's l1_ratio
    halves the square.

    Zou and Hastie (2005), Regularization and variable selection via the elastic net; Parikh and Boyd (2014), Proximal
    algorithms.

    >>> from autograd import Tensor
    >>> from optim import ElasticNet
    >>> ElasticNet(0.1, beta=0.5)([Tensor([[1.0, -2.0]])]).item()
    0.55
    """

    def __init__(self, strength: float, beta: float = 1.0, *, on: On = None, proximal: bool = False):
        super().__init__(on)
        self.strength, self.beta = strength, beta
        if not (strength >= 0 and beta >= 0):
            raise ValueError(f"a penalty's strengths are 0 or more, not {strength} and {beta}")
        self.absolute, self.square, self.proximal = float(strength), float(strength * beta), proximal

    def __call__(self, parameters: Iterable[Tensor]) -> Tensor:
        """The penalty as a term of the loss."""
        if self.proximal and is_grad_enabled():
            return no_grad(self)(parameters)
        parameters = [parameters] if isinstance(parameters, Tensor) else parameters
        terms = []
        for w in filter(self.chooses, parameters):
            if self.absolute:
                terms.append(self.absolute * w.abs().sum())
            if self.square:
                terms.append(self.square * (w * w).sum())
        return reduce(add, terms) if terms else Tensor(0.0)

    def add_gradient(self, weights: np.ndarray, gradients: np.ndarray, scratch: np.ndarray, other: np.ndarray) -> None:
        """What an optimizer adds to its gradients before a step: λ (2βw + sign w), nothing if proximal."""
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
        """What an optimizer does to its weights after a step if the penalty is proximal."""
        threshold = lr * self.absolute
        np.clip(weights, -threshold, threshold, out=scratch)
        weights -= scratch
        weights /= 1 + 2 * lr * self.square


class L1(ElasticNet):
    """λ Σ |w|: drives weights to zero one by one.

    Arguments as for ElasticNet. With proximal=True this is iterative soft-thresholding, and zeros are exact: Daubechies,
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

    def __init__(self, strength: float, *, on: On = None, proximal: bool = False):
        super().__init__(strength, 0.0, on=on, proximal=proximal)


class L2(ElasticNet):
    """λ Σ w²: shrinks all weights in proportion to their size.

    Arguments as for ElasticNet. PyTorch's weight_decay is 2λ, Keras's L2(λ) the same λ.

    >>> from autograd import Tensor
    >>> from optim import L2
    >>> L2(0.5)([Tensor([[1.0, -2.0]])]).item()
    2.5
    """

    def __init__(self, strength: float, *, on: On = None, proximal: bool = False):
        super().__init__(strength, on=on, proximal=proximal)
        self.absolute = 0.0
