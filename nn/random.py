"""The random numbers of models: the common generator, and the states of all generators, with which a training continues."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

Rng: TypeAlias = "np.random.Generator | int | None"

_generator: "np.random.Generator | None" = None  # made when first asked for, because numpy.random takes long to import


def seed(number: int) -> None:
    """Start the common random numbers, for initial weights and dropout masks, from a seed, so that a run can be repeated.

    PyTorch's manual_seed; Keras's utils.set_random_seed.

    >>> import nn
    >>> nn.seed(1)
    """
    global _generator
    _generator = np.random.default_rng(number)


def generator(rng: Rng = None) -> "np.random.Generator":
    """A generator as given, from a seed, or the common one that `seed` resets."""
    global _generator
    if rng is not None:
        return np.random.default_rng(rng)
    if _generator is None:
        _generator = np.random.default_rng()
    return _generator


def generator_states(module: Any) -> dict[str, Any]:
    """The state of every generator of a model's modules by dotted name, and of the common one that nn.seed resets."""
    return {name: source.bit_generator.state for name, source in _generators(module)}


def restore_generators(module: Any, saved: Mapping[str, Any]) -> None:
    """Set every generator to its saved state; raises KeyError if the model has others."""
    for name, source in _generators(module):
        source.bit_generator.state = saved[name]


def _generators(module: Any) -> "Iterator[tuple[str, np.random.Generator]]":
    yield "common", generator()
    for path, inner in module.named_modules():
        for name, value in vars(inner).items():
            if isinstance(value, np.random.Generator):
                yield f"{path}.{name}" if path else name, value
