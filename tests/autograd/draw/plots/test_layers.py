"""Plots of layers: norms of gradients, update ratios, and densities of activations."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import nn
from autograd import GraphError, ShapeError, grad
from autograd.draw import plots
from autograd.draw.plots.style import COLORS
from optim.data import digits


def only(figure):
    (axes,) = figure.axes
    return axes


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def deep(activation, depth=6, **options):
    images, classes = digits()
    model = nn.MLP([64] + [16] * depth + [10], activation=activation, rng=0, **options)
    nn.CrossEntropyLoss()(model(images[:32]), classes[:32]).backward()
    return model


def test_gradient_norms_of_a_model_by_layer():
    model = deep("sigmoid")
    axes = only(plots.gradient_norms(model))
    weights, biases = axes.lines
    expected = [np.linalg.norm(p.grad.numpy()) for name, p in model.named_parameters() if name.endswith("weight")]
    assert weights.get_ydata() == pytest.approx(expected)
    assert weights.get_ydata()[0] < 1e-2 * weights.get_ydata()[-1]
    assert labels(axes) == ["weight", "bias"]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0", "2", "4", "6", "8", "10", "12"]
    assert axes.get_yscale() == "log"
    assert biases.get_marker() != weights.get_marker()


def test_models_with_different_layers_are_compared_by_position():
    axes = only(plots.gradient_norms({"plain": deep("sigmoid"), "BatchNorm": deep("sigmoid", batch_norm=True)}))
    assert labels(axes) == ["plain", "BatchNorm"]
    assert [list(line.get_xdata()) for line in axes.lines] == [list(range(7)), list(range(7))]
    assert [text.get_text() for text in axes.get_xticklabels()] == list("1234567")


def test_models_with_equal_layers_keep_the_names_of_their_layers():
    axes = only(plots.gradient_norms({"sigmoid": deep("sigmoid", 2), "tanh": deep("tanh", 2)}, weights=False))
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0", "2", "4"]
    assert labels(axes) == ["sigmoid, weight", "sigmoid, bias", "tanh, weight", "tanh, bias"]


def test_dicts_of_gradients_are_compared():
    axes = only(plots.gradient_norms({"epoch 1": {"0.weight": [3.0, 4.0]}, "epoch 9": {"0.weight": 1.0}}))
    assert [list(line.get_ydata()) for line in axes.lines] == [[5.0], [1.0]]
    assert labels(axes) == ["epoch 1", "epoch 9"]


def test_gradients_of_zero_and_infinity_are_marked_at_the_edges():
    axes = only(plots.gradient_norms({"0.weight": 0.0, "1.weight": 1e-3, "2.weight": np.nan, "3.weight": [np.inf, 1]}))
    low, high = axes.get_ylim()
    assert low < 1e-3 < high
    marks = {line.get_label(): line for line in axes.lines[1:]}
    assert marks["exactly 0"].get_xydata().tolist() == [[0, low]]
    assert marks["not finite"].get_xydata().tolist() == [[2, high], [3, high]]


def test_norms_neither_underflow_nor_overflow():
    line = only(plots.gradient_norms({"0": np.full(4, 1e-200), "1": np.full(4, 1e200)})).lines[0]
    assert list(line.get_ydata()) == pytest.approx([2e-200, 2e200], rel=1e-12)


def test_gradient_norms_before_backward_raise():
    with pytest.raises(GraphError, match="no parameter has a gradient"):
        plots.gradient_norms(nn.Linear(2, 1))


def test_curves_of_layers_have_colors_from_dark_to_light():
    figure = plots.gradient_norm_curves({f"{i}.weight": np.exp(-np.arange(5.0) - i) for i in range(20)}, xlabel="step")
    axes = only(figure)
    lightness = [np.dot(line.get_color()[:3], [0.2126, 0.7152, 0.0722]) for line in axes.lines]
    assert (np.diff(lightness) > 0).all()
    assert axes.get_xlabel() == "step"
    assert len(labels(axes)) <= 12
    assert labels(axes)[0] == "0.weight"
    assert labels(axes)[-1] == "19.weight"


def test_update_ratios_have_a_target_line():
    axes = only(plots.update_ratios({"0.weight": [1e-4, 1e-4], "2.weight": [0.1, 0.0]}, [10, 20]))
    assert axes.lines[0].get_xdata().tolist() == [10, 20]
    assert labels(axes) == ["0.weight", "2.weight", "exactly 0", "0.001, rule of thumb"]
    assert axes.lines[-1].get_ydata() == [1e-3, 1e-3]
    low, high = only(plots.update_ratios({"0.weight": [1e-9, 1e-8]})).get_ylim()
    assert low < 1e-9 < 1e-3 < high
    assert labels(only(plots.update_ratios({"0.weight": [1e-4]}, target=None))) == ["0.weight"]


def test_curves_of_layers_need_one_number_for_each_step():
    with pytest.raises(ShapeError, match=r"0\.weight: expected shape \(3,\), one number for each step"):
        plots.update_ratios({"0.weight": [1e-3]}, [1, 2, 3])


def test_layer_outputs_of_all_layers_do_not_change_the_model():
    model = nn.Sequential(nn.Linear(2, 4, rng=0), nn.Tanh(), nn.Sequential(nn.Dropout(0.5), nn.Linear(4, 1, rng=1)))
    model[2].eval()
    x = np.array([[0.5, -1.0], [2.0, 1.0]])
    outputs = plots.layer_outputs(model, x)
    assert list(outputs) == ["0 Linear", "1 Tanh", "2.0 Dropout", "2.1 Linear"]
    assert outputs["1 Tanh"] == pytest.approx(np.tanh(x @ model[0].weight.numpy() + model[0].bias.numpy()))
    assert outputs["2.0 Dropout"] == pytest.approx(outputs["1 Tanh"])
    assert [module.training for _, module in model.named_modules()] == [True, True, True, False, False, False]
    assert not any(module._forward_hooks for _, module in model.named_modules())


def test_outputs_of_a_layer_that_is_called_twice_are_concatenated():
    shared = nn.Tanh()
    outputs = plots.layer_outputs(nn.Sequential(shared, nn.Linear(2, 3, rng=0), shared), np.ones((5, 2)))
    assert outputs["0 Tanh"].shape == (25,)


def test_model_that_raises_is_restored():
    model = nn.MLP([2, 3, 1], rng=0)
    with pytest.raises(ShapeError):
        plots.layer_outputs(model, np.ones((4, 7)))
    assert model.training
    assert not any(module._forward_hooks for _, module in model.named_modules())


def test_layers_can_be_selected_by_class():
    model = nn.MLP([2, 3, 3, 1], activation="tanh", rng=0)
    assert list(plots.layer_outputs(model, np.ones((1, 2)), only="Tanh")) == ["1 Tanh", "3 Tanh"]
    assert len(plots.layer_outputs(model, np.ones((1, 2)), only=("Tanh", "Linear"))) == 5
    with pytest.raises(ValueError, match="no layer of class ReLU; it has Linear, Tanh"):
        plots.layer_outputs(model, np.ones((1, 2)), only="ReLU")


def test_function_without_named_modules_raises():
    with pytest.raises(TypeError, match="named_modules"):
        plots.activation_densities(np.tanh, np.ones(3))


def notes(axes):
    return [text.get_text() for text in axes.texts]


def test_densities_state_the_saturated_share():
    values = np.concatenate([np.full(30, 0.96), np.full(10, -0.951), np.full(60, 0.5)])
    assert "40 % saturated" in notes(only(plots.activation_densities({"1 Tanh": values})))[0]
    assert "30 % saturated" not in notes(only(plots.activation_densities({"1 Sigmoid": values})))[0]
    assert "saturated" not in notes(only(plots.activation_densities({"a": values})))[0]
    assert "100 % saturated" in notes(only(plots.activation_densities({"a": values}, bounds=(0.5, 0.5001))))[0]
    assert "90 % saturated" in notes(only(plots.activation_densities({"a": values}, bounds={"a": (-1, 0.5)})))[0]


@pytest.mark.parametrize(("name", "f"), [("sigmoid", nn.Sigmoid()), ("tanh", nn.Tanh())])
def test_saturated_outputs_have_less_than_a_tenth_of_the_largest_slope(name, f):
    x = np.linspace(-8, 8, 2001)
    share = np.mean(grad(lambda x: f(x).sum())(x) < 0.1 * grad(f)(0.0))
    percentage = notes(only(plots.activation_densities({name: f(x)})))[0].split()[2]
    assert int(percentage) == pytest.approx(100 * share, abs=1)


def test_saturated_outputs_are_colored():
    from matplotlib.colors import to_hex

    axes = only(plots.activation_densities({"tanh": np.tanh(np.linspace(-6, 6, 500))}))
    colored = [patch for patch in axes.patches if to_hex(patch.get_facecolor()) == COLORS[1].lower()]
    edges = np.concatenate([patch.get_data().edges for patch in colored])
    assert sorted({np.sign(edge) for edge in edges}) == [-1, 1]
    assert abs(edges).min() == pytest.approx(0.95)


def test_zeros_after_relu_are_counted_and_not_in_the_density():
    x = np.linspace(-1, 1, 2000)
    axes = only(plots.activation_densities({"1 ReLU": np.maximum(x, 0)}))
    assert notes(axes) == ["σ 0.32\n50 % zero"]
    values, edges, _ = axes.patches[0].get_data()
    assert edges[np.flatnonzero(values)[0]] == 0
    assert np.ptp(values[values > 0][:-1]) < 0.1


def test_all_columns_share_layers_and_range():
    columns = {
        name: {f"{i} Tanh": np.tanh(np.linspace(-s, s, 99)) for i in range(3)} for name, s in (("small", 0.1), ("large", 9))
    }
    figure = plots.activation_densities(columns)
    left, right = figure.axes
    assert (left.get_title(loc="left"), right.get_title(loc="left")) == ("small", "large")
    assert left.get_xlim() == right.get_xlim()
    assert [text.get_text() for text in left.get_yticklabels()] == ["0 Tanh", "1 Tanh", "2 Tanh"]
    assert left.get_yticks().tolist() == right.get_yticks().tolist() == [0, -1, -2]
    assert len(notes(left)) == len(notes(right)) == 3


def test_densities_of_a_model():
    images, _ = digits()
    figure = plots.activation_densities(nn.MLP([64, 16, 16, 10], activation="tanh", rng=0), images[:50], only="Tanh")
    assert [text.get_text() for text in only(figure).get_yticklabels()] == ["1 Tanh", "3 Tanh"]


@pytest.mark.parametrize(
    "values", [np.zeros(50), np.full(50, 3.0), np.array([np.nan, np.inf, 1.0]), np.array([np.nan]), np.array([])]
)
def test_densities_of_special_values_can_be_drawn(values):
    plots.activation_densities({"layer": values, "other tanh": values}).draw_without_rendering()


def test_bounds_need_low_below_high():
    with pytest.raises(ValueError, match="bounds: a range is"):
        plots.activation_densities({"a": [1.0]}, bounds=(1, 0))


def test_values_that_are_not_finite_are_counted():
    assert "25 % not finite" in notes(only(plots.activation_densities({"a": [np.nan, 1.0, 2.0, 3.0]})))[0]
