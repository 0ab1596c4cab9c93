"""np.* called on tensors."""

import numpy as np
import pytest

from autograd import Tensor, UnsupportedError


@pytest.fixture
def x():
    return Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)


def test_ufuncs_and_functions_record(x):
    for out in (
        np.exp(x),
        np.add(1.0, x),
        np.sum(x),
        np.mean(x, axis=0),
        np.concatenate([x, x]),
        np.clip(x, 0, 1),
        np.matmul(x, x),
    ):
        assert out.requires_grad


def test_numpy_arrays_on_the_left_defer_to_tensors(x):
    out = np.ones(2) * x
    assert isinstance(out, Tensor)
    assert out.requires_grad


def test_options_by_position_as_in_numpy(x):
    assert np.sum(x, 0).tolist() == [4, 6]
    assert np.sum(x, 0, None, None, True).shape == (1, 2)
    assert np.var(x, 1, None, None, 1).tolist() == [0.5, 0.5]


def test_inputs_by_name_as_in_numpy(x):
    assert np.sum(a=x, axis=0).tolist() == [4, 6]
    assert np.expand_dims(a=x, axis=0).shape == (1, 2, 2)


def test_unknown_option_is_refused_by_name(x):
    with pytest.raises(UnsupportedError, match=r"concatenate.*dtype"):
        np.concatenate([x, x], dtype=np.float32)


def test_constant_functions_work_on_the_data(x):
    assert np.argmax(x) == 3
    assert np.shape(x) == (2, 2)
    assert np.allclose(x, x.numpy())
    assert np.zeros_like(x).tolist() == [[0, 0], [0, 0]]
    assert np.sign(x).tolist() == [[1, 1], [1, 1]]


def test_refused_functions_give_the_reason_and_an_alternative(x):
    with pytest.raises(UnsupportedError, match=r"np\.packbits .*bits.*t\.detach"):
        np.packbits(x)
    with pytest.raises(UnsupportedError, match="dtype"):
        np.sum(x, dtype=int)
    with pytest.raises(UnsupportedError, match="where"):
        np.add(x, x, where=np.ones((2, 2), bool))
    with pytest.raises(UnsupportedError, match=r"np\.add\.reduceat"):
        np.add.reduceat(x, [0])
    with pytest.raises(UnsupportedError, match=r"np\.add\.at"):
        np.add.at(x, 0, 1.0)


def test_methods_of_ufuncs_equal_the_functions(x):
    for ours, theirs in (
        (np.add.reduce(x), np.add.reduce(x.numpy())),
        (np.multiply.reduce(x, axis=1), np.multiply.reduce(x.numpy(), axis=1)),
        (np.maximum.reduce(x, axis=None), np.maximum.reduce(x.numpy(), axis=None)),
        (np.minimum.reduce(x, keepdims=True), np.minimum.reduce(x.numpy(), keepdims=True)),
        (np.add.accumulate(x, axis=1), np.add.accumulate(x.numpy(), axis=1)),
        (np.multiply.accumulate(x), np.multiply.accumulate(x.numpy())),
        (np.subtract.outer(x, [1.0, 2.0]), np.subtract.outer(x.numpy(), [1.0, 2.0])),
    ):
        np.testing.assert_array_equal(ours.numpy(), theirs)
        assert ours.requires_grad


def test_without_a_gradient_every_function_works(x):
    t = x.detach()
    assert np.fft.fft(t).shape == (2, 2)
    assert np.unique(t).tolist() == [1, 2, 3, 4]
    assert [array.tolist() for array in np.frexp(Tensor(8.0))] == [0.5, 4]
    assert np.add.reduceat(Tensor([1.0, 2.0]), [0]).tolist() == [3]


def test_where_with_a_condition_alone_returns_indices(x):
    assert [indices.tolist() for indices in np.where(x > 2)] == [[1, 1], [0, 1]]


def test_array_minus_constant_tensor_in_place():
    array = np.ones(2)
    array -= Tensor([0.5, 0.25])
    assert array.tolist() == [0.5, 0.75]


def test_recording_into_an_array_is_refused(x):
    with pytest.raises(UnsupportedError, match="out="):
        np.exp(x, out=np.ones((2, 2)))


def test_operations_on_plain_arrays_give_plain_arrays():
    from autograd import sigmoid, where

    assert isinstance(sigmoid(np.zeros(2)), np.ndarray)
    assert isinstance(where(np.array([True, False]), 1.0, 2.0), np.ndarray)


def test_option_with_a_gradient_is_refused(x):
    with pytest.raises(UnsupportedError, match="clip: min"):
        x.clip(Tensor(0.0, requires_grad=True), 1)
    assert x.clip(Tensor(2.0), Tensor(3.0)).tolist() == [[2, 2], [3, 3]]
