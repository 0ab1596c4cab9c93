"""JAX: the whole step of an LSTM layer in one jax.jit, with the steps in a lax.scan."""

import functools

import jax
import jax.numpy as jnp

from benchmarks.recurrent.inputs import lstm_inputs
from benchmarks.workloads import SGD_RATE


def lstm(workload):
    x, y, weights = lstm_inputs(workload)
    x, y, weights = jax.tree.map(jnp.asarray, (x, y, weights))

    def loss(weights, x, y):
        z = x @ weights["weight_ih"] + weights["bias_ih"] + weights["bias_hh"]

        def cell(states, z):
            h, c = states
            i, f, g, o = jnp.split(z + h @ weights["weight_hh"], 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zeros = jnp.zeros((workload.batch, workload.hidden))
        _, outputs = jax.lax.scan(cell, (zeros, zeros), z)
        return ((outputs - y) ** 2).mean()

    @functools.partial(jax.jit, donate_argnums=0)
    def update(weights, x, y):
        error, gradients = jax.value_and_grad(loss)(weights, x, y)
        return jax.tree.map(lambda w, g: w - SGD_RATE * g, weights, gradients), error

    def step():
        nonlocal weights
        weights, error = update(weights, x, y)
        jax.block_until_ready((weights, error))
        return error

    return step
