"""The pictures of a history, in the style of the other plots."""

from importlib import import_module
from typing import Any, Protocol

import numpy as np

#: A histogram of a parameter: how many numbers are in each of the bins between the lowest and the highest.
Histogram = tuple[list[int], float, float]
PER_ROW = 3


class Columns(Protocol):
    """What is drawn of a history: its columns by name, and those of single parameters by record."""

    @property
    def columns(self) -> list[str]: ...
    def __getitem__(self, column: str, /) -> list[float]: ...
    def layers(self, record: str, /) -> dict[str, list[float]]: ...


def curves(history: Columns) -> Any:
    """Panels over the epochs: loss and metrics, in training and validation; learning rate; what was recorded of parameters."""
    plots = import_module("autograd.draw.plots")
    special = ("epoch", "seconds", "lr")
    named = [name for name in history.columns if " " not in name and name not in special]
    metrics = [name for name in named if not name.startswith("validation_")]
    layers = {record: history.layers(record) for record in ("gradient_norm", "update_ratio")}
    layers = {record: found for record, found in layers.items() if found}
    rate = ["lr"] if "lr" in history.columns else []
    count = len(metrics) + len(rate) + len(layers)
    figure, panels = _panels(plots, count, "there are no epochs to draw")
    epochs = history["epoch"]
    for name, axes in zip(metrics, panels):
        lines = {"training": name, "validation": f"validation_{name}"}
        shown = {label: history[column] for label, column in lines.items() if column in history.columns}
        plots.curves(shown, dict.fromkeys(shown, epochs), ylabel=name, axes=axes)
    for name, axes in zip(rate, panels[len(metrics) :]):
        plots.curves(history[name], epochs, ylabel="learning rate", axes=axes)
    for (record, found), axes in zip(layers.items(), panels[len(metrics) + len(rate) :]):
        draw = plots.gradient_norm_curves if record == "gradient_norm" else plots.update_ratios
        draw(found, epochs, axes=axes)
    return figure


def distributions(histograms: dict[str, list[Histogram]]) -> Any:
    """A panel for each parameter: its values from bottom to top, the epochs from left to right, darker where there are more."""
    plots = import_module("autograd.draw.plots")
    figure, panels = _panels(plots, len(histograms), 'no histograms were recorded; give fit record="histograms"')
    for (name, found), axes in zip(histograms.items(), panels):
        low, high = min(one[1] for one in found), max(one[2] for one in found)
        levels = np.linspace(low, high, 101)
        densities = np.stack([_density(one, levels) for one in found], axis=1)
        plots.style(axes, "epoch", name, grid=False)
        extent = (0.5, len(found) + 0.5, low, high)
        axes.imshow(densities / densities.max(axis=0), cmap="Blues", aspect="auto", origin="lower", extent=extent)
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _panels(plots: Any, count: int, otherwise: str) -> tuple[Any, list[Any]]:
    """A figure with so many axes in rows of three."""
    if not count:
        raise ValueError(otherwise)
    columns = min(count, PER_ROW)
    rows = -(-count // columns)
    figure, made = plots.subplots(rows, columns, width=5 * columns, height=3.6 * rows)
    panels = list(np.ravel(made))
    for unused in panels[count:]:
        unused.remove()
    return figure, panels[:count]


def _density(histogram: Histogram, levels: np.ndarray) -> np.ndarray:
    """The density of a histogram between all neighboring levels."""
    counts, low, high = histogram
    edges = np.linspace(low, high, len(counts) + 1)
    below = np.concatenate([[0], np.cumsum(counts)])
    return np.diff(np.interp(levels, edges, below)) / np.diff(levels)
