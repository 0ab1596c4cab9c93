"""Every operation: values as NumPy's, derivatives proven to third order, shapes, dtypes and special points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import basic_indices, integer_array_indices

import autograd
from autograd import Tensor, gradcheck, gradients
from autograd.testing import broadcastable_tensors, shapes, tensors

proven = settings(max_examples=12, deadline=None)

UNARY = {
    "negative": (np.negative, -2, 2),
    "positive": (np.positive, -2, 2),
    "absolute": (np.absolute, 0.1, 2),
    "exp": (np.exp, -2, 2),
    "log": (np.log, 0.5, 3),
    "sqrt": (np.sqrt, 0.5, 3),
    "sin": (np.sin, -2, 2),
    "cos": (np.cos, -2, 2),
    "tanh": (np.tanh, -2, 2),
}
BINARY = {
    "add": (np.add, -2, 2),
    "subtract": (np.subtract, -2, 2),
    "multiply": (np.multiply, -2, 2),
    "divide": (np.divide, 0.5, 2),
    "power": (np.power, 0.5, 2),
    "maximum": (np.maximum, -2, 2),
    "minimum": (np.minimum, -2, 2),
}
REDUCTIONS = {"sum": np.sum, "mean": np.mean, "var": np.var, "std": np.std, "max": np.max, "min": np.min, "prod": np.prod}


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    function, low, high = UNARY[name]

    @proven
    @given(tensors(low=low, high=high))
    def check(x):
        np.testing.assert_array_equal(function(x).numpy(), function(x.numpy()))
        gradcheck(function, [x], order=3)

    check()


@pytest.mark.parametrize("name", BINARY)
def test_binary_with_broadcasting(name):
    function, low, high = BINARY[name]

    @proven
    @given(broadcastable_tensors(2, low, high))
    def check(pair):
        x, y = pair
        # Python's operator on NumPy scalars may differ from the ufunc in the last bit (power does).
        np.testing.assert_allclose(function(x, y).numpy(), function(x.numpy(), y.numpy()), rtol=1e-15)
        gradcheck(function, [x, y], order=3)

    check()


@proven
@given(broadcastable_tensors(2, 0.6, 0.9))
def test_remainder_away_from_its_jumps(pair):
    x, y = pair
    gradcheck(lambda x, y: (x + 5 * 0.95) % y, [x, y.detach()], order=2)
    shifted = Tensor(y.numpy() * 0.01 + 0.9, requires_grad=True)
    gradcheck(lambda y: 2.0 % y, [shifted], order=2)


@pytest.mark.parametrize("function", [autograd.sigmoid, autograd.relu])
@proven
@given(x=tensors())
def test_activations(function, x):
    gradcheck(function, [x], order=3)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    @proven
    @given(tensors(low=0.3), st.data())
    def check(x, data):
        axes = st.integers(-x.ndim, x.ndim - 1) if x.ndim else st.none()
        pairs = st.tuples(st.just(0), st.just(-1)) if x.ndim >= 2 else st.none()
        axis, keepdims = data.draw(st.none() | axes | pairs), data.draw(st.booleans())
        if name == "std":
            kept = tuple(n for i, n in enumerate(x.shape) if axis is None or i in np.atleast_1d(axis) % x.ndim)
            if np.prod(kept) == 1:
                return  # of a single element: a kink, tested below
            x = Tensor(x.numpy() + 3 * np.arange(x.size).reshape(x.shape), requires_grad=True)  # far from that kink
        function = REDUCTIONS[name]
        np.testing.assert_allclose(
            function(x, axis=axis, keepdims=keepdims).numpy(), function(x.numpy(), axis=axis, keepdims=keepdims), rtol=1e-14
        )
        gradcheck(lambda x: function(x, axis=axis, keepdims=keepdims), [x], order=3)

    check()


@pytest.mark.parametrize("function", [np.var, np.std])
def test_unbiased_variance(function):
    x = Tensor([[1.0, 2.0, 4.0], [0.5, 3.0, 1.0]], requires_grad=True)
    np.testing.assert_allclose(function(x, axis=1, ddof=1).numpy(), function(x.numpy(), axis=1, ddof=1))
    gradcheck(lambda x: function(x, axis=1, ddof=1), [x], order=3)


@proven
@given(tensors(shapes(max_dims=3)), st.data())
def test_rearrangements(x, data):
    order = data.draw(st.permutations(range(x.ndim)))
    negative = [axis - x.ndim for axis in order]
    place = data.draw(st.integers(-x.ndim - 1, x.ndim))
    for function in (
        lambda x: np.transpose(x, order),
        lambda x: np.transpose(x, negative),
        lambda x: x.T,
        lambda x: x.reshape(-1),
        lambda x: np.expand_dims(x, place),
        lambda x: np.squeeze(x),
        lambda x: np.broadcast_to(x, (2, *x.shape)),
        lambda x: np.copy(x),
        lambda x: x.flatten(),
    ):
        np.testing.assert_array_equal(function(x).numpy(), function(Tensor(x.numpy())).numpy())
        gradcheck(lambda x, function=function: function(x) ** 3, [x], order=3)


def test_swapaxes_and_reshape_as_numpy():
    x = Tensor(np.arange(24.0).reshape(2, 3, 4), requires_grad=True)
    np.testing.assert_array_equal(np.swapaxes(x, 0, -1).numpy(), np.swapaxes(x.numpy(), 0, -1))
    np.testing.assert_array_equal(x.reshape(4, -1).numpy(), x.numpy().reshape(4, -1))
    gradcheck(lambda x: np.swapaxes(x, 0, -1) ** 2, [x])


@proven
@given(tensors((2, 3)), tensors((1, 3)), st.booleans())
def test_concatenate(x, y, negative):
    axis = -2 if negative else 0
    np.testing.assert_array_equal(np.concatenate([x, y], axis).numpy(), np.concatenate([x.numpy(), y.numpy()], axis))
    gradcheck(lambda x, y: np.concatenate([x, y, x * y], axis) ** 2, [x, y], order=3)
    gradcheck(lambda x, y: np.concatenate([x, y], axis=None) ** 2, [x, y], order=3)


@proven
@given(tensors((2, 3)), tensors((2, 3)), st.integers(-3, 2))
def test_stack(x, y, axis):
    np.testing.assert_array_equal(np.stack([x, y], axis).numpy(), np.stack([x.numpy(), y.numpy()], axis))
    gradcheck(lambda x, y: np.stack([x, y, x], axis) ** 2, [x, y], order=3)


@proven
@given(tensors(shapes()), st.data())
def test_basic_indexing(x, data):
    index = data.draw(basic_indices(x.shape, allow_newaxis=True))
    np.testing.assert_array_equal(x[index].numpy(), x.numpy()[index])
    gradcheck(lambda x: x[index] ** 3, [x], order=3)


@proven
@given(tensors((3, 2)), st.data())
def test_integer_indexing_with_repeats(x, data):
    index = data.draw(integer_array_indices(x.shape))
    np.testing.assert_array_equal(x[index].numpy(), x.numpy()[index])
    gradcheck(lambda x: x[index] ** 3, [x], order=3)


@proven
@given(tensors((3, 2)))
def test_boolean_indexing(x):
    mask = x > 0
    np.testing.assert_array_equal(x[mask].numpy(), x.numpy()[mask.numpy()])
    if mask.numpy().any():
        gradcheck(lambda x: x[mask] ** 3, [x], order=3)


MATMUL = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 2)), ((2, 2, 3), (3, 2)), ((2, 1, 2, 3), (2, 3, 2)),
    ((3,), (2, 3, 2)), ((2, 2, 3), (3,)), ((1, 2, 3), (2, 3, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), MATMUL)
def test_matmul_of_all_ranks(left, right):
    @settings(max_examples=3, deadline=None)
    @given(tensors(left), tensors(right))
    def check(x, y):
        np.testing.assert_array_equal((x @ y).numpy(), x.numpy() @ y.numpy())
        gradcheck(np.matmul, [x, y], order=3)

    check()


@proven
@given(broadcastable_tensors(3))
def test_where_with_broadcasting(three):
    condition, x, y = three
    chosen = condition.numpy() > 0
    np.testing.assert_array_equal(np.where(chosen, x, y).numpy(), np.where(chosen, x.numpy(), y.numpy()))
    gradcheck(lambda x, y: np.where(chosen, x, y) ** 3, [x, y], order=3)


@proven
@given(tensors(low=-3, high=3))
def test_clip(x):
    gradcheck(lambda x: np.clip(x, -1.05, 1.5) ** 3, [x], order=3)
    np.testing.assert_array_equal(x.clip(min=0).numpy(), np.clip(x.numpy(), 0, None))


# Special points


def derivative(function, *values):
    inputs = [Tensor(value, requires_grad=True) for value in values]
    found = gradients(function(*inputs).sum(), inputs)
    return [g.numpy().tolist() for g in found]


def test_kinks_follow_the_conventions():
    assert derivative(autograd.relu, [-1.0, 0.0, 1.0]) == [[0, 0, 1]]
    assert derivative(abs, [-1.0, 0.0, 1.0]) == [[-1, 0, 1]]
    assert derivative(lambda x: x.clip(-1, 1), [-2.0, -1.0, 1.0, 2.0]) == [[0, 1, 1, 0]]
    assert derivative(np.maximum, [1.0, 2.0], [1.0, 3.0]) == [[0.5, 0], [0.5, 1]]
    assert derivative(np.minimum, [1.0, 2.0], [1.0, 3.0]) == [[0.5, 1], [0.5, 0]]
    assert derivative(np.max, [4.0, 1.0, 4.0, 4.0, 4.0]) == [[0.25, 0, 0.25, 0.25, 0.25]]
    assert derivative(np.min, [[1.0, 1.0], [0.0, 2.0]]) == [[[0, 0], [1, 0]]]


def test_powers_at_zero_are_finite():
    assert derivative(lambda x: x**0, 0.0) == [0]
    assert derivative(lambda x: x**2, 0.0) == [0]
    assert derivative(lambda x: x**1, 0.0) == [1]
    assert derivative(lambda y: 0.0**y, 2.0) == [0]


def test_second_derivative_of_a_square_at_zero():
    x = Tensor(0.0, requires_grad=True)
    (slope,) = gradients(x**2, [x], create_graph=True)
    assert gradients(slope, [x])[0].item() == 2


@pytest.mark.parametrize("values", [[2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [5.0], [0.0]])
def test_product_with_zeros_to_third_order(values):
    gradcheck(np.prod, [Tensor(values, requires_grad=True)], order=3)


def test_standard_deviation_of_equal_values_has_gradient_zero():
    assert derivative(np.std, [2.0, 2.0, 2.0]) == [[0, 0, 0]]
    assert derivative(lambda x: np.std(x, axis=1), [[1.0], [2.0]]) == [[[0], [0]]]


def test_branch_not_taken_adds_nothing():
    with np.errstate(all="ignore"):
        assert derivative(lambda x: np.where(x > 0, np.sqrt(np.maximum(x, 1e-300)), x), [4.0, -1.0]) == [[0.25, 1]]


def test_sigmoid_is_stable_far_out():
    x = Tensor([-1000.0, 1000.0], requires_grad=True)
    assert autograd.sigmoid(x).tolist() == [0, 1]
    assert derivative(autograd.sigmoid, [-1000.0, 1000.0]) == [[0, 0]]


def test_empty_tensors_pass_through_every_reduction_that_numpy_allows():
    x = Tensor(np.empty((0, 3)), requires_grad=True)
    (x.sum() + x.prod() + (x * x).sum(axis=0).sum() + (x @ Tensor(np.ones((3, 2)))).sum()).backward()
    assert x.grad.shape == (0, 3)


# Dtypes and memory layouts


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * 2.5 + 1,
        lambda x: x / 3,
        lambda x: x**2,
        lambda x: x.mean(),
        lambda x: x.var(),
        lambda x: x.std(),
        lambda x: x.max(),
        lambda x: np.where(x > 0, x, 0.5),
        lambda x: np.maximum(x, 1.0),
        lambda x: x.sigmoid(),
        lambda x: x.exp().log(),
        lambda x: x[[0, 0]],
        lambda x: np.stack([x, x]),
        lambda x: x.prod(axis=0),
    ],
)
def test_float32_stays_float32(function):
    x = Tensor(np.array([[1.0, 2.0], [3.0, 0.5]], dtype=np.float32), requires_grad=True)
    out = function(x)
    out.sum().backward()
    assert (out.dtype, x.grad.dtype) == (np.float32, np.float32)


def test_each_gradient_has_the_dtype_of_its_tensor():
    single = Tensor(np.ones(2, np.float32), requires_grad=True)
    double = Tensor(np.ones(2), requires_grad=True)
    (single * double).sum().backward()
    assert (single.grad.dtype, double.grad.dtype) == (np.float32, np.float64)


def test_astype_brings_the_gradient_back():
    x = Tensor([1.0, 2.0], requires_grad=True)
    (x.astype(np.float32) * 3).sum().backward()
    assert (x.grad.dtype, x.grad.tolist()) == (np.float64, [3, 3])


@pytest.mark.parametrize("layout", [np.asfortranarray, lambda a: a[:, ::-1], lambda a: np.repeat(a, 2, 1)[:, ::2]])
def test_memory_layout_does_not_matter(layout):
    base = np.random.default_rng(0).uniform(0.5, 1.5, (3, 4))
    array = layout(base)
    x = Tensor(0.0, requires_grad=True)
    x._data = array  # a tensor over this very memory
    x._node.value = array
    y = Tensor(np.ascontiguousarray(array), requires_grad=True)
    for t in (x, y):
        ((t @ t.T) * t.sum() + t.prod(axis=1) + np.tanh(t).max()).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-12)


# Against PyTorch

ORACLE = [
    ("prod", lambda x: x.prod(axis=0), lambda t: t.prod(dim=0)),
    ("std", lambda x: x.std(axis=0, ddof=1), lambda t: t.std(dim=0)),
    ("amax with ties", lambda x: x.clip(-0.5, 0.5).max(axis=1), lambda t: t.clamp(-0.5, 0.5).amax(dim=1)),
    ("power", lambda x: (x * x + 1) ** x, lambda t: (t * t + 1) ** t),
    ("clamp", lambda x: x.clip(-0.5, 0.5), lambda t: t.clamp(-0.5, 0.5)),
    ("index", lambda x: x[[0, 2, 0]] ** 2, lambda t: t[[0, 2, 0]] ** 2),
    ("matmul", lambda x: x @ x.T, lambda t: t @ t.T),
]


@pytest.mark.parametrize(("name", "ours", "theirs"), ORACLE, ids=[name for name, _, _ in ORACLE])
def test_same_gradients_as_pytorch(name, ours, theirs):
    torch = pytest.importorskip("torch", reason="PyTorch is only an oracle")
    data = np.random.default_rng(1).normal(size=(3, 4))
    data[0, 0] = 0.5
    x = Tensor(data, requires_grad=True)
    t = torch.tensor(data, requires_grad=True)
    ours(x).sum().backward()
    theirs(t).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy(), rtol=1e-10, atol=1e-12)
