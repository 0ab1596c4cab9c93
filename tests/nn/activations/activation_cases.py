"""Activations and inputs for their tests."""

import numpy as np
import pytest

from nn.activations import ACTIVATIONS

both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])
each = pytest.mark.parametrize("name", ACTIVATIONS)


#: The points where some activation is not smooth.
KINKS = [-6.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 6.0]


def away_from_kinks(shape=(3, 4), seed=0):
    """Random numbers from −4 to 4 at a distance of at least 0.1 from multiples of ½."""
    rng = np.random.default_rng(seed)
    return rng.integers(-8, 8, shape) / 2 + rng.uniform(0.1, 0.4, shape)


def make_module(name, **options):
    if name in ("apl", "rrelu"):
        options["rng"] = 0
    return ACTIVATIONS[name].module(**options)
