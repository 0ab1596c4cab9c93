"""All optimizers, and how they are led along gradients drawn at random."""

import numpy as np
import pytest

from autograd import Tensor
from optim import LAMB, LARS, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, NAdam, RAdam, RMSprop, Rprop

ALL = [
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
TWINS = [(kind, options) for kind, options in ALL if kind not in (Lion, LARS, LAMB)]


def names(cases):
    return [f"{kind.__name__}{'' if not options else '-' + '-'.join(options)}" for kind, options in cases]


every = pytest.mark.parametrize(("kind", "options"), ALL, ids=names(ALL))
every_twin = pytest.mark.parametrize(("kind", "options"), TWINS, ids=names(TWINS))


def make(*arrays):
    return [Tensor(array, requires_grad=True) for array in arrays]


def lead(optimizer, parameters, steps, seed=0, missing=0.0):
    """Steps with gradients drawn at random, some of them missing."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        for p in parameters:
            gradient = rng.normal(size=p.shape)
            p.grad = None if rng.random() < missing else gradient
        optimizer.step()
    return [p.numpy().copy() for p in parameters]


def assert_alike(some, others):
    for a, b in zip(some, others, strict=True):
        np.testing.assert_array_equal(a, b)
