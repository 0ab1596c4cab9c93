"""The learning-rate range test does not change its arguments, refuses wrong ones, and draws its curve."""

import math
import sys
from threading import Lock

import numpy as np
import pytest

import nn
from autograd import Tensor
from optim import SGD, Batch, TrainingError, fit, range_test
from optim.data import DataLoader
from tests.optim.line_range_test import DATA, LINE, range_test_of_losses, range_test_on_line

# Unchanged state


class Model(nn.Module):
    """With all that a training changes: statistics, random numbers, a mode, a count of calls."""

    def __init__(self):
        self.first = nn.Linear(1, 8, rng=0)
        self.norm = nn.BatchNorm1d(8)
        self.drop = nn.Dropout(0.3, rng=1)
        self.last = nn.Linear(8, 1, rng=2)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return self.last(self.drop(self.norm(self.first(x)).tanh()))


def used():
    """A model and an optimizer in the middle of a training, the model in evaluation mode."""
    model = Model()
    optimizer = SGD(model.parameters(), lr=0.05, momentum=0.9)
    for _ in range(3):
        optimizer.zero_grad()
        nn.MSELoss()(model(DATA[0]), DATA[1]).backward()
        optimizer.step()
    model.eval()
    model.drop.train()
    return model, optimizer


def everything(model, optimizer):
    state = optimizer.state_dict()
    return {
        "weights": {name: value.tobytes() for name, value in model.state_dict().items()},
        "arrays": [id(p.data) for p in model.parameters()],
        "gradients": [p.grad.numpy().tobytes() for p in model.parameters()],
        "modes": [module.training for module in model.modules()],
        "randomness": model.drop.rng.bit_generator.state,
        "calls": model.calls,
        "lr": optimizer.lr,
        "groups": state["param_groups"],
        "past": {i: {k: np.asarray(v).tobytes() for k, v in entry.items()} for i, entry in state["state"].items()},
        "keys": [sorted(group) for group in optimizer.param_groups],
    }


def test_model_and_optimizer_stay_bit_for_bit():
    model, optimizer = used()
    before = everything(model, optimizer)
    range_test(model, nn.MSELoss(), DATA, optimizer=optimizer, rng=0)
    assert everything(model, optimizer) == before
    range_test(model, nn.MSELoss(), DATA, rng=0)
    assert everything(model, optimizer) == before


def test_model_and_optimizer_stay_bit_for_bit_after_an_error():
    model, optimizer = used()
    before = everything(model, optimizer)
    calls = []

    def loss(prediction, target):
        calls.append(1)
        if len(calls) == 7:
            raise ZeroDivisionError
        return nn.MSELoss()(prediction, target)

    with pytest.raises(ZeroDivisionError):
        range_test(model, loss, DATA, optimizer=optimizer)
    assert everything(model, optimizer) == before


def test_the_range_test_does_not_change_the_training():
    weights = []
    for tested in (False, True):
        model, optimizer = used()
        if tested:
            range_test(model, nn.MSELoss(), DATA, optimizer=optimizer)
        fit(model, nn.MSELoss(), DATA, optimizer=optimizer, epochs=2, rng=0)
        weights.append({name: value.tobytes() for name, value in model.state_dict().items()})
    assert weights[0] == weights[1]


def test_data_and_recorded_graphs_stay():
    model = nn.Linear(1, 1, rng=0)
    optimizer = SGD(model.parameters())
    inputs, targets = LINE.copy(), LINE.copy()
    loss = nn.MSELoss()(model(inputs), targets)
    range_test(model, nn.MSELoss(), (inputs, targets), optimizer=optimizer)
    loss.backward()
    np.testing.assert_array_equal(inputs, LINE)
    np.testing.assert_array_equal(targets, LINE)


def test_a_loss_with_parameters_is_copied_as_well():
    class Scaled(nn.Module):
        def __init__(self):
            self.scale = nn.Parameter(2.0)

        def forward(self, prediction, target):
            return ((prediction - target) ** 2).mean() * self.scale**2

    model, loss = nn.Linear(1, 1, rng=0), Scaled()
    optimizer = SGD([*model.parameters(), loss.scale], lr=0.1)
    range_test(model, loss, DATA, optimizer=optimizer, steps=10)
    assert loss.scale.item() == 2.0
    assert loss.scale.grad is None


