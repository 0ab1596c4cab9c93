import numpy as np
import pytest

from autograd import Tensor
from optim import SGD, EarlyStopping


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


def test_remembered_parameters_do_not_move_with_the_optimiser():
    w = Tensor([1.0], requires_grad=True)
    optimiser, stopping = SGD([w], lr=1.0), EarlyStopping()
    stopping.update(0.5, [w])
    for _ in range(2):
        w.grad = [1.0]
        optimiser.step()
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
