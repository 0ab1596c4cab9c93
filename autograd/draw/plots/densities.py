"""How the outputs of a model's layers are distributed, layer under layer, and where they saturate."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.draw.plots.inputs import Range, evaluation, interval, named, plain
from autograd.draw.plots.style import BLUE, INK, MUTED, SMALL, VERMILLION, axes_for, style

#: The ranges of functions that saturate on both sides, by a word in the name of a layer.
BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "hardsigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hardtanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "sqnl": (-1.0, 1.0),
}
MARGIN = 0.025  # so near to a bound, as a share of the range, sigmoid and tanh have less than a tenth of their steepest slope
BINS = 80
TAIL = 0.001  # the share of an unbounded layer's outputs that may lie beyond either side of the picture


def layer_outputs(model: Any, *inputs: Any, only: str | Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """What every layer of a model gives for these inputs: path and kind of the layer → its output, in order of the calls.

    model: has named_modules(), and modules with register_forward_hook(). Layers are modules with none inside. The model runs
           once, in evaluation mode and without recording; its modes are put back.
    only:  the kind, or kinds, of layers, such as "Tanh".

    Raises TypeError for a model that cannot be listened to, ValueError if no layer of that kind is called.

    >>> import nn
    >>> from autograd.draw import plots
    >>> model = nn.MLP([2, 3, 1], activation="tanh", rng=0)
    >>> {name: out.shape for name, out in plots.layer_outputs(model, [[0.5, -1.0]]).items()}
    {'0 Linear': (1, 3), '1 Tanh': (1, 3), '2 Linear': (1, 1)}
    """
    if not hasattr(model, "named_modules"):
        raise TypeError(
            f"layer_outputs: a model with named_modules() is needed, not {type(model).__name__}; or give its outputs"
        )
    modules = dict(model.named_modules())
    inner = {
        path for path in modules if not any(other != path and other.startswith(f"{path}." if path else "") for other in modules)
    }
    kinds = None if only is None else {only} if isinstance(only, str) else set(only)
    chosen = {path: module for path, module in modules.items() if path in inner}
    chosen = {path: module for path, module in chosen.items() if kinds is None or type(module).__name__ in kinds}
    deaf = next((module for module in chosen.values() if not hasattr(module, "register_forward_hook")), None)
    if deaf is not None:
        raise TypeError(f"layer_outputs: {type(deaf).__name__} has no register_forward_hook(), so its output cannot be seen")
    found: dict[str, list[np.ndarray]] = {}
    names = {id(module): f"{path} {type(module).__name__}".strip() for path, module in chosen.items()}

    def keep(module: Any, given: tuple, out: Any) -> None:
        found.setdefault(names[id(module)], []).append(np.array(_first(out)))

    handles = [module.register_forward_hook(keep) for module in chosen.values()]
    try:
        with evaluation(model):
            model(*inputs)
    finally:
        for handle in handles:
            handle.remove()
    if not found:
        have = sorted({type(module).__name__ for path, module in modules.items() if path in inner})
        raise ValueError(f"layer_outputs: no layer called is a {only}; there are {', '.join(have)}")
    return {name: outs[0] if len(outs) == 1 else np.concatenate([out.ravel() for out in outs]) for name, outs in found.items()}


def _first(out: Any) -> Any:
    """The first tensor or array of what a module returns."""
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
    """How the outputs of layers are distributed: a density for each layer, from the input at the top to the output below.

    outputs: a model, which is called with `inputs`, see `layer_outputs`; or layer → numbers; or, for a column each, such as
             epochs or initializations, name → {layer → numbers}.
    only:    of a model, the kind of layers, such as "Tanh".
    bounds:  between which values the layers lie, (low, high), or layer → (low, high). Known of layers with a name that has
             tanh, sigmoid, hardtanh, hardsigmoid, softsign or SQNL in it.

    Beside each density stands the standard deviation σ. Outputs within 2.5 % of a bound are saturated: sigmoid and tanh have
    less than a tenth of their steepest slope there. They are vermillion, and their share is given, unless it is 0 %. Where
    many outputs are exactly 0, as after ReLU, a stem at 0 and their share stand for them. All columns have one x-axis; each
    density has its own height. Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks.

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
        name: {layer: plain(values).astype(float).ravel() for layer, values in named(layers).items()}
        for name, layers in (named(outputs) if nested else {"": outputs}).items()
    }
    layers = list(dict.fromkeys(layer for column in columns.values() for layer in column))
    known = {layer: _bounds(layer, bounds) for layer in layers}
    low, high = _common_range(columns, known)
    edges = _edges(low, high, [limits for limits in known.values() if limits is not None])
    height = 1.3 + 0.62 * len(layers)
    figure, panels = axes_for(axes, len(columns), len(columns), width=6.4 if len(columns) == 1 else None, height=height)
    for panel, (name, column) in zip(panels, columns.items()):
        style(panel, xlabel, title=name)
        panel.grid(False, axis="y")
        for row, layer in enumerate(layers):
            panel.axhline(-row, color=MUTED, linewidth=0.6)
            if layer in column:
                note = _ridge(panel, -row, column[layer], known[layer], edges)
                panel.annotate(
                    note, (1.0, -row), xycoords=("axes fraction", "data"), xytext=(3, 1), textcoords="offset points",
                    fontsize=SMALL - 1, color=INK, va="bottom", linespacing=1.15,
                )  # fmt: skip
        panel.set_yticks([-row for row in range(len(layers))], layers if panel is panels[0] else [])
        panel.tick_params(axis="y", length=0)
        panel.spines["left"].set_visible(False)
        panel.set(xlim=(low, high), ylim=(-len(layers) + 0.9, 1.0))
    return figure


