"""`numpy.random`, under the name that it has in `autograd.numpy`."""

from typing import Any

from autograd.numpy.sequences import namespace_attribute


def __getattr__(name: str) -> Any:
    value = globals()[name] = namespace_attribute("numpy.random", name)
    return value
