"""Operations: indexing, activations, dtypes, special points, names from PyTorch, comparison with PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import basic_indices, integer_array_indices

import autograd
from autograd import Tensor, gradcheck, gradients
from autograd.testing import broadcastable_tensors, shapes, tensors

few_examples = settings(max_examples=12, deadline=None)


@few_examples
@given(broadcastable_tensors(2, 0.6, 0.9))
def test_remainder_away_from_its_jumps(pair):
    x, y = pair
    gradcheck(lambda x, y: (x + 5 * 0.95) % y, [x, y.detach()], order=2)
    shifted = Tensor(y.numpy() * 0.01 + 0.9, requires_grad=True)
    gradcheck(lambda y: 2.0 % y, [shifted], order=2)


@pytest.mark.parametrize("function", [autograd.sigmoid, autograd.relu])
@few_examples
@given(x=tensors())
def test_activations(function, x):
    gradcheck(function, [x], order=3)


@few_examples
@given(tensors(shapes()), st.data())
def test_basic_indexing(x, data):
    index = data.draw(basic_indices(x.shape, allow_newaxis=True))
    np.testing.assert_array_equal(x[index].numpy(), x.numpy()[index])
    gradcheck(lambda x: x[index] ** 3, [x], order=3)


@few_examples
@given(tensors((3, 2)), st.data())
def test_integer_indexing_with_repeats(x, data):
    index = data.draw(integer_array_indices(x.shape))
    np.testing.assert_array_equal(x[index].numpy(), x.numpy()[index])
    gradcheck(lambda x: x[index] ** 3, [x], order=3)


@few_examples
@given(tensors((3, 2)))
def test_boolean_indexing(x):
    mask = x > 0
    np.testing.assert_array_equal(x[mask].numpy(), x.numpy()[mask.numpy()])
    if mask.numpy().any():
        gradcheck(lambda x: x[mask] ** 3, [x], order=3)


# Special points


def test_second_derivative_of_a_square_at_zero():
    x = Tensor(0.0, requires_grad=True)
    (first,) = gradients(x**2, [x], create_graph=True)
    assert gradients(first, [x])[0].item() == 2


@pytest.mark.parametrize("values", [[2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [5.0], [0.0]])
def test_product_with_zeros_to_third_order(values):
    gradcheck(np.prod, [Tensor(values, requires_grad=True)], order=3)


# Dtypes and memory layouts


def test_each_gradient_has_the_dtype_of_its_tensor():
    single = Tensor(np.ones(2, np.float32), requires_grad=True)
    double = Tensor(np.ones(2), requires_grad=True)
    (single * double).sum().backward()
    assert (single.grad.dtype, double.grad.dtype) == (np.float32, np.float64)


def test_gradient_of_astype_has_the_dtype_of_the_input():
    x = Tensor([1.0, 2.0], requires_grad=True)
    (x.astype(np.float32) * 3).sum().backward()
    assert (x.grad.dtype, x.grad.tolist()) == (np.float64, [3, 3])


# Names from PyTorch


@pytest.mark.parametrize("function", [autograd.concatenate, autograd.stack, autograd.sum])
def test_pytorchs_name_of_the_axis_is_answered_with_ours(function):
    with pytest.raises(TypeError, match=f"{function.__name__}.*dim.*write axis here"):
        function([Tensor([1.0]), Tensor([2.0])] if function is not autograd.sum else Tensor([1.0]), dim=0)


# Comparison with PyTorch

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
def test_same_gradients_as_pytorch(torch, name, ours, theirs):
    data = np.random.default_rng(1).normal(size=(3, 4))
    data[0, 0] = 0.5
    x = Tensor(data, requires_grad=True)
    t = torch.tensor(data, requires_grad=True)
    ours(x).sum().backward()
    theirs(t).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy(), rtol=1e-10, atol=1e-12)
