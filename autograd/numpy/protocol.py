"""`np.*` called on tensors: from NumPy's function to our operation.

A function is differentiable (it is an operation, in `numpy_functions`), or known to be constant, or refused with a reason.
On tensors that need no gradient every function is answered, on their data.
"""

import inspect
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.grad_mode import is_grad_enabled
from autograd.core.registry import numpy_functions, scipy_functions
from autograd.core.tensor import Tensor
from autograd.errors import UnsupportedError

#: (ufunc, method) → the function that does the same.
METHODS: dict[tuple[np.ufunc, str], Callable] = {
    (np.add, "reduce"): np.sum,
    (np.multiply, "reduce"): np.prod,
    (np.maximum, "reduce"): np.max,
    (np.minimum, "reduce"): np.min,
    (np.add, "accumulate"): np.cumsum,
    (np.multiply, "accumulate"): np.cumprod,
}


def array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
    """NumPy calls this for a ufunc on tensors (`np.exp(t)`, `array + t`, `np.add.reduce(t)`)."""
    title = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if method == "at" or any(isinstance(x, Tensor) for x in out or ()):
        raise UnsupportedError(f"{title} writes into a tensor, which is not recorded; assign the result to a new name")
    if not _tracked((inputs, options)):
        written = {} if out is None else {"out": out}
        result = getattr(ufunc, method)(*_arrays(inputs), **_arrays(options), **written)
        return _as_tensors(result) if out is None else result
    if out is not None:
        raise UnsupportedError(f"{title}(…, out=) cannot record into an array; assign the result instead")
    ours = numpy_functions.get(ufunc) or _of_scipy(ufunc)
    if method == "outer" and ours is not None:
        x, y = inputs
        return ours(np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)
    if (ufunc, method) in METHODS:
        axis = options.pop("axis", 0)
        if any(value is not None for name, value in options.items() if name != "keepdims"):
            raise UnsupportedError(f"{title} on tensors takes axis and keepdims, not {', '.join(options)}")
        return METHODS[ufunc, method](*inputs, axis=axis, **options)
    if method != "__call__" or ours is None:
        raise _refusal(ufunc, title)
    if options:
        raise UnsupportedError(f"{title} on tensors does not take {', '.join(options)}; use np.where for a condition")
    return ours(*inputs)


def _of_scipy(ufunc: np.ufunc) -> Callable | None:
    """Our operation for a ufunc of scipy.special; None for any other, also for one that borrows the name."""
    scipy_special = sys.modules.get("scipy.special")
    return scipy_functions.get(ufunc.__name__) if getattr(scipy_special, ufunc.__name__, None) is ufunc else None


def array_function(self: Any, function: Callable, types: Any, args: tuple, options: dict) -> Any:
    """NumPy calls this for any other of its functions on tensors (`np.sum(t)`, `np.stack([t, u])`)."""
    ours = numpy_functions.get(function)
    if ours is not None:
        if hasattr(ours, "operation"):
            return _called(function, ours, args, options)
        try:
            return ours(*args, **options)
        except TypeError as error:
            if "unexpected keyword" not in str(error):
                raise
            raise UnsupportedError(f"np.{function.__name__} on tensors: {error}") from None
    from autograd.numpy.support import CONSTANT  # the lists import parts of NumPy that are rarely needed

    if function in CONSTANT or not _tracked((args, options)):
        return function(*_arrays(args), **_arrays(options))
    raise _refusal(function)


def _called(function: Callable, ours: Any, args: tuple, options: dict) -> Any:
    """Call an operation with options by NumPy's names and places."""
    inputs, known = len(ours.operation.inputs), ours.operation.options
    names = list(inspect.signature(function).parameters) if len(args) != inputs else []
    while len(args) < inputs and names[len(args)] in options:
        args = (*args, options.pop(names[len(args)]))
    if len(args) > inputs:
        options = {**dict(zip(names[inputs:], args[inputs:], strict=False)), **options}
        args = args[:inputs]
    unknown = [name for name, value in options.items() if name not in known and value is not None]
    if unknown:
        raise UnsupportedError(f"np.{function.__name__} on tensors does not take {', '.join(unknown)}")
    return ours(*args, **{name: value for name, value in options.items() if name in known})


def _tracked(x: Any) -> bool:
    """Whether a gradient would be lost if only the data of these arguments were used."""
    if isinstance(x, Tensor):
        return x._node is not None and is_grad_enabled()
    if isinstance(x, dict):
        x = list(x.values())
    return isinstance(x, list | tuple) and any(_tracked(part) for part in x)


def _arrays(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x._data
    if isinstance(x, dict):
        return {name: _arrays(value) for name, value in x.items()}
    return type(x)(_arrays(part) for part in x) if isinstance(x, list | tuple) else x


def _as_tensors(x: Any) -> Any:
    return tuple(_as_tensors(part) for part in x) if isinstance(x, tuple) else Tensor._wrap(x, None)


def _refusal(function: Callable, name: str = "") -> UnsupportedError:
    from difflib import get_close_matches

    from autograd.numpy.support import refusal, title

    name = name or title(function)
    near = get_close_matches(function.__name__, [f.__name__ for f in numpy_functions], n=1)
    hint = f" (nearest supported: np.{near[0]})" if near else ""
    reason = refusal(function) or "it is not implemented here"
    return UnsupportedError(f"{name} has no gradient: {reason}{hint}; without a gradient, call it on t.detach()")
