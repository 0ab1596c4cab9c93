"""The function that people call for an operation: it runs the forward function and records a node if a gradient is needed.

Recording is the price of every operation, so there are five forms of this function, with one meaning. `_generic` loops over its
inputs. `_unary`, `_binary` and `_unary_with_options` are written out for the operations that are called most. For any other
operation without options the text is generated (`apply_codegen.py`).
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol
from weakref import ref

import numpy as np

from autograd.core.apply_codegen import generate_apply
from autograd.core.apply_errors import explain_error
from autograd.core.coercion import as_numeric_array
from autograd.core.engine import Node, next_number
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.shape_dtype import KEEP_LIMIT, ShapeDtype
from autograd.core.tensor import TENSOR_TYPES, Tensor
from autograd.errors import UnsupportedError

new = object.__new__
float64, ndarray, shape = np.float64, np.ndarray, np.shape
#: Types that a forward function takes as they are.
ARRAY_TYPES: set[type] = {float, int, bool, np.float64, np.float32, np.int64, np.bool_, np.complex128, np.complex64}


def make_apply(operation: Any) -> Callable[..., Any]:
    """The function that people call for an operation."""
    make = _generic
    if not (operation.variadic or operation.options or operation.joint_formula):
        is_plain = not (operation.residuals or operation.shapes) and all(operation.formulas)
        make = {1: _unary, 2: _binary}.get(len(operation.inputs), _generated) if is_plain else _generated
    elif len(operation.inputs) == 1 and not (operation.variadic or operation.joint_formula or operation.residuals):
        make = _unary_with_options
    call = make(operation)
    # A copy of the code for each operation: Python specializes code to the types it meets.
    call.__code__ = call.__code__.replace()
    return call


def _unary(operation: Any) -> Callable[..., Any]:
    """The function of an operation with one input: `_generic`, written out."""
    forward = operation.forward
    saves_x, saves_out, empty = _saved_positions(operation, 1)

    def call(x, /):
        if type(x) in TENSOR_TYPES:
            data, source = x._data, x._node
        else:
            data = x if type(x) in ARRAY_TYPES or (type(x) is ndarray and x.dtype.kind in "fiubc") else as_array(x)
            source = None
        try:
            out = forward(data)
        except (ValueError, IndexError, TypeError) as error:
            out = apply_to_stand_in(operation, (data,), {}, error)
        result = new(Tensor)
        result._data = out
        if source is None or not (recording := is_grad_enabled()):
            result._node = None
            return result if type(x) in TENSOR_TYPES else out
        result._node = node = new(Node)
        node.operation = operation
        node.inputs = (source,)
        node.options = None
        node.saved = empty or (data if saves_x else None, out if saves_out else None)
        if type(out) is float64 or out.size <= KEEP_LIMIT:
            node.value = out
        else:
            node.value = kept = new(ShapeDtype)
            kept.shape = out.shape
            kept.dtype = out.dtype
        node.number = next_number()
        if recording is not True:
            recording(result)
        return result

    return call


def _binary(operation: Any) -> Callable[..., Any]:
    """The function of an operation with two inputs, both with a formula: `_generic`, written out."""
    forward = operation.forward
    only_x, only_y, both = (_saved_positions(operation, tracked) for tracked in (1, 2, 3))

    def call(x, y, /):
        if type(x) in TENSOR_TYPES:
            x_data, x_source = x._data, x._node
        else:
            x_data = x if type(x) in ARRAY_TYPES or (type(x) is ndarray and x.dtype.kind in "fiubc") else as_left_array(x, y)
            x_source = None
        if type(y) in TENSOR_TYPES:
            y_data, y_source = y._data, y._node
        else:
            y_data = y if type(y) in ARRAY_TYPES or (type(y) is ndarray and y.dtype.kind in "fiubc") else as_array(y)
            y_source = None
        try:
            out = forward(x_data, y_data)
        except (ValueError, IndexError, TypeError) as error:
            out = apply_to_stand_in(operation, (x_data, y_data), {}, error)
        result = new(Tensor)
        result._data = out
        if (x_source is None and y_source is None) or not (recording := is_grad_enabled()):
            result._node = None
            return result if type(x) in TENSOR_TYPES or type(y) in TENSOR_TYPES else out
        saves_x, saves_y, saves_out, empty = only_x if y_source is None else only_y if x_source is None else both
        result._node = node = new(Node)
        node.operation = operation
        node.inputs = (
            constant_input(x) if x_source is None else x_source,
            constant_input(y) if y_source is None else y_source,
        )
        node.options = None
        node.saved = empty or (x_data if saves_x else None, y_data if saves_y else None, out if saves_out else None)
        if type(out) is float64 or out.size <= KEEP_LIMIT:
            node.value = out
        else:
            node.value = kept = new(ShapeDtype)
            kept.shape = out.shape
            kept.dtype = out.dtype
        node.number = next_number()
        if recording is not True:
            recording(result)
        return result

    return call


def _unary_with_options(operation: Any) -> Callable[..., Any]:
    """The function of an operation with one input and options: `_generic`, written out."""
    forward, names, defaults = operation.forward, operation.options, operation.defaults
    saves_x, saves_out, _ = _saved_positions(operation, 1)
    not_saved = operation.positions_not_saved(1, 1)
    saves_shape = bool(operation.shapes)
    # The options that are saved, by name; None in the place of the others.
    saved_names = [None if i in not_saved else name for i, name in enumerate(names, 2 + saves_shape)]

    def call(x, /, *values, **options):
        if not (values or options):
            options = defaults.copy()
        elif len(values) <= len(names) and TENSOR_TYPES.isdisjoint(map(type, (*values, *options.values()))):
            options = {**defaults, **dict(zip(names, values)), **options}
        else:
            _, options = _bind_arguments(operation, (x, *values), options)
        if type(x) in TENSOR_TYPES:
            data, source = x._data, x._node
        else:
            data = as_array(x)
        try:
            out = forward(data, **options)
        except (ValueError, IndexError, TypeError) as error:
            out = apply_to_stand_in(operation, (data,), options, error)
        if type(x) not in TENSOR_TYPES:
            return out
        if type(out) is ndarray and not out.ndim:
            out = out[()]
        result = new(Tensor)
        result._data = out
        if source is None or not (recording := is_grad_enabled()):
            result._node = None
            return result
        result._node = node = new(Node)
        node.operation = operation
        node.inputs = (source,)
        node.options = options
        saved = [data if saves_x else None, out if saves_out else None]
        if saves_shape:
            saved.append(data.shape)
        saved += [name and options[name] for name in saved_names]
        node.saved = saved
        if type(out) is float64 or out.size <= KEEP_LIMIT:
            node.value = out
        else:
            node.value = kept = new(ShapeDtype)
            kept.shape = out.shape
            kept.dtype = out.dtype
        node.number = next_number()
        if recording is not True:
            recording(result)
        return result

    return call


def _saved_positions(operation: Any, tracked: int) -> tuple:
    """Whether each input and the result are saved, and the tuple that is saved if none of them is, shared by all calls.

    tracked: the inputs that need a gradient, as bits: bit i for input i.
    """
    count = len(operation.inputs)
    not_saved = operation.positions_not_saved(tracked, count)
    saves = [position not in not_saved for position in range(count + 1)]
    return *saves, None if any(saves) else (None,) * (count + 1)


def _generated(operation: Any) -> Callable[..., Any]:
    """The function of any other operation without options, generated for the number of its inputs."""
    sets_of_inputs = range(1 << len(operation.inputs))
    return generate_apply(operation, [_saved_positions(operation, tracked) for tracked in sets_of_inputs], globals())


def _generic(operation: Any) -> Callable[..., Any]:
    """The function of an operation with options, with any number of inputs, or with a joint formula."""
    forward, has_residuals = operation.forward, bool(operation.residuals)
    differentiable = -1 if operation.joint_formula else sum(1 << i for i, *_ in operation.rules)

    def call(*args, **options):
        args, options = _bind_arguments(operation, args, options)
        values, sources, tracked, bit, has_tensor = [], [], 0, 1, False
        for x in args:
            if type(x) in TENSOR_TYPES:
                has_tensor = True
                values.append(x._data)
                source = x._node
                if source is None:
                    source = constant_input(x)
                else:
                    tracked += bit
                sources.append(source)
            else:
                values.append(as_array(x))
                sources.append(constant_input(x))
            bit += bit
        try:
            out = forward(*values, **options)
        except (ValueError, IndexError, TypeError) as error:
            out = apply_to_stand_in(operation, values, options, error)
        residuals: Sequence = ()
        if has_residuals:
            out, *residuals = out
        if not has_tensor:
            return out
        if type(out) is ndarray and out.ndim == 0:
            out = out[()]
        result = new(Tensor)
        result._data = out
        tracked &= differentiable
        recording = is_grad_enabled()
        if not tracked or not recording:
            result._node = None
            return result
        saved = operation.layout(values, out, residuals, options)
        for position in operation.positions_not_saved(tracked, len(args)):
            saved[position] = None
        value = out if out.size <= KEEP_LIMIT else ShapeDtype(out)
        result._node = Node(operation, sources, options, saved, value)
        if recording is not True:
            recording(result)
        return result

    return call


def _bind_arguments(operation: Any, args: tuple, options: dict) -> tuple[tuple, dict]:
    """The inputs, and the options by name with their defaults."""
    if operation.variadic:
        return args, options
    count = len(operation.inputs)
    if len(args) > count + len(operation.options):
        raise TypeError(f"{operation.name} takes {count + len(operation.options)} arguments, not {len(args)}")
    options = {**operation.defaults, **dict(zip(operation.options, args[count:])), **options}
    for name, value in options.items():
        if isinstance(value, Tensor):
            if value.requires_grad:
                raise UnsupportedError(f"{operation.name}: {name} has no gradient; pass a number, an array or {name}.detach()")
            options[name] = value.data
    return args[:count], options


def as_array(x: Any) -> Any:
    """An argument of an operation as an array or a number."""
    if type(x) in ARRAY_TYPES or (type(x) is ndarray and x.dtype.kind in "fiubc"):
        return x
    return x if type(x) is complex else as_numeric_array(x)


def as_left_array(x: Any, y: Any) -> Any:
    """The left one of two arguments as an array or a number: of 1j * np.float64(2) Python would make a number of its own."""
    if type(x) is complex and type(y._data if type(y) in TENSOR_TYPES else y) is float64:
        return np.complex128(x)
    return as_array(x)


def constant_input(x: Any) -> Any:
    """An input without gradient as a node keeps it: a small one itself, a large tensor by weak reference."""
    if isinstance(x, ndarray):
        return x if x.size <= KEEP_LIMIT else ShapeDtype(x)
    if isinstance(x, Tensor) and x._data.size > KEEP_LIMIT:
        return ref(x)
    return x


class ArrayStandIn(Protocol):
    """An object in the place of an array, such as a traced array or a batched gradient: it calls forward functions itself."""

    def call_forward(self, operation: Any, values: Sequence, options: dict) -> Any:
        """The result of an operation's forward function, which needs real arrays."""


def apply_to_stand_in(operation: Any, values: Sequence, options: dict, error: Exception) -> Any:
    """The result of a forward function that failed on an `ArrayStandIn`; without one among the arguments, raises the error."""
    index = options.get("index")
    for value in (*values, *options.values(), *(index if isinstance(index, tuple) else ())):
        if hasattr(type(value), "call_forward"):
            try:
                return value.call_forward(operation, values, options)
            except (ValueError, IndexError, TypeError) as second_error:
                error = second_error
                break
    raise explain_error(operation, values, error) from None
