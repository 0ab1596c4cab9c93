"""Constraints on weights, applied after each step: `SGD(…, constraint=MaxNorm(3))`."""

import numpy as np

from optim.regularizers.parameter_filter import ParameterFilter, Where, fan_in_axes


class Constraint(ParameterFilter):
    """Replaces weights by the nearest allowed ones; subclasses implement `apply`.

    on: the parameters it acts on: a list, or a function that takes a parameter and returns True or False. By default those
        with two axes or more.

    An optimizer applies the constraint to the parameters that a step has moved.

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
    """Limits the norm of the weights into each unit to c: w ← w · min(1, c / ‖w‖).

    limit: c, above 0.
    axis:  the axes of the weights into one unit; by default the first axis of weights (in, out), and all but the first axis of
           kernels (out, in, …).
    on:    as for Constraint.

    Keras's MaxNorm(c, axis); kernels there are (…, in, out), so axis is all but the last. Srivastava et al. (2014),
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
    """Replaces negative weights by 0: w ← max(w, 0).

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
