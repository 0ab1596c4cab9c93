"""The GPT in NumPy, with preallocated buffers and all weights in one array: the algorithm of `nn.functional.attention`."""

import numpy as np

from benchmarks.gpt.inputs import gpt_inputs
from benchmarks.reference_updates import make_update

GELU_SLOPE, GELU_CUBE = (2 / np.pi) ** 0.5, 0.044715


def gpt(workload):
    tokens, targets, initial = gpt_inputs(workload)
    flat = np.concatenate([array.ravel() for array in initial.values()])
    flat_gradient = np.zeros_like(flat)
    weights, gradients = views(flat, initial), views(flat_gradient, initial)
    n, rows, width = workload.batch, tokens.size, workload.width
    vocabulary = workload.vocabulary
    embedding, embedding_gradient = weights["embedding.weight"], gradients["embedding.weight"]
    positions = weights["positions.weight"]
    layers = [
        (
            Attention(workload, weights, gradients, f"blocks.layers.{i}."),
            FeedForward(workload, weights, gradients, f"blocks.layers.{i}."),
        )
        for i in range(workload.layers)
    ]
    norm = Norm(rows, width, weights, gradients, "blocks.norm.")
    x, g = np.empty((rows, width), np.float32), np.empty((rows, width), np.float32)
    scores, ones = np.empty((rows, vocabulary), np.float32), np.ones(vocabulary, np.float32)
    starts, labels = np.arange(rows) * vocabulary, targets.ravel()
    order = np.argsort(tokens.ravel(), kind="stable")
    used, first = np.unique(tokens.ravel()[order], return_index=True)
    update = make_update("sgd", [flat])

    def step():
        np.take(embedding, tokens.ravel(), axis=0, out=x, mode="clip")
        np.add(x.reshape(n, -1, width), positions, out=x.reshape(n, -1, width))
        for attention, feed_forward in layers:
            attention.forward(x)
            feed_forward.forward(x)
        last = norm.forward(x)
        np.matmul(last, embedding.T, out=scores)
        np.subtract(scores, scores.take(scores.argmax(axis=1) + starts)[:, None], out=scores)
        label_scores = scores.take(labels + starts)
        np.exp(scores, out=scores)
        totals = scores.dot(ones)
        loss = np.add.reduce(np.log(totals) - label_scores) / rows
        np.multiply(scores, (1 / totals)[:, None], out=scores)
        scores.reshape(-1)[labels + starts] -= 1
        np.multiply(scores, 1 / rows, out=scores)
        np.matmul(scores.T, last, out=embedding_gradient)
        np.matmul(scores, embedding, out=g)
        norm.backward(g, g)
        for attention, feed_forward in reversed(layers):
            feed_forward.backward(g)
            attention.backward(g)
        np.add.reduce(g.reshape(n, -1, width), axis=0, out=gradients["positions.weight"])
        embedding_gradient[used] += np.add.reduceat(g[order], first, axis=0)
        update([flat_gradient])
        return loss

    return step


def views(flat, arrays):
    """Views of the arrays that are stored one after another."""
    ends = np.cumsum([array.size for array in arrays.values()])
    return {name: part.reshape(arrays[name].shape) for name, part in zip(arrays, np.split(flat, ends[:-1]))}


