"""A case: how an operation is called, what it is given, and up to which order its derivatives are proven."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

import autograd
from autograd.testing import axes, shapes

Shape = tuple[int, ...]
Shapes = st.SearchStrategy[tuple[Shape, ...]]


@dataclass(frozen=True)
class Case:
    """One row of the tables."""

    name: str
    call: Callable[..., Any]  # takes the inputs, as tensors or as arrays, and options
    shapes: Shapes  # of all inputs together
    values: Callable[[np.random.Generator, Shape], np.ndarray]
    options: Callable[[Shape], st.SearchStrategy[dict]]  # from the shape of the first input
    order: int

    def draw(self, data: Any) -> tuple[Callable[..., Any], list[np.ndarray]]:
        """The operation with its options, and its inputs."""
        shapes, rng = data.draw(self.shapes), np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
        options = data.draw(self.options(shapes[0]))
        return self.of(options), [np.asarray(self.values(rng, shape)) for shape in shapes]

    def of(self, options: dict) -> Callable[..., Any]:
        """The operation with these options; several results as a list."""

        def called(*inputs: Any) -> Any:
            out = self.call(*inputs, **options)
            return list(out) if isinstance(out, list | tuple) else [out]

        return called


def rows(
    names: str,
    given: Shapes,
    *calls: Callable[..., Any],
    through: Callable[[Callable], Callable] | None = None,
    values: Any = None,
    options: Any = None,
    order: int = 3,
) -> list[Case]:
    """A case for each call; without calls, one for each of the names, whose function is called itself.

    given: shapes; through: how functions are called that do not just take the inputs; values: how those are drawn, from
    −2 to 2 by default; options: what is passed besides.
    """
    named = [(name, call) for name in names.split() for call in calls or (function(name),)]
    found = [(name, through(call) if through else call) for name, call in named]
    return [Case(name, call, given, values or between(-2, 2), options or nothing, order) for name, call in found]


def function(name: str) -> Callable[..., Any]:
    """NumPy's function or ours, by the name that pages and messages give it."""
    return reduce(getattr, name.split(".")[1:], np if name.startswith("np.") else autograd)


# Values


def between(low: float, high: float) -> Callable[[np.random.Generator, Shape], np.ndarray]:
    """Numbers in a range, all distinct."""
    return lambda rng, shape: rng.uniform(low, high, shape)


def signed(low: float, high: float) -> Callable[[np.random.Generator, Shape], np.ndarray]:
    """Numbers of either sign, away from 0."""
    return lambda rng, shape: rng.uniform(low, high, shape) * rng.choice([-1, 1], shape)


def apart(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Numbers at least 0.2 from each other."""
    size = int(np.prod(shape))
    return (rng.permutation(size) + rng.uniform(-0.4, 0.4, size)).reshape(shape) - size / 2


def well_conditioned(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Matrices with singular values from 1 to 3, well apart; vectors as they come."""
    if len(shape) < 2:
        return rng.uniform(-2, 2, shape)
    u, _, vh = np.linalg.svd(rng.normal(size=shape), full_matrices=False)
    k = min(shape[-2:])
    return u * (1 + (np.arange(k)[::-1] + rng.uniform(0.2, 0.8, k)) * 2 / max(k, 1)) @ vh


# Shapes


def fixed(*several: Any) -> Shapes:
    """These shapes, one for each input: fixed((2, 3), (3,)); or one of several such: fixed(((2,), (2,)), ((2, 3), (3,)))."""
    groups = any(isinstance(part, tuple) for shape in several for part in shape)
    return st.sampled_from(several) if groups else st.just(several)


one: Shapes = st.tuples(shapes())
vectors: Shapes = st.tuples(shapes(max_dims=1).map(lambda shape: shape or (3,)))
long: Shapes = st.tuples(array_shapes(min_dims=1, max_dims=3, max_side=3))  # with an axis
flat: Shapes = st.tuples(array_shapes(min_dims=2, max_dims=3, max_side=3))  # with two axes
square: Shapes = st.sampled_from([((2, 2),), ((3, 3),), ((1, 1),), ((2, 2, 2),), ((2, 1, 2, 2),)])
oblong: Shapes = st.sampled_from([((2, 2),), ((3, 2),), ((2, 3),), ((1, 3),), ((2, 3, 2),)])


def together(count: int) -> Shapes:
    """Shapes that broadcast."""
    return mutually_broadcastable_shapes(num_shapes=count, max_dims=3, max_side=3).map(lambda found: found.input_shapes)


def alike(count: int) -> Shapes:
    """The same shape for all inputs."""
    return array_shapes(min_dims=1, max_dims=3, max_side=3).map(lambda shape: (shape,) * count)


# Options


def nothing(shape: Shape) -> st.SearchStrategy[dict]:
    """No options."""
    return st.just({})


def reduced(shape: Shape) -> st.SearchStrategy[dict]:
    """Any axes, kept or not."""
    return st.fixed_dictionaries({}, optional={"axis": axes(shape), "keepdims": st.booleans()})


def along(shape: Shape) -> st.SearchStrategy[dict]:
    """All elements or one axis."""
    return st.fixed_dictionaries({}, optional={"axis": axes(shape, several=False)})


def one_axis(shape: Shape) -> st.SearchStrategy[dict]:
    """One axis, which may be left to the default."""
    return st.fixed_dictionaries({}, optional={"axis": st.integers(-len(shape), len(shape) - 1)})
