"""What all optimisers share: parameters and gradients packed into one buffer each."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd import Tensor, note_change


class Optimiser:
    """Moves parameters against their gradients; subclasses say how in `update`.

    The parameters become views of one buffer, so that an update is a handful of NumPy calls however many there are.
    A parameter whose data was replaced is noticed and packed again.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float):
        self.parameters = list(parameters)
        self.lr = lr
        if not self.parameters:
            raise ValueError("an optimiser needs parameters, but the list is empty")
        if not lr > 0:
            raise ValueError(f"the learning rate must be above 0, not {lr}")
        strange = [p for p in self.parameters if not isinstance(p, Tensor) or not p.is_leaf]
        if strange:
            raise ValueError(f"an optimiser moves leaf tensors, such as model.parameters(), not {strange[0]!r}")
        dtypes = {p.dtype for p in self.parameters}
        if len(dtypes) > 1:
            raise ValueError(f"the parameters must share one dtype, these have {sorted(map(str, dtypes))}")
        stops = np.cumsum([p.size for p in self.parameters]).tolist()
        self._places = list(zip([0, *stops], stops))
        self._gradients = np.empty(stops[-1], self.parameters[0].dtype)
        self._gradient_views = self._views(self._gradients)
        self._pack()

    def _views(self, buffer: np.ndarray) -> list[np.ndarray]:
        places = zip(self.parameters, self._places)
        return [buffer[start:stop].reshape(p.shape) for p, (start, stop) in places]

    def _pack(self) -> None:
        self._values = np.concatenate([np.ravel(p.data) for p in self.parameters])
        self._value_views = self._views(self._values)
        for parameter, view in zip(self.parameters, self._value_views):
            parameter.data = view

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Update the parameters once; those without a gradient stay as they are."""
        for parameter, view in zip(self.parameters, self._value_views):
            if parameter.data is not view:
                self._pack()
                break
        for part in self._gather():
            self.update(self._values[part], self._gradients[part], part)
        note_change(self.parameters)

    def _gather(self) -> Iterator[slice]:
        """Copy the gradients into their buffer; yield the stretches of it that hold one."""
        start = stop = 0
        for parameter, view, place in zip(self.parameters, self._gradient_views, self._places):
            gradient = parameter.grad
            if gradient is None:
                if start < stop:
                    yield slice(start, stop)
                start = stop = place[1]
            else:
                self.collect(gradient.data, view)
                stop = place[1]
        if start < stop:
            yield slice(start, stop)

    def collect(self, gradient: Any, into: np.ndarray) -> None:
        """Bring one gradient into the buffer, where `update` finds it."""
        np.copyto(into, gradient)

    def update(self, values: np.ndarray, gradients: np.ndarray, part: slice) -> None:
        """Change the values in place; `part` says which stretch of the buffers this is, for state kept between steps."""
        raise NotImplementedError
