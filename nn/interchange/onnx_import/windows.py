"""The padding of convolutions and pooling in ONNX, and the windows that it gives."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import ShapeError
from nn.functional.windows import Windows

Pairs = tuple[tuple[int, int], ...]
#: A kernel exceeds the axis by at most so many elements: they cost time, and are padding.
MAX_SURPLUS = 2**12


def one_per_axis(owner: str, name: str, values: Any, axes: int, default: int = 1, least: int = 1) -> tuple[int, ...]:
    """A list attribute as integers, one for each axis; `default` for each where the attribute is absent."""
    numbers = (default,) * axes if values is None else tuple(int(n) for n in values)
    if len(numbers) != axes or any(n < least for n in numbers):
        raise ShapeError(f"{owner}: got {name} {list(numbers)}, expected {axes} integers of {least} or more, one for each axis")
    return numbers


def padding_pairs(
    owner: str, size: Sequence[int], extent: Sequence[int], strides: Sequence[int], pads: Any, auto_pad: str
) -> Pairs:
    """The padding before and after each axis, by `auto_pad` or by `pads`, which has all values before the axes first.

    extent: the distance from the first to the last element of a window, plus 1, along each axis.
    """
    if auto_pad in ("NOTSET", ""):
        numbers = one_per_axis(owner, "pads", pads, 2 * len(size), 0, 0)
        return tuple(zip(numbers[: len(size)], numbers[len(size) :]))
    if auto_pad == "VALID":
        return ((0, 0),) * len(size)
    if auto_pad not in ("SAME_UPPER", "SAME_LOWER"):
        raise ValueError(f"{owner}: auto_pad must be NOTSET, VALID, SAME_UPPER or SAME_LOWER, not {auto_pad!r}")
    totals = [max(0, (-(-n // s) - 1) * s + e - n) for n, s, e in zip(size, strides, extent)]
    return tuple(split_padding(total, auto_pad) for total in totals)


def split_padding(total: int, auto_pad: str) -> tuple[int, int]:
    """A sum of padding as the padding before and after; an odd sum has its larger half after the axis for SAME_UPPER."""
    smaller = total // 2
    return (smaller, total - smaller) if auto_pad == "SAME_UPPER" else (total - smaller, smaller)


def windows_of(
    owner: str,
    size: Sequence[int],
    kernel: Sequence[int],
    strides: Sequence[int],
    pairs: Pairs,
    dilations: Sequence[int],
    ceil_mode: bool,
) -> tuple[Windows, ...]:
    """The windows of a pooling along each axis; raises ShapeError where none fits."""
    windows = []
    for n, k, s, (before, after), d in zip(size, kernel, strides, pairs, dilations):
        room = n + before + after - d * (k - 1) - 1
        count = (-(-room // s) if ceil_mode else room // s) + 1
        if ceil_mode and (count - 1) * s >= n + before:
            count -= 1  # the last window would begin in the padding after the axis
        if room < 0 or count < 1:
            raise ShapeError(
                f"{owner}: got an axis of size {n} with padding {before} and {after}, expected {d * (k - 1) + 1} elements or "
                f"more for a kernel of size {k}" + (f" with dilation {d}" if d > 1 else "")
            )
        if k > n + MAX_SURPLUS:
            raise ShapeError(f"{owner}: got a kernel of size {k} for an axis of size {n}, which is nearly all padding")
        windows.append(Windows(k, s, before, d, n, count))
    return tuple(windows)


def element_counts(along: Windows, before: int, after: int) -> np.ndarray:
    """The number of elements of each window along an axis that has a border of so many elements that count."""
    starts = np.arange(along.outputs) * along.stride - along.padding
    # Elements k with start + d k below a bound: ⌈(bound − start) / d⌉, from 0 to the size of the kernel.
    below = [np.clip(-((starts - bound) // along.dilation), 0, along.kernel) for bound in (-before, along.size + after)]
    return below[1] - below[0]
