"""End a training whose loss is nan or infinite, with the weights of the last good epoch."""

import numpy as np

from optim.training.callbacks.base import Callback
from optim.training.model import get_weights, set_weights
from optim.training.run import Run


class TerminateOnNaN(Callback):
    """Ends the training without a TrainingError if the loss is nan or infinite; restores the weights of the last good epoch.

    history.stopped holds the message that the error would have. Keras's TerminateOnNaN leaves the bad weights.

    >>> import nn
    >>> from optim import SGD, TerminateOnNaN, fit
    >>> model = nn.Linear(1, 1, rng=0)
    >>> optimizer = SGD(model.parameters(), lr=1e6)
    >>> history = fit(model, nn.MSELoss(), ([[1.0]], [[0.0]]), optimizer=optimizer, epochs=999, callbacks=[TerminateOnNaN()])
    >>> "nan or infinite in epoch" in history.stopped, model.weight.item() < float("inf")
    (True, True)
    """

    def reset(self) -> None:
        self._good_weights: dict[str, np.ndarray] = {}

    def on_train_begin(self, run: Run) -> None:
        self._good_weights = get_weights(run.model)

    on_epoch_end = on_train_begin

    def on_divergence(self, run: Run) -> None:
        set_weights(run.model, self._good_weights)
        run.stop(run.failure)
