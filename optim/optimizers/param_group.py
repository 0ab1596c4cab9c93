"""A group of parameters: its options, and its parameters packed into one buffer that is updated a stretch at a time."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, groupby, pairwise
from typing import Any, NamedTuple

import numpy as np

from autograd import Tensor
from autograd.extend import data_is, grad_arrays, mark_dirty
from optim.regularizers.parameter_filter import Chosen

#: Bytes of a chunk: the handful of arrays of this size that an update works on stay in a core's second cache.
CHUNK = 2**18


class _Block(NamedTuple):
    """A chunk of a stretch: where it starts, the parameters and their parts in it, and its arrays as `chunks` gives them."""

    start: int
    pieces: list[tuple[int, slice]]
    arrays: tuple[np.ndarray, ...]


class ParamGroup(dict[str, Any]):
    """Options by name, `params` among them, as in PyTorch; the parameters are views of one buffer, `packed`.

    An update sees a stretch at a time: neighboring parameters that have a gradient and whose pasts are alike, so that one
    count of steps holds for all; as a rule that is the whole group. What is remembered of the past is in `state`, arrays
    laid out as `packed` is, and in `past`, numbers of the stretch: `step`, counted from 1, and what an update adds.
    """

    past: dict[str, Any]
    _blocks: dict[Any, list["_Block"]]  # what `chunks` goes through, for each stretch and each kind of update
    _flat: list[Any]  # the gradients of a step, if they are more than a chunk

    def __init__(self, parameters: list[Tensor], options: Mapping[str, Any]):
        super().__init__(params=parameters, **options)
        self.parameters = parameters
        self.starts = [0, *accumulate(p.size for p in parameters)]
        self.state: dict[str, np.ndarray] = {}
        self.pasts: list[dict[str, Any]] = [{"step": 0}] * len(parameters)
        self._pack()

    @property
    def step(self) -> int:
        """How many steps the parameters of this stretch have taken, this one among them."""
        return self.past["step"]

    def repack(self) -> None:
        """Pack again if the data of a parameter was replaced."""
        if not data_is(self.parameters, self._views):
            self._pack()

    def restore(self, state: dict[str, np.ndarray], pasts: list[dict[str, Any]]) -> None:
        """Remember another past."""
        self.state, self.pasts, self._blocks = state, pasts, {}
        self._compare()

    def gathered(self) -> bool:
        """Gather the gradients and make the whole group the current stretch, if it can be updated at once."""
        if not data_is(self.parameters, self._views):
            self._pack()
        if not self._alike:
            return False
        arrived = grad_arrays(self.parameters)
        if not self._gathered:
            if any(gradient is None for gradient in arrived):
                return False
            self._flat = [gradient.reshape(-1) for gradient in arrived]
        else:
            try:
                np.concatenate(arrived, axis=None, out=self._gradients)
            except (TypeError, ValueError):  # some have no gradient: None is no number and has no size
                return False
        self.past["step"] += 1
        return True

    def updated(self) -> None:
        """What follows the update of the whole group: penalty, constraint, and word that values have changed."""
        if self["penalty"] is not None or self["constraint"] is not None:
            self._restrain()
        self._flat = []
        mark_dirty((self.packed,))

    def stretches(self) -> Iterator[None]:
        """Gather gradients and make each stretch the current one in turn; after its update, penalty and constraint follow."""
        arrived = grad_arrays(self.parameters)
        for first, end in self._runs(arrived):
            self.past = dict(self.pasts[first])
            self.past["step"] += 1
            self.pasts[first:end] = [self.past] * (end - first)
            self._gather(arrived, first, end)
            yield
            self._restrain()
            start, stop = self.starts[first], self.starts[end]
            mark_dirty([self.packed if stop - start == self.packed.size else self.packed[start:stop]])
        self._flat = []
        self._compare()

    def chunks(
        self, *state: str, scratch: int = 0, decay: float = 0.0, copied: bool = True
    ) -> Iterable[tuple[np.ndarray, ...]]:
        """The current stretch, (values, gradients, *state, *scratch) of some ten thousand elements at a time.

        state:   names of arrays that are kept between steps; 0 at first.
        scratch: how many arrays without meaning are wanted.
        decay:   of the weights, λ: λ w is added to the gradients.
        copied:  False if the update leaves the gradients as they are, which saves a copy of large ones.

        All are flat, of one length, and may be changed in place: the values are the parameters, the gradients a copy.
        """
        key = self._first, self._end, state, scratch
        blocks = self._blocks.get(key)
        if blocks is None:
            blocks = self._blocks[key] = self._cut(state, scratch)
        altered = decay or self["maximize"] or self["penalty"] is not None
        if self._gathered and not altered:
            return [blocks[0].arrays] if blocks else []
        return (self._ready(block, decay, bool(altered), copied) for block in blocks)

    def tensors(self, *state: str, scratch: int = 0) -> Iterable[tuple[np.ndarray, ...]]:
        """The same, one whole parameter at a time."""
        bounds = pairwise(self.starts[self._first : self._end + 1])
        blocks = (self._block(a, b, state, scratch) for a, b in bounds if a < b)
        altered = self["maximize"] or self["penalty"] is not None
        return (self._ready(block, 0.0, altered, copied=True) for block in blocks)

    def _pack(self) -> None:
        self.packed = np.concatenate([p.data for p in self.parameters], axis=None)
        places = zip(self.parameters, pairwise(self.starts))
        self._views = [self.packed[start:stop].reshape(p.shape) for p, (start, stop) in places]
        for parameter, view in zip(self.parameters, self._views):
            parameter.data = view
        dtype = self.packed.dtype
        self.state = {name: array.astype(dtype, copy=False) for name, array in self.state.items()}
        self._length = max(1, CHUNK // dtype.itemsize)
        self._arrays: list[np.ndarray] = []  # gradients and scratch: of no meaning between steps
        self._gradients = self._array(0, min(self.packed.size, self._length))
        self._blocks = {}
        self._indices: dict[int, tuple[Chosen, list[int]]] = {}
        self._compare()

    def _compare(self) -> None:
        """Find out whether all have come the same way; then they share one past and are updated at once."""
        self._alike = all(past == self.pasts[0] for past in self.pasts)
        if self._alike:
            self.past = self.pasts[0]
            self.pasts = [self.past] * len(self.pasts)
            self._first, self._end = 0, len(self.pasts)
            self._gathered = self.packed.size <= self._length

    def _runs(self, arrived: list[Any]) -> list[tuple[int, int]]:
        """Runs of neighboring parameters that have a gradient and equal pasts, as (first, past the last)."""
        self._alike = False
        keys = [None if gradient is None else past for gradient, past in zip(arrived, self.pasts)]
        runs = [(key, [i for i, _ in run]) for key, run in groupby(enumerate(keys), key=lambda pair: pair[1])]
        return [(run[0], run[-1] + 1) for key, run in runs if key is not None]

    def _gather(self, arrived: list[Any], first: int, end: int) -> None:
        """Make a stretch the current one, with its gradients in one buffer if they are not more than a chunk."""
        size = self.starts[end] - self.starts[first]
        self._first, self._end, self._gathered = first, end, size <= self._length
        if self._gathered:
            np.concatenate(arrived[first:end], axis=None, out=self._gradients[:size])
        else:
            self._flat = [gradient if gradient is None else gradient.reshape(-1) for gradient in arrived]

    def _cut(self, state: tuple[str, ...], scratch: int) -> list["_Block"]:
        start, stop = self.starts[self._first], self.starts[self._end]
        bounds = ((at, min(at + self._length, stop)) for at in range(start, stop, self._length))
        return [self._block(a, b, state, scratch) for a, b in bounds]

    def _block(self, start: int, stop: int, state: tuple[str, ...], scratch: int) -> "_Block":
        pieces, i = [], bisect_right(self.starts, start) - 1
        while i < self._end and self.starts[i] < stop:
            pieces.append((i, slice(max(0, start - self.starts[i]), stop - self.starts[i])))
            i += 1
        if self._gathered:
            offset = self.starts[self._first]
            gradient = self._gradients[start - offset : stop - offset]
        else:
            gradient = self._array(0, stop - start)
        kept = (self._kept(name)[start:stop] for name in state)
        empty = (self._array(1 + k, stop - start) for k in range(scratch))
        return _Block(start, pieces, (self.packed[start:stop], gradient, *kept, *empty))

    def _ready(self, block: "_Block", decay: float, altered: bool, copied: bool) -> tuple[np.ndarray, ...]:
        """The arrays of a block, its gradients gathered and prepared."""
        arrays = block.arrays
        if not self._gathered:
            pieces = [self._flat[i][part] for i, part in block.pieces]
            if len(pieces) == 1 and not copied and not altered:
                return arrays[0], pieces[0], *arrays[2:]
            np.concatenate(pieces, out=arrays[1])
        if altered:
            self._prepare(block.start, arrays[0], arrays[1], decay)
        return arrays

    def _prepare(self, start: int, weights: np.ndarray, gradients: np.ndarray, decay: float) -> None:
        """What precedes every update: the direction, the decay of weights, the penalty's gradient."""
        if self["maximize"]:
            np.negative(gradients, out=gradients)
        if decay:
            scratch = self._array(1, weights.size)
            np.multiply(weights, decay, out=scratch)
            gradients += scratch
        for a, b in self._parts(self["penalty"], start, start + weights.size):
            scratch, other = self._array(1, b - a), self._array(2, b - a)
            self["penalty"].add_gradient(self.packed[a:b], gradients[a - start : b - start], scratch, other)

    def _restrain(self) -> None:
        """What follows every update: a proximal penalty, the constraint."""
        penalty, constraint = self["penalty"], self["constraint"]
        if penalty is not None and penalty.proximal:
            start, stop = self.starts[self._first], self.starts[self._end]
            for at in range(start, stop, self._length):
                for a, b in self._parts(penalty, at, min(at + self._length, stop)):
                    penalty.shrink(self.packed[a:b], self["lr"], self._array(1, b - a))
        if constraint is not None:
            for i in self._chosen(constraint):
                if self._first <= i < self._end:
                    constraint.apply(self._views[i])

    def _parts(self, rule: Chosen | None, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """What of the elements from start to stop belongs to parameters that a rule means."""
        for i in [] if rule is None else self._chosen(rule):
            a, b = max(start, self.starts[i]), min(stop, self.starts[i + 1])
            if a < b:
                yield a, b

    def _chosen(self, rule: Chosen) -> list[int]:
        """Which parameters a penalty or a constraint means."""
        if id(rule) not in self._indices:
            self._indices[id(rule)] = rule, [i for i, p in enumerate(self.parameters) if rule.chooses(p)]
        return self._indices[id(rule)][1]

    def _kept(self, name: str) -> np.ndarray:
        if name not in self.state:
            self.state[name] = np.zeros_like(self.packed)
        return self.state[name]

    def _array(self, k: int, size: int) -> np.ndarray:
        while len(self._arrays) <= k:
            self._arrays.append(np.empty(0, self.packed.dtype))
        if self._arrays[k].size < size:
            self._arrays[k] = np.empty(size, self.packed.dtype)
        return self._arrays[k][:size]

    def __getstate__(self) -> dict[str, Any]:
        return {name: vars(self)[name] for name in ("parameters", "starts", "state", "pasts")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._pack()  # copies of views are no views any more
