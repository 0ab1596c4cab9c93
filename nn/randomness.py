"""The random numbers a model draws, so that a training can be stopped and continued as if it had not been."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nn.init import generator


def states(module: Any) -> dict[str, Any]:
    """The state of every generator of a model's modules by dotted name, and of the common one that nn.seed resets."""
    return {name: found.bit_generator.state for name, found in _generators(module)}


def restore(module: Any, saved: Mapping[str, Any]) -> None:
    """Set every generator to its saved state; raises KeyError if the model has others."""
    for name, found in _generators(module):
        found.bit_generator.state = saved[name]


def _generators(module: Any) -> "Iterator[tuple[str, np.random.Generator]]":
    yield "common", generator()
    for path, inner in module.named_modules():
        for name, value in vars(inner).items():
            if isinstance(value, np.random.Generator):
                yield f"{path}.{name}" if path else name, value
