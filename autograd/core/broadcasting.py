"""The adjoint of broadcasting: a gradient summed over the axes along which NumPy repeated an input."""

from typing import Any

import numpy as np

from autograd.core.kernels import MAX_SEQUENTIAL_TERMS, sum_over_axes
from autograd.errors import ShapeError


def unbroadcast(contribution: Any, like: Any, node: Any) -> Any:
    """A contribution in its input's shape and dtype: summed over the axes that were broadcast, and cast.

    like: an array, or a ShapeDtype, of the input's shape and dtype.

    Of a complex contribution to a real input only the real part remains, as `operations.complex_numbers` explains.
    """
    if contribution.dtype.kind == "c" and like.dtype.kind != "c":
        contribution = np.real(contribution)
    shape = like.shape
    extra = len(contribution.shape) - len(shape)
    if extra > 0:
        contribution = _sum(contribution, 0 if extra == 1 else tuple(range(extra)))
    if contribution.shape != shape:
        ones = tuple(i for i, n in enumerate(shape) if n == 1)
        summed = _sum(contribution, ones, keepdims=True) if extra >= 0 else contribution
        if summed.shape != shape:
            raise ShapeError(
                f"{node.operation.name}: a gradient formula gave shape {contribution.shape}, "
                f"which does not fit its input of shape {shape}"
            )
        contribution = summed
    return contribution if contribution.dtype == like.dtype else contribution.astype(like.dtype)


def _sum(x: Any, axis: Any, keepdims: bool = False) -> Any:
    """The sum over axes of an array, of its stand-in, or of a tensor, which records it."""
    if x.size > MAX_SEQUENTIAL_TERMS and hasattr(x, "strides"):
        return sum_over_axes(x, axis, keepdims)
    return x.sum(axis=axis, keepdims=keepdims)
