"""Inputs that can be moved: values, gradients and picture follow; gradient descent by hand."""

import importlib
import re
import sys

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.errors import ShapeError


def f(x, y, z):
    return x**2 * y / z


def square(w):
    return w * w


def picture(state):
    return state.graph.svg


def test_moving_an_input_moves_values_gradients_and_picture():
    state = autograd.draw.interact(f, x=3.0, y=4.0, z=2.0)
    assert (float(state.value), float(state.gradients["z"])) == (18, -9)
    state.move(x=5.0)
    assert (float(state.value), float(state.gradients["z"])) == (50, -25)
    assert ">grad -25<" in picture(state)
    assert ">grad -9<" not in picture(state)
    assert "∂f/∂z = -25" in str(state.graph)


def test_gradient_descent_by_hand():
    state = autograd.draw.interact(square, w=3.0)
    state.step()
    assert float(state.inputs["w"].data) == pytest.approx(3 - 0.1 * 6)
    assert state.message == "w ← 3 − 0.1 · 6 = 2.4"
    state.zero_grad()
    for _ in range(50):
        state.step()
        state.zero_grad()
    assert abs(float(state.value)) < 1e-8


def test_without_zero_grad_gradients_accumulate_and_the_picture_says_so():
    state = autograd.draw.interact(square, w=3.0)
    state.step()
    assert float(state.gradients["w"]) == pytest.approx(6 + 4.8)
    assert state.gradient_text("w") == "w.grad = 10.8 (sum of 2 passes)"
    assert "w starts with 6, from an earlier backward()" in str(state.graph)
    state.step()
    assert "zero_grad() was forgotten" in state.message
    state.zero_grad()
    assert float(state.gradients["w"]) == pytest.approx(2 * float(state.inputs["w"].data))


def test_a_learning_rate_that_is_too_large_is_felt():
    state = autograd.draw.interact(square, w=3.0, lr=1.5)
    state.step()
    assert float(state.value) > 9
    assert "the learning rate is too large" in state.message
    assert state.status == "square = 9 → 36"


def test_reset_and_arrays():
    start = np.array([1.0, -2.0])
    state = autograd.draw.interact(lambda x, a: (a * x).sum(), x=2.0, a=start)
    state.step()
    state.move(x=7.0)
    state.reset()
    assert float(state.inputs["x"].data) == 2
    np.testing.assert_array_equal(state.inputs["a"].data, [1, -2])
    np.testing.assert_array_equal(start, [1, -2])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: autograd.draw.interact(f), TypeError, "by name"),
        (lambda: autograd.draw.interact(lambda x: x * np.ones(3), x=1.0), TypeError, "one number"),
        (lambda: autograd.draw.interact(lambda x: 3.0, x=1.0), TypeError, "one number"),
        (lambda: autograd.draw.interact(lambda x: Tensor(2.0), x=1.0), TypeError, "depend"),
        (lambda: autograd.draw.interact(square, w=3.0).move(v=1.0), TypeError, "no input 'v'; it has w"),
        (lambda: autograd.draw.interact(square, w=3.0).move(w=[1.0, 2.0]), ShapeError, "shape"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_without_ipywidgets_it_is_the_static_picture(monkeypatch):
    shown = []
    display = pytest.importorskip("IPython.display")
    monkeypatch.setattr(display, "display", shown.append)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    state = autograd.draw.interact(f, x=3.0, y=4.0, z=2.0)
    state._ipython_display_()
    (html,) = [output.data for output in shown]
    assert "ipywidgets: pip install 'chainrule[notebooks]'" in re.sub("&#x27;", "'", html)
    assert 'alt="computation graph"' in html
    assert "document.currentScript" in html


def test_importing_and_drawing_import_no_widgets():
    assert "ipywidgets" not in vars(importlib.import_module("autograd.draw.interaction"))


class TestControls:
    """The widgets, without a browser."""

    @pytest.fixture
    def controls(self):
        widgets = pytest.importorskip("ipywidgets")
        module = importlib.import_module("autograd.draw.interaction_widgets")
        return module._Controls(widgets, autograd.draw.interact(f, x=3.0, y=4.0, z=2.0))

    def test_sliders_and_fields_follow_each_other(self, controls):
        controls.sliders["x"].value = 5.0
        assert controls.fields["x"].value == 5.0
        assert controls.gradients["z"].value == "z.grad = -25"
        assert "∂f/∂z = -25" in controls.picture.outputs[0]["data"]["text/plain"]
        controls.fields["z"].value = 200.0
        assert controls.sliders["z"].value == 200.0
        assert controls.sliders["z"].max >= 200

    def test_buttons(self, controls):
        lr, *buttons = controls.box.children[-4].children
        step, zero_grad, reset = buttons
        lr.value = 0.01
        step.click()
        assert controls.interaction.passes == 2
        assert controls.message.value.startswith("x ← 3 − 0.01 · 12 = 2.88")
        zero_grad.click()
        assert controls.interaction.passes == 1
        reset.click()
        assert controls.fields["x"].value == 3.0

    def test_descent_that_diverges_shows_its_numbers(self, controls):
        controls.lr.value = 1e9
        with np.errstate(all="ignore"):
            for _ in range(20):
                controls._do(controls.interaction.step)
        assert len(controls.picture.outputs) == 1