class Norm:
    """Layer normalization."""

    def __init__(self, rows, width, weights, gradients, prefix):
        self.weight, self.bias = weights[f"{prefix}weight"], weights[f"{prefix}bias"]
        self.weight_gradient, self.bias_gradient = gradients[f"{prefix}weight"], gradients[f"{prefix}bias"]
        self.x_hat, self.out, self.scratch = (np.empty((rows, width), np.float32) for _ in range(3))
        self.mean, self.ones = np.full(width, 1 / width, np.float32), np.ones(rows, np.float32)

    def forward(self, x):
        np.subtract(x, x.dot(self.mean)[:, None], out=self.x_hat)
        variance = np.multiply(self.x_hat, self.x_hat, out=self.out).dot(self.mean)
        self.inv_std = (1 / np.sqrt(variance + np.float32(1e-5)))[:, None]
        np.multiply(self.x_hat, self.inv_std, out=self.x_hat)
        np.multiply(self.x_hat, self.weight, out=self.out)
        return np.add(self.out, self.bias, out=self.out)

    def backward(self, g, out):
        """Write the gradient of the input into out; g may be the same array."""
        scratch = self.scratch
        self.ones.dot(g, out=self.bias_gradient)
        np.multiply(g, self.x_hat, out=scratch)
        self.ones.dot(scratch, out=self.weight_gradient)
        product_mean = np.multiply(scratch, self.weight, out=scratch).dot(self.mean)
        np.multiply(g, self.weight, out=out)
        mean = out.dot(self.mean)
        np.subtract(out, mean[:, None], out=out)
        np.multiply(self.x_hat, product_mean[:, None], out=scratch)
        np.subtract(out, scratch, out=out)
        np.multiply(out, self.inv_std, out=out)


class Attention:
    """x += attention(norm(x)), for all heads at once."""

    def __init__(self, workload, weights, gradients, prefix):
        n, length, heads, width = workload.batch, workload.context, workload.heads, workload.width
        rows, size = n * length, width // heads
        self.norm = Norm(rows, width, weights, gradients, f"{prefix}norm1.")
        names = ("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias")
        self.w_in, self.b_in, self.w_out, self.b_out = (weights[f"{prefix}self_attn.{name}"] for name in names)
        self.gradients = [gradients[f"{prefix}self_attn.{name}"] for name in names]
        self.qkv, self.qkv_gradient = (np.empty((rows, 3 * width), np.float32) for _ in range(2))
        self.q, self.k, self.v = self.qkv.reshape(n, length, 3, heads, size).transpose(2, 0, 3, 1, 4)
        self.dq, self.dk, self.dv = self.qkv_gradient.reshape(n, length, 3, heads, size).transpose(2, 0, 3, 1, 4)
        self.weights, self.scores_gradient = (np.empty((n, heads, length, length), np.float32) for _ in range(2))
        self.attended, self.product, self.attended_gradient, self.input_gradient = (
            np.empty((rows, width), np.float32) for _ in range(4)
        )
        self.heads = self.attended.reshape(n, length, heads, size).swapaxes(1, 2)
        self.heads_gradient = self.attended_gradient.reshape(n, length, heads, size).swapaxes(1, 2)
        self.scaled_q = np.empty((n, heads, length, size), np.float32)
        self.scale = size**-0.5
        self.bias = np.where(np.tri(length, dtype=bool), 0, -np.inf).astype(np.float32)
        self.ones, self.row_ones = np.ones(length, np.float32), np.ones(rows, np.float32)
        self.starts = np.arange(n * heads * length) * length

    def forward(self, x):
        np.matmul(self.norm.forward(x), self.w_in, out=self.qkv)
        np.add(self.qkv, self.b_in, out=self.qkv)
        np.multiply(self.q, self.scale, out=self.scaled_q)
        weights = self.weights
        np.matmul(self.scaled_q, self.k.swapaxes(-1, -2), out=weights)
        np.add(weights, self.bias, out=weights)
        rows = weights.reshape(-1, weights.shape[-1])
        np.subtract(rows, rows.take(rows.argmax(axis=1) + self.starts)[:, None], out=rows)
        np.exp(rows, out=rows)
        np.multiply(rows, (1 / rows.dot(self.ones))[:, None], out=rows)
        np.matmul(weights, self.v, out=self.heads)
        np.matmul(self.attended, self.w_out, out=self.product)
        np.add(self.product, self.b_out, out=self.product)
        np.add(x, self.product, out=x)

    def backward(self, g):
        w_in, b_in, w_out, b_out = self.gradients
        np.matmul(self.attended.T, g, out=w_out)
        self.row_ones.dot(g, out=b_out)
        np.matmul(g, self.w_out.T, out=self.attended_gradient)
        weights, scores_gradient = self.weights, self.scores_gradient
        np.matmul(self.heads_gradient, self.v.swapaxes(-1, -2), out=scores_gradient)
        products = np.einsum("nhti,nhti->nht", self.heads_gradient, self.heads)
        np.subtract(scores_gradient, products[..., None], out=scores_gradient)
        np.multiply(scores_gradient, weights, out=scores_gradient)
        np.matmul(scores_gradient, self.k, out=self.dq)
        np.multiply(self.dq, self.scale, out=self.dq)
        np.matmul(scores_gradient.swapaxes(-1, -2), self.scaled_q, out=self.dk)
        np.matmul(weights.swapaxes(-1, -2), self.heads_gradient, out=self.dv)
        np.matmul(self.norm.out.T, self.qkv_gradient, out=w_in)
        self.row_ones.dot(self.qkv_gradient, out=b_in)
        np.matmul(self.qkv_gradient, self.w_in.T, out=self.input_gradient)
        self.norm.backward(self.input_gradient, self.input_gradient)
        np.add(g, self.input_gradient, out=g)


