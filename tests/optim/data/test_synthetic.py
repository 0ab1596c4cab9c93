import numpy as np
import pytest

from optim.data import blobs, circles, digits, moons, spirals, xor

GENERATED = [(moons, 2), (circles, 2), (spirals, 3), (blobs, 3)]
each_set = pytest.mark.parametrize(("make", "classes"), GENERATED)


# Generated sets


@each_set
@pytest.mark.parametrize("n", [3, 100, 101])
def test_generated_sets_are_points_with_balanced_labels(make, classes, n):
    inputs, labels = make(n, rng=0)
    assert inputs.shape == (n, 2)
    assert labels.dtype.kind == "i"
    counts = np.bincount(labels, minlength=classes)
    assert len(counts) == classes
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("make", [moons, circles, spirals, blobs, lambda rng: xor(40, 0.1, rng)])
def test_same_seed_gives_the_same_set(make):
    np.testing.assert_array_equal(np.c_[make(rng=1)], np.c_[make(rng=1)])
    assert not np.array_equal(make(rng=1)[0], make(rng=2)[0])


@pytest.mark.parametrize("make", [moons, circles, spirals, blobs, lambda rng: xor(40, 0.1, rng)])
def test_examples_come_shuffled(make):
    labels = make(rng=0)[1]
    assert not np.array_equal(labels, np.arange(len(labels)) % (labels.max() + 1))


@each_set
def test_noise_moves_points_by_its_standard_deviation(make, classes):
    clean, noisy = make(2000, noise=0.0, rng=0)[0], make(2000, noise=0.25, rng=0)[0]
    assert (noisy - clean).std() == pytest.approx(0.25, rel=0.05)


def test_clean_circles_have_radius_one_and_a_half():
    inputs, labels = circles(50, noise=0.0, rng=0)
    np.testing.assert_allclose(np.hypot(*inputs.T), np.where(labels == 0, 1, 0.5))


def test_clean_moons_are_half_circles_that_interleave():
    inputs, labels = moons(50, noise=0.0, rng=0)
    upper, lower = inputs[labels == 0], inputs[labels == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert (upper[:, 1] >= 0).all()
    assert (lower[:, 1] <= 0.5).all()


def test_clean_blobs_sit_on_their_centers():
    inputs, labels = blobs(20, classes=4, noise=0.0, rng=0)
    centers = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    np.testing.assert_allclose(inputs, centers[labels], atol=1e-15)


def test_clean_spiral_arms_are_turned_copies():
    inputs, labels = spirals(90, classes=3, noise=0.0, rng=0)
    turned = (inputs @ [1, 1j]) * np.exp(-2j * np.pi * labels / 3)
    radius = abs(turned)
    np.testing.assert_allclose(turned, radius * np.exp(4j * radius))


def test_xor_is_the_truth_table():
    inputs, labels = xor()
    assert inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert labels.tolist() == [0, 1, 1, 0]


def test_noisy_xor_surrounds_the_corners_evenly():
    inputs, labels = xor(400, noise=0.05, rng=0)
    corners = np.rint(inputs).astype(int)
    assert (corners[:, 0] ^ corners[:, 1]).tolist() == labels.tolist()
    assert np.unique(corners, axis=0, return_counts=True)[1].tolist() == [100] * 4


@pytest.mark.parametrize(("make", "options"), [(moons, {"n": 1}), (blobs, {"n": 4, "classes": 5}), (spirals, {"classes": 1})])
def test_sets_need_two_classes_with_an_example_each(make, options):
    with pytest.raises(ValueError, match="at least 2 classes"):
        make(**options)


# The digits


def test_digits_are_1797_rows_of_64_numbers_from_0_to_1():
    images, labels = digits()
    assert images.shape == (1797, 64)
    assert labels.shape == (1797,)
    assert images.min() == 0.0
    assert images.max() == 1.0
    assert images.dtype == np.float64
    assert labels.dtype == np.int64


def test_digits_have_the_label_counts_of_uci():
    assert np.bincount(digits()[1]).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_changing_the_digits_does_not_change_the_next_call():
    images, _ = digits()
    images[:] = 7
    assert digits()[0].max() == 1.0
