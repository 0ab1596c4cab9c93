"""Memory of a replay: arrays that are allocated once and used again for one value after the other."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from autograd.compiler.trace import Layout, TracedCall, value_numbers
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
        self.nbytes = 0
        self._used: dict[int, np.ndarray] = {}
        self._layouts: dict[int, Layout] = {}
        self._free: dict[tuple, list[np.ndarray]] = defaultdict(list)

    def allocate(self, number: int, like: Layout, new: bool) -> np.ndarray:
        """Return an array of a layout for a value, never a used one if `new`."""
        free = self._free[like.shape, like.dtype, like.strides]
        array = free.pop() if free and not new else self._new(like)
        self._used[number] = array
        self._layouts[number] = like
        return array

    def _new(self, like: Layout) -> np.ndarray:
        array = empty(like)
        self.nbytes += array.nbytes
        return array

    def release(self, i: int, roots: Collection[int] | None = None) -> None:
        """Free the arrays of values with their last use in call i, or those of some roots among them."""
        for root in self._ending[i]:
            if root in self._used and (roots is None or root in roots):
                like = self._layouts[root]
                self._free[like.shape, like.dtype, like.strides].append(self._used.pop(root))


def empty(like: Layout) -> np.ndarray:
    """Allocate an array whose axes have the order in memory of those of a layout: NumPy's results depend on it."""
    order = sorted(range(len(like.shape)), key=lambda axis: -like.strides[axis])
    return np.empty([like.shape[axis] for axis in order], like.dtype).transpose(np.argsort(order))


def detach_from_buffers(leaf_nodes: Sequence[Any], buffers: Sequence[np.ndarray]) -> None:
    """Copy gradients that were not cleared since the last replay out of its buffers, which the next replay overwrites."""
    for node in leaf_nodes:
        tensor = node.owner()
        grad = None if tensor is None else getattr(tensor, "_grad", None)
        array = grad._data if isinstance(grad, Tensor) else grad
        if array is not None and any(np.may_share_memory(array, buffer) for buffer in buffers):
            tensor._grad = array.copy()
