"""Random numbers of models: the global generator, and the states of all generators, which checkpoints save."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from autograd.extend import replica_generator
from nn.placeholders import placeholder_generator

Rng: TypeAlias = "np.random.Generator | int | None"

_generator: "np.random.Generator | None" = None  # created on first use, because importing numpy.random is slow


def seed(number: int) -> None:
    """Seed the global generator of initial weights and dropout masks, so that a run can be repeated.

    PyTorch's manual_seed; Keras's utils.set_random_seed.

    >>> import nn
    >>> nn.seed(1)
    """
    global _generator
    _generator = np.random.default_rng(number)


def generator(rng: Rng = None) -> "np.random.Generator":
    """The generator itself, one made from a seed, or the global one if None.

    In a data-parallel training it is the generator of the current part of the batch.
    """
    global _generator
    if (stand_in := placeholder_generator()) is not None:
        return stand_in  # type: ignore[return-value]
    if (shared := replica_generator()) is not None:
        return shared
    if rng is not None:
        return np.random.default_rng(rng)
    if _generator is None:
        _generator = np.random.default_rng()
    return _generator


def generator_states(module: Any) -> dict[str, Any]:
    """The states of the generators of a model's modules, by dotted name, and of the global generator."""
    return {name: source.bit_generator.state for name, source in _generators(module)}


def restore_generators(module: Any, states: Mapping[str, Any]) -> None:
    """Set every generator to its saved state; raises KeyError if the state of a generator is missing."""
    for name, source in _generators(module):
        source.bit_generator.state = states[name]


def _generators(module: Any) -> "Iterator[tuple[str, np.random.Generator]]":
    yield "common", generator()
    for path, submodule in module.named_modules():
        for name, value in vars(submodule).items():
            if isinstance(value, np.random.Generator):
                yield f"{path}.{name}" if path else name, value
