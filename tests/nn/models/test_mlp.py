import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, gradcheck

each_activation = pytest.mark.parametrize(("name", "layer"), [("relu", nn.ReLU), ("tanh", nn.Tanh), ("sigmoid", nn.Sigmoid)])


class LeakyReLU(nn.Module):
    def forward(self, x):
        return np.where(x > 0, x, 0.1 * x)


class SELU(nn.Module):
    def forward(self, x):
        return 1.0507 * np.where(x > 0, x, 1.67326 * np.expm1(x))


def same(a, b):
    return all(p.data.tobytes() == q.data.tobytes() for p, q in zip(a.parameters(), b.parameters(), strict=True))


def kinds(model):
    return [type(layer).__name__ for layer in model]


def linears(model):
    return [layer for layer in model if isinstance(layer, nn.Linear)]


def test_same_seed_gives_the_same_weights():
    assert same(nn.MLP([3, 8, 4], rng=5), nn.MLP([3, 8, 4], rng=5))
    assert same(nn.MLP([3, 8, 4], rng=5), nn.MLP([3, 8, 4], rng=np.random.default_rng(5)))
    assert not same(nn.MLP([3, 8, 4], rng=5), nn.MLP([3, 8, 4], rng=6))


def test_layers_of_an_mlp_have_different_initial_weights():
    model = nn.MLP([3, 3, 3, 3], rng=0)
    assert not np.array_equal(model[0].weight.data, model[2].weight.data)


def test_mlp_alternates_linear_and_activation_and_ends_linear():
    model = nn.MLP([4, 5, 6, 2], activation="tanh")
    assert kinds(model) == ["Linear", "Tanh", "Linear", "Tanh", "Linear"]
    assert [layer.weight.shape for layer in linears(model)] == [(4, 5), (5, 6), (6, 2)]


def test_norm_precedes_and_dropout_follows_the_activation():
    model = nn.MLP([4, 5, 6, 2], batch_norm=True, dropout=0.25)
    assert kinds(model) == [*["Linear", "BatchNorm1d", "ReLU", "Dropout"] * 2, "Linear"]
    assert [model[1].num_features, model[5].num_features, model[3].p] == [5, 6, 0.25]
    assert model(np.ones((3, 4))).shape == (3, 2)


@pytest.mark.parametrize("batch_norm", [True, False])
def test_mlp_without_hidden_layers_is_one_linear(batch_norm):
    model = nn.MLP([3, 2], batch_norm=batch_norm, dropout=0.5)
    assert kinds(model) == ["Linear"]
    assert model(np.ones((5, 3))).shape == (5, 2)


@pytest.mark.parametrize("sizes", [[], [3]])
def test_mlp_needs_two_sizes(sizes):
    with pytest.raises(ValueError, match=r"input and output"):
        nn.MLP(sizes)


def test_sizes_are_a_list_of_integers():
    with pytest.raises(TypeError, match=r"must be a list, such as MLP\(\[784, 256, 10\]\)"):
        nn.MLP(2, 3, 1)
    with pytest.raises(TypeError, match="Linear: out_features must be an integer, not '3'"):
        nn.MLP([2, "3", 1])


def test_mlp_rejects_a_rate_outside_0_and_1():
    with pytest.raises(ValueError, match=r"1\.5"):
        nn.MLP([2, 3, 1], dropout=1.5)


@each_activation
def test_mlp_takes_activations_by_name_and_class(name, layer):
    for activation in (name, layer):
        assert type(nn.MLP([1, 2, 1], activation=activation)[1]) is layer


@each_activation
def test_activation_by_name_and_class_gives_the_same_weights(name, layer):
    assert same(nn.MLP([2, 8, 1], activation=name, rng=0), nn.MLP([2, 8, 1], activation=layer, rng=0))


def test_every_hidden_layer_gets_an_activation_of_its_own():
    model = nn.MLP([2, 3, 3, 1])
    assert model[1] is not model[3]


def test_activation_may_be_a_function_that_returns_a_module():
    class Cube(nn.Module):
        def __init__(self, factor):
            self.factor = factor

        def forward(self, x):
            return self.factor * x**3

    model = nn.MLP([1, 2, 2, 1], activation=lambda: Cube(2.0))
    assert kinds(model) == ["Linear", "Cube", "Linear", "Cube", "Linear"]
    assert model[1] is not model[3]


@pytest.mark.parametrize("activation", [nn.ReLU(), np.tanh, nn.functional.relu, None, [None], lambda: np.tanh])
def test_invalid_activation_is_rejected(activation):
    with pytest.raises(TypeError, match="the activation must be a name, such as 'relu', or a Module class"):
        nn.MLP([2, 3, 1], activation=activation)


