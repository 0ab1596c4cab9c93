"""Plots of data and of the predictions of a model: decision regions, images, weights, confusion matrices."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import nn
from autograd import DataError, ShapeError
from autograd.draw import plots
from optim.data import digits, moons, spirals


def only(figure):
    (axes,) = figure.axes
    return axes


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def shade(axes, x, y):
    picture = axes.images[0].get_array()
    left, right, bottom, top = axes.images[0].get_extent()
    rows, columns, _ = picture.shape
    return picture[int((y - bottom) / (top - bottom) * rows), int((x - left) / (right - left) * columns)]


def test_regions_have_the_color_of_their_class_paler_where_less_certain():
    points, classes = moons(60, rng=0)
    model = nn.Sequential(nn.Linear(2, 2, rng=0))
    model[0].weight.data, model[0].bias.data = np.array([[-3.0, 3.0], [0.0, 0.0]]), np.zeros(2)
    axes = only(plots.decision_regions(model, points, classes))
    certain, uncertain, other = (shade(axes, x, 0.1) for x in (-1.1, -0.05, 1.5))
    assert certain[0] > 0.4
    assert (uncertain > certain).all()
    assert certain[2] > certain[0]
    assert other[0] > other[2]


def test_classes_have_markers_and_colors_of_their_own():
    points, classes = spirals(90, 3, rng=0)
    axes = only(plots.decision_regions(nn.MLP([2, 4, 3], rng=0), points, classes, names=["a", "b", "c"]))
    lines = axes.lines[:3]
    assert len({line.get_marker() for line in lines}) == len({line.get_markerfacecolor() for line in lines}) == 3
    assert [line.get_label() for line in lines] == ["a", "b", "c"]
    assert sum(len(line.get_xdata()) for line in lines) == 90
    assert lines[1].get_xydata() == pytest.approx(points[classes == 1])


def test_wrong_predictions_have_rings():
    points, classes = np.array([[-1.0, 0], [-2, 0], [1, 0], [2, 0]]), [0, 1, 1, 1]
    axes = only(plots.decision_regions(lambda x: (x[:, 0] > 0).astype(int), points, classes))
    assert axes.lines[-1].get_xydata().tolist() == [[-2, 0]]
    assert labels(axes)[-1] == "decided wrong (1)"


@pytest.mark.parametrize(
    ("model", "threshold"),
    [
        (lambda x: 1 / (1 + np.exp(-3 * x[:, :1])), 0.5),
        (lambda x: 3 * x[:, 0], 0),
        (lambda x: np.stack([-x[:, 0], x[:, 0]], axis=1), 0.5),
        (lambda x: (x[:, 0] > 0).astype(int), 0.5),
        (lambda x: x[:, 0] > 0, 0.5),
        (lambda x: np.clip(0.2 + x[:, 0], 0, 1), 0.2),
    ],
)
def test_border_is_at_the_threshold_for_every_kind_of_output(model, threshold):
    axes = only(plots.decision_regions(model, [[-1.0, -1.0], [1.0, 1.0]], [0, 1], threshold=threshold))
    border = np.concatenate([path.vertices for path in axes.collections[0].get_paths()])
    assert np.abs(border[:, 0]).max() < 0.02
    assert labels(axes) == ["class 0", "class 1"]


def test_model_is_called_in_evaluation_mode_and_its_modes_are_restored():
    model = nn.Sequential(nn.Linear(2, 16, rng=0), nn.BatchNorm1d(16), nn.Dropout(0.9, rng=0), nn.Linear(16, 2, rng=0))
    before = {name: value.copy() for name, value in model.state_dict().items()}
    points, classes = moons(40, rng=0)
    first, second = (only(plots.decision_regions(model, points, classes)).images[0].get_array() for _ in range(2))
    assert (first == second).all()
    assert model.training
    assert model[2].training
    assert all((value == before[name]).all() for name, value in model.state_dict().items())


@pytest.mark.parametrize(
    ("model", "inputs", "classes", "error", "message"),
    [
        (lambda x: x, np.ones((3, 3)), [0, 1, 0], ShapeError, r"inputs \(n, 2\)"),
        (lambda x: x, np.ones((3, 2)), [0, 1], ShapeError, r"\(3, 2\) and \(2,\)"),
        (lambda x: x, [[0, 0], [np.inf, 1]], [0, 1], DataError, "inputs must be finite, not inf"),
        (lambda x: x, np.ones((2, 2)), [-1, 1], DataError, "labels must be integers from 0, not -1"),
        (lambda x: x[:, 0] * 9, np.eye(2), [0, 1], DataError, "for logits give threshold=0"),
        (lambda x: x[:, 0] * np.nan, np.eye(2), [0, 1], DataError, "outputs of the model must be finite, not nan"),
        (lambda x: x[:1], np.eye(2), [0, 1], ShapeError, "output of the model must have shape"),
        (lambda x: x, np.ones((2, 2)), [0, 8], DataError, "at most 8 classes can be drawn, not 9"),
    ],
)
def test_wrong_arguments_of_decision_regions_raise(model, inputs, classes, error, message):
    with pytest.raises(error, match=message):
        plots.decision_regions(model, inputs, classes)


def test_classes_that_do_not_occur_in_every_batch_of_points():
    figure = plots.decision_regions(lambda x: (x[:, 1] > 0.9) * 2 + (x[:, 1] < -0.9), [[-1, -1], [0, 0], [1, 1]], [1, 0, 2])
    assert labels(only(figure)) == ["class 0", "class 1", "class 2"]


def test_images_are_on_one_scale_black_on_white():
    pictures = np.stack([np.full((4, 4), 0.5), np.eye(4)])
    half, eye = plots.images(pictures).axes
    assert half.images[0].get_array()[0, 0] == 0.5
    assert half.images[0].get_clim() == eye.images[0].get_clim() == (0, 1)
    assert half.images[0].cmap(0.0)[:3] == (1, 1, 1)


def test_wrong_predictions_are_marked_by_text_and_color():
    pictures, classes = digits()
    scores = np.eye(10)[[0, 1, 7]]
    figure = plots.images(pictures[:3], classes[:3], scores, names=[f"d{i}" for i in range(10)])
    assert [axes.get_title() for axes in figure.axes] == ["d0", "d1", "✗ d7 (d2)"]
    assert figure.axes[2].title.get_color() != figure.axes[0].title.get_color()
    assert "predicted class (true class)" in figure.get_supxlabel()


@pytest.mark.parametrize("largest", [1, 255])
def test_colors_keep_their_brightness(largest):
    picture = np.full((1, 2, 2, 3), 0.6) * largest
    assert np.array(only(plots.images(picture)).images[0].get_array()) == pytest.approx(np.full((2, 2, 3), 0.6))


@pytest.mark.parametrize(
    ("shape", "option"), [((6, 64), None), ((6, 8, 8), None), ((6, 1, 8, 8), None), ((6, 8, 8, 3), None), ((6, 12), (3, 4))]
)
def test_images_of_all_layouts(shape, option):
    figure = plots.images(np.random.default_rng(0).uniform(size=shape), shape=option, columns=4)
    assert len(figure.axes) == 6
    assert figure.axes[0].images[0].get_array().shape[:2] == (option or (8, 8))
    assert all(not axes.get_title() for axes in figure.axes)


@pytest.mark.parametrize(
    ("pictures", "classes", "error", "message"),
    [
        (np.zeros((2, 10)), None, ShapeError, "rows of 10 numbers are not squares"),
        (np.zeros(64), None, ShapeError, "pictures"),
        (np.zeros((2, 64)), [1, 2, 3], ShapeError, "2 pictures but 3 labels"),
        (np.zeros((401, 4)), None, ValueError, "at most 400"),
    ],
)
def test_wrong_arguments_of_images_raise(pictures, classes, error, message):
    with pytest.raises(error, match=message):
        plots.images(pictures, classes)


def test_weight_image_is_a_column_of_the_matrix_with_white_at_zero():
    layer = nn.Linear(64, 10, rng=0)
    figure = plots.weight_images(layer.weight, units=[3, 5])
    *panels, bar = figure.axes
    assert [axes.get_title() for axes in panels] == ["unit 3", "unit 5"]
    assert np.array(panels[0].images[0].get_array()) == pytest.approx(layer.weight.numpy()[:, 3].reshape(8, 8))
    low, high = panels[1].images[0].get_clim()
    assert low == -high
    assert panels[0].images[0].cmap(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.01)
    assert bar.get_ylabel() == "weight"


def test_kernels_have_an_image_for_every_channel():
    figure = plots.weight_images(np.random.default_rng(0).normal(size=(2, 3, 5, 5)), columns=3)
    assert figure.axes[4].get_title() == "unit 1, channel 1"
    assert plots.weight_images(np.ones((2, 1, 3, 3))).axes[1].get_title() == "unit 1"
    with pytest.raises(ShapeError, match="weight_images"):
        plots.weight_images(np.ones(9))


def test_confusion_matrix_writes_counts_and_shades_shares_of_the_true_class():
    counts = np.array([[90, 10], [1, 1]])
    figure = plots.confusion_matrix(counts, ["often", "rare"])
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["90", "10", "1", "1"]
    right, wrong = (image.get_array() for image in axes.images)
    assert (right[0, 0], right[1, 1]) == (0.9, 0.5)
    assert (wrong[0, 1], wrong[1, 0]) == (0.1, 0.5)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert [text.get_text() for text in axes.get_yticklabels()] == ["often", "rare"]
    assert axes.texts[0].get_color() != axes.texts[1].get_color()


def test_confusion_of_a_class_that_does_not_occur_and_of_very_many():
    plots.confusion_matrix([[0, 0], [1, 3]]).draw_without_rendering()
    assert not plots.confusion_matrix(np.eye(30, dtype=int)).axes[0].texts


@pytest.mark.parametrize(
    ("counts", "names", "error"),
    [(np.ones((2, 3)), None, ShapeError), ([[1, -1], [0, 2]], None, DataError), (np.eye(2), ["one"], ShapeError)],
)
def test_wrong_arguments_of_confusion_matrix_raise(counts, names, error):
    with pytest.raises(error, match="confusion_matrix"):
        plots.confusion_matrix(counts, names)
