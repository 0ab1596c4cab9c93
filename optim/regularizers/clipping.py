"""Gradients limited before a step, so that one cliff of the loss does not throw the parameters far away."""

import math
from collections.abc import Iterable

import numpy as np

from autograd import Tensor
from autograd.extend import side_effect
from optim.regularizers.parameter_filter import fan_in_axes
from optim.validation import is_number


@side_effect
def clip_grad_norm(parameters: Iterable[Tensor], limit: float, p: float = 2.0) -> float:
    """Scale all gradients together so that their norm (Σ|g|ᵖ)^(1/p) is at most the limit: the direction stays.

    p: above 0; 2 for √Σg², math.inf for the largest |g|.

    Returns the norm before clipping. PyTorch's clip_grad_norm_(…, max_norm, norm_type), which divides by the norm + 1e-6;
    Keras's global_clipnorm. Pascanu et al. (2013), On the difficulty of training recurrent neural networks.

    >>> from autograd import Tensor
    >>> from optim import clip_grad_norm
    >>> w = Tensor([0.0, 0.0], requires_grad=True)
    >>> w.grad = [3.0, 4.0]
    >>> clip_grad_norm([w], 1.0), w.grad.numpy().round(6).tolist()
    (5.0, [0.6, 0.8])
    """
    check_limit(limit)
    _check_order(p)
    gradients = [(q, q.grad) for q in _listed(parameters) if q.grad is not None]
    norm = _norm([g.data for _, g in gradients], p)
    if limit < norm < math.inf:
        for q, g in gradients:
            q.grad = g * (limit / norm)
    return norm


@side_effect
def clip_each_grad_norm(parameters: Iterable[Tensor], limit: float, p: float = 2.0) -> list[float]:
    """Scale each gradient on its own so that its norm (Σ|g|ᵖ)^(1/p) is at most the limit: the direction of all may change.

    Returns the norms before clipping, of the parameters that have a gradient. Keras's clipnorm.

    >>> from autograd import Tensor
    >>> from optim import clip_each_grad_norm
    >>> w, b = Tensor([0.0, 0.0], requires_grad=True), Tensor(0.0, requires_grad=True)
    >>> w.grad, b.grad = [3.0, 4.0], 0.5
    >>> clip_each_grad_norm([w, b], 1.0), w.grad.numpy().round(6).tolist(), b.grad.item()
    ([5.0, 0.5], [0.6, 0.8], 0.5)
    """
    return [clip_grad_norm([q], limit, p) for q in _listed(parameters) if q.grad is not None]


@side_effect
def clip_grad_value(parameters: Iterable[Tensor], low: float, high: float | None = None) -> float:
    """Limit each element of each gradient to [low, high], or to [−low, low] if there is one number: the direction may change.

    Returns the largest absolute element before clipping. PyTorch's clip_grad_value_, Keras's clipvalue.

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
        raise ValueError(f"the bounds of a gradient must be the lower and the higher one, not {low} and {high}")
    largest = 0.0
    for q in _listed(parameters):
        if q.grad is not None and q.size:
            largest = max(largest, float(np.abs(q.grad.data).max()))
            q.grad = q.grad.clip(low, high)
    return largest


@side_effect
def adaptive_clip(
    parameters: Iterable[Tensor], limit: float = 0.01, eps: float = 1e-3, axis: int | tuple[int, ...] | None = None
) -> float:
    """Scale the gradient of each unit so that ‖gᵢ‖ ≤ limit · max(‖wᵢ‖, ε): adaptive gradient clipping.

    limit: of the ratio, above 0.
    eps:   ε, so that weights of 0 can grow.
    axis:  along which the weights wᵢ into one unit lie; by default the first of weights (in, out), all but the first of kernels
           (out, in, …), and all of a bias, which is one unit.

    Returns the largest ratio before clipping. The defaults are the paper's, which spares the last layer: leave it out of
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
    for q in _listed(parameters):
        if q.grad is not None and q.size:
            along = (fan_in_axes(q.ndim) if q.ndim else ()) if axis is None else axis
            norms = [np.sqrt(np.square(x).sum(axis=along, keepdims=True)) for x in (q.data, q.grad.data)]
            ratio = norms[1] / np.maximum(norms[0], eps)
            largest = max(largest, float(ratio.max()))
            q.grad = q.grad * (limit / np.maximum(ratio, limit)).astype(q.dtype)
    return largest


def check_limit(limit: float) -> None:
    """Raise ValueError unless a gradient can be limited by this number."""
    if not (is_number(limit) and limit > 0):
        raise ValueError(f"the limit of a gradient must be above 0, not {limit!r}")


def _norm(arrays: list[np.ndarray], p: float) -> float:
    largest = max((float(np.abs(g).max()) for g in arrays if g.size), default=0.0)
    if largest == 0 or not largest < math.inf or p == math.inf:
        return largest  # nothing to limit, nothing that a limit could save, or already the norm
    scaled = [np.abs(g).ravel() / largest for g in arrays]  # powers of what is left neither overflow nor vanish
    powers = sum(float(g @ g) if p == 2 else float((g**p).sum()) for g in scaled)
    return largest * powers ** (1 / p)


def _listed(parameters: Iterable[Tensor]) -> list[Tensor]:
    return [parameters] if isinstance(parameters, Tensor) else list(parameters)  # a tensor's rows have no gradients


def _check_order(p: float) -> None:
    if not p > 0:
        raise ValueError(f"the order p of a norm must be above 0, not {p}")
