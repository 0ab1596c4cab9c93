import numpy as np
import pytest
from hypothesis import given, strategies as st

import nn
from autograd import DataError, ShapeError, no_grad
from optim import SGD, MiniBatch
from optim.data import (
    Compose,
    CutOut,
    DataLoader,
    HorizontalFlip,
    Mask,
    Noise,
    RandomCrop,
    Rotate,
    Scale,
    Shift,
    digits,
    rotate,
    split,
)

RNG = np.random.default_rng(0)
IMAGES = RNG.random((5, 6, 7))
OF_IMAGES = [Shift(2), Rotate(20), HorizontalFlip(), CutOut(3), RandomCrop((6, 7), padding=2)]
EVERYTHING = [Noise(0.1), Scale(0.2), Mask(0.3), *OF_IMAGES]
each = pytest.mark.parametrize("augment", EVERYTHING, ids=repr)
each_of_images = pytest.mark.parametrize("augment", OF_IMAGES, ids=repr)


# All augmentations


@each
def test_inputs_stay_as_they_were(augment):
    images = IMAGES.copy()
    images.flags.writeable = False
    assert not np.array_equal(augment(images, rng=0), images)


@each
@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "u1", "i4"])
def test_dtype_and_shape_stay(augment, dtype):
    images = (IMAGES * 100).astype(dtype)
    augmented = augment(images, rng=0)
    assert (augmented.dtype, augmented.shape) == (images.dtype, images.shape)


@each
def test_seed_decides_and_examples_differ(augment):
    images = np.broadcast_to(IMAGES[0], (20, 6, 7))
    augmented = augment(images, rng=0)
    np.testing.assert_array_equal(augmented, augment(images, rng=0))
    assert not np.array_equal(augmented, augment(images, rng=1))
    assert len({image.tobytes() for image in augmented}) > 1


@each_of_images
def test_flat_images_and_channels_are_treated_as_images(augment):
    augmented = augment(IMAGES, rng=0)
    with_shape = type(augment)(**vars(augment) | {"shape": (6, 7)})
    np.testing.assert_array_equal(with_shape(IMAGES.reshape(5, 42), rng=0), augmented.reshape(5, 42))
    both = augment(np.stack([IMAGES, 2 * IMAGES], axis=1), rng=0)
    np.testing.assert_array_equal(both[:, 0], augmented)
    np.testing.assert_allclose(both[:, 1], 2 * augmented, rtol=1e-15)
    colored = type(augment)(**vars(augment) | {"shape": (2, 6, 7)})
    flat = np.stack([IMAGES, 2 * IMAGES], axis=1).reshape(5, -1)
    np.testing.assert_array_equal(colored(flat, rng=0), both.reshape(5, -1))


@each
def test_empty_batches_stay_empty(augment):
    assert augment(IMAGES[:0], rng=0).shape == (0, 6, 7)


@each
@pytest.mark.parametrize("data", [np.array("a"), np.array([["a"]]), np.array(3.0), [[True]]])
def test_inputs_that_are_no_numbers_are_refused(augment, data):
    with pytest.raises(DataError, match=f"^{type(augment).__name__}.*one row of numbers per example expected"):
        augment(data)


@each_of_images
def test_rows_that_are_no_images_are_refused(augment):
    with pytest.raises(ShapeError, match=r"got \(2, 9\); for flat rows give shape=\(height, width\)"):
        augment(np.ones((2, 9)))
    with pytest.raises(ShapeError, match=r"images of 6 numbers expected, got rows of \(9,\)"):
        type(augment)(**vars(augment) | {"shape": (3, 2)})(np.ones((2, 9)))
    with pytest.raises(ShapeError, match=r"got \(9,\)"):
        type(augment)(**vars(augment) | {"shape": (9,)})(np.ones((2, 9)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Noise(-1), "std .* got -1"),
        (lambda: Noise(np.nan), "std .* got nan"),
        (lambda: Scale(np.inf), "amount .* got inf"),
        (lambda: Mask(1.5), "p must be a probability .* got 1.5"),
        (lambda: HorizontalFlip(-0.1), "p must be a probability .* got -0.1"),
        (lambda: Shift(0.5), "pixels .* got 0.5"),
        (lambda: Shift(-1), "pixels .* got -1"),
        (lambda: Rotate(-5), "degrees .* got -5"),
        (lambda: CutOut(-1), "size .* got -1"),
        (lambda: RandomCrop(0), "size .* got 0"),
        (lambda: RandomCrop((2, 2, 2)), r"size .* got \(2, 2, 2\)"),
        (lambda: RandomCrop(2, padding=-1), "padding .* got -1"),
        (lambda: RandomCrop(9, padding=1)(IMAGES), r"at least \(9, 9\) with padding 1 expected, got \(6, 7\)"),
        (lambda: Mask(0.5, value=-1.0)(np.ones((2, 2), np.uint8)), "fill value for uint8: .* got -1.0"),
        (lambda: Shift(1, fill=0.5)(np.ones((2, 2, 2), np.uint8)), "fill value for uint8: .* got 0.5"),
    ],
)
def test_wrong_strengths_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_nothing_changes_at_strength_zero():
    for augment in (Noise(0), Scale(0), Mask(0), Shift(0), Rotate(0), HorizontalFlip(0), CutOut(0)):
        np.testing.assert_array_equal(augment(IMAGES, rng=0), IMAGES)


