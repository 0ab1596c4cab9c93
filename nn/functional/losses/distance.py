"""Losses of embeddings: which should be near to each other, and which far."""

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, minimum, relu, sqrt, where
from nn.functional.losses.reduction import reduced
from nn.functional.validation import real, refuse, same_shape, values


def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean") -> Tensor:
    """Cosine of the angle between pairs: (1/n) Σ of 1 − cos(x₁, x₂) where y = 1 and max(0, cos(x₁, x₂) − margin) where y = −1.

    input1, input2: (n, features) or (features,), of one shape.
    target:         y: (n,) or a single number: 1 for pairs that belong together, −1 for others.
    margin:         from −1 to 1: below this cosine other pairs cost nothing.
    reduction:      "mean", "sum" or "none".

    10⁻¹² is added to squared lengths: the cosine with a vector of zeros is 0. Raises ShapeError if shapes do not fit,
    DataError for other targets, ValueError for other options.

    >>> import nn
    >>> from autograd import Tensor
    >>> x = Tensor([[3.0, 4.0], [1.0, 0.0]])
    >>> nn.functional.cosine_embedding_loss(x, [[4.0, 3.0], [0.0, 1.0]], [1, -1], reduction="none").numpy().round(4).tolist()
    [0.04, 0.0]
    """
    name = "cosine_embedding_loss"
    if not -1 <= margin <= 1:
        raise ValueError(f"{name}: margin must be from −1 to 1, not {margin}")
    one = real(name, input1)
    other, y = real(name, input2, one.dtype), values(name, target)
    same_shape(name, input1=one, input2=other)
    if one.ndim not in (1, 2) or y.shape != one.shape[:-1]:
        raise ShapeError(f"{name}: got inputs of shape {one.shape} and target of shape {y.shape}, wants (n, features) and (n,)")
    refuse(name, "target", y, (y != 1) & (y != -1), "−1 or 1")
    lengths = ((one * one).sum(axis=-1) + 1e-12) * ((other * other).sum(axis=-1) + 1e-12)
    cosine = (one * other).sum(axis=-1) / sqrt(lengths)
    return reduced(name, where(y == 1, 1 - cosine, relu(cosine - margin)), reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """Triplet loss: (1/n) Σ max(0, d(a, p) − d(a, n) + margin), with d(x, y) = ‖x − y + eps‖ₚ.

    anchor, positive, negative: (…, features), of one shape: the positive should be nearer to the anchor than the negative.
    margin:    > 0: by how much nearer; the derivative where it is just reached is 0.
    p:         the norm of distances, along the last axis.
    eps:       keeps the derivative of a distance 0 finite.
    swap:      the negative's distance is that to anchor or positive, whichever is nearer.
    reduction: "mean", "sum" or "none".

    Raises ShapeError if the shapes differ, ValueError for other options.
    Schroff et al., FaceNet (2015); swap: Balntas et al., Learning local feature descriptors with triplets (2016).

    >>> import nn
    >>> from autograd import Tensor
    >>> a, near, far = Tensor([[0.0, 0.0]]), [[0.0, 1.0]], [[1.5, 0.0]]
    >>> round(nn.functional.triplet_margin_loss(a, near, far).item(), 4)
    0.5
    """
    name = "triplet_margin_loss"
    if not margin > 0:
        raise ValueError(f"{name}: margin must be above 0, not {margin}")
    a = real(name, anchor)
    near, far = real(name, positive, a.dtype), real(name, negative, a.dtype)
    same_shape(name, anchor=a, positive=near, negative=far)
    if not a.ndim:
        raise ShapeError(f"{name}: got single numbers, wants vectors (…, features)")
    to_far = _distance(a, far, p, eps)
    if swap:
        to_far = minimum(to_far, _distance(near, far, p, eps))
    return reduced(name, relu(_distance(a, near, p, eps) - to_far + margin), reduction)


def _distance(x, y, p, eps):
    return np.linalg.norm(x - y + eps, ord=p, axis=-1)
