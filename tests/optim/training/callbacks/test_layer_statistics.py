"""LayerStatistics: gradient norms, update ratios and histograms."""

import numpy as np
import pytest

import nn
from optim import LBFGS, Batch, Callback, LayerStatistics, fit
from tests.optim.line_training import DATA, LINE, train_on_line


def test_gradient_norms_and_update_ratios_are_means_over_the_steps():
    model = nn.Linear(1, 1, rng=0)
    norms, ratios = [], []

    class Look(Callback):
        def on_grad_computed(self, run):
            norms.append(abs(model.weight.grad.item()))
            self.before = model.weight.item()

        def on_step_end(self, run):
            ratios.append(abs(model.weight.item() - self.before) / abs(model.weight.item()))

    history = train_on_line([Look()], epochs=2, model=model, record=["gradient_norms", "update_ratios"])
    np.testing.assert_allclose(history["gradient_norm weight"], np.reshape(norms, (2, 3)).mean(axis=1))
    np.testing.assert_allclose(history["update_ratio weight"], np.reshape(ratios, (2, 3)).mean(axis=1))
    assert history.columns[-4:] == ["gradient_norm weight", "gradient_norm bias", "update_ratio weight", "update_ratio bias"]
    assert history.layers("gradient_norm").keys() == {"weight", "bias"}


def test_norms_that_vanish_are_small_and_not_zero():
    model = nn.Linear(1, 1, rng=0)
    tiny = lambda prediction, target: nn.MSELoss()(prediction, target) * 1e-200
    history = fit(model, tiny, DATA, epochs=1, batching=Batch(), record="gradient_norms")
    assert 0 < history["gradient_norm weight"][0] < 1e-190


def test_only_every_nth_step_is_measured():
    norms = []

    class Look(Callback):
        def on_grad_computed(self, run):
            norms.append(abs(run.model.weight.grad.item()))

    history = train_on_line([Look(), LayerStatistics("gradient_norms", every=3)], epochs=2)
    np.testing.assert_allclose(history["gradient_norm weight"], [norms[0], norms[3]])


def test_frozen_parameters_have_no_gradient_and_do_not_move():
    model = nn.Linear(1, 1, rng=0)
    model.bias.requires_grad = False
    history = train_on_line(model=model, record=["gradient_norms", "update_ratios"])
    assert history["gradient_norm bias"] == history["update_ratio bias"] == [0.0, 0.0, 0.0]


def test_histograms_count_every_number_once():
    model = nn.MLP([1, 8, 1], rng=0)
    history = train_on_line(model=model, epochs=2, record="histograms")
    assert history.histograms.keys() == {"0.weight", "0.bias", "2.weight", "2.bias"}
    counts, low, high = history.histograms["0.weight"][-1]
    assert sum(counts) == 8
    assert (low, high) == (model[0].weight.numpy().min(), model[0].weight.numpy().max())
    assert len(history.histograms["2.bias"]) == 2


def test_a_closure_that_is_called_often_is_looked_at_once_in_a_step():
    model = nn.Linear(1, 1, rng=0)
    optimizer = LBFGS(model.parameters(), max_iter=5)
    history = fit(
        model, nn.MSELoss(), DATA, optimizer=optimizer, batching=Batch(), epochs=1, record=["gradient_norms", "update_ratios"]
    )
    before = nn.Linear(1, 1, rng=0)
    nn.MSELoss()(before(LINE), DATA[1]).backward()
    assert history["gradient_norm weight"][0] == pytest.approx(abs(before.weight.grad.item()))
    moved = abs(model.weight.item() - before.weight.item())
    assert history["update_ratio weight"][0] == pytest.approx(moved / abs(model.weight.item()))


@pytest.mark.parametrize("record", ["norms", ["histograms", "losses"], 3])
def test_unknown_statistics_are_refused(record):
    with pytest.raises(ValueError, match="gradient_norms, update_ratios, histograms"):
        train_on_line(record=record)


@pytest.mark.parametrize("every", [0, 1.5])
def test_every_is_a_number_of_steps(every):
    with pytest.raises(ValueError, match="every must be a number of steps"):
        LayerStatistics(every=every)
