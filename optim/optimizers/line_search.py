"""Line search: a step size by the strong Wolfe conditions, with bracketing and cubic interpolation."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Point(NamedTuple):
    """A point on the line: its distance t from the start, the loss f(t), the gradient, and the slope f'(t)."""

    distance: float
    loss: float
    gradient: np.ndarray
    slope: float


def strong_wolfe(
    evaluate: Callable[[float], Point],
    start: Point,
    distance: float,
    largest: float,
    max_eval: int,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance: float = 1e-9,
) -> tuple[Point, int]:
    """A point where f(t) ≤ f(0) + c₁ t f'(0) and |f'(t)| ≤ c₂ |f'(0)|, else the best one, and the number of evaluations.

    evaluate:  returns the point at a distance t.
    start:     the point at t = 0, with a slope below 0.
    distance:  the first t.
    largest:   the largest |dᵢ| of the direction d. The search ends if the bracket is so small that no parameter moves by
               `tolerance` in it.
    max_eval:  the largest number of evaluations after the first.

    The distance grows until a bracket contains such a point; then the bracket shrinks. Nocedal and Wright (2006), Numerical
    optimization, algorithms 3.5 and 3.6, with the safeguards of minFunc, as in PyTorch.

    >>> import numpy as np
    >>> from optim.optimizers.line_search import Point, strong_wolfe
    >>> parabola = lambda t: Point(t, (t - 3) ** 2, np.array([2 * (t - 3)]), 2 * (t - 3))
    >>> point, evaluations = strong_wolfe(parabola, parabola(0.0), 0.1, 1.0, 20)
    >>> point.distance, evaluations
    (1.0, 2)
    """

    def violates_decrease(point: Point) -> bool:
        return point.loss > start.loss + c1 * point.distance * start.slope

    def satisfies_curvature(point: Point) -> bool:
        return abs(point.slope) <= -c2 * start.slope

    previous, current = start, evaluate(distance)
    evaluations = 0  # after the first
    bracket = [start, current]
    while evaluations < max_eval:
        bracket = [previous, current]
        if violates_decrease(current) or (evaluations > 1 and current.loss >= previous.loss):
            break
        if satisfies_curvature(current):
            return current, evaluations + 1
        if current.slope >= 0:
            break
        bounds = current.distance + 0.01 * (current.distance - previous.distance), 10 * current.distance
        previous, current = current, evaluate(_cubic_minimum(previous, current, bounds))
        evaluations += 1
    if evaluations == max_eval:
        bracket = [start, current]

    low = 0 if bracket[0].loss <= bracket[1].loss else 1
    near_end = False
    while evaluations < max_eval and abs(bracket[1].distance - bracket[0].distance) * largest >= tolerance:
        left, right = sorted(point.distance for point in bracket)
        distance = _cubic_minimum(bracket[0], bracket[1], (left, right))
        distance, near_end = _move_inside(distance, left, right, near_end)
        current = evaluate(distance)
        evaluations += 1
        if violates_decrease(current) or current.loss >= bracket[low].loss:
            bracket[1 - low] = current
            low = 0 if bracket[0].loss <= bracket[1].loss else 1
        else:
            if not satisfies_curvature(current) and current.slope * (bracket[1 - low].distance - bracket[low].distance) >= 0:
                bracket[1 - low] = bracket[low]
            bracket[low] = current
            if satisfies_curvature(current):
                break
    return bracket[low], evaluations + 1


def _move_inside(distance: float, left: float, right: float, near_end: bool) -> tuple[float, bool]:
    """Move a distance a tenth of the bracket inwards if it is at an end of it, or near an end for the second time.

    near_end: whether the last distance was near an end. Returns the distance, and whether it is near an end.
    """
    tenth = 0.1 * (right - left)
    if min(right - distance, distance - left) >= tenth:
        return distance, False
    if not near_end and left < distance < right:
        return distance, True
    return (right - tenth if abs(distance - right) < abs(distance - left) else left + tenth), False


def _cubic_minimum(a: Point, b: Point, bounds: tuple[float, float]) -> float:
    """The minimum within bounds of the cubic through two points with their slopes; the middle of the bounds if it has none."""
    low, high = bounds
    left, right = (a, b) if a.distance <= b.distance else (b, a)
    width = left.distance - right.distance
    if width:
        d1 = left.slope + right.slope - 3 * (left.loss - right.loss) / width
        square = d1 * d1 - left.slope * right.slope
        if square >= 0:
            d2 = math.sqrt(square)
            divisor = right.slope - left.slope + 2 * d2
            if divisor:
                return min(max(right.distance + width * ((right.slope + d2 - d1) / divisor), low), high)
    return (low + high) / 2
