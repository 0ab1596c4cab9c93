import numpy as np
import pytest

import autograd
import nn


@pytest.mark.parametrize("leading", [(), (1,), (5,), (4, 5), (0,)])
def test_linear_maps_the_last_axis(leading):
    assert nn.Linear(3, 2)(np.ones((*leading, 3))).shape == (*leading, 2)


def test_linear_weights_go_from_rows_to_columns():
    layer = nn.Linear(2, 3)
    layer.load_state_dict({"weight": [[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]], "bias": [0.1, 0.2, 0.3]})
    assert layer([[0.0, 1.0]]).tolist() == [[10.1, 20.2, 30.3]]


def test_linear_without_bias_maps_zero_to_zero():
    layer = nn.Linear(3, 2, bias=False)
    assert layer(np.zeros((1, 3))).tolist() == [[0.0, 0.0]]
    assert [name for name, _ in layer.named_parameters()] == ["weight"]


def test_linear_refuses_another_number_of_features():
    with pytest.raises(autograd.ShapeError, match=r"linear.*\(4, 2\).*\(3, 5\)"):
        nn.Linear(3, 5)(np.ones((4, 2)))


@pytest.mark.parametrize("inputs", [0, -1])
@pytest.mark.parametrize("init", [None, "he_normal", "he_uniform"])
def test_linear_refuses_sizes_below_one(inputs, init):
    with pytest.raises(ValueError, match=str(inputs)):
        nn.Linear(inputs, 2, init=init)


def test_default_weights_and_biases_fill_the_range_of_one_over_root_inputs():
    layer = nn.Linear(16, 1000, rng=0)
    for p in layer.parameters():
        assert 0.24 < abs(p.data).max() <= 0.25
        assert abs(p.data.mean()) < 0.02


def test_named_initialiser_sets_biases_to_zero():
    layer = nn.Linear(3, 2, init="he_normal", rng=0)
    assert layer.bias.tolist() == [0.0, 0.0]
    assert (layer.weight.data != 0).all()


def test_own_initialiser_gets_shape_and_generator():
    asked = []

    def init(shape, rng):
        asked.append((shape, type(rng)))
        return np.full(shape, 7.0)

    layer = nn.Linear(3, 2, init=init, rng=0)
    assert asked == [((3, 2), np.random.Generator)]
    assert layer.weight.tolist() == [[7.0, 7.0]] * 3


def test_unknown_initialiser_is_named_beside_the_known():
    with pytest.raises(ValueError, match=r"'zeros'.*xavier_uniform.*he_normal"):
        nn.Linear(3, 2, init="zeros")


def test_linear_gradients_agree_with_torch(torch):
    layer = nn.Linear(3, 2, rng=0)
    twin = torch.nn.Linear(3, 2, dtype=torch.float64)
    with torch.no_grad():
        twin.weight.copy_(torch.tensor(layer.weight.data.T))
        twin.bias.copy_(torch.tensor(layer.bias.data))
    x = np.random.default_rng(1).normal(size=(4, 3))
    (layer(x) ** 2).sum().backward()
    (twin(torch.tensor(x)) ** 2).sum().backward()
    np.testing.assert_allclose(layer.weight.grad.data, twin.weight.grad.numpy().T, rtol=1e-10)
    np.testing.assert_allclose(layer.bias.grad.data, twin.bias.grad.numpy(), rtol=1e-10)


def same(a, b):
    return all(p.data.tobytes() == q.data.tobytes() for p, q in zip(a.parameters(), b.parameters(), strict=True))


@pytest.mark.parametrize("make", [lambda rng: nn.Linear(3, 4, rng=rng), lambda rng: nn.MLP([3, 8, 4], rng=rng)])
def test_same_seed_gives_the_same_weights(make):
    assert same(make(5), make(5))
    assert same(make(5), make(np.random.default_rng(5)))
    assert not same(make(5), make(6))


def test_nn_seed_resets_the_common_generator():
    nn.seed(3)
    first, second = nn.Linear(3, 4), nn.Linear(3, 4)
    nn.seed(3)
    assert same(first, nn.Linear(3, 4))
    assert same(second, nn.Linear(3, 4))
    assert not same(first, second)


