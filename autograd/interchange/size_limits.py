"""Bounds on the results of operations, from the shapes of their inputs and from their options, before memory is allocated."""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np

from autograd.core.trees import leaves
from autograd.errors import DataError

Shape = tuple[int, ...]

#: Operations and functions that broadcast their inputs, besides those whose declaration says so and the ufuncs.
BROADCASTING = {
    *(
        "where",
        "cross",
        "interpolate",
        "reorder",
        "np.isclose",
        "np.allclose",
        "np.array_equiv",
        "xlog1py",
    ),
    *("beta", "betaln", "betainc", "betaincc", "gammainc", "gammaincc", "iv", "ive", "jv", "kv", "yn", "yv", "stdtr"),
    *("nn.functional.losses.binary.binary_cross_entropy", "nn.functional.losses.binary.binary_cross_entropy_with_logits"),
}


def count_elements(title: str, function: Any, inputs: tuple, options: Mapping[str, Any]) -> int:
    """An upper bound on the elements of the largest array that an operation makes.

    >>> from autograd.interchange.size_limits import count_elements
    >>> count_elements("outer", None, (np.ones(3), np.ones(5)), {})
    15
    """
    shapes = [np.shape(x) for x in leaves(inputs) if not isinstance(x, str)]
    count = sum(map(prod, shapes)) + sum(x.size for x in leaves(options) if isinstance(x, np.ndarray))
    if title in COUNTS:
        return max(count, COUNTS[title](shapes, options))
    structure = getattr(getattr(function, "operation", None), "structure", None)
    if structure == "elementwise" or title in BROADCASTING or isinstance(function, np.ufunc):
        extra = [x.shape for x in leaves(options) if isinstance(x, np.ndarray)]
        return max(count, prod(np.broadcast_shapes(*shapes, *extra)))
    return count


def _matmul(shapes: list[Shape], options: Any) -> int:
    x, y = shapes[:2]
    batch = np.broadcast_shapes(x[:-2], y[:-2])
    return prod((*batch, *x[-2:-1], *(y[-1:] if len(y) > 1 else ())))


def _solve(shapes: list[Shape], options: Any) -> int:
    a, b = shapes
    return prod(np.broadcast_shapes(a[:-2], b[:-2])) * prod(b[-2:])


def _einsum(shapes: list[Shape], options: Any) -> int:
    terms, _, output = options["subscripts"].partition("->")
    sizes: dict[str, int] = {}
    ellipsis: list[Shape] = [()]
    for term, shape in zip(terms.split(","), shapes):
        before, dots, after = term.partition("...")
        end = len(shape) - len(after)
        sizes |= {label: max(size, sizes.get(label, 1)) for label, size in zip(before, shape)}
        sizes |= {label: max(size, sizes.get(label, 1)) for label, size in zip(after, shape[end:])}
        ellipsis.append(shape[len(before) : end] if dots else ())
    count = prod(sizes.get(label, 1) for label in output.replace("...", ""))
    return count * (prod(np.broadcast_shapes(*ellipsis)) if "..." in output else 1)


def _of_shape(shapes: list[Shape], options: Any) -> int:
    shape = options.get("shape")
    if shape is None:
        return 0
    return prod(max(abs(int(size)), 1) for size in np.atleast_1d(shape))


def _of_index(shapes: list[Shape], options: Any) -> int:
    """The elements that an index with arrays selects; other indices give views."""
    index = options["index"]
    items = list(index) if isinstance(index, tuple) else [index]
    arrays = [np.asarray(item) for item in items if isinstance(item, np.ndarray | list)]
    if not arrays:
        return 0
    remaining, selected = list(shapes[0]), [(max(1, a.size),) if a.dtype.kind == "b" else a.shape for a in arrays]
    axes = [
        np.ndim(item) if np.asarray(item).dtype.kind == "b" else 1 for item in items if item is not None and item is not ...
    ]
    axis = 0
    for item in items:
        if item is ...:
            axis = max(axis, len(remaining) - sum(axes))
        elif isinstance(item, slice):
            axis, axes = axis + 1, axes[1:]
        elif item is not None:
            del remaining[axis : axis + axes[0]]
            axes = axes[1:]
    try:
        return prod(np.broadcast_shapes(*selected)) * prod(remaining)
    except ValueError:  # masks select fewer elements than they have
        return max(map(prod, selected)) * prod(remaining)


def _tile(shapes: list[Shape], options: Any) -> int:
    return prod(shapes[0]) * prod(np.atleast_1d(options["reps"]).tolist())


def _along_axis(shapes: list[Shape], options: Any) -> int:
    return prod(map(max, *shapes[:2]))


