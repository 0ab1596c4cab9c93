"""Recurrent layers: RNN, GRU and LSTM.

With the usual activations they are our fused operations, whose weights are the transposes with the gates in another order. The
other options (peepholes, clipping, other activations, the reset gate before the product) are computed step by step.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd import ShapeError, relu, sigmoid
from nn.functional.activations.rectifiers import leaky_relu
from nn.functional.activations.smooth_rectifiers import elu, softplus
from nn.functional.activations.squashing import softsign
from nn.functional.recurrent.gru import gru
from nn.functional.recurrent.lstm import lstm
from nn.functional.recurrent.rnn import rnn
from nn.functional.recurrent.steps import outputs_and_last, split_gates, unroll
from nn.interchange.onnx_import.limits import count_steps
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array

Activation = Callable[[Any], Any]


def _hard_sigmoid(x: Any, alpha: float, beta: float) -> Any:
    return np.clip(alpha * x + beta, 0, 1)


#: For each activation the function, and the defaults of α and β where it has them.
ACTIVATIONS: dict[str, tuple[Callable[..., Any], tuple[float, ...]]] = {
    "affine": (lambda x, alpha, beta: alpha * x + beta, (1.0, 0.0)),
    "elu": (lambda x, alpha: elu(x, alpha), (1.0,)),
    "hardsigmoid": (_hard_sigmoid, (0.2, 0.5)),
    "leakyrelu": (lambda x, alpha: leaky_relu(x, alpha), (0.01,)),
    "relu": (relu, ()),
    "scaledtanh": (lambda x, alpha, beta: alpha * np.tanh(beta * x), (1.0, 1.0)),
    "sigmoid": (sigmoid, ()),
    "softplus": (softplus, ()),
    "softsign": (softsign, ()),
    "tanh": (np.tanh, ()),
    "thresholdedrelu": (lambda x, alpha: np.where(as_array(x) > alpha, x, 0), (1.0,)),
}


class Layer:
    """The inputs and attributes that RNN, GRU and LSTM have in common."""

    def __init__(
        self,
        name: str,
        x: Any,
        weight: Any,
        recurrence: Any,
        bias: Any,
        lengths: Any,
        gates: int,
        activations: Sequence[str],
        alpha: Sequence[float] | None,
        beta: Sequence[float] | None,
        direction: str,
        layout: int,
        clip: float | None,
    ):
        if direction not in ("forward", "reverse", "bidirectional"):
            raise ValueError(f"{name}: direction must be forward, reverse or bidirectional, not {direction!r}")
        self.reverse = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}[direction]
        self.x = np.swapaxes(x, 0, 1) if layout else x
        self.name, self.gates, self.layout, self.clip = name, gates, layout, clip
        self.weight, self.recurrence, self.bias = weight, recurrence, bias
        hidden, directions = recurrence.shape[-1], len(self.reverse)
        expected = (directions, gates * hidden)
        if x.ndim != 3 or weight.shape != (*expected, x.shape[2]) or recurrence.shape != (*expected, hidden):
            raise ShapeError(
                f"{name}: got an input of shape {x.shape} and weights of shapes {weight.shape} and {recurrence.shape}, "
                f"expected ({directions}, {gates} · hidden, in) and ({directions}, {gates} · hidden, hidden)"
            )
        if bias is not None and bias.shape != (directions, 2 * gates * hidden):
            raise ShapeError(f"{name}: got a bias of shape {bias.shape}, expected {(directions, 2 * gates * hidden)}")
        self.hidden, (self.steps, self.batch, _) = hidden, self.x.shape
        if not self.steps:
            raise ShapeError(f"{name}: got an input of shape {x.shape}, expected one step or more")
        self.lengths = None if lengths is None else as_array(lengths)
        if self.lengths is not None and (
            self.lengths.shape != (self.batch,) or not all(0 <= n <= self.steps for n in self.lengths)
        ):
            raise ShapeError(f"{name}: sequence_lens must be {self.batch} numbers from 0 to {self.steps}, got {self.lengths}")
        self.activation_names = [activation.lower() for activation in activations]
        self.activations = _activations(name, self.activation_names, alpha, beta)
        per_direction = len(self.activations) // directions
        if len(self.activations) != per_direction * directions:
            raise ValueError(f"{name}: got {len(self.activations)} activations for {directions} directions")
        self.per_direction = per_direction

    def is_usual(self, usual: Sequence[str]) -> bool:
        """Whether the fused operations compute the layer: the usual activations, no clipping, no empty sequence."""
        is_default = self.activation_names == [*usual] * len(self.reverse)
        return is_default and self.clip is None and (self.lengths is None or (self.lengths > 0).all())

    def initial(self, state: Any, direction: int) -> Any:
        """The initial state of a direction (n, hidden), or zeros."""
        if state is None:
            return np.zeros((self.batch, self.hidden), self.x.dtype)
        state = np.swapaxes(state, 0, 1) if self.layout else state
        if state.shape != (len(self.reverse), self.batch, self.hidden):
            raise ShapeError(
                f"{self.name}: got an initial state of shape {state.shape}, expected "
                f"{(len(self.reverse), self.batch, self.hidden)}"
            )
        return state[direction]

    def transposed(self, direction: int, order: Sequence[int]) -> tuple[Any, Any, Any, Any]:
        """Weights (in, gates · hidden) and biases of a direction, with the gates in another order."""
        weights = [self._reordered(w[direction], order).T for w in (self.weight, self.recurrence)]
        if self.bias is None:
            return weights[0], weights[1], None, None
        half = self.gates * self.hidden
        biases = [self._reordered(b, order) for b in (self.bias[direction, :half], self.bias[direction, half:])]
        return weights[0], weights[1], biases[0], biases[1]

    def _reordered(self, rows: Any, order: Sequence[int]) -> Any:
        if list(order) == list(range(self.gates)):
            return rows
        return np.concatenate([rows[k * self.hidden : (k + 1) * self.hidden] for k in order])

    def projected(self, direction: int, with_recurrent_bias: bool = True) -> tuple[Any, Any, Any]:
        """x W + b of all steps; the transposed recurrent weights; the recurrent bias, 0 if it is in the first."""
        weight, recurrence, bias, recurrent_bias = self.transposed(direction, range(self.gates))
        z = self.x @ weight
        if bias is None:
            return z, recurrence, 0
        return (z + (bias + recurrent_bias), recurrence, 0) if with_recurrent_bias else (z + bias, recurrence, recurrent_bias)

    def clipped(self, z: Any) -> Any:
        """The input of an activation, limited to ± clip."""
        return z if self.clip is None else np.clip(z, -self.clip, self.clip)

    def functions(self, direction: int) -> list[Activation]:
        """The activations of a direction, with the limit of their inputs."""
        count = self.per_direction
        chosen = self.activations[direction * count : (direction + 1) * count]
        return [partial(self._activate, function) for function in chosen]

    def _activate(self, function: Activation, z: Any) -> Any:
        return function(self.clipped(z))

    def unrolled(self, step: Callable[..., tuple], z: Any, initial: Sequence[Any], direction: int) -> tuple[Any, list[Any]]:
        """The outputs of all steps and the last states."""
        count_steps(self.steps)
        mask, reverse = None, self.reverse[direction]
        if self.lengths is not None:
            mask = (np.arange(self.steps)[:, None] < self.lengths)[:, :, None]
        hidden, *others = unroll(step, z, initial, mask, reverse)
        outputs, last = outputs_and_last(hidden, self.steps, mask, reverse)
        return outputs, [last, *others]

    def results(self, directions: Sequence[tuple[Any, Sequence[Any]]]) -> tuple[Any, ...]:
        """The outputs (steps, directions, n, hidden) and the last states of the directions, in the layout of the node."""
        outputs = np.stack([y for y, _ in directions], axis=1)
        last = [np.stack(states) for states in zip(*(states for _, states in directions))]
        if self.layout:
            outputs, last = np.transpose(outputs, (2, 0, 1, 3)), [np.swapaxes(state, 0, 1) for state in last]
        return outputs, *last


def _activations(
    name: str, names: Sequence[str], alpha: Sequence[float] | None, beta: Sequence[float] | None
) -> list[Activation]:
    """The activations by name; those with α or β take the next value of the attribute, and their default after the last."""
    attributes = [iter(alpha or ()), iter(beta or ())]
    functions: list[Activation] = []
    for activation in names:
        if activation not in ACTIVATIONS:
            raise ValueError(f"{name}: unknown activation {activation!r}, expected one of {', '.join(ACTIVATIONS)}")
        function, defaults = ACTIVATIONS[activation]
        options = [next(values, default) for values, default in zip(attributes, defaults)]
        functions.append(partial(_call, function, options) if options else function)
    return functions


def _call(function: Callable[..., Any], options: list[float], x: Any) -> Any:
    return function(x, *options)


@operator("RNN", since=1, buffers=(5,))
def recurrent_layer(
    x: Any,
    weight: Any,
    recurrence: Any,
    bias: Any = None,
    sequence_lens: Any = None,
    initial_h: Any = None,
    *,
    activation_alpha: Any = None,
    activation_beta: Any = None,
    activations: Any = None,
    clip: float | None = None,
    direction: str = "forward",
    hidden_size: int | None = None,
    layout: int = 0,
    output_sequence: int = 0,
) -> Any:
    """RNN: h' = f(x Wᵀ + h Rᵀ + b)."""
    names = activations or ["Tanh"] * (1 + (direction == "bidirectional"))
    layer = Layer(
        "RNN",
        x,
        weight,
        recurrence,
        bias,
        sequence_lens,
        1,
        names,
        activation_alpha,
        activation_beta,
        direction,
        layout,
        clip,
    )
    results = []
    for k, reverse in enumerate(layer.reverse):
        h0 = layer.initial(initial_h, k)
        nonlinearity = layer.activation_names[k]
        if layer.is_usual([nonlinearity]) and nonlinearity in ("tanh", "relu"):
            outputs, last = rnn(layer.x, h0, *layer.transposed(k, [0]), layer.lengths, reverse, nonlinearity)
            results.append((outputs, [last]))
        else:
            z, recurrent, _ = layer.projected(k)
            (f,) = layer.functions(k)
            results.append(layer.unrolled(partial(_rnn_step, f, recurrent), z, [h0], k))
    return layer.results(results)


