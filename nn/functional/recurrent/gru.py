"""The gated recurrent unit."""

from functools import partial
from typing import Any

import numpy as np

from autograd import Tensor, gradients, operation, sigmoid
from nn.functional.recurrent.steps import (
    as_bias,
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
    split_gates,
    unroll,
    weight_gradient,
    without_padding,
)
from nn.functional.validation import values


def gru_step(z: Any, h: Any, weight_hh: Any, bias_hh: Any) -> tuple[Any]:
    """The next state from z = x W_ih + b_ih (n, 3 hidden) and the state h (n, hidden)."""
    input_r, input_z, input_n = split_gates(z, 3)
    hidden_r, hidden_z, hidden_n = split_gates(h @ weight_hh + bias_hh, 3)
    r, z = sigmoid(input_r + hidden_r), sigmoid(input_z + hidden_z)
    n = np.tanh(input_n + r * hidden_n)
    return ((1 - z) * n + z * h,)


def _adjoint_definition(mask, reverse, grad, x, weight_ih, weight_hh, bias_ih, bias_hh, h0):
    """The result of `gru_adjoint`, as the gradient of the cell applied step by step."""
    z = x @ weight_ih + bias_ih
    inputs: Any = np.concatenate([z, np.broadcast_to(bias_hh, z.shape)], axis=-1)  # of both sides, step by step
    width = bias_hh.shape[0]
    (states,) = unroll(lambda row, h: gru_step(row[:, :width], h, weight_hh, row[:, width:]), inputs, (h0,), mask, reverse)
    grad_inputs, grad_h0 = gradients(states, [inputs, h0], grad, create_graph=True)
    r, z, n, _, _, hidden_n = split_gates(grad_inputs, 6)
    return pack_gradients(np.concatenate([n, r, z, hidden_n], axis=-1), grad_h0)


def _adjoint_gradients(g, grad, x, weight_ih, weight_hh, bias_ih, bias_hh, h0, mask, reverse):
    inputs = (grad, x, weight_ih, weight_hh, bias_ih, bias_hh, h0)
    return derive_gradients(partial(_adjoint_definition, mask, reverse), g, inputs)


@operation(joint_formula=_adjoint_gradients, symbol="GRUᵀ")
def gru_adjoint(grad, x, weight_ih, weight_hh, bias_ih, bias_hh, h0, /, gates, mask, reverse):
    """The gradients of n, r, z before their activations and of h W_hn + b_hn (steps, n, 4 hidden); in one more row that of h0.

    grad: the gradient of the result of `gru_states`; gates: its residual.
    """
    steps, n, hidden = gates.shape[0], gates.shape[1], gates.shape[2] // 5
    width = 4 * hidden
    out = np.empty_like(gates, shape=(steps + 1, n, width))
    grads, gates, slopes, mask = in_computing_order(reverse, grad, gates, out[:-1], mask)
    carried, transposed = np.zeros_like(grads[0]), weight_hh.T
    for block in backward_blocks(steps, n * width):
        r, z, new, hidden_n, difference = split_gates(gates[block], 5)
        slope_n, slope_r, slope_z, slope_hidden = split_gates(slopes[block], 4)
        np.multiply(r, np.subtract(1, r), out=slope_r)
        slope_r *= hidden_n
        complement = np.subtract(1, z)
        np.multiply(z, complement, out=slope_z)
        slope_z *= difference
        np.multiply(new, new, out=slope_n)
        np.subtract(1, slope_n, out=slope_n)
        slope_n *= complement
        if mask is not None:
            is_over = ~mask[block]
            np.copyto(slopes[block], 0, where=is_over)
            z = np.where(is_over, 1, z)
        rows = (grads[1:][block], slope_n, slope_r, slope_z, slope_hidden, slopes[block][..., hidden:], r, z)
        for grad_out, gate_n, gate_r, gate_z, gate_hidden, gates_of_hidden, reset, update in zip(*[row[::-1] for row in rows]):
            grad_h = carried + grad_out
            gate_n *= grad_h
            gate_r *= gate_n
            gate_z *= grad_h
            np.multiply(gate_n, reset, out=gate_hidden)
            carried = np.dot(gates_of_hidden, transposed)
            grad_h *= update
            carried += grad_h
    carried += grads[0]
    out[-1, :, :hidden], out[-1, :, hidden:] = carried, 0
    return out


def _gradients(g, x, weight_ih, weight_hh, bias_ih, bias_hh, h0, out, gates, mask, reverse):
    grads = gru_adjoint(g, x, weight_ih, weight_hh, bias_ih, bias_hh, h0, gates, mask, reverse)
    hidden = weight_hh.shape[0]
    of_hidden = grads[:-1, :, hidden:]
    of_inputs = np.concatenate([of_hidden[..., : 2 * hidden], grads[:-1, :, :hidden]], axis=-1)
    return (
        lambda: input_gradient(of_inputs, weight_ih),
        lambda: weight_gradient(x, of_inputs),
        lambda: weight_gradient(previous_states(out, reverse), of_hidden),
        lambda: bias_gradient(of_inputs),
        lambda: bias_gradient(of_hidden),
        grads[-1, :, :hidden],
    )


