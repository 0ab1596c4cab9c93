"""The long short-term memory."""

from functools import partial
from typing import Any

import numpy as np

from autograd import Tensor, gradients, operation, sigmoid
from nn.functional.recurrent.steps import (
    as_sequences,
    as_states,
    backward_blocks,
    bias_gradient,
    derive_gradients,
    gate_constants,
    in_computing_order,
    input_gradient,
    outputs_and_last,
    pack_gradients,
    previous_states,
    project,
    scaled,
    sequence_mask,
    split_gates,
    sum_of_biases,
    unroll,
    weight_gradient,
    without_padding,
)
from nn.functional.validation import values

#: Whether each of the gates i, f, g, o is a sigmoid; else it is tanh.
IS_SIGMOID = (True, True, False, True)


def lstm_step(z: Any, h: Any, c: Any, weight_hh: Any) -> tuple[Any, Any]:
    """The next states from z = x W_ih + b (n, 4 hidden) and the states h and c (n, hidden)."""
    i, f, g, o = split_gates(z + h @ weight_hh, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def _adjoint_definition(mask, reverse, grad, x, weight_ih, weight_hh, bias, h0, c0):
    """The result of `lstm_adjoint`, as the gradient of the cell applied step by step."""
    z = x @ weight_ih + bias
    hidden, c = unroll(lambda z, h, c: lstm_step(z, h, c, weight_hh), z, (h0, c0), mask, reverse)
    states: Any = np.concatenate([hidden, c[None]])
    return pack_gradients(*gradients(states, [z, h0, c0], grad, create_graph=True))


def _adjoint_gradients(g, grad, x, weight_ih, weight_hh, bias, h0, c0, mask, reverse):
    inputs = (grad, x, weight_ih, weight_hh, bias, h0, c0)
    return derive_gradients(partial(_adjoint_definition, mask, reverse), g, inputs)


@operation(joint_formula=_adjoint_gradients, symbol="LSTMᵀ")
def lstm_adjoint(grad, x, weight_ih, weight_hh, bias, h0, c0, /, gates, products, mask, reverse):
    """The gradients of the gates (steps, n, 4 hidden) before their activations; in one more row those of h0 and c0.

    grad: the gradient of the result of `lstm_states`; gates, products: its residuals.
    """
    steps, n, width = gates.shape
    hidden = width // 4
    out = np.empty_like(gates, shape=(steps + 1, n, width))
    grads, gates, products, slopes, mask = in_computing_order(reverse, grad[:-1], gates, products, out[:-1], mask)
    slopes_by_gate = np.reshape(slopes, (steps, n, 4, hidden))
    slopes_of_ifg, slopes_of_o = slopes_by_gate[:, :, :3], slopes_by_gate[:, :, 3]
    grad_c, carried = grad[-1].copy(), np.zeros_like(grads[0])
    grad_c_by_gate, transposed = grad_c[:, None], weight_hh.T
    for block in backward_blocks(steps, n * width):
        i, f, g, o = split_gates(gates[block], 4)
        ig, _, tanh_c = split_gates(products[block], 3)
        # The slope of each gate times its other factor. For i, with the slope i (1 − i) and the factor g, it is (1 − i) (i g).
        slopes_of_if, slope_g, slope_o = slopes[block][..., : 2 * hidden], *split_gates(slopes[block], 4)[2:]
        np.subtract(1, gates[block][..., : 2 * hidden], out=slopes_of_if)
        slopes_of_if *= products[block][..., : 2 * hidden]
        np.multiply(g, ig, out=slope_g)
        np.subtract(i, slope_g, out=slope_g)
        slopes_of_c = o * tanh_c
        np.subtract(1, o, out=slope_o)
        slope_o *= slopes_of_c
        slopes_of_c *= tanh_c
        np.subtract(o, slopes_of_c, out=slopes_of_c)
        is_over = None
        if mask is not None:
            is_over = ~mask[block]
            np.copyto(slopes[block], 0, where=is_over)
            np.copyto(slopes_of_c, 0, where=is_over)
            f = np.where(is_over, 1, f)
        rows = (grads[1:][block], slopes[block], slopes_of_ifg[block], slopes_of_o[block], slopes_of_c, f)
        for t, (grad_out, gate, gate_ifg, gate_o, slope_c, forget) in enumerate(zip(*[row[::-1] for row in rows]), 1):
            grad_h = carried + grad_out
            grad_c += grad_h * slope_c
            gate_ifg *= grad_c_by_gate
            gate_o *= grad_h
            carried = np.dot(gate, transposed)
            grad_c *= forget
            if is_over is not None:
                carried += np.where(is_over[-t], grad_h, 0)
    carried += grads[0]
    out[-1, :, :hidden], out[-1, :, hidden : 2 * hidden], out[-1, :, 2 * hidden :] = carried, grad_c, 0
    return out


def _gradients(g, x, weight_ih, weight_hh, bias, h0, c0, out, gates, products, mask, reverse):
    grads = lstm_adjoint(g, x, weight_ih, weight_hh, bias, h0, c0, gates, products, mask, reverse)
    grad_gates, hidden = grads[:-1], weight_hh.shape[0]
    return (
        lambda: input_gradient(grad_gates, weight_ih),
        lambda: weight_gradient(x, grad_gates),
        lambda: weight_gradient(previous_states(out[:-1], reverse), grad_gates),
        lambda: bias_gradient(grad_gates),
        grads[-1, :, :hidden],
        grads[-1, :, hidden : 2 * hidden],
    )


def _residual(position):
    """The definition of a residual. The adjoint takes it as a constant: its own gradient is that of its definition."""

    def residual(x, weight_ih, weight_hh, bias, h0, c0, mask, reverse):
        arrays = [values("lstm", value) for value in (x, weight_ih, weight_hh, bias, h0, c0)]
        return _forward(mask, reverse, *arrays)[position]

    return residual


def _forward(mask, reverse, x, weight_ih, weight_hh, bias, h0, c0):
    """The states; the gates (steps, n, 4 hidden); i g, f c and the tanh of the next c (steps, n, 3 hidden)."""
    (steps, n, _), hidden = x.shape, weight_hh.shape[0]
    scale, offset = gate_constants(hidden, IS_SIGMOID, weight_hh.dtype)
    gates = project(x, scaled(weight_ih, scale, x), scaled(bias, scale, x))
    weight_hh = scaled(weight_hh, scale, x)
    out = np.empty_like(gates, shape=(steps + 2, n, hidden))
    products = np.empty_like(gates, shape=(steps, n, 3 * hidden))
    h, a, p, mask = in_computing_order(reverse, out[:-1], gates, products, mask)
    h[0], c = h0, c0
    rows = (a, *split_gates(a, 4), *split_gates(p, 3), h[:-1], h[1:])
    for t, (gate, i, f, g, o, ig, fc, tanh_c, h_last, h_next) in enumerate(zip(*rows)):
        gate += np.dot(h_last, weight_hh)
        np.tanh(gate, out=gate)
        gate *= scale
        gate += offset
        np.multiply(f, c, out=fc)
        np.multiply(i, g, out=ig)
        c_next = fc + ig
        np.tanh(c_next, out=tanh_c)
        np.multiply(o, tanh_c, out=h_next)
        if mask is not None:
            np.copyto(h_next, h_last, where=~mask[t])
            c_next = np.where(mask[t], c_next, c)
        c = c_next
    out[-1] = c
    return out, gates, products


@operation(joint_formula=_gradients, residuals={"gates": _residual(1), "products": _residual(2)}, symbol="LSTM")
def lstm_states(x, weight_ih, weight_hh, bias, h0, c0, /, mask=None, reverse=False):
    """The states h of all steps and the initial one, then the last c: (steps + 2, n, hidden).

    x: (steps, n, in); weights: (in, 4 hidden) and (hidden, 4 hidden); bias: (4 hidden,); h0, c0: (n, hidden).
    mask: (steps, n, 1), False where the states keep their values; or None.
    reverse: whether the last step is computed first.
    """
    return _forward(mask, reverse, x, weight_ih, weight_hh, bias, h0, c0)


def lstm(
    x: Any,
    hx: tuple[Any, Any] | None,
    weight_ih: Any,
    weight_hh: Any,
    bias_ih: Any = None,
    bias_hh: Any = None,
    lengths: Any = None,
    reverse: bool = False,
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """All steps of one LSTM layer in one direction: `lstm_cell` for each step of x.

    x:                    (steps, n, in).
    hx:                   the initial states h and c, each (n, hidden); zeros for None.
    weight_ih, weight_hh: (in, 4 hidden) and (hidden, 4 hidden), with the gates in the order i, f, g, o.
    bias_ih, bias_hh:     (4 hidden,) or None.
    lengths:              the number of steps of each sequence, integers (n,); None for all steps. Outputs after the end are 0,
                          and the last states are those of the last valid step.
    reverse:              whether the steps are computed from the last to the first.

    Returns the outputs h of all steps (steps, n, hidden), and the last states h and c. Raises ShapeError or DataError for other
    shapes or lengths. PyTorch's LSTM and Keras's LSTM for one layer and direction; see `nn.LSTM`.
    Hochreiter and Schmidhuber (1997), Long short-term memory; with the forget gate of Gers et al. (2000).

    >>> import nn
    >>> x, weights = np.ones((5, 2, 3)), [np.ones((3, 4)), np.ones((1, 4))]
    >>> out, (h, c) = nn.functional.lstm(x, None, *weights)
    >>> out.shape, h.shape, c.shape
    ((5, 2, 1), (2, 1), (2, 1))
    """
    x = as_sequences("lstm", x, weight_ih, weight_hh, 4)
    states = as_states("lstm", (None, None) if hx is None else hx, x, weight_hh)
    mask = sequence_mask("lstm", lengths, *x.shape[:2])
    x = without_padding(x, mask)
    out = lstm_states(x, weight_ih, weight_hh, sum_of_biases("lstm", bias_ih, bias_hh, weight_hh), *states, mask, reverse)
    outputs, last = outputs_and_last(out, x.shape[0], mask, reverse)
    return outputs, (last, out[-1])


def lstm_cell(
    x: Any, hx: tuple[Any, Any], weight_ih: Any, weight_hh: Any, bias_ih: Any = None, bias_hh: Any = None
) -> tuple[Tensor, Tensor]:
    """One step of an LSTM: c' = f c + i g, h' = o tanh(c'), with the gates i, f, o = σ(…), g = tanh(…) of x W_ih + h W_hh + b.

    x: (…, in); hx: the states h and c, each (…, hidden); weights and biases as for `lstm`.

    Returns h' and c'. PyTorch's lstm_cell, whose weights are the transposes.

    >>> import nn
    >>> h, c = nn.functional.lstm_cell(np.ones((2, 3)), (np.zeros((2, 1)), np.zeros((2, 1))), np.ones((3, 4)), np.ones((1, 4)))
    >>> h.shape, c.shape
    ((2, 1), (2, 1))
    """
    h, c = hx
    return lstm_step(x @ weight_ih + sum_of_biases("lstm_cell", bias_ih, bias_hh, weight_hh), h, c, weight_hh)
