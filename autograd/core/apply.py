"""The functions people call for operations: they run the forward function and, if an input has a gradient, record a node."""

from collections.abc import Callable, Sequence
from functools import cache
from types import CodeType, FunctionType
from typing import Any
from weakref import ref

import numpy as np

from autograd.core.coercion import as_real_array
from autograd.core.engine import Node, next_number
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.shape_dtype import KEEP_LIMIT, ShapeDtype
from autograd.core.tensor import TENSOR_TYPES, Tensor
from autograd.errors import DataError, ShapeError, UnsupportedError

new = object.__new__
float64 = np.float64
ARRAY_TYPES: set[type] = {float, int, bool, np.float64, np.float32, np.int64, np.bool_}


def make_apply(described: Any) -> Callable[..., Any]:
    """The function that people call for an operation."""
    return (
        _generic_apply(described)
        if described.variadic or described.options or described.joint_formula
        else _specialized_apply(described)
    )


def make_constant(ufunc: np.ufunc) -> Callable[..., Any]:
    """The function that people call where there is no gradient."""

    def call(*args):
        out = ufunc(*[x._data if isinstance(x, Tensor) else as_array(x) for x in args])
        return Tensor._wrap(out, None) if any(isinstance(x, Tensor) for x in args) else out

    return call


def _specialized_apply(described: Any) -> Callable[..., Any]:
    """The function of an operation without options, written out for its inputs.

    Recording is the price of every operation, so there are no loops over the inputs and no calls that can be spared.
    """
    count = len(described.inputs)
    smooth = [i for i in range(count) if described.formulas[i] is not None]

    def each(text: str, separator: str = "", places: Sequence[int] = range(count)) -> str:
        return separator.join(text.replace("#", str(i)) for i in places)

    unpack = """
    if type(x#) in TENSORS:
        v#, n# = x#._data, x#._node
    else:
        v#, n# = x# if type(x#) in PLAIN or (type(x#) is ndarray and x#.dtype.kind in "fiub") else plain(x#), None"""
    extra = ", *extra" if described.residuals else ""
    saved = f"({each('v# if k# else None, ')} out if k else None{extra}{each(', shape(v#)') if described.shapes else ''})"
    if not (extra or described.shapes):
        saved = f"nothing or {saved}"
    if smooth == [0, 1]:  # by far the most: no arithmetic
        which = "kept1 if n1 is None else kept2 if n0 is None else kept3"
    elif len(smooth) == 1:
        which = f"kept{1 << smooth[0]}"
    else:
        which = f"kept[{' + '.join(f'(n{i} is not None) * {1 << i}' for i in smooth)}]"
    source = f"""
def call({each("x#", ", ")}):{each(unpack)}
    try:
        out{extra} = forward({each("v#", ", ")})
    except (ValueError, IndexError, TypeError) as error:
        out{extra} = recovered(described, ({each("v#, ")}), {{}}, error)
    result = new(Tensor)
    result._data = out
    if ({each("n# is None", " and ", smooth)}) or not (recording := is_grad_enabled()):
        result._node = None
        return result if {each("type(x#) in TENSORS", " or ")} else out
    {each("k#, ")} k, nothing = {which}
    result._node = node = new(Node)
    node.operation = described
    node.inputs = ({each("constant(x#) if n# is None else n#, ")})
    node.options = None
    node.saved = {saved}
    if type(out) is float64 or out.size <= SMALL:
        node.value = out
    else:
        node.value = absent = new(ShapeDtype)
        absent.shape = out.shape
        absent.dtype = out.dtype
    node.number = next_number()
    if recording is not True:
        recording(result)
    return result
"""
    kept = []
    for tracked in range(1 << count):
        keeps = [place not in described.positions_not_saved(tracked, count) for place in range(count + 1)]
        kept.append((*keeps, None if any(keeps) else (None,) * (count + 1)))  # what saves nothing shares one tuple
    scope = {
        "__name__": __name__,
        **{"Tensor": Tensor, "TENSORS": TENSOR_TYPES, "PLAIN": ARRAY_TYPES, "ndarray": np.ndarray, "shape": np.shape},
        **{"plain": as_array, "constant": constant_input, "recovered": apply_to_stand_in},
        **{"is_grad_enabled": is_grad_enabled, "new": new, "Node": Node, "next_number": next_number, "float64": float64},
        **{"SMALL": KEEP_LIMIT, "ShapeDtype": ShapeDtype, "described": described, "forward": described.forward, "kept": kept},
        **{f"kept{tracked}": one for tracked, one in enumerate(kept)},
    }
    # A copy of the code for each operation: Python adapts it to what it meets, which is not the same for another one.
    return FunctionType(_compiled(source).replace(), scope)


