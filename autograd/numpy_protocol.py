"""`np.*` called on tensors: from NumPy's function to our operation."""

import inspect
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import numpy as np

from autograd.errors import UnsupportedError
from autograd.operation import numpy_functions
from autograd.recorder import tensors

# Answered on the data: their results have no gradient.
CONSTANT_FUNCTIONS = frozenset({
    np.all, np.allclose, np.any, np.argmax, np.argmin, np.argsort, np.array_equal, np.array_repr, np.array_str,
    np.array2string, np.bincount, np.count_nonzero, np.empty_like, np.full_like, np.histogram, np.isclose,
    np.ndim, np.nonzero, np.ones_like, np.round, np.searchsorted, np.shape, np.size, np.unique, np.zeros_like,
})  # fmt: skip


def array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
    """NumPy calls this for a ufunc on tensors (`np.exp(t)`, `array + t`)."""
    if method != "__call__":
        raise UnsupportedError(f"np.{ufunc.__name__}.{method} on tensors is not supported; use np.sum, np.prod, np.max, np.min")
    if options:
        raise UnsupportedError(f"np.{ufunc.__name__} on tensors does not take {', '.join(options)}")
    ours = numpy_functions.get(ufunc)
    if ours is None:
        raise _unsupported(ufunc)
    result = ours(*inputs)
    return result if out is None else _into(out[0], result, ufunc)


def _into(out: Any, result: Any, ufunc: np.ufunc) -> Any:
    """Write a constant result into an array, as in `array -= tensor`."""
    if isinstance(out, tensors.Tensor) or result.requires_grad:
        raise UnsupportedError(f"np.{ufunc.__name__}(…, out=) cannot record into an array; assign the result instead")
    np.copyto(out, result.data, casting="same_kind")
    return out


def array_function(self: Any, function: Callable, types: Any, args: tuple, options: dict) -> Any:
    """NumPy calls this for any other of its functions on tensors (`np.sum(t)`, `np.stack([t, u])`)."""
    ours = numpy_functions.get(function)
    if ours is not None:
        operation = getattr(ours, "operation", None)
        if operation is not None and len(args) > len(operation.inputs):
            args, options = _by_name(function, args, options, len(operation.inputs))
        if operation is not None:
            unknown = [name for name, value in options.items() if name not in operation.options and value is not None]
            if unknown:
                raise UnsupportedError(f"np.{function.__name__} on tensors does not take {', '.join(unknown)}")
            options = {name: value for name, value in options.items() if name in operation.options}
        return ours(*args, **options)
    if function in CONSTANT_FUNCTIONS:
        return function(*_arrays(args), **{name: _arrays(value) for name, value in options.items()})
    raise _unsupported(function)


def _by_name(function: Callable, args: tuple, options: dict, inputs: int) -> tuple[tuple, dict]:
    """Options that were passed by position, under their names in NumPy's signature."""
    names = list(inspect.signature(function).parameters)
    return args[:inputs], {**dict(zip(names[inputs:], args[inputs:], strict=False)), **options}


def _arrays(x: Any) -> Any:
    if isinstance(x, tensors.Tensor):
        return x._data
    if isinstance(x, list | tuple):
        return type(x)(_arrays(part) for part in x)
    return x


def _unsupported(function: Callable) -> UnsupportedError:
    name = function.__name__
    near = get_close_matches(name, [f.__name__ for f in numpy_functions], n=1)
    hint = f" (nearest supported: np.{near[0]})" if near else ""
    return UnsupportedError(f"np.{name} has no gradient here{hint}; without a gradient, call it on the .numpy() values")
