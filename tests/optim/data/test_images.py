"""Batches of images in the layout of convolutions."""

import numpy as np
import pytest

from autograd import DataError, ShapeError
from optim.data import as_images

PIXELS = np.arange(2 * 3 * 4 * 5)
IMAGES = PIXELS.reshape(2, 3, 4, 5)


@pytest.mark.parametrize(
    ("images", "options", "expected"),
    [
        (IMAGES, {}, IMAGES),
        (IMAGES[:, 0], {}, IMAGES[:, :1]),
        (PIXELS.reshape(2, 60), {"shape": (3, 4, 5)}, IMAGES),
        (PIXELS.reshape(6, 20), {"shape": (4, 5)}, PIXELS.reshape(6, 1, 4, 5)),
        (np.moveaxis(IMAGES, 1, -1), {"channels_last": True}, IMAGES),
        (np.moveaxis(IMAGES, 1, -1).reshape(2, 60), {"shape": (4, 5, 3), "channels_last": True}, IMAGES),
        (IMAGES[:0], {}, IMAGES[:0]),
    ],
)
def test_images_have_channels_before_rows_and_columns(images, options, expected):
    np.testing.assert_array_equal(as_images(images, **options), expected)


def test_nothing_is_copied():
    assert np.shares_memory(as_images(PIXELS.reshape(2, 60), (3, 4, 5)), PIXELS)


@pytest.mark.parametrize(
    ("images", "options", "error", "message"),
    [
        (PIXELS.reshape(2, 60), {}, ShapeError, r"got \(2, 60\); for flat rows give shape"),
        (PIXELS, {"shape": (2, 2)}, ShapeError, r"images of 4 numbers expected for shape \(2, 2\), got an array \(120,\)"),
        (IMAGES, {"shape": (4,)}, ShapeError, r"shape must be \(height, width\) or \(channels, height, width\), got \(4,\)"),
        (IMAGES, {"shape": (4,), "channels_last": True}, ShapeError, r"or \(height, width, channels\), got \(4,\)"),
        ([["a"]], {}, DataError, "images: numbers expected"),
    ],
)
def test_arrays_that_are_no_images_are_refused(images, options, error, message):
    with pytest.raises(error, match=message):
        as_images(images, **options)
