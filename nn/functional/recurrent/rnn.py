"""The simple recurrent layer of Elman."""

from functools import partial
from typing import Any

import numpy as np

from autograd import Tensor, gradients, operation, relu
from autograd.extend import short_repr
from nn.functional.recurrent.steps import (
    as_sequences,
    as_states,
    backward_blocks,
    bias_gradient,
    derive_gradients,
    in_computing_order,
    input_gradient,
    outputs_and_last,
    pack_gradients,
    previous_states,
    project,
    sequence_mask,
    sum_of_biases,
    unroll,
    weight_gradient,
    without_padding,
)
from nn.functional.validation import values


def rnn_step(z: Any, h: Any, weight_hh: Any, nonlinearity: str) -> tuple[Any]:
    """The next state from z = x W_ih + b (n, hidden) and the state h (n, hidden)."""
    z = z + h @ weight_hh
    return (np.tanh(z) if nonlinearity == "tanh" else relu(z),)


def _adjoint_definition(mask, reverse, nonlinearity, grad, x, weight_ih, weight_hh, bias, h0):
    """The result of `rnn_adjoint`, as the gradient of the cell applied step by step."""
    z = x @ weight_ih + bias
    (states,) = unroll(lambda z, h: rnn_step(z, h, weight_hh, nonlinearity), z, (h0,), mask, reverse)
    return pack_gradients(*gradients(states, [z, h0], grad, create_graph=True))


def _adjoint_gradients(g, grad, x, weight_ih, weight_hh, bias, h0, mask, reverse, nonlinearity):
    inputs = (grad, x, weight_ih, weight_hh, bias, h0)
    return derive_gradients(partial(_adjoint_definition, mask, reverse, nonlinearity), g, inputs)


@operation(joint_formula=_adjoint_gradients, symbol="RNNᵀ")
def rnn_adjoint(grad, x, weight_ih, weight_hh, bias, h0, /, states, mask, reverse, nonlinearity):
    """The gradients of z = x W_ih + h W_hh + b (steps, n, hidden); in one more row that of h0.

    grad: the gradient of the result of `rnn_states`; states: its residual.
    """
    steps, n, hidden = states.shape[0] - 1, states.shape[1], states.shape[2]
    out = np.empty_like(states, shape=(steps + 1, n, hidden))
    grads, h, slopes, mask = in_computing_order(reverse, grad, states, out[:-1], mask)
    carried, transposed = np.zeros_like(grads[0]), weight_hh.T
    for block in backward_blocks(steps, n * hidden):
        if nonlinearity == "tanh":
            np.multiply(h[1:][block], h[1:][block], out=slopes[block])
            np.subtract(1, slopes[block], out=slopes[block])
        else:
            np.greater(h[1:][block], 0, out=slopes[block], casting="unsafe")
        if mask is not None:
            np.copyto(slopes[block], 0, where=~mask[block])
        for t in range(block.start, block.stop)[::-1]:
            grad_h = carried + grads[t + 1]
            slope = slopes[t]
            slope *= grad_h
            carried = np.dot(slope, transposed)
            if mask is not None:
                carried += np.where(mask[t], 0, grad_h)
    carried += grads[0]
    out[-1] = carried
    return out


def _gradients(g, x, weight_ih, weight_hh, bias, h0, out, states, mask, reverse, nonlinearity):
    grads = rnn_adjoint(g, x, weight_ih, weight_hh, bias, h0, states, mask, reverse, nonlinearity)
    grad_z = grads[:-1]
    return (
        lambda: input_gradient(grad_z, weight_ih),
        lambda: weight_gradient(x, grad_z),
        lambda: weight_gradient(previous_states(out, reverse), grad_z),
        lambda: bias_gradient(grad_z),
        grads[-1],
    )


def _states(x, weight_ih, weight_hh, bias, h0, mask, reverse, nonlinearity):
    """The definition of the residual. The adjoint takes it as a constant: its own gradient is that of its definition."""
    arrays = [values("rnn", value) for value in (x, weight_ih, weight_hh, bias, h0)]
    return _forward(mask, reverse, nonlinearity, *arrays)


