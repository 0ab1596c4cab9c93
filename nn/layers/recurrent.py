"""Recurrent layers: RNN, GRU and LSTM."""

import math
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

import numpy as np

from autograd import DataError, ShapeError, default_dtype
from autograd.extend import short_repr
from nn.functional.dropout import dropout
from nn.functional.recurrent.gru import gru
from nn.functional.recurrent.lstm import lstm
from nn.functional.recurrent.rnn import check_nonlinearity, rnn
from nn.init import Initializer, initialize, zeros
from nn.module.module import Module
from nn.module.parameter import Parameter
from nn.placeholders import placeholder
from nn.random import Rng, generator
from nn.validation import as_input, check_fraction, check_sizes, with_module_name

PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
Parameters: TypeAlias = tuple[Any, Any, Any, Any]


def initial_weights(
    owner: str, sizes: Sequence[int], gates: int, bias: bool, init: str | Initializer | None, rng: Any
) -> dict[str, Parameter | None]:
    """The parameters weight_ih, weight_hh, bias_ih and bias_hh of a cell; sizes: input_size and hidden_size."""
    if not isinstance(bias, bool | np.bool):
        raise TypeError(f"{owner}: bias must be True or False, not {short_repr(bias)}")
    hidden, dtype = sizes[1], default_dtype()
    r = 1 / math.sqrt(hidden)
    arrays: dict[str, Any] = {}
    for name, size in zip(("ih", "hh"), sizes):
        if (stand_in := placeholder((size, gates * hidden))) is not None:
            arrays[f"weight_{name}"] = stand_in
        elif init is None:
            arrays[f"weight_{name}"] = rng.uniform(-r, r, (size, gates * hidden)).astype(dtype)
        else:  # gate by gate, so that the fans are those of one gate
            arrays[f"weight_{name}"] = np.concatenate([initialize(init, (size, hidden), rng) for _ in range(gates)], axis=1)
    for name in ("ih", "hh"):
        draw = rng.uniform(-r, r, gates * hidden) if init is None and bias else zeros((gates * hidden,))
        arrays[f"bias_{name}"] = draw.astype(dtype) if bias else None
    return {name: array if array is None else Parameter(array) for name, array in arrays.items()}


def set_forget_bias(owner: str, bias_ih: Any, bias_hh: Any, forget_bias: float | None) -> None:
    """Set the initial bias of the forget gate, the second of four, to a value: that of bias_ih to it and of bias_hh to 0."""
    if forget_bias is None:
        return
    if isinstance(forget_bias, bool) or not isinstance(forget_bias, int | float | np.number):
        raise TypeError(f"{owner}: forget_bias must be a number or None, not {short_repr(forget_bias)}")
    if bias_ih is None:
        raise ValueError(f"{owner}: forget_bias={forget_bias} needs bias=True")
    hidden = bias_ih.size // 4
    for bias, value in ((bias_ih, forget_bias), (bias_hh, 0)):
        bias.data[hidden : 2 * hidden] = value


