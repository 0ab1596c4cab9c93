"""A two-dimensional fluid whose initial velocity is fitted so that smoke forms a shape."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import value_and_grad

SIZE, STEPS, SWEEPS = 40, 10, 6


def project(vx, vy):
    """Make the velocity nearly free of divergence by Jacobi iterations."""
    h = 1.0 / SIZE
    across, along = np.roll(vx, -1, axis=0) - np.roll(vx, 1, axis=0), np.roll(vy, -1, axis=1) - np.roll(vy, 1, axis=1)
    divergence = -0.5 * h * (across + along)
    p = np.zeros(vx.shape)
    for _ in range(SWEEPS):
        p = (divergence + np.roll(p, 1, axis=0) + np.roll(p, -1, axis=0) + np.roll(p, 1, axis=1) + np.roll(p, -1, axis=1)) / 4.0
    vx = vx - 0.5 * (np.roll(p, -1, axis=0) - np.roll(p, 1, axis=0)) / h
    return vx, vy - 0.5 * (np.roll(p, -1, axis=1) - np.roll(p, 1, axis=1)) / h


def advect(field, vx, vy):
    """Move a field along the velocity, with linear interpolation."""
    rows, columns = field.shape
    y, x = np.meshgrid(np.arange(columns), np.arange(rows))
    source_x, source_y = (x - vx).ravel(), (y - vy).ravel()
    left, top = np.floor(source_x).astype(int), np.floor(source_y).astype(int)
    right_weight, bottom_weight = source_x - left, source_y - top
    left, right = np.mod(left, rows), np.mod(left + 1, rows)
    top, bottom = np.mod(top, columns), np.mod(top + 1, columns)
    flat = (1 - right_weight) * ((1 - bottom_weight) * field[left, top] + bottom_weight * field[left, bottom])
    flat = flat + right_weight * ((1 - bottom_weight) * field[right, top] + bottom_weight * field[right, bottom])
    return np.reshape(flat, (rows, columns))


def simulate(vx, vy, smoke):
    for _ in range(STEPS):
        new_vx, new_vy = advect(vx, vx, vy), advect(vy, vx, vy)
        vx, vy = project(new_vx, new_vy)
        smoke = advect(smoke, vx, vy)
    return smoke


def prepare():
    rng = npr.RandomState(0)
    smoke, target = rng.rand(SIZE, SIZE), rng.rand(SIZE, SIZE)
    velocity = 0.3 * rng.randn(2 * SIZE * SIZE)

    def distance(parameters):
        vx, vy = np.reshape(parameters[: SIZE**2], (SIZE, SIZE)), np.reshape(parameters[SIZE**2 :], (SIZE, SIZE))
        return np.mean((simulate(vx, vy, smoke) - target) ** 2)

    objective = value_and_grad(distance)

    def step():
        value, gradient = objective(velocity)
        return value + np.sum(gradient**2)

    return step
