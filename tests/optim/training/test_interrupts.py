import os
import signal
import threading

import numpy as np
import pytest

import nn
from optim import Callback, Checkpoint, EarlyStopping, MiniBatch, fit
from optim.training.interrupts import defer_interrupt

LINE = np.linspace(-1, 1, 20)[:, None]


class Press(Callback):
    """Somebody presses Ctrl-C, in the middle of a step."""

    def __init__(self, step, times=1):
        self.step, self.times = step, times

    def on_grad_computed(self, run):
        if run.step == self.step:
            for _ in range(self.times):
                os.kill(os.getpid(), signal.SIGINT)


def train(*callbacks, epochs=9, **options):
    model = nn.Linear(1, 1, rng=0)
    history = fit(
        model, nn.MSELoss(), (LINE, 3 * LINE), epochs=epochs, batching=MiniBatch(8), callbacks=callbacks, rng=0, **options
    )
    return model, history


def test_the_current_step_is_finished():
    steps = []
    model, history = train(Press(7), lambda run: None, Seen(steps))
    assert history.stopped == "interrupted"
    assert len(history) == 2
    assert steps[-1] == 8
    assert np.isfinite(model.weight.item())


class Seen(Callback):
    def __init__(self, steps):
        self.steps = steps

    def on_step_end(self, run):
        self.steps.append(run.step)


def test_the_best_parameters_are_put_back():
    weights = []
    model, history = train(Press(13), lambda run: weights.append(run.model.weight.item()), early_stopping=EarlyStopping(5))
    assert history.stopped == "interrupted"
    assert model.weight.item() == weights[int(np.argmin(history["loss"]))]


def test_the_best_weights_of_a_checkpoint_are_put_back(tmp_path):
    model, history = train(Press(13), Checkpoint(tmp_path))
    assert history.stopped == "interrupted"
    assert model.weight.tolist() == nn.load(tmp_path / "best.npz")["weight"].tolist()


def test_an_interrupted_training_can_go_on(tmp_path):
    whole, _ = train()
    train(Press(13), Checkpoint(tmp_path))
    model, history = train(Checkpoint(tmp_path), resume=True)
    assert model.weight.item() == whole.weight.item()
    assert history.stopped == ""


def test_the_second_time_is_an_interrupt_as_everywhere():
    with pytest.raises(KeyboardInterrupt):
        train(Press(7, times=2))


def test_before_the_first_epoch_is_over_there_is_no_history():
    _, history = train(Press(0), early_stopping=EarlyStopping(5))
    assert (len(history), history.stopped) == (0, "interrupted")


def test_the_handler_of_ctrl_c_is_restored_after_the_training():
    before = signal.getsignal(signal.SIGINT)
    train(Press(7))
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_another_handler_of_ctrl_c_stays():
    presses = []
    before = signal.signal(signal.SIGINT, lambda *_: presses.append(1))
    try:
        _, history = train(Press(7))
    finally:
        signal.signal(signal.SIGINT, before)
    assert presses == [1]
    assert history.stopped == ""


def test_a_keyboard_interrupt_of_other_code_ends_the_training():
    class Raise(Callback):
        def on_step_end(self, run):
            if run.step == 5:
                raise KeyboardInterrupt

    _, history = train(Raise())
    assert (len(history), history.stopped) == (1, "interrupted")


def test_a_thread_trains_without_touching_signals():
    histories = []
    thread = threading.Thread(target=lambda: histories.append(train()[1]))
    thread.start()
    thread.join()
    assert len(histories[0]) == 9


def test_the_first_ctrl_c_is_deferred_and_the_second_is_raised():
    presses = []
    with defer_interrupt(lambda: presses.append(1)):
        os.kill(os.getpid(), signal.SIGINT)
        assert presses == [1]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
