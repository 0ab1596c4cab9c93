"""Elementwise operations. NumPy promotes dtypes and ONNX does not: the inputs are cast to the dtype of the result."""

import math
from functools import partial
from typing import Any

import numpy as np

from autograd.extend import OperationCall
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import CONVERTERS, NoCounterpartError, converts


def operands(graph: Graph, call: OperationCall, dtype: Any = None) -> list[str]:
    """The inputs of a call in the dtype of its result, or in another one."""
    return [graph.operand(x, call.result.dtype if dtype is None else dtype) for x in call.inputs]


def number(graph: Graph, call: OperationCall, x: float) -> str:
    """A number as a constant of the dtype of the result."""
    return graph.constant(np.asarray(x, call.result.dtype))


def common_dtype(graph: Graph, call: OperationCall) -> np.dtype:
    """The dtype in which NumPy compares the inputs."""
    arrays = [x if isinstance(x, int | float) else graph.dtype(x) for x in call.inputs]
    return np.result_type(*arrays)


def _same(op: str, graph: Graph, call: OperationCall) -> str:
    return graph.node(op, *operands(graph, call))


#: Operations that one operator computes.
SAME = {
    **{
        "add": "Add",
        "subtract": "Sub",
        "multiply": "Mul",
        "divide": "Div",
        "negative": "Neg",
        "absolute": "Abs",
        "fabs": "Abs",
    },
    **{"exp": "Exp", "log": "Log", "sqrt": "Sqrt", "reciprocal": "Reciprocal", "power": "Pow", "float_power": "Pow"},
    **{"sin": "Sin", "cos": "Cos", "tan": "Tan", "arcsin": "Asin", "arccos": "Acos", "arctan": "Atan", "sinh": "Sinh"},
    **{"cosh": "Cosh", "tanh": "Tanh", "arcsinh": "Asinh", "arccosh": "Acosh", "arctanh": "Atanh", "erf": "Erf"},
    **{"sign": "Sign", "floor": "Floor", "ceil": "Ceil", "rint": "Round", "relu": "Relu", "sigmoid": "Sigmoid"},
    **{"positive": "Identity", "conjugate": "Identity", "copy": "Identity", "detach": "Identity", "real": "Identity"},
}
for _name, _op in SAME.items():
    CONVERTERS[_name] = partial(_same, _op)


@converts("maximum", "minimum")
def extremum(graph: Graph, call: OperationCall) -> str:
    """The larger or the smaller element."""
    return graph.node("Max" if call.name == "maximum" else "Min", *operands(graph, call))


@converts("fmax", "fmin")
def extremum_without_nan(graph: Graph, call: OperationCall) -> str:
    """The larger or the smaller element; the other one where one is nan."""
    x, y = operands(graph, call)
    if call.result.dtype.kind != "f":
        return graph.node("Max" if call.name == "fmax" else "Min", x, y)
    x, y = (
        graph.node("Where", graph.node("IsNaN", x), y, x),
        graph.node("Where", graph.node("IsNaN", y), x, y),
    )
    return graph.node("Max" if call.name == "fmax" else "Min", x, y)


@converts("square")
def square(graph: Graph, call: OperationCall) -> str:
    """x · x."""
    (x,) = operands(graph, call)
    return graph.node("Mul", x, x)


@converts("deg2rad", "radians", "rad2deg", "degrees")
def angle(graph: Graph, call: OperationCall) -> str:
    """Degrees and radians."""
    factor = math.pi / 180 if call.name in ("deg2rad", "radians") else 180 / math.pi
    return graph.node("Mul", *operands(graph, call), number(graph, call, factor))


@converts("exp2")
def exp2(graph: Graph, call: OperationCall) -> str:
    """2ˣ."""
    return graph.node("Pow", number(graph, call, 2), *operands(graph, call))


@converts("log2", "log10")
def logarithm(graph: Graph, call: OperationCall) -> str:
    """The logarithm to the base 2 or 10."""
    base = 2 if call.name == "log2" else 10
    return graph.node("Mul", graph.node("Log", *operands(graph, call)), number(graph, call, 1 / math.log(base)))


@converts("log1p")
def log1p(graph: Graph, call: OperationCall) -> str:
    """log(1 + x) = x log(u) / (u − 1) with u = 1 + x, exact for small x (Higham 2002, Accuracy and stability)."""
    (x,) = operands(graph, call)
    return _log1p(graph, x, number(graph, call, 1))


def _log1p(graph: Graph, x: str, one: str) -> str:
    u = graph.node("Add", x, one)
    difference = graph.node("Sub", u, one)
    is_small = graph.node("Equal", u, one)
    is_infinite = graph.node("IsInf", u)
    quotient = graph.node("Div", graph.node("Mul", graph.node("Log", u), x), graph.node("Where", is_small, one, difference))
    return graph.node("Where", is_small, x, graph.node("Where", is_infinite, x, quotient))


