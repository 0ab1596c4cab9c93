"""Which class a classifier of two features gives, all over the plane."""

from typing import Any

import numpy as np

from autograd.draw.plots.inputs import evaluation, plain
from autograd.draw.plots.style import COLORS, INK, MARKERS, PAPER, axes_for, legend, style
from autograd.errors import DataError, ShapeError

AT_ONCE = 10_000  # points a model is asked about in one call
PALEST, FULLEST = 0.10, 0.50  # how much color the least and the most certain decision have


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
    """The regions in which a classifier of two features decides for each class, the paler the less certain, and examples.

    model:     points (n, 2) → scores (n, classes), of which the largest decides; or probabilities of class 1, (n,) or (n, 1),
               which decide for it above the threshold; or classes, integers (n,). It is called in evaluation mode, which is
               put back.
    inputs:    examples (n, 2); labels: their classes, integers from 0, (n,) or (n, 1).
    threshold: 0 if the model gives logits of class 1 instead of probabilities.
    names:     of the classes, in their order; key: whether a legend says what markers mean.

    Scores that are no probabilities are shaded by their softmax. Examples that are decided wrong have a ring.

    Raises ShapeError or DataError for other inputs, labels or outputs.

    >>> import nn
    >>> from autograd.draw import plots
    >>> figure = plots.decision_regions(nn.Perceptron(2), [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['class 0', 'class 1', 'decided wrong (3)']
    """
    points, classes = _examples(inputs, labels)
    low, high = points.min(axis=0), points.max(axis=0)
    room = margin * np.where(high > low, high - low, 1)
    (left, right), (bottom, top) = np.stack([low - room, high + room], axis=1)
    x, y = np.meshgrid(np.linspace(left, right, resolution), np.linspace(bottom, top, resolution))
    with evaluation(model):
        everywhere = np.stack([x.ravel(), y.ravel()], axis=1).astype(points.dtype, copy=False)
        parts = np.array_split(everywhere, -(-len(everywhere) // AT_ONCE))
        shares = _shares(_joined([plain(model(part)) for part in parts]), len(everywhere), threshold)
        decided = _shares(plain(model(points)), len(points), threshold).argmax(axis=1)
    count = max(shares.shape[1], int(classes.max()) + 1)
    if count > len(COLORS):
        raise DataError(f"decision_regions: {len(COLORS)} classes can be told apart, not {count}")
    words = [f"class {k}" for k in range(count)] if names is None else [str(name) for name in names]
    if len(words) < count:
        raise ValueError(f"decision_regions: {count} classes but {len(words)} names")
    ratio = (right - left) / (top - bottom)
    equal = 0.5 < ratio < 2
    figure, (axes,) = axes_for(axes, 1, width=6.4, height=0.9 + 3.9 / max(1, ratio) if equal else None)
    style(axes, xlabel, ylabel, title, grid=False)
    box = (left, right, bottom, top)
    axes.imshow(_shading(shares).reshape(*x.shape, 3), extent=box, origin="lower", aspect="auto", interpolation="bilinear")
    for k in range(shares.shape[1] if shares.shape[1] > 2 else 1):
        lead = (shares[:, k] - np.delete(shares, k, axis=1).max(axis=1)).reshape(x.shape)
        if lead.min() < 0 < lead.max():
            axes.contour(x, y, lead, [0], colors=INK, linewidths=1.2)
    for k in range(count):
        own = points[classes == k]
        if len(own):
            axes.plot(
                own[:, 0], own[:, 1], linestyle="", marker=MARKERS[k], markersize=6, markerfacecolor=COLORS[k],
                markeredgecolor=PAPER, markeredgewidth=0.6, label=words[k], zorder=3,
            )  # fmt: skip
    wrong = points[decided != classes]
    if len(wrong):
        axes.plot(
            wrong[:, 0], wrong[:, 1], linestyle="", marker="o", markersize=11, markerfacecolor="none", markeredgecolor=INK,
            markeredgewidth=1.1, label=f"decided wrong ({len(wrong)})", zorder=4,
        )  # fmt: skip
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal" if equal else "auto")
    if key:
        legend(axes, outside=True)
    return figure


def _examples(inputs: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    points, classes = plain(inputs), plain(labels)
    if points.ndim != 2 or points.shape[1] != 2 or classes.size != len(points) or not len(points):
        raise ShapeError(
            f"decision_regions: inputs (n, 2) and labels (n,) expected with n ≥ 1, got {points.shape} and {classes.shape}"
        )
    if not np.isfinite(points).all():
        raise DataError(f"decision_regions: inputs are finite numbers, not {points[~np.isfinite(points)][0]}")
    classes = classes.ravel()
    wrong = classes[~((classes >= 0) & (classes == np.floor(classes)))]
    if wrong.size:
        raise DataError(f"decision_regions: labels are classes from 0, not {wrong[0]}")
    points = points if points.dtype.kind == "f" else points.astype(float)
    return points, classes.astype(np.int64)


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if len({part.shape[1:] for part in parts if part.ndim}) == 1 else parts[0]


def _shares(out: np.ndarray, count: int, threshold: float) -> np.ndarray:
    """How strongly each class is decided for: (n, classes), each row like probabilities."""
    out = out[:, 0] if out.ndim == 2 and out.shape[1] == 1 else out
    if out.ndim not in (1, 2) or len(out) != count:
        raise ShapeError(f"decision_regions: for {count} points the model gives {out.shape}, not (n, classes), (n, 1) or (n,)")
    if out.dtype.kind in "iub" and out.ndim == 1:
        return np.eye(max(2, int(out.max()) + 1))[out.astype(int)]
    out = out.astype(float)
    if not np.isfinite(out).all():
        raise DataError(f"decision_regions: the model gives {out[~np.isfinite(out)][0]}")
    if out.ndim == 1:
        return _two(out, threshold)
    if (out >= 0).all() and np.allclose(out.sum(axis=1), 1, atol=1e-3):
        return out
    powers = np.exp(out - out.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _two(out: np.ndarray, threshold: float) -> np.ndarray:
    """Two classes from one number: ½ where the decision changes."""
    if 0 < threshold < 1:
        wrong = out[(out < 0) | (out > 1)]
        if wrong.size:
            raise DataError(f"decision_regions: the model gives {wrong[0]:.4g}, no probability; for logits give threshold=0")
        one = np.where(out <= threshold, out / (2 * threshold), 1 - (1 - out) / (2 * (1 - threshold)))
    else:
        one = 0.5 * (1 + np.tanh((out - threshold) / 2))
    return np.stack([1 - one, one], axis=1)


def _shading(shares: np.ndarray) -> np.ndarray:
    """The color of the class that is decided for, the paler the less certain."""
    from matplotlib.colors import to_rgb

    colors = np.array([to_rgb(color) for color in COLORS])[shares.argmax(axis=1)]
    least = 1 / shares.shape[1]
    certain = (shares.max(axis=1, keepdims=True) - least) / (1 - least)
    amount = PALEST + (FULLEST - PALEST) * certain
    return 1 - amount * (1 - colors)
