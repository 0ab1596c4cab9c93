"""Pooling layers: options, errors by path, summaries, and the global forms."""

import numpy as np
import pytest

import autograd
import nn
from autograd import DataError, ShapeError, Tensor

IMAGES = np.random.default_rng(0).normal(size=(2, 3, 8, 6))
SEQUENCES = IMAGES.reshape(2, 3, 48)


@pytest.mark.parametrize(
    ("layer", "function", "x"),
    [
        (nn.MaxPool1d(3, 2, 1, 1), lambda x: nn.functional.max_pool1d(x, 3, 2, 1), SEQUENCES),
        (nn.MaxPool2d((2, 3), dilation=2), lambda x: nn.functional.max_pool2d(x, (2, 3), dilation=2), IMAGES),
        (nn.AvgPool1d(5, ceil_mode=True), lambda x: nn.functional.avg_pool1d(x, 5, ceil_mode=True), SEQUENCES),
        (
            nn.AvgPool2d(3, 2, 1, count_include_pad=False),
            lambda x: nn.functional.avg_pool2d(x, 3, 2, 1, count_include_pad=False),
            IMAGES,
        ),
        (nn.AdaptiveAvgPool1d(5), lambda x: nn.functional.adaptive_avg_pool1d(x, 5), SEQUENCES),
        (nn.AdaptiveAvgPool2d((None, 4)), lambda x: nn.functional.adaptive_avg_pool2d(x, (8, 4)), IMAGES),
        (nn.AdaptiveMaxPool1d(4), lambda x: nn.functional.adaptive_max_pool1d(x, 4), SEQUENCES),
        (nn.AdaptiveMaxPool2d([4, None]), lambda x: nn.functional.adaptive_max_pool2d(x, (4, 6)), IMAGES),
        (nn.GlobalAvgPool1d(), lambda x: x.mean(axis=2), SEQUENCES),
        (nn.GlobalAvgPool2d(), lambda x: x.mean(axis=(2, 3)), IMAGES),
        (nn.GlobalMaxPool1d(), lambda x: x.max(axis=2), SEQUENCES),
        (nn.GlobalMaxPool2d(), lambda x: x.max(axis=(2, 3)), IMAGES),
    ],
    ids=lambda value: repr(value) if isinstance(value, nn.Module) else "",
)
def test_a_layer_is_its_function(layer, function, x):
    outputs = []
    for call in (layer, function):
        tensor = Tensor(x, requires_grad=True)
        out = call(tensor)
        (out * out).sum().backward()
        outputs.append((out.data, tensor.grad.data))
    for actual, expected in zip(*outputs):
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.MaxPool2d(2), "MaxPool2d(2)"),
        (nn.MaxPool2d(2, (2, 2)), "MaxPool2d(2)"),
        (nn.MaxPool2d((3, 2), 2, 1), "MaxPool2d((3, 2), stride=2, padding=1)"),
        (nn.MaxPool1d(3, 2, 1, 2, ceil_mode=True), "MaxPool1d(3, stride=2, padding=1, dilation=2, ceil_mode=True)"),
        (nn.AvgPool2d(2, count_include_pad=False), "AvgPool2d(2, count_include_pad=False)"),
        (nn.AdaptiveAvgPool2d((2, None)), "AdaptiveAvgPool2d((2, None))"),
        (nn.GlobalAvgPool2d(), "GlobalAvgPool2d()"),
    ],
)
def test_the_repr_shows_the_options_that_differ_from_the_defaults(layer, text):
    assert repr(layer) == text


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (
            nn.MaxPool2d(3),
            (2, 3, 8, 2),
            r"MaxPool2d 'features\.pool': got .* \(2, 3, 8, 2\), expected a width of 3 or more for kernel size 3",
        ),
        (
            nn.AvgPool2d(5, padding=1),
            (2, 3, 2, 8),
            r"AvgPool2d 'features\.pool': got .* expected a height of 3 or more for kernel size 5 and padding 1",
        ),
        (
            nn.MaxPool1d(2, dilation=4),
            (2, 3, 4),
            r"MaxPool1d 'features\.pool': got .* expected a length of 5 or more for kernel size 2 with dilation 4",
        ),
        (nn.MaxPool2d(2), (2, 3), r"MaxPool2d 'features\.pool': .* \(2, 3\), expected \(N, C, H, W\) or \(C, H, W\)"),
        (nn.AvgPool1d(2), (2, 3, 4, 4), r"AvgPool1d 'features\.pool': .* expected \(N, C, L\) or \(C, L\)"),
        (nn.AdaptiveAvgPool2d(1), (2, 3, 0, 4), r"AdaptiveAvgPool2d 'features\.pool': .* expected sizes of 1 or more"),
        (nn.AdaptiveMaxPool1d(1), (2,), r"AdaptiveMaxPool1d 'features\.pool': .* expected \(N, C, L\) or \(C, L\)"),
        (nn.GlobalAvgPool2d(), (2, 3, 4), r"GlobalAvgPool2d 'features\.pool': .* \(2, 3, 4\), expected \(N, C, H, W\)"),
        (nn.GlobalMaxPool1d(), (2, 3, 0), r"GlobalMaxPool1d 'features\.pool': .* \(2, 3, 0\), expected \(N, C, L\)"),
    ],
    ids=repr,
)
def test_invalid_shapes_are_reported_by_path(layer, shape, message):
    model = nn.ModuleDict({"features": nn.ModuleDict({"pool": layer})})
    with pytest.raises(ShapeError, match=message):
        model["features"]["pool"](np.zeros(shape))


