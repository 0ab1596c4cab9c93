import copy
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import DataError, ShapeError, Tensor, gradcheck, gradients
from nn import functional as F  # noqa: N812


class Masks(np.random.Generator):
    """A generator that returns given masks, as uniform numbers that are below any rate for 0 and above it for 1."""

    def __init__(self, masks):
        super().__init__(np.random.PCG64(0))
        self.masks = iter(masks)

    def random(self, size=None, dtype=np.float64, out=None):
        return np.where(np.reshape(next(self.masks), size), 1 - 1e-6, 0.0).astype(dtype)


def all_masks(units):
    return list(product([0, 1], repeat=units))


@pytest.mark.parametrize("inverted", [True, False])
def test_expected_output_of_a_linear_unit_is_that_of_the_lecture(inverted):
    """E[a] = ½ (w₁x₁ + w₂x₂) over all masks, the output of classic scaling in evaluation; inverted scaling doubles it."""
    w, x = np.array([3.0, -5.0]), np.array([2.0, 7.0])
    layer = nn.Dropout(p=0.5, inverted=inverted, rng=Masks(all_masks(2)))
    expected = sum(layer(x) @ w for _ in range(4)) / 4
    half = (w @ x) / 2
    assert expected == (2 * half if inverted else half)
    assert layer.eval()(x) @ w == expected


@pytest.mark.parametrize("inverted", [True, False])
@pytest.mark.parametrize("p", [0.5, 0.25, 0.9])
def test_all_masks_by_their_probability_average_to_the_output_in_evaluation(p, inverted):
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=4), rng.normal(size=(4, 3))
    layer = nn.Dropout(p, inverted=inverted, rng=Masks(all_masks(4)))
    weights = [p ** (4 - sum(mask)) * (1 - p) ** sum(mask) for mask in all_masks(4)]
    expected = sum(weight * (layer(x) @ w) for weight in weights)
    np.testing.assert_allclose(layer.eval()(x) @ w, expected, rtol=1e-12)


def test_a_linear_net_of_two_layers_averages_exactly_over_the_ensemble_of_its_masks():
    rng = np.random.default_rng(1)
    first, second = nn.Linear(2, 3, rng=rng), nn.Linear(3, 1, rng=rng)
    model = nn.Sequential(first, nn.Dropout(0.5, rng=Masks(all_masks(3))), second)
    x = rng.normal(size=(1, 2))
    expected = sum(model(x).item() for _ in range(8)) / 8
    assert model.eval()(x).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("inverted", [True, False])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_mean_over_many_masks_approaches_the_output_in_evaluation(p, inverted):
    x = np.array([1.0, -2.0, 3.0])
    layer = nn.Dropout(p, inverted=inverted, rng=0)
    masks = 20_000
    mean = layer(np.broadcast_to(x, (masks, 3))).mean(axis=0)
    scale = 1 / (1 - p) if inverted else 1
    deviation = abs(x) * scale * np.sqrt(p * (1 - p) / masks)
    assert (abs(mean - layer.eval()(x)) < 5 * deviation).all()


@pytest.mark.parametrize("training", [True, False])
def test_a_net_with_classic_scaling_is_one_with_inverted_scaling_and_larger_weights(training):
    """The weights w after the layer compensate for the factor, for each mask and in evaluation."""
    rng = np.random.default_rng(0)
    x, w, p = rng.normal(size=(7, 5)), rng.normal(size=(5, 2)), 0.4
    inverted, classic = (nn.Dropout(p, inverted=way, rng=3).train(training)(x) for way in (True, False))
    np.testing.assert_allclose(inverted @ w, classic @ (w / (1 - p)), rtol=1e-12)


@settings(max_examples=30)
@given(st.floats(0, 1), st.integers(0, 1000))
def test_elements_are_scaled_or_zero(p, seed):
    x = np.random.default_rng(seed).uniform(1, 2, 50)
    out = nn.Dropout(p, rng=seed)(x)
    kept = out != 0
    np.testing.assert_allclose(out[kept], x[kept] / (1 - p if p < 1 else 1), rtol=1e-12)
    classic = nn.Dropout(p, inverted=False, rng=seed)(x)
    assert ((classic != 0) == kept).all()
    assert (classic[kept] == x[kept]).all()


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_p_is_the_rate_of_zeros(p):
    zeros = (nn.Dropout(p, rng=0)(np.ones(100_000)) == 0).mean()
    assert zeros == pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) / 100_000))