def _gates(x, weight_ih, weight_hh, bias_ih, bias_hh, h0, mask, reverse):
    """The definition of the residual. The adjoint takes it as a constant: its own gradient is that of its definition."""
    arrays = [values("gru", value) for value in (x, weight_ih, weight_hh, bias_ih, bias_hh, h0)]
    return _forward(mask, reverse, *arrays)[1]


def _forward(mask, reverse, x, weight_ih, weight_hh, bias_ih, bias_hh, h0):
    """The states, and (steps, n, 5 hidden): r, z, n, h W_hn + b_hn and h − n of each step."""
    (steps, n, _), hidden = x.shape, weight_hh.shape[0]
    inputs = project(x, weight_ih, bias_ih)
    out = np.empty_like(inputs, shape=(steps + 1, n, hidden))
    gates = np.empty_like(inputs, shape=(steps, n, 5 * hidden))
    h, a, z, mask = in_computing_order(reverse, out, gates, inputs, mask)
    h[0] = h0
    rows = (z[..., : 2 * hidden], z[..., 2 * hidden :], a[..., : 2 * hidden], *split_gates(a, 5), h[:-1], h[1:])
    for t, (inputs_of_rz, input_n, rz, r, update, new, hidden_n, difference, h_last, h_next) in enumerate(zip(*rows)):
        product = np.dot(h_last, weight_hh)
        product += bias_hh
        np.add(inputs_of_rz, product[:, : 2 * hidden], out=rz)
        rz *= 0.5  # sigmoid(z) = ½ + ½ tanh(z / 2)
        np.tanh(rz, out=rz)
        rz *= 0.5
        rz += 0.5
        hidden_n[...] = product[:, 2 * hidden :]
        np.multiply(r, hidden_n, out=new)
        new += input_n
        np.tanh(new, out=new)
        np.subtract(h_last, new, out=difference)
        np.multiply(difference, update, out=h_next)
        h_next += new
        if mask is not None:
            np.copyto(h_next, h_last, where=~mask[t])
    return out, gates


@operation(joint_formula=_gradients, residuals={"gates": _gates}, symbol="GRU")
def gru_states(x, weight_ih, weight_hh, bias_ih, bias_hh, h0, /, mask=None, reverse=False):
    """The states h of all steps and the initial one: (steps + 1, n, hidden).

    x: (steps, n, in); weights: (in, 3 hidden) and (hidden, 3 hidden); biases: (3 hidden,); h0: (n, hidden).
    mask, reverse: as for `lstm_states`.
    """
    return _forward(mask, reverse, x, weight_ih, weight_hh, bias_ih, bias_hh, h0)


def gru(
    x: Any,
    hx: Any,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    lengths: Any = None,
    reverse: bool = False,
) -> tuple[Tensor, Tensor]:
    """All steps of one GRU layer in one direction: `gru_cell` for each step of x.

    x:                    (steps, n, in).
    hx:                   the initial state (n, hidden); zeros for None.
    weight_ih, weight_hh: (in, 3 hidden) and (hidden, 3 hidden), with the gates in the order r, z, n.
    bias_ih, bias_hh:     (3 hidden,) or None.
    lengths, reverse:     as for `lstm`.

    Returns the outputs h of all steps (steps, n, hidden), and the last state. Raises ShapeError or DataError for other
    shapes or lengths. PyTorch's GRU and Keras's GRU(reset_after=True) for one layer and direction; see `nn.GRU`.
    Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for statistical machine translation.

    >>> import nn
    >>> out, h = nn.functional.gru(np.ones((5, 2, 3)), None, np.ones((3, 3)), np.ones((1, 3)))
    >>> out.shape, h.shape
    ((5, 2, 1), (2, 1))
    """
    x = as_sequences("gru", x, weight_ih, weight_hh, 3)
    states = as_states("gru", (hx,), x, weight_hh)
    mask, biases = sequence_mask("gru", lengths, *x.shape[:2]), [as_bias("gru", bias, weight_hh) for bias in (bias_ih, bias_hh)]
    x = without_padding(x, mask)
    out = gru_states(x, weight_ih, weight_hh, *biases, *states, mask, reverse)
    return outputs_and_last(out, x.shape[0], mask, reverse)


def gru_cell(x: Any, hx: Any, weight_ih: Any, weight_hh: Any, bias_ih: Any = None, bias_hh: Any = None) -> Tensor:
    """One step of a GRU: h' = (1 − z) n + z h.

    r = σ(x W_ir + b_ir + h W_hr + b_hr), z = σ(x W_iz + b_iz + h W_hz + b_hz), n = tanh(x W_in + b_in + r (h W_hn + b_hn)).

    x: (…, in); hx: the state h (…, hidden); weights and biases as for `gru`.

    PyTorch's gru_cell, whose weights are the transposes.

    >>> import nn
    >>> nn.functional.gru_cell(np.ones((2, 3)), np.zeros((2, 1)), np.ones((3, 3)), np.ones((1, 3))).shape
    (2, 1)
    """
    return gru_step(
        x @ weight_ih + as_bias("gru_cell", bias_ih, weight_hh), hx, weight_hh, as_bias("gru_cell", bias_hh, weight_hh)
    )[0]
