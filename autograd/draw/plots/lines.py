"""Curves over epochs or steps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.draw.plots.inputs import as_array, as_dict
from autograd.draw.plots.style import COLORS, DASHES, MUTED, SMALL_FONT_SIZE, get_axes, legend as add_legend, line_style, style
from autograd.errors import ShapeError

#: The end of a logarithmic axis. Margins and ticks beyond it would pass the largest float.
HIGHEST = 1e150


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
    colors: Sequence[Any] = COLORS,
    height: float | None = None,
    xticks: Sequence[float] | None = None,
    yticks: Sequence[float] | None = None,
    ylim: tuple[float, float] | None = None,
    legend: bool | str = True,
    axes: Any = None,
) -> Any:
    """Curves over epochs, of one run or of several runs.

    runs:  values (epochs,); or name → values; or name → {column → values}, with columns such as "training" and "validation".
           A run has one color, a column one line style; without columns, runs beyond four differ by their line style too.
           Values (repetitions, epochs) are drawn as their median with a band from the minimum to the maximum.
    x:     the positions of the values; 1, 2, … by default; or name of the run → positions.
    log:   use a logarithmic y-axis; it ends at 1e150.
    log_x: use a logarithmic x-axis, for example for learning rates.
    marks: name → x of vertical lines, such as {"best epoch": 12}.
    colors: of the runs, in turn; COLORS[1:7] are those of the paths on a loss surface.
    height: of a new figure, in inches.
    xticks, yticks: the positions of the ticks, labeled by their values; ylim: the ends of the y-axis.
    legend: False for none; "outside", on the right of the axes; or a location of matplotlib, such as "upper right".

    Values that are nan or infinite are omitted, and the label of their run says so. Raises ShapeError for other shapes, and
    ValueError for a logarithmic x-axis with x ≤ 0.

    >>> from autograd.draw import plots
    >>> figure = plots.curves({"SGD": [1.0, 0.5, 0.4], "Adam": [1.0, 0.3, 0.2]})
    >>> [line.get_label() for line in figure.axes[0].lines]
    ['SGD', 'Adam']
    """
    figure, (axes,) = get_axes(axes, 1, height=height)
    style(axes, xlabel, ylabel, title)
    columns: list[str] = []
    integer_x = True
    named = as_dict(runs)
    for i, (run, values) in enumerate(named.items()):
        for column, numbers in as_dict(values).items():
            if column not in columns:
                columns.append(column)
            positions = as_dict(x)[run] if isinstance(x, Mapping) else x
            options = line_style(i) | {"color": colors[i % len(colors)]}
            if column or len(named) > len(DASHES):
                options["linestyle"] = DASHES[(columns.index(column) if column else i) % len(DASHES)]
            label = ", ".join(name for name in (run, column) if name)
            integer_x &= _draw_curve(axes, label, positions, as_array(numbers), options, log_x)
    if log:
        if axes.dataLim.y1 > HIGHEST:
            axes.set_ylim(min(axes.dataLim.minposy, 1.0), HIGHEST)
        axes.set_yscale("log")
    if log_x:
        axes.set_xscale("log")
    elif integer_x:
        axes.xaxis.get_major_locator().set_params(integer=True)
    for mark, position in (marks or {}).items():
        axes.axvline(position, color=MUTED, linewidth=1.2, linestyle=":")
        axes.annotate(
            mark, (position, 1.0), xycoords=("data", "axes fraction"), xytext=(4, -2), textcoords="offset points",
            va="top", fontsize=SMALL_FONT_SIZE, color=MUTED,
        )  # fmt: skip
    _set_ticks(axes.xaxis, xticks)
    _set_ticks(axes.yaxis, yticks)
    if ylim is not None:
        axes.set_ylim(ylim)
    if legend:
        add_legend(axes, outside=legend == "outside", **({"loc": legend} if legend not in (True, "outside") else {}))
    return figure


def _set_ticks(axis: Any, ticks: Sequence[float] | None) -> None:
    """Set the ticks of an axis, also of a logarithmic one, to these positions, and no others."""
    if ticks is not None:
        axis.set_ticks(list(ticks), [f"{tick:g}" for tick in ticks])
        axis.set_ticks([], minor=True)


def _draw_curve(axes: Any, label: str, x: Any, values: np.ndarray, options: dict[str, str], log_x: bool) -> bool:
    """Draw one curve; returns whether its positions are integers."""
    if values.ndim not in (1, 2):
        raise ShapeError(f"{label or 'curve'}: values must have shape (epochs,) or (repetitions, epochs), not {values.shape}")
    values = np.atleast_2d(values).astype(float)
    positions = np.arange(1, values.shape[1] + 1) if x is None else as_array(x)
    if positions.shape != values.shape[1:]:
        raise ShapeError(f"{label or 'curve'}: {values.shape[1]} values, but x has shape {positions.shape}")
    if log_x and not (positions > 0).all():
        raise ValueError(f"{label or 'curve'}: log_x=True needs x > 0, not x = {positions.min():g}")
    finite = np.isfinite(values).all(axis=0)
    values[:, ~finite] = np.nan
    label += "" if finite.all() else " (not finite)"
    marker = {"marker": "o", "markersize": 5} if finite.sum() < 2 else {}
    axes.plot(positions, np.median(values, axis=0), label=label.strip(), linewidth=2, **options, **marker)
    if len(values) > 1:
        axes.fill_between(positions, values.min(axis=0), values.max(axis=0), color=options["color"], alpha=0.15, linewidth=0)
    return bool((positions == np.round(positions)).all())
