"""All optimizers as test cases, and steps with random gradients."""

import numpy as np
import pytest

from autograd import Tensor
from optim import LAMB, LARS, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, NAdam, RAdam, RMSprop, Rprop

OPTIMIZERS = [
    (SGD, {}),
    (SGD, {"momentum": 0.9, "dampening": 0.1}),
    (SGD, {"momentum": 0.9, "nesterov": True}),
    (Rprop, {}),
    (Adagrad, {"lr_decay": 0.1, "initial_accumulator_value": 0.1}),
    (RMSprop, {"momentum": 0.5, "centered": True}),
    (Adadelta, {}),
    (Adam, {"amsgrad": True}),
    (AdamW, {}),
    (Adamax, {}),
    (NAdam, {}),
    (RAdam, {}),
    (Lion, {}),
    (LARS, {}),
    (LAMB, {}),
]
SHARED_WITH_PYTORCH = [
    (optimizer_class, options) for optimizer_class, options in OPTIMIZERS if optimizer_class not in (Lion, LARS, LAMB)
]


def case_ids(cases):
    return [f"{optimizer_class.__name__}{'' if not options else '-' + '-'.join(options)}" for optimizer_class, options in cases]


each_optimizer = pytest.mark.parametrize(("optimizer_class", "options"), OPTIMIZERS, ids=case_ids(OPTIMIZERS))
each_shared_with_pytorch = pytest.mark.parametrize(
    ("optimizer_class", "options"), SHARED_WITH_PYTORCH, ids=case_ids(SHARED_WITH_PYTORCH)
)


def tensors(*arrays):
    return [Tensor(array, requires_grad=True) for array in arrays]


def take_random_steps(optimizer, parameters, steps, seed=0, missing=0.0):
    """Take steps with random gradients; each is missing with the given probability. Return copies of the parameters."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        for p in parameters:
            gradient = rng.normal(size=p.shape)
            p.grad = None if rng.random() < missing else gradient
        optimizer.step()
    return [p.numpy().copy() for p in parameters]
