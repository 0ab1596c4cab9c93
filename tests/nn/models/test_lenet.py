import numpy as np
import pytest

import autograd
import nn
from autograd import ShapeError, Tensor

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("options", "shape", "features"),
    [
        ({}, (1, 28, 28), 400),
        ({"image_size": 8}, (1, 8, 8), 64),
        ({"image_size": (12, 32), "in_channels": 3}, (3, 12, 32), 96),
        ({"image_size": (5, 11), "channels": (2, 3), "hidden": ()}, (1, 5, 11), 6),
    ],
)
def test_sizes_of_the_images_decide_the_sizes_of_the_layers(options, shape, features):
    model = nn.LeNet(**options, classes=4, rng=0)
    assert model(RNG.normal(size=(2, *shape))).shape == (2, 4)
    first = next(layer for layer in model if isinstance(layer, nn.Linear))
    assert first.in_features == features


def test_lenet_5_has_the_parameters_of_the_paper_with_all_connections():
    # LeCun et al. leave out connections of the second convolution: 1516 parameters in place of 2416.
    counts = [row.parameters for row in nn.summary(nn.LeNet(), (1, 28, 28)).rows if row.parameters]
    assert counts == [156, 2416, 48120, 10164, 850]


def test_options_add_layers_as_in_an_mlp():
    model = nn.LeNet(8, batch_norm=True, dropout=0.5, activation="tanh", hidden=(20,), rng=0)
    names = [type(layer).__name__ for layer in model]
    assert names[:8] == ["Conv2d", "BatchNorm2d", "Tanh", "MaxPool2d", "Conv2d", "BatchNorm2d", "Tanh", "MaxPool2d"]
    assert names[8:] == ["Flatten", "Linear", "BatchNorm1d", "Tanh", "Dropout", "Linear"]


def test_a_seed_decides_the_weights():
    first, second, other = (nn.LeNet(8, rng=seed).state_dict() for seed in (0, 0, 1))
    assert all((first[name] == second[name]).all() for name in first)
    assert not (first["0.weight"] == other["0.weight"]).all()


def test_batch_norm_folds_into_the_convolutions():
    model = nn.LeNet(8, batch_norm=True, rng=0)
    x = RNG.normal(size=(6, 1, 8, 8))
    for _ in range(3):
        model(Tensor(x))
    folded = nn.fold_batch_norm(model)
    assert not any(isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d) for layer in folded.modules())
    np.testing.assert_allclose(folded(x).data, model.eval()(x).data, rtol=1e-10, atol=1e-12)


def test_it_computes_the_same_in_pytorch(torch):
    model = nn.LeNet(8, channels=(2, 3), hidden=(5,), rng=0)
    twin = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(2, 3, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(12, 5),
        torch.nn.ReLU(),
        torch.nn.Linear(5, 10),
    ).double()
    twin.load_state_dict({name: torch.from_numpy(array) for name, array in nn.to_pytorch(model).items()})
    x = RNG.normal(size=(4, 1, 8, 8))
    np.testing.assert_allclose(model(x).data, twin(torch.from_numpy(x)).detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"image_size": 3}, ValueError, r"images must have 4 pixels or more in both directions, not \(3, 3\)"),
        ({"image_size": 0}, ValueError, "image_size must be 1 or more"),
        ({"image_size": (1, 2, 3)}, ValueError, "image_size must be an integer or 2 of them"),
        ({"channels": (6,)}, ValueError, r"channels must be a pair, one for each convolution, not \(6,\)"),
        ({"classes": 0}, ValueError, "classes must be 1 or more"),
        ({"activation": "rlu"}, ValueError, "did you mean 'relu'"),
        ({"num_classes": 3}, TypeError, "write classes here"),
    ],
)
def test_invalid_options_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        nn.LeNet(**options)


def test_images_of_another_size_are_reported_by_the_layer_that_cannot_take_them():
    with pytest.raises(ShapeError, match=r"Linear '7': got an input of shape \(1, 144\), expected \(…, 64\)"):
        nn.LeNet(8)(np.zeros((1, 1, 12, 12)))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_compiled_step_of_arrays_gives_the_same_bits(batch_norm):
    def training():
        model, loss = nn.LeNet(8, batch_norm=batch_norm, rng=0).astype("float32"), nn.CrossEntropyLoss()

        def step(x, y):
            error = loss(model(x), y)
            error.backward()
            return error

        return model, step

    (model, step), (eager_model, eager_step) = training(), training()
    compiled = autograd.compile(step)
    rng = np.random.default_rng(0)
    for _ in range(5):
        x, y = rng.normal(size=(6, 1, 8, 8)).astype("float32"), rng.integers(10, size=6)
        assert compiled(x, y).item() == eager_step(x, y).item()
        for parameter, expected in zip(model.parameters(), eager_model.parameters()):
            np.testing.assert_array_equal(parameter.grad.data, expected.grad.data)
    assert compiled.fallback_reason == ""
