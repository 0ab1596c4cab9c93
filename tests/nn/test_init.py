import numpy as np
import pytest

from nn import init

SHAPE = (400, 100)
VARIANCES = {"xavier_uniform": 1 / 250, "xavier_normal": 1 / 250, "he_normal": 1 / 200, "he_uniform": 1 / 200}
each_initialiser = pytest.mark.parametrize("name", VARIANCES)


def test_every_initialiser_is_known_by_name():
    assert {name: getattr(init, name) for name in VARIANCES} == init.INITIALISERS


@each_initialiser
def test_variance_is_that_of_the_paper(name):
    assert init.INITIALISERS[name](SHAPE, rng=0).var() == pytest.approx(VARIANCES[name], rel=0.03)


@each_initialiser
def test_mean_is_zero(name):
    sample = init.INITIALISERS[name](SHAPE, rng=0)
    assert abs(sample.mean()) < 4 * (VARIANCES[name] / sample.size) ** 0.5


@pytest.mark.parametrize("name", ["xavier_uniform", "he_uniform"])
def test_uniform_weights_reach_their_bound_and_do_not_pass_it(name):
    bound = (3 * VARIANCES[name]) ** 0.5
    assert 0.999 * bound < abs(init.INITIALISERS[name](SHAPE, rng=0)).max() <= bound


@pytest.mark.parametrize("name", ["xavier_normal", "he_normal"])
def test_normal_weights_have_normal_tails(name):
    standard = init.INITIALISERS[name](SHAPE, rng=0) / VARIANCES[name] ** 0.5
    assert (abs(standard) > 2).mean() == pytest.approx(0.0455, rel=0.1)


@pytest.mark.parametrize("name", ["he_normal", "he_uniform"])
def test_he_does_not_depend_on_the_outputs(name):
    narrow, wide = (init.INITIALISERS[name]((300, outputs), rng=0).var() for outputs in (50, 500))
    assert narrow == pytest.approx(wide, rel=0.05)


@pytest.mark.parametrize("name", ["xavier_uniform", "xavier_normal"])
def test_xavier_is_symmetric_in_inputs_and_outputs(name):
    down, up = (init.INITIALISERS[name](shape, rng=0).var() for shape in ((500, 50), (50, 500)))
    assert down == pytest.approx(up, rel=0.05)


@each_initialiser
def test_same_seed_gives_the_same_weights(name):
    make = init.INITIALISERS[name]
    np.testing.assert_array_equal(make((3, 4), rng=1), make((3, 4), rng=1))
    assert not np.array_equal(make((3, 4), rng=1), make((3, 4), rng=2))


@each_initialiser
def test_common_seed_is_used_without_a_generator(name):
    make = init.INITIALISERS[name]
    init.seed(9)
    first = make((3, 4))
    assert not np.array_equal(first, make((3, 4)))
    init.seed(9)
    np.testing.assert_array_equal(first, make((3, 4)))


@each_initialiser
def test_weights_have_the_default_dtype(name, single_precision):
    assert init.INITIALISERS[name]((3, 4), rng=0).dtype == np.float32