def test_each_hidden_layer_has_its_own_activation():
    model = nn.MLP([1, 2, 3, 1], activation=["tanh", nn.ReLU], rng=0)
    assert kinds(model) == ["Linear", "Tanh", "Linear", "ReLU", "Linear"]
    with pytest.raises(ValueError, match="2 hidden layers needs as many activations, got \\['tanh'\\]"):
        nn.MLP([1, 2, 3, 1], activation=["tanh"])


def test_error_for_an_unknown_activation_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'rellu'.*relu.*tanh"):
        nn.MLP([1, 2, 1], activation="rellu")


@pytest.mark.parametrize(
    ("activation", "variance"),
    [("relu", 2 / 200), (LeakyReLU, 2 / 200), ("tanh", 2 / 500), ("sigmoid", 2 / 500), (SELU, 1 / 200), (nn.Identity, 2 / 500)],
)
def test_initial_variance_is_the_default_for_the_activation(activation, variance):
    model = nn.MLP([200, 300, 1], activation=activation, rng=0)
    assert model[0].weight.data.var() == pytest.approx(variance, rel=0.05)
    assert not model[0].bias.data.any()


def test_initializer_applies_to_every_layer():
    ones = nn.MLP([2, 3, 1], init="ones")
    sevens = nn.MLP([2, 3, 1], init=lambda shape, rng: np.full(shape, 7.0))
    assert all((layer.weight.data == 1).all() for layer in linears(ones))
    assert all((layer.weight.data == 7).all() for layer in linears(sevens))


def test_one_seed_repeats_the_masks_too():
    x = np.ones((4, 2))
    first, second = (nn.MLP([2, 50, 50, 3], dropout=0.5, rng=7) for _ in range(2))
    outputs = [first(x).tolist(), first(x).tolist()]
    assert outputs[0] != outputs[1]
    assert [second(x).tolist(), second(x).tolist()] == outputs


def test_shape_error_states_the_path_of_the_layer():
    with pytest.raises(ShapeError, match=r"^Linear '0': .*\(4, 3\).*2"):
        nn.MLP([2, 3, 1])(np.ones((4, 3)))


@pytest.mark.parametrize("options", [{}, {"batch_norm": True}, {"batch_norm": True, "dropout": 0.5}])
def test_float32_model_computes_and_differentiates_in_float32(single_precision, options):
    model = nn.MLP([2, 3, 1], **options)
    assert {p.dtype for p in model.parameters()} == {np.dtype(np.float32)}
    out = model(np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32))
    out.sum().backward()
    assert out.dtype == np.float32
    assert {p.grad.dtype for p in model.parameters()} == {np.dtype(np.float32)}
    assert {b.dtype for b in model.buffers()} <= {np.dtype(np.float32)}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
def test_outputs_loss_and_all_gradients_agree_with_torch(torch, training, dtype, tolerance):
    kinds = torch.nn
    twin = kinds.Sequential(kinds.Linear(3, 5), kinds.BatchNorm1d(5), kinds.GELU(), kinds.Linear(5, 4))
    twin = twin.to(getattr(torch, dtype)).train(training)
    model = nn.MLP([3, 5, 4], activation="gelu", batch_norm=True).astype(dtype).train(training)
    nn.from_pytorch(model, twin.state_dict())
    x, y = np.random.default_rng(0).normal(size=(6, 3)).astype(dtype), np.array([0, 1, 2, 3, 1, 1])
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)(model(x), y)
    expected = kinds.CrossEntropyLoss(label_smoothing=0.1)(twin(torch.tensor(x)), torch.tensor(y))
    loss.backward()
    expected.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=tolerance)
    for (name, p), q in zip(model.named_parameters(), twin.parameters(), strict=True):
        expected = q.grad.numpy().T if name in ("0.weight", "3.weight") else q.grad.numpy()
        assert p.grad.dtype == dtype
        np.testing.assert_allclose(p.grad.data, expected, rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("batch_norm", [True, False])
def test_gradients_of_an_mlp_are_right_at_second_order(activation, batch_norm):
    model = nn.MLP([2, 3, 1], activation=activation, batch_norm=batch_norm, rng=0)
    x = Tensor([[0.4, -0.9], [1.2, 0.3], [-0.7, 0.5]], requires_grad=True)
    assert gradcheck(lambda x: model(x) ** 2, x, order=2)


def test_xor_is_learned_with_norm_and_dropout_switched_off_in_evaluation():
    model = nn.MLP([2, 16, 1], activation="tanh", batch_norm=True, dropout=0.1, rng=0)
    x, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])
    for _ in range(300):
        model.zero_grad()
        ((model(x) - y) ** 2).mean().backward()
        for p in model.parameters():
            p.data = p.data - 0.1 * p.grad.data
    out = model.eval()(x).data
    assert out.tolist() == model(x).tolist()
    assert ((out > 0.5) == y).all()