@cache  # most operations have one or two inputs and share their text
def _compiled(source: str) -> CodeType:
    (code,) = (part for part in compile(source, f"{__file__} (generated)", "exec").co_consts if isinstance(part, CodeType))
    return code


def _generic_apply(described: Any) -> Callable[..., Any]:
    """The function of an operation with options, with any number of inputs, or with a joint formula."""
    forward, residuals = described.forward, bool(described.residuals)
    smooth = -1 if described.joint_formula else sum(1 << i for i, _, _, _ in described.rules)

    def call(*args, **options):
        args, options = _bind_arguments(described, args, options)
        values, sources, tracked, bit, found = [], [], 0, 1, False
        for x in args:
            if type(x) in TENSOR_TYPES:
                found = True
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
            out = apply_to_stand_in(described, values, options, error)
        extra: Sequence = ()
        if residuals:
            out, *extra = out
        if not found:
            return out
        if type(out) is np.ndarray and out.ndim == 0:
            out = out[()]
        result = new(Tensor)
        result._data = out
        tracked &= smooth
        recording = is_grad_enabled()
        if not tracked or not recording:
            result._node = None
            return result
        saved = described.layout(values, out, extra, options)
        for place in described.positions_not_saved(tracked, len(args)):
            saved[place] = None
        shown = out if out.size <= KEEP_LIMIT else ShapeDtype(out)
        result._node = Node(described, sources, options, saved, shown)
        if recording is not True:
            recording(result)
        return result

    call.__code__ = call.__code__.replace()  # of its own, as in `_direct`
    return call


def _bind_arguments(described: Any, args: tuple, options: dict) -> tuple[tuple, dict]:
    """Inputs, and options by name with their defaults."""
    if described.variadic:
        return args, options
    count = len(described.inputs)
    if len(args) > count + len(described.options):
        raise TypeError(f"{described.name} takes {count + len(described.options)} arguments, not {len(args)}")
    options = {**described.defaults, **dict(zip(described.options, args[count:])), **options}
    for name, value in options.items():
        if isinstance(value, Tensor):
            if value.requires_grad:
                raise UnsupportedError(f"{described.name}: {name} has no gradient; pass a number, an array or {name}.detach()")
            options[name] = value.data
    return args[:count], options


def as_array(x: Any) -> Any:
    """The array or number that a person passed beside a tensor."""
    return x if type(x) in ARRAY_TYPES or (type(x) is np.ndarray and x.dtype.kind in "fiub") else as_real_array(x)


def constant_input(x: Any) -> Any:
    """What a node remembers of an input without gradient: small ones whole, a large tensor by weak reference."""
    if isinstance(x, np.ndarray):
        return x if x.size <= KEEP_LIMIT else ShapeDtype(x)
    if isinstance(x, Tensor) and x._data.size > KEEP_LIMIT:
        return ref(x)
    return x


def apply_to_stand_in(described: Any, values: Sequence, options: dict, error: Exception) -> Any:
    """The result of a forward function that cannot look into what stands for arrays here (see rows.py); else its error."""
    for value in (*values, *options.values(), *_parts(options.get("index"))):
        if hasattr(type(value), "call_forward"):
            try:
                return value.call_forward(described.forward, values, options)
            except (ValueError, IndexError, TypeError) as again:
                error = again
                break
    raise explain_error(described, values, error) from None


def _parts(index: Any) -> tuple:
    return index if isinstance(index, tuple) else ()


def explain_error(described: Any, values: Sequence, error: Exception) -> Exception:
    """NumPy's complaint in a forward function, with the operation and the shapes it was given."""
    if type(error).__module__.split(".")[0] not in ("builtins", "numpy"):
        return error  # told in an operation's own words
    shapes = " and ".join(str(np.shape(value)) for value in values)
    if "broadcast" in str(error):
        return ShapeError(
            f"{described.name}: shapes {shapes} do not broadcast; "
            "aligned at the right, sizes must be equal or 1 (reshape or expand_dims can help)"
        )
    if any(said in str(error) for said in ("core dimension", "not aligned", "enough dimensions", "for @")):
        return ShapeError(
            f"{described.name}: shapes {shapes} do not multiply as matrices; "
            "the last size of the left must equal the second to last (or only) size of the right"
        )
    told = str(error).removeprefix(f"{described.name}: ")
    if "negative integer powers" in told:
        return DataError(
            f"{described.name}: whole numbers have no negative powers; convert them, for example .astype('float64')"
        )
    if isinstance(error, IndexError) and not isinstance(error, ValueError):
        kind: type[Exception] = IndexError
    else:
        kind = ShapeError if isinstance(error, ValueError) else TypeError
    # The traceback leads into the forward function, which may be a person's own.
    return kind(f"{described.name}: {told} (given shapes {shapes})").with_traceback(error.__traceback__)
