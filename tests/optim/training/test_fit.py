"""The parts of a training, and results of the course."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from nn.metrics import accuracy
from optim import L2, SGD, Adam, Batch, MiniBatch, evaluate, fit
from optim.data import blobs
from tests.optim.small_problems import CORNERS, LINE, XOR, train_mlp, weight_bytes

# The parts of a run


def test_same_seed_gives_the_same_weights_bit_for_bit():
    (a, first), (b, second) = train_mlp(), train_mlp()
    assert weight_bytes(a) == weight_bytes(b)
    assert first["loss"] == second["loss"]


def test_another_seed_gives_other_weights():
    assert weight_bytes(train_mlp(0)[0]) != weight_bytes(train_mlp(1)[0])


def test_seed_of_fit_decides_the_order_of_the_examples():
    states = []
    for seed in (0, 0, 1):
        model = nn.Linear(1, 1, rng=0)
        fit(model, nn.MSELoss(), (LINE, LINE**2), epochs=2, batching=MiniBatch(3), rng=seed)
        states.append(weight_bytes(model))
    assert states[0] == states[1] != states[2]


def test_generator_and_its_seed_are_the_same():
    states = []
    for rng in (5, np.random.default_rng(5)):
        model = nn.Linear(1, 1, rng=0)
        fit(model, nn.MSELoss(), (LINE, LINE**2), epochs=2, batching=MiniBatch(3), rng=rng)
        states.append(weight_bytes(model))
    assert states[0] == states[1]


@pytest.mark.parametrize("size", [1, 3, 7, 20, 100])
def test_epoch_loss_is_the_mean_over_examples_also_with_a_short_last_batch(size):
    model, data = nn.Linear(1, 1, rng=0), (LINE, np.exp(3 * LINE))
    expected = evaluate(model, nn.MSELoss(), data)["loss"]
    standing_still = SGD(model.parameters(), lr=1e-300)
    history = fit(model, nn.MSELoss(), data, optimizer=standing_still, batching=MiniBatch(size), epochs=1)
    assert history["loss"][0] == pytest.approx(expected, rel=1e-12)


def test_loss_falls_on_a_convex_problem():
    loss = fit(nn.Linear(1, 1, rng=0), nn.MSELoss(), (LINE, 3 * LINE), batching=Batch(), epochs=20)["loss"]
    assert loss[-1] < 0.1 * loss[0]


def test_history_has_loss_metrics_and_validation_of_every_epoch():
    validation = (CORNERS, XOR)
    model, history = train_mlp(metrics={"accuracy": accuracy}, validation=validation)
    assert history.columns == ["epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "seconds"]
    assert history["epoch"] == [1, 2, 3, 4, 5]
    measured = evaluate(model, nn.CrossEntropyLoss(), validation, {"accuracy": accuracy})
    assert history["validation_loss"][-1] == measured["loss"]
    assert history["validation_accuracy"][-1] == measured["accuracy"]
    assert history.stopped == ""


def test_history_without_validation_has_loss_and_time_only():
    assert train_mlp()[1].columns == ["epoch", "loss", "seconds"]


def test_time_counts_from_the_start():
    seconds = train_mlp()[1]["seconds"]
    assert seconds == sorted(seconds)
    assert seconds[0] >= 0


def test_no_epochs_leave_the_model_as_it_was():
    model = nn.Linear(1, 1, rng=0)
    before = weight_bytes(model)
    assert len(fit(model, nn.MSELoss(), (LINE, LINE), epochs=0)) == 0
    assert weight_bytes(model) == before


def test_validation_is_not_trained_on():
    assert weight_bytes(train_mlp()[0]) == weight_bytes(train_mlp(validation=(CORNERS, XOR), metrics={"accuracy": accuracy})[0])


class Spy(nn.Module):
    def __init__(self):
        self.inner = nn.Linear(1, 1, rng=0)
        self.seen = []

    def forward(self, x):
        self.seen.append((len(x), self.training, self.inner.training, autograd.is_grad_enabled()))
        return self.inner(x)


def test_model_trains_in_training_mode_and_is_measured_in_evaluation_mode_without_recording():
    model = Spy()
    fit(model, nn.MSELoss(), (LINE, LINE), batching=MiniBatch(10), validation=(LINE[:3], LINE[:3]), epochs=2)
    assert model.seen == [(10, True, True, True), (10, True, True, True), (3, False, False, False)] * 2
    assert model.training


@pytest.mark.parametrize("mode", [True, False])
def test_evaluate_gives_the_mode_back(mode):
    model = Spy().train(mode)
    evaluate(model, nn.MSELoss(), (LINE, LINE))
    assert (model.training, model.inner.training) == (mode, mode)


def test_evaluate_gives_the_mode_back_after_an_error():
    model = Spy()
    with pytest.raises(autograd.ShapeError):
        evaluate(model, nn.MSELoss(), (LINE, np.hstack([LINE, LINE])))
    assert model.training


def test_float32_model_is_trained_in_float32_on_float64_data():
    model = nn.Linear(1, 1, rng=0)
    for p in model.parameters():
        p.data = p.data.astype(np.float32)
    seen = []

    def loss(prediction, target):
        seen.append((prediction.dtype, target.dtype))
        return nn.MSELoss()(prediction, target)

    fit(model, loss, (LINE, LINE), epochs=2, validation=(LINE, LINE), penalty=L2(0.1), clip_norm=1.0)
    assert set(seen) == {(np.dtype(np.float32), np.dtype(np.float32))}
    assert {p.dtype for p in model.parameters()} == {np.dtype(np.float32)}


def test_lists_and_tensors_are_data_as_arrays_are():
    states = []
    for convert in (np.asarray, np.ndarray.tolist, Tensor):
        model = nn.Linear(1, 1, rng=0)
        fit(model, nn.MSELoss(), (convert(LINE), convert(2 * LINE)), epochs=2, rng=0)
        states.append(weight_bytes(model))
    assert states[0] == states[1] == states[2]


def test_data_is_not_changed():
    inputs, targets = LINE.copy(), 2 * LINE
    fit(nn.Linear(1, 1), nn.MSELoss(), (inputs, targets), epochs=2)
    np.testing.assert_array_equal(inputs, LINE)
    np.testing.assert_array_equal(targets, 2 * LINE)


def test_bar_is_shown_only_on_request_or_in_a_terminal(capfd):
    train_mlp()
    train_mlp(progress=False)
    assert capfd.readouterr() == ("", "")
    train_mlp(progress=True)
    assert "training" in capfd.readouterr().err


# Statements of the course


def test_gradients_vanish_layer_by_layer_in_a_deep_sigmoid_net_and_not_with_relu():
    inputs, labels = blobs(60, 3, 0.5, rng=0)
    ratios = {}
    for activation in ("sigmoid", "relu"):
        model = nn.MLP([2, *[16] * 8, 3], activation=activation, rng=0)
        optimizer = SGD(model.parameters(), lr=1e-3)
        history = fit(model, nn.CrossEntropyLoss(), (inputs, labels), optimizer=optimizer, epochs=1, record="gradient_norms")
        norms = [column[0] for name, column in history.layers("gradient_norm").items() if name.endswith("weight")]
        ratios[activation] = norms[0] / norms[-1]
        if activation == "sigmoid":
            assert norms[:7] == sorted(norms[:7])
    assert ratios["sigmoid"] < 1e-4
    assert ratios["relu"] > 0.1


def test_a_large_net_on_few_noisy_examples_overfits():
    inputs, labels = blobs(120, 3, 1.5, rng=0)
    model = nn.MLP([2, 64, 64, 3], rng=0)
    history = fit(
        model, nn.CrossEntropyLoss(), (inputs[:40], labels[:40]), optimizer=Adam(model.parameters(), lr=0.01), epochs=80,
        validation=(inputs[40:], labels[40:]), rng=0,
    )  # fmt: skip
    best = int(np.argmin(history["validation_loss"]))
    assert best < 60
    assert history["loss"][-1] < history["loss"][best]
    assert history["validation_loss"][-1] > 1.2 * history["validation_loss"][best]
