"""The learning-rate range test: its steps, its end and its suggestion."""

import math

import numpy as np
import pytest

import nn
from optim import (
    L2,
    LBFGS,
    SGD,
    Adam,
    Batch,
    MiniBatch,
    RangeTest,
    TrainingError,
    WeightPerturbation,
    evaluate,
    fit,
    range_test,
)
from optim.data import ArrayDataset, DataLoader, blobs
from tests.optim.line_range_test import DATA, LINE, range_test_of_losses, range_test_on_line

# Rates and losses


def test_rates_grow_by_the_same_factor_from_low_to_high():
    result = range_test_on_line(low=1e-6, high=1e-2, steps=41)
    assert result.columns == ["lr", "loss", "smoothed"]
    assert result.stopped == ""
    np.testing.assert_allclose(result["lr"], np.geomspace(1e-6, 1e-2, 41), rtol=1e-12)


def test_losses_are_those_of_training_at_these_rates():
    model = nn.Linear(1, 1, rng=0)
    result = range_test_on_line(batching=Batch(), optimizer=None, low=1e-3, high=0.1)
    optimizer = SGD(model.parameters(), lr=1.0, momentum=0.9)
    expected = []
    for lr in result["lr"]:
        optimizer.lr = lr
        optimizer.zero_grad()
        loss = nn.MSELoss()(model(DATA[0]), DATA[1])
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    np.testing.assert_allclose(result["loss"], expected, rtol=1e-10)


@pytest.mark.parametrize("smoothing", [0.0, 0.5, 0.9])
def test_smoothed_loss_is_a_mean_with_weights_falling_by_age(smoothing):
    result = range_test_on_line(smoothing=smoothing, high=1e-3, batching=MiniBatch(8))
    losses = result["loss"]
    for t, smoothed_loss in enumerate(result["smoothed"]):
        shares = [smoothing ** (t - k) for k in range(t + 1)]
        expected = sum(share * loss for share, loss in zip(shares, losses)) / sum(shares)
        assert smoothed_loss == pytest.approx(expected, rel=1e-12)


STEPPED = []
MODES = []


class Watched(nn.Linear):
    def forward(self, x):
        MODES.append(self.training)
        return super().forward(x)


def test_it_runs_in_training_mode():
    MODES.clear()
    model = Watched(1, 1, rng=0).eval()
    range_test(model, nn.MSELoss(), DATA, steps=3)
    assert MODES == [True] * 3
    assert not model.training


class Spy(SGD):
    def step(self, closure=None):
        STEPPED.append([group["lr"] for group in self.param_groups])
        return super().step(closure)


def test_groups_keep_their_ratio():
    model = nn.Linear(1, 1, rng=0)
    optimizer = Spy([{"params": [model.weight], "lr": 0.5}, {"params": [model.bias], "lr": 0.05}], lr=1.0)
    STEPPED.clear()
    result = range_test(model, nn.MSELoss(), DATA, optimizer=optimizer, high=1e-2, steps=20)
    np.testing.assert_allclose(STEPPED, [[lr, lr / 10] for lr in result["lr"]], rtol=1e-12)


def test_test_of_a_rate_that_is_0_at_first_is_possible():
    model = nn.Linear(1, 1, rng=0)
    optimizer = SGD(model.parameters(), lr=1.0)
    optimizer.lr = 0.0
    result = range_test(model, nn.MSELoss(), DATA, optimizer=optimizer, high=1e-2, steps=20)
    np.testing.assert_allclose(result["lr"], np.geomspace(1e-7, 1e-2, 20), rtol=1e-12)
    assert optimizer.lr == 0.0


def test_same_seed_sees_the_same_and_another_does_not():
    assert range_test_on_line(rng=1).rows == range_test_on_line(rng=1).rows != range_test_on_line(rng=2).rows


def test_data_may_be_a_pair_a_data_set_or_a_loader():
    expected = range_test_on_line(batching=MiniBatch(8)).rows
    assert range_test_on_line(batching=MiniBatch(8)).rows == expected
    model, loss = nn.Linear(1, 1, rng=0), nn.MSELoss()
    assert range_test(model, loss, ArrayDataset(*DATA), batching=MiniBatch(8), steps=50, rng=0).rows == expected
    assert range_test(model, loss, DataLoader(DATA, MiniBatch(8), rng=0), steps=50).rows == expected


def test_penalty_is_part_of_the_loss():
    plain, heavy = range_test_on_line(high=1e-3), range_test_on_line(high=1e-3, penalty=L2(100.0))
    weight = nn.Linear(1, 1, rng=0).weight.item()
    assert heavy["loss"][0] == pytest.approx(plain["loss"][0] + 100 * weight**2)
    assert heavy["loss"][-1] < heavy["loss"][0]