# Vectors


def test_noise_has_its_standard_deviation_and_no_mean():
    noise = Noise(0.3)(np.full((200, 100), 5.0), rng=0) - 5
    assert noise.std() == pytest.approx(0.3, rel=0.02)
    assert abs(noise.mean()) < 0.01


def test_noise_on_bytes_stays_within_them():
    dark, bright = (Noise(50)(np.full((10, 100), value, np.uint8), rng=0) for value in (0, 255))
    assert (dark == 0).mean() == pytest.approx(0.5, abs=0.1)
    assert (bright == 255).mean() == pytest.approx(0.5, abs=0.1)
    assert dark.max() < 250


def test_scale_is_one_factor_per_example_within_its_amount():
    factors = Scale(0.25)(np.ones((1000, 3)), rng=0)
    assert (factors == factors[:, :1]).all()
    assert factors.min() == pytest.approx(0.75, abs=0.01)
    assert factors.max() == pytest.approx(1.25, abs=0.01)


def test_mask_replaces_its_share_and_leaves_the_rest_unscaled():
    augmented = Mask(0.3, value=-1)(np.ones((100, 100)), rng=0)
    assert set(np.unique(augmented)) == {-1, 1}
    assert (augmented == -1).mean() == pytest.approx(0.3, abs=0.02)


def test_compose_goes_from_left_to_right_with_one_generator():
    both = Compose(lambda x: x + 1, Noise(0.1), Scale(0.1))
    rng = np.random.default_rng(0)
    expected = Scale(0.1)(Noise(0.1)(IMAGES + 1, rng), rng)
    np.testing.assert_array_equal(both(IMAGES, rng=0), expected)
    np.testing.assert_array_equal(Compose(Compose(both))(IMAGES, rng=0), expected)
    assert Compose()(IMAGES) is IMAGES


def test_compose_takes_functions_only():
    with pytest.raises(TypeError, match=r"such as Noise\(0.1\) expected, got 0.1"):
        Compose(Noise(0.1), 0.1)


def test_repr_of_augmentations():
    assert repr(Compose(Noise(0.1), Shift(1))) == "Compose(Noise(std=0.1), Shift(pixels=1, shape=None, fill=0.0))"


# Images


def test_every_shift_occurs_equally_often_and_moves_the_image():
    images = np.zeros((9000, 5, 5))
    images[:, 2, 2] = 1
    augmented = Shift(1)(images, rng=0)
    assert (augmented.sum(axis=(1, 2)) == 1).all()
    counts = augmented.sum(axis=0)
    assert (counts[1:4, 1:4] > 850).all()
    assert counts.sum() == counts[1:4, 1:4].sum()


def test_pixels_from_beyond_the_edge_are_fill():
    augmented = Shift(3, fill=-1.0)(np.ones((200, 3, 3)), rng=0)
    assert set(np.unique(augmented)) == {-1.0, 1.0}
    assert (augmented == -1).all(axis=(1, 2)).any()


def test_shift_keeps_rows_and_columns_together():
    image = np.arange(1.0, 10.0).reshape(1, 3, 3)
    allowed = [np.pad(image[0], 2)[y : y + 3, x : x + 3].tolist() for y in range(5) for x in range(5)]
    for seed in range(50):
        assert Shift(2)(image, rng=seed)[0].tolist() in allowed


@pytest.mark.parametrize("shape", [(6, 6), (5, 5), (1, 1)])
def test_quarter_turns_are_exact(shape):
    image = RNG.random((1, *shape))
    for turns in range(-3, 5):
        expected = np.rot90(image[0], turns)
        np.testing.assert_allclose(rotate(image, 90 * turns)[0], expected, rtol=0, atol=1e-14)


@given(st.floats(-360, 360), st.integers(1, 6), st.integers(1, 6))
def test_rotation_agrees_with_scipy(degrees, height, width):
    ndimage = pytest.importorskip("scipy.ndimage")
    image = np.random.default_rng(height).random((height, width))
    expected = ndimage.rotate(image, degrees, reshape=False, order=1, mode="grid-constant")
    np.testing.assert_allclose(rotate(image[None], degrees)[0], expected, rtol=0, atol=1e-10)


