import numpy as np
import pytest

import nn
from autograd import DataError, ShapeError, Tensor


def test_mse_is_the_mean_over_all_elements():
    assert nn.MSELoss()(Tensor([[1.0, 2.0], [3.0, 4.0]]), [[1.0, 0.0], [3.0, 8.0]]).item() == 5.0


def test_mse_is_zero_where_prediction_is_the_target():
    x = Tensor([[1.5, -2.0]])
    assert nn.MSELoss()(x, x).item() == 0.0


def test_mse_of_whole_number_targets_is_their_value_as_floats():
    assert nn.MSELoss()(Tensor([0.5, 0.5]), np.array([0, 1])).item() == 0.25


def test_mse_agrees_with_torch(torch):
    rng = np.random.default_rng(0)
    prediction, target = rng.normal(size=(2, 5, 3))
    ours, theirs = Tensor(prediction, requires_grad=True), torch.tensor(prediction, requires_grad=True)
    loss, expected = nn.MSELoss()(ours, target), torch.nn.MSELoss()(theirs, torch.tensor(target))
    loss.backward()
    expected.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-10)
    np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=1e-10)


def test_cross_entropy_agrees_with_torch(torch):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(6, 4)) * 3, rng.integers(0, 4, 6)
    ours, theirs = Tensor(logits, requires_grad=True), torch.tensor(logits, requires_grad=True)
    loss, expected = nn.CrossEntropyLoss()(ours, labels), torch.nn.CrossEntropyLoss()(theirs, torch.tensor(labels))
    loss.backward()
    expected.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-10)
    np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_cross_entropy_of_equal_scores_is_the_logarithm_of_the_classes():
    assert nn.CrossEntropyLoss()(Tensor(np.zeros((3, 10))), [0, 5, 9]).item() == pytest.approx(np.log(10))


def test_losses_refuse_targets_that_do_not_fit():
    with pytest.raises(ShapeError):
        nn.MSELoss()(Tensor(np.zeros((3, 1))), np.zeros(3))
    with pytest.raises(DataError):
        nn.CrossEntropyLoss()(Tensor(np.zeros((3, 2))), [0, 1, 2])


@pytest.mark.parametrize("loss", [nn.MSELoss(), nn.CrossEntropyLoss()])
def test_losses_learn_nothing(loss):
    assert not list(loss.parameters())


@pytest.mark.parametrize(("loss", "text"), [(nn.MSELoss(), "MSELoss()"), (nn.CrossEntropyLoss(), "CrossEntropyLoss()")])
def test_losses_show_their_names(loss, text):
    assert repr(loss) == text
