"""Location, scale and shapes of distributions."""

import math

import numpy as np

from autograd.operations.elementwise import where
from autograd.operations.inputs import as_floating


def as_parameter(x):
    """A parameter with float elements; a Python number stays one, so that it promotes nothing."""
    return float(x) if type(x) in (int, float) else as_floating(x)


def shape_parameter(x, z):
    """A shape, nan where it is not positive; a Python number gets the dtype of z."""
    return positive(z.dtype.type(x) if type(x) in (int, float) else x)


def positive(x):
    """A parameter that must be positive; elsewhere nan."""
    if type(x) in (int, float):
        return float(x) if x > 0 else math.nan
    x = as_floating(x)
    return where(x > 0, x, math.nan)


def standardize(x, loc, scale):
    """(x − loc) / scale."""
    x = as_floating(x)
    x = x if _is_number(loc, 0) else x - as_parameter(loc)
    return x if _is_number(scale, 1) else x / positive(scale)


def log_scale(scale):
    """log scale."""
    scale = positive(scale)
    return math.log(scale) if type(scale) is float else np.log(scale)  # a Python number promotes nothing


def _is_number(x, value):
    return type(x) in (int, float) and x == value


def log_probability(probability, complement):
    """The logarithm of a probability p, above ½ by that of 1 − complement; −∞ at 0, with gradient 0 there."""
    is_large, is_zero = probability > 0.5, probability == 0
    small = np.log(np.where(is_zero | is_large, 1.0, probability))
    return np.where(is_large, np.log1p(-np.where(is_large, complement, 0.0)), np.where(is_zero, -np.inf, small))