class Recurrent(Module):
    """The common part of RNN, GRU and LSTM, which have the arguments of this class; see there.

    >>> import nn
    >>> isinstance(nn.GRU(3, 2), nn.layers.recurrent.Recurrent)
    True
    """

    gates: ClassVar[int]
    state_names: ClassVar[tuple[str, ...]] = ("h",)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        batch_first: bool,
        dropout: float,
        bidirectional: bool,
        init: str | Initializer | None,
        rng: Rng,
    ):
        owner = type(self).__name__
        check_sizes(owner, input_size=input_size, hidden_size=hidden_size, num_layers=num_layers)
        check_fraction(owner, "dropout", dropout, "a probability")
        for name, flag in (("batch_first", batch_first), ("bidirectional", bidirectional)):
            if not isinstance(flag, bool | np.bool):
                raise TypeError(f"{owner}: {name} must be True or False, not {short_repr(flag)}")
        if dropout and num_layers == 1:
            warnings.warn(f"{owner}: dropout={dropout} acts between layers, and num_layers is 1", stacklevel=3)
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout, self.bidirectional = bias, batch_first, dropout, bidirectional
        self.rng = None if rng is None else generator(rng)
        directions = len(self._suffixes(0))
        for layer in range(num_layers):
            sizes = (directions * hidden_size if layer else input_size, hidden_size)
            for suffix in self._suffixes(layer):
                weights = initial_weights(owner, sizes, self.gates, bias, init, generator(self.rng))
                for name, parameter in weights.items():
                    setattr(self, name + suffix, parameter)

    def _suffixes(self, layer: int) -> list[str]:
        """The ends of the parameter names of a layer, one for each direction."""
        return [f"_l{layer}", f"_l{layer}_reverse"][: 1 + self.bidirectional]

    def _parameters_of(self, suffix: str) -> Parameters:
        weight_ih, weight_hh, bias_ih, bias_hh = (getattr(self, name + suffix) for name in PARAMETERS)
        return weight_ih, weight_hh, bias_ih, bias_hh

    def _run(self, x: Any, states: list[Any], parameters: Parameters, lengths: Any, reverse: bool) -> tuple[Any, Any]:
        """The outputs of one layer in one direction and its last states, a list; `states`: the initial ones."""
        raise NotImplementedError

    def forward(self, x: Any, hx: Any = None, lengths: Any = None) -> Any:
        x = as_input(self, x)
        is_batched = x.ndim == 3
        self._check_input(x, is_batched, lengths)
        if not is_batched:
            x = np.expand_dims(x, 1)
        elif self.batch_first:
            x = np.swapaxes(x, 0, 1)
        states = self._initial_states(hx, x.shape[1], is_batched)
        last: list[Any] = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                x = dropout(x, self.dropout, True, True, self.rng)
            outputs = []
            for suffix in self._suffixes(layer):
                initial = [None if state is None else state[len(last)] for state in states]
                reverse = suffix.endswith("reverse")
                try:
                    output, final = self._run(x, initial, self._parameters_of(suffix), lengths, reverse)
                except (ShapeError, DataError) as error:
                    raise with_module_name(self, error) from None
                outputs.append(output)
                last.append(final)
            x = np.concatenate(outputs, axis=-1) if self.bidirectional else outputs[0]
        # (layers · directions, n, hidden); one state alone needs no copy
        final_states = [np.stack(state) if len(state) > 1 else state[0][None] for state in zip(*last)]
        if not is_batched:
            x, final_states = np.squeeze(x, 1), [np.squeeze(state, 1) for state in final_states]
        elif self.batch_first:
            x = np.swapaxes(x, 0, 1)
        return x, final_states[0] if len(final_states) == 1 else tuple(final_states)

    def _check_input(self, x: Any, is_batched: bool, lengths: Any) -> None:
        """Raise ShapeError unless x is a batch of sequences or, without lengths, one sequence."""
        axes = "n, steps" if self.batch_first else "steps, n"
        fits = x.ndim in (2, 3) and x.shape[-1] == self.input_size and (is_batched or lengths is None)
        steps = x.shape[1 if is_batched and self.batch_first else 0] if fits else 0
        if not fits or not steps:
            single = f"(steps, {self.input_size}) for one sequence" if lengths is None else "one length for each sequence"
            raise ShapeError(
                f"{self.qualified_name()}: got an input of shape {x.shape}, expected ({axes}, {self.input_size}), with 1 step "
                f"or more and batch_first={self.batch_first}, or {single}"
            )

    def _initial_states(self, hx: Any, n: int, is_batched: bool) -> list[Any]:
        """The initial states of all layers and directions, each (layers · directions, n, hidden); None for zeros."""
        if hx is None:
            return [None for _ in self.state_names]
        count = len(self.state_names)
        states = [hx] if count == 1 else list(hx) if isinstance(hx, tuple | list) else []
        if len(states) != count:
            raise TypeError(
                f"{self.qualified_name()}: hx must be a tuple of {' and '.join(self.state_names)}, not {short_repr(hx)}"
            )
        states = [as_input(self, state) for state in states]
        layers = self.num_layers * len(self._suffixes(0))
        shape = (layers, n, self.hidden_size) if is_batched else (layers, self.hidden_size)
        for name, state in zip(self.state_names, states):
            if state.shape != shape:
                raise ShapeError(
                    f"{self.qualified_name()}: got an initial state {name} of shape {state.shape}, expected {shape}, "
                    "with the layers and directions first"
                )
        return states if is_batched else [np.expand_dims(state, 1) for state in states]

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        defaults = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}
        options = [f"{name}={getattr(self, name)}" for name, value in defaults.items() if getattr(self, name) != value]
        return ", ".join([text, *options])


