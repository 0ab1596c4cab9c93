import math

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn import init

SHAPE = (400, 100)
VARIANCES = {
    "xavier_uniform": 1 / 250,
    "xavier_normal": 1 / 250,
    "he_normal": 1 / 200,
    "he_uniform": 1 / 200,
    "lecun_normal": 1 / 400,
    "lecun_uniform": 1 / 400,
    "uniform": 1 / 1200,
    "normal": 1,
    "orthogonal": 1 / 400,
}
CONSTANTS = {"zeros": 0.0, "ones": 1.0, "constant": 0.1}
ALIASES = {
    "kaiming_uniform": "he_uniform",
    "kaiming_normal": "he_normal",
    "glorot_uniform": "xavier_uniform",
    "glorot_normal": "xavier_normal",
}
each_random = pytest.mark.parametrize("name", VARIANCES)
each_initializer = pytest.mark.parametrize("name", [*VARIANCES, *CONSTANTS, "truncated_normal"])


def test_every_initializer_has_a_name():
    names = [*VARIANCES, *CONSTANTS, *ALIASES, "truncated_normal"]
    assert {name: getattr(init, name) for name in names} == init.INITIALIZERS


def test_names_of_other_frameworks_are_aliases():
    assert all(init.INITIALIZERS[alias] is init.INITIALIZERS[name] for alias, name in ALIASES.items())


def test_initializer_is_given_by_name_or_function():
    def custom(shape, rng):
        return np.zeros(shape)

    assert init.initializer("ones") is init.ones
    assert init.initializer(custom) is custom
    with pytest.raises(ValueError, match=r"'one' \(did you mean 'ones'\?\); there are zeros, ones"):
        init.initializer("one")
    with pytest.raises(ValueError, match=r"did you mean 'kaiming_normal'\?"):
        init.initializer("kaiming_normal_")
    with pytest.raises(TypeError, match=r"init must be the name of an initializer or a function of \(shape, rng\), not 0.1"):
        init.initializer(0.1)


def test_initializer_takes_a_shape_not_a_tensor():
    with pytest.raises(TypeError, match=r"a shape, such as weight.shape, not a Tensor"):
        init.he_normal(Tensor(np.ones((3, 2))))


@each_random
def test_variance_is_that_of_the_paper(name):
    assert init.INITIALIZERS[name](SHAPE, rng=0).var() == pytest.approx(VARIANCES[name], rel=0.03)


@each_random
def test_mean_is_zero(name):
    sample = init.INITIALIZERS[name](SHAPE, rng=0)
    assert abs(sample.mean()) < 4 * (VARIANCES[name] / sample.size) ** 0.5


@pytest.mark.parametrize("name", CONSTANTS)
def test_constants_are_constant(name):
    assert (init.INITIALIZERS[name]((3, 4)) == CONSTANTS[name]).all()
    assert (init.constant((3, 4), value=-2) == -2).all()


@pytest.mark.parametrize("name", ["xavier_uniform", "he_uniform", "lecun_uniform", "uniform"])
def test_uniform_weights_fill_the_range(name):
    bound = (3 * VARIANCES[name]) ** 0.5
    assert 0.999 * bound < abs(init.INITIALIZERS[name](SHAPE, rng=0)).max() <= bound


@pytest.mark.parametrize("name", ["xavier_normal", "he_normal", "lecun_normal", "normal"])
def test_normal_weights_have_normal_tails(name):
    standard = init.INITIALIZERS[name](SHAPE, rng=0) / VARIANCES[name] ** 0.5
    assert (abs(standard) > 2).mean() == pytest.approx(0.0455, rel=0.1)


def test_truncated_normal_has_no_tails():
    sample = init.truncated_normal(SHAPE, rng=0, std=3) / 3
    assert 1.99 < abs(sample).max() <= 2
    assert abs(sample.mean()) < 0.02
    assert (abs(sample) < 1).mean() == pytest.approx(0.6827 / 0.9545, abs=0.01)


def test_r_and_sigma_can_be_chosen():
    assert 0.29 < abs(init.uniform(SHAPE, rng=0, r=0.3)).max() <= 0.3
    assert init.normal(SHAPE, rng=0, std=0.2).std() == pytest.approx(0.2, rel=0.02)


