"""Record a gradient formula: it runs on stand-ins for arrays, and the calls that it makes become an expression.

A call of a NumPy function or of an operation is a call in the expression; a forward function is not looked into.

The expression is simplified at the values of this run. A guard that holds nowhere or everywhere, such as x == 0 or isinf(x), is
left out; a comparison such as x > 0 is kept as [x > 0], which is 1 where it holds and 0 elsewhere.
"""

import inspect
import operator
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.compiler.trace import SHAPE_FUNCTIONS, as_arrays
from autograd.compiler.tracer import TracedArray, astype, copy_array, get_item, in_forward, scalar_power
from autograd.draw import symbolic
from autograd.draw.option_format import MAX_ELEMENTS
from autograd.draw.symbolic import (
    Call,
    Condition,
    Expression,
    Item,
    MatrixProduct,
    Number,
    Power,
    Symbol,
    Transpose,
    add,
    multiply,
    negate,
)
from autograd.operations.elementwise import mask_elements, one_plus_square


class UnwritableError(Exception):
    """The formula cannot be written as one expression."""


class Recorder:
    """Takes the part of a trace for `TracedArray`; the value id of each array is its expression.

    options: of the operation whose formula is recorded. A formula may pass them on to the operations that it calls.
    """

    def __init__(self, options: Mapping[str, Any] | None = None):
        self.options = options or {}

    def stand_in(self, expression: Expression, data: Any) -> TracedArray:
        """A stand-in for an array, or for a number of NumPy."""
        return TracedArray(self, expression, data)  # type: ignore[arg-type]

    def call(self, function: Callable, args: Sequence, options: Mapping[str, Any]) -> Any:
        """Call a function and record the call; refused in a forward function, which is recorded as a whole."""
        if function not in SHAPE_FUNCTIONS and in_forward():
            raise TypeError("a formula calls its operations as a whole")
        return self._record(function, args, options)

    def call_forward(self, operation: Any, args: Sequence, options: Mapping[str, Any]) -> Any:
        """Call the forward function of an operation and record the call."""
        return self._record(operation.forward, args, options)

    def _record(self, function: Callable, args: Sequence, options: Mapping[str, Any]) -> Any:
        options = {name: value for name, value in options.items() if value is not np._NoValue}
        result = function(*as_arrays(tuple(args)), **as_arrays(options))
        if function in SHAPE_FUNCTIONS:
            return result
        if not isinstance(result, np.ndarray | np.generic):
            raise UnwritableError
        return self.stand_in(_expression(function, args, options, result, self.options), result)

    def decide(self, x: TracedArray) -> bool:
        """The truth value of x at these values."""
        return bool(x.data)

    def untraceable(self, reason: str, x: TracedArray) -> None:
        """Refuse a real array: a forward function is then called as a whole; a formula cannot be written."""
        raise TypeError(reason) if in_forward() else UnwritableError(reason)

    def write(self, function: Callable, args: Sequence, options: Mapping[str, Any], target: Any) -> None:
        """Give up: the formula changes an array in place."""
        raise UnwritableError


def expression_of(x: Any) -> Any:
    """An argument as an expression; arrays must be filled with one number, or be an identity matrix."""
    if isinstance(x, TracedArray):
        return x.value_id
    if isinstance(x, bool | int | float | complex | np.bool_ | np.number):
        return Number(x)
    if isinstance(x, np.ndarray):
        if x.size and (x == x.flat[0]).all():
            return Number(x.flat[0])
        if x.ndim == 2 and x.shape[0] == x.shape[1] and (x == np.eye(len(x))).all():
            return Symbol("I", x)
        if x.dtype.kind in "iu" and x.ndim == 1 and x.size <= MAX_ELEMENTS:  # axes
            return tuple(x.tolist())
        raise UnwritableError
    if isinstance(x, list | tuple) and any(isinstance(leaf, TracedArray) for leaf in x):
        raise UnwritableError
    return x