def _forward(mask, reverse, nonlinearity, x, weight_ih, weight_hh, bias, h0):
    (steps, n, _), hidden = x.shape, weight_hh.shape[0]
    inputs = project(x, weight_ih, bias)
    out = np.empty_like(inputs, shape=(steps + 1, n, hidden))
    h, z, mask = in_computing_order(reverse, out, inputs, mask)
    h[0] = h0
    for t, (z_t, h_last, h_next) in enumerate(zip(z, h[:-1], h[1:])):
        np.add(np.dot(h_last, weight_hh), z_t, out=h_next)
        if nonlinearity == "tanh":
            np.tanh(h_next, out=h_next)
        else:
            np.maximum(h_next, 0, out=h_next)
        if mask is not None:
            np.copyto(h_next, h_last, where=~mask[t])
    return out


@operation(joint_formula=_gradients, residuals={"states": _states}, symbol="RNN")
def rnn_states(x, weight_ih, weight_hh, bias, h0, /, mask=None, reverse=False, nonlinearity="tanh"):
    """The states h of all steps and the initial one: (steps + 1, n, hidden).

    x: (steps, n, in); weights: (in, hidden) and (hidden, hidden); bias: (hidden,); h0: (n, hidden).
    mask, reverse: as for `lstm_states`; nonlinearity: "tanh" or "relu".
    """
    out = _forward(mask, reverse, nonlinearity, x, weight_ih, weight_hh, bias, h0)
    return out, out


def rnn(
    x: Any,
    hx: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    lengths: Any = None,
    reverse: bool = False,
    nonlinearity: str = "tanh",
) -> tuple[Tensor, Tensor]:
    """All steps of one simple recurrent layer in one direction: `rnn_cell` for each step of x.

    x:                    (steps, n, in).
    hx:                   the initial state (n, hidden); zeros for None.
    weight_ih, weight_hh: (in, hidden) and (hidden, hidden).
    bias_ih, bias_hh:     (hidden,) or None.
    lengths, reverse:     as for `lstm`.
    nonlinearity:         "tanh" or "relu".

    Returns the outputs h of all steps (steps, n, hidden), and the last state. Raises ShapeError or DataError for other
    shapes or lengths, ValueError for another nonlinearity. PyTorch's RNN and Keras's SimpleRNN for one layer and direction;
    see `nn.RNN`.
    Elman (1990), Finding structure in time.

    >>> import nn
    >>> out, h = nn.functional.rnn(np.ones((5, 2, 3)), None, np.ones((3, 1)), np.ones((1, 1)))
    >>> out.shape, h.shape
    ((5, 2, 1), (2, 1))
    """
    check_nonlinearity("rnn", nonlinearity)
    x = as_sequences("rnn", x, weight_ih, weight_hh, 1)
    states = as_states("rnn", (hx,), x, weight_hh)
    mask, bias = sequence_mask("rnn", lengths, *x.shape[:2]), sum_of_biases("rnn", bias_ih, bias_hh, weight_hh)
    x = without_padding(x, mask)
    out = rnn_states(x, weight_ih, weight_hh, bias, *states, mask, reverse, nonlinearity)
    return outputs_and_last(out, x.shape[0], mask, reverse)


def rnn_cell(
    x: Any,
    hx: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    nonlinearity: str = "tanh",
) -> Tensor:
    """One step of a simple recurrent layer: h' = tanh(x W_ih + b_ih + h W_hh + b_hh), or relu(…).

    x: (…, in); hx: the state h (…, hidden); weights, biases and nonlinearity as for `rnn`.

    PyTorch's rnn_tanh_cell and rnn_relu_cell, whose weights are the transposes.

    >>> import nn
    >>> nn.functional.rnn_cell(np.ones((2, 3)), np.zeros((2, 1)), np.ones((3, 1)), np.ones((1, 1))).shape
    (2, 1)
    """
    check_nonlinearity("rnn_cell", nonlinearity)
    z = x @ weight_ih + sum_of_biases("rnn_cell", bias_ih, bias_hh, weight_hh)
    return rnn_step(z, hx, weight_hh, nonlinearity)[0]


def check_nonlinearity(name: str, nonlinearity: str) -> None:
    """Raise ValueError unless the nonlinearity is "tanh" or "relu"."""
    if nonlinearity not in ("tanh", "relu"):
        raise ValueError(f"{name}: nonlinearity must be 'tanh' or 'relu', not {short_repr(nonlinearity)}")
