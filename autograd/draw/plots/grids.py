"""Pictures in a grid: images with their labels, and the weights of units."""

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np

from autograd.draw.plots.inputs import plain
from autograd.draw.plots.style import BLUE, GRID, INK, MUTED, PAPER, SMALL, TEXT, VERMILLION, axes_for, bare, blend, color_bar
from autograd.errors import ShapeError

MOST = 400  # pictures at once
SIDE, LARGEST, TITLE = 0.95, 1.4, 0.24  # the sides of a picture and the height of what stands above it, in inches


def images(
    pictures: Any,
    labels: Any = None,
    predictions: Any = None,
    *,
    shape: Sequence[int] | None = None,
    names: Sequence[Any] | None = None,
    columns: int = 10,
    title: str = "",
    axes: Any = None,
) -> Any:
    """Images in a grid, ink on paper, with their labels and what was predicted for them; wrong predictions stand out.

    pictures:    (n, height, width), with colors (n, height, width, 3), or (n, 1, height, width), or rows (n, height · width).
                 All are on one scale, white at 0, or at the least number if it is negative, and black at the largest;
                 colors are from 0 to 1, or to 255.
    labels:      true classes (n,); predictions: predicted classes (n,), or scores (n, classes), of which the largest counts.
    shape:       of one image, where rows are not squares.
    names:       of the classes, in their order.

    Raises ShapeError for anything else, ValueError for more than 400 images.

    >>> import numpy as np
    >>> from autograd.draw import plots
    >>> figure = plots.images(np.zeros((3, 64)), labels=[7, 1, 2], predictions=[7, 7, 2])
    >>> [axes.get_title() for axes in figure.axes]
    ['7', '✗ 7 (1)', '2']
    """
    shown = _shaped("images", plain(pictures), shape)
    true, predicted = (_classes(what, given, len(shown)) for what, given in (("labels", labels), ("predictions", predictions)))
    figure, panels = _grid(axes, "images", shown, columns, title, labels is not None or predictions is not None)
    least, largest = min(0.0, float(shown.min())), float(shown.max())
    if shown.ndim == 4:
        largest = 255.0 if largest > 1 else 1.0
    shown = (shown - least) / ((largest - least) or 1.0)
    mistakes = 0
    for panel, picture, is_class, taken_for in zip(panels, shown, true, predicted):
        panel.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        words = [str(k if names is None else names[k]) for k in (taken_for, is_class) if k is not None]
        wrong = len(words) == 2 and is_class != taken_for
        mistakes += wrong
        bare(panel, f"✗ {words[0]} ({words[1]})" if wrong else "".join(words[:1]), VERMILLION if wrong else INK)
        panel.spines[:].set(visible=True, color=GRID, linewidth=0.6)
    if mistakes and axes is None:
        figure.supxlabel("✗ wrong: predicted class (true class)", fontsize=SMALL, color=VERMILLION)
    return figure


def weight_images(
    weights: Any, *, shape: Sequence[int] | None = None, units: Sequence[int] | None = None, columns: int = 8, title: str = "",
    axes: Any = None,
) -> Any:  # fmt: skip
    """The weights into each unit of a layer as an image: what the unit looks for.

    weights: (in, out), an image for each column; or kernels of a convolution, (out, in, height, width), an image for each.
    shape:   of the layer's input, where it is not a square.
    units:   which to show; the first 64 if not given.

    All are on one scale: blue is negative, white 0, vermillion positive. Raises ShapeError for weights that are no images.

    >>> import numpy as np
    >>> from autograd.draw import plots
    >>> figure = plots.weight_images(np.random.default_rng(0).normal(size=(64, 10)))
    >>> len(figure.axes), figure.axes[0].get_title()
    (11, 'unit 0')
    """
    w = plain(weights)
    if w.ndim == 4:
        places = [(out, into) for out in range(w.shape[0]) for into in range(w.shape[1])]
        shown = w.reshape(-1, *w.shape[2:])
        words = [f"unit {out}" if w.shape[1] == 1 else f"unit {out}, channel {into}" for out, into in places]
    elif w.ndim == 2:
        shown, words = _shaped("weight_images", w.T, shape), [f"unit {out}" for out in range(w.shape[1])]
    else:
        raise ShapeError(f"weight_images: weights (in, out) or (out, in, height, width) expected, got {w.shape}")
    chosen = list(range(min(64, len(shown)))) if units is None else list(units)
    shown = shown[chosen]
    figure, panels = _grid(axes, "weight_images", shown, columns, title, True, room=0.9)
    largest = float(np.abs(shown).max()) or 1.0
    for panel, picture, place in zip(panels, shown, chosen):
        drawn = panel.imshow(picture, cmap=blend(BLUE, PAPER, VERMILLION), vmin=-largest, vmax=largest)
        bare(panel, words[place])
        panel.spines[:].set(visible=True, color=MUTED, linewidth=0.5)
    color_bar(figure, drawn, panels, "weight")
    return figure


def _shaped(name: str, x: np.ndarray, shape: Sequence[int] | None) -> np.ndarray:
    """Pictures (n, height, width) or (n, height, width, 3)."""
    side = isqrt(x.shape[1]) if x.ndim == 2 else 0
    if shape is None and x.ndim == 2 and side * side != x.shape[1]:
        raise ShapeError(f"{name}: rows of {x.shape[1]} numbers are no squares; give shape=(height, width)")
    if shape is not None or x.ndim == 2:
        wanted = tuple(shape or (side, side))
        if not len(x) or x[0].size != np.prod(wanted):
            raise ShapeError(f"{name}: numbers of shape {x.shape} are no pictures of shape {wanted}")
        x = x.reshape(len(x), *wanted)
    if x.ndim == 4 and x.shape[1] == 1:
        x = x[:, 0]
    if not (x.ndim == 3 or (x.ndim == 4 and x.shape[3] == 3)) or not x.size:
        raise ShapeError(
            f"{name}: pictures (n, height, width), (n, height, width, 3) or rows (n, pixels) expected, got {x.shape}"
        )
    return x.astype(float)


def _classes(what: str, given: Any, count: int) -> list[int] | list[None]:
    if given is None:
        return [None] * count
    found = plain(given)
    found = found.argmax(axis=1) if found.ndim == 2 and found.shape[1] > 1 else found.ravel()
    if len(found) != count:
        raise ShapeError(f"images: {count} pictures but {len(found)} {what}")
    return [int(k) for k in found]


def _grid(
    axes: Any, name: str, shown: np.ndarray, columns: int, title: str, titled: bool, room: float = 0.0
) -> tuple[Any, list]:
    """Panels in rows for pictures of this shape, with room for a scale of colors beside them."""
    if len(shown) > MOST:
        raise ValueError(f"{name}: at most {MOST} pictures can be seen at once, not {len(shown)}; give a part of them")
    columns = min(columns, len(shown))
    height, width = shown.shape[1:3]
    side = min(LARGEST, max(SIDE, 6.4 / columns))
    rows = -(-len(shown) // columns)
    tall = rows * (side * height / width + (TITLE if titled else 0.06)) + (0.35 if title else 0.1)
    figure, panels = axes_for(
        axes, len(shown), columns, "picture", width=max(2.0, columns * side + room), height=max(1.4, tall)
    )
    if title and axes is None:
        figure.suptitle(title, fontsize=TEXT, color=INK, x=0.01, ha="left")
    return figure, panels