@converts("expm1")
def expm1(graph: Graph, call: OperationCall) -> str:
    """eˣ − 1 = (u − 1) x / log(u) with u = eˣ, exact for small x (Higham 2002, Accuracy and stability)."""
    (x,) = operands(graph, call)
    return write_expm1(graph, x, number(graph, call, 1))


def write_expm1(graph: Graph, x: str, one: str) -> str:
    """The nodes of eˣ − 1; `one` is 1 in the dtype of x."""
    u = graph.node("Exp", x)
    difference = graph.node("Sub", u, one)
    log = graph.node("Log", u)
    is_small = graph.node("Equal", u, one)
    is_far = graph.node("Greater", graph.node("Abs", log), one)
    quotient = graph.node("Div", graph.node("Mul", difference, x), graph.node("Where", is_small, one, log))
    return graph.node("Where", is_small, x, graph.node("Where", is_far, difference, quotient))


@converts("logaddexp", "logaddexp2")
def logaddexp(graph: Graph, call: OperationCall) -> str:
    """log(eˣ + eʸ) = max(x, y) + log(1 + e^(−|x − y|))."""
    x, y = operands(graph, call)
    scale = number(graph, call, math.log(2))
    distance = graph.node("Neg", graph.node("Abs", graph.node("Sub", x, y)))
    if call.name == "logaddexp2":
        distance = graph.node("Mul", distance, scale)
    tail = _log1p(graph, graph.node("Exp", distance), number(graph, call, 1))
    if call.name == "logaddexp2":
        tail = graph.node("Div", tail, scale)
    return graph.node("Add", graph.node("Max", x, y), tail)


@converts("cbrt")
def cbrt(graph: Graph, call: OperationCall) -> str:
    """The cube root."""
    (x,) = operands(graph, call)
    return graph.node("Mul", graph.node("Sign", x), graph.node("Pow", graph.node("Abs", x), number(graph, call, 1 / 3)))


@converts("hypot")
def hypot(graph: Graph, call: OperationCall) -> str:
    """√(x² + y²) = m √((x / m)² + (y / m)²) with the larger length m, which does not overflow."""
    x, y = (graph.node("Abs", x) for x in operands(graph, call))
    largest = graph.node("Max", x, y)
    zero, one = number(graph, call, 0), number(graph, call, 1)
    divisor = graph.node("Where", graph.node("Equal", largest, zero), one, largest)
    squares = [graph.node("Mul", q, q) for q in (graph.node("Div", x, divisor), graph.node("Div", y, divisor))]
    return graph.node("Mul", largest, graph.node("Sqrt", graph.node("Add", *squares)))


@converts("arctan2")
def arctan2(graph: Graph, call: OperationCall) -> str:
    """The angle of the point (y, x): atan(x / y), and ±π more for negative y."""
    x, y = operands(graph, call)
    zero, pi = number(graph, call, 0), number(graph, call, math.pi)
    is_negative = graph.node("Less", x, zero)
    is_axis = graph.node("Equal", y, zero)
    angle = graph.node("Atan", graph.node("Div", x, graph.node("Where", is_axis, number(graph, call, 1), y)))
    turn = graph.node("Where", is_negative, graph.node("Neg", pi), pi)
    angle = graph.node("Add", angle, graph.node("Where", graph.node("Less", y, zero), turn, zero))
    on_axis = graph.node("Mul", graph.node("Sign", x), number(graph, call, math.pi / 2))
    return graph.node("Where", is_axis, on_axis, angle)


@converts("copysign")
def copysign(graph: Graph, call: OperationCall) -> str:
    """|x| with the sign of y; y = −0 counts as 0."""
    x, y = operands(graph, call)
    size = graph.node("Abs", x)
    return graph.node("Where", graph.node("Less", y, number(graph, call, 0)), graph.node("Neg", size), size)


@converts("floor_divide", "remainder", "fmod")
def division(graph: Graph, call: OperationCall) -> str:
    """⌊x / y⌋; x − y ⌊x / y⌋, with the sign of y; and the remainder with the sign of x."""
    x, y = operands(graph, call)
    is_float = call.result.dtype.kind == "f"
    if call.name == "fmod":
        return graph.node("Mod", x, y, fmod=1)
    if not is_float:
        rest = graph.node("Mod", x, y)
        return rest if call.name == "remainder" else graph.node("Div", graph.node("Sub", x, rest), y)
    rest = graph.node("Mod", x, y, fmod=1)
    zero = number(graph, call, 0)
    signs = graph.node("Less", graph.node("Mul", graph.node("Sign", rest), graph.node("Sign", y)), zero)
    rest = graph.node("Where", signs, graph.node("Add", rest, y), rest)
    if call.name == "remainder":
        return rest
    return graph.node("Round", graph.node("Div", graph.node("Sub", x, rest), y))


