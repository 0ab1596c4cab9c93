"""Call transforms of batches with or without a random generator."""

from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def with_generator(step: Callable[..., Any]) -> "Callable[[Any, np.random.Generator], Any]":
    """A transform as a function of inputs and generator; the generator is passed if the transform has a parameter `rng`."""
    if not callable(step):
        raise TypeError(f"transform: a function of the inputs such as Noise(0.1) expected, got {step!r}")
    try:
        takes_rng = "rng" in signature(step).parameters
    except ValueError:  # a function written in C without a signature
        takes_rng = False
    return (lambda inputs, rng: step(inputs, rng=rng)) if takes_rng else lambda inputs, rng: step(inputs)
