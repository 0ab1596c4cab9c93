"""StepLogger: the loss while an epoch runs."""

import numpy as np
import pytest

import nn
from optim import SGD, Callback, Checkpoint, ExponentialLR, StepLogger, fit

X = np.linspace(-1, 1, 40)[:, None]


class Losses(Callback):
    def __init__(self):
        self.values = []

    def on_step_end(self, run):
        self.values.append(run.batch_loss)


def train(logger, epochs=2, others=(), **options):
    model = nn.Linear(1, 1, rng=0)
    schedule = ExponentialLR(SGD(model.parameters(), lr=0.1), 0.5)
    callbacks = [logger, *others]
    fit(model, nn.MSELoss(), (X, 3 * X), epochs=epochs, batch_size=4, schedule=schedule, callbacks=callbacks, rng=0, **options)


def test_rows_are_means_over_the_steps():
    lines, losses = [], Losses()
    logger = StepLogger(4, lines.append)
    train(logger, others=[losses])
    history = logger.history
    assert history["step"] == [4, 8, 12, 16, 20]
    assert history["epoch"] == [1, 1, 2, 2, 2]  # step 12 is the second of epoch 2
    np.testing.assert_allclose(history["loss"], np.reshape(losses.values, (5, 4)).mean(axis=1), rtol=1e-12)
    assert history["lr"] == [0.1, 0.1, 0.05, 0.05, 0.05]
    assert lines[2] == f"step 12, epoch 2: loss {history['loss'][2]:.4g}, lr 0.05"


def test_a_resumed_training_continues_the_rows(tmp_path):
    whole, continued = StepLogger(3, None), StepLogger(3, None)
    train(whole, epochs=3)
    train(StepLogger(3, None), others=[Checkpoint(tmp_path)])
    train(continued, epochs=3, others=[Checkpoint(tmp_path)], resume=True)
    assert continued.history.rows == whole.history.rows


def test_wrong_arguments():
    with pytest.raises(ValueError, match="every must be a number of steps, at least 1, got 0"):
        StepLogger(0)
    with pytest.raises(TypeError, match="log: a function of a line of text"):
        StepLogger(log="steps.txt")
