"""Vertices colored by the memory of their values or by the time of their computation, in five shades."""

from collections.abc import Iterable

import numpy as np

from autograd.draw.health import Band
from autograd.draw.vertex import Vertex

FILLS = ("#F7F4FB", "#E6DDF2", "#D2C2E8", "#BCA5DD", "#A58AD1")  # from light to dark; dark text is readable on all
FACTOR = 4.0  # between two shades
UNITS = {"size": ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")), "time": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))}
MEANINGS = {"size": "memory of the value", "time": "time since the operation before"}
COLORS = ("kind", "gradient", *MEANINGS)


def add_shades(vertices: Iterable[Vertex], color: str) -> None:
    """Color vertices by "size", or by "time", which is known for operations inside `watch()`."""
    amounts = {id(vertex): (vertex, _amount(vertex, color)) for vertex in vertices}
    largest = max((amount for _, amount in amounts.values()), default=0.0)
    for vertex, amount in amounts.values():
        if amount > 0:
            level = int(np.clip(len(FILLS) - 1 + np.floor(np.log(amount / largest) / np.log(FACTOR) + 0.5), 0, len(FILLS) - 1))
            vertex.shade = Band(
                amount, format_amount(amount, color), FILLS[level], f"{MEANINGS[color]}; darkest is the largest"
            )


def format_amount(amount: float, color: str) -> str:
    """An amount with its unit.

    >>> format_amount(1234567.0, "size"), format_amount(0.00025, "time"), format_amount(8.0, "size")
    ('1.2 MB', '250 µs', '8 B')
    """
    scale, unit = next(((scale, unit) for scale, unit in UNITS[color] if amount >= scale), UNITS[color][-1])
    number = amount / scale
    return f"{number:.0f} {unit}" if number >= 10 or number == int(number) else f"{number:.1f} {unit}"


def _amount(vertex: Vertex, color: str) -> float:
    if color == "time":
        return vertex.time or 0.0
    return float(np.prod(vertex.shape) * np.dtype(vertex.dtype).itemsize) if vertex.dtype is not None else 0.0
