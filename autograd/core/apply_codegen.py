"""The text of a function that applies one operation without options, with the loop over its inputs written out."""

from collections.abc import Callable, Sequence
from functools import cache
from types import CodeType, FunctionType
from typing import Any


def generate_apply(operation: Any, saved_positions: Sequence[tuple], names: dict[str, Any]) -> Callable[..., Any]:
    """A function equivalent to `apply._generic`, for an operation with a fixed number of inputs.

    saved_positions: for each set of tracked inputs (bit i for input i): whether each input is saved, whether the result is, and
                     the tuple that is saved if nothing is.
    names:           the names that the text uses.
    """
    differentiable = tuple(i for i, formula in enumerate(operation.formulas) if formula is not None)
    text = _source(len(operation.inputs), differentiable, bool(operation.residuals), bool(operation.shapes))
    scope = {**names, "operation": operation, "forward": operation.forward, "saved_positions": saved_positions}
    return FunctionType(_code(text), scope)


@cache  # operations of the same form share their text
def _source(count: int, differentiable: tuple[int, ...], has_residuals: bool, saves_shapes: bool) -> str:
    inputs = range(count)

    def each(form: str, separator: str = ", ", indices: Sequence[int] = inputs) -> str:
        return separator.join(form.format(i=i) for i in indices)

    residuals = ", *residuals" if has_residuals else ""
    shapes = f", {each('shape(data{i})')}" if saves_shapes else ""
    saved = f"({each('data{i} if saves{i} else None')}, out if saves_out else None{residuals}{shapes})"
    if not (residuals or shapes):
        saved = f"empty or {saved}"
    tracked = each("(source{i} is not None) * (1 << {i})", " + ", differentiable)
    unpack = each(
        """
    if type(x{i}) in TENSOR_TYPES:
        data{i}, source{i} = x{i}._data, x{i}._node
    else:
        source{i} = None
        is_array = type(x{i}) in ARRAY_TYPES or (type(x{i}) is ndarray and x{i}.dtype.kind in "fiubc")
        data{i} = x{i} if is_array else as_array(x{i})""",
        "",
    )
    return f"""
def call({each("x{i}")}, /):{unpack}
    try:
        out{residuals} = forward({each("data{i}")})
    except (ValueError, IndexError, TypeError) as error:
        out{residuals} = apply_to_stand_in(operation, ({each("data{i}")},), {{}}, error)
    result = new(Tensor)
    result._data = out
    if ({each("source{i} is None", " and ", differentiable)}) or not (recording := is_grad_enabled()):
        result._node = None
        return result if {each("type(x{i}) in TENSOR_TYPES", " or ")} else out
    {each("saves{i}")}, saves_out, empty = saved_positions[{tracked}]
    result._node = node = new(Node)
    node.operation = operation
    node.inputs = ({each("constant_input(x{i}) if source{i} is None else source{i}")},)
    node.options = None
    node.saved = {saved}
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
"""


@cache
def _code(text: str) -> CodeType:
    (code,) = (const for const in compile(text, f"{__file__} (generated)", "exec").co_consts if isinstance(const, CodeType))
    return code
