"""Losses of distances between embeddings."""

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, minimum, relu, sqrt, where
from nn.functional.losses.reduction import reduce_loss
from nn.functional.validation import as_floats, require, require_same_shape, values


def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean") -> Tensor:
    """Cosine embedding loss of pairs: (1/n) Σ of 1 − cos(x₁, x₂) if y = 1, and max(0, cos(x₁, x₂) − margin) if y = −1.

    input1, input2: (n, features) or (features,), of equal shapes.
    target:         y, (n,) or a scalar: 1 for similar pairs, −1 for dissimilar pairs.
    margin:         from −1 to 1. Dissimilar pairs with a smaller cosine have loss 0.
    reduction:      "mean", "sum" or "none".

    10⁻¹² is added to squared lengths, so that the cosine with a zero vector is 0. Raises ShapeError for other shapes,
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
    x1 = as_floats(name, input1)
    x2, y = as_floats(name, input2, x1.dtype), values(name, target)
    require_same_shape(name, input1=x1, input2=x2)
    if x1.ndim not in (1, 2) or y.shape != x1.shape[:-1]:
        raise ShapeError(
            f"{name}: got inputs of shape {x1.shape} and target of shape {y.shape}, expected (n, features) and (n,)"
        )
    require(name, "target", y, (y == 1) | (y == -1), "−1 or 1")
    dtype, x1, x2 = x1.dtype, _widen(x1), _widen(x2)
    squared_norms = ((x1 * x1).sum(axis=-1) + 1e-12) * ((x2 * x2).sum(axis=-1) + 1e-12)
    cosine = (x1 * x2).sum(axis=-1) / sqrt(squared_norms)
    losses = where(y == 1, 1 - cosine, relu(cosine - margin))
    return reduce_loss(name, losses if losses.dtype == dtype else losses.astype(dtype), reduction)


def _widen(x):
    """x, in float32 if it is float16: squares above 65504 are infinite in float16."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


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

    anchor, positive, negative: (…, features), of equal shapes. The positive should be closer to the anchor than the negative.
    margin:    > 0, the required difference of the distances; the derivative at the kink is 0.
    p:         order of the norm, taken along the last axis.
    eps:       keeps the derivative finite at distance 0.
    swap:      whether to replace d(a, n) by d(p, n) where the latter is smaller.
    reduction: "mean", "sum" or "none".

    Raises ShapeError if the shapes differ, ValueError for other options.
    Schroff et al., FaceNet (2015); swap: Balntas et al., Learning local feature descriptors with triplets (2016).

    >>> import nn
    >>> from autograd import Tensor
    >>> anchor, positive, negative = Tensor([[0.0, 0.0]]), [[0.0, 1.0]], [[1.5, 0.0]]
    >>> round(nn.functional.triplet_margin_loss(anchor, positive, negative).item(), 4)
    0.5
    """
    name = "triplet_margin_loss"
    if not margin > 0:
        raise ValueError(f"{name}: margin must be above 0, not {margin}")
    anchor = as_floats(name, anchor)
    positive, negative = as_floats(name, positive, anchor.dtype), as_floats(name, negative, anchor.dtype)
    require_same_shape(name, anchor=anchor, positive=positive, negative=negative)
    if not anchor.ndim:
        raise ShapeError(f"{name}: got scalars, expected vectors (…, features)")
    dtype, anchor, positive, negative = anchor.dtype, _widen(anchor), _widen(positive), _widen(negative)
    negative_distance = _distance(anchor, negative, p, eps)
    if swap:
        negative_distance = minimum(negative_distance, _distance(positive, negative, p, eps))
    losses = relu(_distance(anchor, positive, p, eps) - negative_distance + margin)
    return reduce_loss(name, losses if losses.dtype == dtype else losses.astype(dtype), reduction)


def _distance(x, y, p, eps):
    return np.linalg.norm(x - y + eps, ord=p, axis=-1)