@converts("ldexp")
def ldexp(graph: Graph, call: OperationCall) -> str:
    """x · 2ᵏ."""
    exponent = graph.operand(call.options["exponent"], call.result.dtype)
    return graph.node("Mul", *operands(graph, call), graph.node("Pow", number(graph, call, 2), exponent))


@converts("clip")
def clip(graph: Graph, call: OperationCall) -> str:
    """Elements between two bounds, each a number, an array, or None."""
    (name,) = operands(graph, call)
    for op, key in (("Max", "min"), ("Min", "max")):
        if call.options[key] is not None:
            name = graph.node(op, name, graph.operand(call.options[key], call.result.dtype))
    return name


@converts("where")
def where(graph: Graph, call: OperationCall) -> str:
    """x where the condition holds, y elsewhere."""
    if len(call.inputs) < 3:
        raise NoCounterpartError("the shape of the result depends on values")
    dtype = call.result.dtype
    condition = graph.operand(call.inputs[0], bool)
    x, y = (graph.operand(value, dtype) for value in call.inputs[1:])
    if dtype != np.bool_:
        return graph.node("Where", condition, x, y)
    others = graph.node("And", graph.node("Not", condition), y)  # runtimes lack Where of booleans
    return graph.node("Or", graph.node("And", condition, x), others)


@converts("select")
def select(graph: Graph, call: OperationCall) -> str:
    """The element of the first choice whose condition holds."""
    conditions, choices = call.inputs[:2]
    dtype, default = call.result.dtype, call.inputs[2] if len(call.inputs) > 2 else call.options.get("default", 0)
    out = graph.expand(graph.operand(default, dtype), graph.shape(call.result))
    for condition, choice in reversed(list(zip(conditions, choices))):
        out = graph.node("Where", graph.operand(condition, bool), graph.operand(choice, dtype), out)
    return out


@converts("mask_elements")
def mask_elements(graph: Graph, call: OperationCall) -> str:
    """x where the condition holds, 0 elsewhere."""
    x, condition = call.inputs
    return graph.node("Where", graph.operand(condition, bool), graph.operand(x, call.result.dtype), number(graph, call, 0))


COMPARISONS = {
    **{"greater": "Greater", "greater_equal": "GreaterOrEqual", "less": "Less", "less_equal": "LessOrEqual"},
    **{"equal": "Equal", "not_equal": "Equal"},
}


@converts(*COMPARISONS)
def compare(graph: Graph, call: OperationCall) -> str:
    """A comparison."""
    dtype = common_dtype(graph, call)
    if dtype == np.bool_ and "equal" not in call.name:
        dtype = np.dtype(np.int32)
    out = graph.node(COMPARISONS[call.name], *operands(graph, call, dtype))
    return graph.node("Not", out) if call.name == "not_equal" else out


LOGICAL = {
    **{"logical_and": "And", "logical_or": "Or", "logical_xor": "Xor", "logical_not": "Not"},
    **{"bitwise_and": "And", "bitwise_or": "Or", "bitwise_xor": "Xor", "invert": "Not"},
}
BITWISE = {"bitwise_and": "BitwiseAnd", "bitwise_or": "BitwiseOr", "bitwise_xor": "BitwiseXor", "invert": "BitwiseNot"}


@converts(*LOGICAL)
def combine(graph: Graph, call: OperationCall) -> str:
    """Conditions combined; or the bits of integers."""
    if call.result.dtype != np.bool_:
        return graph.node(BITWISE[call.name], *operands(graph, call))
    return graph.node(LOGICAL[call.name], *operands(graph, call, bool))


@converts("isnan", "isinf", "isfinite")
def classify(graph: Graph, call: OperationCall) -> str:
    """Whether elements are nan, infinite or finite."""
    (x,) = call.inputs
    if graph.dtype(x).kind != "f":
        name = graph.node("Equal", graph.operand(x), graph.operand(x))
        return name if call.name == "isfinite" else graph.node("Not", name)
    name = graph.operand(x)
    if call.name != "isfinite":
        return graph.node("IsNaN" if call.name == "isnan" else "IsInf", name)
    return graph.node("Not", graph.node("Or", graph.node("IsNaN", name), graph.node("IsInf", name)))


@converts("trunc", "fix")
def trunc(graph: Graph, call: OperationCall) -> str:
    """Rounded towards 0."""
    (x,) = operands(graph, call)
    return graph.node("Mul", graph.node("Sign", x), graph.node("Floor", graph.node("Abs", x)))


