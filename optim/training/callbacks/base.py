"""Callbacks: methods and functions that are called at fixed points of a training."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from optim.training.run import Run


class Callback:
    """Base class of callbacks: a subclass overrides the methods that it needs.

    reset               called before everything else, also before a state is loaded: forget an earlier training
    on_train_begin      the training begins, or continues if run.resumed
    on_epoch_begin      an epoch begins; run.epoch counts from 1
    on_grad_computed    the gradients of a step are computed, but neither clipped nor used yet
    on_step_end         the parameters are updated; run.step counts the steps of all epochs
    on_epoch_evaluated  the epoch is evaluated and run.logs is complete; the model has the averaged weights, if there are any
    on_epoch_end        as on_epoch_evaluated, but the model has the weights that are trained
    on_divergence       the loss is nan or infinite; run.stop() ends the training without a TrainingError
    on_train_end        the training ends, also after Ctrl-C or divergence; changes of the model are kept

    Every method but reset receives the Run: its model, optimizer, schedule, average, loss, history, logs, epoch, epochs, step,
    steps_per_epoch, batch_loss, parameters, and stop(reason), which ends the training after the current epoch.

    On several ranks every rank calls them, except callbacks with on_every_rank = False, which write files: only rank 0 calls
    these. A function that prints does so on every rank, unless it looks at run.rank.

    A method that is not overridden costs nothing. Callbacks are called in the order in which they are given, by ascending
    `order`; Checkpoint has the highest. A checkpoint stores `state_dict`: plain values and arrays. `fit` also accepts functions
    of the run and calls them at on_epoch_end. Keras's Callback has the same methods.

    >>> import nn
    >>> from optim import Callback, fit
    >>> class StopWhenGood(Callback):
    ...     def on_epoch_end(self, run):
    ...         if run.logs["loss"] < 1e-3:
    ...             run.stop("good enough")
    >>> model, data = nn.Linear(1, 1, rng=0), ([[0.0], [1.0]], [[1.0], [3.0]])
    >>> fit(model, nn.MSELoss(), data, epochs=500, callbacks=[StopWhenGood()]).stopped
    'good enough'
    """

    #: Callbacks are called by ascending order; callbacks of equal order as they are given.
    order: ClassVar[int] = 0
    #: Whether all ranks of a distributed training call it; False for callbacks that write files: rank 0 calls them.
    on_every_rank: ClassVar[bool] = True
    #: Whether a resumed training needs this callback with the same options. Only callbacks with a state are compared.
    fingerprinted: ClassVar[bool] = True

    def reset(self) -> None:
        """Forget an earlier training."""

    def on_train_begin(self, run: Run) -> None:
        """The training begins or continues."""

    def on_epoch_begin(self, run: Run) -> None:
        """An epoch begins."""

    def on_grad_computed(self, run: Run) -> None:
        """The gradients of a step are computed."""

    def on_step_end(self, run: Run) -> None:
        """The parameters are updated."""

    def on_epoch_evaluated(self, run: Run) -> None:
        """The epoch is evaluated; the model has the averaged weights, if there are any."""

    def on_epoch_end(self, run: Run) -> None:
        """The epoch is evaluated; the model has the weights that are trained."""

    def on_divergence(self, run: Run) -> None:
        """The loss is nan or infinite."""

    def on_train_end(self, run: Run) -> None:
        """The training ends."""

    def state_dict(self) -> dict[str, Any]:
        """The state that a checkpoint stores; none by default."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of `state_dict`."""


class FunctionCallback(Callback):
    """Calls a function of the run after each epoch."""

    def __init__(self, function: Callable[[Run], Any]):
        self.function = function

    def on_epoch_end(self, run: Run) -> None:
        self.function(run)


def as_callbacks(callbacks: Any) -> list[Callback]:
    """Callbacks and functions of the run as callbacks; raises TypeError for anything else, such as a class of callbacks."""
    if isinstance(callbacks, Callback) or not isinstance(callbacks, list | tuple):
        raise TypeError(f"callbacks: a list such as [TerminateOnNaN()] expected, got {callbacks!r:.80}")
    return [_as_callback(callback) for callback in callbacks]


def _as_callback(callback: Any) -> Callback:
    if isinstance(callback, Callback):
        return callback
    if isinstance(callback, type) and issubclass(callback, Callback):
        raise TypeError(f"callbacks: {callback.__name__} is a class; give an instance, {callback.__name__}(…)")
    if not callable(callback):
        raise TypeError(f"callbacks: Callbacks or functions of the run expected, got {callback!r:.80}")
    return FunctionCallback(callback)
