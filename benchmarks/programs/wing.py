"""The shape of a wing in a flow, by its lift over its drag; solid cells block the fluid."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import value_and_grad

ROWS, COLUMNS, STEPS, SWEEPS = 30, 40, 8, 8


def neighbours(field):
    return np.roll(field, 1, axis=0), np.roll(field, -1, axis=0), np.roll(field, 1, axis=1), np.roll(field, -1, axis=1)


def occlude(field, solid):
    return field * (1 - solid)


def project(vx, vy, solid):
    """Make the velocity nearly free of divergence by Gauss–Seidel sweeps around the solid cells."""
    up, down, _, _ = neighbours(vy)
    _, _, left, right = neighbours(vx)
    divergence = -0.5 * (right - left + down - up)
    p = np.zeros(vx.shape)
    for _ in range(SWEEPS):
        p = (divergence + sum(neighbours(p))) / 4.0
        p = np.concatenate([np.zeros((1, COLUMNS)), p[1:-1], np.zeros((1, COLUMNS))])
    up, down, left, right = neighbours(p)
    return occlude(vx - 0.5 * (right - left), solid), occlude(vy - 0.5 * (down - up), solid)


def advect(field, vx, vy):
    y, x = np.meshgrid(np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    source_x, source_y = (x - vx).ravel(), (y - vy).ravel()
    left, top = np.floor(source_x).astype(int), np.floor(source_y).astype(int)
    right_weight, bottom_weight = source_x - left, source_y - top
    left, right = np.mod(left, COLUMNS), np.mod(left + 1, COLUMNS)
    top, bottom = np.mod(top, ROWS), np.mod(top + 1, ROWS)
    flat = (1 - bottom_weight) * ((1 - right_weight) * field[top, left] + right_weight * field[top, right])
    flat = flat + bottom_weight * ((1 - right_weight) * field[bottom, left] + right_weight * field[bottom, right])
    return np.reshape(flat, (ROWS, COLUMNS))


def simulate(vx, vy, solid):
    for _ in range(STEPS):
        vx, vy = project(advect(vx, vx, vy), advect(vy, vx, vy), solid)
    return vx, vy


def prepare():
    rng = npr.RandomState(0)
    start = -3 + 0.5 * rng.randn(ROWS * COLUMNS)
    vx, vy = 0.5 * np.ones((ROWS, COLUMNS)), np.zeros((ROWS, COLUMNS))

    def lift_over_drag(parameters):
        solid = 0.5 * (np.tanh(np.reshape(parameters, (ROWS, COLUMNS))) + 1)
        final_vx, final_vy = simulate(occlude(vx, solid), vy, solid)
        lift, drag = -np.mean(final_vy - vy), np.mean(vx - final_vx)
        return lift / drag

    objective = value_and_grad(lift_over_drag)

    def step():
        value, gradient = objective(start)
        return value + np.sum(gradient**2)

    return step
