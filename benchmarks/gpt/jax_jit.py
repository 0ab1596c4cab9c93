"""The GPT in JAX: the whole step in one jax.jit with donated weights."""

import functools

import jax
import jax.numpy as jnp

from benchmarks.gpt.inputs import gpt_inputs
from benchmarks.workloads import SGD_RATE


def gpt(workload):
    inputs, targets, weights = jax.tree.map(jnp.asarray, gpt_inputs(workload))

    @functools.partial(jax.jit, donate_argnums=0)
    def update(weights, inputs, targets):
        error, gradients = jax.value_and_grad(loss)(weights, inputs, targets, workload.layers, workload.heads)
        return jax.tree.map(lambda w, g: w - SGD_RATE * g, weights, gradients), error

    def step():
        nonlocal weights
        weights, error = update(weights, inputs, targets)
        jax.block_until_ready((weights, error))
        return error

    return step


def loss(weights, inputs, targets, layers, heads):
    x = weights["embedding.weight"][inputs] + weights["positions.weight"]
    for i in range(layers):
        prefix = f"blocks.layers.{i}."
        x = x + attention(norm(x, weights, f"{prefix}norm1."), weights, f"{prefix}self_attn.", heads)
        hidden = jax.nn.gelu(linear(norm(x, weights, f"{prefix}norm2."), weights, f"{prefix}linear1."), approximate=True)
        x = x + linear(hidden, weights, f"{prefix}linear2.")
    log_p = jax.nn.log_softmax(norm(x, weights, "blocks.norm.") @ weights["embedding.weight"].T)
    return -jnp.take_along_axis(log_p, targets[..., None], axis=-1).mean()


def linear(x, weights, prefix):
    return x @ weights[f"{prefix}weight"] + weights[f"{prefix}bias"]


def norm(x, weights, prefix):
    centered = x - x.mean(axis=-1, keepdims=True)
    x_hat = centered * jax.lax.rsqrt((centered * centered).mean(axis=-1, keepdims=True) + 1e-5)
    return x_hat * weights[f"{prefix}weight"] + weights[f"{prefix}bias"]


def attention(x, weights, prefix, heads):
    n, length, width = x.shape
    projected = linear(x, weights, f"{prefix}in_proj_").reshape(n, length, 3, heads, width // heads)
    q, k, v = projected.transpose(2, 0, 3, 1, 4)
    scores = q @ k.swapaxes(-1, -2) * (width // heads) ** -0.5
    attended = jax.nn.softmax(jnp.where(jnp.tri(length, dtype=bool), scores, -jnp.inf)) @ v
    return linear(attended.transpose(0, 2, 1, 3).reshape(n, length, width), weights, f"{prefix}out_proj.")