def test_every_image_may_have_its_angle():
    augmented = rotate(IMAGES, [0, 10, 20, 30, 40])
    for image, angle, expected in zip(IMAGES, [0, 10, 20, 30, 40], augmented):
        np.testing.assert_array_equal(rotate(image[None], angle)[0], expected)


@pytest.mark.parametrize(
    ("degrees", "error", "message"),
    [([1, 2], ShapeError, r"each of the 5 images expected, got shape \(2,\)"), (np.nan, ValueError, "finite, got nan")],
)
def test_angles_that_fit_no_images_are_refused(degrees, error, message):
    with pytest.raises(error, match=message):
        rotate(IMAGES, degrees)


def test_constant_images_stay_constant_if_the_edge_is_filled_with_the_same():
    np.testing.assert_allclose(Rotate(180, fill=0.7)(np.full((4, 5, 6), 0.7), rng=0), 0.7, rtol=1e-14)


def test_angles_reach_their_limit_on_both_sides():
    image = np.zeros((2000, 21, 21))
    image[:, 10, 20] = 1  # three o'clock
    up = np.abs(Rotate(30)(image, rng=0)).argmax(axis=1).max(axis=1)
    assert up.min() >= 5  # ten pixels · sin 30°
    assert up.max() <= 15
    assert {5, 15} <= set(up)


def test_flip_mirrors_about_half_of_the_images_left_to_right():
    augmented = HorizontalFlip()(np.broadcast_to([[1.0, 2.0, 3.0]], (1000, 1, 3)), rng=0)
    assert {tuple(row) for row in augmented[:, 0].tolist()} == {(1.0, 2.0, 3.0), (3.0, 2.0, 1.0)}
    assert (augmented[:, 0, 0] == 3).mean() == pytest.approx(0.5, abs=0.05)


@given(st.integers(1, 5), st.integers(3, 7), st.integers(3, 7))
def test_cut_out_is_a_square_that_may_stick_out_of_the_image(size, height, width):
    hidden = CutOut(size)(np.ones((40, height, width)), rng=0) == 0
    down, right = hidden.any(axis=2).sum(axis=1), hidden.any(axis=1).sum(axis=1)
    np.testing.assert_array_equal(hidden.sum(axis=(1, 2)), down * right)
    assert (down >= min((size + 1) // 2, height)).all()
    assert (right <= size).all()
    assert down.max() == min(size, height)


def test_cut_out_covers_the_places_of_an_image_alike():
    hidden = CutOut(1)(np.ones((9000, 3, 3)), rng=0) == 0
    assert (np.abs(hidden.sum(axis=0) - 1000) < 150).all()


# Effect on the held-out score


def test_rotations_and_noise_improve_the_held_out_score_of_few_digits():
    images, labels = digits()

    def score(transform, seed):
        train, held = split(labels, [1 / 6, 5 / 6], rng=seed)
        model, loss = nn.MLP([64, 128, 10], rng=seed), nn.CrossEntropyLoss()
        optimizer = SGD(model.parameters(), lr=0.02, momentum=0.9)
        loader = DataLoader((images[train], labels[train]), MiniBatch(20), transform=transform, prefetch=0, rng=seed)
        for _ in range(100):
            for x, y in loader:
                optimizer.zero_grad()
                loss(model(x), y).backward()
                optimizer.step()
        with no_grad():
            return (model(images[held]).numpy().argmax(axis=1) == labels[held]).mean()

    augment = Compose(Rotate(10, shape=(8, 8)), Noise(0.2))
    plain, augmented = (np.mean([score(transform, seed) for seed in range(3)]) for transform in (None, augment))
    assert augmented > plain + 0.005


def test_crops_are_windows_of_the_image_at_every_position():
    images = np.broadcast_to(np.arange(20).reshape(1, 4, 5), (500, 4, 5))
    crops = RandomCrop((3, 2))(images, rng=0)
    corners = {int(crop[0, 0]) for crop in crops}
    assert corners == {0, 1, 2, 3, 5, 6, 7, 8}
    for crop in crops:
        np.testing.assert_array_equal(crop, crop[0, 0] + np.array([[0, 1], [5, 6], [10, 11]]))


def test_crops_of_channels_and_flat_rows_are_cut_at_the_same_position():
    colored = np.stack([IMAGES, -IMAGES], 1)
    crops = RandomCrop(3)(colored, rng=0)
    assert crops.shape == (5, 2, 3, 3)
    np.testing.assert_array_equal(crops[:, 1], -crops[:, 0])
    np.testing.assert_array_equal(RandomCrop(3)(IMAGES, rng=0), crops[:, 0])
    np.testing.assert_array_equal(RandomCrop(3, shape=(2, 6, 7))(colored.reshape(5, -1), rng=0), crops.reshape(5, -1))
