"""Trainings with early stopping, penalties and limits of the gradient."""

import numpy as np
import pytest

import nn
from optim import L2, SGD, Batch, EarlyStopping, evaluate, fit
from tests.optim.small_problems import LINE, train_mlp


def overshooting(**options):
    """The training data pull the slope to 1, past the ½ that validation wants."""
    model = nn.Linear(1, 1, bias=False, init=lambda shape, rng: np.zeros(shape))
    optimizer = SGD(model.parameters(), lr=0.1)
    validation = (LINE, 0.5 * LINE)
    data = (LINE, LINE)
    history = fit(
        model, nn.MSELoss(), data, optimizer=optimizer, batching=Batch(), epochs=100, validation=validation, **options
    )
    return model, history, evaluate(model, nn.MSELoss(), validation)["loss"]


def test_early_stopping_restores_the_best_parameters():
    model, history, loss = overshooting(early_stopping=EarlyStopping(patience=3))
    assert loss == min(history["validation_loss"])
    assert model.weight.item() == pytest.approx(0.5, abs=0.05)


def test_early_stopping_stops_patience_epochs_after_the_best():
    _, history, _ = overshooting(early_stopping=EarlyStopping(patience=3))
    assert len(history) == int(np.argmin(history["validation_loss"])) + 1 + 3
    assert "3 epochs" in history.stopped


def test_best_parameters_are_restored_also_if_the_epochs_end_first():
    _, history, loss = overshooting(early_stopping=EarlyStopping(patience=1000))
    assert len(history) == 100
    assert loss == min(history["validation_loss"]) < history["validation_loss"][-1]
    assert history.stopped == ""


def test_without_validation_the_loss_is_watched():
    model = nn.Linear(1, 1, rng=0)
    stopping = EarlyStopping(patience=2, min_delta=1e9)
    assert len(fit(model, nn.MSELoss(), (LINE, LINE), early_stopping=stopping, epochs=50)) == 3


def test_early_stopping_can_watch_a_second_run():
    stopping = EarlyStopping(patience=3)
    _, first, _ = overshooting(early_stopping=stopping)
    _, second, _ = overshooting(early_stopping=stopping)
    assert second["validation_loss"] == first["validation_loss"]


def test_training_can_go_on_after_the_best_parameters_are_back():
    model = nn.Linear(1, 1, rng=0)
    optimizer = SGD(model.parameters(), lr=0.1)
    fit(model, nn.MSELoss(), (LINE, LINE), optimizer=optimizer, early_stopping=EarlyStopping(2), epochs=5)
    fit(model, nn.MSELoss(), (LINE, 3 * LINE + 1), optimizer=optimizer, epochs=200)
    assert model.weight.item() == pytest.approx(3, abs=0.05)


def test_penalty_shrinks_the_weights():
    sizes = []
    for strength in (0.0, 0.01, 0.1):
        model, _ = train_mlp(penalty=L2(strength))
        sizes.append(sum(float((p.data**2).sum()) for p in model.parameters() if p.ndim == 2))
    assert sizes[0] > sizes[1] > sizes[2]


def test_history_shows_the_loss_without_the_penalty():
    model, data = nn.Linear(1, 1, rng=0), (LINE, LINE)
    expected = evaluate(model, nn.MSELoss(), data)["loss"]
    assert fit(model, nn.MSELoss(), data, penalty=L2(100.0), epochs=1)["loss"][0] == pytest.approx(expected)


def test_strong_penalty_holds_the_weight_at_the_ridge_solution():
    model = nn.Linear(1, 1, bias=False, rng=0)
    fit(model, nn.MSELoss(), (LINE, LINE), batching=Batch(), penalty=L2(0.5), epochs=300)
    power = float((LINE**2).mean())
    assert model.weight.item() == pytest.approx(power / (power + 0.5), rel=1e-6)


@pytest.mark.parametrize("limit", [{"clip_norm": 1e-3}, {"clip_value": 1e-3}])
def test_limited_gradient_limits_the_step(limit):
    model = nn.Linear(1, 1, bias=False, rng=0)
    before = model.weight.item()
    fit(model, nn.MSELoss(), (LINE, 1e9 * LINE), optimizer=SGD(model.parameters(), lr=1.0), batching=Batch(), epochs=1, **limit)
    assert model.weight.item() - before == pytest.approx(1e-3)
