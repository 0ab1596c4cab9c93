"""Hypothesis strategies and an assertion for tests of operations. Needs hypothesis: pip install 'chainrule[tests]'.

@given(tensors(low=0.5))
def test_my_log(x):
    assert_gradients_match(my_log, x)
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

from autograd.core.tensor import Tensor
from autograd.debug.gradcheck import check_grads

Shape = tuple[int, ...]
Axes = int | tuple[int, ...] | None


def assert_gradients_match(f: Callable[..., Any], *inputs: Any, order: int = 2, **options: Any) -> None:
    """Assert that all derivatives of f up to an order agree with differences: formula ≈ Δf / Δx.

    inputs:  tensors, arrays or numbers; derivatives are also checked with respect to floats that are not tensors.
    options: eps, atol, rtol, fast, vary, dtype …: as for `gradcheck`.

    Raises GradientError, an AssertionError, with operation, argument, element, both numbers and the likely mistake.

    >>> import numpy as np
    >>> from autograd.testing import assert_gradients_match
    >>> assert_gradients_match(np.hypot, [3.0, 1.0], 4.0)
    """
    check_grads(f, inputs, order, **{"fast": False, **options})


def shapes(max_dims: int = 3, max_side: int = 3) -> st.SearchStrategy[Shape]:
    """Shapes of up to max_dims axes of up to max_side elements, including the 0-d shape ().

    >>> from autograd.testing import shapes, tensors
    >>> matrices_and_vectors = tensors(shapes(max_dims=2))
    """
    return array_shapes(min_dims=0, max_dims=max_dims, min_side=1, max_side=max_side)


@st.composite
def tensors(draw: Any, shape: Shape | st.SearchStrategy[Shape] | None = None, low: float = -2, high: float = 2) -> Tensor:
    """Float64 tensors that require gradients, with distinct random values from low to high.

    shape:     a shape or a strategy for shapes; `shapes()` by default.
    low, high: the bounds of the values.

    >>> from hypothesis import given
    >>> from autograd import gradcheck
    >>> from autograd.testing import tensors
    >>> @given(tensors(low=0.5))
    ... def test_my_operation(x):
    ...     gradcheck(lambda x: x.log(), [x])
    """
    drawn_shape = shape if isinstance(shape, tuple) else draw(shapes() if shape is None else shape)
    return Tensor(_generator(draw).uniform(low, high, drawn_shape), requires_grad=True)


@st.composite
def broadcastable_tensors(draw: Any, count: int = 2, low: float = -2, high: float = 2) -> list[Tensor]:
    """Lists of tensors whose shapes broadcast together, with distinct random values from low to high.

    count:     the number of tensors.
    low, high: the bounds of the values.

    >>> from hypothesis import given
    >>> from autograd.testing import assert_gradients_match, broadcastable_tensors
    >>> @given(broadcastable_tensors(2, low=0.5))
    ... def test_my_power(pair):
    ...     assert_gradients_match(lambda x, y: x**y, *pair)
    """
    drawn = draw(mutually_broadcastable_shapes(num_shapes=count, max_dims=3, min_side=1, max_side=3))
    rng = _generator(draw)
    return [Tensor(rng.uniform(low, high, shape), requires_grad=True) for shape in drawn.input_shapes]


@st.composite
def well_conditioned_matrices(
    draw: Any, rows: int | st.SearchStrategy[int] | None = None, columns: int | None = None, condition: float = 10
) -> Tensor:
    """Matrices U Σ Vᵀ with singular values from 1 to at most `condition`, so that inverses are accurate.

    rows:      the number of rows or a strategy for it; 1 to 4 by default.
    columns:   the number of columns; that of rows by default.
    condition: the largest condition number.

    >>> import numpy as np
    >>> from hypothesis import given
    >>> from autograd.testing import assert_gradients_match, well_conditioned_matrices
    >>> @given(well_conditioned_matrices(3))
    ... def test_my_inverse(a):
    ...     assert np.linalg.cond(a.numpy()) < 11
    >>> test_my_inverse()
    """
    m = _side(draw, rows)
    n = m if columns is None else columns
    rng = _generator(draw)
    values = rng.uniform(1, condition, min(m, n))
    matrix = _orthogonal(rng, m)[:, : len(values)] * values @ _orthogonal(rng, n)[: len(values)]
    return Tensor(matrix, requires_grad=True)


@st.composite
def positive_definite_matrices(draw: Any, rows: int | st.SearchStrategy[int] | None = None, condition: float = 10) -> Tensor:
    """Symmetric matrices Q Λ Qᵀ with eigenvalues from 1 to at most `condition`.

    rows:      the number of rows and columns or a strategy for it; 1 to 4 by default.
    condition: the largest condition number.

    >>> import numpy as np
    >>> from hypothesis import given
    >>> from autograd.testing import positive_definite_matrices
    >>> @given(positive_definite_matrices())
    ... def test_square_roots_exist(a):
    ...     np.linalg.cholesky(a.numpy())
    >>> test_square_roots_exist()
    """
    n, rng = _side(draw, rows), _generator(draw)
    q = _orthogonal(rng, n)
    matrix = q * rng.uniform(1, condition, n) @ q.T
    return Tensor((matrix + matrix.T) / 2, requires_grad=True)


def axes(x: Tensor | np.ndarray | Shape, several: bool = True) -> st.SearchStrategy[Axes]:
    """Values of a reduction's `axis`: None, an axis counted from either end, or a tuple of distinct axes.

    x:       a tensor, an array or a shape.
    several: whether to draw tuples.

    >>> from hypothesis import given
    >>> from hypothesis import strategies as st
    >>> from autograd.testing import assert_gradients_match, axes, tensors
    >>> @given(tensors(), st.data())
    ... def test_my_sum(x, data):
    ...     axis = data.draw(axes(x))
    ...     assert_gradients_match(lambda x: x.sum(axis=axis), x)
    """
    ndim = len(x) if isinstance(x, tuple) else np.ndim(x)
    if not ndim:
        return st.sampled_from([None, ()]) if several else st.none()
    single = st.integers(-ndim, ndim - 1)
    if not several:
        return st.none() | single
    return st.none() | single | st.lists(single, unique_by=lambda axis: axis % ndim, max_size=ndim).map(tuple)


def _generator(draw: Any) -> np.random.Generator:
    return np.random.default_rng(draw(st.integers(0, 2**32 - 1)))


def _side(draw: Any, size: int | st.SearchStrategy[int] | None) -> int:
    return size if isinstance(size, int) else draw(st.integers(1, 4) if size is None else size)


def _orthogonal(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.linalg.qr(rng.normal(size=(n, n)))[0]
