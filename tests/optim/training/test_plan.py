"""The plan of a training, and the order in which its callbacks are called."""

from dataclasses import FrozenInstanceError
from inspect import signature

import numpy as np
import pytest

import nn
from optim import Callback, Checkpoint, TrainingError, fit
from optim.training.plan import TrainingPlan

LINE = np.linspace(-1, 1, 20)[:, None]


def test_a_plan_has_the_arguments_and_defaults_of_fit():
    arguments, fields = signature(fit).parameters, signature(TrainingPlan).parameters
    assert [(p.name, p.kind, p.default) for p in fields.values()] == [(p.name, p.kind, p.default) for p in arguments.values()]


def test_a_plan_stays_as_it_was_validated():
    plan = TrainingPlan(nn.Linear(1, 1), nn.MSELoss(), (LINE, LINE))
    with pytest.raises(FrozenInstanceError):
        plan.epochs = -1
    with pytest.raises(TrainingError, match="epochs must be 0 or more, got -1"):
        TrainingPlan(nn.Linear(1, 1), nn.MSELoss(), (LINE, LINE), epochs=-1)


@pytest.mark.parametrize("limit", ["clip_norm", "clip_value"])
def test_limits_are_checked_before_the_model_is_called(limit):
    def never(inputs):
        raise AssertionError("the model was called")

    never.parameters = nn.Linear(1, 1).parameters
    with pytest.raises(ValueError, match="the limit of a gradient must be above 0, not -1"):
        fit(never, nn.MSELoss(), (LINE, LINE), **{limit: -1})


def test_a_run_holds_its_plan():
    plans = []
    fit(nn.Linear(1, 1), nn.MSELoss(), (LINE, LINE), epochs=1, clip_norm=2.0, callbacks=[lambda run: plans.append(run.plan)])
    assert (plans[0].clip_norm, plans[0].epochs, plans[0].optimizer) == (2.0, 1, None)


def test_callbacks_are_called_by_their_order_and_checkpoint_last(tmp_path):
    called = []

    class Named(Callback):
        def __init__(self, name):
            self.name = name

        def on_epoch_end(self, run):
            called.append((self.name, (tmp_path / "checkpoint-1.npz").exists()))

    class Late(Named):
        order = 1

    callbacks = [Checkpoint(tmp_path), Late("late"), Named("first"), Named("second")]
    fit(nn.Linear(1, 1), nn.MSELoss(), (LINE, LINE), epochs=1, callbacks=callbacks)
    assert called == [("first", False), ("second", False), ("late", False)]
    assert (tmp_path / "checkpoint-1.npz").exists()
