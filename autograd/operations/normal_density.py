"""The log density of the normal distribution, fused because samplers and fits call it in their inner loops."""

import math

import numpy as np

from autograd.core.operation import operation

LOG_ROOT_2_PI = math.log(2 * math.pi) / 2


@operation(
    lambda g, x, y, z: -g * (x - y) / z / z,
    lambda g, x, y, z: g * (x - y) / z / z,
    lambda g, x, y, z: g * (((x - y) / z) ** 2 - 1) / z,
    symbol="log N",
)
def normal_log_density(x, y, z, /):
    """Log density at x of the normal distribution with mean y and standard deviation z, elementwise; nan unless z > 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        deviation = (x - y) / z
        return deviation * deviation / -2 - LOG_ROOT_2_PI - np.log(z).astype(deviation.dtype)
