"""Parameter groups: hyperparameters, and the parameters that they apply to."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.extend import data_is, grad_arrays, mark_dirty
from optim.optimizers.packed_buffer import Block, PackedBuffer
from optim.regularizers.parameter_filter import ParameterFilter


class ParamGroup(dict[str, Any]):
    """Hyperparameters by name, `params` among them as in PyTorch, plus the parameters they apply to.

    parameters: tensors of one dtype. They are views into one flat buffer, `packed`, so an update is a few NumPy calls however
                many tensors there are.
    options:    the hyperparameters.

    `update` sees one *segment* at a time: adjacent parameters that have a gradient and have taken the same number of steps.
    Usually the whole group is one segment. `state` holds arrays laid out like `packed`, such as a momentum; `counters` holds
    numbers per segment, at least `step`, counted from 1.
    """

    counters: dict[str, Any]

    def __init__(self, parameters: list[Tensor], options: Mapping[str, Any]):
        super().__init__(params=parameters, **options)
        self._initialize(parameters, {}, [{"step": 0}] * len(parameters))

    def _initialize(self, parameters: list[Tensor], state: dict[str, np.ndarray], all_counters: list[dict[str, Any]]) -> None:
        self.parameters, self.all_counters = parameters, all_counters
        self.buffer = PackedBuffer(parameters, state)
        self._indices: dict[int, tuple[ParameterFilter, list[int]]] = {}
        self._compare_counters()

    @property
    def packed(self) -> np.ndarray:
        """The values of all parameters, one after another."""
        return self.buffer.packed

    @property
    def state(self) -> dict[str, np.ndarray]:
        """Name → array that is kept between steps, laid out like `packed`."""
        return self.buffer.state

    @property
    def step(self) -> int:
        """The number of steps that the parameters of the current segment have taken, including this one."""
        return self.counters["step"]

    def repack(self) -> None:
        """Pack the parameters again if the data of one was replaced."""
        if not data_is(self.parameters, self.buffer.views):
            self.buffer.pack()
            self._indices.clear()

    def restore(self, state: dict[str, np.ndarray], all_counters: list[dict[str, Any]]) -> None:
        """Replace the state and the counters of all parameters."""
        self.buffer.state, self.buffer.blocks = state, {}
        self.all_counters = all_counters
        self._compare_counters()

    def begin_step(self) -> bool:
        """Begin a step of the whole group as one segment: gather the gradients and count the step.

        Returns False and counts nothing if a gradient is missing or the counters differ; the step is then that of `segments`.
        """
        self.repack()
        if not (self._uniform and self.buffer.gather_all()):
            return False
        self.counters["step"] += 1
        return True

    def end_step(self) -> None:
        """End a step of the whole group: apply the constraints and report the change of the values to the engine."""
        if self["penalty"] is not None or self["constraint"] is not None:
            self._apply_constraints()
        self.buffer.flat_gradients = []
        mark_dirty((self.buffer.packed,))

    def segments(self) -> Iterator[None]:
        """Make a step one segment at a time: yield once for each, which is the current segment until the update is done."""
        gradients, starts = grad_arrays(self.parameters), self.buffer.starts
        for first, end in self._find_segments(gradients):
            self.counters = dict(self.all_counters[first])
            self.counters["step"] += 1
            self.all_counters[first:end] = [self.counters] * (end - first)
            self.buffer.gather_segment(gradients, first, end)
            yield
            self._apply_constraints()
            start, stop = starts[first], starts[end]
            mark_dirty([self.packed if stop - start == self.packed.size else self.packed[start:stop]])
        self.buffer.flat_gradients = []
        self._compare_counters()

    def chunks(self, *state: str, scratch: int = 0, decay: float = 0.0, copy: bool = True) -> Iterable[tuple[np.ndarray, ...]]:
        """The arrays of the current segment, (values, gradients, *state, *scratch), some ten thousand elements at a time.

        state:   names of arrays that are kept between steps, at first 0.
        scratch: number of arrays for intermediate results.
        decay:   λ, the weight decay: λ w is added to the gradients.
        copy:    False if the update does not change the gradients, which saves a copy of large ones.

        The arrays are flat, of one length, and may be changed in place: the values are those of the parameters, the gradients
        a copy.
        """
        buffer = self.buffer
        blocks = buffer.blocks.get((buffer.segment, state, scratch))
        if blocks is None:
            blocks = buffer.cut(state, scratch)
        altered = decay or self["maximize"] or self["penalty"] is not None
        if buffer.fits_chunk and not altered:
            return [blocks[0].arrays] if blocks else []
        return (self._load(block, decay, bool(altered), copy) for block in blocks)

    def tensors(self, *state: str, scratch: int = 0) -> Iterable[tuple[np.ndarray, ...]]:
        """The same arrays, one parameter at a time."""
        buffer = self.buffer
        first, end = buffer.segment
        bounds = pairwise(buffer.starts[first : end + 1])
        blocks = (buffer.block(a, b, state, scratch) for a, b in bounds if a < b)
        altered = self["maximize"] or self["penalty"] is not None
        return (self._load(block, 0.0, altered, copy=True) for block in blocks)

    def _compare_counters(self) -> None:
        """Check whether the counters of all parameters are equal; if so, let all share one dict and be one segment."""
        counters = self.all_counters[0]
        self._uniform = all(others == counters for others in self.all_counters)
        if self._uniform:
            self.counters = counters
            self.all_counters = [counters] * len(self.all_counters)
            self.buffer.select(0, len(self.all_counters))

    def _find_segments(self, gradients: list[Any]) -> list[tuple[int, int]]:
        """Runs of adjacent parameters with gradients and equal counters, as (first, end)."""
        self._uniform = False
        keys = [None if gradient is None else counters for gradient, counters in zip(gradients, self.all_counters)]
        runs = [(key, [i for i, _ in run]) for key, run in groupby(enumerate(keys), key=lambda pair: pair[1])]
        return [(run[0], run[-1] + 1) for key, run in runs if key is not None]

    def _load(self, block: Block, decay: float, altered: bool, copy: bool) -> tuple[np.ndarray, ...]:
        """The arrays of a block, its gradients ready for the update."""
        arrays = block.arrays if self.buffer.fits_chunk else self.buffer.load(block, copy or altered)
        if altered:
            self._alter_gradients(block.start, arrays[0], arrays[1], decay)
        return arrays

    def _alter_gradients(self, start: int, weights: np.ndarray, gradients: np.ndarray, decay: float) -> None:
        """Apply the options of every optimizer to gradients: the direction, weight decay, the gradient of the penalty."""
        buffer, penalty = self.buffer, self["penalty"]
        if self["maximize"]:
            np.negative(gradients, out=gradients)
        if decay:
            scratch = buffer.scratch(1, weights.size)
            np.multiply(weights, decay, out=scratch)
            gradients += scratch
        for a, b in self._matching_ranges(penalty, start, start + weights.size):
            scratch, other = buffer.scratch(1, b - a), buffer.scratch(2, b - a)
            penalty.add_gradient(buffer.packed[a:b], gradients[a - start : b - start], scratch, other)

    def _apply_constraints(self) -> None:
        """Apply a proximal penalty and the constraint to the values of the current segment."""
        buffer, penalty, constraint = self.buffer, self["penalty"], self["constraint"]
        first, end = buffer.segment
        if penalty is not None and penalty.proximal:
            start, stop = buffer.starts[first], buffer.starts[end]
            for at in range(start, stop, buffer.chunk_size):
                for a, b in self._matching_ranges(penalty, at, min(at + buffer.chunk_size, stop)):
                    penalty.shrink(buffer.packed[a:b], self["lr"], buffer.scratch(1, b - a))
        if constraint is not None:
            for i in self._matching_indices(constraint):
                if first <= i < end:
                    constraint.apply(buffer.views[i])

    def _matching_ranges(self, rule: ParameterFilter | None, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The ranges of elements from start to stop − 1 that belong to parameters on which a penalty acts."""
        starts = self.buffer.starts
        for i in [] if rule is None else self._matching_indices(rule):
            a, b = max(start, starts[i]), min(stop, starts[i + 1])
            if a < b:
                yield a, b

    def _matching_indices(self, rule: ParameterFilter) -> list[int]:
        """The indices of the parameters on which a penalty or constraint acts."""
        if id(rule) not in self._indices:
            self._indices[id(rule)] = rule, [i for i, p in enumerate(self.parameters) if rule.matches(p)]
        return self._indices[id(rule)][1]

    def __getstate__(self) -> dict[str, Any]:
        return {"parameters": self.parameters, "state": self.state, "all_counters": self.all_counters}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._initialize(**state)  # packs again: copies of views share no memory
