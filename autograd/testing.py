"""Hypothesis strategies for testing operations (needs hypothesis: pip install 'chainrule[tests]')."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

from autograd.tensor import Tensor

Shape = tuple[int, ...]


def shapes(max_dims: int = 3, max_side: int = 3) -> st.SearchStrategy[Shape]:
    """Shapes of up to max_dims axes, 0-d included."""
    return array_shapes(min_dims=0, max_dims=max_dims, min_side=1, max_side=max_side)


@st.composite
def tensors(draw: Any, shape: Shape | st.SearchStrategy[Shape] | None = None, low: float = -2, high: float = 2) -> Tensor:
    """Float64 tensors that require gradients, with distinct random values from low to high.

    >>> from hypothesis import given
    >>> from autograd import gradcheck
    >>> from autograd.testing import tensors
    >>> @given(tensors(low=0.5))
    ... def test_my_operation(x):
    ...     gradcheck(lambda x: x.log(), [x])
    """
    chosen = shape if isinstance(shape, tuple) else draw(shapes() if shape is None else shape)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return Tensor(rng.uniform(low, high, chosen), requires_grad=True)


@st.composite
def broadcastable_tensors(draw: Any, count: int = 2, low: float = -2, high: float = 2) -> list[Tensor]:
    """Several tensors whose shapes broadcast together, with values all distinct."""
    found = draw(mutually_broadcastable_shapes(num_shapes=count, max_dims=3, min_side=1, max_side=3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return [Tensor(rng.uniform(low, high, shape), requires_grad=True) for shape in found.input_shapes]
