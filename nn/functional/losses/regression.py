"""Losses for regression."""

from typing import Any

import numpy as np

from autograd import Tensor
from nn.functional.losses.reduction import reduce_loss
from nn.functional.validation import as_float_pair


def sum_of_squares_loss(input: Any, target: Any, reduction: str = "sum") -> Tensor:
    """Sum-of-squares error: ½ Σ (t − z)², with the derivative z − t with respect to a prediction z.

    reduction: "sum", "mean" or "none" of the terms ½ (t − z)². The sum of squared residuals, without the ½, is
               `mse_loss(…, reduction="sum")`.

    Raises ShapeError if the shapes differ, ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.sum_of_squares_loss(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    2.0
    """
    z, t = as_float_pair("sum_of_squares_loss", input, target)
    return reduce_loss("sum_of_squares_loss", (z - t) ** 2 * 0.5, reduction)


def quadratic_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Quadratic cost: 1/(2n) Σᵢ ‖yᵢ − aᵢ‖², where n is the number of examples, not of elements as in `mse_loss`.

    input, target: (n, …), of equal shapes.
    reduction:     "mean" over the examples, "sum" or "none" of the terms ½ ‖yᵢ − aᵢ‖².

    Raises ShapeError if the shapes differ, ValueError for other reductions.
    Nielsen, Neural networks and deep learning (2015), chapter 1.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.quadratic_loss(Tensor([[1.0, 2.0], [0.0, 0.0]]), [[1.0, 4.0], [0.0, 0.0]]).item()
    1.0
    """
    a, y = as_float_pair("quadratic_loss", input, target)
    squares = (a - y) ** 2 * 0.5
    return reduce_loss("quadratic_loss", squares.sum(axis=tuple(range(1, squares.ndim))), reduction)


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Mean squared error: (1/n) Σ (x − t)², over all elements.

    reduction: "mean", "sum" (the sum of squared residuals) or "none" (the squares).

    Raises ShapeError if the shapes differ, as (n, 1) and (n,) do, which would broadcast to (n, n); ValueError for other
    reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.mse_loss(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    2.0
    """
    x, t = as_float_pair("mse_loss", input, target)
    return reduce_loss("mse_loss", (x - t) ** 2, reduction)


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Mean absolute error: (1/n) Σ |x − t|, over all elements; its derivative at x = t is 0.

    reduction: "mean", "sum" or "none".

    Raises ShapeError if the shapes differ, ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.l1_loss(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    1.0
    """
    x, t = as_float_pair("l1_loss", input, target)
    return reduce_loss("l1_loss", abs(x - t), reduction)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Huber loss of d = x − t, mean over all elements: d²/2 if |d| ≤ δ, else δ (|d| − δ/2).

    reduction: "mean", "sum" or "none"; delta: δ > 0, where the quadratic part ends and the linear part starts.

    Raises ShapeError if the shapes differ, ValueError for other options.
    Huber, Robust estimation of a location parameter (1964).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.huber_loss(Tensor([1.0, 4.0]), [0.0, 0.0], reduction="none")
    Tensor([0.5, 3.5])
    """
    if not delta > 0:
        raise ValueError(f"huber_loss: delta must be above 0, not {delta}")
    x, t = as_float_pair("huber_loss", input, target)
    return reduce_loss("huber_loss", _huber(x - t, delta), reduction)


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """Smooth absolute error of d = x − t, mean over all elements: d²/(2β) if |d| ≤ β, else |d| − β/2.

    reduction: "mean", "sum" or "none"; beta: β ≥ 0. It equals `l1_loss` if β = 0, else `huber_loss` / β.

    Raises ShapeError if the shapes differ, ValueError for other options. Girshick, Fast R-CNN (2015).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.smooth_l1_loss(Tensor([1.0, 4.0]), [0.0, 0.0], reduction="none", beta=2.0)
    Tensor([0.25, 3.  ])
    """
    if not beta >= 0:
        raise ValueError(f"smooth_l1_loss: beta must be 0 or more, not {beta}")
    x, t = as_float_pair("smooth_l1_loss", input, target)
    return reduce_loss("smooth_l1_loss", _huber(x - t, beta) / beta if beta else abs(x - t), reduction)


def _huber(d, delta):
    clipped = np.clip(d, -delta, delta)
    return clipped * (d - clipped * 0.5)
