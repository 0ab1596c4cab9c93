"""Transforms of batches, with a generator or without."""

from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def with_generator(step: Callable[..., Any]) -> "Callable[[Any, np.random.Generator], Any]":
    """A transform as a function of inputs and generator; its parameters say whether it wants the latter."""
    if not callable(step):
        raise TypeError(f"a transform is a function of the inputs, such as Noise(0.1), not {step!r}")
    try:
        draws = "rng" in signature(step).parameters
    except ValueError:  # a function written in C tells no parameters, and has no generator among them
        draws = False
    return (lambda inputs, rng: step(inputs, rng=rng)) if draws else lambda inputs, rng: step(inputs)
