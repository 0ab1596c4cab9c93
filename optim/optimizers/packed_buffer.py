"""The memory of a parameter group: one flat array for all values, and arrays laid out like it."""

from bisect import bisect_right
from itertools import accumulate, pairwise
from types import NoneType
from typing import Any, NamedTuple

import numpy as np

from autograd import Tensor
from autograd.extend import grad_arrays

#: Bytes of a chunk. The few arrays of this size that an update works on stay in the L2 cache of a core.
CHUNK = 2**18


class Block(NamedTuple):
    """A chunk of a segment: its first element, the slices of the flat gradients in it, and its arrays for `update`."""

    start: int
    slices: list[tuple[int, slice]]
    arrays: tuple[np.ndarray, ...]


class PackedBuffer:
    """One flat array, `packed`, for the values of several parameters, which become views into it.

    parameters: tensors of one dtype.
    state:      name → array of one number per element, laid out like `packed`.

    `starts` has the index of the first element of each parameter, and the number of all elements. The current *segment*,
    parameters first to end − 1, is the one whose gradients are gathered. If it fits into one chunk, they are in one array.
    """

    def __init__(self, parameters: list[Tensor], state: dict[str, np.ndarray] | None = None):
        self.parameters, self.state = parameters, state or {}
        self.starts = [0, *accumulate(p.size for p in parameters)]
        self.pack()

    def pack(self) -> None:
        """Copy all values into a new flat array, and make the data of the parameters views into it."""
        self.packed = np.concatenate([p.data for p in self.parameters], axis=None)
        spans = zip(self.parameters, pairwise(self.starts))
        self.views = [self.packed[start:stop].reshape(p.shape) for p, (start, stop) in spans]
        for parameter, view in zip(self.parameters, self.views):
            parameter.data = view
        dtype = self.packed.dtype
        self.state = {name: array.astype(dtype, copy=False) for name, array in self.state.items()}
        self.chunk_size = max(1, CHUNK // dtype.itemsize)
        self._scratch: list[np.ndarray] = []
        self._gradients = self.scratch(0, min(self.packed.size, self.chunk_size))
        self.flat_gradients: list[Any] = []  # of each parameter, if the segment is larger than a chunk
        self.blocks: dict[Any, list[Block]] = {}
        self.select(0, len(self.parameters))

    def select(self, first: int, end: int) -> None:
        """Make parameters first to end − 1 the current segment."""
        self.segment = first, end
        self.fits_chunk = self.starts[end] - self.starts[first] <= self.chunk_size

    def gather_all(self) -> bool:
        """Gather the gradients of all parameters, which are the current segment. Returns False if one has no gradient."""
        gradients = grad_arrays(self.parameters)
        if NoneType in map(type, gradients):  # NumPy before 2.3 concatenates None as nan
            return False
        if self.fits_chunk:
            np.concatenate(gradients, axis=None, out=self._gradients)
        else:
            self.flat_gradients = [gradient.reshape(-1) for gradient in gradients]
        return True

    def gather_segment(self, gradients: list[Any], first: int, end: int) -> None:
        """Make parameters first to end − 1 the current segment and gather their gradients, given those of all parameters."""
        self.select(first, end)
        if self.fits_chunk:
            size = self.starts[end] - self.starts[first]
            np.concatenate(gradients[first:end], axis=None, out=self._gradients[:size])
        else:
            self.flat_gradients = [gradient if gradient is None else gradient.reshape(-1) for gradient in gradients]

    def cut(self, state: tuple[str, ...], scratch: int) -> list[Block]:
        """The current segment as blocks of at most one chunk; `blocks` keeps them for the next step."""
        first, end = self.segment
        start, stop = self.starts[first], self.starts[end]
        bounds = ((a, min(a + self.chunk_size, stop)) for a in range(start, stop, self.chunk_size))
        blocks = [self.block(a, b, state, scratch) for a, b in bounds]
        self.blocks[self.segment, state, scratch] = blocks
        return blocks

    def block(self, start: int, stop: int, state: tuple[str, ...], scratch: int) -> Block:
        """The elements from start to stop − 1, with their arrays: (values, gradients, *state, *scratch)."""
        first, end = self.segment
        slices, i = [], bisect_right(self.starts, start) - 1
        while i < end and self.starts[i] < stop:
            slices.append((i, slice(max(0, start - self.starts[i]), stop - self.starts[i])))
            i += 1
        if self.fits_chunk:
            offset = self.starts[first]
            gradients = self._gradients[start - offset : stop - offset]
        else:
            gradients = self.scratch(0, stop - start)
        states = (self._state_array(name)[start:stop] for name in state)
        scratches = (self.scratch(1 + k, stop - start) for k in range(scratch))
        return Block(start, slices, (self.packed[start:stop], gradients, *states, *scratches))

    def load(self, block: Block, copy: bool) -> tuple[np.ndarray, ...]:
        """The arrays of a block, with gradients from `flat_gradients`; uncopied, if possible, where copy is False."""
        gradients = [self.flat_gradients[i][elements] for i, elements in block.slices]
        if len(gradients) == 1 and not copy:
            return block.arrays[0], gradients[0], *block.arrays[2:]
        np.concatenate(gradients, out=block.arrays[1])
        return block.arrays

    def scratch(self, k: int, size: int) -> np.ndarray:
        """The k-th scratch array, whose values are undefined between steps. The 0th is for gradients."""
        while len(self._scratch) <= k:
            self._scratch.append(np.empty(0, self.packed.dtype))
        if self._scratch[k].size < size:
            self._scratch[k] = np.empty(size, self.packed.dtype)
        return self._scratch[k][:size]

    def _state_array(self, name: str) -> np.ndarray:
        if name not in self.state:
            self.state[name] = np.zeros_like(self.packed)
        return self.state[name]
