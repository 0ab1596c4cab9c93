"""The benchmark of NumPy's functions: every call has a finite value and gradient."""

import numpy as np
import pytest

from benchmarks.numpy_functions.calls import CALLS, SMALL
from benchmarks.numpy_functions.engine import prepare


@pytest.mark.parametrize("name", CALLS)
def test_every_call_has_a_value_and_a_gradient(name):
    value, gradient = prepare(CALLS[name], SMALL)()
    assert np.isfinite(value)
    assert np.all(np.isfinite(gradient))
