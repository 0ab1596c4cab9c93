"""The reference: the step of an LSTM layer written in NumPy, with preallocated buffers and views."""

import numpy as np

from benchmarks.recurrent.inputs import lstm_inputs
from benchmarks.workloads import SGD_RATE

BLOCK_ELEMENTS = 2**16  # of the gates of the steps whose slopes are computed together


def lstm(workload):
    x, y, weights = lstm_inputs(workload)
    steps, n, hidden, width = workload.steps, workload.batch, workload.hidden, 4 * workload.hidden
    flat = np.concatenate([array.ravel() for array in weights.values()])
    flat_gradient = np.empty_like(flat)
    weight_ih, weight_hh, bias_ih, bias_hh = views(flat, weights)
    grad_ih, grad_hh, grad_bias_ih, grad_bias_hh = views(flat_gradient, weights)
    scale = np.repeat(np.float32([0.5, 0.5, 1, 0.5]), hidden)
    offset = np.repeat(np.float32([0.5, 0.5, 0, 0.5]), hidden)
    ones = np.ones(steps * n, np.float32)
    scaled_ih, scaled_hh, scaled_bias = np.empty_like(weight_ih), np.empty_like(weight_hh), np.empty_like(bias_ih)
    rows = x.reshape(steps * n, -1)

    def zeros(*shape):
        return np.zeros(shape, np.float32)

    gates, slopes, products = zeros(steps, n, width), zeros(steps, n, width), zeros(steps, n, 3 * hidden)
    h, c, slope_c, grad = (zeros(steps + k, n, hidden) for k in (1, 1, 0, 0))
    product, scratch, grad_h, grad_c, carried = zeros(n, width), *(zeros(n, hidden) for _ in range(4))
    i, f, g, o = (gates[..., k * hidden : (k + 1) * hidden] for k in range(4))
    ig, fc, tanh_c = (products[..., k * hidden : (k + 1) * hidden] for k in range(3))
    slope_g, slope_o = (slopes[..., k * hidden : (k + 1) * hidden] for k in (2, 3))
    of_if, slopes_of_if, products_of_if = (array[..., : 2 * hidden] for array in (gates, slopes, products))
    by_gate = slopes.reshape(steps, n, 4, hidden)
    forward_views = list(zip(gates, i, f, g, o, ig, fc, tanh_c, h, h[1:], c, c[1:]))
    backward_views = list(zip(grad, slopes, by_gate[:, :, :3], by_gate[:, :, 3], slope_c, f))
    size = max(1, BLOCK_ELEMENTS // (n * width))
    blocks = []
    for stop in range(steps, 0, -size):
        k = slice(max(0, stop - size), stop)
        arrays = (of_if, slopes_of_if, products_of_if, i, g, o, ig, tanh_c, slope_g, slope_o, slope_c)
        blocks.append(([array[k] for array in arrays], backward_views[k][::-1]))
    grad_c_column, transposed = grad_c[:, None], weight_hh.T
    h_rows, slope_rows, gate_rows = h[:-1].reshape(steps * n, -1), slopes.reshape(steps * n, -1), gates.reshape(steps * n, -1)
    factor = np.float32(2 / y.size)

    def step():
        np.multiply(weight_ih, scale, out=scaled_ih)
        np.multiply(weight_hh, scale, out=scaled_hh)
        np.add(bias_ih, bias_hh, out=scaled_bias)
        np.multiply(scaled_bias, scale, out=scaled_bias)
        np.matmul(rows, scaled_ih, out=gate_rows)
        np.add(gate_rows, scaled_bias, out=gate_rows)
        for gate, i, f, g, o, ig, fc, tanh_c, h_last, h_next, c_last, c_next in forward_views:
            h_last.dot(scaled_hh, product)
            np.add(gate, product, gate)
            np.tanh(gate, gate)
            np.multiply(gate, scale, gate)
            np.add(gate, offset, gate)
            np.multiply(f, c_last, fc)
            np.multiply(i, g, ig)
            np.add(fc, ig, c_next)
            np.tanh(c_next, tanh_c)
            np.multiply(o, tanh_c, h_next)
        np.subtract(h[1:], y, out=grad)
        loss = np.vdot(grad, grad) / y.size
        np.multiply(grad, factor, out=grad)
        grad_c[...] = 0
        carried[...] = 0
        for (of_if, slopes_of_if, products_of_if, i, g, o, ig, tanh_c, slope_g, slope_o, slope_c), views in blocks:
            np.subtract(1, of_if, slopes_of_if)
            np.multiply(slopes_of_if, products_of_if, slopes_of_if)
            np.multiply(g, ig, slope_g)
            np.subtract(i, slope_g, slope_g)
            np.multiply(o, tanh_c, slope_c)
            np.subtract(1, o, slope_o)
            np.multiply(slope_o, slope_c, slope_o)
            np.multiply(slope_c, tanh_c, slope_c)
            np.subtract(o, slope_c, slope_c)
            for grad_out, gate, gate_ifg, gate_o, slope_of_c, forget in views:
                np.add(carried, grad_out, grad_h)
                np.multiply(grad_h, slope_of_c, scratch)
                np.add(grad_c, scratch, grad_c)
                np.multiply(gate_ifg, grad_c_column, gate_ifg)
                np.multiply(gate_o, grad_h, gate_o)
                gate.dot(transposed, carried)
                np.multiply(grad_c, forget, grad_c)
        np.matmul(rows.T, slope_rows, out=grad_ih)
        np.matmul(h_rows.T, slope_rows, out=grad_hh)
        np.dot(ones, slope_rows, out=grad_bias_ih)
        grad_bias_hh[...] = grad_bias_ih
        np.multiply(flat_gradient, np.float32(SGD_RATE), out=flat_gradient)
        np.subtract(flat, flat_gradient, out=flat)
        return loss

    return step


def views(flat, arrays):
    """Views of the arrays that are stored one after another."""
    result, start = [], 0
    for array in arrays.values():
        result.append(flat[start : start + array.size].reshape(array.shape))
        start += array.size
    return result
