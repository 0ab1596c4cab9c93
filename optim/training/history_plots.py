"""Figures of a history, in the style of autograd.draw.plots."""

from importlib import import_module
from typing import Any, Protocol

import numpy as np

#: A histogram of a parameter: the counts of equal bins, the lowest and the highest value.
Histogram = tuple[list[int], float, float]
PANELS_PER_ROW = 3


class Columns(Protocol):
    """The interface of a history: its columns by name, and the columns of single parameters by record."""

    kept_epoch: int | None

    @property
    def columns(self) -> list[str]: ...
    def __getitem__(self, column: str, /) -> list[float]: ...
    def layers(self, record: str, /) -> dict[str, list[float]]: ...


def plot_columns(history: Columns) -> Any:
    """Panels over the epochs: loss, metrics, learning rate, statistics of the parameters; a line marks the kept epoch."""
    plots = import_module("autograd.draw.plots")
    special = ("epoch", "seconds", "lr")
    named = [name for name in history.columns if " " not in name and name not in special]
    metrics = [name for name in named if not name.startswith("validation_")]
    layers = {record: history.layers(record) for record in ("gradient_norm", "update_ratio")}
    layers = {record: columns for record, columns in layers.items() if columns}
    rate = ["lr"] if "lr" in history.columns else []
    count = len(metrics) + len(rate) + len(layers)
    figure, panels = _panels(plots, count, "there are no epochs to draw")
    epochs, kept = history["epoch"], history.kept_epoch
    marks = {} if kept is None else {f"kept: epoch {kept}": kept}
    for name, axes in zip(metrics, panels):
        lines = {"training": name, "validation": f"validation_{name}"}
        values = {label: history[column] for label, column in lines.items() if column in history.columns}
        plots.curves(values, dict.fromkeys(values, epochs), ylabel=name, marks=marks, axes=axes)
    for name, axes in zip(rate, panels[len(metrics) :]):
        plots.curves(history[name], epochs, ylabel="learning rate", axes=axes)
    for (record, columns), axes in zip(layers.items(), panels[len(metrics) + len(rate) :]):
        draw = plots.gradient_norm_curves if record == "gradient_norm" else plots.update_ratios
        draw(columns, epochs, axes=axes)
    return figure


def plot_histograms(histograms: dict[str, list[Histogram]]) -> Any:
    """A panel for each parameter: epochs on the x axis, values on the y axis, darker where the density is higher."""
    plots = import_module("autograd.draw.plots")
    figure, panels = _panels(plots, len(histograms), 'no histograms were recorded; give fit record="histograms"')
    for (name, of_parameter), axes in zip(histograms.items(), panels):
        low, high = min(lowest for _, lowest, _ in of_parameter), max(highest for _, _, highest in of_parameter)
        levels = np.linspace(low, high, 101)
        densities = np.stack([_density(histogram, levels) for histogram in of_parameter], axis=1)
        plots.style(axes, "epoch", name, grid=False)
        extent = (0.5, len(of_parameter) + 0.5, low, high)
        axes.imshow(densities / densities.max(axis=0), cmap="Blues", aspect="auto", origin="lower", extent=extent)
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _panels(plots: Any, count: int, message: str) -> tuple[Any, list[Any]]:
    """A figure with `count` axes in rows of three; raises ValueError with the message for none."""
    if not count:
        raise ValueError(message)
    columns = min(count, PANELS_PER_ROW)
    rows = -(-count // columns)
    figure, grid = plots.subplots(rows, columns, width=5 * columns, height=3.6 * rows)
    panels = list(np.ravel(grid))
    for unused in panels[count:]:
        unused.remove()
    return figure, panels[:count]


def _density(histogram: Histogram, levels: np.ndarray) -> np.ndarray:
    """The density of a histogram in each interval between two neighboring levels."""
    counts, low, high = histogram
    edges = np.linspace(low, high, len(counts) + 1)
    cumulative = np.concatenate([[0], np.cumsum(counts)])
    return np.diff(np.interp(levels, edges, cumulative)) / np.diff(levels)
