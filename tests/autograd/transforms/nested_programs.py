"""Random transforms within transforms, against differences: python -m tests.autograd.transforms.nested_programs 2000

A program is a function of one number. It applies a transform to an inner function, which reaches the outer variable in one of
three ways: it closes over it, takes it by position, or takes it by keyword. The inner function may hold a program of its own.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor, elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

SMOOTH: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x * y,
    lambda x, y: np.sin(x * y) + y * y,
    lambda x, y: np.exp(0.3 * x) * np.tanh(y),
    lambda x, y: x * y**3 - 0.5 * x**2 * y,
    lambda x, y: np.log(1 + x * x + y * y),
    lambda x, y: np.cos(x + 2 * y) * x,
    lambda x, y: np.sqrt(1 + (x - y) ** 2),
]
WAYS = ("closure", "position", "keyword")
TRANSFORMS = ("grad", "value_and_grad", "elementwise_grad", "jacobian", "hessian", "hvp", "vjp", "jvp")
OUTER = (*TRANSFORMS, "backward")


def program(rng: np.random.Generator, depth: int) -> tuple[Callable[[Any], Any], str]:
    """A random function of x with `depth` transforms within each other, and its description."""
    smooth = SMOOTH[rng.integers(len(SMOOTH))]
    if depth == 0:
        point = rng.uniform(0.3, 1.2)
        return lambda x: smooth(x, point), f"s{SMOOTH.index(smooth)}"
    way, transform = WAYS[rng.integers(len(WAYS))], TRANSFORMS[rng.integers(len(TRANSFORMS))]
    inner, words = program(rng, depth - 1)
    point, vector = rng.uniform(0.3, 1.2, 2)
    point_moves, vector_moves = rng.integers(2, size=2)
    final = SMOOTH[rng.integers(len(SMOOTH))]

    def outer(x: Any) -> Any:
        def closing(y: Any) -> Any:
            return smooth(x, y) + inner(y * x)

        def taking(y: Any, outside: Any) -> Any:
            return smooth(outside, y) + inner(y * outside)

        p = point * x if point_moves else point
        v = vector * x if vector_moves else vector
        f, args, options = {
            "closure": (closing, (), {}),
            "position": (taking, (x,), {}),
            "keyword": (taking, (), {"outside": x}),
        }[way]
        return final(x, apply(transform, f, p, v, args, options))

    return outer, f"{transform}/{way}/{point_moves}{vector_moves}({words})"


def apply(transform: str, f: Callable[..., Any], p: Any, v: Any, args: tuple, options: dict[str, Any]) -> Any:
    """One number from a transform of f at p."""
    if transform == "grad":
        return grad(f)(p, *args, **options)
    if transform == "value_and_grad":
        value, gradient = value_and_grad(f)(p, *args, **options)
        return value + 2 * gradient
    if transform == "elementwise_grad":
        return elementwise_grad(f)(p, *args, **options)
    if transform == "jacobian":
        pair = lambda y, *rest, **more: np.stack([f(y, *rest, **more), y * f(y, *rest, **more)])
        return np.sum(jacobian(pair)(p, *args, **options) * np.array([1.0, -0.7]))
    if transform == "hessian":
        return hessian(f)(p, *args, **options)
    if transform == "hvp":
        return hvp(f)(p, *args, v, **options)
    called = lambda y, *rest: f(y, *rest, **options)
    if transform == "vjp":
        value, back = vjp(called, p, *args)
        return value + back(v)[0]
    value, tangent = jvp(called, (p, *args), (v, *[0.5 * v for _ in args]))
    return value - tangent


def derivative(outer: str, f: Callable[[Any], Any], x: float) -> float:
    """The first derivative of f at x by an outer transform; by those of second order, the second."""
    if outer == "backward":
        leaf = Tensor(x, requires_grad=True)
        f(leaf).backward()
        return float(leaf.grad.item())
    if outer == "value_and_grad":
        return float(value_and_grad(f)(x)[1])
    if outer == "hvp":
        return float(hvp(f)(x, 1.0))
    if outer == "vjp":
        return float(vjp(f, x)[1](1.0)[0])
    if outer == "jvp":
        return float(jvp(f, (x,), (1.0,))[1])
    return float({"grad": grad, "elementwise_grad": elementwise_grad, "jacobian": jacobian, "hessian": hessian}[outer](f)(x))


def difference(outer: str, f: Callable[[Any], Any], x: float) -> float:
    """The same derivative by differences of sixth order, with the step at which they change least."""
    weights = ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60))
    value = (lambda t: float(grad(f)(t))) if outer in ("hessian", "hvp") else (lambda t: float(f(t)))
    steps = 4e-3 * 4.0 ** -np.arange(7)
    estimates = [sum(w * (value(x + k * h) - value(x - k * h)) for k, w in weights) / h for h in steps]
    return estimates[1 + int(np.argmin(np.abs(np.diff(estimates))))]


def check(seed: int) -> str:
    """Why the program of a seed is wrong; empty if it is right."""
    rng = np.random.default_rng(seed)
    f, words = program(rng, depth=int(rng.integers(1, 3)))
    outer, x = OUTER[rng.integers(len(OUTER))], float(rng.uniform(0.4, 1.3))
    result, expected = derivative(outer, f, x), difference(outer, f, x)
    right = abs(result - expected) <= 1e-6 * max(1.0, abs(expected))
    return "" if right else f"seed {seed}: {outer} of {words} at {x}: {result}, differences give {expected}"


if __name__ == "__main__":
    mistakes = [message for seed in range(int(sys.argv[1])) if (message := check(seed))]
    print("\n".join([*mistakes, f"{sys.argv[1]} programs, {len(mistakes)} wrong"]))
