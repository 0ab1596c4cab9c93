import numpy as np
import pytest

from autograd import Tensor
from optim import Adam, AdamW
from tests.optim.pytorch_pair import PROBLEMS, PyTorchPair

# Learning rates at which rounding errors do not grow. At larger ones a change of one bit also changes PyTorch's result.
CASES = [
    ("Adam", {}),
    ("Adam", {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "amsgrad": True}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("AdamW", {"lr": 0.05}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.2, "amsgrad": True, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.1, "maximize": True}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.01, "betas": (0.8, 0.99), "momentum_decay": 0.1, "weight_decay": 0.1}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("RAdam", {}),
    ("RAdam", {"lr": 1e-4, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.1}),
    ("RAdam", {"lr": 1e-4, "betas": (0.9, 0.5), "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 1e-4, "maximize": True}),
]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(("name", "options"), CASES)
def test_200_steps_agree_with_torch(double_torch, name, options, problem):
    PyTorchPair(double_torch, name, problem, **options).take_steps().assert_equal()


def test_betas_that_change_between_steps_agree_with_torch(double_torch):
    for name in ("Adam", "NAdam", "RAdam", "Adamax"):
        pair = PyTorchPair(double_torch, name, "network", lr=0.01)
        for beta in (0.9, 0.5, 0.8):
            for optimizer in pair.optimizers:
                optimizer.param_groups[0]["betas"] = (beta, 0.99)
            pair.take_steps(20)
        pair.assert_equal()


def test_first_step_has_the_size_of_the_learning_rate_for_any_gradient():
    w = Tensor(np.zeros(3), requires_grad=True)
    w.grad = [1e-3, -1.0, 1e3]
    Adam([w], lr=0.1, eps=0).step()
    np.testing.assert_allclose(w.data, [-0.1, 0.1, -0.1])


def test_adamw_decays_all_weights_equally_and_adam_those_with_small_gradients_more():
    ratios = {}
    for optimizer_class in (Adam, AdamW):
        paths = []
        for decay in (0.0, 0.1):
            w = Tensor([100.0, 100.0], requires_grad=True)
            optimizer = optimizer_class([w], lr=0.01, weight_decay=decay)
            for _ in range(100):
                w.grad = [-1.0, -1000.0]
                optimizer.step()
            paths.append(w.numpy().copy())
        ratios[optimizer_class] = paths[1] / paths[0]
    assert ratios[AdamW][0] == pytest.approx(ratios[AdamW][1], rel=1e-6)
    assert ratios[Adam][0] < ratios[Adam][1] - 0.01