def _bounds(layer: str, given: Any) -> Range | None:
    if given is not None and (not isinstance(given, Mapping) or layer in given):
        return interval("bounds", given[layer] if isinstance(given, Mapping) else given)
    return next((BOUNDS[word] for word in re.findall(r"[a-z]+", layer.lower()) if word in BOUNDS), None)


def _common_range(columns: Mapping[str, Mapping[str, np.ndarray]], bounds: Mapping[str, Range | None]) -> Range:
    """What the x-axis shows: the bounds of layers that have some, and nearly all outputs of the others."""
    ends: list[float] = []
    for column in columns.values():
        for layer, values in column.items():
            finite = values[np.isfinite(values)]
            limits = bounds[layer]
            if limits is not None:
                ends += limits
            elif finite.size:
                ends += list(np.quantile(finite, [TAIL, 1 - TAIL]))
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    room = 0.02 * (high - low) or 1.0
    return low - room, high + room


def _edges(low: float, high: float, bounds: Sequence[Range]) -> np.ndarray:
    """The edges of bins of one width: one of them is 0, and, where there is room, one is where saturation begins."""
    step = (high - low) / BINS
    near = min((MARGIN * (upper - lower) for lower, upper in bounds), default=0.0)
    if near and near > step / 4:
        step = near / np.ceil(near / step)
    return step * np.arange(np.floor(low / step), np.ceil(high / step) + 1)


def _ridge(axes: Any, base: float, values: np.ndarray, bounds: Range | None, edges: np.ndarray) -> str:
    """Draw a density above a baseline; what there is to say about it."""
    finite = values[np.isfinite(values)]
    notes = [f"σ {_short(finite.std())}"] if finite.size else []
    zero = float((finite == 0).mean()) if finite.size else 0.0
    shown = finite[finite != 0] if zero > 0.01 else finite
    if bounds is not None:
        shown = np.where(shown == bounds[1], np.nextafter(*bounds[::-1]), shown)  # a bin does not hold its upper edge
    counts, _ = np.histogram(shown, edges)
    heights = 0.8 * counts / max(1, counts.max())
    axes.stairs(base + heights, edges, baseline=base, fill=True, facecolor=BLUE, alpha=0.35, linewidth=0)
    axes.stairs(base + heights, edges, baseline=base, color=BLUE, linewidth=1.2)
    if zero > 0.01:
        axes.plot([0, 0], [base, base + 0.8 * zero], color=VERMILLION, linewidth=4, solid_capstyle="butt", zorder=3)
        notes.append(_percent(zero, "zero"))
    if bounds is not None and finite.size:
        low, high = bounds
        near = MARGIN * (high - low)
        saturated = float(((finite <= low + near) | (finite >= high - near)).mean())
        slack = 1e-6 * near
        for chosen in (edges[1:] <= low + near + slack, edges[:-1] >= high - near - slack):
            if counts[chosen].any():
                ends = np.append(edges[:-1][chosen], edges[1:][chosen][-1])
                axes.stairs(base + heights[chosen], ends, baseline=base, fill=True, color=VERMILLION)
        if saturated >= 0.005:
            notes.append(_percent(saturated, "saturated"))
    if finite.size < values.size:
        notes.append(_percent(1 - finite.size / values.size, "not finite"))
    return "\n".join(notes)


def _short(x: float) -> str:
    """Two digits, also where they are zeros.

    >>> _short(0.3), _short(0.021), _short(0.0999), _short(0.0)
    ('0.30', '0.021', '0.10', '0')
    """
    x = float(f"{x:.1e}")
    if not 1e-4 < x < 1e4:
        return f"{x:.1e}" if x else "0"
    return f"{x:.{max(0, 1 - int(np.floor(np.log10(x))))}f}"


def _percent(share: float, what: str) -> str:
    return f"{100 * share:.0f} % {what}"
