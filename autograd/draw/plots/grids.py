"""Images in a grid: examples with their labels, and the weights of units."""

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np

from autograd.draw.plots.inputs import as_array
from autograd.draw.plots.style import (
    BLUE,
    FONT_SIZE,
    GRID,
    INK,
    MUTED,
    PAPER,
    SMALL_FONT_SIZE,
    VERMILLION,
    color_bar,
    color_map,
    get_axes,
    hide_axis,
)
from autograd.errors import ShapeError

MAX_IMAGES = 400
MIN_SIDE, MAX_SIDE, TITLE_HEIGHT = 0.95, 1.4, 0.24  # the side of an image and the height of its title, in inches


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
    """Images in a grid, black on white, with their labels and predictions; wrong predictions are marked.

    pictures:    (n, height, width), (n, 1, height, width), rows (n, height · width), or colors (n, height, width, 3). All are
                 on one scale: white is 0, or the minimum if it is negative, and black is the maximum. Colors are from 0 to 1,
                 or from 0 to 255.
    labels:      the true classes (n,).
    predictions: the predicted classes (n,), or scores (n, classes), of which the largest decides.
    shape:       (height, width) of one image, for rows that are not squares.
    names:       the names of the classes.

    Raises ShapeError for other shapes, and ValueError for more than 400 images.

    >>> import numpy as np
    >>> from autograd.draw import plots
    >>> figure = plots.images(np.zeros((3, 64)), labels=[7, 1, 2], predictions=[7, 7, 2])
    >>> [axes.get_title() for axes in figure.axes]
    ['7', '✗ 7 (1)', '2']
    """
    scaled = _as_images("images", as_array(pictures), shape)
    true, predicted = (
        _as_classes(name, classes, len(scaled)) for name, classes in (("labels", labels), ("predictions", predictions))
    )
    figure, panels = _make_grid(axes, "images", scaled, columns, title, labels is not None or predictions is not None)
    low, high = min(0.0, float(scaled.min())), float(scaled.max())
    if scaled.ndim == 4:
        high = 255.0 if high > 1 else 1.0
    scaled = (scaled - low) / ((high - low) or 1.0)
    mistakes = 0
    for panel, picture, label, prediction in zip(panels, scaled, true, predicted):
        panel.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        texts = [str(k if names is None else names[k]) for k in (prediction, label) if k is not None]
        is_wrong = len(texts) == 2 and label != prediction
        mistakes += is_wrong
        hide_axis(panel, f"✗ {texts[0]} ({texts[1]})" if is_wrong else "".join(texts[:1]), VERMILLION if is_wrong else INK)
        panel.spines[:].set(visible=True, color=GRID, linewidth=0.6)
    if mistakes and axes is None:
        figure.supxlabel("✗ wrong: predicted class (true class)", fontsize=SMALL_FONT_SIZE, color=VERMILLION)
    return figure


def weight_images(
    weights: Any, *, shape: Sequence[int] | None = None, units: Sequence[int] | None = None, columns: int = 8, title: str = "",
    axes: Any = None,
) -> Any:  # fmt: skip
    """The weights of each unit of a layer as an image.

    weights: (in, out), one image for each column; or convolution kernels (out, in, height, width), one image for each kernel.
    shape:   (height, width) of the input of the layer, if it is not a square.
    units:   the indices of the images to show; the first 64 by default.

    All are on one scale: blue is negative, white 0, vermillion positive. Raises ShapeError for other shapes.

    >>> import numpy as np
    >>> from autograd.draw import plots
    >>> figure = plots.weight_images(np.random.default_rng(0).normal(size=(64, 10)))
    >>> len(figure.axes), figure.axes[0].get_title()
    (11, 'unit 0')
    """
    w = as_array(weights)
    if w.ndim == 4:
        indices = [(unit, channel) for unit in range(w.shape[0]) for channel in range(w.shape[1])]
        kernels = w.reshape(-1, *w.shape[2:])
        titles = [f"unit {unit}" if w.shape[1] == 1 else f"unit {unit}, channel {channel}" for unit, channel in indices]
    elif w.ndim == 2:
        kernels, titles = _as_images("weight_images", w.T, shape), [f"unit {unit}" for unit in range(w.shape[1])]
    else:
        raise ShapeError(f"weight_images: weights must have shape (in, out) or (out, in, height, width), not {w.shape}")
    selected = list(range(min(64, len(kernels)))) if units is None else list(units)
    kernels = kernels[selected]
    figure, panels = _make_grid(axes, "weight_images", kernels, columns, title, True, margin=0.9)
    largest = float(np.abs(kernels).max()) or 1.0
    for panel, kernel, index in zip(panels, kernels, selected):
        image = panel.imshow(kernel, cmap=color_map(BLUE, PAPER, VERMILLION), vmin=-largest, vmax=largest)
        hide_axis(panel, titles[index])
        panel.spines[:].set(visible=True, color=MUTED, linewidth=0.5)
    color_bar(figure, image, panels, "weight")
    return figure


def _as_images(name: str, x: np.ndarray, shape: Sequence[int] | None) -> np.ndarray:
    """Images as an array (n, height, width) or (n, height, width, 3)."""
    side = isqrt(x.shape[1]) if x.ndim == 2 else 0
    if shape is None and x.ndim == 2 and side * side != x.shape[1]:
        raise ShapeError(f"{name}: rows of {x.shape[1]} numbers are not squares; give shape=(height, width)")
    if shape is not None or x.ndim == 2:
        image_shape = tuple(shape or (side, side))
        if not len(x) or x[0].size != np.prod(image_shape):
            raise ShapeError(f"{name}: an array of shape {x.shape} cannot be reshaped to images of shape {image_shape}")
        x = x.reshape(len(x), *image_shape)
    if x.ndim == 4 and x.shape[1] == 1:
        x = x[:, 0]
    if not (x.ndim == 3 or (x.ndim == 4 and x.shape[3] == 3)) or not x.size:
        raise ShapeError(
            f"{name}: pictures must have shape (n, height, width), (n, height, width, 3) or (n, pixels), not {x.shape}"
        )
    return x.astype(float)


def _as_classes(name: str, classes: Any, count: int) -> list[int] | list[None]:
    if classes is None:
        return [None] * count
    array = as_array(classes)
    array = array.argmax(axis=1) if array.ndim == 2 and array.shape[1] > 1 else array.ravel()
    if len(array) != count:
        raise ShapeError(f"images: {count} pictures but {len(array)} {name}")
    return [int(k) for k in array]


def _make_grid(
    axes: Any, name: str, pictures: np.ndarray, columns: int, title: str, has_titles: bool, margin: float = 0.0
) -> tuple[Any, list]:
    """Panels in rows for images of this shape, with a margin for a color bar, in inches."""
    if len(pictures) > MAX_IMAGES:
        raise ValueError(f"{name}: at most {MAX_IMAGES} pictures can be shown at once, not {len(pictures)}; pass a slice")
    columns = min(columns, len(pictures))
    height, width = pictures.shape[1:3]
    side = min(MAX_SIDE, max(MIN_SIDE, 6.4 / columns))
    rows = -(-len(pictures) // columns)
    total_height = rows * (side * height / width + (TITLE_HEIGHT if has_titles else 0.06)) + (0.35 if title else 0.1)
    figure, panels = get_axes(
        axes, len(pictures), columns, "picture", width=max(2.0, columns * side + margin), height=max(1.4, total_height)
    )
    if title and axes is None:
        figure.suptitle(title, fontsize=FONT_SIZE, color=INK, x=0.01, ha="left")
    return figure, panels
