"""fit(compile=True): the same training, bit for bit, from a flat list of NumPy calls."""

import warnings

import numpy as np
import pytest

import nn
from optim import EMA, L2, LBFGS, SGD, Adam, Batch, Callback, Checkpoint, OneCycleLR, TrainingError, WeightPerturbation, fit
from optim.data import blobs

DATA = blobs(90, rng=0)


def trained(compile, model=None, optimizer=None, epochs=3, **options):
    model = model or nn.MLP([2, 8, 3], rng=0)
    parts = {name: make(model) for name, make in options.items() if name in ("average", "schedule")}
    optimizer = optimizer(model) if optimizer else SGD(model.parameters(), lr=0.1, momentum=0.9)
    if "schedule" in parts:
        parts["schedule"] = parts["schedule"](optimizer)
    history = fit(
        model, nn.CrossEntropyLoss(), DATA, optimizer=optimizer, epochs=epochs, rng=0, compile=compile, **options | parts
    )
    return {name: value.tobytes() for name, value in model.state_dict().items()}, {
        name: history[name] for name in history.columns if name != "seconds"
    }


class Norms(Callback):
    """Adds up the gradients of each step."""

    def __init__(self):
        self.sums = []

    def on_grad_computed(self, run):
        self.sums.append(sum(float(p.grad.numpy().sum()) for p in run.parameters))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"optimizer": lambda model: Adam(model.parameters(), lr=0.01)},
        {"model": lambda: nn.MLP([2, 8, 8, 3], batch_norm=True, dropout=0.2, rng=0)},
        {"penalty": L2(1e-3), "clip_norm": 1.0},
        {"clip_value": 0.01},
        {"average": lambda model: EMA(model.parameters(), decay=0.9)},
        {"schedule": lambda model: lambda optimizer: OneCycleLR(optimizer, max_lr=0.1, total_steps=9)},
        {"record": ["gradient_norms", "update_ratios", "histograms"]},
    ],
    ids=lambda options: " ".join(options) or "sgd",
)
def test_training_is_the_same_bit_for_bit(options):
    make = options.pop("model", lambda: None)
    assert trained(True, model=make(), **options) == trained(False, model=make(), **options)


def test_callbacks_see_the_gradients_of_every_step():
    seen = []
    for compile in (True, False):
        norms = Norms()
        trained(compile, callbacks=[norms])
        seen.append(norms.sums)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 9


@pytest.mark.parametrize("compile", [False, True])
def test_a_diverging_training_is_ended_before_parameters_are_lost(compile):
    model = nn.MLP([2, 8, 3], rng=0)
    with pytest.raises(TrainingError, match="became nan or infinite in epoch"):
        fit(model, nn.CrossEntropyLoss(), DATA, optimizer=SGD(model.parameters(), lr=1e30), rng=0, compile=compile)


@pytest.mark.parametrize("compile", [False, True])
def test_a_batch_with_nan_is_found(compile):
    def spoilt(batch, rng):
        batch[0, 0] = np.nan
        return batch

    model = nn.MLP([2, 8, 3], rng=0)
    with pytest.raises(TrainingError, match="a batch of epoch 1 contains nan or infinity"):
        fit(model, nn.CrossEntropyLoss(), DATA, transform=spoilt, rng=0, compile=compile)


@pytest.mark.parametrize(
    "make", [lambda model: LBFGS(model.parameters()), lambda model: WeightPerturbation(model.parameters(), lr=0.1, rng=0)]
)
def test_an_optimizer_with_a_closure_runs_eagerly_with_a_warning(make):
    with pytest.warns(UserWarning, match="is not compiled and runs eagerly: a side effect received a function"):
        compiled = trained(True, optimizer=make, batching=Batch())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compiled == trained(False, optimizer=make, batching=Batch())


def test_a_compiled_training_resumes(tmp_path):
    def run(epochs, compile, folder, **options):
        model = nn.MLP([2, 8, 3], dropout=0.2, rng=0)
        fit(
            model, nn.CrossEntropyLoss(), DATA, epochs=epochs, rng=0, compile=compile, callbacks=[Checkpoint(folder)], **options
        )
        return {name: value.tobytes() for name, value in model.state_dict().items()}

    whole = run(4, False, tmp_path / "whole")
    run(2, True, tmp_path / "halves")
    assert run(4, True, tmp_path / "halves", resume=True) == whole