def test_rates_0_and_1():
    x = np.array([1.0, 2.0])
    for inverted in (True, False):
        assert nn.Dropout(0.0, inverted)(x).tolist() == nn.Dropout(0.0, inverted).eval()(x).tolist() == [1.0, 2.0]
        assert nn.Dropout(1.0, inverted)(x).tolist() == [0.0, 0.0]


def test_evaluation_is_the_identity_or_the_keep_probability():
    x = Tensor([1.0, 2.0])
    assert nn.Dropout(0.75).eval()(x) is x
    assert nn.Dropout(0.75, inverted=False).eval()(x).tolist() == [0.25, 0.5]


# The operation


def masked(x, mask, p, inverted):
    return x * mask / (1 - p) if inverted else x * mask


@pytest.mark.parametrize("inverted", [True, False])
def test_fused_and_composed_agree_to_second_order(inverted):
    rng = np.random.default_rng(0)
    values, mask = rng.normal(size=(3, 4)), rng.random((3, 4)) > 0.3
    actual = []
    for f in (lambda x: F.dropout(x, 0.3, True, inverted, Masks([mask])), lambda x: masked(x, mask, 0.3, inverted)):
        x = Tensor(values, requires_grad=True)
        out = f(x)
        (first,) = gradients((out * out * out).sum(), [x], create_graph=True)
        (second,) = gradients((first * values).sum(), [x])
        actual.append([out.data, first.data, second.data])
    for ours, expected in zip(*actual):
        np.testing.assert_allclose(ours, expected, rtol=1e-12)


@pytest.mark.parametrize("make", [nn.Dropout, nn.Dropout1d, nn.Dropout2d])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("inverted", [True, False])
def test_gradients_are_right_to_second_order(make, training, inverted):
    shape = {nn.Dropout: (3, 2), nn.Dropout1d: (2, 2, 2), nn.Dropout2d: (2, 2, 2, 2)}[make]
    x = Tensor(np.random.default_rng(0).normal(size=shape), requires_grad=True)
    assert gradcheck(lambda x: make(0.4, inverted, rng=1).train(training)(x) ** 2, x, order=2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("training", [True, False])
def test_dtype_is_kept(dtype, training):
    for inverted in (True, False):
        x = Tensor(np.ones((4, 5), dtype), requires_grad=True)
        out = nn.Dropout(0.3, inverted).train(training)(x)
        assert out.dtype == dtype
        out.sum().backward()
        assert x.grad.dtype == dtype


def test_dropped_elements_have_no_gradient():
    x = Tensor(np.ones(100), requires_grad=True)
    out = nn.Dropout(0.5, rng=0)(x)
    out.sum().backward()
    assert x.grad.tolist() == out.tolist()


# Whole channels


@pytest.mark.parametrize(("make", "shape"), [(nn.Dropout1d, (50, 20, 3)), (nn.Dropout2d, (50, 20, 2, 3))])
def test_whole_channels_are_dropped_at_the_rate(make, shape):
    out = make(0.3, rng=0)(np.ones(shape)).reshape(50, 20, -1)
    assert (out == out[:, :, :1]).all()
    np.testing.assert_allclose(np.unique(out), [0, 1 / 0.7])
    assert (out == 0).mean() == pytest.approx(0.3, abs=5 * np.sqrt(0.3 * 0.7 / 1000))


@pytest.mark.parametrize("make", ["Dropout", "Dropout1d", "Dropout2d"])
def test_evaluation_agrees_with_torch(torch, make):
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5)[: 3 if make == "Dropout1d" else 4])
    ours, theirs = getattr(nn, make)(0.3).eval(), getattr(torch.nn, make)(0.3).eval()
    np.testing.assert_array_equal(ours(Tensor(x)).data, theirs(torch.tensor(x)).numpy())


