"""Learn the equation of motion of a spiral from measured positions: a neural ordinary differential equation.

    python examples/neural_ode.py [--steps 150]

dy/dt = network(y). `odeint` integrates it, and its gradients come from the adjoint equation, so memory does not grow with the
number of steps of the solver. Chen, Rubanova, Bettencourt and Duvenaud (2018), Neural ordinary differential equations.
"""

import argparse
import sys

import numpy as np

import nn
from autograd import Tensor, no_grad
from autograd.scipy.integrate import odeint
from optim import Adam

TRUE = np.array([[-0.1, -2.0], [2.0, -0.1]])  # dy/dt = A y: a spiral into the origin


def measure(start, times, noise=0.0, rng=None):
    """Positions of the spiral, by the matrix exponential e^(A t)."""
    decay, rate = TRUE[0, 0], TRUE[1, 0]
    turns = np.stack([np.cos(rate * times), -np.sin(rate * times), np.sin(rate * times), np.cos(rate * times)], axis=1)
    positions = np.exp(decay * times)[:, None] * (turns.reshape(-1, 2, 2) @ start)
    return positions + (noise * rng.normal(size=positions.shape) if noise else 0.0)


def velocity(y, t, weight, bias, out_weight):
    """The network, at any number of positions in one vector."""
    return (np.tanh(y.reshape(-1, 2) @ weight + bias) @ out_weight).reshape(-1)


def main(arguments):
    """Train on short pieces of one measured path, and print the error on a new path."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=150)
    options = parser.parse_args(arguments)

    rng = np.random.default_rng(0)
    times = np.linspace(0, 6, 121)
    positions = measure(np.array([2.0, 0.0]), times, noise=0.02, rng=rng)
    piece = 10  # a path of 10 steps is integrated from each start

    parameters = [
        Tensor(nn.init.xavier_uniform((2, 24), rng), requires_grad=True),
        Tensor(np.zeros(24), requires_grad=True),
        Tensor(nn.init.xavier_uniform((24, 2), rng), requires_grad=True),
    ]
    optimizer = Adam(parameters, lr=0.02)

    for step in range(options.steps):
        starts = rng.integers(len(times) - piece, size=16)
        targets = np.stack([positions[starts + i] for i in range(piece)])
        optimizer.zero_grad()
        paths = odeint(velocity, positions[starts].ravel(), times[:piece], tuple(parameters), rtol=1e-4, atol=1e-4)
        loss = ((paths.reshape(piece, -1, 2) - targets) ** 2).mean()
        loss.backward()
        optimizer.step()
        if step in (0, options.steps - 1):
            print(f"step {step + 1}: mean squared error {loss.item():.5f}")

    start = np.array([0.0, 1.5])
    with no_grad():
        path = odeint(velocity, start, times[:61], tuple(parameters))
    error = np.linalg.norm(np.asarray(path) - measure(start, times[:61]), axis=1)
    print(f"a new path of {times[60]:.0f} time units: mean distance {error.mean():.3f}, largest {error.max():.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
