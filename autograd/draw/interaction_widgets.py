"""The sliders, number fields and buttons of an interactive picture, made of ipywidgets."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.draw.interaction import Interaction, input_names
from autograd.draw.number_format import format_number

CSS_CLASS = "chainrule-controls"  # html.py hides the static picture beside it
STEPS = 100  # the smallest number of steps from one end of a slider to the other


def make_controls(widgets: Any, interaction: Interaction) -> Any:
    """A box with a row for each input, the buttons of gradient descent, and the picture.

    widgets: the module ipywidgets.
    """
    return _Controls(widgets, interaction).box


class _Controls:
    """The widgets of one picture; all of them follow the state after every change."""

    def __init__(self, widgets: Any, interaction: Interaction):
        self.interaction = interaction
        self.is_updating = False
        self.sliders, self.fields, self.gradients = {}, {}, {}
        rows = []
        for name in input_names(interaction):
            low, high, step = _range(float(interaction.inputs[name].data))
            slider = widgets.FloatSlider(description=name, min=low, max=high, step=step, readout=False)
            field = widgets.FloatText(step=step, layout={"width": "9em"})
            gradient = widgets.Label()
            slider.observe(self._changed(name, step / 2), "value")
            field.observe(self._changed(name, 0.0), "value")
            self.sliders[name], self.fields[name], self.gradients[name] = slider, field, gradient
            rows.append(widgets.HBox([slider, field, gradient]))
        self.lr = widgets.FloatText(value=interaction.lr, step=0.1, description="η", layout={"width": "11em"})
        self.lr.observe(self._set_lr, "value")
        buttons = [
            self._button(
                widgets, "w ← w − η·grad", "one step of gradient descent; the new gradients add to the old ones", "step"
            ),
            self._button(widgets, "zero_grad", "forget the gradients of earlier passes", "zero_grad"),
            self._button(widgets, "reset", "return to the start", "reset"),
        ]
        self.status, self.message = widgets.Label(), widgets.Label()
        self.picture = widgets.Output(layout={"min_height": "300px"})  # so that the page does not jump while it is redrawn
        self.box = widgets.VBox(
            [*rows, widgets.HBox([self.lr, *buttons]), self.status, self.message, self.picture],
        )
        self.box.add_class(CSS_CLASS)
        self._update()

    def _button(self, widgets: Any, text: str, tooltip: str, method: str) -> Any:
        button = widgets.Button(description=text, tooltip=tooltip, layout={"width": "auto"})
        button.on_click(lambda _: self._do(getattr(self.interaction, method)))
        return button

    def _changed(self, name: str, tolerance: float) -> Callable[[Any], None]:
        """Move an input; a slider in the browser answers a value between its steps with the next of them, which is no move."""

        def move(change: Any) -> None:
            if not self.is_updating and not abs(change["new"] - self.interaction.inputs[name].data) <= tolerance:
                self._do(lambda: self.interaction.move(**{name: change["new"]}))

        return move

    def _set_lr(self, change: Any) -> None:
        self.interaction.lr = change["new"]

    def _do(self, action: Callable[[], None]) -> None:
        action()
        self._update()

    def _update(self) -> None:
        """Show the state."""
        self.is_updating = True
        try:
            for name, slider in self.sliders.items():
                value = float(self.interaction.inputs[name].data)
                self.fields[name].value = float(format_number(value, 6)) if np.isfinite(value) else value
                if np.isfinite(value):
                    slider.min, slider.max = min(slider.min, value), max(slider.max, value)
                    slider.value = value
                self.gradients[name].value = self.interaction.gradient_text(name)
            self.status.value, self.message.value = self.interaction.status, self.interaction.message
            html = {"text/html": self.interaction.graph._repr_html_(), "text/plain": str(self.interaction.graph)}
            self.picture.outputs = ({"output_type": "display_data", "data": html, "metadata": {}},)
        finally:
            self.is_updating = False


def _range(value: float) -> tuple[float, float, float]:
    """The ends of a slider, 5 or 2 |value| on both sides, and its step, a power of ten."""
    width = max(5.0, 2 * abs(value))
    return value - width, value + width, 10.0 ** np.floor(np.log10(2 * width / STEPS))
