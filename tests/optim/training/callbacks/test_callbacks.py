"""Callbacks: the order of their calls, and the callbacks of the package."""

import csv
import math

import numpy as np
import pytest

import nn
from autograd import no_grad
from optim import EMA, SGD, Callback, CSVLogger, EarlyStopping, TerminateOnNaN, TrainingError
from tests.optim.line_training import DATA, train_on_line


class Diary(Callback):
    """Writes down every moment."""

    def __init__(self, name=""):
        self.lines, self.name = [], name

    def reset(self):
        self.lines.append(f"{self.name}reset")

    def on_train_begin(self, run):
        self.lines.append(f"{self.name}train begin")

    def on_epoch_begin(self, run):
        self.lines.append(f"{self.name}epoch {run.epoch} begin")

    def on_grad_computed(self, run):
        self.lines.append(f"{self.name}gradients {run.step}")

    def on_step_end(self, run):
        self.lines.append(f"{self.name}step {run.step}")

    def on_epoch_evaluated(self, run):
        self.lines.append(f"{self.name}measured {run.logs['epoch']}")

    def on_epoch_end(self, run):
        self.lines.append(f"{self.name}epoch {run.epoch} end")

    def on_divergence(self, run):
        self.lines.append(f"{self.name}divergence")

    def on_train_end(self, run):
        self.lines.append(f"{self.name}train end")


# Moments


def test_moments_come_in_order():
    diary = Diary()
    train_on_line([diary], epochs=2)
    epoch = "epoch 1 begin, gradients 0, step 1, gradients 1, step 2, gradients 2, step 3, measured 1, epoch 1 end"
    other = "epoch 2 begin, gradients 3, step 4, gradients 4, step 5, gradients 5, step 6, measured 2, epoch 2 end"
    assert ", ".join(diary.lines) == f"reset, train begin, {epoch}, {other}, train end"


def test_callbacks_are_called_in_their_order():
    lines = []
    first, second = Diary("a "), Diary("b ")
    first.lines = second.lines = lines
    train_on_line([first, second], epochs=1)
    assert lines[:4] == ["a reset", "b reset", "a train begin", "b train begin"]
    assert lines[-2:] == ["a train end", "b train end"]


def test_gradients_are_there_before_they_are_clipped_and_used():
    model, seen = nn.Linear(1, 1, rng=0), []

    class Look(Callback):
        def on_grad_computed(self, run):
            seen.append((run.model.weight.grad.item(), run.model.weight.item()))

        def on_step_end(self, run):
            seen.append((run.model.weight.grad.item(), run.model.weight.item()))

    train_on_line([Look()], epochs=1, model=model, clip_value=1e-3, optimizer=SGD(model.parameters(), lr=1.0))
    (whole, before), (clipped, after) = seen[:2]
    assert abs(whole) > 0.1
    assert clipped == math.copysign(1e-3, whole)
    assert after == before - clipped


def test_the_average_is_evaluated_and_the_trained_weights_continue():
    model, seen = nn.Linear(1, 1, rng=0), []

    class Look(Callback):
        def on_epoch_evaluated(self, run):
            seen.append(run.model.weight.item())

        def on_epoch_end(self, run):
            seen.append(run.model.weight.item())

    train_on_line([Look()], epochs=1, model=model, average=EMA(model.parameters(), 0.9))
    measured, trained = seen
    assert measured != trained
    assert model.weight.item() == measured


def test_a_function_is_called_after_each_epoch():
    seen = []
    train_on_line([lambda run: seen.append((run.epoch, run.logs["loss"]))], epochs=2)
    assert [epoch for epoch, _ in seen] == [1, 2]


def test_anything_else_is_no_callback():
    with pytest.raises(TypeError, match="callbacks: Callbacks or functions of the run expected, got 3"):
        train_on_line([3])


def test_stop_ends_the_training_after_the_epoch():
    class Stop(Callback):
        def on_step_end(self, run):
            if run.step == 4:
                run.stop("enough")

    history = train_on_line([Stop()], epochs=9)
    assert (len(history), history.stopped) == (2, "enough")


def test_the_run_knows_its_parts():
    model, seen = nn.Linear(1, 1, rng=0), []
    optimizer = SGD(model.parameters(), lr=0.1)
    train_on_line([seen.append], epochs=2, model=model, optimizer=optimizer)
    run = seen[-1]
    assert (run.model, run.optimizer, run.epochs, run.steps_per_epoch, run.step) == (model, optimizer, 2, 3, 6)
    assert run.history.rows[-1] is run.logs
    assert [id(p) for p in run.parameters] == [id(p) for p in model.parameters()]


def test_errors_of_callbacks_are_those_of_the_training():
    def fail(run):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        train_on_line([fail])


# TerminateOnNaN


class Poison(Callback):
    def __init__(self, step):
        self.step = step

    def on_step_end(self, run):
        if run.step == self.step:
            with no_grad():
                run.model.weight[...] = np.nan


@pytest.mark.parametrize("step", [7, 8, 9])
def test_terminate_on_nan_leaves_the_weights_of_the_last_good_epoch(step):
    model, good = nn.Linear(1, 1, rng=0), []
    keep = lambda run: good.append(run.model.weight.item())
    history = train_on_line([keep, Poison(step), TerminateOnNaN()], epochs=9, model=model)
    assert len(history) == len(good) == 2
    assert history.stopped.startswith("the loss became nan or infinite in epoch 3; the last finite loss was ")
    assert model.weight.item() == good[-1]


def test_terminate_on_nan_in_the_first_epoch_leaves_the_first_weights():
    model = nn.Linear(1, 1, rng=0)
    before = model.weight.item()
    history = train_on_line([Poison(1), TerminateOnNaN()], model=model)
    assert "in epoch 1;" in history.stopped
    assert (len(history), model.weight.item()) == (0, before)


def test_the_best_weights_are_restored_when_the_loss_is_nan():
    model, seen = nn.Linear(1, 1, rng=0), []
    with pytest.raises(TrainingError, match="in epoch 3"):
        train_on_line(
            [lambda run: seen.append(run.model.weight.item()), Poison(7)], 9, model=model, early_stopping=EarlyStopping(3)
        )
    assert model.weight.item() == seen[1]


def test_callbacks_are_notified_of_divergence_before_the_end():
    diary = Diary()
    with pytest.raises(TrainingError):
        train_on_line([Poison(1), diary])
    assert diary.lines[-2:] == ["divergence", "train end"]


# CSVLogger


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_csv_is_there_after_every_epoch(tmp_path):
    seen = []
    log = CSVLogger(tmp_path / "log.csv")
    history = train_on_line([log, lambda run: seen.append(len(rows(log.path)))], epochs=3, validation=DATA)
    assert seen == [1, 2, 3]
    assert [{name: float(value) for name, value in row.items()} for row in rows(log.path)] == history.rows
    assert list(rows(log.path)[0]) == history.columns


def test_the_folder_of_the_csv_file_is_created(tmp_path):
    train_on_line([CSVLogger(tmp_path / "new" / "log.csv")])
    assert len(rows(tmp_path / "new" / "log.csv")) == 3


def test_csv_of_an_earlier_training_is_written_anew(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("mine\n")
    train_on_line([CSVLogger(path)], epochs=1)
    assert [row["epoch"] for row in rows(path)] == ["1"]