@pytest.mark.parametrize("name", ["he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "uniform"])
def test_fan_in_initializers_do_not_depend_on_the_outputs(name):
    narrow, wide = (init.INITIALIZERS[name]((300, outputs), rng=0).var() for outputs in (50, 500))
    assert narrow == pytest.approx(wide, rel=0.05)


@pytest.mark.parametrize("name", ["xavier_uniform", "xavier_normal"])
def test_xavier_is_symmetric_in_inputs_and_outputs(name):
    down, up = (init.INITIALIZERS[name](shape, rng=0).var() for shape in ((500, 50), (50, 500)))
    assert down == pytest.approx(up, rel=0.05)


@each_random
@pytest.mark.parametrize(("kernel", "inputs"), [((5,), 30), ((3, 4), 20)])
def test_fans_of_convolutions_include_the_kernel_size(name, kernel, inputs):
    outputs, places = 40, math.prod(kernel)
    actual = init.INITIALIZERS[name]((outputs, inputs, *kernel), rng=0)
    assert actual.shape == (outputs, inputs, *kernel)
    fan_in, fan_out = inputs * places, outputs * places
    expected = {
        "xavier": 2 / (fan_in + fan_out),
        "he": 2 / fan_in,
        "lecun": 1 / fan_in,
        "normal": 1,
        "uniform": 1 / (3 * fan_in),
    }
    expected["orthogonal"] = 1 / fan_in
    assert actual.var() == pytest.approx(expected[name.partition("_")[0]], rel=0.1)


@pytest.mark.parametrize(
    ("shape", "expected"), [((3, 2), (3, 2)), ((16, 3, 5, 5), (75, 400)), ((4, 2, 7), (14, 28)), ((8, 1, 3, 3), (9, 72))]
)
def test_fans(shape, expected):
    assert init.fans(shape) == expected


def test_fans_agree_with_torch(torch):
    count = torch.nn.init._calculate_fan_in_and_fan_out
    assert init.fans((6, 4)) == count(torch.empty(4, 6))
    assert init.fans((6, 4, 3)) == count(torch.empty(6, 4, 3))
    assert init.fans((6, 4, 3, 2)) == count(torch.empty(6, 4, 3, 2))


@pytest.mark.parametrize("shape", [(), (3,)])
@pytest.mark.parametrize("name", ["xavier_uniform", "xavier_normal", "he_normal", "he_uniform", "lecun_normal", "uniform"])
def test_fans_of_fewer_than_two_axes_are_rejected(shape, name):
    with pytest.raises(ValueError, match="fans"):
        init.INITIALIZERS[name](shape)


def test_gains_agree_with_torch(torch):
    for name in ("linear", "sigmoid", "tanh", "relu", "selu"):
        assert init.gain(name) == pytest.approx(torch.nn.init.calculate_gain(name), rel=1e-12)
    for slope in (0.01, 0.3):
        assert init.gain("leaky_relu", slope) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", slope), rel=1e-12)
    with pytest.raises(ValueError, match=r"'step'.*tanh.*leaky_relu"):
        init.gain("step")


@pytest.mark.parametrize("name", ["xavier_uniform", "xavier_normal", "orthogonal"])
def test_gain_scales_the_weights(name):
    make = init.INITIALIZERS[name]
    np.testing.assert_allclose(make((5, 4), rng=0, gain=1.5), 1.5 * make((5, 4), rng=0), rtol=1e-12)


@pytest.mark.parametrize("name", ["he_normal", "he_uniform"])
def test_slope_of_a_leaky_relu_makes_he_smaller(name):
    make = init.INITIALIZERS[name]
    np.testing.assert_allclose(make((5, 4), rng=0, slope=1), make((5, 4), rng=0) / math.sqrt(2), rtol=1e-12)


def test_he_preserves_variance_through_relu_layers_and_xavier_through_linear_layers():
    rng = np.random.default_rng(0)
    rectified, linear = rng.normal(size=(2, 200, 300))
    for _ in range(20):
        rectified = np.maximum(rectified @ init.he_normal((300, 300), rng), 0)
        linear = linear @ init.xavier_uniform((300, 300), rng)
    assert 0.4 < (rectified**2).mean() * 2 < 2.5
    assert 0.4 < (linear**2).mean() < 2.5


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (3, 2, 2), (8, 3, 2)])
def test_orthogonal_rows_or_columns_are_orthonormal(shape):
    w = init.orthogonal(shape, rng=0).reshape(shape[0], -1)
    product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(product, np.eye(min(w.shape)), atol=1e-12)


def test_orthogonal_determinants_are_equally_often_1_and_minus_1():
    determinants = [np.linalg.det(init.orthogonal((3, 3), rng=seed)) for seed in range(200)]
    assert 60 < sum(d > 0 for d in determinants) < 140


@pytest.mark.parametrize(
    ("activations", "expected"),
    [
        (["relu", "ReLU", "leaky_relu", "LeakyReLU", "PReLU", "gelu", "silu", "elu", "Mish"], init.he_normal),
        (["tanh", "Sigmoid", "softsign", "identity", "something else"], init.xavier_uniform),
        (["selu", "SELU"], init.lecun_normal),
    ],
)
def test_default_initializer_of_every_activation(activations, expected):
    assert {init.default_initializer(name) for name in activations} == {expected}


@each_initializer
def test_same_seed_gives_the_same_weights(name):
    make = init.INITIALIZERS[name]
    np.testing.assert_array_equal(make((3, 4), rng=1), make((3, 4), rng=1))
    assert name in CONSTANTS or not np.array_equal(make((3, 4), rng=1), make((3, 4), rng=2))


@pytest.mark.parametrize("name", [*VARIANCES, "truncated_normal"])
def test_global_generator_is_the_default(name):
    make = init.INITIALIZERS[name]
    nn.seed(9)
    first = make((3, 4))
    assert not np.array_equal(first, make((3, 4)))
    nn.seed(9)
    np.testing.assert_array_equal(first, make((3, 4)))


@each_initializer
def test_weights_have_the_default_dtype(name, single_precision):
    assert init.INITIALIZERS[name]((3, 4), rng=0).dtype == np.float32