def _repeat(shapes: list[Shape], options: Any) -> int:
    repeats = options["repeats"]
    if not np.ndim(repeats):
        return prod(shapes[0]) * int(repeats)
    axis = options["axis"]
    size = prod(shapes[0]) if axis is None else shapes[0][axis]
    return int(np.sum(repeats)) * (prod(shapes[0]) // max(size, 1))


def _padded(shapes: list[Shape], options: Any) -> int:
    x, widths = shapes[0], options["widths"]
    pairs = [(0, 0)] * (len(x) - len(widths)) + [tuple(pair) for pair in widths]
    return prod(size + before + after for size, (before, after) in zip(x, pairs))


def _per_axis(option: Any, axes: int) -> list:
    """An option of convolutions, a number or one entry per axis, as one entry per axis."""
    return [option] * axes if np.ndim(option) == 0 else list(option)


def _padded_sizes(sizes: Shape, padding: Any) -> list[int]:
    return [size + sum(np.broadcast_to(p, 2).tolist()) for size, p in zip(sizes, _per_axis(padding, len(sizes)))]


def _positions(sizes: list[int], kernel: Shape, options: Any) -> int:
    strides, dilations = (_per_axis(options[name], len(sizes)) for name in ("stride", "dilation"))
    return prod(max(0, (n - d * (k - 1) - 1) // s + 1) for n, k, s, d in zip(sizes, kernel, strides, dilations))


def _convolution(shapes: list[Shape], options: Any) -> int:
    """The padded images, or the results of all positions."""
    x, weight = shapes[:2]
    padded = _padded_sizes(x[2:], options["padding"])
    return x[0] * max(x[1] * prod(padded), weight[0] * _positions(padded, weight[2:], options))


def _of_size(shapes: list[Shape], options: Any) -> int:
    """The images of a transposed convolution: (N, C, *size)."""
    x, weight = shapes[:2]
    return x[0] * weight[1] * options["groups"] * prod(_padded_sizes(options["size"], options["padding"]))


def _kernel(shapes: list[Shape], options: Any) -> int:
    x, g = shapes[:2]
    return max(x[0] * x[1] * prod(_padded_sizes(x[2:], options["padding"])), g[1] * x[1] * prod(options["kernel_size"]))


def _unfold(shapes: list[Shape], options: Any) -> int:
    x, kernel = shapes[0], options["kernel"]
    padded = _padded_sizes(x[2:], options["padding"])
    return x[0] * x[1] * max(prod(padded), prod(kernel) * _positions(padded, kernel, options))


def _fold(shapes: list[Shape], options: Any) -> int:
    x, kernel = shapes[0], options["kernel"]
    return x[0] * (x[1] // prod(kernel)) * prod(_padded_sizes(options["size"], options["padding"]))


def _windows(shapes: list[Shape], options: Any) -> int:
    """Inputs or outputs of windows along the last axes, whichever are more, with the padding."""
    windows = options["windows"]
    lead = prod(shapes[0][: len(shapes[0]) - len(windows)])
    return lead * prod(max(n, w.size + 2 * w.padding, w.outputs) for n, w in zip(shapes[0][-len(windows) :], windows))


def _blend(shapes: list[Shape], options: Any) -> int:
    x, axis = shapes[0], options["axis"]
    outputs, size = len(options["lower"]), options.get("size", 0)
    return max(prod(x) // max(x[axis], 1) * max(outputs, size), outputs * size)


def _attention(shapes: list[Shape], options: Any) -> int:
    q, k = shapes[:2]
    return prod(np.broadcast_shapes(q[:-2], k[:-2])) * q[-2] * max(k[-2], shapes[2][-1])


def _factors(shapes: list[Shape], options: Any) -> int:
    """The factors of matrices (…, m, n), in one array."""
    *batch, m, n = shapes[0]
    return prod(batch) * (m + n + 2) * min(m, n)


COUNTS: dict[str, Callable[[list[Shape], Any], int]] = {
    "matmul": _matmul,
    "nn.functional.linear.linear": _matmul,
    "solve": _solve,
    "outer": lambda shapes, options: prod(map(prod, shapes)),
    "einsum": _einsum,
    "broadcast_to": _of_shape,
    "scatter": _of_shape,
    "np.zeros_like": _of_shape,
    "np.ones_like": _of_shape,
    "getitem": _of_index,
    "tile": _tile,
    "np.take_along_axis": _along_axis,
    "repeat": _repeat,
    "pad_constant": _padded,
    "nn.functional.resampling.zero_pad": _padded,
    "diagonal_matrix": lambda shapes, options: (prod(shapes[0]) + abs(options["k"])) ** 2,
    "irfft": lambda shapes, options: prod(shapes[0]) // max(shapes[0][options["axis"]], 1) * options["n"],
    **dict.fromkeys(("svd", "eigh", "eig", "qr", "slogdet"), _factors),
    "roots": lambda shapes, options: prod(shapes[0]) ** 2,
    "solve_banded": lambda shapes, options: 4 * sum(map(prod, shapes)),
    "np.linalg.svd": lambda shapes, options: prod(shapes[0][:-2]) * max(shapes[0][-2:]) ** 2,
    "np.argwhere": lambda shapes, options: prod(shapes[0]) * len(shapes[0]),
    "np.unravel_index": lambda shapes, options: prod(shapes[0]) * np.size(options.get("shape", ())),
    "np.isin": lambda shapes, options: _refuse_kind(options),
    "convolution": _convolution,
    "convolution_with_bias": _convolution,
    "convolution_transpose": _of_size,
    "convolution_weight": _kernel,
    "nn.functional.unfold.unfold": _unfold,
    "nn.functional.unfold.fold": _fold,
    "nn.functional.pooling.sum_windows": _windows,
    "nn.functional.pooling.max_windows": _windows,
    "nn.functional.pooling.add_windows": _windows,
    "nn.functional.pooling.select_maxima": _windows,
    "nn.functional.pooling.share_among_maxima": _windows,
    "nn.functional.resampling.blend": _blend,
    "nn.functional.resampling.blend_transposed": _blend,
    "nn.functional.embedding.embedding": lambda shapes, options: prod(shapes[0]) * prod(shapes[1][1:]),
    "nn.functional.attention.attention": _attention,
    "nn.functional.attention.attention_weights": _attention,
    "nn.functional.attention.packed_attention": lambda shapes, options: shapes[0][0] * options["heads"] * shapes[0][1] ** 2,
}


def _refuse_kind(options: Any) -> int:
    """Raise DataError for the table of np.isin, whose size depends on the values."""
    if options.get("kind") == "table":
        raise DataError('the option kind="table" is not supported')
    return 0
