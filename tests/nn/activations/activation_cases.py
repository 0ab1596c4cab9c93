"""Activations as the tests of them make them, and numbers to give them."""

import numpy as np
import pytest

from nn.activations import ACTIVATIONS

both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])
each = pytest.mark.parametrize("name", ACTIVATIONS)


#: Joints of all activations.
JOINTS = [-6.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 6.0]


def away_from_joints(shape=(3, 4), seed=0):
    """Numbers from −4 to 4 with a distance of 0.1 from every half."""
    rng = np.random.default_rng(seed)
    return rng.integers(-8, 8, shape) / 2 + rng.uniform(0.1, 0.4, shape)


def made(name, **options):
    if name in ("apl", "rrelu"):
        options["rng"] = 0
    return ACTIVATIONS[name].module(**options)
