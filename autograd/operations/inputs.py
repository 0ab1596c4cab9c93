"""Conversion of the arguments of composed functions."""

import numpy as np

from autograd.core.coercion import as_numeric_array, refuse_complex
from autograd.core.tensor import Tensor


def as_tensor_or_array(x):
    """Tensors, and stand-ins for arrays (`ArrayStandIn` in core/apply.py), unchanged; anything else as an array."""
    return x if isinstance(x, Tensor) or hasattr(type(x), "call_forward") else as_numeric_array(x)


def as_floating(x, name=None):
    """The same with float elements: integers become float64; raises DataError for complex numbers, with the function's name."""
    x = as_inexact(x)
    refuse_complex(x, name)
    return x


def as_inexact(x):
    """The same with float or complex elements: integers become float64."""
    x = as_tensor_or_array(x)
    return x if x.dtype.kind in "fc" else x.astype(np.float64)


def as_dtype(x, dtype):
    """The same with another dtype."""
    return x if x.dtype == dtype else x.astype(dtype)


def as_common_floating(*xs):
    """All with float or complex elements of their common dtype; Python numbers adapt to the others."""
    arrays = [x if type(x) in (int, float, complex) else as_tensor_or_array(x) for x in xs]
    dtype = np.result_type(*arrays)
    return [as_dtype(as_tensor_or_array(x), dtype if dtype.kind in "fc" else np.dtype(np.float64)) for x in arrays]
