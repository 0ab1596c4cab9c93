"""What all optimisers share: parameters and gradients packed into one buffer each."""

import math
from collections.abc import Iterable
from itertools import pairwise
from operator import attrgetter, is_not
from typing import Any

import numpy as np

from autograd import Tensor, gradient_arrays, note_change


class Optimiser:
    """Moves parameters against their gradients; subclasses say how in `update`.

    The parameters become views of one buffer, so that an update is a handful of NumPy calls however many there are.
    A parameter whose data was replaced is noticed and packed again.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float):
        if isinstance(parameters, Tensor):
            raise ValueError("an optimiser needs a list of parameters, not a single tensor w; write [w]")
        self.parameters = list(parameters)
        self.lr = lr
        if not self.parameters:
            raise ValueError("an optimiser needs parameters, but the list is empty")
        if not 0 < lr < math.inf:
            raise ValueError(f"the learning rate must be above 0 and finite, not {lr}")
        strange = [p for p in self.parameters if not isinstance(p, Tensor) or not p.is_leaf]
        if strange:
            raise ValueError(f"an optimiser moves leaf tensors, such as model.parameters(), not {strange[0]!r}")
        if len({id(p) for p in self.parameters}) < len(self.parameters):
            raise ValueError("a parameter is in the list twice; it would be moved twice")
        whole = [p for p in self.parameters if p.dtype.kind != "f"]
        if whole:
            raise ValueError(f"an optimiser moves floats, not {whole[0]!r}")
        dtypes = {p.dtype for p in self.parameters}
        if len(dtypes) > 1:
            raise ValueError(f"the parameters must share one dtype, these have {sorted(map(str, dtypes))}")
        self._starts = [0, *np.cumsum([p.size for p in self.parameters]).tolist()]
        self._gradients = np.empty(self._starts[-1], self.parameters[0].dtype)
        self._pack()

    def _pack(self) -> None:
        self._values = np.concatenate([p.data for p in self.parameters], axis=None)
        places = zip(self.parameters, pairwise(self._starts))
        self._views = [self._values[start:stop].reshape(p.shape) for p, (start, stop) in places]
        for parameter, view in zip(self.parameters, self._views):
            parameter.data = view

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Update the parameters once; those without a gradient stay as they are."""
        if any(map(is_not, map(attrgetter("data"), self.parameters), self._views)):
            self._pack()
        gradients = gradient_arrays(self.parameters)
        try:
            np.concatenate(gradients, axis=None, out=self._gradients)
        except (TypeError, ValueError):  # some have no gradient: None is no number and has no size
            for first, past in _stretches(gradients):
                part = slice(self._starts[first], self._starts[past])
                np.concatenate(gradients[first:past], axis=None, out=self._gradients[part])
                self.update(self._values[part], self._gradients[part], part)
                note_change([self._values[part]])
        else:
            self.update(self._values, self._gradients, slice(None))
            note_change([self._values])

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("_values", "_views")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._pack()  # copies of views are no views any more

    def update(self, values: np.ndarray, gradients: np.ndarray, part: slice) -> None:
        """Change the values in place; `part` says which stretch of the buffers this is, for state kept between steps.

        The gradients are this step's own copy and may be overwritten.
        """
        raise NotImplementedError


def _stretches(gradients: list[Any]) -> list[tuple[int, int]]:
    """Runs of neighbouring parameters that have a gradient, as (first, past the last)."""
    absent = [i for i, gradient in enumerate(gradients) if gradient is None]
    bounds = pairwise([-1, *absent, len(gradients)])
    return [(before + 1, after) for before, after in bounds if before + 1 < after]
