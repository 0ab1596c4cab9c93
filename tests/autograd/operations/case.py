"""A case: how an operation is called, its inputs and options, and the order up to which its derivatives are checked."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

import autograd
import autograd.scipy
from autograd.testing import axes, shapes

Shape = tuple[int, ...]
Shapes = st.SearchStrategy[tuple[Shape, ...]]


@dataclass(frozen=True)
class Case:
    """One entry of the tables in cases.py and cases_of_matrices.py."""

    name: str
    function: Callable[..., Any]  # of the inputs, as tensors or as arrays, and options
    shapes: Shapes  # of all inputs together
    values: Callable[[np.random.Generator, Shape], np.ndarray]
    options: Callable[[Shape], st.SearchStrategy[dict]]  # from the shape of the first input
    order: int

    def draw(self, data: Any) -> tuple[Callable[..., Any], list[np.ndarray]]:
        """The operation with its options, and its inputs."""
        shapes, rng = data.draw(self.shapes), np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
        options = data.draw(self.options(shapes[0]))
        return self.with_options(options), [np.asarray(self.values(rng, shape)) for shape in shapes]

    def with_options(self, options: dict) -> Callable[..., Any]:
        """The operation with these options; it returns a list of results."""

        def call(*inputs: Any) -> Any:
            out = self.function(*inputs, **options)
            return list(out) if isinstance(out, list | tuple) else [out]

        return call


def cases(
    names: str,
    shapes: Shapes,
    *calls: Callable[..., Any],
    wrap: Callable[[Callable], Callable] | None = None,
    values: Any = None,
    options: Any = None,
    order: int = 3,
) -> list[Case]:
    """A case for each name and call; without calls the function of the name is called.

    shapes:  the shapes of the inputs.
    wrap:    makes the call from the function, where the inputs alone are not enough.
    values:  draws the inputs, by default from −2 to 2.
    options: draws the options, by default none.
    order:   the highest order of derivatives that is checked.
    """
    named = [(name, call) for name in names.split() for call in calls or (function(name),)]
    wrapped = [(name, wrap(call) if wrap else call) for name, call in named]
    return [Case(name, call, shapes, values or between(-2, 2), options or no_options, order) for name, call in wrapped]


def function(name: str) -> Callable[..., Any]:
    """The function of a public name, such as np.linalg.inv, autograd.relu or scipy.special.erf."""
    package, *path = name.split(".")
    return reduce(getattr, path, {"np": np, "autograd": autograd, "scipy": autograd.scipy}[package])


# Values


def between(low: float, high: float) -> Callable[[np.random.Generator, Shape], np.ndarray]:
    """Uniform numbers in a range."""
    return lambda rng, shape: rng.uniform(low, high, shape)


def away_from_zero(low: float, high: float) -> Callable[[np.random.Generator, Shape], np.ndarray]:
    """Numbers of either sign, with absolute values in a range."""
    return lambda rng, shape: rng.uniform(low, high, shape) * rng.choice([-1, 1], shape)


def well_separated(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Numbers with distances of at least 0.2."""
    size = int(np.prod(shape))
    return (rng.permutation(size) + rng.uniform(-0.4, 0.4, size)).reshape(shape) - size / 2


def well_conditioned(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Matrices with well separated singular values from 1 to 3; vectors from −2 to 2."""
    if len(shape) < 2:
        return rng.uniform(-2, 2, shape)
    u, _, vh = np.linalg.svd(rng.normal(size=shape), full_matrices=False)
    k = min(shape[-2:])
    return u * (1 + (np.arange(k)[::-1] + rng.uniform(0.2, 0.8, k)) * 2 / max(k, 1)) @ vh


# Shapes


def fixed(*alternatives: Any) -> Shapes:
    """The shapes of the inputs, fixed((2, 3), (3,)), or a choice of several: fixed(((2,), (2,)), ((2, 3), (3,)))."""
    is_choice = any(isinstance(size, tuple) for shape in alternatives for size in shape)
    return st.sampled_from(alternatives) if is_choice else st.just(alternatives)


any_shape: Shapes = st.tuples(shapes())
vectors: Shapes = st.tuples(shapes(max_dims=1).map(lambda shape: shape or (3,)))
with_axis: Shapes = st.tuples(array_shapes(min_dims=1, max_dims=3, max_side=3))
with_two_axes: Shapes = st.tuples(array_shapes(min_dims=2, max_dims=3, max_side=3))
square: Shapes = st.sampled_from([((2, 2),), ((3, 3),), ((1, 1),), ((2, 2, 2),), ((2, 1, 2, 2),)])
rectangular: Shapes = st.sampled_from([((2, 2),), ((3, 2),), ((2, 3),), ((1, 3),), ((2, 3, 2),)])


def broadcastable(count: int) -> Shapes:
    """Shapes that broadcast."""
    return mutually_broadcastable_shapes(num_shapes=count, max_dims=3, max_side=3).map(lambda drawn: drawn.input_shapes)


def same_shape(count: int) -> Shapes:
    """The same shape for all inputs."""
    return array_shapes(min_dims=1, max_dims=3, max_side=3).map(lambda shape: (shape,) * count)


# Options


def no_options(shape: Shape) -> st.SearchStrategy[dict]:
    """No options."""
    return st.just({})


def reduction_options(shape: Shape) -> st.SearchStrategy[dict]:
    """Any axes, and keepdims."""
    return st.fixed_dictionaries({}, optional={"axis": axes(shape), "keepdims": st.booleans()})


def axis_or_all(shape: Shape) -> st.SearchStrategy[dict]:
    """One axis, or None for all elements."""
    return st.fixed_dictionaries({}, optional={"axis": axes(shape, several=False)})


def axis_option(shape: Shape) -> st.SearchStrategy[dict]:
    """One axis, or none for the default."""
    return st.fixed_dictionaries({}, optional={"axis": st.integers(-len(shape), len(shape) - 1)})
