"""When a training updates its averaged weights, and when the model has them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from optim.training.model import state_tensors
from optim.training.weight_averaging import SWA, update_statistics

#: SWA averages after this share of the epochs, as in its paper.
SWA_START = 0.75


class Averaging:
    """Applies `fit(average=…)`: SWA is updated after each of the last quarter of the epochs, EMA after every step.

    average: EMA or SWA of the model's parameters, or another object with their methods; None for no average.
    batches: a function that returns the batches of an epoch; with SWA they give BatchNorm layers their running statistics.
    seeded:  makes a block in which all ranks of a training draw the same random numbers.
    """

    def __init__(
        self,
        average: Any,
        model: Any,
        batches: Callable[[], Iterable[Any]],
        seeded: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ):
        self._seeded = seeded
        self.average, self.model, self._batches = average, model, batches
        self.by_epoch = isinstance(average, SWA)
        self._updates_statistics = self.by_epoch and _has_statistics(model)

    def end_epoch(self, epoch: int, epochs: int) -> None:
        """Update SWA after an epoch, if it is one of the last quarter."""
        if self.by_epoch and epoch > SWA_START * epochs:
            self.average.update()

    @contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """The model has the averaged weights inside the block, if there are any, and its own weights after it."""
        if self.average is None or not self.average.updates:
            yield
            return
        trained = [(tensor, tensor.data) for tensor in state_tensors(self.model)]
        self.keep_average()
        try:
            yield
        finally:
            for tensor, data in trained:
                tensor.data = data

    def keep_average(self) -> None:
        """Set the model to the averaged weights, if there are any."""
        if self.average is not None and self.average.updates:
            self.average.copy_to()
            if self._updates_statistics:
                with self._seeded():
                    update_statistics(self.model, self._batches())

    def state_dict(self) -> Any:
        """The state of the average; None if there is none."""
        return None if self.average is None else self.average.state_dict()

    def check(self, state: Mapping[str, Any] | None, epoch: int, epochs: int) -> None:
        """Raise ValueError if the state of SWA after an epoch belongs to a training with another number of epochs."""
        if not self.by_epoch or state is None:
            return
        expected = self.average.updates + max(epoch - int(SWA_START * epochs), 0)
        if state["updates"] != expected:
            raise ValueError(
                f"SWA averages the last quarter of the epochs: with epochs={epochs}, {expected} updates are expected after "
                f"epoch {epoch}, but the checkpoint has {state['updates']}; give the same number of epochs as the first time"
            )

    def load_state_dict(self, state: Mapping[str, Any] | None) -> None:
        """Continue from a state of `state_dict`."""
        if self.average is not None and state is not None:
            self.average.load_state_dict(state)


def _has_statistics(model: Any) -> bool:
    modules: Iterable[Any] = model.modules() if hasattr(model, "modules") else ()
    return any(hasattr(module, "running_mean") for module in modules)
