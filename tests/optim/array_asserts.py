"""Assertions on pairs of arrays."""

import numpy as np


def assert_equal_arrays(actual, expected):
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(a, b)


def assert_close_arrays(actual, expected, rtol=1e-12):
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-15)