def _expression(
    function: Callable, args: Sequence, options: Mapping[str, Any], result: Any, own_options: Mapping[str, Any]
) -> Expression:
    """The expression of one call."""
    function = np.power if function is scalar_power else function
    ufunc = getattr(function, "__self__", None)
    if isinstance(ufunc, np.ufunc) and function.__name__ == "reduce":
        function = REDUCTIONS.get(ufunc, function)
        options = options if len(args) > 1 else {"axis": 0, **options}
    if function in (np.matmul, np.dot):
        return _matrix_product(*args)
    operands = [expression_of(x) for x in args]
    if function in CONDITIONS:
        return _condition(function, operands, result)
    build = BUILDERS.get(function)
    if build is not None:
        return build(*operands, **options)
    has_names = any(isinstance(x, Expression) and not isinstance(x, Number) for x in operands)
    if not has_names and np.size(result) and (result == np.ravel(result)[0]).all():
        return Number(np.ravel(result)[0])
    if function in STRUCTURE:
        return STRUCTURE[function](operands, options, args[0], result)
    if function is np.where:
        return _where(operands, args, result)
    if function in LIMITS:
        unchanged = [x for x, arg in zip(operands, args) if isinstance(arg, TracedArray) and np.array_equal(arg.data, result)]
        if unchanged:  # a limit that no element reaches, against overflow
            return unchanged[0]
    defaults = {"keepdims": False, **_defaults(function)}
    hidden = frozenset(
        name for name, value in options.items() if name == "optimize" or _is_default(value, defaults.get(name, Ellipsis))
    )
    passed_on = frozenset(name for name, value in options.items() if name not in hidden and value is own_options.get(name, ...))
    options = {name: value.value_id if isinstance(value, TracedArray) else value for name, value in options.items()}
    explicit = [value for name, value in options.items() if name not in hidden | passed_on]
    if not all(map(is_short, (*explicit, *operands))):
        raise UnwritableError
    return Call(_name(function), tuple(operands), options, function, hidden, passed_on)


def _name(function: Callable) -> str:
    """The name of a function; of an operation its symbol, if that is a letter, perhaps with an index: Γ, J₀."""
    name = getattr(function, "__name__", "")
    operation = getattr(_in_module(function, name), "operation", None)
    if operation is not None and is_letter(operation.symbol):
        return operation.symbol
    return NAMES.get(name, name.strip("_"))


def _defaults(function: Callable) -> Mapping[str, Any]:
    """The defaults of the options of a function; of an operation its own, or those of the public function that calls it."""
    name = getattr(function, "__name__", "")
    operation = getattr(_in_module(function, name), "operation", None)
    if operation is not None and operation.defaults:
        return operation.defaults
    public = function if operation is None else _in_module(function, name.strip("_"))
    try:
        return {option.name: option.default for option in inspect.signature(public).parameters.values()}
    except (TypeError, ValueError):  # no function, or one without a signature
        return {}


def is_letter(symbol: str) -> bool:
    """Whether a symbol is one letter, perhaps with an index."""
    letter = symbol.rstrip("₀₁₂₃₄₅₆₇₈₉")
    return len(letter) == 1 and letter.isalpha()


def _in_module(function: Callable, name: str) -> Any:
    """What the module of a function calls by a name."""
    return getattr(sys.modules.get(getattr(function, "__module__", "") or ""), name, None)


def _is_default(value: Any, default: Any) -> bool:
    return type(value) is type(default) and value == default


def is_short(x: Any) -> bool:
    """Whether an argument or an option can be written in a formula."""
    if isinstance(x, tuple):
        return all(map(is_short, x))
    if isinstance(x, np.ndarray | list):
        return np.size(x) <= MAX_ELEMENTS
    return isinstance(x, Expression | int | float | str | slice | type(None) | type(Ellipsis) | np.number | np.bool_)


# Arithmetic


def _subtract(x: Expression, y: Expression) -> Expression:
    return add(x, negate(y))


def _divide(x: Expression, y: Expression) -> Expression:
    return multiply(x, symbolic.power(y, -1))


def _power(x: Expression, exponent: Expression) -> Expression:
    if isinstance(exponent, Number):
        return symbolic.power(x, float(exponent.value)) if exponent.value else Number(1)
    return Power(x, exponent)


def _hypot(x: Expression, y: Expression) -> Expression:
    return symbolic.power(add(symbolic.power(x, 2), symbolic.power(y, 2)), 0.5)


