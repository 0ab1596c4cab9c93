"""Constraints on weights, restored after each step: `SGD(…, constraint=MaxNorm(3))`."""

import numpy as np

from optim.regularizers.parameter_filter import ParameterFilter, Where, fan_in_axes


class Constraint(ParameterFilter):
    """Moves weights to the nearest ones that are allowed; a constraint of your own says how in `apply`.

    on: a function that says whether a parameter is meant, or a list of parameters; by default those of two axes or more.

    An optimizer applies it to the parameters that a step has moved.

    >>> from autograd import Tensor
    >>> from optim import SGD, Constraint
    >>> class Rounded(Constraint):
    ...     def apply(self, weights):
    ...         weights.round(1, out=weights)
    >>> w = Tensor([[1.0]], requires_grad=True)
    >>> w.grad = [[0.123]]
    >>> SGD([w], lr=1.0, constraint=Rounded()).step()
    >>> w.tolist()
    [[0.9]]
    """

    def apply(self, weights: np.ndarray) -> None:
        """Change the values of one parameter in place."""
        raise NotImplementedError(f"{type(self).__name__} needs a method apply(self, weights)")


class MaxNorm(Constraint):
    """The weights into each unit have norm at most c: w ← w · min(1, c / ‖w‖).

    limit: c, above 0.
    axis:  along which the weights into one unit lie; by default the first of weights (in, out), and all but the first of
           kernels (out, in, …).
    on:    as for Constraint.

    Keras's MaxNorm(c, axis), which kernels there, (…, in, out), need all but the last axis for. Srivastava et al. (2014),
    Dropout, after Srebro and Shraibman (2005), Rank, trace-norm and max-norm.

    >>> from autograd import Tensor
    >>> from optim import MaxNorm, SGD
    >>> w = Tensor([[3.0, 0.3], [4.0, 0.4]], requires_grad=True)
    >>> w.grad = [[0.0, 0.0], [0.0, 0.0]]
    >>> SGD([w], constraint=MaxNorm(2.5)).step()
    >>> w.tolist()
    [[1.5, 0.3], [2.0, 0.4]]
    """

    def __init__(self, limit: float, axis: int | tuple[int, ...] | None = None, *, on: Where = None):
        super().__init__(on)
        if not limit > 0:
            raise ValueError(f"the limit of a norm must be above 0, not {limit}")
        self.limit, self.axis = float(limit), axis

    def apply(self, weights: np.ndarray) -> None:
        axis = fan_in_axes(weights.ndim) if self.axis is None else self.axis
        norms = np.sqrt(np.square(weights).sum(axis=axis if weights.ndim else None, keepdims=True))
        weights *= self.limit / np.maximum(norms, self.limit)


class NonNegative(Constraint):
    """No weight is below 0: w ← max(w, 0).

    on: as for Constraint. Keras's NonNeg.

    >>> from autograd import Tensor
    >>> from optim import NonNegative, SGD
    >>> w = Tensor([[1.0, -1.0]], requires_grad=True)
    >>> w.grad = [[0.5, 0.5]]
    >>> SGD([w], lr=1.0, constraint=NonNegative()).step()
    >>> w.tolist()
    [[0.5, 0.0]]
    """

    def __init__(self, *, on: Where = None):
        super().__init__(on)

    def apply(self, weights: np.ndarray) -> None:
        np.maximum(weights, 0, out=weights)