def _rnn_step(f: Activation, recurrent: Any, z: Any, h: Any) -> tuple[Any]:
    return (f(z + h @ recurrent),)


@operator("GRU", since=1, buffers=(5,))
def gated_recurrent_layer(
    x: Any,
    weight: Any,
    recurrence: Any,
    bias: Any = None,
    sequence_lens: Any = None,
    initial_h: Any = None,
    *,
    activation_alpha: Any = None,
    activation_beta: Any = None,
    activations: Any = None,
    clip: float | None = None,
    direction: str = "forward",
    hidden_size: int | None = None,
    layout: int = 0,
    linear_before_reset: int = 0,
    output_sequence: int = 0,
) -> Any:
    """GRU, whose gates are in the order z, r, h; our operation resets after the product (linear_before_reset)."""
    names = activations or ["Sigmoid", "Tanh"] * (1 + (direction == "bidirectional"))
    layer = Layer(
        "GRU",
        x,
        weight,
        recurrence,
        bias,
        sequence_lens,
        3,
        names,
        activation_alpha,
        activation_beta,
        direction,
        layout,
        clip,
    )
    results = []
    for k, reverse in enumerate(layer.reverse):
        h0 = layer.initial(initial_h, k)
        if linear_before_reset and layer.is_usual(["sigmoid", "tanh"]):
            outputs, last = gru(layer.x, h0, *layer.transposed(k, [1, 0, 2]), layer.lengths, reverse)
            results.append((outputs, [last]))
        else:
            z, recurrent, recurrent_bias = layer.projected(k, with_recurrent_bias=False)
            step = partial(_gru_step, layer.functions(k), recurrent, recurrent_bias, bool(linear_before_reset))
            results.append(layer.unrolled(step, z, [h0], k))
    return layer.results(results)