BUILDERS: dict[Callable, Callable[..., Expression]] = {
    np.add: add,
    np.subtract: _subtract,
    np.multiply: multiply,
    np.divide: _divide,
    np.negative: negate,
    np.positive: lambda x: x,
    np.power: _power,
    np.float_power: _power,
    np.square: lambda x: symbolic.power(x, 2),
    np.reciprocal: lambda x: symbolic.power(x, -1),
    np.sqrt: lambda x: symbolic.power(x, 0.5),
    np.hypot: _hypot,
    operator.add: add,
    operator.sub: _subtract,
    operator.mul: multiply,
    operator.truediv: _divide,
    operator.pow: _power,
    operator.neg: negate,
    operator.pos: lambda x: x,
    astype: lambda x, dtype, copy=True: x,
    copy_array: lambda x: x,
    np.copy: lambda x: x,
    np.broadcast_to: lambda x, shape: x,
    mask_elements.operation.forward: multiply,
    one_plus_square.operation.forward: lambda x: add(Number(1), symbolic.power(x, 2)),
}
LIMITS = {np.maximum, np.minimum, np.clip}
NAMES = {"absolute": "abs", "fabs": "abs", "maximum": "max", "minimum": "min", "conjugate": "conj", "real": "Re", "imag": "Im"}
REDUCTIONS: dict[np.ufunc, Callable] = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min}


# Conditions

CONDITIONS: dict[Callable, str] = {
    np.greater: ">",
    np.greater_equal: "≥",
    np.less: "<",
    np.less_equal: "≤",
    np.equal: "=",
    np.not_equal: "≠",
    np.bitwise_and: "∧",
    np.bitwise_or: "∨",
    np.invert: "¬",
    np.logical_and: "∧",
    np.logical_or: "∨",
    np.logical_not: "¬",
    np.isnan: "isnan",
    np.isinf: "isinf",
    np.isfinite: "isfinite",
}
COMPARISONS = {">", "≥", "<", "≤"}


def _condition(function: Callable, operands: list[Expression], result: Any) -> Expression:
    """A condition; a number where it is a guard that holds everywhere or nowhere."""
    sign = CONDITIONS[function]
    if sign in ("∧", "∨"):
        neutral = sign == "∧"
        operands = [x for x in operands if not (isinstance(x, Number) and bool(x.value) is neutral)]
        if len(operands) < 2:
            return operands[0] if operands else Number(neutral)
        if any(isinstance(x, Number) for x in operands):
            return Number(not neutral)
    elif sign not in COMPARISONS and np.size(result) and (np.asarray(result) == np.ravel(result)[0]).all():
        return Number(np.ravel(result)[0])
    infinite = [isinstance(x, Number) and bool(np.isinf(x.value)) for x in operands]
    if any(infinite) and np.all(result):  # a bound that was not given
        return Number(True)
    return Condition(sign, tuple(operands), function)


def _where(operands: list[Any], args: Sequence, result: Any) -> Expression:
    condition, x, y = operands
    if isinstance(condition, Number):
        return x if condition.value else y
    if isinstance(y, Number) and y.value == 0 and as_arrays(args[0]).dtype == bool:
        return multiply(condition, x)
    if isinstance(x, Number) and x.value == 0 and as_arrays(args[0]).dtype == bool:
        return multiply(Condition("¬", (condition,), np.logical_not), y)
    return Call("where", (condition, x, y), {}, np.where)


# Shapes


def _matrix_product(x: Any, y: Any) -> Expression:
    """A matrix product; with a vector of ones, a sum."""
    for ones, other, axis in ((x, y, 0), (y, x, np.ndim(as_arrays(x)) - 1)):
        if isinstance(ones, np.ndarray) and ones.ndim == 1 and (ones == 1).all():
            return Call("Σ", (expression_of(other),), {"axis": axis}, np.sum)
    left, right = expression_of(x), expression_of(y)
    sizes = [np.ndim(as_arrays(value)) for value in (x, y)]
    if 0 in sizes:
        return multiply(left, right)
    if isinstance(left, Number) or isinstance(right, Number):
        raise UnwritableError
    # The numbers and the signs of the factors stand in front.
    outer: Expression = Number(1)
    parts = []
    for part in (left, right):
        if isinstance(part, symbolic.Product) and len(part.factors) == 1 and part.factors[0][1] == 1:
            outer = multiply(outer, symbolic.Product(part.numerator, part.denominator, ()))
            part = part.factors[0][0]
        parts.append(part)
    return multiply(outer, MatrixProduct(*parts))


