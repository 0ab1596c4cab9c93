"""Activations with different units, parameters or random numbers."""

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn import functional as F  # noqa: N812
from nn.activations import ACTIVATIONS
from tests.nn.activations.activation_cases import away_from_kinks, make_module


def test_brelu_alternates_along_its_axis():
    x = np.stack([np.full((3, 4), -1.0), np.full((3, 4), 2.0)])
    assert nn.BReLU()(x)[:, :, 0].tolist() == [[0.0, -1.0, 0.0], [2.0, 0.0, 2.0]]
    assert nn.BReLU(axis=-1)(x)[:, 0].tolist() == [[0.0, -1.0, 0.0, -1.0], [2.0, 0.0, 2.0, 0.0]]
    assert nn.BReLU(axis=0)(x)[:, 0, 0].tolist() == [0.0, 0.0]


def test_brelu_keeps_the_mean_near_zero():
    x = np.random.default_rng(0).normal(size=(1000, 10))
    assert abs(F.brelu(x).mean()) < 0.02 < 0.3 < F.relu(x).mean()


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_each_unit_has_its_slope_along_any_axis(axis):
    x = -np.ones((2, 3, 4))
    size = x.shape[axis]
    layer = nn.PReLU(size, axis=axis)
    layer.load_state_dict({"weight": np.arange(1.0, size + 1)})
    out = layer(x)
    assert np.moveaxis(out.numpy(), axis, -1)[0, 0].tolist() == [-1.0, -2.0, -3.0, -4.0][:size]
    out.sum().backward()
    assert layer.weight.grad.tolist() == [-24 / size] * size


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_each_unit_has_its_hinges_along_any_axis(axis):
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    layer = nn.APL(hinges=3, units=x.shape[axis], axis=axis, rng=0)
    units = np.moveaxis(x, axis, 0)
    expected = [
        F.apl(unit, layer.a.numpy()[:, [i]], layer.b.numpy()[:, [i]]) for i, unit in enumerate(units)
    ]  # unit by unit, all elements of a unit alike
    np.testing.assert_allclose(np.moveaxis(layer(x).numpy(), axis, 0), expected, rtol=1e-14)


def test_apl_of_one_hinge_at_zero_is_prelu():
    x = away_from_kinks()
    np.testing.assert_allclose(F.apl(x, [[-0.25]], [[0.0]]), F.prelu(x, [0.25]), rtol=1e-14)


def test_glu_halves_its_axis_like_torch(torch):
    x = np.random.default_rng(0).normal(size=(4, 3, 2))
    for axis in (0, 2, -1):
        expected = torch.nn.functional.glu(torch.tensor(x), dim=axis).numpy()
        np.testing.assert_allclose(F.glu(x, axis=axis), expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("layer", "names"), [(nn.PReLU(2), ["weight"]), (nn.APL(3, 2, rng=0), ["a", "b"]), (nn.SoftExponential(), ["alpha"])]
)
def test_parameters_receive_gradients(layer, names):
    assert [name for name, _ in layer.named_parameters()] == names
    x = np.random.default_rng(0).normal(size=(20, 2))
    before = ((layer(x) - np.abs(x)) ** 2).mean()
    before.backward()
    for parameter in layer.parameters():
        parameter.data = parameter.data - 0.01 * parameter.grad.data
    assert ((layer(x) - np.abs(x)) ** 2).mean().item() < before.item()


@pytest.mark.parametrize("make", [lambda: nn.PReLU(3), lambda: nn.APL(2, 3), lambda: nn.SoftExponential()])
def test_parameters_have_the_default_dtype(single_precision, make):
    assert {parameter.dtype for parameter in make().parameters()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in ("prelu", "apl", "soft_exponential")])
def test_other_activations_have_no_parameters(name):
    assert not list(make_module(name).parameters())


def test_rrelu_draws_a_slope_for_each_element_in_training():
    x = -np.ones((50, 40))
    layer = nn.RReLU(lower=0.2, upper=0.4, rng=0)
    slopes = -layer(x)
    assert len(np.unique(slopes)) == x.size
    assert 0.2 <= slopes.min() < 0.21 < 0.39 < slopes.max() <= 0.4
    assert slopes.mean() == pytest.approx(0.3, abs=0.01)
    assert not np.array_equal(-layer(x), slopes)


def test_rrelu_differentiates_by_the_slopes_it_drew():
    x = Tensor(-np.ones(5), requires_grad=True)
    out = nn.RReLU(rng=0)(x)
    out.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), -out.numpy())


def test_rrelu_takes_the_mean_slope_in_evaluation():
    assert nn.RReLU(lower=0.2, upper=0.4).eval()([-1.0, 2.0]).tolist() == pytest.approx([-0.3, 2.0])


@pytest.mark.parametrize("make", [lambda rng: nn.RReLU(rng=rng), lambda rng: nn.APL(rng=rng)])
def test_same_seed_gives_the_same_numbers(make):
    x = -np.ones((2, 3))

    def numbers(layer):
        return [np.asarray(getattr(out, "data", out)).tolist() for out in (layer(x), layer(x))]

    assert numbers(make(5)) == numbers(make(5)) == numbers(make(np.random.default_rng(5)))
    assert numbers(make(5)) != numbers(make(6))
    nn.seed(3)
    first = numbers(make(None))
    nn.seed(3)
    assert numbers(make(None)) == first


def test_binary_step_passes_no_gradient():
    layer = nn.Linear(2, 3, rng=0)
    nn.BinaryStep()(layer([[1.0, -1.0]])).sum().backward()
    assert not layer.weight.grad.numpy().any()
