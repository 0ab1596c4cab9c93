"""JAX: the whole step in one jax.jit with a donated state."""

import functools

import jax
import jax.numpy as jnp

from benchmarks.convolutions import jax_jit as convolutions
from benchmarks.inputs import mlp_inputs
from benchmarks.measurement import serve
from benchmarks.workloads import ADAM_RATE, MLP, SGD_RATE, Forward

jax.config.update("jax_platforms", "cpu")


def mlp(workload):
    x, y, layers = mlp_inputs(workload)
    x, y = jnp.asarray(x), jnp.asarray(y)
    layers = jax.tree.map(jnp.asarray, layers)
    scales = [(jnp.ones(size), jnp.zeros(size)) for size in workload.sizes[1:-1]] if workload.batch_norm else []
    parameters = (layers, scales)
    moments = (jax.tree.map(jnp.zeros_like, parameters), jax.tree.map(jnp.zeros_like, parameters), jnp.zeros(()))
    running = [(jnp.zeros(size), jnp.ones(size)) for size in workload.sizes[1:-1]] if workload.batch_norm else []
    state = (parameters, moments if workload.optimizer == "adam" else (), running, jax.random.key(0))
    update = adam if workload.optimizer == "adam" else sgd

    @functools.partial(jax.jit, donate_argnums=0)
    def update_state(state, x, y):
        parameters, moments, running, key = state
        key, dropout_key = jax.random.split(key) if workload.dropout else (key, key)
        loss_and_gradients = jax.value_and_grad(loss, has_aux=True)
        (error, running), gradients = loss_and_gradients(parameters, running, dropout_key, x, y, workload.dropout)
        return (*update(parameters, gradients, moments), running, key), error

    def step():
        nonlocal state
        state, error = update_state(state, x, y)
        jax.block_until_ready((state, error))
        return error

    return step


def loss(parameters, running, key, x, y, dropout):
    (*hidden, (w, b)), scales = parameters
    new_running = []
    for i, (weight, bias) in enumerate(hidden):
        x = x @ weight + bias
        if scales:
            gamma, beta = scales[i]
            mean, variance = x.mean(axis=0), x.var(axis=0)
            x = (x - mean) * jax.lax.rsqrt(variance + 1e-5) * gamma + beta
            new_running.append(tuple(0.9 * old + 0.1 * new for old, new in zip(running[i], (mean, variance))))
        x = jax.nn.relu(x)
        if dropout:
            keep = jax.random.bernoulli(jax.random.fold_in(key, i), 1 - dropout, x.shape)
            x = jnp.where(keep, x / (1 - dropout), 0)
    log_probabilities = jax.nn.log_softmax(x @ w + b)
    return -jnp.take_along_axis(log_probabilities, y[:, None], axis=1).mean(), new_running


def sgd(parameters, gradients, moments):
    return jax.tree.map(lambda w, g: w - SGD_RATE * g, parameters, gradients), moments


def adam(parameters, gradients, moments):
    first_moments, second_moments, steps = moments
    steps += 1
    first_moments = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first_moments, gradients)
    second_moments = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second_moments, gradients)
    correction = jnp.sqrt(1 - 0.999**steps)
    step_size, eps = ADAM_RATE * correction / (1 - 0.9**steps), 1e-8 * correction
    parameters = jax.tree.map(
        lambda w, m, v: w - step_size * m / (jnp.sqrt(v) + eps), parameters, first_moments, second_moments
    )
    return parameters, (first_moments, second_moments, steps)


def forward(workload):
    x, _, layers = mlp_inputs(workload)
    x, layers = jnp.asarray(x), jax.tree.map(jnp.asarray, layers)

    @jax.jit
    def outputs(layers, x):
        *hidden, (w, b) = layers
        for weight, bias in hidden:
            x = jax.nn.relu(x @ weight + bias)
        return x @ w + b

    return lambda: outputs(layers, x).block_until_ready()


WORKLOADS = {MLP: mlp, Forward: forward, **convolutions.WORKLOADS}

if __name__ == "__main__":
    serve(WORKLOADS)
