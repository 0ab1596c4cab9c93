"""Arguments of constructors as JSON: numbers, texts, lists, arrays, known functions and classes, modules and parameters."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.extend import short_repr
from nn.init import INITIALIZERS
from nn.interchange.model_classes import ModelFileError, class_name, find_class, find_function, function_name
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter

Reference = Callable[[Any], dict[str, Any]]


class NotWritableError(Exception):
    """A value that a file cannot hold; the message continues "…, which is"."""


def encode(value: Any, refer: Reference | None = None) -> Any:
    """A value as JSON; raises NotWritableError.

    refer: a function that returns the entry of a module, parameter or buffer; None to refuse them.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        value = value.item()
        return value if isinstance(value, bool) else encode(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"float": str(float(value))}
    if isinstance(value, Module | Parameter | Buffer) and refer is not None:
        return refer(value)
    if type(value) is list:
        return [encode(item, refer) for item in value]
    if type(value) is tuple:
        return {"tuple": [encode(item, refer) for item in value]}
    if type(value) is dict and all(isinstance(key, str) for key in value):
        return {"dict": {key: encode(item, refer) for key, item in value.items()}}
    if isinstance(value, np.ndarray | Tensor) and refer is not None:
        return _encode_array(np.asarray(value.data if isinstance(value, Tensor) else value))
    if refer is not None and callable(value):
        return _encode_callable(value, refer)
    raise NotWritableError(f"{short_repr(value)}, a {type(value).__name__}, which a file cannot hold")


def _encode_array(array: np.ndarray) -> dict[str, Any]:
    if array.dtype.kind not in "biuf":
        raise NotWritableError(f"an array of {array.dtype}, which a file cannot hold")
    values = array.ravel().tolist()
    if array.dtype.kind == "f":
        values = [float(number) if math.isfinite(number) else str(float(number)) for number in values]
    return {"array": values, "shape": list(array.shape), "dtype": array.dtype.newbyteorder("=").name}


def _encode_callable(value: Any, refer: Reference) -> dict[str, Any]:
    if isinstance(value, type) and issubclass(value, Module) and (name := class_name(value)) is not None:
        return {"class": name}
    if isinstance(value, partial):
        return {
            "partial": _encode_callable(value.func, refer),
            "arguments": [encode(item, refer) for item in value.args],
            "keywords": {name: encode(item, refer) for name, item in value.keywords.items()},
        }
    if (name := function_name(value)) is not None:
        return {"function": name}
    label = getattr(value, "__name__", None) or short_repr(value)
    raise NotWritableError(
        f"{label}, which a file cannot name; write a Module subclass with this computation in forward, and register it with "
        "@nn.register"
    )


def decode(entry: Any, resolve: Callable[[str, Any], Any] | None = None) -> Any:
    """The value of a JSON entry; raises ModelFileError.

    resolve: a function of ("module", index), ("parameter", name) or ("buffer", name); None to refuse them.
    """
    if entry is None or isinstance(entry, bool | int | float | str):
        return entry
    if isinstance(entry, list):
        return [decode(item, resolve) for item in entry]
    match entry:
        case {"float": "inf" | "-inf" | "nan" as text} if len(entry) == 1:
            return float(text)
        case {"tuple": [*items]} if len(entry) == 1:
            return tuple(decode(item, resolve) for item in items)
        case {"dict": dict(items)} if len(entry) == 1:
            return {key: decode(item, resolve) for key, item in items.items()}
        case {"module": int() as index} if len(entry) == 1 and resolve is not None:
            return resolve("module", index)
        case {"parameter": str() as name} | {"buffer": str() as name} if len(entry) == 1 and resolve is not None:
            return resolve(next(iter(entry)), name)
        case {"array": [*values], "shape": [*shape], "dtype": str() as dtype} if len(entry) == 3 and resolve is not None:
            return _decode_array(values, shape, dtype)
        case {"class": str() | {}} | {"function": str()} | {"partial": dict()} if resolve is not None:
            return _decode_callable(entry, resolve)
    raise ModelFileError(f"invalid value {short_repr(entry)}")


def _decode_array(values: list[Any], shape: list[Any], dtype: str) -> np.ndarray:
    if np.dtype(dtype).kind not in "biuf" or not all(isinstance(value, bool | int | float | str) for value in values):
        raise ModelFileError(f"invalid array of {dtype!r:.20}")
    return np.array([float(value) if isinstance(value, str) else value for value in values], dtype).reshape(shape)


def _decode_callable(entry: dict[str, Any], resolve: Callable[[str, Any], Any]) -> Any:
    match entry:
        case {"class": str() as name} if len(entry) == 1:
            return find_class(name)
        case {"function": str() as name} if len(entry) == 1:
            return find_function(name)
        case {"partial": dict(function_entry), "arguments": [*items], "keywords": dict(keywords)} if len(entry) == 3:
            function = _decode_callable(function_entry, resolve)
            args = [decode(item, resolve) for item in items]
            options = {key: decode(item, resolve) for key, item in keywords.items()}
            # Constructors call these functions: a class is checked as any module, an initializer needs a shape from the layer.
            is_initializer = function in INITIALIZERS.values() and not args and "shape" not in options
            if isinstance(function, type) or is_initializer:
                return partial(function, *args, **options)
    raise ModelFileError(f"invalid function {short_repr(entry)}")
