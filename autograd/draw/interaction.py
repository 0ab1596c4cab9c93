"""A function whose inputs can be moved: the picture of its graph follows, and gradient descent is done by hand."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.coercion import as_float_array, short_repr
from autograd.core.tensor import Tensor
from autograd.draw.graph import Graph
from autograd.draw.html import static_html
from autograd.draw.number_format import format_number, summarize
from autograd.draw.watch import watch
from autograd.errors import ShapeError

MAX_HISTORY = 8  # values of the function that the status line shows
HINT = "Sliders and buttons need a running notebook with ipywidgets: pip install 'chainrule[notebooks]', then run this cell."


class Interaction:
    """The state of an interactive picture: the inputs, their gradients, and the graph at their values.

    Jupyter displays it with sliders, number fields and buttons; without ipywidgets, and in exported pages, as a static picture.
    Every change has a method, so that a program can do what the buttons do.
    """

    def __init__(self, f: Callable[..., Tensor], inputs: dict[str, Any], lr: float, draw: Callable[..., Graph]):
        if not inputs:
            raise TypeError("interact takes the inputs of the function by name, as interact(f, x=3.0, y=4.0)")
        self.f, self.lr = f, lr
        self.name = getattr(f, "__name__", "f").strip("<>").replace("lambda", "f")
        self._start = {name: np.array(as_float_array(value), copy=True) for name, value in inputs.items()}
        self._draw = draw
        self.reset()

    def reset(self) -> None:
        """Return to the start."""
        self.inputs = {name: Tensor(value.copy(), requires_grad=True, name=name) for name, value in self._start.items()}
        self.history: list[Any] = []
        self.message = ""
        self._evaluate()

    def move(self, **values: Any) -> None:
        """Give inputs new values; their gradients are those at the new point, without what earlier passes left."""
        for name, value in values.items():
            if name not in self.inputs:
                raise TypeError(f"{self.name} has no input {name!r}; it has {', '.join(self.inputs)}")
            tensor = self.inputs[name]
            array = as_float_array(value)
            if array.shape != tensor.shape:
                raise ShapeError(f"{name} has shape {tensor.shape}; the new value has shape {array.shape}")
            tensor.data = np.array(array, copy=True)
        self.history, self.message = [], ""
        self._clear()
        self._evaluate()

    def step(self) -> None:
        """Descend: w ← w − η · grad for every input; then a backward pass at the new point adds to the gradients."""
        before, passes = self.value, self.passes
        moves = []
        for name, tensor in self.inputs.items():
            gradient = tensor.grad
            if gradient is None:
                continue
            old = tensor.data
            tensor.data = old - self.lr * gradient.data
            if tensor.shape == ():
                moves.append(
                    f"{name} ← {format_number(old[()])} − {format_number(self.lr)} · {_operand(gradient.data)} = "
                    f"{format_number(tensor.data[()])}"
                )
        self._evaluate()
        notes = []
        if passes > 1:
            notes.append(f"the gradients were the sums of {passes} backward passes: zero_grad() was forgotten")
        elif not self.value < before:
            notes.append(f"{self.name} did not fall: the learning rate is too large, or the gradient is 0")
        self.message = "; ".join([", ".join(moves), *notes])

    def zero_grad(self) -> None:
        """Forget the gradients; then a backward pass computes those at this point."""
        self._clear()
        self.history = self.history[:-1]
        self._evaluate()
        self.message = "zero_grad(): the gradients are those of one backward pass"

    def _clear(self) -> None:
        for tensor in self.inputs.values():
            tensor.grad = None
        self.passes = 0

    def _evaluate(self) -> None:
        """Compute the function, its gradients and the picture."""
        if not self.history:
            self.passes = 0
        with np.errstate(all="ignore"):
            with watch():
                result = self.f(**self.inputs)
            if not isinstance(result, Tensor) or result.shape != ():
                description = f"shape {result.shape}" if isinstance(result, Tensor) else short_repr(result)
                raise TypeError(f"interact: {self.name} must return a tensor with one number, not {description}")
            if not result.requires_grad:
                raise TypeError(f"interact: {self.name} must depend on its inputs")
            result.name = result.name or self.name
            result.backward()
            self.passes += 1
            self.value = result.data
            self.history.append(self.value)
            self.graph = self._draw(result)

    @property
    def gradients(self) -> dict[str, Any]:
        """The gradient of each input, as `.grad` holds it: the sum over all backward passes since zero_grad."""
        return {name: None if tensor.grad is None else tensor.grad.data for name, tensor in self.inputs.items()}

    @property
    def status(self) -> str:
        """The values of the function so far, on one line."""
        shown = [format_number(np.asarray(value)[()]) for value in self.history[-MAX_HISTORY:]]
        return f"{self.name} = {' → '.join(['…'] * (len(self.history) > MAX_HISTORY) + shown)}"

    def gradient_text(self, name: str) -> str:
        """The gradient of an input, and how many passes it is the sum of."""
        gradient = self.gradients[name]
        passes = f" (sum of {self.passes} passes)" if self.passes > 1 else ""
        return f"{name}.grad = {'None' if gradient is None else summarize(gradient)}{passes}"

    def __repr__(self) -> str:
        return f"<{self.status}; {'; '.join(self.gradient_text(name) for name in self.inputs)}>"

    def _repr_html_(self) -> str:
        return static_html(self.graph._repr_html_(), HINT)

    def _ipython_display_(self) -> None:
        display = importlib.import_module("IPython.display")
        display.display(display.HTML(self._repr_html_()))
        try:
            widgets = importlib.import_module("ipywidgets")
        except ImportError:
            return
        controls = importlib.import_module("autograd.draw.interaction_widgets")
        display.display(controls.make_controls(widgets, self))


def _operand(gradient: Any) -> str:
    text = format_number(np.asarray(gradient)[()])
    return f"({text})" if text.startswith("-") else text


def input_names(interaction: Interaction) -> Sequence[str]:
    """The inputs that are numbers, which have a slider."""
    return [name for name, tensor in interaction.inputs.items() if tensor.shape == ()]
