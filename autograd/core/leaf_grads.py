"""The end of a backward pass: gradients are added to `grad` of the leaves."""

from collections.abc import Mapping
from threading import Lock
from typing import Any

from numpy import float64, ndarray

from autograd.core.shape_dtype import KEEP_LIMIT

_accumulating = Lock()


def accumulate_grad(grads: Mapping[Any, Any]) -> None:
    """Add the gradients of leaf nodes to `grad` of their tensors: as arrays, which `grad` wraps when it is first read."""
    with _accumulating:
        for node, new in grads.items():
            leaf = node.owner()
            if leaf is not None:
                old = leaf._grad
                if old is None:
                    leaf._grad = new
                elif type(old) is type(new):
                    leaf._grad = old + new
                elif getattr(old, "_node", new) is None and not hasattr(new, "_node"):  # a tensor without a graph, and an array
                    leaf._grad = old._data + new
                else:
                    leaf._grad = old + new
            if type(new) is float64:  # stored for pictures, also after the tensor is deleted
                node.gradient = new
            elif new.size <= KEEP_LIMIT:
                node.gradient = new if type(new) is ndarray else getattr(new, "_data", new)
