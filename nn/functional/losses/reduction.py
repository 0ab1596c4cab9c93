"""Reduction of the losses of all elements."""

from typing import Any

from autograd import ShapeError


def reduce_loss(name: str, losses: Any, reduction: str, *others: str) -> Any:
    """The "mean" or the "sum" of the losses, or for "none" the losses themselves.

    others: further reductions that the loss itself implements, for the message. Raises ValueError for an unknown reduction.
    """
    if reduction == "mean":
        if not losses.size:
            raise ShapeError(f"{name}: the mean of no elements (shape {losses.shape}) is undefined")
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    *most, last = ("mean", "sum", "none", *others)
    raise ValueError(f"{name}: reduction must be {', '.join(map(repr, most))} or {last!r}, not {reduction!r}")