@pytest.mark.parametrize("layer", [nn.MaxPool2d(2), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1), nn.GlobalMaxPool2d()], ids=repr)
def test_integers_are_refused(layer):
    with pytest.raises(DataError, match=r"^\w+2d: got int64, expected floats"):
        layer(np.ones((1, 1, 2, 2), int))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: nn.MaxPool2d(2, padding=2),
            ValueError,
            "at most half of the kernel, 1 for kernel size 2, not 2",
        ),
        (
            lambda: nn.AvgPool1d(3, padding=2),
            ValueError,
            "at most half of the kernel, 1 for kernel size 3, not 2",
        ),
        (lambda: nn.MaxPool2d(0), ValueError, "MaxPool2d: kernel_size must be 1 or more, not 0"),
        (lambda: nn.MaxPool2d(2, stride=(1, 0)), ValueError, r"stride must be 1 or more, not \(1, 0\)"),
        (lambda: nn.MaxPool2d((2, 2, 2)), ValueError, r"an integer or 2 of them, one for each axis, not \(2, 2, 2\)"),
        (lambda: nn.MaxPool2d(2, padding=((0, 1), 1)), TypeError, "padding must be one integer for each axis"),
        (lambda: nn.MaxPool1d((2, 2)), ValueError, "kernel_size must be an integer or 1 of them"),
        (lambda: nn.MaxPool2d(2, padding="same"), TypeError, "padding must be an integer or 2 of them, not 'same'"),
        (lambda: nn.AdaptiveAvgPool2d(0), ValueError, "output_size must be 1 or more"),
        (lambda: nn.MaxPool2d(pool_size=2), TypeError, "write kernel_size here"),
        (lambda: nn.AvgPool2d(2, strides=2), TypeError, "write stride here"),
    ],
)
def test_invalid_options_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_summary_shows_sizes_and_no_multiply_adds():
    summary = nn.summary(nn.Sequential(nn.MaxPool2d(2), nn.AvgPool2d(2), nn.Flatten()), (3, 8, 8))
    assert [row.shapes for row in summary.rows[1:]] == [[(1, 3, 4, 4)], [(1, 3, 2, 2)], [(1, 12)]]
    assert (summary.parameters, summary.multiply_adds) == (0, 0)


def test_a_drawing_shows_each_layer_as_one_box():
    model = nn.Sequential(nn.MaxPool2d(2), nn.AvgPool2d(2))
    text = autograd.draw(model, Tensor(IMAGES, requires_grad=True), depth=1).dot
    assert "MaxPool2d" in text
    assert "AvgPool2d" in text
    assert "window" not in text


def test_models_of_pooling_layers_load_states_both_ways():
    model = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))
    assert list(nn.to_pytorch(model)) == ["2.weight", "2.bias"]
