"""NumPy's dispatch protocol: `np.*` called on tensors calls the operation of this package.

A function is differentiable (in `numpy_functions`), or constant, or refused with a reason. On tensors that need no gradient
every function works: it is called on their data.
"""

import inspect
import re
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from autograd.core.grad_mode import is_grad_enabled
from autograd.core.registry import implementation, numpy_functions, scipy_functions
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import UnsupportedError

#: A method of a ufunc → the equivalent NumPy function.
METHODS: dict[tuple[np.ufunc, str], Callable] = {
    (np.add, "reduce"): np.sum,
    (np.multiply, "reduce"): np.prod,
    (np.maximum, "reduce"): np.max,
    (np.minimum, "reduce"): np.min,
    (np.add, "accumulate"): np.cumsum,
    (np.multiply, "accumulate"): np.cumprod,
}

_UNEXPECTED = re.compile(r"unexpected keyword argument '(\w+)'")


def array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
    """NumPy calls this for a ufunc on tensors (`np.exp(t)`, `array + t`, `np.add.reduce(t)`)."""
    if method == "__call__" and not options and out is None and any(type(x) is Tensor and x._node is not None for x in inputs):
        ours = numpy_functions.get(ufunc)
        if ours is not None:
            return ours(*inputs)
    title = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if method == "at" or any(isinstance(x, Tensor) for x in out or ()):
        raise UnsupportedError(f"{title} changes a tensor in place, which is not recorded; assign the result to a new name")
    if not _is_tracked((inputs, options)):
        out_option = {} if out is None else {"out": out}
        result = getattr(ufunc, method)(*_arrays(inputs), **_arrays(options), **out_option)
        return _as_tensors(result) if out is None else result
    if out is not None:
        raise UnsupportedError(f"{title}(…, out=) cannot record into an array; assign the result instead")
    ours = numpy_functions.get(ufunc) or _scipy_operation(ufunc)
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


def _scipy_operation(ufunc: np.ufunc) -> Callable | None:
    """The operation for a ufunc of scipy.special; None for other ufuncs, even of the same name."""
    scipy_special = sys.modules.get("scipy.special")
    if getattr(scipy_special, ufunc.__name__, None) is not ufunc:
        return None
    from autograd.operations import special_functions  # noqa: F401  (imported here because few programs use SciPy)

    return scipy_functions.get(ufunc.__name__)


def array_function(self: Any, function: Callable, types: Any, args: tuple, options: dict) -> Any:
    """NumPy calls this for its other functions on tensors (`np.sum(t)`, `np.stack([t, u])`)."""
    ours = numpy_functions.get(function) or implementation(function)
    if ours is not None:
        if hasattr(ours, "operation"):
            return _call_operation(function, ours, args, options)
        try:
            return ours(*args, **options)
        except TypeError as error:
            unexpected = _UNEXPECTED.search(str(error))
            if unexpected is None:
                raise
            raise UnsupportedError(f"np.{function.__name__} on tensors does not take {unexpected[1]}") from None
    from autograd.numpy.support import CONSTANT  # imported here because it loads NumPy modules that few programs need

    if function in CONSTANT or not _is_tracked((args, options)):
        return function(*_arrays(args), **_arrays(options))
    raise _refusal(function)


def _call_operation(function: Callable, ours: Any, args: tuple, options: dict) -> Any:
    """Call an operation with the argument order and names of the NumPy function."""
    count, options_taken = len(ours.operation.inputs), ours.operation.options
    if not options and len(args) == count:
        return ours(*args)
    names = _parameter_names(function) if len(args) != count else []
    while len(args) < count and names[len(args)] in options:
        args = (*args, options.pop(names[len(args)]))
    if len(args) > count:
        options = {**dict(zip(names[count:], args[count:], strict=False)), **options}
        args = args[:count]
    not_taken = [name for name, value in options.items() if name not in options_taken and value is not None]
    if not_taken:
        raise UnsupportedError(f"np.{function.__name__} on tensors does not take {', '.join(not_taken)}")
    return ours(*args, **{name: value for name, value in options.items() if name in options_taken})


@cache
def _parameter_names(function: Callable) -> list[str]:
    return list(inspect.signature(function).parameters)


def _is_tracked(arguments: Any) -> bool:
    """Whether one of the arguments is recorded, so that a call on plain data would lose its gradient."""
    return is_grad_enabled() and any(isinstance(x, Tensor) and x._node is not None for x in leaves(arguments))


def _arrays(arguments: Any) -> Any:
    return map_leaves(lambda x: x._data if isinstance(x, Tensor) else x, arguments)


def _as_tensors(x: Any) -> Any:
    return tuple(_as_tensors(item) for item in x) if isinstance(x, tuple) else Tensor._wrap(x, None)


def _refusal(function: Callable, name: str = "") -> UnsupportedError:
    from difflib import get_close_matches

    from autograd.numpy.support import public_name, refusal_reason

    name = name or public_name(function)
    nearest = get_close_matches(function.__name__, [f.__name__ for f in numpy_functions], n=1)
    hint = f" (nearest supported: np.{nearest[0]})" if nearest else ""
    reason = refusal_reason(function) or "it is not implemented here"
    return UnsupportedError(f"{name} has no gradient: {reason}{hint}; without a gradient, call it on t.detach()")
