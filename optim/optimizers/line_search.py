"""How far to go along a direction: the strong Wolfe conditions, by bracketing and cubic interpolation."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Point(NamedTuple):
    """A place on the way: how far, the loss and its gradient there, and the slope along the way."""

    distance: float
    loss: float
    gradient: np.ndarray
    slope: float


def strong_wolfe(
    evaluate: Callable[[float], Point],
    start: Point,
    distance: float,
    longest: float,
    tries: int,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance: float = 1e-9,
) -> tuple[Point, int]:
    """A point where f(t) ≤ f(0) + c₁ t f'(0) and |f'(t)| ≤ c₂ |f'(0)|, or the best found, and the evaluations.

    evaluate:  the point at a distance.
    start:     that at 0, with a slope below 0.
    distance:  what is tried first.
    longest:   largest element of the direction: a bracket in which no parameter moves by `tolerance` is small enough.
    tries:     evaluations after the first.

    First steps grow until a bracket must hold such a point, then the bracket shrinks around it.
    Nocedal and Wright (2006), Numerical optimization, algorithms 3.5 and 3.6, with minFunc's safeguards, as PyTorch has it.

    >>> import numpy as np
    >>> from optim.optimizers.line_search import Point, strong_wolfe
    >>> parabola = lambda t: Point(t, (t - 3) ** 2, np.array([2 * (t - 3)]), 2 * (t - 3))
    >>> found, evaluations = strong_wolfe(parabola, parabola(0.0), 0.1, 1.0, 20)
    >>> found.distance, evaluations
    (1.0, 2)
    """

    def too_high(point: Point) -> bool:
        return point.loss > start.loss + c1 * point.distance * start.slope

    def flat(point: Point) -> bool:
        return abs(point.slope) <= -c2 * start.slope

    before, here = start, evaluate(distance)
    used = 0
    bracket = [start, here]
    while used < tries:
        bracket = [before, here]
        if too_high(here) or (used > 1 and here.loss >= before.loss):
            break
        if flat(here):
            return here, used + 1
        if here.slope >= 0:
            break
        further = here.distance + 0.01 * (here.distance - before.distance), 10 * here.distance
        before, here = here, evaluate(_lowest(before, here, further))
        used += 1
    if used == tries:
        bracket = [start, here]

    low = 0 if bracket[0].loss <= bracket[1].loss else 1
    stuck = False
    while used < tries and abs(bracket[1].distance - bracket[0].distance) * longest >= tolerance:
        left, right = sorted(point.distance for point in bracket)
        distance = _lowest(bracket[0], bracket[1], (left, right))
        distance, stuck = _inside(distance, left, right, stuck)
        here = evaluate(distance)
        used += 1
        if too_high(here) or here.loss >= bracket[low].loss:
            bracket[1 - low] = here
            low = 0 if bracket[0].loss <= bracket[1].loss else 1
        else:
            if not flat(here) and here.slope * (bracket[1 - low].distance - bracket[low].distance) >= 0:
                bracket[1 - low] = bracket[low]
            bracket[low] = here
            if flat(here):
                break
    return bracket[low], used + 1


def _inside(distance: float, left: float, right: float, stuck: bool) -> tuple[float, bool]:
    """Move what is too close to an end of the bracket a tenth inwards, if it is for the second time or at the end."""
    tenth = 0.1 * (right - left)
    if min(right - distance, distance - left) >= tenth:
        return distance, False
    if not stuck and left < distance < right:
        return distance, True
    return (right - tenth if abs(distance - right) < abs(distance - left) else left + tenth), False


def _lowest(one: Point, other: Point, bounds: tuple[float, float]) -> float:
    """Where the cubic with the losses and slopes of two points is lowest within bounds; their middle if it is nowhere."""
    low, high = bounds
    left, right = (one, other) if one.distance <= other.distance else (other, one)
    width = left.distance - right.distance
    if width:
        d1 = left.slope + right.slope - 3 * (left.loss - right.loss) / width
        square = d1 * d1 - left.slope * right.slope
        if square >= 0:
            d2 = math.sqrt(square)
            below = right.slope - left.slope + 2 * d2
            if below:
                return min(max(right.distance + width * ((right.slope + d2 - d1) / below), low), high)
    return (low + high) / 2
