"""What a person passes to a composed function: tensors as they are, anything else as arrays."""

import numpy as np

from autograd.core.coercion import numbers
from autograd.core.tensor import Tensor


def given(x):
    """A tensor, or what stands for an array (see `recorder.recovered`), as it is; anything else as an array."""
    return x if isinstance(x, Tensor) or hasattr(type(x), "whole") else numbers(x)


def floating(x):
    """The same with elements that are floats: whole numbers as float64."""
    x = given(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def typed(x, dtype):
    """The same with elements of this type."""
    return x if x.dtype == dtype else x.astype(dtype)
