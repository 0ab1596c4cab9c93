"""Recurrent cells: one step of a recurrent layer."""

from typing import Any, ClassVar

import numpy as np

from autograd import DataError, ShapeError, Tensor
from autograd.extend import short_repr
from nn.functional.recurrent.gru import gru_cell
from nn.functional.recurrent.lstm import lstm_cell
from nn.functional.recurrent.rnn import check_nonlinearity, rnn_cell
from nn.init import Initializer
from nn.layers.recurrent import PARAMETERS, Parameters, initial_weights, set_forget_bias
from nn.module.module import Module
from nn.random import Rng, generator
from nn.validation import as_input, check_sizes, with_module_name


class RecurrentCell(Module):
    """The common part of RNNCell, GRUCell and LSTMCell.

    >>> import nn
    >>> isinstance(nn.GRUCell(3, 2), nn.layers.recurrent_cells.RecurrentCell)
    True
    """

    gates: ClassVar[int]
    state_names: ClassVar[tuple[str, ...]] = ("h",)

    def __init__(self, input_size: int, hidden_size: int, bias: bool, init: str | Initializer | None, rng: Rng):
        owner = type(self).__name__
        check_sizes(owner, input_size=input_size, hidden_size=hidden_size)
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        for name, parameter in initial_weights(
            owner, (input_size, hidden_size), self.gates, bias, init, generator(rng)
        ).items():
            setattr(self, name, parameter)

    def _parameters(self) -> Parameters:
        weight_ih, weight_hh, bias_ih, bias_hh = (getattr(self, name) for name in PARAMETERS)
        return weight_ih, weight_hh, bias_ih, bias_hh

    def _checked(self, x: Any, hx: Any) -> tuple[Any, list[Any]]:
        """The input and the states; raises ShapeError unless they are (…, input_size) and (…, hidden_size)."""
        x, count = as_input(self, x), len(self.state_names)
        if x.ndim not in (1, 2) or x.shape[-1] != self.input_size:
            raise ShapeError(
                f"{self.qualified_name()}: got an input of shape {x.shape}, expected (n, {self.input_size}) or "
                f"({self.input_size},)"
            )
        shape = (*x.shape[:-1], self.hidden_size)
        if hx is None:
            return x, [np.zeros(shape, self._parameters()[0].dtype) for _ in range(count)]
        states = [hx] if count == 1 else list(hx) if isinstance(hx, tuple | list) else []
        if len(states) != count:
            raise TypeError(
                f"{self.qualified_name()}: hx must be a tuple of {' and '.join(self.state_names)}, not {short_repr(hx)}"
            )
        states = [as_input(self, state) for state in states]
        for name, state in zip(self.state_names, states):
            if state.shape != shape:
                raise ShapeError(f"{self.qualified_name()}: got a state {name} of shape {state.shape}, expected {shape}")
        return x, states

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class RNNCell(RecurrentCell):
    """One step of a simple recurrent layer: h' = tanh(x W_ih + b_ih + h W_hh + b_hh), or relu(…).

    Arguments as for RNN. cell(x, hx=None) takes x (n, input_size) or (input_size,) and the state h (n, hidden_size) or
    (hidden_size,), zeros by default, and returns h'. A loop over a cell takes many times longer than an RNN.

    PyTorch's RNNCell, whose weights are the transposes; Keras's SimpleRNNCell. Raises ShapeError for other shapes.

    >>> import nn
    >>> cell = nn.RNNCell(3, 2)
    >>> cell(np.ones((4, 3))).shape, cell(np.ones(3), np.zeros(2)).shape
    ((4, 2), (2,))
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        check_nonlinearity("RNNCell", nonlinearity)
        super().__init__(input_size, hidden_size, bias, init, rng)
        self.nonlinearity = nonlinearity

    def forward(self, x: Any, hx: Any = None) -> Tensor:
        x, states = self._checked(x, hx)
        try:
            return rnn_cell(x, states[0], *self._parameters(), nonlinearity=self.nonlinearity)
        except DataError as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity!r}")


class GRUCell(RecurrentCell):
    """One step of a GRU: h' = (1 − z) n + z h; see GRU for the gates.

    Arguments as for GRU; calls as for RNNCell.

    PyTorch's GRUCell, whose weights are the transposes; Keras's GRUCell with reset_after=True.

    >>> import nn
    >>> nn.GRUCell(3, 2)(np.ones((4, 3))).shape
    (4, 2)
    """

    gates = 3

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, init: str | Initializer | None = None, rng: Rng = None
    ):
        super().__init__(input_size, hidden_size, bias, init, rng)

    def forward(self, x: Any, hx: Any = None) -> Tensor:
        x, states = self._checked(x, hx)
        try:
            return gru_cell(x, states[0], *self._parameters())
        except DataError as error:
            raise with_module_name(self, error) from None


class LSTMCell(RecurrentCell):
    """One step of an LSTM: c' = f c + i g, h' = o tanh(c'); see LSTM for the gates.

    Arguments as for LSTM. cell(x, hx=None) takes the states as a tuple of h and c, and returns h' and c'.

    PyTorch's LSTMCell, whose weights are the transposes; Keras's LSTMCell.

    >>> import nn
    >>> h, c = nn.LSTMCell(3, 2)(np.ones((4, 3)))
    >>> h.shape, c.shape
    ((4, 2), (4, 2))
    """

    gates = 4
    state_names = ("h", "c")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        forget_bias: float | None = None,
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        super().__init__(input_size, hidden_size, bias, init, rng)
        _, _, bias_ih, bias_hh = self._parameters()
        set_forget_bias("LSTMCell", bias_ih, bias_hh, forget_bias)

    def forward(self, x: Any, hx: Any = None) -> tuple[Tensor, Tensor]:
        x, states = self._checked(x, hx)
        try:
            return lstm_cell(x, (states[0], states[1]), *self._parameters())
        except DataError as error:
            raise with_module_name(self, error) from None
