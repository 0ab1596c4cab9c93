"""Curves over epochs or steps."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.draw.plots.inputs import named, plain
from autograd.draw.plots.style import DASHES, MUTED, SMALL, axes_for, legend, look_of, style
from autograd.errors import ShapeError


def curves(
    runs: Any,
    x: Any = None,
    *,
    xlabel: str = "epoch",
    ylabel: str = "loss",
    title: str = "",
    log: bool = False,
    log_x: bool = False,
    marks: Mapping[str, float] | None = None,
    axes: Any = None,
) -> Any:
    """Curves over epochs, of one run or of several to compare.

    runs:  numbers, one for each epoch; or name → numbers; or name → {column → numbers}, such as "training" and "validation",
           where a run has one color and a column one kind of dashes. Numbers (repetitions, epochs) are drawn as their median
           and a band from the least to the largest.
    x:     where they are measured, 1, 2, … if not given; or by name of the run.
    log:   a logarithmic scale of losses.
    log_x: a logarithmic scale of epochs, or of what `x` is, such as learning rates.
    marks: name → x of vertical lines, such as {"best epoch": 12}.

    A run with values that are nan or infinite is drawn as far as it goes, and its label says so. Raises ShapeError for numbers
    that do not fit, ValueError for a logarithmic scale from 0 or less.

    >>> from autograd.draw import plots
    >>> figure = plots.curves({"SGD": [1.0, 0.5, 0.4], "Adam": [1.0, 0.3, 0.2]})
    >>> [line.get_label() for line in figure.axes[0].lines]
    ['SGD', 'Adam']
    """
    figure, (axes,) = axes_for(axes, 1)
    style(axes, xlabel, ylabel, title)
    columns: list[str] = []
    whole = True
    for i, (run, values) in enumerate(named(runs).items()):
        for column, numbers in named(values).items():
            if column not in columns:
                columns.append(column)
            at = named(x)[run] if isinstance(x, Mapping) else x
            look = look_of(i) | ({"linestyle": DASHES[columns.index(column) % len(DASHES)]} if column else {})
            label = ", ".join(part for part in (run, column) if part)
            whole &= _curve(axes, label, at, plain(numbers), look, log_x)
    if log:
        axes.set_yscale("log")
    if log_x:
        axes.set_xscale("log")
    elif whole:
        axes.xaxis.get_major_locator().set_params(integer=True)
    for words, place in (marks or {}).items():
        axes.axvline(place, color=MUTED, linewidth=1.2, linestyle=":")
        axes.annotate(
            words, (place, 1.0), xycoords=("data", "axes fraction"), xytext=(4, -2), textcoords="offset points",
            va="top", fontsize=SMALL, color=MUTED,
        )  # fmt: skip
    legend(axes)
    return figure


def _curve(axes: Any, label: str, x: Any, values: np.ndarray, look: dict[str, str], log_x: bool) -> bool:
    """Draw one curve; whether it is measured at whole numbers."""
    if values.ndim not in (1, 2):
        raise ShapeError(f"{label or 'curve'}: numbers (epochs,) or (repetitions, epochs) expected, got {values.shape}")
    values = np.atleast_2d(values).astype(float)
    at = np.arange(1, values.shape[1] + 1) if x is None else plain(x)
    if at.shape != values.shape[1:]:
        raise ShapeError(f"{label or 'curve'}: {values.shape[1]} numbers, but x has shape {at.shape}")
    if log_x and not (at > 0).all():
        raise ValueError(f"{label or 'curve'}: a logarithmic scale has no place for x = {at.min():g}; x above 0 expected")
    finite = np.isfinite(values).all(axis=0)
    values[:, ~finite] = np.nan
    label += "" if finite.all() else " (not finite)"
    marker = {"marker": "o", "markersize": 5} if finite.sum() < 2 else {}
    axes.plot(at, np.median(values, axis=0), label=label.strip(), linewidth=2, **look, **marker)
    if len(values) > 1:
        axes.fill_between(at, values.min(axis=0), values.max(axis=0), color=look["color"], alpha=0.15, linewidth=0)
    return bool((at == np.round(at)).all())
