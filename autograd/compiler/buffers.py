"""Memory of a replay: arrays that are allocated once and used again for one value after the other."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from autograd.compiler.trace import TracedCall, value_numbers
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import Tensor


class BufferPool:
    """Arrays for results; an array is free again after the last use of the value in it."""

    def __init__(self, calls: Sequence[TracedCall], roots: Sequence[int], pinned: Collection[int]):
        """Take the calls of a replay, the root of each value, and the roots whose arrays are never used again."""
        last_use = {}
        for i, call in enumerate(calls):
            for number in value_numbers((call.args, call.options, call.out, call.mutates)):
                last_use[roots[number]] = i
        self._ending: dict[int, list[int]] = defaultdict(list)  # by call: the roots with their last use there
        for root, i in last_use.items():
            if root not in pinned:
                self._ending[i].append(root)
        self._used: dict[int, np.ndarray] = {}
        self._free: dict[tuple, list[np.ndarray]] = defaultdict(list)

    def allocate(self, number: int, like: ShapeDtype, new: bool) -> np.ndarray:
        """Return an array for a value, never a used one if `new`."""
        free = self._free[like.shape, like.dtype]
        array = free.pop() if free and not new else np.empty(like.shape, like.dtype)
        self._used[number] = array
        return array

    def release(self, i: int) -> None:
        """Free the arrays of values with their last use in call i."""
        for root in self._ending[i]:
            if root in self._used:
                array = self._used.pop(root)
                self._free[array.shape, array.dtype].append(array)


def detach_from_buffers(leaf_nodes: Sequence[Any], buffers: Sequence[np.ndarray]) -> None:
    """Copy gradients that were not cleared since the last replay out of its buffers, which the next replay overwrites."""
    for node in leaf_nodes:
        tensor = node.owner()
        grad = None if tensor is None else getattr(tensor, "_grad", None)
        array = grad._data if isinstance(grad, Tensor) else grad
        if array is not None and any(np.may_share_memory(array, buffer) for buffer in buffers):
            tensor._grad = array.copy()