@converts("round", "around")
def round_to_decimals(graph: Graph, call: OperationCall) -> str:
    """Rounded to decimals, halves to the even neighbor."""
    decimals = call.inputs[1] if len(call.inputs) > 1 else call.options.get("decimals", 0)
    name = graph.operand(call.inputs[0])
    if call.result.dtype.kind != "f":
        if decimals < 0:
            raise NoCounterpartError("integers are rounded to tens")
        return name
    scale = number(graph, call, 10.0 ** abs(decimals))
    forth, back = ("Mul", "Div") if decimals >= 0 else ("Div", "Mul")
    return (
        graph.node("Round", name)
        if not decimals
        else graph.node(back, graph.node("Round", graph.node(forth, name, scale)), scale)
    )


@converts("heaviside")
def heaviside(graph: Graph, call: OperationCall) -> str:
    """0 for negative x, 1 for positive x, y at 0."""
    x, y = operands(graph, call)
    zero, one = number(graph, call, 0), number(graph, call, 1)
    step = graph.node("Where", graph.node("Greater", x, zero), one, zero)
    return graph.node("Where", graph.node("Equal", x, zero), y, step)


@converts("signbit")
def signbit(graph: Graph, call: OperationCall) -> str:
    """Whether elements are negative; −0 counts as 0."""
    (x,) = call.inputs
    return graph.node("Less", graph.operand(x), graph.constant(np.zeros((), graph.dtype(x))))


@converts("xlogy")
def xlogy(graph: Graph, call: OperationCall) -> str:
    """x log(y), 0 where x is 0."""
    x, y = operands(graph, call)
    zero, one = number(graph, call, 0), number(graph, call, 1)
    is_zero = graph.node("Equal", x, zero)
    return graph.node("Mul", x, graph.node("Log", graph.node("Where", is_zero, one, y)))


@converts("xlog1py")
def xlog1py(graph: Graph, call: OperationCall) -> str:
    """x log(1 + y), 0 where x is 0 unless y is nan."""
    x, y = operands(graph, call)
    zero, one = number(graph, call, 0), number(graph, call, 1)
    is_zero = graph.node("And", graph.node("Equal", x, zero), graph.node("Not", graph.node("IsNaN", y)))
    return graph.node("Mul", x, _log1p(graph, graph.node("Where", is_zero, zero, y), one))


@converts("entr")
def entropy(graph: Graph, call: OperationCall) -> str:
    """−x log(x), 0 where x is 0, and −∞ for negative x."""
    (x,) = operands(graph, call)
    zero, one, infinity = number(graph, call, 0), number(graph, call, 1), number(graph, call, -math.inf)
    log = graph.node("Log", graph.node("Where", graph.node("Equal", x, zero), one, x))
    return graph.node("Where", graph.node("Less", x, zero), infinity, graph.node("Neg", graph.node("Mul", x, log)))


@converts("sinc")
def sinc(graph: Graph, call: OperationCall) -> str:
    """sin(πx) / (πx), and 1 at 0."""
    (x,) = operands(graph, call)
    zero, one = number(graph, call, 0), number(graph, call, 1)
    is_zero, angle = graph.node("Equal", x, zero), graph.node("Mul", x, number(graph, call, math.pi))
    quotient = graph.node("Div", graph.node("Sin", angle), graph.node("Where", is_zero, one, angle))
    return graph.node("Where", is_zero, one, quotient)


@converts("nan_to_num")
def nan_to_num(graph: Graph, call: OperationCall) -> str:
    """Replacements of nan and of the infinities, the largest floats by default."""
    (x,), options, info = operands(graph, call), call.options, np.finfo(call.result.dtype)
    bounds = (("posinf", info.max), ("neginf", info.min))
    largest, smallest = (default if options[key] is None else options[key] for key, default in bounds)
    out = graph.node("Where", graph.node("IsNaN", x), graph.operand(options["nan"], call.result.dtype), x)
    is_largest, is_smallest = graph.node("IsInf", x, detect_negative=0), graph.node("IsInf", x, detect_positive=0)
    out = graph.node("Where", is_largest, graph.operand(largest, call.result.dtype), out)
    return graph.node("Where", is_smallest, graph.operand(smallest, call.result.dtype), out)


@converts("logit")
def logit(graph: Graph, call: OperationCall) -> str:
    """log(x / (1 − x))."""
    (x,) = operands(graph, call)
    return graph.node("Log", graph.node("Div", x, graph.node("Sub", number(graph, call, 1), x)))


@converts("zeros_like", "ones_like", "_ones_like", "imag")
def like(graph: Graph, call: OperationCall) -> str:
    """An array of zeros, as the imaginary part of real numbers, or of ones."""
    value = np.asarray(0 if call.name in ("zeros_like", "imag") else 1, call.result.dtype)
    return graph.expand(graph.constant(value), graph.shape(call.result))
