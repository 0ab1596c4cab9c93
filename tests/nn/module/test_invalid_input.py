"""Invalid inputs are rejected by the layer that receives them, with its class and its path in the model."""

import numpy as np
import pytest

import nn
from autograd import DataError, ShapeError, Tensor
from nn.activations import ACTIVATIONS

LAYERS = {
    "Linear": lambda: nn.Linear(2, 3),
    "Linear without bias": lambda: nn.Linear(2, 3, bias=False),
    "Perceptron": lambda: nn.Perceptron(2),
    "Embedding": lambda: nn.Embedding(5, 2),
    "BatchNorm1d": lambda: nn.BatchNorm1d(2),
    "BatchNorm2d": lambda: nn.BatchNorm2d(2),
    "LayerNorm": lambda: nn.LayerNorm(2),
    "GroupNorm": lambda: nn.GroupNorm(1, 2),
    "RMSNorm": lambda: nn.RMSNorm(2),
    "Dropout": lambda: nn.Dropout(),
    "Dropout1d": lambda: nn.Dropout1d(),
    "Dropout2d": lambda: nn.Dropout2d(),
    "Flatten": lambda: nn.Flatten(),
    **{name: row.module for name, row in ACTIVATIONS.items() if name != "identity"},
}


class Forgetful(nn.Module):
    """A module whose forward has no return statement."""

    def forward(self, x):
        x * 2


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([["a", "b"]], r"expected numbers, got \[\['a', 'b'\]\]"),
        ([[1.0], [1.0, 2.0]], "expected numbers, got rows of different lengths"),
        (None, r"expected numbers, got None"),
        ({"x": 1.0}, "expected numbers, got {'x': 1.0}"),
    ],
)
def test_non_numeric_input_is_rejected_with_the_path(make, x, message):
    layer = make()
    with pytest.raises(DataError, match=rf"^{type(layer).__name__} '1\.0': {message}"):
        nn.Sequential(nn.Identity(), nn.Sequential(layer))(x)


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_error_after_a_missing_return_names_the_layer(make):
    layer = make()
    with pytest.raises(DataError, match=rf"^{type(layer).__name__} '1': expected numbers, got None"):
        nn.Sequential(Forgetful(), layer)(np.ones((2, 2)))


@pytest.mark.parametrize(("x", "y"), [([["a", "b"]], [[1.0, 2.0]]), ([[1.0, 2.0]], None)])
def test_both_inputs_of_a_bilinear_layer_are_numbers(x, y):
    class Model(nn.Module):
        def __init__(self):
            self.mix = nn.Bilinear(2, 2, 1)

        def forward(self, x, y):
            return self.mix(x, y)

    with pytest.raises(DataError, match=r"^Bilinear 'mix': expected numbers, got (\[\['a', 'b'\]\]|None)"):
        Model()(x, y)


class WithLoss(nn.Module):
    """A model that computes its own loss, as a custom training step may do."""

    def __init__(self, loss, outputs=3):
        self.body = nn.Linear(2, outputs)
        self.criterion = loss

    def forward(self, x, y):
        return self.criterion(self.body(x), y)


@pytest.mark.parametrize(
    ("loss", "outputs", "labels", "error", "message"),
    [
        (nn.CrossEntropyLoss(), 3, [0, 3], DataError, "label 3 at index 1 is not a class index from 0 to 2"),
        (nn.CrossEntropyLoss(), 3, [0, -1], DataError, "label -1 at index 1 is not a class index from 0 to 2"),
        (nn.CrossEntropyLoss(), 3, [0.0, 1.0], DataError, r"got labels of float64, shape \(2,\), expected class indices"),
        (nn.CrossEntropyLoss(), 3, ["cat", "dog"], DataError, r"expected numbers, got \['cat', 'dog'\]"),
        (nn.CrossEntropyLoss(), 3, [0, 1, 2], ShapeError, r"got scores of shape \(2, 3\) and labels of shape \(3,\), expected"),
        (
            nn.CrossEntropyLoss(),
            3,
            [[0], [1]],
            ShapeError,
            r"got scores of shape \(2, 3\) and labels of shape \(2, 1\), expected",
        ),
        (
            nn.CrossEntropyLoss(),
            1,
            [0, 1],
            DataError,
            "label 1 at index 1 .*; for a single score .* binary_cross_entropy",
        ),
        (nn.NLLLoss(), 3, [0, 3], DataError, "label 3 at index 1 is not a class index from 0 to 2"),
        (nn.MultiMarginLoss(), 3, [0, 3], DataError, "label 3 at index 1 is not a class index from 0 to 2"),
        (
            nn.MSELoss(),
            1,
            [0.5, 1.0],
            ShapeError,
            r"got input of shape \(2, 1\) and target of shape \(2,\), expected equal shapes",
        ),
        (nn.BCELoss(), 1, [[0], [1]], DataError, r"probability .* is not from 0 to 1"),
        (nn.BCEWithLogitsLoss(), 1, [[0], [2]], DataError, r"target 2.0 at index \(1, 0\) is not from 0 to 1"),
        (nn.HingeLoss(), 1, [[0], [1]], DataError, r"target 0.0 at index \(0, 0\) is not −1 or 1"),
        (nn.PoissonNLLLoss(), 1, [[-1], [1]], DataError, r"target -1.0 at index \(0, 0\) is not a count from 0"),
    ],
)
def test_errors_of_losses_state_the_path(loss, outputs, labels, error, message):
    model = WithLoss(loss, outputs)
    model.body.load_state_dict({"weight": np.full((2, outputs), 5.0), "bias": np.zeros(outputs)})
    with pytest.raises(error, match=rf"^{type(loss).__name__} 'criterion': {message}"):
        model(np.ones((2, 2)), labels)
    with pytest.raises(error, match=rf"^{type(loss).__name__} 'criterion': {message}"):  # called by itself as well
        loss(model.body(np.ones((2, 2))), labels)


def test_scores_of_a_single_example_with_several_labels_are_rejected():
    with pytest.raises(DataError, match=r"\(4,\); .*for a single score .* binary_cross_entropy_with_logits"):
        nn.CrossEntropyLoss()(Tensor(np.zeros(4)), [0, 1, 1, 0])


def test_layers_accept_and_losses_reject_an_empty_batch():
    model, x = nn.MLP([2, 3, 3]), np.ones((0, 2))
    assert model(x).shape == (0, 3)
    with pytest.raises(DataError, match=r"^CrossEntropyLoss: the mean is undefined"):
        nn.CrossEntropyLoss()(model(x), np.zeros(0, int))
    with pytest.raises(ShapeError, match=r"^MSELoss: the mean of no elements \(shape \(0, 3\)\)"):
        nn.MSELoss()(model(x), np.ones((0, 3)))


@pytest.mark.parametrize("sizes", [("3", 2), (3.0, 2), (3, None), ((3, 2), 2)])
def test_sizes_are_integers(sizes):
    for make in (nn.Linear, nn.Embedding, nn.GroupNorm, lambda n, m: nn.Bilinear(1, n, m)):
        with pytest.raises(TypeError, match=r"^\w+: \w+ must be an integer, not "):
            make(*sizes)
    for make in (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.RMSNorm, nn.PReLU):
        with pytest.raises(TypeError, match=rf"^{make.__name__}: \w+ must be an integer, not "):
            make("3")


def test_sizes_may_be_numpy_integers():
    three = np.int64(3)
    assert nn.Sequential(nn.Linear(three, three), nn.BatchNorm1d(three), nn.LayerNorm(three))(np.ones((2, 3))).shape == (2, 3)