@pytest.mark.parametrize("make", ["Dropout", "Dropout1d", "Dropout2d"])
def test_training_has_the_values_and_gradients_of_torch_given_its_mask(torch, make):
    shape = (4, 6, 3, 2)[: 3 if make == "Dropout1d" else 4]
    x, g = np.random.default_rng(0).normal(size=(2, *shape))
    torch.manual_seed(0)
    other = torch.tensor(x, requires_grad=True)
    expected = getattr(torch.nn, make)(0.3)(other)
    expected.backward(torch.tensor(g))
    kept = expected.detach().numpy() != 0
    mask = kept if make == "Dropout" else kept.reshape(4, 6, -1)[:, :, 0]
    x_tensor = Tensor(x, requires_grad=True)
    out = getattr(nn, make)(0.3, rng=Masks([mask]))(x_tensor)
    out.backward(g)
    np.testing.assert_allclose(out.data, expected.detach().numpy(), rtol=1e-10)
    np.testing.assert_allclose(x_tensor.grad.data, other.grad.numpy(), rtol=1e-10)


# Randomness


def test_masks_differ_from_call_to_call_and_repeat_with_the_seed():
    x = np.ones(50)
    first, second = nn.Dropout(rng=3), nn.Dropout(rng=3)
    masks = [first(x).tolist() for _ in range(3)]
    assert masks[0] != masks[1] != masks[2]
    assert [second(x).tolist() for _ in range(3)] == masks


def test_global_generator_is_used_at_every_call():
    x, layer = np.ones(50), nn.Dropout()
    nn.seed(5)
    first = layer(x).tolist()
    nn.seed(5)
    assert layer(x).tolist() == first
    assert layer(x).tolist() != first


def test_evaluation_draws_nothing():
    nn.seed(5)
    nn.Dropout().eval()(np.ones(9))
    after = nn.random.generator().random()
    nn.seed(5)
    assert nn.random.generator().random() == after


def test_a_copy_draws_the_same_masks_as_the_original_would():
    layer = nn.Dropout(rng=1)
    twin = copy.deepcopy(layer)
    assert layer(np.ones(50)).tolist() == twin(np.ones(50)).tolist()


def test_the_mask_does_not_depend_on_the_dtype():
    single, double = (nn.Dropout(rng=2)(np.ones(50, dtype)) for dtype in (np.float32, np.float64))
    assert ((single == 0) == (double == 0)).all()


# Invalid inputs


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
@pytest.mark.parametrize("make", [nn.Dropout, nn.Dropout1d, nn.Dropout2d])
def test_rate_outside_0_and_1_is_rejected(make, p):
    with pytest.raises(ValueError, match=f"^{make.__name__}: p must be a probability, from 0 to 1, not {p}"):
        make(p)
    with pytest.raises(ValueError, match=f"^dropout: p must be a probability, from 0 to 1, not {p}"):
        F.dropout(np.ones(3), p)


def test_rate_that_is_not_a_number_is_rejected():
    with pytest.raises(TypeError, match=r"^Dropout: p must be a number, a probability, not '0.5'"):
        nn.Dropout("0.5")


@pytest.mark.parametrize("inverted", [True, False])
@pytest.mark.parametrize("x", [np.ones(3, int), Tensor([1, 2]), [True, False], [1, 2]])
def test_integers_are_rejected_by_path(x, inverted):
    with pytest.raises(DataError, match=r"^Dropout '0': got (int64|bool), expected floats"):
        nn.Sequential(nn.Dropout(inverted=inverted))(x)


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [(nn.Dropout1d(), (4, 3), "(N, C, L)"), (nn.Dropout2d(), (4, 3, 2), "(N, C, H, W)"), (nn.Dropout1d(), (), "(N, C, L)")],
)
def test_input_without_channels_is_rejected_by_path(layer, shape, expected):
    with pytest.raises(ShapeError) as caught:
        nn.Sequential(layer)(np.ones(shape))
    assert str(caught.value) == f"{type(layer).__name__} '0': got an input of shape {shape}, expected {expected}"


def test_repr_shows_the_rate():
    shown = "Dropout(p=0.5) Dropout(p=0.2, inverted=False) Dropout1d(p=0.5) Dropout2d(p=0.1)"
    layers = [nn.Dropout(), nn.Dropout(0.2, inverted=False), nn.Dropout1d(), nn.Dropout2d(0.1)]
    assert " ".join(map(repr, layers)) == shown