# Refused models and losses


def test_loss_that_reaches_into_the_model_is_noticed():
    model = nn.Linear(1, 1, rng=0)
    optimizer = SGD(model.parameters(), lr=0.1)
    with pytest.raises(TypeError, match="penalty="):
        range_test(model, lambda p, t: nn.MSELoss()(p, t) + (model.weight**2).sum(), DATA, optimizer=optimizer)
    assert all(p.grad is None for p in model.parameters())


def test_parameters_shared_with_the_copy_are_refused():
    class Line:
        slope = Tensor(0.0, requires_grad=True)

        def parameters(self):
            return [self.slope]

        def __call__(self, x):
            return self.slope * x

    with pytest.raises(TypeError, match="same parameters"):
        range_test(Line(), nn.MSELoss(), DATA)
    assert Line.slope.item() == 0.0


def test_model_that_cannot_be_copied_is_named():
    model = nn.Linear(1, 1)
    model.lock = Lock()
    with pytest.raises(TypeError, match=r"cannot be copied.*lock"):
        range_test(model, nn.MSELoss(), DATA)


def test_nan_before_any_step_is_no_matter_of_the_rate():
    with pytest.raises(TrainingError, match="nan before the first step"):
        range_test(nn.Linear(1, 1, rng=0), nn.MSELoss(), (LINE, np.nan * LINE))


def test_optimizer_of_another_model_is_refused():
    with pytest.raises(TrainingError, match=r"model\.parameters"):
        range_test(nn.Linear(1, 1), nn.MSELoss(), DATA, optimizer=SGD(nn.Linear(1, 1).parameters()))


@pytest.mark.parametrize("options", [{"batching": Batch()}, {"rng": 0}])
def test_batching_of_a_loader_is_its_own(options):
    with pytest.raises(ValueError, match="DataLoader"):
        range_test(nn.Linear(1, 1), nn.MSELoss(), DataLoader(DATA), **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"low": 0.0}, "got low=0.0 and high=10.0"),
        ({"low": 1.0, "high": 0.1}, r"got low=1.0 and high=0.1"),
        ({"high": math.inf}, "high=inf"),
        ({"high": math.nan}, "high=nan"),
        ({"steps": 1}, "at least 2, got 1"),
        ({"steps": 2.5}, "got 2.5"),
        ({"smoothing": 1.0}, r"smoothing must be .* got 1\.0"),
    ],
)
def test_wrong_arguments_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        range_test_on_line(**options)


# The picture


def test_figure_shows_losses_over_rates_and_the_suggestion():
    pytest.importorskip("matplotlib")
    result = range_test_of_losses(5.0, 4.0, 1.0, 1e30)
    (axes,) = result.figure().axes
    raw, smoothed, suggestion = axes.lines
    assert (axes.get_xscale(), axes.get_xlabel(), axes.get_ylabel()) == ("log", "learning rate", "loss")
    assert list(raw.get_xdata()) == list(smoothed.get_xdata()) == result["lr"]
    assert list(smoothed.get_ydata()) == result["smoothed"]
    assert set(suggestion.get_xdata()) == {0.4}
    low, high = axes.get_ylim()
    assert low < 1.0 < 5.0 < high < 10.0
    assert [text.get_text() for text in axes.texts] == ["suggestion: 0.4"]


def test_figure_shows_itself_in_jupyter():
    pytest.importorskip("matplotlib")
    content, _ = range_test_of_losses(5.0, 4.0, 1.0, 1e30).figure()._repr_png_()
    assert content.startswith(b"\x89PNG")


def test_figure_without_a_suggestion_has_no_line_for_it():
    pytest.importorskip("matplotlib")
    assert len(range_test_of_losses(1.0, 2.0).figure().axes[0].lines) == 2
    assert len(range_test_of_losses(1.0).figure().axes[0].lines) == 2


def test_plot_and_table_are_files(tmp_path):
    pytest.importorskip("matplotlib")
    result = range_test_of_losses(5.0, 1.0, 3.0)
    result.plot(tmp_path / "curve.png")
    result.save(tmp_path / "curve.csv")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "curve.csv").read_text().splitlines()[0] == "lr,loss,smoothed"


def test_missing_matplotlib_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"chainrule\[plots\]"):
        range_test_of_losses(1.0, 2.0).figure()