class RNN(Recurrent):
    """Simple recurrent layer of Elman: h_t = tanh(x_t W_ih + b_ih + h_{t−1} W_hh + b_hh), or relu(…).

    input_size, hidden_size: sizes of the last axis of the input and of the state.
    num_layers:    number of layers; each takes the outputs of the one before.
    nonlinearity:  "tanh" or "relu".
    bias:          whether the layers have biases.
    batch_first:   False, as in PyTorch, for inputs (steps, n, input_size); True for (n, steps, input_size), as in Keras. Both
                   run without an error on either kind of data, so set it with care.
    dropout:       dropout rate of the outputs of all layers except the last, in training.
    bidirectional: whether each layer has a second direction, from the last step to the first; its outputs are appended.
    init:          name of an initializer, or a function of (shape, rng), for the weights of each gate, with biases 0; by
                   default weights and biases are U(±1/√hidden_size), as in PyTorch.
    rng:           generator or seed of the initial weights and of dropout; the global generator by default.

    layer(x, hx=None, lengths=None) returns the outputs (steps, n, directions · hidden_size), or with the batch first, and the
    last state (layers · directions, n, hidden_size).

    x:       (steps, n, input_size), or (n, steps, input_size) if batch_first, or (steps, input_size) for one sequence.
    hx:      the initial state, of the shape of the last one; zeros by default.
    lengths: numbers of steps of the sequences (n,), for padded batches: outputs after the end are 0, and the last state is that
             of the last valid step. PyTorch has pack_padded_sequence for that, Keras masks.

    Parameters have PyTorch's names: weight_ih_l0 (input_size, hidden_size), weight_hh_l0 (hidden_size, hidden_size), bias_ih_l0
    and bias_hh_l0 (hidden_size,), also for further layers l1 … and with the end _reverse. The weights are the transposes of
    PyTorch's; `nn.to_pytorch` and `nn.from_pytorch` convert them.

    Truncated back-propagation through time: start each piece of a long sequence with the last state of the one before, without
    its graph.

    PyTorch's RNN; Keras's SimpleRNN, which has one bias. Raises ShapeError or DataError for other shapes or lengths.
    Elman (1990), Finding structure in time; Werbos (1990), Backpropagation through time.

    >>> import nn
    >>> layer, state = nn.RNN(3, 2, rng=0), None
    >>> for piece in np.ones((4, 25, 1, 3)):  # a sequence of 100 steps in pieces of 25
    ...     outputs, state = layer(piece, state)
    ...     outputs.sum().backward()
    ...     state = state.detach()
    >>> outputs.shape, state.shape
    ((25, 1, 2), (1, 1, 2))
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        check_nonlinearity("RNN", nonlinearity)
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, init, rng)
        self.nonlinearity = nonlinearity

    def _run(self, x: Any, states: list[Any], parameters: Parameters, lengths: Any, reverse: bool) -> tuple[Any, Any]:
        output, last = rnn(x, states[0], *parameters, lengths=lengths, reverse=reverse, nonlinearity=self.nonlinearity)
        return output, [last]

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity!r}")


class GRU(Recurrent):
    """Gated recurrent unit: h_t = (1 − z) n + z h_{t−1}, with a reset gate r and an update gate z.

    r = σ(x_t W_ir + b_ir + h W_hr + b_hr), z = σ(x_t W_iz + b_iz + h W_hz + b_hz), and
    n = tanh(x_t W_in + b_in + r (h W_hn + b_hn)).

    Arguments, calls and parameter names as for RNN. weight_ih_l0 is (input_size, 3 hidden_size), with the gates in PyTorch's
    order r, z, n.

    PyTorch's GRU. Keras's GRU with its default reset_after=True, which has the gates in the order z, r, n; with
    reset_after=False, as in the paper, n is tanh(x W_in + (r h) W_hn + b_n), which this layer does not compute.
    Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for statistical machine translation.

    >>> import nn
    >>> outputs, h = nn.GRU(3, 2, batch_first=True)(np.ones((4, 5, 3)), lengths=[5, 1, 2, 5])
    >>> outputs.shape, h.shape, outputs[1, 1:].tolist()[0]
    ((4, 5, 2), (1, 4, 2), [0.0, 0.0])
    """

    gates = 3

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, init, rng)

    def _run(self, x: Any, states: list[Any], parameters: Parameters, lengths: Any, reverse: bool) -> tuple[Any, Any]:
        output, last = gru(x, states[0], *parameters, lengths=lengths, reverse=reverse)
        return output, [last]


class LSTM(Recurrent):
    """Long short-term memory: c_t = f c_{t−1} + i g, h_t = o tanh(c_t), with the gates i, f, g, o.

    i, f, o = σ(x_t W + b + h_{t−1} W_h + b_h), each with its own weights, and g = tanh(…) likewise. Where f is near 1,
    gradients pass through c over many steps.

    Arguments, calls and parameter names as for RNN. weight_ih_l0 is (input_size, 4 hidden_size), with the gates in PyTorch's
    order i, f, g, o. hx and the last state are tuples of h and c.

    forget_bias: initial bias of the forget gate, such as 1.0, so that the layer remembers in the beginning (Gers et al. 2000;
                 Jozefowicz et al. 2015); by default it is initialized as the other biases.

    PyTorch's LSTM, without proj_size; Keras's LSTM, whose unit_forget_bias=True is forget_bias=1.0, and whose gates i, f, c, o
    have the same order. Hochreiter and Schmidhuber (1997), Long short-term memory.

    >>> import nn
    >>> outputs, (h, c) = nn.LSTM(3, 2, forget_bias=1.0, rng=0)(np.ones((5, 4, 3)))
    >>> outputs.shape, h.shape, c.shape, bool((outputs[-1] == h[0]).all())
    ((5, 4, 2), (1, 4, 2), (1, 4, 2), True)
    """

    gates = 4
    state_names = ("h", "c")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        forget_bias: float | None = None,
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, init, rng)
        for layer in range(num_layers):
            for suffix in self._suffixes(layer):
                _, _, bias_ih, bias_hh = self._parameters_of(suffix)
                set_forget_bias("LSTM", bias_ih, bias_hh, forget_bias)

    def _run(self, x: Any, states: list[Any], parameters: Parameters, lengths: Any, reverse: bool) -> tuple[Any, Any]:
        hx = None if states[0] is None else (states[0], states[1])
        return lstm(x, hx, *parameters, lengths=lengths, reverse=reverse)
