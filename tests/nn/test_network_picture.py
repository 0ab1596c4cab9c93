"""nn.draw_network: the numbers in the picture, its geometry, its steps; the model does not change."""

import re
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import Tensor
from autograd.draw.shapes import Box, Text, read_shapes

SVG = "{http://www.w3.org/2000/svg}"


def tips(picture):
    """The tooltips of a picture."""
    return [element.text for element in ElementTree.fromstring(picture.svg).iter(f"{SVG}title")]


def numbers(picture, name):
    """The numbers after a name in the tooltips."""
    return [float(value) for tip in tips(picture) for value in re.findall(rf"(?:^|, ){re.escape(name)} = (\S+?)(?:,|$)", tip)]


def two_layers():
    model = nn.MLP([2, 3, 2], activation="tanh", rng=0)
    for parameter in model.parameters():
        parameter.data += 0.1
    return model


def test_numbers_are_those_of_the_lecture():
    model, x, target = two_layers(), np.array([1.0, -2.0]), np.array([0.5, 0.0])
    picture = nn.draw_network(model, x, target, nn.SumOfSquaresLoss())
    w1, b1, w2, b2 = (parameter.data for parameter in model.parameters())
    z1 = x @ w1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ w2 + b2
    np.testing.assert_allclose(numbers(picture, "z"), [*z1, *z2], rtol=1e-5)
    np.testing.assert_allclose(numbers(picture, "a"), [*x, *a1, *z2], rtol=1e-5)
    delta2 = np.array(numbers(picture, "δ")[3:])
    delta1 = np.array(numbers(picture, "δ")[:3])
    np.testing.assert_allclose(delta2, z2 - target, rtol=1e-4)  # of L = ½ Σ (a − t)²
    np.testing.assert_allclose(delta1, (w2 @ delta2) * (1 - a1**2), rtol=1e-4)
    for k in range(2):
        np.testing.assert_allclose(numbers(picture, f"∂L/∂W[{k}, 0]")[0], x[k] * delta1[0], rtol=1e-4)
    assert len(numbers(picture, "W[1, 0]")) == 2


def test_the_loss_is_cross_entropy_for_a_class_and_the_mean_squared_error_for_values():
    model, x = two_layers(), [1.0, 2.0]
    output = model([x]).data[0]
    cross_entropy = np.log(np.exp(output).sum()) - output[1]
    assert f"L = {cross_entropy:.4g} for the target 1" in str(nn.draw_network(model, x, 1))
    assert f"L = {np.mean((output - 1) ** 2):.4g}" in str(nn.draw_network(model, x, [1.0, 1.0]))
    assert "L = 7 " in str(nn.draw_network(model, x, [1.0, 1.0], lambda output, target: output.sum() * 0 + 7))


def test_steps_reveal_values_forward_and_gradients_backward():
    picture = nn.draw_network(two_layers(), [1.0, 2.0], 0)
    assert picture.steps == 5

    def visible(step):
        texts = [shape.text for shape in read_shapes(picture.at(step).svg).shapes if isinstance(shape, Text)]
        return sum("δ" in text and text != "δ" and not text.startswith(("width", "below")) for text in texts), texts

    assert [visible(step)[0] for step in range(6)] == [0, 0, 0, 0, 2, 5]
    assert "1" in visible(0)[1]
    assert len(visible(2)[1]) > len(visible(1)[1]) > len(visible(0)[1])
    assert "later" not in picture.at(5).svg.split("</style>")[1]
    with pytest.raises(ValueError, match="steps 0 to 5"):
        picture.at(6)


def test_drawing_changes_nothing():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4, 2))
    model[0].eval()
    modes = [module.training for module in model.modules()]
    state = {name: np.array(value) for name, value in model.state_dict().items()}
    first, second = (nn.draw_network(model, np.ones((4, 3)), [0, 1, 1, 0]).svg for _ in range(2))
    assert first == second
    assert [module.training for module in model.modules()] == modes
    assert all(parameter.grad is None for parameter in model.parameters())
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(state[name], value)
    with pytest.raises(ValueError, match="must"):
        nn.draw_network(model, np.ones(()))
    assert [module.training for module in model.modules()] == modes