def test_layer_with_its_own_seed_leaves_the_common_generator_alone():
    nn.seed(3)
    expected = nn.Linear(3, 4)
    nn.seed(3)
    nn.Linear(3, 4, rng=1)
    assert same(expected, nn.Linear(3, 4))


def test_layers_of_an_mlp_start_differently():
    model = nn.MLP([3, 3, 3, 3], rng=0)
    assert not np.array_equal(model[0].weight.data, model[2].weight.data)


def test_mlp_alternates_linear_and_activation_and_ends_linear():
    model = nn.MLP([4, 5, 6, 2], activation="tanh")
    assert [type(layer) for layer in model] == [nn.Linear, nn.Tanh, nn.Linear, nn.Tanh, nn.Linear]
    assert [layer.weight.shape for layer in model if isinstance(layer, nn.Linear)] == [(4, 5), (5, 6), (6, 2)]


def test_mlp_without_hidden_layers_is_one_linear():
    model = nn.MLP([3, 2])
    assert len(model) == 1
    assert model(np.ones((5, 3))).shape == (5, 2)


@pytest.mark.parametrize("sizes", [[], [3]])
def test_mlp_needs_two_sizes(sizes):
    with pytest.raises(ValueError, match=r"input and output"):
        nn.MLP(sizes)


@pytest.mark.parametrize(("name", "layer"), [("relu", nn.ReLU), ("tanh", nn.Tanh), ("sigmoid", nn.Sigmoid)])
def test_mlp_takes_activations_by_name_and_class(name, layer):
    for activation in (name, layer):
        assert type(nn.MLP([1, 2, 1], activation=activation)[1]) is layer


@pytest.mark.parametrize(("name", "layer"), [("relu", nn.ReLU), ("tanh", nn.Tanh), ("sigmoid", nn.Sigmoid)])
def test_activation_by_name_and_class_gives_the_same_weights(name, layer):
    assert same(nn.MLP([2, 8, 1], activation=name, rng=0), nn.MLP([2, 8, 1], activation=layer, rng=0))


def test_unknown_activation_is_named_beside_the_known():
    with pytest.raises(ValueError, match=r"'gelu'.*relu, tanh, sigmoid"):
        nn.MLP([1, 2, 1], activation="gelu")


def test_relu_mlp_starts_with_he_variance():
    assert nn.MLP([200, 300, 1], activation="relu", rng=0)[0].weight.data.var() == pytest.approx(2 / 200, rel=0.05)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_tanh_and_sigmoid_mlps_start_with_xavier_variance(activation):
    assert nn.MLP([200, 300, 1], activation=activation, rng=0)[0].weight.data.var() == pytest.approx(2 / 500, rel=0.05)


@pytest.mark.parametrize("make", [lambda: nn.Linear(2, 3), lambda: nn.MLP([2, 3, 1]), lambda: nn.MLP([2, 3, 1], "tanh")])
def test_parameters_have_the_default_dtype(single_precision, make):
    assert {p.dtype for p in make().parameters()} == {np.dtype(np.float32)}


def test_float32_model_computes_and_differentiates_in_float32(single_precision):
    model = nn.MLP([2, 3, 1])
    out = model(np.ones((4, 2), np.float32))
    out.sum().backward()
    assert out.dtype == np.float32
    assert {p.grad.dtype for p in model.parameters()} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.ReLU(), [0.0, 0.0, 2.0]),
        (nn.Tanh(), [-0.7615941559557649, 0.0, 0.9640275800758169]),
        (nn.Sigmoid(), [0.2689414213699951, 0.5, 0.8807970779778823]),
    ],
)
def test_activation_values(layer, expected):
    np.testing.assert_allclose(layer([-1.0, 0.0, 2.0]).data, expected, rtol=1e-15)
    assert not list(layer.parameters())


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_gradients_of_an_mlp_are_right_at_second_order(activation):
    model = nn.MLP([2, 3, 1], activation=activation, rng=0)
    x = autograd.Tensor([[0.4, -0.9], [1.2, 0.3]], requires_grad=True)
    assert autograd.gradcheck(lambda x: model(x) ** 2, x, order=2)
