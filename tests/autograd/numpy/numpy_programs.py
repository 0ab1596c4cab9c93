"""Random programs of autograd.numpy's rarer functions, against NumPy and differences.

By hand: python -m tests.autograd.numpy.numpy_programs START STOP

A program is a list of steps that run on arrays and on tensors alike. On arrays they are NumPy's own, with the same values. The
derivative along a random direction is compared with differences, forwards and backwards, and so is the derivative of the
gradient. Programs whose differences change with their step are near a kink and are left out.
"""

import sys
import warnings

import autograd.numpy as np
from autograd import grad, jvp
from tests.autograd.numpy.program_steps import STEPS, Unfit

SHAPES = {"a": (3, 4), "b": (5,), "c": (4, 4), "d": ()}
LENGTH = 6
LARGEST = 20.0  # programs stay where rounding errors are small


class Program:
    """A random program: its leaves, its steps, and the weights of its result."""

    def __init__(self, seed, names=tuple(STEPS)):
        self.rng = np.random.default_rng(seed)
        self.leaves = [self.rng.uniform(-1, 1, shape) for shape in SHAPES.values()]
        self.steps = []  # name, function, positions of its arguments
        values = list(self.leaves)
        attempts = 0
        while len(self.steps) < LENGTH and attempts < 200:
            attempts += 1
            self.add(values, str(self.rng.choice(names)))
        self.weights = [self.rng.normal(size=value.shape) for value in values[len(self.leaves) :]]

    def add(self, values, name):
        """Add a step of this name if it fits to one of several choices of values."""
        count, make = STEPS[name]
        for _ in range(6):
            positions = [int(len(values) * self.rng.beta(2, 1)) for _ in range(count)]
            arguments = [values[position] for position in positions]
            try:
                function = make(self.rng, *[argument.copy() for argument in arguments])
                out = np.asarray(function(*arguments))
            except (Unfit, ValueError):  # NumPy raises ValueError for shapes that do not fit
                continue
            if out.dtype == np.float64 and 0 < out.size <= 60 and np.isfinite(out).all() and np.abs(out).max() < LARGEST:
                self.steps.append((name, function, positions))
                values.append(out)
                return

    def __call__(self, leaves):
        values = list(leaves)
        for _, function, positions in self.steps:
            values.append(function(*[values[position] for position in positions]))
        return values

    def loss(self, leaves):
        """A number that depends on every step: Σ (w · v) + (w · v)² / 10."""
        total = 0.0
        for weight, value in zip(self.weights, self(leaves)[len(leaves) :]):
            term = np.sum(weight * value)
            total = total + term + 0.1 * term**2
        return total

    def __str__(self):
        return " → ".join(f"{name}{positions}" for name, _, positions in self.steps)


def along(leaves, direction, t):
    return [x + t * v for x, v in zip(leaves, direction)]


def derivative(f, leaves, direction, step):
    """The derivative of f along a direction by differences of fourth order."""

    def difference(h):
        return (f(along(leaves, direction, h)) - f(along(leaves, direction, -h))) / (2 * h)

    return (4 * difference(step / 2) - difference(step)) / 3


def is_close(x, y, tolerance):
    return abs(x - y) <= tolerance * (1 + abs(x) + abs(y))


def check(seed, names=tuple(STEPS)):
    """A message about the first disagreement of a program; "kink" for one that is left out, None for one that agrees."""
    program = Program(seed, names)
    leaves = program.leaves
    plain = program(leaves)
    direction = [program.rng.normal(size=np.shape(x)) for x in leaves]
    slopes = [float(derivative(program.loss, leaves, direction, step)) for step in (1e-3, 2e-4)]
    if not is_close(*slopes, 1e-6):
        return "kink"
    values = []

    def loss(leaves):
        values[:] = [np.asarray(getattr(value, "data", value)) for value in program(leaves)]
        return program.loss(leaves)

    gradient = grad(loss)
    grads = gradient(leaves)
    for (name, _, _), value, expected in zip(program.steps, values[len(leaves) :], plain[len(leaves) :]):
        if value.shape != np.shape(expected) or not np.allclose(value, expected, rtol=1e-12, atol=1e-12):
            return f"{program}: {name} gives {value}, NumPy {expected}"
    backwards = sum(float(np.sum(g * v)) for g, v in zip(grads, direction))
    forwards = float(jvp(loss, (leaves,), (direction,))[1])
    for words, slope in (("reverse mode", backwards), ("forward mode", forwards)):
        if not is_close(slope, slopes[1], 1e-6):
            return f"{program}: {words} gives the slope {slope}, differences {slopes[1]}"
    other = [program.rng.normal(size=np.shape(x)) for x in leaves]

    def slope(leaves):
        return sum(np.sum(g * w) for g, w in zip(gradient(leaves), other))

    curvatures = [float(derivative(slope, leaves, direction, step)) for step in (1e-3, 2e-4)]
    if not is_close(*curvatures, 1e-6):
        return "kink"
    second = sum(float(np.sum(g * v)) for g, v in zip(grad(slope)(leaves), direction))
    if not is_close(second, curvatures[1], 1e-5):
        return f"{program}: the second derivative is {second}, by differences {curvatures[1]}"
    return None


def run(seeds, names=tuple(STEPS)):
    """The disagreements of programs with these seeds, seed and message, and the number of programs near a kink."""
    failures, kinks = [], 0
    with np.errstate(all="ignore"):
        for seed in seeds:
            try:
                message = check(seed, names)
            except Exception as error:
                message = f"{Program(seed, names)}: {type(error).__name__}: {error}"
            if message == "kink":
                kinks += 1
            elif message is not None:
                failures.append((seed, message))
    return failures, kinks


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    start, stop = ([0] + [int(argument) for argument in sys.argv[1:]])[-2:]
    failures, kinks = run(range(start, stop))
    print(f"{stop - start} random programs, both orders and both modes: {len(failures)} disagreements; {kinks} near a kink")
    for seed, message in failures[:20]:
        print(seed, message[:600])