class FeedForward:
    """x += linear(gelu(linear(norm(x))))."""

    def __init__(self, workload, weights, gradients, prefix):
        rows, width = workload.batch * workload.context, workload.width
        self.norm = Norm(rows, width, weights, gradients, f"{prefix}norm2.")
        names = ("linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias")
        self.w1, self.b1, self.w2, self.b2 = (weights[f"{prefix}{name}"] for name in names)
        self.gradients = [gradients[f"{prefix}{name}"] for name in names]
        self.u, self.cdf, self.hidden, self.slope, self.delta = (np.empty((rows, 4 * width), np.float32) for _ in range(5))
        self.product, self.input_gradient = (np.empty((rows, width), np.float32) for _ in range(2))
        self.row_ones = np.ones(rows, np.float32)

    def forward(self, x):
        u, cdf = self.u, self.cdf
        np.matmul(self.norm.forward(x), self.w1, out=u)
        np.add(u, self.b1, out=u)
        np.multiply(u, u, out=cdf)
        np.multiply(cdf, GELU_SLOPE * GELU_CUBE, out=cdf)
        np.add(cdf, GELU_SLOPE, out=cdf)
        np.multiply(cdf, u, out=cdf)
        np.tanh(cdf, out=cdf)
        np.add(cdf, 1, out=cdf)
        np.multiply(cdf, 0.5, out=cdf)
        np.multiply(cdf, u, out=self.hidden)
        np.matmul(self.hidden, self.w2, out=self.product)
        np.add(self.product, self.b2, out=self.product)
        np.add(x, self.product, out=x)

    def backward(self, g):
        w1, b1, w2, b2 = self.gradients
        np.matmul(self.hidden.T, g, out=w2)
        self.row_ones.dot(g, out=b2)
        np.matmul(g, self.w2.T, out=self.delta)
        u, cdf, slope = self.u, self.cdf, self.slope
        np.multiply(u, u, out=slope)  # Φ + 2 Φ (1 − Φ) u (c + 3 · 0.044715 c u²), with Φ = (1 + tanh(…)) / 2 and c = √(2 / π)
        np.multiply(slope, 6 * GELU_SLOPE * GELU_CUBE, out=slope)
        np.add(slope, 2 * GELU_SLOPE, out=slope)
        np.multiply(slope, u, out=slope)
        np.multiply(slope, cdf, out=slope)
        np.subtract(1, cdf, out=self.hidden)
        np.multiply(slope, self.hidden, out=slope)
        np.add(slope, cdf, out=slope)
        np.multiply(self.delta, slope, out=self.delta)
        np.matmul(self.norm.out.T, self.delta, out=w1)
        self.row_ones.dot(self.delta, out=b1)
        np.matmul(self.delta, self.w1.T, out=self.input_gradient)
        self.norm.backward(self.input_gradient, self.input_gradient)
        np.add(g, self.input_gradient, out=g)
