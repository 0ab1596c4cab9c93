"""The distribution of the outputs of each layer of a model, and the share of saturated outputs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.draw.plots.inputs import Range, as_array, as_dict, as_range, evaluation_mode
from autograd.draw.plots.style import BLUE, INK, MUTED, SMALL_FONT_SIZE, VERMILLION, get_axes, style

#: The ranges of functions with two bounds, by a word in the name of a layer.
BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "hardsigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hardtanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "sqnl": (-1.0, 1.0),
}
#: An output closer to a bound than this share of the range is saturated: sigmoid and tanh have less than a tenth of their
#: largest slope there.
SATURATION_MARGIN = 0.025
BINS = 80
TAIL_SHARE = 0.001  # the share of the outputs of an unbounded layer that may lie outside the plot, on each side


def layer_outputs(model: Any, *inputs: Any, only: str | Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """The output of every layer of a model for these inputs: path and class of the layer → array, in order of the calls.

    model: has named_modules(), whose modules have register_forward_hook(). Layers are modules without children. The model is
           called once, in evaluation mode and under no_grad(); its modes are restored.
    only:  the class of the layers to return, or several classes, such as "Tanh"; all by default.

    Raises TypeError for a model without these methods, and ValueError if no layer of these classes is called.

    >>> import nn
    >>> from autograd.draw import plots
    >>> model = nn.MLP([2, 3, 1], activation="tanh", rng=0)
    >>> {name: out.shape for name, out in plots.layer_outputs(model, [[0.5, -1.0]]).items()}
    {'0 Linear': (1, 3), '1 Tanh': (1, 3), '2 Linear': (1, 1)}
    """
    if not hasattr(model, "named_modules"):
        raise TypeError(
            f"layer_outputs: the model must have named_modules(), not be {type(model).__name__}; or give its outputs"
        )
    modules = dict(model.named_modules())
    leaf_paths = {
        path for path in modules if not any(other != path and other.startswith(f"{path}." if path else "") for other in modules)
    }
    classes = None if only is None else {only} if isinstance(only, str) else set(only)
    layers = {path: module for path, module in modules.items() if path in leaf_paths}
    layers = {path: module for path, module in layers.items() if classes is None or type(module).__name__ in classes}
    without_hooks = next((module for module in layers.values() if not hasattr(module, "register_forward_hook")), None)
    if without_hooks is not None:
        raise TypeError(f"layer_outputs: layers must have register_forward_hook(); {type(without_hooks).__name__} has not")
    outputs: dict[str, list[np.ndarray]] = {}
    names = {id(module): f"{path} {type(module).__name__}".strip() for path, module in layers.items()}

    def keep(module: Any, args: tuple, out: Any) -> None:
        outputs.setdefault(names[id(module)], []).append(np.array(_first_array(out)))

    handles = [module.register_forward_hook(keep) for module in layers.values()]
    try:
        with evaluation_mode(model):
            model(*inputs)
    finally:
        for handle in handles:
            handle.remove()
    if not outputs:
        available = sorted({type(module).__name__ for path, module in modules.items() if path in leaf_paths})
        raise ValueError(f"layer_outputs: the model calls no layer of class {only}; it has {', '.join(available)}")
    return {
        name: outs[0] if len(outs) == 1 else np.concatenate([out.ravel() for out in outs]) for name, outs in outputs.items()
    }


def _first_array(out: Any) -> Any:
    """The first tensor or array in the result of a module."""
    while isinstance(out, list | tuple | Mapping):
        out = next(iter(out.values() if isinstance(out, Mapping) else out))
    return out.data if isinstance(out, Tensor) else out


def activation_densities(
    outputs: Any,
    *inputs: Any,
    only: str | Sequence[str] | None = None,
    bounds: Range | Mapping[str, Range] | None = None,
    xlabel: str = "output",
    axes: Any = None,
) -> Any:
    """The distribution of the outputs of each layer as a density, from the first layer at the top to the last at the bottom.

    outputs: a model, which is called with `inputs` (see `layer_outputs`); or layer → array; or name → {layer → array} for
             several columns, such as epochs or initializations.
    only:    the class of the layers of a model, such as "Tanh".
    bounds:  the range of the outputs, (low, high), or layer → (low, high). By default it is known for layers whose name
             contains tanh, sigmoid, hardtanh, hardsigmoid, softsign or SQNL.

    The standard deviation σ is written beside each density. Outputs within 2.5 % of a bound are saturated: sigmoid and tanh
    have less than a tenth of their largest slope there. They are drawn in vermillion, with their share unless it is 0 %. If
    more than 1 % of the outputs are exactly 0, as after ReLU, they are drawn as a stem, with their share. All columns share
    one x-axis; each density is scaled to the same height. Source: Glorot and Bengio (2010), Understanding the difficulty of
    training deep feedforward neural networks.

    >>> import numpy as np
    >>> from autograd.draw import plots
    >>> normal = np.random.default_rng(0).normal(size=1000)
    >>> figure = plots.activation_densities({"1 tanh": np.tanh(normal), "2 tanh": np.tanh(5 * normal)})
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['σ 0.62\\n6 % saturated', 'σ 0.92\\n70 % saturated']
    """
    if not isinstance(outputs, Mapping):
        outputs = layer_outputs(outputs, *inputs, only=only)
    nested = any(isinstance(values, Mapping) for values in outputs.values())
    columns = {
        name: {layer: as_array(values).astype(float).ravel() for layer, values in as_dict(layers).items()}
        for name, layers in (as_dict(outputs) if nested else {"": outputs}).items()
    }
    layers = list(dict.fromkeys(layer for column in columns.values() for layer in column))
    bounds_of = {layer: _bounds(layer, bounds) for layer in layers}
    low, high = _common_range(columns, bounds_of)
    edges = _bin_edges(low, high, [limits for limits in bounds_of.values() if limits is not None])
    height = 1.3 + 0.62 * len(layers)
    figure, panels = get_axes(axes, len(columns), len(columns), width=6.4 if len(columns) == 1 else None, height=height)
    for panel, (name, column) in zip(panels, columns.items()):
        style(panel, xlabel, title=name)
        panel.grid(False, axis="y")
        for row, layer in enumerate(layers):
            panel.axhline(-row, color=MUTED, linewidth=0.6)
            if layer in column:
                note = _draw_density(panel, -row, column[layer], bounds_of[layer], edges)
                panel.annotate(
                    note, (1.0, -row), xycoords=("axes fraction", "data"), xytext=(3, 1), textcoords="offset points",
                    fontsize=SMALL_FONT_SIZE - 1, color=INK, va="bottom", linespacing=1.15,
                )  # fmt: skip
        panel.set_yticks([-row for row in range(len(layers))], layers if panel is panels[0] else [])
        panel.tick_params(axis="y", length=0)
        panel.spines["left"].set_visible(False)
        panel.set(xlim=(low, high), ylim=(-len(layers) + 0.9, 1.0))
    return figure


def _bounds(layer: str, bounds: Any) -> Range | None:
    if bounds is not None and (not isinstance(bounds, Mapping) or layer in bounds):
        return as_range("bounds", bounds[layer] if isinstance(bounds, Mapping) else bounds)
    return next((BOUNDS[word] for word in re.findall(r"[a-z]+", layer.lower()) if word in BOUNDS), None)


def _common_range(columns: Mapping[str, Mapping[str, np.ndarray]], bounds: Mapping[str, Range | None]) -> Range:
    """The range of the x-axis: the bounds of the layers, and nearly all outputs of layers without bounds."""
    ends: list[float] = []
    for column in columns.values():
        for layer, values in column.items():
            finite = values[np.isfinite(values)]
            limits = bounds[layer]
            if limits is not None:
                ends += limits
            elif finite.size:
                ends += list(np.quantile(finite, [TAIL_SHARE, 1 - TAIL_SHARE]))
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    margin = 0.02 * (high - low) or 1.0
    return low - margin, high + margin


def _bin_edges(low: float, high: float, bounds: Sequence[Range]) -> np.ndarray:
    """The edges of bins of equal width; one is 0 and, unless the bins became too narrow, one is where saturation begins."""
    step = (high - low) / BINS
    near = min((SATURATION_MARGIN * (upper - lower) for lower, upper in bounds), default=0.0)
    if near and near > step / 4:
        step = near / np.ceil(near / step)
    return step * np.arange(np.floor(low / step), np.ceil(high / step) + 1)


def _draw_density(axes: Any, base: float, values: np.ndarray, bounds: Range | None, edges: np.ndarray) -> str:
    """Draw a density above a baseline; returns the text beside it."""
    finite = values[np.isfinite(values)]
    notes = [f"σ {_format_deviation(finite.std())}"] if finite.size else []
    zero = float((finite == 0).mean()) if finite.size else 0.0
    shown = finite[finite != 0] if zero > 0.01 else finite
    if bounds is not None:
        shown = np.where(shown == bounds[1], np.nextafter(*bounds[::-1]), shown)  # a bin does not contain its upper edge
    counts, _ = np.histogram(shown, edges)
    heights = 0.8 * counts / max(1, counts.max())
    axes.stairs(base + heights, edges, baseline=base, fill=True, facecolor=BLUE, alpha=0.35, linewidth=0)
    axes.stairs(base + heights, edges, baseline=base, color=BLUE, linewidth=1.2)
    if zero > 0.01:
        axes.plot([0, 0], [base, base + 0.8 * zero], color=VERMILLION, linewidth=4, solid_capstyle="butt", zorder=3)
        notes.append(_percent(zero, "zero"))
    if bounds is not None and finite.size:
        low, high = bounds
        near = SATURATION_MARGIN * (high - low)
        saturated = float(((finite <= low + near) | (finite >= high - near)).mean())
        slack = 1e-6 * near
        for saturated_bins in (edges[1:] <= low + near + slack, edges[:-1] >= high - near - slack):
            if counts[saturated_bins].any():
                ends = np.append(edges[:-1][saturated_bins], edges[1:][saturated_bins][-1])
                axes.stairs(base + heights[saturated_bins], ends, baseline=base, fill=True, color=VERMILLION)
        if saturated >= 0.005:
            notes.append(_percent(saturated, "saturated"))
    if finite.size < values.size:
        notes.append(_percent(1 - finite.size / values.size, "not finite"))
    return "\n".join(notes)


def _format_deviation(x: float) -> str:
    """Two significant digits, also trailing zeros.

    >>> [_format_deviation(x) for x in (0.3, 0.021, 0.0999, 0.0)]
    ['0.30', '0.021', '0.10', '0']
    """
    x = float(f"{x:.1e}")
    if not 1e-4 < x < 1e4:
        return f"{x:.1e}" if x else "0"
    return f"{x:.{max(0, 1 - int(np.floor(np.log10(x))))}f}"


def _percent(share: float, name: str) -> str:
    return f"{100 * share:.0f} % {name}"
