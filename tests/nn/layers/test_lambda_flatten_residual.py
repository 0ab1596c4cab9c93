"""The modules Identity, Lambda, Flatten, Unflatten and Residual."""

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, gradcheck


def test_identity_returns_its_input():
    x = Tensor([1.0])
    assert nn.Identity()(x) is x


def test_lambda_calls_its_function():
    assert nn.Lambda(lambda x, y: x - y)(5, 3) == 2
    x = Tensor([1.0, 2.0], requires_grad=True)
    nn.Sequential(nn.Lambda(np.square), nn.Lambda(np.sum))(x).backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_repr_of_lambda_shows_the_name():
    assert repr(nn.Lambda(abs)) == "Lambda(abs)"
    assert repr(nn.Lambda(lambda x: x)) == "Lambda(<lambda>)"
    assert repr(nn.Lambda(abs, "size")) == "Lambda(size)"


def test_lambda_rejects_a_non_function():
    with pytest.raises(TypeError, match="the function of a Lambda layer must be callable, not 3"):
        nn.Lambda(3)


@pytest.mark.parametrize(
    ("axes", "shape", "flat"),
    [
        ((), (5, 2, 3, 4), (5, 24)),
        ((), (5, 2), (5, 2)),
        ((), (0, 2, 3), (0, 6)),
        ((), (5, 0, 3), (5, 0)),
        ((0,), (5, 2, 3), (30,)),
        ((0, 1), (5, 2, 3), (10, 3)),
        ((-2,), (5, 2, 3), (5, 6)),
        ((1, 2), (5, 2, 3, 4), (5, 6, 4)),
        ((0, 0), (5, 2), (5, 2)),
    ],
)
def test_flatten_merges_axes(axes, shape, flat):
    x = np.arange(float(np.prod(shape))).reshape(shape)
    out = nn.Flatten(*axes)(x)
    assert out.shape == flat
    np.testing.assert_array_equal(np.ravel(out), np.ravel(x))


@pytest.mark.parametrize(("axes", "shape"), [((), (5,)), ((), ()), ((2, 1), (5, 2, 3)), ((0, 3), (5, 2)), ((-3,), (5, 2))])
def test_flatten_rejects_invalid_axes(axes, shape):
    with pytest.raises(ShapeError, match=r"Flatten '1': got an input of shape .*, expected axes .* to merge"):
        nn.Sequential(nn.Identity(), nn.Flatten(*axes))(np.zeros(shape))


def test_flatten_agrees_with_pytorch(torch):
    for axes in ((), (0,), (1, 2), (-2, -1)):
        x = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
        np.testing.assert_array_equal(nn.Flatten(*axes)(x), torch.nn.Flatten(*axes or (1,))(torch.from_numpy(x)).numpy())


def test_flatten_keeps_the_graph_and_integers():
    x = Tensor(np.ones((2, 3, 1)), requires_grad=True)
    (nn.Flatten()(x) * np.array([1.0, 2.0, 3.0])).sum().backward()
    assert x.grad.shape == (2, 3, 1)
    assert nn.Flatten()([[[1], [2]]]).tolist() == [[1, 2]]
    assert nn.Flatten()(np.ones((1, 2, 2), np.int32)).dtype == np.int32


def test_residual_adds_its_input():
    layer = nn.Linear(2, 2, rng=0)
    x = np.array([[1.0, -2.0]])
    np.testing.assert_allclose(nn.Residual(layer)(x).numpy(), x + layer(x).numpy())
    assert [name for name, _ in nn.Residual(layer).named_parameters()] == ["module.weight", "module.bias"]


def test_residual_with_a_shortcut():
    layer, shortcut = nn.Linear(2, 3, rng=0), nn.Linear(2, 3, bias=False, rng=1)
    block = nn.Residual(layer, shortcut)
    x = np.array([[1.0, -2.0]])
    np.testing.assert_allclose(block(x).numpy(), shortcut(x).numpy() + layer(x).numpy())
    assert [name for name, _ in block.named_parameters()] == ["module.weight", "module.bias", "shortcut.weight"]


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (nn.Residual(nn.Linear(2, 1)), r"cannot add the input of shape \(5, 2\) and the module's output of shape \(5, 1\)"),
        (nn.Residual(nn.Linear(2, 3), nn.Linear(2, 1)), r"cannot add the shortcut's output of shape \(5, 1\) .* \(5, 3\)"),
    ],
)
def test_residual_never_broadcasts(block, words):
    with pytest.raises(ShapeError, match=f"Residual '0': {words}"):
        nn.Sequential(block)(np.zeros((5, 2)))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Flatten(), (2, 2, 2)),
        (nn.Lambda(lambda x: x**3), (2, 3)),
        (nn.Residual(nn.Sequential(nn.Linear(3, 3, rng=0), nn.Tanh())), (2, 3)),
        (nn.Residual(nn.Linear(3, 2, rng=0), nn.Linear(3, 2, bias=False, rng=1)), (2, 3)),
    ],
)
def test_gradients_are_right_to_second_order(layer, shape):
    x = Tensor(np.random.default_rng(0).normal(size=shape), requires_grad=True)
    assert gradcheck(lambda x: layer(x) ** 2, x, order=2)


def test_residual_rejects_a_non_module():
    with pytest.raises(TypeError, match=r"the module of a Residual must be a module, .* nn.Lambda makes"):
        nn.Residual(np.tanh)
    with pytest.raises(TypeError, match=r"the shortcut of a Residual must be a module, .* write ReLU\(\)"):
        nn.Residual(nn.ReLU(), nn.ReLU)


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (nn.Unflatten((1, 8, 8)), (5, 64), (5, 1, 8, 8)),
        (nn.Unflatten((2, 3), axis=1), (5, 6, 4), (5, 2, 3, 4)),
        (nn.Unflatten([6], axis=0), (6, 4), (6, 4)),
    ],
)
def test_unflatten_splits_an_axis_and_flatten_joins_it(layer, shape, expected):
    x = np.arange(np.prod(shape)).reshape(shape)
    np.testing.assert_array_equal(layer(x), x.reshape(expected))


def test_unflatten_refuses_sizes_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"Unflatten: .* \(5, 63\), expected 64 elements along axis -1 for sizes \(1, 8, 8\)"):
        nn.Unflatten((1, 8, 8))(np.zeros((5, 63)))
    with pytest.raises(ShapeError, match="expected 6 elements along axis 2"):
        nn.Unflatten((2, 3), axis=2)(np.zeros((5, 6)))
    with pytest.raises(TypeError, match=r"sizes must be positive integers, such as \(1, 28, 28\), not -1"):
        nn.Unflatten(-1)


def test_unflatten_shows_its_sizes():
    assert repr(nn.Unflatten((1, 8, 8))) == "Unflatten((1, 8, 8))"
    assert repr(nn.Unflatten((2, 3), axis=1)) == "Unflatten((2, 3), axis=1)"