def _gru_step(functions: list[Activation], recurrent: Any, bias: Any, is_reset_last: bool, gates: Any, h: Any) -> tuple[Any]:
    f, g = functions
    hidden = h.shape[-1]
    bias_zr, bias_h = (bias[: 2 * hidden], bias[2 * hidden :]) if np.ndim(bias) else (bias, bias)
    z, r = split_gates(f(gates[..., : 2 * hidden] + h @ recurrent[:, : 2 * hidden] + bias_zr), 2)
    if is_reset_last:
        new = g(gates[..., 2 * hidden :] + r * (h @ recurrent[:, 2 * hidden :] + bias_h))
    else:
        new = g(gates[..., 2 * hidden :] + (r * h) @ recurrent[:, 2 * hidden :] + bias_h)
    return ((1 - z) * new + z * h,)


@operator("LSTM", since=1, buffers=(5, 6))
def long_short_term_memory(
    x: Any,
    weight: Any,
    recurrence: Any,
    bias: Any = None,
    sequence_lens: Any = None,
    initial_h: Any = None,
    initial_c: Any = None,
    peepholes: Any = None,
    *,
    activation_alpha: Any = None,
    activation_beta: Any = None,
    activations: Any = None,
    clip: float | None = None,
    direction: str = "forward",
    hidden_size: int | None = None,
    input_forget: int = 0,
    layout: int = 0,
    output_sequence: int = 0,
) -> Any:
    """LSTM, whose gates are in the order i, o, f, c and peepholes in the order i, o, f."""
    names = activations or ["Sigmoid", "Tanh", "Tanh"] * (1 + (direction == "bidirectional"))
    layer = Layer(
        "LSTM",
        x,
        weight,
        recurrence,
        bias,
        sequence_lens,
        4,
        names,
        activation_alpha,
        activation_beta,
        direction,
        layout,
        clip,
    )
    if peepholes is not None and peepholes.shape != (len(layer.reverse), 3 * layer.hidden):
        raise ShapeError(f"LSTM: got peepholes of shape {peepholes.shape}, expected {(len(layer.reverse), 3 * layer.hidden)}")
    results = []
    for k, reverse in enumerate(layer.reverse):
        states = [layer.initial(initial_h, k), layer.initial(initial_c, k)]
        if peepholes is None and not input_forget and layer.is_usual(["sigmoid", "tanh", "tanh"]):
            weights = layer.transposed(k, [0, 2, 3, 1])
            outputs, last = lstm(layer.x, (states[0], states[1]), *weights, layer.lengths, reverse)
            results.append((outputs, [*last]))
        else:
            z, recurrent, _ = layer.projected(k)
            rows = None if peepholes is None else split_gates(peepholes[k], 3)
            step = partial(_lstm_step, layer.functions(k), recurrent, rows, bool(input_forget))
            results.append(layer.unrolled(step, z, states, k))
    return layer.results(results)


def _lstm_step(
    functions: list[Activation], recurrent: Any, peepholes: Any, is_coupled: bool, z: Any, h: Any, c: Any
) -> tuple[Any, Any]:
    f, g, output_activation = functions
    input_gate, output_gate, forget_gate, cell = split_gates(z + h @ recurrent, 4)
    if peepholes is not None:
        input_gate, forget_gate = input_gate + peepholes[0] * c, forget_gate + peepholes[2] * c
    i = f(input_gate)
    forget = 1 - i if is_coupled else f(forget_gate)
    c = forget * c + i * g(cell)
    o = f(output_gate if peepholes is None else output_gate + peepholes[1] * c)
    return o * output_activation(c), c
