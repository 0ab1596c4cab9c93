"""Solve the heat equation with a network: a physics-informed neural network, trained by second derivatives.

    python examples/pinn.py [--steps 300]

∂u/∂t = ∂²u/∂x² on 0 ≤ x ≤ 1, with u = 0 at both ends and u(0, x) = sin πx. The solution is exp(−π²t) sin πx, so the error is
known. Raissi, Perdikaris and Karniadakis (2019), Physics-informed neural networks.
"""

import argparse
import sys

import numpy as np

import nn
from autograd import Tensor, gradients, no_grad
from optim import LBFGS

END = 0.2  # the last time


def solution(t, x):
    """The exact temperature."""
    return np.exp(-(np.pi**2) * t) * np.sin(np.pi * x)


class Temperature(nn.Module):
    """u(t, x) = sin πx + t x (1 − x) · network(t, x), which has the right values at the start and at both ends."""

    def __init__(self):
        super().__init__()
        self.network = nn.MLP([2, 24, 24, 1], activation="tanh", rng=0)

    def forward(self, t, x):
        scaled = np.stack([t / END, x], axis=1)
        return np.sin(np.pi * x) + t * x * (1 - x) * self.network(scaled)[:, 0]


def residual(model, t, x):
    """∂u/∂t − ∂²u/∂x² at each point; each value of u depends on its own point only, so the gradient of Σu has them all."""
    u = model(t, x)
    u_t, u_x = gradients(u.sum(), [t, x], create_graph=True)
    (u_xx,) = gradients(u_x.sum(), [x], create_graph=True)
    return u_t - u_xx


def main(arguments):
    """Train on random points, and print the error on a grid."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300, help="moves of L-BFGS (default: 300)")
    parser.add_argument("--points", type=int, default=400, help="points of the equation (default: 400)")
    options = parser.parse_args(arguments)

    rng = np.random.default_rng(0)
    t = Tensor(rng.uniform(0, END, options.points), requires_grad=True)
    x = Tensor(rng.uniform(0, 1, options.points), requires_grad=True)
    model = Temperature()
    optimizer = LBFGS(model.parameters(), max_iter=options.steps, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = (residual(model, t, x) ** 2).mean()
        loss.backward()
        return loss

    first = optimizer.step(closure)
    grid_t, grid_x = (axis.ravel() for axis in np.meshgrid(np.linspace(0, END, 21), np.linspace(0, 1, 41)))
    with no_grad():
        error = model(Tensor(grid_t), Tensor(grid_x)).numpy() - solution(grid_t, grid_x)
    print(f"mean squared residual {first.item():.2f} → {closure().item():.1e}")
    print(f"largest error of the temperature {np.abs(error).max():.1e}")


if __name__ == "__main__":
    main(sys.argv[1:])
