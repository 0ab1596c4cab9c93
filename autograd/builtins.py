"""Python's containers under HIPS autograd's names: here lists, tuples and dicts hold tensors as they are."""

import builtins
from typing import Any

from autograd.core.primitive import getval

tuple, list, dict = builtins.tuple, builtins.list, builtins.dict
DictBox, SequenceBox = builtins.dict, builtins.list

__all__ = ["DictBox", "SequenceBox", "dict", "isinstance", "list", "tuple", "type"]


def isinstance(x: Any, cls: Any) -> bool:
    """Whether x, or the array of the tensor x, is an instance of a class."""
    return builtins.isinstance(x, cls) or builtins.isinstance(getval(x), cls)


def type(x: Any) -> builtins.type:
    """The type of x, or of the array of the tensor x."""
    return builtins.type(getval(x))