def _reduction(name: str, function: Callable) -> Callable:
    def build(operands: list, options: Mapping[str, Any], x: Any, result: Any) -> Expression:
        axis = options.get("axis", operands[1] if len(operands) > 1 else 0)
        kept = {"keepdims": True} if options.get("keepdims") else {}
        if set(options) - {"axis", "keepdims", "dtype"} or len(operands) > 2:
            raise UnwritableError
        ndim = np.ndim(as_arrays(x))
        every = tuple(range(ndim))
        axes = every if axis is None else tuple(sorted(a % ndim for a in (axis if isinstance(axis, tuple) else (axis,))))
        if not axes and ndim:
            return operands[0]
        is_whole = axes == every
        axis = None if is_whole else axes if len(axes) > 1 else axes[0]
        return Call(name, (operands[0],), ({} if is_whole else {"axis": axis}) | kept, function)

    return build


def _reduced_by_default(name: str, function: Callable) -> Callable:
    """A function that reduces over all axes by default."""
    build = _reduction(name, function)
    return lambda operands, options, x, result: build(
        operands, {"axis": None, **options} if len(operands) < 2 else options, x, result
    )


def _reshape(operands: list, options: Mapping[str, Any], x: Any, result: Any) -> Expression:
    """An array of another shape; new axes of size 1 are written as an index, and those in front not at all."""
    old, new = np.shape(as_arrays(x)), np.shape(result)
    if old == new or np.size(result) == 1:
        return operands[0]
    index: list[Any] = []
    rest = list(old)
    for size in new:
        if rest and rest[0] == size:
            index.append(slice(None))
            rest.pop(0)
        elif size == 1:
            index.append(None)
        else:
            return Call("reshape", (operands[0], new), {}, np.reshape)
    if rest:
        return Call("reshape", (operands[0], new), {}, np.reshape)
    while index and index[0] is None:
        index.pop(0)
    return operands[0] if None not in index else Item(operands[0], tuple(index))


def _transpose(operands: list, options: Mapping[str, Any], x: Any, result: Any) -> Expression:
    """The transpose of a matrix; of more axes the order."""
    ndim = np.ndim(result)
    axes = options.get("axes", operands[1] if len(operands) > 1 else None)
    order = list(range(ndim))[::-1] if axes is None else [int(a) % ndim for a in axes]
    if order == list(range(ndim)):
        return operands[0]
    if order == [*range(ndim - 2), ndim - 1, ndim - 2]:
        return _transposed(operands[0])
    return Call("transpose", (operands[0], tuple(order)), {}, np.transpose)


def _swapaxes(operands: list, options: Mapping[str, Any], x: Any, result: Any) -> Expression:
    ndim = np.ndim(result)
    axes = sorted(int(axis.value) % ndim for axis in operands[1:])
    if axes[0] == axes[1]:
        return operands[0]
    if axes == [ndim - 2, ndim - 1]:
        return _transposed(operands[0])
    return Call("swapaxes", (operands[0], *axes), {}, np.swapaxes)


def _transposed(x: Expression) -> Expression:
    """(Xᵀ)ᵀ is X; numbers stand in front."""
    if isinstance(x, Transpose):
        return x.matrix
    if isinstance(x, symbolic.Product) and len(x.factors) == 1 and x.factors[0][1] == 1:
        return multiply(symbolic.Product(x.numerator, x.denominator, ()), Transpose(x.factors[0][0]))
    return x if isinstance(x, Number) else Transpose(x)


def _item(operands: list, options: Mapping[str, Any], x: Any, result: Any) -> Expression:
    index = operands[1]
    if isinstance(index, Expression) and not isinstance(index, Number):
        raise UnwritableError
    if isinstance(operands[0], Number):
        return operands[0]
    return Item(operands[0], index.value if isinstance(index, Number) else index)


STRUCTURE: dict[Callable, Callable] = {
    np.reshape: _reshape,
    np.expand_dims: _reshape,
    np.squeeze: _reshape,
    np.ravel: _reshape,
    np.transpose: _transpose,
    np.swapaxes: _swapaxes,
    get_item: _item,
    np.sum: _reduced_by_default("Σ", np.sum),
    np.mean: _reduced_by_default("mean", np.mean),
    np.prod: _reduced_by_default("Π", np.prod),
    np.max: _reduced_by_default("max", np.max),
    np.min: _reduced_by_default("min", np.min),
}
