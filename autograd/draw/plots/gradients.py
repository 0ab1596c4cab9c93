"""Gradients layer by layer: after one backward pass, and over training."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.draw.plots.inputs import named, plain
from autograd.draw.plots.style import INK, MARKERS, axes_for, legend, look_of, shades, style
from autograd.errors import GraphError, ShapeError

MOST = 12  # so many layers are named in a legend


def gradient_norms(models: Any, *, weights: bool | None = None, title: str = "", axes: Any = None) -> Any:
    """The norm of every parameter's gradient after a backward pass, from the input to the output: ‖∂L/∂w‖ = √Σ (∂L/∂wᵢ)².

    models:  a model, or anything with named_parameters(); or name of a parameter → gradient, or its norm; or, to compare,
             name → one of these. Layers of models of different make are compared by their number.
    weights: of models only parameters of two axes or more, without biases; so it is, if not given, where they are compared.

    On the logarithmic scale a norm of 0 stands at the lower edge as ▽, one that is not finite at the upper edge as △.

    Raises GraphError if there are no gradients.

    >>> from autograd.draw import plots
    >>> figure = plots.gradient_norms({"0.weight": [3.0, 4.0], "0.bias": [0.5], "1.weight": [2.0], "1.bias": [1.0]})
    >>> [(line.get_label(), line.get_ydata().tolist()) for line in figure.axes[0].lines]
    [('weight', [5.0, 2.0]), ('bias', [0.5, 1.0])]
    """
    several = isinstance(models, Mapping) and any(isinstance(one, Mapping) or _is_model(one) for one in models.values())
    weights = several if weights is None else weights
    series: dict[str, dict[str, float]] = {}
    for model, one in (models if several else {"": models}).items():
        norms = _norms(one, weights)
        kinds = {name.rpartition(".")[2] for name in norms}
        for name, norm in norms.items():
            layer, dot, kind = name.rpartition(".")
            label = ", ".join(part for part in (str(model), kind if dot and not (several and len(kinds) == 1) else "") if part)
            series.setdefault(label, {})[layer or kind] = norm
    layers = list(dict.fromkeys(layer for norms in series.values() for layer in norms))
    alike = not several or all(list(norms) == layers for norms in series.values())
    figure, (axes,) = axes_for(axes, 1)
    style(axes, "layer, from input to output", "gradient norm ‖∂L/∂w‖", title)
    for i, (label, norms) in enumerate(series.items()):
        at = [layers.index(layer) if alike else k for k, layer in enumerate(norms)]
        look = look_of(i) | {"marker": MARKERS[i % len(MARKERS)], "markersize": 7, "linewidth": 1.6}
        axes.plot(at, list(norms.values()), label=label or None, **look)
    ticks = layers if alike else [str(k + 1) for k in range(max(map(len, series.values())))]
    long = sum(map(len, ticks)) > 45
    axes.set_xticks(range(len(ticks)), ticks, rotation=40 if long else 0, ha="right" if long else "center")
    _log(axes)
    legend(axes)
    return figure


def gradient_norm_curves(
    norms: Mapping[str, Any], steps: Any = None, *, xlabel: str = "epoch", title: str = "", axes: Any = None
) -> Any:
    """The norm of every layer's gradient over training, one curve for each layer, darker the closer to the input.

    norms: name of a layer or parameter → a norm for each epoch or step; steps: their numbers, 1, 2, … if not given.

    >>> from autograd.draw import plots
    >>> figure = plots.gradient_norm_curves({"0.weight": [0.1, 0.05], "2.weight": [1.0, 0.7]})
    >>> figure.axes[0].get_yscale()
    'log'
    """
    return _over_training(norms, steps, xlabel, "gradient norm ‖∂L/∂w‖", title, axes)


def update_ratios(
    ratios: Mapping[str, Any],
    steps: Any = None,
    *,
    target: float | None = 1e-3,
    xlabel: str = "epoch",
    title: str = "",
    axes: Any = None,
) -> Any:
    """How far each layer moves in a step, relative to its size, over training: ‖Δw‖ / ‖w‖.

    ratios: name of a layer or parameter → a ratio for each epoch or step; steps: their numbers, 1, 2, … if not given.
    target: a line to compare with. 10⁻³ is the field's rule of thumb: much below a layer hardly learns, much above it jumps.

    >>> from autograd.draw import plots
    >>> figure = plots.update_ratios({"0.weight": [1e-3, 2e-3], "2.weight": [4e-3, 3e-3]})
    >>> [line.get_label() for line in figure.axes[0].lines][:2]
    ['0.weight', '2.weight']
    """
    return _over_training(ratios, steps, xlabel, "update ratio ‖Δw‖ / ‖w‖", title, axes, target)


def _is_model(what: Any) -> bool:
    return hasattr(what, "named_parameters")


def _norms(what: Any, weights: bool) -> dict[str, float]:
    """The norms of gradients by name of the parameter."""
    given = what.named_parameters() if _is_model(what) else named(what).items()
    pairs = [(name, value.grad if _is_model(what) else value) for name, value in given]
    found = {name: plain(g) for name, g in pairs if g is not None}
    if not found:
        raise GraphError("gradient_norms: there are no gradients yet; they come with backward()")
    chosen = {name: g for name, g in found.items() if g.ndim > 1} if weights and _is_model(what) else found
    return {name: _norm(g) for name, g in (chosen or found).items()}


def _norm(g: np.ndarray) -> float:
    """Without overflow or underflow: a gradient that vanishes has to be seen as small, not as 0."""
    largest = float(np.abs(g).max(initial=0.0))
    return largest * float(np.linalg.norm(g.ravel() / largest)) if 0 < largest < np.inf else largest


def _log(axes: Any, besides: tuple[float, ...] = ()) -> None:
    """A logarithmic scale of two powers of ten at least, with marks at its edges for what has no place on it.

    besides: what is to be seen besides the lines.
    """
    lines = list(axes.lines)
    values = [np.asarray(line.get_ydata(), float) for line in lines]
    shown = np.concatenate([np.array(besides), *[y[(y > 0) & np.isfinite(y)] for y in values]])
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (0.1, 1.0)
    wider = max(1.0, np.sqrt(100 * low / high))
    low, high = low / wider / 2, high * wider * 2
    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(low, high)
    labels: dict[str, str | None] = {"v": "exactly 0", "^": "not finite"}
    for i, (line, y) in enumerate(zip(lines, values)):
        for mark, edge, chosen in (("v", low, y == 0), ("^", high, ~np.isfinite(y))):
            if chosen.any():
                at = np.asarray(line.get_xdata())[chosen]
                look = {
                    "marker": mark,
                    "markersize": 9 + 3 * i,
                    "markeredgecolor": line.get_color(),
                    "label": labels.pop(mark, None),
                }
                axes.plot(at, np.full(at.shape, edge), linestyle="", markerfacecolor="none", clip_on=False, zorder=5, **look)


def _over_training(
    layers: Any, steps: Any, xlabel: str, ylabel: str, title: str, axes: Any, target: float | None = None
) -> Any:
    series = {name: plain(values).astype(float) for name, values in named(layers).items()}
    for name, values in series.items():
        if values.ndim != 1 or (steps is not None and len(values) != len(steps)):
            wanted = "one number for each step" if steps is None else f"{len(steps)} numbers, one for each step,"
            raise ShapeError(f"{name}: {wanted} expected, got shape {values.shape}")
    figure, (axes,) = axes_for(axes, 1)
    style(axes, xlabel, ylabel, title)
    shown = set(np.linspace(0, len(series) - 1, min(MOST, len(series))).round().astype(int))
    for i, ((name, values), color) in enumerate(zip(series.items(), shades(len(series)))):
        at = np.arange(1, len(values) + 1) if steps is None else plain(steps)
        axes.plot(at, values, color=color, linewidth=1.8, label=name if i in shown else None)
    _log(axes, () if target is None else (target,))
    axes.xaxis.get_major_locator().set_params(integer=True)
    if target is not None:
        axes.axhline(target, color=INK, linestyle="--", linewidth=1.2, label=f"{target:g}, rule of thumb")
    legend(axes, outside=True)
    return figure
