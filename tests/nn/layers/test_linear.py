import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import DataError, ShapeError, Tensor, gradcheck
from nn import functional as F  # noqa: N812
from tests.nn.derivatives import value_and_two_derivatives


def sample(*shapes, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


# The fused operation compared with x @ W + b

SHAPES = {"vector": (3,), "matrix": (4, 3), "three axes": (2, 4, 3)}
each_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


@each_shape
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_fused_and_composed_agree_to_second_order(shape, seed):
    values = sample(shape, (3, 2), (2,), seed=seed)
    composed = value_and_two_derivatives(lambda x, w, b: x @ w + b, values)
    for actual, expected in zip(value_and_two_derivatives(F.linear, values), composed):
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


@each_shape
def test_linear_gradients_are_right_to_second_order(shape):
    assert gradcheck(F.linear, [Tensor(x, requires_grad=True) for x in sample(shape, (3, 2), (2,))], order=2, vary=True)


@pytest.mark.parametrize("frozen", [0, 1, 2])
def test_constant_input_receives_no_gradient(frozen):
    inputs = [Tensor(x, requires_grad=i != frozen) for i, x in enumerate(sample((4, 3), (3, 2), (2,)))]
    F.linear(*inputs).sum().backward()
    assert [x.grad is None for x in inputs] == [i == frozen for i in range(3)]


def test_shape_error_of_linear_states_the_shapes():
    with pytest.raises(ShapeError, match=r"^linear: .*\(4, 2\).*\(3, 2\)"):
        F.linear(Tensor(np.zeros((4, 2))), Tensor(np.zeros((3, 2))), Tensor(np.zeros(2)))


def test_linear_does_not_change_its_inputs():
    values = sample((4, 3), (3, 2), (2,))
    F.linear(*[Tensor(x, requires_grad=True) for x in values]).sum().backward()
    for value, expected in zip(values, sample((4, 3), (3, 2), (2,))):
        np.testing.assert_array_equal(value, expected)


# The layers


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


@pytest.mark.parametrize("shape", [(4, 2), (2,), (), (4, 3, 2)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_rejects_another_number_of_features(shape, bias):
    with pytest.raises(ShapeError) as caught:
        nn.Linear(3, 5, bias=bias)(np.ones(shape))
    assert str(caught.value) == f"Linear: got an input of shape {shape}, expected (…, 3)"


def test_shape_error_states_the_path_of_the_layer():
    model = nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.Tanh(), nn.Linear(5, 2)))
    with pytest.raises(ShapeError, match=r"^Linear '1\.1': .*\(2, 4\).*5"):
        model(np.ones((2, 3)))


@pytest.mark.parametrize("x", [[[1.0, 2.0], [1.0]], [["a", "b", "c"]]])
def test_linear_of_non_numeric_input_is_rejected(x):
    with pytest.raises(DataError, match=r"^Linear '0': .*numbers"):
        nn.Sequential(nn.Linear(3, 2))(x)


def test_error_for_an_invalid_bias_does_not_blame_the_input():
    layer = nn.Linear(3, 2)
    layer.bias = nn.Parameter(np.zeros(5))
    with pytest.raises(ShapeError, match=r"^Linear: .*\(5,\)"):
        layer(np.ones((4, 3)))


def test_integers_are_accepted():
    layer = nn.Linear(2, 1, rng=0)
    assert layer([[0, 1], [1, 1]]).tolist() == layer([[0.0, 1.0], [1.0, 1.0]]).tolist()


@pytest.mark.parametrize("inputs", [0, -1])
@pytest.mark.parametrize("init", [None, "he_normal", "he_uniform"])
def test_linear_rejects_sizes_below_one(inputs, init):
    with pytest.raises(ValueError, match=str(inputs)):
        nn.Linear(inputs, 2, init=init)


def test_sizes_have_the_names_of_pytorch():
    linear, bilinear = nn.Linear(in_features=2, out_features=3), nn.Bilinear(in1_features=2, in2_features=3, out_features=4)
    assert (linear.in_features, linear.out_features) == linear.weight.shape
    assert (bilinear.in1_features, bilinear.in2_features, bilinear.out_features) == bilinear.weight.shape


@pytest.mark.parametrize("bias", ["relu", None, 0.5])
def test_bias_is_true_or_false(bias):
    with pytest.raises(TypeError, match=r"Linear: bias must be True or False, not .*; an activation is a separate layer"):
        nn.Linear(2, 3, bias)


def test_initializer_of_another_shape_is_rejected():
    with pytest.raises(ShapeError, match=r"init returned weights of shape \(2, 3\), the layer expected \(3, 2\)"):
        nn.Linear(3, 2, init=lambda shape, rng: np.zeros((2, 3)))


def test_default_weights_and_biases_fill_the_range_of_one_over_root_inputs():
    layer = nn.Linear(16, 1000, rng=0)
    for p in layer.parameters():
        assert 0.24 < abs(p.data).max() <= 0.25
        assert abs(p.data.mean()) < 0.02


def test_named_initializer_sets_biases_to_zero():
    layer = nn.Linear(3, 2, init="he_normal", rng=0)
    assert layer.bias.tolist() == [0.0, 0.0]
    assert (layer.weight.data != 0).all()


def test_initializer_function_is_called_with_shape_and_generator():
    calls = []

    def init(shape, rng):
        calls.append((shape, type(rng)))
        return np.full(shape, 7.0)

    layer = nn.Linear(3, 2, init=init, rng=0)
    assert calls == [((3, 2), np.random.Generator)]
    assert layer.weight.tolist() == [[7.0, 7.0]] * 3


def test_error_for_an_unknown_initializer_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'ones_and_zeros'.*xavier_uniform.*he_normal"):
        nn.Linear(3, 2, init="ones_and_zeros")


def torch_twins(torch, bias):
    """Layers of the same sizes, and the shapes of their inputs."""
    ours, theirs = nn.Linear(3, 2, bias=bias, rng=0), torch.nn.Linear(3, 2, bias=bias)
    yield ours, theirs, [(4, 3)]
    yield ours, theirs, [(4, 5, 3)]
    ours, theirs = nn.Bilinear(3, 4, 2, bias=bias, rng=0), torch.nn.Bilinear(3, 4, 2, bias=bias)
    yield ours, theirs, [(5, 3), (5, 4)]
    yield ours, theirs, [(2, 5, 3), (2, 5, 4)]


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
@pytest.mark.parametrize("bias", [True, False])
def test_values_and_gradients_agree_with_torch(torch, dtype, tolerance, bias):
    for layer, twin, shapes in torch_twins(torch, bias):
        layer.astype(dtype).zero_grad()
        twin.to(getattr(torch, dtype)).zero_grad()
        with torch.no_grad():
            twin.weight.copy_(torch.tensor(np.moveaxis(layer.weight.data, -1, 0)))
            if bias:
                twin.bias.copy_(torch.tensor(layer.bias.data))
        xs = sample(*shapes, dtype=dtype)
        inputs = [Tensor(x, requires_grad=True) for x in xs]
        theirs = [torch.tensor(x, requires_grad=True) for x in xs]
        out, expected = layer(*inputs), twin(*theirs)
        (g,) = sample(out.shape, dtype=dtype, seed=1)
        out.backward(g)
        expected.backward(torch.tensor(g))
        pairs = [(out.data, expected.detach().numpy()), (layer.weight.grad.data, np.moveaxis(twin.weight.grad.numpy(), 0, -1))]
        pairs += [(x.grad.data, y.grad.numpy()) for x, y in zip(inputs, theirs)]
        pairs += [(layer.bias.grad.data, twin.bias.grad.numpy())] if bias else []
        for actual, expected in pairs:
            assert actual.dtype == dtype
            np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("leading", [(), (1,), (5,), (4, 5), (0,)])
def test_bilinear_maps_the_last_axes(leading):
    assert nn.Bilinear(3, 4, 2)(np.ones((*leading, 3)), np.ones((*leading, 4))).shape == (*leading, 2)


def test_bilinear_is_the_sum_over_both_inputs():
    x, y, w, b = sample((4, 3), (4, 2), (3, 2, 5), (5,))
    np.testing.assert_allclose(F.bilinear(x, y, w, b), np.einsum("ni,ijk,nj->nk", x, w, y) + b, rtol=1e-12)


def test_bilinear_is_linear_in_each_input():
    layer = nn.Bilinear(3, 2, 4, bias=False, rng=0)
    x, y, z = sample((5, 3), (5, 3), (5, 2))
    np.testing.assert_allclose(layer(2 * x + y, z).data, 2 * layer(x, z).data + layer(y, z).data, rtol=1e-12)
    np.testing.assert_allclose(layer(x, -3 * z).data, -3 * layer(x, z).data, rtol=1e-12)


def test_bilinear_gradients_are_right_to_second_order():
    inputs = [Tensor(value, requires_grad=True) for value in sample((2, 3), (2, 2), (3, 2, 2), (2,))]
    assert gradcheck(F.bilinear, inputs, order=2)


def test_default_range_of_bilinear_weights():
    layer = nn.Bilinear(16, 50, 20, rng=0)
    assert all(0.2 < abs(p.data).max() <= 0.25 for p in layer.parameters())


def test_bilinear_initializer_counts_the_weights_of_a_unit():
    assert nn.Bilinear(20, 20, 100, init="he_normal", rng=0).weight.data.var() == pytest.approx(2 / 400, rel=0.05)


@pytest.mark.parametrize(("x", "y"), [((4, 2), (4, 2)), ((4, 3), (4, 3)), ((4, 3), (5, 2)), ((4, 3), (2,)), ((), (2,))])
def test_bilinear_rejects_other_shapes(x, y):
    with pytest.raises(ShapeError) as caught:
        nn.Bilinear(3, 2, 1)(np.ones(x), np.ones(y))
    assert str(caught.value) == f"Bilinear: got inputs of shapes {x} and {y}, expected (…, 3) and (…, 2)"


@pytest.mark.parametrize("sizes", [(0, 1, 1), (1, 0, 1), (1, 1, -1)])
def test_bilinear_rejects_sizes_below_one(sizes):
    with pytest.raises(ValueError, match=r"0|-1"):
        nn.Bilinear(*sizes)


def test_repr_shows_the_sizes():
    shown = "Linear(2, 3) Linear(2, 3, bias=False) Bilinear(2, 3, 4) Bilinear(2, 3, 4, bias=False)"
    layers = [nn.Linear(2, 3), nn.Linear(2, 3, bias=False), nn.Bilinear(2, 3, 4), nn.Bilinear(2, 3, 4, bias=False)]
    assert " ".join(map(repr, layers)) == shown


def same(a, b):
    return all(p.data.tobytes() == q.data.tobytes() for p, q in zip(a.parameters(), b.parameters(), strict=True))


@pytest.mark.parametrize("make", [lambda rng: nn.Linear(3, 4, rng=rng), lambda rng: nn.Bilinear(3, 2, 4, rng=rng)])
def test_same_seed_gives_the_same_weights(make):
    assert same(make(5), make(5))
    assert same(make(5), make(np.random.default_rng(5)))
    assert not same(make(5), make(6))


def test_nn_seed_resets_the_global_generator():
    nn.seed(3)
    first, second = nn.Linear(3, 4), nn.Linear(3, 4)
    nn.seed(3)
    assert same(first, nn.Linear(3, 4))
    assert same(second, nn.Linear(3, 4))
    assert not same(first, second)


def test_layer_with_a_seed_does_not_use_the_global_generator():
    nn.seed(3)
    expected = nn.Linear(3, 4)
    nn.seed(3)
    nn.Linear(3, 4, rng=1)
    assert same(expected, nn.Linear(3, 4))


@pytest.mark.parametrize("init", [None, "xavier_uniform"])
def test_parameters_have_the_default_dtype(single_precision, init):
    layers = nn.Linear(2, 3, init=init), nn.Bilinear(2, 3, 1, init=init)
    assert {p.dtype for layer in layers for p in layer.parameters()} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.linear(np.ones((1, 2)), np.ones(2), np.ones(2)), r"weights of shape \(2,\), expected \(in, out\)"),
        (lambda: F.bilinear(np.ones(1), np.ones(2), np.ones((1, 2))), r"weights of shape \(1, 2\), expected \(in1, in2"),
    ],
    ids=["linear", "bilinear"],
)
def test_weights_of_another_dimension_are_rejected(call, message):
    with pytest.raises(ShapeError, match=message):
        call()
