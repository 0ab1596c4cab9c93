"""Tensors as HIPS autograd's programs ask for them: `isbox`, `getval`. Its own tracing is refused by name."""

from typing import Any

from autograd.core import internal_name_error
from autograd.core.primitive import getval, notrace_primitive, primitive
from autograd.core.tensor import Tensor, Tensor as Box

__all__ = ["Box", "getval", "isbox", "notrace_primitive", "primitive"]


def isbox(x: Any) -> bool:
    """Whether x is a tensor.

    >>> from autograd import Tensor
    >>> from autograd.tracer import isbox
    >>> isbox(Tensor(1.0)), isbox(1.0)
    (True, False)
    """
    return isinstance(x, Tensor)


def __getattr__(name: str) -> Any:
    raise internal_name_error(__name__, name)
