import math

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn.metrics import accuracy
from optim import SGD, EarlyStopping, MiniBatch, evaluate, fit
from optim.data import blobs


def stopped_after(stopping, values):
    for epoch, value in enumerate(values, 1):
        if stopping.update(value, []):
            return epoch
    return None


@pytest.mark.parametrize(("patience", "epoch"), [(1, 3), (2, 4), (3, 5)])
def test_stops_after_patience_epochs_without_improvement(patience, epoch):
    assert stopped_after(EarlyStopping(patience), [1.0, 0.5, 0.6, 0.7, 0.8, 0.9]) == epoch


def test_improvement_starts_the_count_anew():
    assert stopped_after(EarlyStopping(2), [1.0, 1.1, 0.9, 1.1, 0.8, 1.1, 0.7]) is None


def test_equal_value_is_no_improvement():
    assert stopped_after(EarlyStopping(1), [1.0, 1.0]) == 2


def test_improvement_must_exceed_min_delta():
    assert stopped_after(EarlyStopping(2, min_delta=0.1), [1.0, 0.95, 0.91]) == 3
    assert stopped_after(EarlyStopping(2, min_delta=0.1), [1.0, 0.95, 0.85]) is None


def test_nan_is_no_improvement():
    assert stopped_after(EarlyStopping(2), [1.0, float("nan"), float("nan")]) == 3


def test_restore_brings_back_the_parameters_of_the_lowest_value():
    a, b = Tensor([0.0, 0.0], requires_grad=True), Tensor(0.0, requires_grad=True)
    stopping = EarlyStopping()
    for value in (3.0, 1.0, 2.0):
        a.data, b.data = np.array([value, -value]), value
        stopping.update(value, iter([a, b]))
    stopping.restore(iter([a, b]))
    assert stopping.best == 1.0
    assert a.tolist() == [1.0, -1.0]
    assert b.item() == 1.0


def test_remembered_parameters_do_not_move_with_the_optimizer():
    w = Tensor([1.0], requires_grad=True)
    optimizer, stopping = SGD([w], lr=1.0), EarlyStopping()
    stopping.update(0.5, [w])
    for _ in range(2):
        w.grad = [1.0]
        optimizer.step()
        stopping.restore([w])
        assert w.tolist() == [1.0]


def test_restored_parameters_can_be_changed_and_restored_again():
    w = Tensor([1.0], requires_grad=True)
    stopping = EarlyStopping()
    stopping.update(0.5, [w])
    for _ in range(2):
        stopping.restore([w])
        assert w.tolist() == [1.0]
        w.data += 1


def test_restore_before_any_epoch_changes_nothing():
    w = Tensor([1.0], requires_grad=True)
    EarlyStopping().restore([w])
    assert w.tolist() == [1.0]


@pytest.mark.parametrize("patience", [0, -1])
def test_patience_below_one_is_refused(patience):
    with pytest.raises(ValueError, match=f"patience .*{patience}"):
        EarlyStopping(patience)


def test_a_number_that_should_rise_is_watched_the_other_way_round():
    stopping = EarlyStopping(2, min_delta=0.1, mode="max")
    assert stopped_after(stopping, [0.5, 0.55, 0.65, 0.7, 0.74, 0.9]) == 5
    assert stopping.best == 0.65
    stopping.reset()
    assert (stopping.best, stopping.waited) == (-math.inf, 0)


INPUTS, LABELS = blobs(90, 3, 1.5, rng=0)
HELD = (INPUTS[50:], LABELS[50:])


def overfit(model, **options):
    return fit(
        model, nn.CrossEntropyLoss(), (INPUTS[:50], LABELS[:50]), batching=MiniBatch(10), epochs=60, validation=HELD,
        metrics={"accuracy": accuracy}, rng=0, early_stopping=EarlyStopping(**options),
    )  # fmt: skip


def test_any_column_can_be_watched():
    model = nn.MLP([2, 16, 3], rng=0)
    history = overfit(model, patience=5, monitor="validation_accuracy", mode="max")
    column = history["validation_accuracy"]
    first = column.index(max(column))
    assert len(history) == first + 1 + 5
    assert evaluate(model, nn.CrossEntropyLoss(), HELD)["loss"] == history["validation_loss"][first]


def test_a_column_that_is_not_measured_is_refused():
    with pytest.raises(ValueError, match="there is no column 'validation_f1' to monitor; the columns are epoch, loss, "):
        overfit(nn.MLP([2, 4, 3]), monitor="validation_f1", mode="max")


def test_running_statistics_are_put_back_with_the_parameters():
    model = nn.MLP([2, 16, 3], batch_norm=True, rng=0)
    history = overfit(model, patience=4)
    assert history.stopped == "no improvement for 4 epochs"
    assert evaluate(model, nn.CrossEntropyLoss(), HELD)["loss"] == min(history["validation_loss"])


@pytest.mark.parametrize(("option", "message"), [({"mode": "best"}, "mode"), ({"min_delta": -1}, "min_delta")])
def test_wrong_options_are_refused(option, message):
    with pytest.raises(ValueError, match=message):
        EarlyStopping(**option)


def test_a_monitored_metric_needs_a_mode():
    with pytest.raises(ValueError, match="is a lower or a higher 'validation_accuracy' better"):
        EarlyStopping(monitor="validation_accuracy")
    assert EarlyStopping(monitor="validation_loss").monitor.mode == "min"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patience": "a"}, "patience must be a number of epochs"),
        ({"patience": 1.5}, "patience must be a number of epochs"),
        ({"min_delta": "a"}, "min_delta must be a number, 0 or more"),
    ],
)
def test_options_are_numbers(options, message):
    with pytest.raises(ValueError, match=message):
        EarlyStopping(**options)
