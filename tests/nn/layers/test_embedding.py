import numpy as np
import pytest

import nn
from autograd import DataError, Tensor, gradcheck, gradients
from nn import functional as F  # noqa: N812


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0,), (2, 0, 3)])
def test_every_index_becomes_a_vector(shape):
    assert nn.Embedding(7, 4)(np.zeros(shape, int)).shape == (*shape, 4)


@pytest.mark.parametrize("x", [2, [2, 0, 2], [[1, 1], [0, 2]], np.array([2, 1], np.uint8), Tensor([0, 2])])
def test_lookup_is_the_product_of_one_hot_vectors_with_the_weights(x):
    layer = nn.Embedding(3, 4, rng=0)
    one_hot = np.eye(3)[np.asarray(x if not isinstance(x, Tensor) else x.data)]
    np.testing.assert_array_equal(layer(x).data, one_hot @ layer.weight.data)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("padding_idx", [None, 0, 2])
def test_values_and_gradients_agree_with_torch(torch, dtype, padding_idx):
    layer = nn.Embedding(5, 3, padding_idx=padding_idx, rng=0).astype(dtype)
    twin = torch.nn.Embedding(5, 3, padding_idx=padding_idx, dtype=getattr(torch, dtype))
    with torch.no_grad():
        twin.weight.copy_(torch.tensor(layer.weight.data))
    x = np.array([[0, 2, 2], [4, 2, 0]])
    g = np.random.default_rng(1).normal(size=(2, 3, 3)).astype(dtype)
    out, expected = layer(x), twin(torch.tensor(x))
    out.backward(g)
    expected.backward(torch.tensor(g))
    assert out.dtype == layer.weight.grad.dtype == dtype
    np.testing.assert_array_equal(out.data, expected.detach().numpy())
    np.testing.assert_allclose(layer.weight.grad.data, twin.weight.grad.numpy(), rtol=1e-10 if dtype == "float64" else 1e-5)


@pytest.mark.parametrize("x", [[[0, 1], [1, 2]], 2])
def test_gradients_are_right_to_second_order(x):
    weight = Tensor(np.random.default_rng(0).normal(size=(4, 2)), requires_grad=True)
    assert gradcheck(lambda weight: F.embedding(x, weight) ** 3, weight, order=2)


@pytest.mark.parametrize("x", [[[0, 1], [1, 2]], 2, 1])
@pytest.mark.parametrize("padding_idx", [None, 1])
def test_fused_and_composed_agree_to_second_order_with_padding_as_a_constant(x, padding_idx):
    values = np.random.default_rng(0).normal(size=(4, 2))
    constant = np.arange(4)[:, None] == (-1 if padding_idx is None else padding_idx)
    actual = []
    for f in (lambda w: F.embedding(x, w, padding_idx), lambda w: (w * ~constant + values * constant)[x]):
        weight = Tensor(values, requires_grad=True)
        (first,) = gradients((f(weight) ** 3).sum(), [weight], create_graph=True)
        (second,) = gradients((first * f(weight).sum()).sum(), [weight])
        actual.append([first.tolist(), second.tolist()])
    assert actual[0] == actual[1]


def test_gradients_of_repeated_indices_add_up():
    layer = nn.Embedding(3, 2)
    layer([1, 1, 1, 0]).sum().backward()
    assert layer.weight.grad.tolist() == [[1.0, 1.0], [3.0, 3.0], [0.0, 0.0]]


def test_padding_vector_is_0_and_has_no_gradient():
    layer = nn.Embedding(4, 3, padding_idx=2)
    assert layer.weight.data[2].tolist() == [0.0, 0.0, 0.0]
    assert layer.weight.data[[0, 1, 3]].all()
    (layer([0, 2, 2]) ** 2 + layer([2])).sum().backward()
    assert layer.weight.grad.data[2].tolist() == [0.0, 0.0, 0.0]


def test_initial_weights_are_normal_or_from_an_initializer():
    assert nn.Embedding(200, 100, rng=0).weight.data.std() == pytest.approx(1, rel=0.02)
    assert (nn.Embedding(3, 2, init="ones").weight.data == 1).all()
    assert (nn.Embedding(3, 2, init=lambda shape, rng: np.full(shape, 7.0)).weight.data == 7).all()


def test_same_seed_gives_the_same_weights():
    first, second, other = (nn.Embedding(3, 4, rng=seed).weight.tolist() for seed in (1, 1, 2))
    assert first == second != other


@pytest.mark.parametrize("x", [[3], [-1], [0, 1, 9, 2]])
def test_index_out_of_range_is_reported_with_path_and_range(x):
    wrong = next(i for i in x if not 0 <= i < 3)
    with pytest.raises(DataError) as caught:
        nn.Sequential(nn.Embedding(3, 2))(x)
    assert str(caught.value) == f"Embedding '0': got index {wrong}, expected indices from 0 to 2"


@pytest.mark.parametrize("x", [[0.0, 1.0], [True, False], np.zeros((2, 3), np.float32)])
def test_non_integer_indices_are_rejected(x):
    with pytest.raises(DataError, match=r"^Embedding: got (float64|float32|bool), expected indices"):
        nn.Embedding(3, 2)(x)


@pytest.mark.parametrize("options", [{"num_embeddings": 0}, {"embedding_dim": 0}, {"padding_idx": 3}, {"padding_idx": -1}])
def test_invalid_sizes_are_rejected(options):
    with pytest.raises(ValueError, match=str(next(iter(options.values())))):
        nn.Embedding(**{"num_embeddings": 3, "embedding_dim": 2, **options})


def test_parameters_have_the_default_dtype(single_precision):
    for padding_idx in (None, 0):
        layer = nn.Embedding(3, 2, padding_idx=padding_idx)
        assert layer.weight.dtype == layer([0, 1]).dtype == np.float32


def test_repr_shows_the_sizes():
    assert f"{nn.Embedding(10, 3)} {nn.Embedding(10, 3, padding_idx=0)}" == "Embedding(10, 3) Embedding(10, 3, padding_idx=0)"
