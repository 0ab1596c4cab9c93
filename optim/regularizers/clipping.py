"""Gradient clipping: gradients are limited before a step, so that a steep slope of the loss does not make it too large."""

import math
from collections.abc import Iterable

import numpy as np

from autograd import Tensor
from autograd.extend import side_effect, suggest_names
from optim.regularizers.norms import joint_norm
from optim.regularizers.parameter_filter import fan_in_axes
from optim.validation import is_number


@side_effect
@suggest_names
def clip_grad_norm(parameters: Iterable[Tensor], limit: float, p: float = 2.0) -> float:
    """Scale all gradients by one factor so that their joint norm (Σ|g|ᵖ)^(1/p) is at most the limit; the direction is kept.

    parameters: tensors; those without a gradient are skipped.
    limit:      of the norm, above 0.
    p:          above 0; 2 for √Σg², math.inf for the largest |g|.

    Returns the norm before clipping. If it is nan or infinite, the gradients keep their values. PyTorch's clip_grad_norm_(…,
    max_norm, norm_type), which divides by the norm + 1e-6; Keras's global_clipnorm.

    Pascanu et al. (2013), On the difficulty of training recurrent neural networks.

    >>> from autograd import Tensor
    >>> from optim import clip_grad_norm
    >>> w = Tensor([0.0, 0.0], requires_grad=True)
    >>> w.grad = [3.0, 4.0]
    >>> clip_grad_norm([w], 1.0), w.grad.numpy().round(6).tolist()
    (5.0, [0.6, 0.8])
    """
    check_limit(limit)
    _check_order(p)
    gradients = [(q, q.grad) for q in _as_list(parameters) if q.grad is not None]
    norm = joint_norm([g.data for _, g in gradients], p)
    if limit < norm < math.inf:
        for q, g in gradients:
            q.grad = g * (limit / norm)
    return norm


@side_effect
@suggest_names
def clip_each_grad_norm(parameters: Iterable[Tensor], limit: float, p: float = 2.0) -> list[float]:
    """Scale each gradient separately so that its norm (Σ|g|ᵖ)^(1/p) is at most the limit; the joint direction may change.

    Arguments as for clip_grad_norm. Returns the norms before clipping, one for each parameter with a gradient. Keras's
    clipnorm.

    >>> from autograd import Tensor
    >>> from optim import clip_each_grad_norm
    >>> w, b = Tensor([0.0, 0.0], requires_grad=True), Tensor(0.0, requires_grad=True)
    >>> w.grad, b.grad = [3.0, 4.0], 0.5
    >>> clip_each_grad_norm([w, b], 1.0), w.grad.numpy().round(6).tolist(), b.grad.item()
    ([5.0, 0.5], [0.6, 0.8], 0.5)
    """
    return [clip_grad_norm([q], limit, p) for q in _as_list(parameters) if q.grad is not None]


@side_effect
@suggest_names
def clip_grad_value(parameters: Iterable[Tensor], low: float, high: float | None = None) -> float:
    """Limit each element of each gradient to [low, high], or to [−low, low] without high; the direction may change.

    Returns the largest absolute value of an element before clipping. PyTorch's clip_grad_value_, Keras's clipvalue.

    >>> from autograd import Tensor
    >>> from optim import clip_grad_value
    >>> w = Tensor([0.0, 0.0], requires_grad=True)
    >>> w.grad = [3.0, 0.5]
    >>> clip_grad_value([w], 1.0), w.grad.tolist()
    (3.0, [1.0, 0.5])
    """
    if high is None:
        check_limit(low)
        low, high = -low, low
    if not low < high:
        raise ValueError(f"the bounds of a gradient must be low < high, not {low} and {high}")
    largest = 0.0
    for q in _as_list(parameters):
        if q.grad is not None and q.size:
            largest = max(largest, float(np.abs(q.grad.data).max()))
            q.grad = q.grad.clip(low, high)
    return largest


@side_effect
@suggest_names
def adaptive_clip(
    parameters: Iterable[Tensor], limit: float = 0.01, eps: float = 1e-3, axis: int | tuple[int, ...] | None = None
) -> float:
    """Adaptive gradient clipping: scale the gradient of each unit so that ‖gᵢ‖ ≤ limit · max(‖wᵢ‖, ε).

    limit: of the ratio ‖gᵢ‖ / max(‖wᵢ‖, ε), above 0.
    eps:   ε, above 0, so that weights of 0 can grow.
    axis:  the axes of the weights wᵢ into one unit; by default the first axis of weights (in, out), all but the first axis of
           kernels (out, in, …), and the axis of a bias, which counts as one unit.

    Returns the largest ratio before clipping. The defaults are the paper's, which does not clip the last layer: leave it out of
    `parameters`. Brock, De, Smith and Simonyan (2021), High-performance large-scale image recognition without normalization.

    >>> from autograd import Tensor
    >>> from optim import adaptive_clip
    >>> w = Tensor([[3.0, 3.0], [4.0, 4.0]], requires_grad=True)
    >>> w.grad = [[0.0, 0.01], [5.0, 0.0]]
    >>> adaptive_clip([w], 0.1), w.grad.numpy().round(6).tolist()
    (1.0, [[0.0, 0.01], [0.5, 0.0]])
    """
    check_limit(limit)
    if not eps > 0:
        raise ValueError(f"eps must be above 0, not {eps}")
    largest = 0.0
    for q in _as_list(parameters):
        if q.grad is not None and q.size:
            axes = (fan_in_axes(q.ndim) if q.ndim else ()) if axis is None else axis
            weight_norms, grad_norms = (np.sqrt(np.square(x).sum(axis=axes, keepdims=True)) for x in (q.data, q.grad.data))
            ratio = grad_norms / np.maximum(weight_norms, eps)
            largest = max(largest, float(ratio.max()))
            q.grad = q.grad * (limit / np.maximum(ratio, limit)).astype(q.dtype)
    return largest


def check_limit(limit: float) -> None:
    """Raise ValueError unless the limit of a gradient is a number above 0."""
    if not (is_number(limit) and limit > 0):
        raise ValueError(f"the limit of a gradient must be above 0, not {limit!r}")


def _as_list(parameters: Iterable[Tensor]) -> list[Tensor]:
    return [parameters] if isinstance(parameters, Tensor) else list(parameters)  # the rows of a tensor have no gradients


def _check_order(p: float) -> None:
    if not p > 0:
        raise ValueError(f"the order p of a norm must be above 0, not {p}")
