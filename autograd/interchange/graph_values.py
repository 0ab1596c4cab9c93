"""Arrays and options of operations as JSON."""

import base64
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.coercion import short_repr
from autograd.errors import DataError
from autograd.interchange.operation_names import OperationNames

#: Arrays of at most so many elements are written as lists of numbers, larger ones as base64.
LIST_LIMIT = 64
Reference = Callable[[Any], str | None]


def encode(value: Any, names: OperationNames, refer: Reference) -> Any:
    """A value as JSON.

    refer: gives the name of a value of the graph, and None for a constant.

    Raises DataError for an object that a file cannot hold.
    """
    if (name := refer(value)) is not None:
        return {"value": name}
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.dtype) or (
        isinstance(value, type) and issubclass(value, np.generic | float | int | bool | complex)
    ):
        return {"dtype": np.dtype(value).name}
    if isinstance(value, int):
        return value
    if isinstance(value, float) and not isinstance(value, np.generic):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, complex) and not isinstance(value, np.generic):
        return {"complex": str(value)}
    if isinstance(value, np.ndarray | np.generic):
        return encode_array(np.asarray(value))
    if isinstance(value, slice):
        return {"slice": [encode(bound, names, refer) for bound in (value.start, value.stop, value.step)]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        record = names.record_name(type(value))
        if record is not None:
            return {"record": record, "fields": [encode(field, names, refer) for field in value]}
    elif isinstance(value, list | tuple):
        items = [encode(item, names, refer) for item in value]
        return {"tuple": items} if isinstance(value, tuple) else items
    elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: encode(item, names, refer) for key, item in value.items()}}
    raise DataError(f"{short_repr(value)}, a {type(value).__name__}, cannot be written to a file")


def encode_array(array: np.ndarray) -> dict[str, Any]:
    """An array as JSON: its numbers where they are few, else base64."""
    if array.dtype.kind not in "biufc":
        raise DataError(f"an array of {array.dtype} cannot be written to a file")
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    entry = {"dtype": array.dtype.name, "shape": list(array.shape)}
    if array.size <= LIST_LIMIT and array.dtype.kind != "c":
        numbers = array.ravel().tolist()
        if array.dtype.kind == "f":
            numbers = [x if math.isfinite(x) else str(x) for x in numbers]
        return {"array": numbers} | entry
    return {"base64": base64.b64encode(array.tobytes()).decode()} | entry


def decode(entry: Any, names: OperationNames, find: Callable[[str], Any]) -> Any:
    """The value of a JSON entry; `find` gives the value of a name of the graph. Raises DataError for an invalid entry."""
    if entry is None or isinstance(entry, bool | int | float | str):
        return entry
    if isinstance(entry, list):
        return [decode(item, names, find) for item in entry]
    match entry:
        case {"value": str() as name} if len(entry) == 1:
            return find(name)
        case {"dtype": str() as name} if len(entry) == 1:
            return _dtype(name)
        case {"float": "inf" | "-inf" | "nan" as text} if len(entry) == 1:
            return float(text)
        case {"complex": str() as text} if len(entry) == 1:
            return _complex(text)
        case {"slice": [start, stop, step]} if len(entry) == 1:
            return slice(*(decode(bound, names, find) for bound in (start, stop, step)))
        case {"ellipsis": True} if len(entry) == 1:
            return Ellipsis
        case {"record": str() as name, "fields": [*fields]} if len(entry) == 2 and name in names.records:
            cls: Any = names.records[name]
            if len(fields) == len(cls._fields):
                return cls(*(decode(field, names, find) for field in fields))
        case {"tuple": [*items]} if len(entry) == 1:
            return tuple(decode(item, names, find) for item in items)
        case {"dict": dict(items)} if len(entry) == 1:
            return {key: decode(item, names, find) for key, item in items.items()}
        case {"array": _, "dtype": _, "shape": _} | {"base64": _, "dtype": _, "shape": _} if len(entry) == 3:
            return decode_array(entry)
    raise DataError(f"invalid value {short_repr(entry)}")


def decode_array(entry: Any) -> Any:
    """The array of a JSON entry; without axes a NumPy scalar. Raises DataError for an invalid entry."""
    match entry:
        case {"array": [*numbers], "dtype": str() as name, "shape": [*shape]}:
            dtype, expected = _dtype(name), _element_count(shape)
            types = (bool,) if dtype.kind == "b" else (int,) if dtype.kind in "iu" else (int, float, str)
            if len(numbers) == expected and all(isinstance(x, types) for x in numbers):
                if dtype.kind == "f":
                    numbers = [float(x) if x in ("inf", "-inf", "nan") or not isinstance(x, str) else None for x in numbers]
                if None not in numbers:
                    return _as_array(lambda: np.array(numbers, dtype), shape)
        case {"base64": str() as text, "dtype": str() as name, "shape": [*shape]}:
            dtype, expected = _dtype(name), _element_count(shape)
            if len(text) == 4 * -(-expected * dtype.itemsize // 3):  # before memory is taken
                return _as_array(lambda: np.frombuffer(base64.b64decode(text, validate=True), dtype).copy(), shape)
    raise DataError(f"invalid array {short_repr(entry)}")


def _as_array(make: Callable[[], np.ndarray], shape: list) -> Any:
    try:
        return make().reshape(shape)[()]
    except (ValueError, OverflowError) as error:
        raise DataError(f"invalid array: {error}") from None


def _complex(text: str) -> complex:
    try:
        return complex(text)
    except ValueError:
        raise DataError(f"invalid number {text!r:.40}") from None


def _dtype(name: str) -> np.dtype:
    try:
        dtype = np.dtype(name)
    except TypeError:
        dtype = np.dtype(object)
    if dtype.kind not in "biufc":
        raise DataError(f"invalid dtype {name!r:.40}")
    return dtype


def _element_count(shape: list) -> int:
    if not all(type(size) is int and 0 <= size < 2**48 for size in shape) or len(shape) > 32:
        raise DataError(f"invalid shape {short_repr(shape)}")
    return math.prod(shape)
