"""Losses of predicted numbers."""

from typing import Any

import numpy as np

from autograd import Tensor
from nn.functional.losses.reduction import reduced
from nn.functional.validation import pair


def sum_of_squares_loss(input: Any, target: Any, reduction: str = "sum") -> Tensor:
    """Sum-of-squares error: ½ Σ (t − z)², whose derivative by a prediction z is z − t.

    reduction: "sum"; or "mean" or "none" of the ½ (t − z)². The sum of squared residuals, without the ½, is
               `mse_loss(…, reduction="sum")`.

    Raises ShapeError if the shapes differ, ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.sum_of_squares_loss(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    2.0
    """
    z, t = pair("sum_of_squares_loss", input, target)
    return reduced("sum_of_squares_loss", (z - t) ** 2 * 0.5, reduction)


def quadratic_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Quadratic cost: 1/(2n) Σᵢ ‖yᵢ − aᵢ‖², where n counts the examples and not, as in `mse_loss`, the elements.

    input, target: (n, …) of one shape.
    reduction:     "mean" over the examples; or "sum" or "none" of the ½ ‖yᵢ − aᵢ‖².

    Raises ShapeError if the shapes differ, ValueError for other reductions.
    Nielsen, Neural networks and deep learning (2015), chapter 1.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.quadratic_loss(Tensor([[1.0, 2.0], [0.0, 0.0]]), [[1.0, 4.0], [0.0, 0.0]]).item()
    1.0
    """
    a, y = pair("quadratic_loss", input, target)
    squares = (a - y) ** 2 * 0.5
    return reduced("quadratic_loss", squares.sum(axis=tuple(range(1, squares.ndim))), reduction)


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Mean squared error: (1/n) Σ (x − t)², over all elements.

    reduction: "mean"; or "sum", the sum of squared residuals; or "none", the squares.

    Raises ShapeError if the shapes differ: broadcasting (n, 1) against (n,) is a classic mistake; ValueError for other
    reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.mse_loss(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    2.0
    """
    x, t = pair("mse_loss", input, target)
    return reduced("mse_loss", (x - t) ** 2, reduction)


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """Mean absolute error: (1/n) Σ |x − t|, over all elements; its derivative where x = t is 0.

    reduction: "mean", "sum" or "none".

    Raises ShapeError if the shapes differ, ValueError for other reductions.

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.l1_loss(Tensor([1.0, 2.0]), [1.0, 4.0]).item()
    1.0
    """
    x, t = pair("l1_loss", input, target)
    return reduced("l1_loss", abs(x - t), reduction)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Huber loss of d = x − t, mean over all elements: d²/2 for |d| ≤ δ, δ (|d| − δ/2) beyond.

    reduction: "mean", "sum" or "none"; delta: δ > 0, where the parabola turns into lines.

    Raises ShapeError if the shapes differ, ValueError for other options.
    Huber, Robust estimation of a location parameter (1964).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.huber_loss(Tensor([1.0, 4.0]), [0.0, 0.0], reduction="none")
    Tensor([0.5, 3.5])
    """
    if not delta > 0:
        raise ValueError(f"huber_loss: delta must be above 0, not {delta}")
    x, t = pair("huber_loss", input, target)
    return reduced("huber_loss", _huber(x - t, delta), reduction)


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """Smooth absolute error of d = x − t, mean over all elements: d²/(2β) for |d| ≤ β, |d| − β/2 beyond.

    reduction: "mean", "sum" or "none"; beta: β ≥ 0; with 0 this is `l1_loss`, otherwise `huber_loss` / β.

    Raises ShapeError if the shapes differ, ValueError for other options. Girshick, Fast R-CNN (2015).

    >>> import nn
    >>> from autograd import Tensor
    >>> nn.functional.smooth_l1_loss(Tensor([1.0, 4.0]), [0.0, 0.0], reduction="none", beta=2.0)
    Tensor([0.25, 3.  ])
    """
    if not beta >= 0:
        raise ValueError(f"smooth_l1_loss: beta must be 0 or more, not {beta}")
    x, t = pair("smooth_l1_loss", input, target)
    return reduced("smooth_l1_loss", _huber(x - t, beta) / beta if beta else abs(x - t), reduction)


def _huber(d, delta):
    inside = np.clip(d, -delta, delta)
    return inside * (d - inside * 0.5)
