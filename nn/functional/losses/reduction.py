"""The losses of all elements, brought together."""

from typing import Any

from autograd import ShapeError


def reduced(name: str, losses: Any, reduction: str, *others: str) -> Any:
    """The losses of all elements as their "mean" or "sum", or, for "none", as they are; `others` are only for the message."""
    if reduction == "mean":
        if not losses.size:
            raise ShapeError(f"{name}: got no elements (shape {losses.shape}), and so no mean")
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    *most, last = ("mean", "sum", "none", *others)
    raise ValueError(f"{name}: reduction must be {', '.join(map(repr, most))} or {last!r}, not {reduction!r}")
