"""Range tests of a linear layer on the line y = 3x + 1."""

import numpy as np

import nn
from optim import RangeTest, range_test

LINE = np.linspace(-1, 1, 64)[:, None]
DATA = (LINE, 3 * LINE + 1)


def range_test_of_losses(*losses):
    """A range test with these losses at the rates 1, 2, 4, …"""
    result = RangeTest()
    for t, loss in enumerate(losses):
        result.append({"lr": 2.0**t, "loss": loss, "smoothed": loss})
    return result


def range_test_on_line(**options):
    options = {"steps": 50, "rng": 0} | options
    return range_test(nn.Linear(1, 1, rng=0), nn.MSELoss(), DATA, **options)
