"""`numpy.linalg` for differentiable programs, as `autograd.numpy`."""

from typing import Any

from autograd.numpy.sequences import namespace_attribute


def __getattr__(name: str) -> Any:
    value = globals()[name] = namespace_attribute("numpy.linalg", name)
    return value
