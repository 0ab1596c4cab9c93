"""Callbacks: what else happens during a training, and when."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from optim.training.run import Run


class Callback:
    """Something that happens beside a training; a callback of your own writes the moments it needs.

    reset            before anything else, and before a state is loaded: forget an earlier training
    on_train_begin   the training begins, or goes on if run.resumed
    on_epoch_begin   run.epoch, counted from 1, begins
    on_grad_computed     the gradients of a step are there, neither clipped nor used
    on_step_end      the parameters have moved; run.step counts the steps of all epochs
    on_epoch_evaluated      the epoch is over and run.logs says how it went; where weights are averaged, the model has its averages
    on_epoch_end     the same, but the model has the weights it trains
    on_divergence    the loss is no number any more; run.stop() ends the training in place of TrainingError
    on_train_end     the training is over, also after Ctrl-C and divergence; what is done to the model now stays

    All but reset are called with the Run: its model, optimizer, schedule, average, loss, history, row, epoch, epochs, step,
    steps (per epoch), value (the loss of the step), parameters, and stop(reason), which ends the training after this epoch. A
    moment that is not written costs nothing. Several callbacks are called in the order in which they are given, those with a
    higher `order` after the others: Checkpoint is the last. What `state_dict` gives goes into checkpoints: plain values and
    arrays.

    A function of the run may be given as well, and is called as on_epoch_end. Keras's callbacks have the same moments.

    >>> import nn
    >>> from optim import Callback, fit
    >>> class Watch(Callback):
    ...     def on_epoch_end(self, run):
    ...         if run.logs["loss"] < 1e-3:
    ...             run.stop("good enough")
    >>> fit(nn.Linear(1, 1, rng=0), nn.MSELoss(), ([[0.0], [1.0]], [[1.0], [3.0]]), epochs=500, callbacks=[Watch()]).stopped
    'good enough'
    """

    #: Callbacks are called by ascending order, and as they are given where it is equal.
    order: ClassVar[int] = 0
    #: Whether a training that is resumed must have this callback with the same options. Only asked where there is a state.
    fingerprinted: ClassVar[bool] = True

    def reset(self) -> None:
        """Forget an earlier training."""

    def on_train_begin(self, run: Run) -> None:
        """The training begins or goes on."""

    def on_epoch_begin(self, run: Run) -> None:
        """An epoch begins."""

    def on_grad_computed(self, run: Run) -> None:
        """The gradients of a step are there."""

    def on_step_end(self, run: Run) -> None:
        """The parameters have moved."""

    def on_epoch_evaluated(self, run: Run) -> None:
        """The epoch is over and measured, with averaged weights if there are any."""

    def on_epoch_end(self, run: Run) -> None:
        """The epoch is over and measured."""

    def on_divergence(self, run: Run) -> None:
        """The loss is no number any more."""

    def on_train_end(self, run: Run) -> None:
        """The training is over."""

    def state_dict(self) -> dict[str, Any]:
        """What has to be known to go on as if the training had not been stopped."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from such a state."""


class FunctionCallback(Callback):
    """A function of the run, called after each epoch."""

    def __init__(self, function: Callable[[Run], Any]):
        self.function = function

    def on_epoch_end(self, run: Run) -> None:
        self.function(run)


def as_callbacks(callbacks: Any) -> list[Callback]:
    """Callbacks and functions of the run as callbacks; raises TypeError for anything else, such as a class of callbacks."""
    if isinstance(callbacks, Callback) or not isinstance(callbacks, list | tuple):
        raise TypeError(f"callbacks: a list is expected, such as [TerminateOnNaN()], not {callbacks!r:.80}")
    return [_as_callback(callback) for callback in callbacks]


def _as_callback(callback: Any) -> Callback:
    if isinstance(callback, Callback):
        return callback
    if isinstance(callback, type) and issubclass(callback, Callback):
        raise TypeError(f"callbacks: {callback.__name__} is a class; give what it makes, {callback.__name__}(…)")
    if not callable(callback):
        raise TypeError(f"callbacks are Callbacks or functions of the run, not {callback!r:.80}")
    return FunctionCallback(callback)
