import numpy as np
import pytest

from autograd import Tensor
from optim import Adadelta, Adagrad, RMSprop, Rprop
from tests.optim.pytorch_pair import PROBLEMS, PyTorchPair

CASES = [
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.01, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-6}),
    ("Adagrad", {"lr": 0.1, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 1e-3, "alpha": 0.9, "eps": 1e-6, "momentum": 0.9, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 1e-3, "centered": True}),
    ("RMSprop", {"lr": 1e-3, "centered": True, "momentum": 0.5, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.95, "eps": 1e-5, "weight_decay": 0.1, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 1e-3, "etas": (0.3, 1.5), "step_sizes": (1e-5, 0.1)}),
    ("Rprop", {"maximize": True, "step_sizes": (1e-6, 0.01)}),
]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(("name", "options"), CASES)
def test_200_steps_agree_with_torch(torch, name, options, problem):
    PyTorchPair(torch, name, problem, **options).take_steps().assert_equal()


def positions_after(optimizer, w, gradients):
    """The weights after a step with each of several gradients."""
    positions = []
    for gradient in gradients:
        w.grad = gradient
        optimizer.step()
        positions.append(w.numpy().copy())
    return np.array(positions)


def test_adagrad_steps_shrink_as_one_over_the_root_of_their_number():
    w = Tensor([0.0], requires_grad=True)
    path = positions_after(Adagrad([w], lr=1.0, eps=0), w, [[-5.0]] * 4)
    np.testing.assert_allclose(np.diff(path[:, 0], prepend=0), 1 / np.sqrt([1, 2, 3, 4]))


def test_rmsprop_steps_converge_to_the_learning_rate():
    w = Tensor([0.0], requires_grad=True)
    path = positions_after(RMSprop([w], lr=0.1, alpha=0.5), w, [[-5.0]] * 60)
    assert path[-1, 0] - path[-2, 0] == pytest.approx(0.1)


def test_centered_rmsprop_stays_finite_for_a_constant_gradient():
    w = Tensor(np.zeros(50), requires_grad=True)
    path = positions_after(RMSprop([w], lr=1e-9, alpha=0.5, centered=True), w, [np.linspace(0.1, 1, 50)] * 300)
    assert np.isfinite(path).all()


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("optimizer_class", [Adagrad, RMSprop, Adadelta, Rprop])
def test_steps_are_invariant_to_the_scale_of_gradients(optimizer_class, scale):
    gradients = np.random.default_rng(0).normal(size=(20, 3))
    results = []
    for factor in (1.0, scale):
        w = Tensor(np.zeros(3), requires_grad=True)
        options = (
            {"eps": 0} if optimizer_class in (Adagrad, RMSprop) else {"eps": 1e-300} if optimizer_class is Adadelta else {}
        )
        results.append(positions_after(optimizer_class([w], **options), w, factor * gradients))
    np.testing.assert_allclose(results[0], results[1], rtol=1e-9)


def test_rprop_skips_a_step_where_the_sign_changes_and_then_halves_the_step_size():
    w = Tensor([0.0], requires_grad=True)
    path = positions_after(Rprop([w], lr=1.0), w, [[-1.0], [-7.0], [3.0], [3.0], [3.0]])
    np.testing.assert_allclose(path[:, 0], [1.0, 2.2, 2.2, 2.2 - 0.6, 2.2 - 0.6 - 0.72])
