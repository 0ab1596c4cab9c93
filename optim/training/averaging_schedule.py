"""Averaged weights in a training: when they are updated, and how the model is measured and left with them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from optim.training.model import state_tensors
from optim.training.weight_averaging import SWA, update_statistics

#: The share of the epochs after which SWA averages, as in its paper.
SWA_START = 0.75


class Averaging:
    """What `fit(average=…)` does with an average: SWA takes note of the last quarter of the epochs, EMA of every step.

    average: EMA or SWA of the model's parameters, or another object with their methods; None for none.
    epoch:   starts an epoch of training inputs, by which SWA gives BatchNorm layers the statistics of averaged weights.
    """

    def __init__(self, average: Any, model: Any, epoch: Any):
        self.average, self.model, self._epoch = average, model, epoch
        self.by_epoch = isinstance(average, SWA)
        self._statistics = self.by_epoch and _has_statistics(model)

    def end_epoch(self, epoch: int, epochs: int) -> None:
        """Take note of the weights after an epoch."""
        if self.by_epoch and epoch > SWA_START * epochs:
            self.average.update()

    @contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """The model with averaged weights, if there are some; after the block with its own."""
        if self.average is None or not self.average.updates:
            yield
            return
        own = [(tensor, tensor.data) for tensor in state_tensors(self.model)]
        self.keep_average()
        try:
            yield
        finally:
            for tensor, data in own:
                tensor.data = data

    def keep_average(self) -> None:
        """Give the model its averaged weights, if there are some."""
        if self.average is not None and self.average.updates:
            self.average.copy_to()
            if self._statistics:
                update_statistics(self.model, self._epoch())

    def state_dict(self) -> Any:
        """The state of the average; None if there is none."""
        return None if self.average is None else self.average.state_dict()

    def check(self, state: Mapping[str, Any] | None, epoch: int, epochs: int) -> None:
        """Raise ValueError if an average after an epoch is not what it would be in a training of so many epochs."""
        begin = int(SWA_START * epochs)
        if self.by_epoch and state is not None and state["updates"] != self.average.updates + max(epoch - begin, 0):
            raise ValueError(
                f"SWA takes note of the last quarter of the epochs, of {epochs} those after epoch {begin}; the checkpoint, of "
                f"epoch {epoch}, holds {state['updates']} of another number of epochs: give as many as the first time"
            )

    def load_state_dict(self, state: Mapping[str, Any] | None) -> None:
        """Go on from such a state."""
        if self.average is not None and state is not None:
            self.average.load_state_dict(state)


def _has_statistics(model: Any) -> bool:
    modules: Iterable[Any] = model.modules() if hasattr(model, "modules") else ()
    return any(hasattr(module, "running_mean") for module in modules)
