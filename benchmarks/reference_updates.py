"""SGD and Adam in NumPy, for the engines without optimizers. The updates are in place and overwrite the gradients."""

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.workloads import ADAM_RATE, SGD_RATE

Update = Callable[[Sequence[np.ndarray]], None]  # takes the gradients


def make_update(name: str, values: Sequence[np.ndarray]) -> Update:
    """The update of these parameters by "sgd" or "adam"."""
    return {"sgd": sgd, "adam": adam}[name](values)


def sgd(values: Sequence[np.ndarray]) -> Update:
    def update(gradients: Sequence[np.ndarray]) -> None:
        for w, g in zip(values, gradients):
            np.multiply(g, SGD_RATE, out=g)
            np.subtract(w, g, out=w)

    return update


def adam(values: Sequence[np.ndarray], beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Update:
    first_moments, second_moments, scratch = ([np.zeros_like(w) for w in values] for _ in range(3))
    steps = 0

    def update(gradients: Sequence[np.ndarray]) -> None:
        nonlocal steps
        steps += 1
        correction = (1 - beta2**steps) ** 0.5
        step_size = ADAM_RATE * correction / (1 - beta1**steps)
        for w, g, m, v, s in zip(values, gradients, first_moments, second_moments, scratch):
            np.multiply(m, beta1, out=m)
            np.multiply(g, 1 - beta1, out=s)
            np.add(m, s, out=m)
            np.multiply(v, beta2, out=v)
            np.multiply(g, g, out=g)
            np.multiply(g, 1 - beta2, out=g)
            np.add(v, g, out=v)
            np.sqrt(v, out=s)
            np.add(s, eps * correction, out=s)
            np.divide(m, s, out=s)
            np.multiply(s, step_size, out=s)
            np.subtract(w, s, out=w)

    return update
