"""Layers that change sizes: options, and errors by path."""

import numpy as np
import pytest

import nn
from autograd import DataError, ShapeError

IMAGES = np.random.default_rng(0).normal(size=(2, 4, 6, 8))


@pytest.mark.parametrize(
    ("layer", "expected", "text"),
    [
        (nn.Upsample(scale_factor=2), lambda x: x.repeat(2, 2).repeat(2, 3), "Upsample(scale_factor=2)"),
        (
            nn.Upsample((3, 4), mode="bilinear", align_corners=True),
            lambda x: nn.functional.interpolate(x, (3, 4), mode="bilinear", align_corners=True),
            "Upsample(size=(3, 4), mode='bilinear', align_corners=True)",
        ),
        (nn.ZeroPad2d(1), lambda x: np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)]), "ZeroPad2d(1)"),
        (nn.ZeroPad2d([1, 2, 3, 4]), lambda x: np.pad(x, [(0, 0), (0, 0), (3, 4), (1, 2)]), "ZeroPad2d((1, 2, 3, 4))"),
        (nn.PixelShuffle(2), lambda x: nn.functional.pixel_shuffle(x, 2), "PixelShuffle(2)"),
        (nn.PixelUnshuffle(2), lambda x: nn.functional.pixel_unshuffle(x, 2), "PixelUnshuffle(2)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_layer_is_its_function(layer, expected, text):
    np.testing.assert_array_equal(layer(IMAGES), expected(IMAGES))
    assert repr(layer) == text


def test_shuffling_is_undone_by_unshuffling():
    np.testing.assert_array_equal(nn.PixelUnshuffle(2)(nn.PixelShuffle(2)(IMAGES)), IMAGES)


def test_sequences_are_padded_and_resized():
    x = IMAGES[:, :, 0]
    np.testing.assert_array_equal(nn.ZeroPad1d((1, 2))(x), np.pad(x, [(0, 0), (0, 0), (1, 2)]))
    assert nn.Upsample(5, mode="linear")(x).shape == (2, 4, 5)


@pytest.mark.parametrize(
    ("layer", "shape", "error", "message"),
    [
        (nn.Upsample(2), (2, 3), ShapeError, r"\(2, 3\), expected \(N, C, L\) or \(N, C, H, W\) with sizes of 1 or more"),
        (nn.Upsample(2), (2, 3, 0), ShapeError, r"\(2, 3, 0\), expected"),
        (nn.Upsample(2, mode="linear"), (2, 3, 4, 4), ShapeError, r"expected \(N, C, L\) with"),
        (nn.Upsample(2, mode="bilinear"), (2, 3, 4), ShapeError, r"expected \(N, C, H, W\) with"),
        (nn.Upsample(scale_factor=0.1), (2, 3, 4), ValueError, r"scale_factor 0\.1 gives sizes \(0,\)"),
        (nn.Upsample(scale_factor=(2, 2)), (2, 3, 4), ValueError, "1 factors expected"),
        (nn.ZeroPad2d(1), (2, 3), ShapeError, r"expected \(N, C, H, W\) or \(C, H, W\)"),
        (nn.ZeroPad1d(1), (2, 3, 4, 5), ShapeError, r"expected \(N, C, L\) or \(C, L\)"),
        (nn.PixelShuffle(2), (1, 3, 2, 2), ShapeError, r"\(1, 3, 2, 2\), expected \(N, C, H, W\) with C a multiple of 4"),
        (nn.PixelUnshuffle(2), (1, 3, 2, 3), ShapeError, "with H and W multiples of 2"),
    ],
    ids=repr,
)
def test_invalid_shapes_are_reported_by_path(layer, shape, error, message):
    model = nn.ModuleDict({"decoder": layer})
    with pytest.raises(error, match=rf"^{type(layer).__name__} 'decoder': .*{message}"):
        model["decoder"](np.zeros(shape))


def test_integers_are_refused():
    with pytest.raises(DataError, match=r"Upsample: got int64, expected floats"):
        nn.Upsample(2)(np.zeros((1, 1, 2), int))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.Upsample(), ValueError, "give either size or scale_factor, not neither"),
        (lambda: nn.Upsample(2, 2), ValueError, "not both"),
        (lambda: nn.Upsample(2, mode="bicubic"), ValueError, "mode must be 'nearest', 'linear' or 'bilinear', not 'bicubic'"),
        (lambda: nn.Upsample(2, align_corners=True), ValueError, "align_corners has no meaning"),
        (lambda: nn.Upsample(scale_factor=-1), ValueError, "scale_factor must be a positive number"),
        (lambda: nn.ZeroPad2d((1, 2)), TypeError, r"four integers \(left, right, top, bottom\), not \(1, 2\)"),
        (lambda: nn.ZeroPad1d(-1), ValueError, "padding must be 0 or more, not -1"),
        (lambda: nn.PixelShuffle(0), ValueError, "upscale_factor must be 1 or more"),
        (lambda: nn.PixelShuffle(1.5), TypeError, "upscale_factor must be an integer"),
    ],
)
def test_invalid_options_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
