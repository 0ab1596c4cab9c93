"""The decision regions of a classifier of two features."""

from typing import Any

import numpy as np

from autograd.draw.plots.inputs import as_array, evaluation_mode
from autograd.draw.plots.style import COLORS, INK, MARKERS, PAPER, get_axes, legend, style
from autograd.errors import DataError, ShapeError

BATCH_SIZE = 10_000  # points in one call of the model
MIN_SHADE, MAX_SHADE = 0.10, 0.50  # the opacity of the least and of the most certain decision


def decision_regions(
    model: Any,
    inputs: Any,
    labels: Any,
    *,
    threshold: float = 0.5,
    names: Any = None,
    xlabel: str = "x₁",
    ylabel: str = "x₂",
    title: str = "",
    margin: float = 0.12,
    resolution: int = 240,
    key: bool = True,
    axes: Any = None,
) -> Any:
    """The region of each class for a classifier of two features, paler where it is less certain, with examples.

    model:     points (n, 2) → scores (n, classes), of which the largest decides; or probabilities of class 1, (n,) or (n, 1),
               compared with the threshold; or classes, integers (n,). It is called in evaluation mode; its modes are restored.
    inputs:    examples (n, 2).
    labels:    their classes, integers from 0, (n,) or (n, 1).
    threshold: the probability above which class 1 is predicted; 0 if the model returns logits of class 1.
    names:     the names of the classes.
    key:       add a legend.

    Scores that are not probabilities are shaded by their softmax. A ring marks an example that is classified wrongly.

    Raises ShapeError for other shapes, DataError for other labels or outputs, and ValueError for too few names.

    >>> import nn
    >>> from autograd.draw import plots
    >>> figure = plots.decision_regions(nn.Perceptron(2), [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['class 0', 'class 1', 'decided wrong (3)']
    """
    points, classes = _as_examples(inputs, labels)
    low, high = points.min(axis=0), points.max(axis=0)
    padding = margin * np.where(high > low, high - low, 1)
    (left, right), (bottom, top) = np.stack([low - padding, high + padding], axis=1)
    x, y = np.meshgrid(np.linspace(left, right, resolution), np.linspace(bottom, top, resolution))
    with evaluation_mode(model):
        grid = np.stack([x.ravel(), y.ravel()], axis=1).astype(points.dtype, copy=False)
        batches = np.array_split(grid, -(-len(grid) // BATCH_SIZE))
        shares = _class_shares(_concatenate([as_array(model(batch)) for batch in batches]), len(grid), threshold)
        predicted = _class_shares(as_array(model(points)), len(points), threshold).argmax(axis=1)
    count = max(shares.shape[1], int(classes.max()) + 1)
    if count > len(COLORS):
        raise DataError(f"decision_regions: at most {len(COLORS)} classes can be drawn, not {count}")
    class_names = [f"class {k}" for k in range(count)] if names is None else [str(name) for name in names]
    if len(class_names) < count:
        raise ValueError(f"decision_regions: {count} classes but {len(class_names)} names")
    aspect = (right - left) / (top - bottom)
    is_equal = 0.5 < aspect < 2
    figure, (axes,) = get_axes(axes, 1, width=6.4, height=0.9 + 3.9 / max(1, aspect) if is_equal else None)
    style(axes, xlabel, ylabel, title, grid=False)
    extent = (left, right, bottom, top)
    axes.imshow(_shading(shares).reshape(*x.shape, 3), extent=extent, origin="lower", aspect="auto", interpolation="bilinear")
    for k in range(shares.shape[1] if shares.shape[1] > 2 else 1):
        lead = (shares[:, k] - np.delete(shares, k, axis=1).max(axis=1)).reshape(x.shape)
        if lead.min() < 0 < lead.max():
            axes.contour(x, y, lead, [0], colors=INK, linewidths=1.2)
    for k in range(count):
        members = points[classes == k]
        if len(members):
            axes.plot(
                members[:, 0], members[:, 1], linestyle="", marker=MARKERS[k], markersize=6, markerfacecolor=COLORS[k],
                markeredgecolor=PAPER, markeredgewidth=0.6, label=class_names[k], zorder=3,
            )  # fmt: skip
    wrong = points[predicted != classes]
    if len(wrong):
        axes.plot(
            wrong[:, 0], wrong[:, 1], linestyle="", marker="o", markersize=11, markerfacecolor="none", markeredgecolor=INK,
            markeredgewidth=1.1, label=f"decided wrong ({len(wrong)})", zorder=4,
        )  # fmt: skip
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal" if is_equal else "auto")
    if key:
        legend(axes, outside=True)
    return figure


def _as_examples(inputs: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    points, classes = as_array(inputs), as_array(labels)
    if points.ndim != 2 or points.shape[1] != 2 or classes.size != len(points) or not len(points):
        raise ShapeError(
            f"decision_regions: expected inputs (n, 2) and labels (n,) with n ≥ 1; got {points.shape} and {classes.shape}"
        )
    if not np.isfinite(points).all():
        raise DataError(f"decision_regions: inputs must be finite, not {points[~np.isfinite(points)][0]}")
    classes = classes.ravel()
    wrong = classes[~((classes >= 0) & (classes == np.floor(classes)))]
    if wrong.size:
        raise DataError(f"decision_regions: labels must be integers from 0, not {wrong[0]}")
    points = points if points.dtype.kind == "f" else points.astype(float)
    return points, classes.astype(np.int64)


def _concatenate(outputs: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(outputs) if len({out.shape[1:] for out in outputs if out.ndim}) == 1 else outputs[0]


def _class_shares(out: np.ndarray, count: int, threshold: float) -> np.ndarray:
    """The share of each class at each point, (n, classes); rows sum to 1."""
    out = out[:, 0] if out.ndim == 2 and out.shape[1] == 1 else out
    if out.ndim not in (1, 2) or len(out) != count:
        expected = f"({count}, classes), ({count}, 1) or ({count},)"
        raise ShapeError(f"decision_regions: the output of the model must have shape {expected}, not {out.shape}")
    if out.dtype.kind in "iub" and out.ndim == 1:
        return np.eye(max(2, int(out.max()) + 1))[out.astype(int)]
    out = out.astype(float)
    if not np.isfinite(out).all():
        raise DataError(f"decision_regions: the outputs of the model must be finite, not {out[~np.isfinite(out)][0]}")
    if out.ndim == 1:
        return _two_class_shares(out, threshold)
    if (out >= 0).all() and np.allclose(out.sum(axis=1), 1, atol=1e-3):
        return out
    powers = np.exp(out - out.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _two_class_shares(out: np.ndarray, threshold: float) -> np.ndarray:
    """The shares of two classes from one number; ½ at the threshold."""
    if 0 < threshold < 1:
        wrong = out[(out < 0) | (out > 1)]
        if wrong.size:
            raise DataError(f"decision_regions: {wrong[0]:.4g} is not a probability; for logits give threshold=0")
        share = np.where(out <= threshold, out / (2 * threshold), 1 - (1 - out) / (2 * (1 - threshold)))
    else:
        share = 0.5 * (1 + np.tanh((out - threshold) / 2))
    return np.stack([1 - share, share], axis=1)


def _shading(shares: np.ndarray) -> np.ndarray:
    """The color of the predicted class, paler where it is less certain."""
    from matplotlib.colors import to_rgb

    colors = np.array([to_rgb(color) for color in COLORS])[shares.argmax(axis=1)]
    least = 1 / shares.shape[1]
    certainty = (shares.max(axis=1, keepdims=True) - least) / (1 - least)
    opacity = MIN_SHADE + (MAX_SHADE - MIN_SHADE) * certainty
    return 1 - opacity * (1 - colors)