def test_float32_model_is_tested_in_float32():
    model = nn.Linear(1, 1, rng=0).astype("float32")
    dtypes = set()

    def loss(prediction, target):
        dtypes.update((prediction.dtype, target.dtype))
        return nn.MSELoss()(prediction, target)

    range_test(model, loss, DATA, steps=5)
    assert dtypes == {np.dtype(np.float32)}


def test_classes_stay_whole_numbers():
    model = nn.MLP([2, 8, 3], rng=0)
    result = range_test(model, nn.CrossEntropyLoss(), blobs(90, 3, 0.2, 0), rng=0)
    assert result.suggestion > 0


@pytest.mark.parametrize("cls", [Adam, LBFGS, WeightPerturbation])
def test_other_optimizers_can_be_tested(cls):
    model = nn.Linear(1, 1, rng=0)
    optimizer = cls(model.parameters())
    result = range_test(model, nn.MSELoss(), DATA, optimizer=optimizer, batching=Batch(), steps=12)
    assert result["loss"][0] == evaluate(model, nn.MSELoss(), DATA)["loss"]
    assert not optimizer.state_dict()["state"]


# End and suggestion


def test_it_ends_where_the_loss_is_four_times_its_lowest():
    result = range_test_on_line(steps=100)
    assert len(result) < 100
    settled = result["smoothed"][10:]
    assert settled[-1] > 4 * min(settled)
    assert all(loss <= 4 * min(settled[: t + 1]) for t, loss in enumerate(settled[:-1]))
    assert f"{result['lr'][-1]:.2g}" in result.stopped


def test_it_ends_where_the_loss_is_no_number():
    result = range_test(nn.Linear(1, 1, rng=0), lambda p, t: -((p.sum() * 1e150) ** 2), DATA, low=1.0, high=1e307)
    assert all(map(math.isfinite, result["loss"]))
    assert 0 < len(result) < 100
    assert result.stopped.startswith("the loss became")


def test_negative_losses_do_not_end_it():
    model = nn.Linear(1, 1, rng=0)
    result = range_test(model, lambda p, t: ((p - t) ** 2).mean() - 100.0, DATA, high=1e-2, steps=30)
    assert len(result) == 30


def test_lucky_first_batch_does_not_end_it():
    model = nn.Linear(1, 1, rng=0)
    targets = model(LINE).numpy() + np.where(LINE > -1, 1.0, 0.0)
    data = DataLoader((LINE, targets), MiniBatch(1), shuffle=False)
    result = range_test(model, nn.MSELoss(), data, high=1e-4, steps=60)
    assert result["loss"][:2] == [0.0, pytest.approx(1.0)]
    assert (len(result), result.stopped) == (60, "")


def test_suggestion_is_a_tenth_of_the_rate_of_the_lowest_loss():
    assert range_test_of_losses(5.0, 4.0, 1.0, 3.0).suggestion == 0.4


def test_nothing_is_suggested_where_the_loss_only_rose():
    result = range_test_of_losses(1.0, 2.0, 4.0)
    assert result.suggestion is None
    assert "none" in repr(result)


def test_first_tenth_is_not_looked_at():
    assert range_test_of_losses(0.0, *[5.0] * 10, 4.0, *[6.0] * 9).suggestion == 2.0**11 / 10


def test_suggested_rate_trains_better_than_a_tenth_or_thirty_times_of_it():
    inputs, labels = blobs(300, 4, 0.3, 0)
    loss = nn.CrossEntropyLoss()
    suggestion = range_test(nn.MLP([2, 16, 4], rng=0), loss, (inputs, labels), rng=0).suggestion
    final = []
    for lr in (suggestion / 10, suggestion, 30 * suggestion):
        model = nn.MLP([2, 16, 4], rng=0)
        try:
            fit(model, loss, (inputs, labels), optimizer=SGD(model.parameters(), lr=lr, momentum=0.9), epochs=3, rng=0)
            final.append(evaluate(model, loss, (inputs, labels))["loss"])
        except TrainingError:
            final.append(math.inf)
    assert final[1] < min(final[0], final[2])


def test_repr_names_the_range_and_the_suggestion():
    assert repr(range_test_of_losses(5.0, 1.0, 3.0)) == "RangeTest(3 steps from lr 1 to 4; suggestion: 0.2)"
    assert repr(RangeTest()) == "RangeTest(no steps)"
