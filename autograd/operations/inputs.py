"""What a person passes to a composed function: tensors as they are, anything else as arrays."""

import numpy as np

from autograd.core.coercion import as_real_array
from autograd.core.tensor import Tensor


def as_tensor_or_array(x):
    """A tensor, or what stands for an array (see `recorder.recovered`), as it is; anything else as an array."""
    return x if isinstance(x, Tensor) or hasattr(type(x), "call_forward") else as_real_array(x)


def as_floating(x):
    """The same with elements that are floats: whole numbers as float64."""
    x = as_tensor_or_array(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def as_dtype(x, dtype):
    """The same with elements of this type."""
    return x if x.dtype == dtype else x.astype(dtype)