def check_geometry(picture):
    """Nothing outside of the picture; no two units, labels or titles overlap."""
    drawn = read_shapes(picture.svg)
    for shape in drawn.shapes:
        if isinstance(shape, Text):
            assert shape.x - shape.width / 2 >= 0
            assert shape.x + shape.width / 2 <= drawn.width
            assert shape.y - shape.size >= 0
            assert shape.y <= drawn.height
        elif isinstance(shape, Box):
            assert 0 <= shape.x <= shape.x + shape.width <= drawn.width
            assert 0 <= shape.y <= shape.y + shape.height <= drawn.height
    texts = [shape for shape in drawn.shapes if isinstance(shape, Text)]
    for a, b in combinations(texts, 2):
        apart = abs(a.x - b.x) > (a.width + b.width) / 2 - 1
        assert apart or abs(a.y - b.y) > 0.7 * min(a.size, b.size), (a.text, b.text)
    units = [shape for shape in drawn.shapes if isinstance(shape, Box) and shape.corner > 10]
    for a, b in combinations(units, 2):
        assert abs(a.x - b.x) >= a.width or abs(a.y - b.y) >= a.height


@settings(max_examples=25)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=5), st.booleans(), st.booleans(), st.integers(0, 100))
def test_nothing_overlaps(sizes, batch_norm, with_example, seed):
    rng = np.random.default_rng(seed)
    model = nn.MLP(sizes, activation="sigmoid", batch_norm=batch_norm, rng=seed)
    example = (100 * rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])) if with_example else ()
    check_geometry(nn.draw_network(model, *example))


def test_wide_layers_are_shortened():
    svg = nn.draw_network(nn.MLP([784, 16, 10], rng=0)).svg
    assert svg.count(">…</text>") == 3
    assert "784 units" in svg
    assert svg.count('class="unit input"') == 7
    assert len(svg) < 120_000


def test_convolutions_are_stacks_of_maps():
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 6 * 6, 2))
    picture = nn.draw_network(model, np.random.default_rng(0).normal(size=(1, 8, 8)), 1)
    assert "6 maps of 6 × 6" in picture.svg
    assert "3 × 3 kernels" in picture.svg
    check_geometry(picture)
    with pytest.raises(ValueError, match=r"draw_network\(model, x\)"):
        nn.draw_network(model)


def test_other_layers_are_boxes():
    model = nn.Sequential(nn.Embedding(5, 4), nn.Flatten(), nn.Linear(12, 2))
    picture = nn.draw_network(model, np.array([[1, 2, 3]]), 0)
    assert "shape (3, 4)" in picture.svg
    check_geometry(picture)


def test_frozen_models_have_no_gradients():
    model = nn.MLP([2, 2, 1], rng=0)
    for parameter in model.parameters():
        parameter.requires_grad = False
    assert "no gradient" in str(nn.draw_network(model, [1.0, 2.0], [1.0]))


def test_files(tmp_path):
    picture = nn.draw_network(two_layers(), Tensor([1.0, 2.0]), 1)
    for suffix in ("svg", "pdf", "html", "txt"):
        picture.save(tmp_path / f"net.{suffix}")
    assert (tmp_path / "net.pdf").read_bytes().startswith(b"%PDF")
    assert "player" in (tmp_path / "net.html").read_text()
    with pytest.raises(ValueError, match=r"net\.gif"):
        picture.save(tmp_path / "net.gif")


def test_wrong_arguments_raise():
    with pytest.raises(TypeError, match="must be a Module, not 3"):
        nn.draw_network(3)
    with pytest.raises(ValueError, match="y is the target of an example"):
        nn.draw_network(two_layers(), y=1)


@pytest.mark.parametrize("value", [-0.088, -0.00339, -1234.5, 0.5, 1e-12, -0.0])
def test_numbers_fit_into_their_units(value):
    layer = nn.Linear(1, 1)
    layer.weight.data, layer.bias.data = np.array([[value]]), np.zeros(1)
    picture = nn.draw_network(layer, np.ones((1, 1))).svg
    (_, text) = re.findall(r'<text class="value"[^>]*>([^<]*)<', picture)
    assert len(text) <= 5 + text.count("-1")
    assert float(text) == pytest.approx(value, rel=0.5)
