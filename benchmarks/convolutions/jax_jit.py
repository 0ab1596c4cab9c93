"""JAX: the whole step in one jax.jit with donated parameters."""

import functools

import jax
import jax.numpy as jnp

from benchmarks.convolutions.workloads import ConvLayer, ConvNet, layer_inputs, net_inputs
from benchmarks.workloads import SGD_RATE


def convolve(x, weight, bias, padding):
    pads = ((padding, padding),) * 2
    out = jax.lax.conv_general_dilated(x, weight, (1, 1), pads, dimension_numbers=("NCHW", "OIHW", "NCHW"))
    return out + bias[:, None, None]


def net(workload):
    x, y, *parameters = net_inputs(workload)
    x, y, parameters = jnp.asarray(x), jnp.asarray(y), jax.tree.map(jnp.asarray, parameters)

    def loss(parameters, x, y):
        convolutions, linear = parameters
        for (weight, bias), padding in zip(convolutions, workload.padding):
            x = jax.nn.relu(convolve(x, weight, bias, padding))
            if workload.pool:
                x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        x = x.reshape(len(x), -1) if workload.pool else x.mean(axis=(2, 3))
        for i, (weight, bias) in enumerate(linear):
            x = (jax.nn.relu(x) if i else x) @ weight + bias
        return -jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], axis=1).mean()

    @functools.partial(jax.jit, donate_argnums=0)
    def update(parameters, x, y):
        error, gradients = jax.value_and_grad(loss)(parameters, x, y)
        return jax.tree.map(lambda w, g: w - SGD_RATE * g, parameters, gradients), error

    def step():
        nonlocal parameters
        parameters, error = update(parameters, x, y)
        jax.block_until_ready((parameters, error))
        return error

    return step


def layer(workload):
    x, g, *parameters = map(jnp.asarray, layer_inputs(workload))

    @functools.partial(jax.jit, donate_argnums=0)
    def update(parameters, x, g):
        out, vjp = jax.vjp(lambda x, weight, bias: convolve(x, weight, bias, 1), x, *parameters)
        x_gradient, *gradients = vjp(g)
        return [w - SGD_RATE * gradient for w, gradient in zip(parameters, gradients)], x_gradient, out

    def step():
        nonlocal parameters
        parameters, _, out = jax.block_until_ready(update(parameters, x, g))
        return out[0, 0, 0, 0]

    return step


WORKLOADS = {ConvNet: net, ConvLayer: layer}
