"""Gradients by layer: after one backward pass, and over training."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.core.kernels import safe_norm
from autograd.draw.plots.inputs import as_array, as_dict
from autograd.draw.plots.style import INK, MARKERS, get_axes, legend, line_style, sequential_colors, style
from autograd.errors import GraphError, ShapeError

MAX_LEGEND_ENTRIES = 12  # with more layers, the legend names some of them


def gradient_norms(models: Any, *, weights: bool | None = None, title: str = "", axes: Any = None) -> Any:
    """The norm ‖∂L/∂w‖ = √Σ (∂L/∂wᵢ)² of the gradient of every parameter after a backward pass, from input to output.

    models:  a model, or anything with named_parameters(); or name of the parameter → gradient or norm; or name → one of
             these, to compare several. If the models have different layers, these are compared by position.
    weights: use only parameters of two or more axes, without biases; by default True if several models are compared.

    On the logarithmic scale ▽ at the lower edge is a norm of 0, and △ at the upper edge a norm that is nan or infinite.

    Raises GraphError if there are no gradients.

    >>> from autograd.draw import plots
    >>> figure = plots.gradient_norms({"0.weight": [3.0, 4.0], "0.bias": [0.5], "1.weight": [2.0], "1.bias": [1.0]})
    >>> [(line.get_label(), line.get_ydata().tolist()) for line in figure.axes[0].lines]
    [('weight', [5.0, 2.0]), ('bias', [0.5, 1.0])]
    """
    several = isinstance(models, Mapping) and any(isinstance(m, Mapping) or _is_model(m) for m in models.values())
    weights = several if weights is None else weights
    series: dict[str, dict[str, float]] = {}
    for model_name, model in (models if several else {"": models}).items():
        norms = _gradient_norms(model, weights)
        suffixes = {name.rpartition(".")[2] for name in norms}
        for name, norm in norms.items():
            layer, dot, suffix = name.rpartition(".")
            shown_suffix = suffix if dot and not (several and len(suffixes) == 1) else ""
            label = ", ".join(part for part in (str(model_name), shown_suffix) if part)
            series.setdefault(label, {})[layer or suffix] = norm
    layers = list(dict.fromkeys(layer for norms in series.values() for layer in norms))
    same_layers = not several or all(list(norms) == layers for norms in series.values())
    figure, (axes,) = get_axes(axes, 1)
    style(axes, "layer, from input to output", "gradient norm ‖∂L/∂w‖", title)
    for i, (label, norms) in enumerate(series.items()):
        x = [layers.index(layer) if same_layers else k for k, layer in enumerate(norms)]
        options = line_style(i) | {"marker": MARKERS[i % len(MARKERS)], "markersize": 7, "linewidth": 1.6}
        axes.plot(x, list(norms.values()), label=label or None, **options)
    ticks = layers if same_layers else [str(k + 1) for k in range(max(map(len, series.values())))]
    is_long = sum(map(len, ticks)) > 45
    axes.set_xticks(range(len(ticks)), ticks, rotation=40 if is_long else 0, ha="right" if is_long else "center")
    _set_log_scale(axes)
    legend(axes)
    return figure


def gradient_norm_curves(
    norms: Mapping[str, Any], steps: Any = None, *, xlabel: str = "epoch", title: str = "", axes: Any = None
) -> Any:
    """The norm of the gradient of every layer over training: one curve for each layer, from dark (input) to light (output).

    norms: name of the layer or parameter → its norm for each epoch or step.
    steps: the numbers of the epochs or steps; 1, 2, … by default.

    >>> from autograd.draw import plots
    >>> figure = plots.gradient_norm_curves({"0.weight": [0.1, 0.05], "2.weight": [1.0, 0.7]})
    >>> figure.axes[0].get_yscale()
    'log'
    """
    return _curves_over_training(norms, steps, xlabel, "gradient norm ‖∂L/∂w‖", title, axes)


def update_ratios(
    ratios: Mapping[str, Any],
    steps: Any = None,
    *,
    target: float | None = 1e-3,
    xlabel: str = "epoch",
    title: str = "",
    axes: Any = None,
) -> Any:
    """The size of each update relative to the weights, ‖Δw‖ / ‖w‖, over training.

    ratios: name of the layer or parameter → its ratio for each epoch or step.
    steps:  the numbers of the epochs or steps; 1, 2, … by default.
    target: a horizontal line for comparison. 10⁻³ is a rule of thumb: with much smaller ratios a layer hardly learns, with
            much larger ones training is unstable.

    >>> from autograd.draw import plots
    >>> figure = plots.update_ratios({"0.weight": [1e-3, 2e-3], "2.weight": [4e-3, 3e-3]})
    >>> [line.get_label() for line in figure.axes[0].lines][:2]
    ['0.weight', '2.weight']
    """
    return _curves_over_training(ratios, steps, xlabel, "update ratio ‖Δw‖ / ‖w‖", title, axes, target)


def _is_model(x: Any) -> bool:
    return hasattr(x, "named_parameters")


def _gradient_norms(model: Any, weights: bool) -> dict[str, float]:
    """The norms of gradients by name of the parameter; `model` may also be a dict of gradients."""
    named = model.named_parameters() if _is_model(model) else as_dict(model).items()
    pairs = [(name, value.grad if _is_model(model) else value) for name, value in named]
    gradients = {name: as_array(g) for name, g in pairs if g is not None}
    if not gradients:
        raise GraphError("gradient_norms: no parameter has a gradient; call backward() first")
    matrices = {name: g for name, g in gradients.items() if g.ndim > 1} if weights and _is_model(model) else gradients
    return {name: safe_norm(g) for name, g in (matrices or gradients).items()}


def _set_log_scale(axes: Any, extra: tuple[float, ...] = ()) -> None:
    """Set a logarithmic scale of at least two decades, with marks at its edges for values that are 0, nan or infinite.

    extra: values that the scale includes in addition to those of the lines.
    """
    lines = list(axes.lines)
    values = [np.asarray(line.get_ydata(), float) for line in lines]
    values_on_scale = np.concatenate([np.array(extra), *[y[(y > 0) & np.isfinite(y)] for y in values]])
    low, high = (float(values_on_scale.min()), float(values_on_scale.max())) if values_on_scale.size else (0.1, 1.0)
    factor = max(1.0, np.sqrt(100 * low / high))
    low, high = low / factor / 2, high * factor * 2
    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(low, high)
    labels: dict[str, str | None] = {"v": "exactly 0", "^": "not finite"}
    for i, (line, y) in enumerate(zip(lines, values)):
        for mark, edge, mask in (("v", low, y == 0), ("^", high, ~np.isfinite(y))):
            if mask.any():
                x = np.asarray(line.get_xdata())[mask]
                options = {
                    "marker": mark,
                    "markersize": 9 + 3 * i,
                    "markeredgecolor": line.get_color(),
                    "label": labels.pop(mark, None),
                }
                axes.plot(x, np.full(x.shape, edge), linestyle="", markerfacecolor="none", clip_on=False, zorder=5, **options)


def _curves_over_training(
    layers: Any, steps: Any, xlabel: str, ylabel: str, title: str, axes: Any, target: float | None = None
) -> Any:
    series = {name: as_array(values).astype(float) for name, values in as_dict(layers).items()}
    for name, values in series.items():
        if values.ndim != 1 or (steps is not None and len(values) != len(steps)):
            expected = "(steps,)" if steps is None else f"({len(steps)},), one number for each step"
            raise ShapeError(f"{name}: expected shape {expected}; got {values.shape}")
    figure, (axes,) = get_axes(axes, 1)
    style(axes, xlabel, ylabel, title)
    in_legend = set(np.linspace(0, len(series) - 1, min(MAX_LEGEND_ENTRIES, len(series))).round().astype(int))
    for i, ((name, values), color) in enumerate(zip(series.items(), sequential_colors(len(series)))):
        x = np.arange(1, len(values) + 1) if steps is None else as_array(steps)
        axes.plot(x, values, color=color, linewidth=1.8, label=name if i in in_legend else None)
    _set_log_scale(axes, () if target is None else (target,))
    axes.xaxis.get_major_locator().set_params(integer=True)
    if target is not None:
        axes.axhline(target, color=INK, linestyle="--", linewidth=1.2, label=f"{target:g}, rule of thumb")
    legend(axes, outside=True)
    return figure
