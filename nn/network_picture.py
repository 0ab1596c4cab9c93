"""The picture of a network as lectures draw it: columns of units, lines with the sign and the size of the weights."""

from collections.abc import Iterator
from html import escape
from typing import Any

import numpy as np

from autograd.draw import Slides, document, style
from autograd.extend import short_repr
from nn.module.module import Module
from nn.network_layers import Layer, Network, read_network

RADIUS, UNIT_GAP, COLUMN_GAP = 22.0, 26.0, 118.0  # of units: their radius, and the space between and beside them, in px
LABELED_GAP = 190.0  # beside units with weights on the lines
BIAS_SIZE = 22.0
MAP_SIZE, MAP_SHIFT, MAX_MAPS, MAX_CELLS = 84.0, 8.0, 5, 12  # of stacks of maps
BOX_SIZE = (96.0, 44.0)
MAX_UNITS, SHOWN_FIRST = 8, 5  # a wider layer shows its first units, "…", and its last ones
MAX_LABELED = 3  # weights are written on the lines from up to this number of units
TOP, BOTTOM = 64.0, 34.0  # the space above the columns, for titles, and below, for the key


def draw_network(model: Module, x: Any = None, y: Any = None, loss: Any = None) -> Slides:
    """Draw the network itself: units, weights and biases; for an example activations, and δ = ∂L/∂z, step by step.

    model: Linear layers are columns of units, z = xW + b and a = f(z); convolutions are stacks of maps; others are boxes.
    x:     an example, or a batch, whose first example is shown. Without it, shapes follow from the weights.
    y:     the target of the example: the number of a class, or values. With it, steps go back as well.
    loss:  a function of (output, target) with batches of one; by default cross-entropy for the number of a class, else the
           mean squared error.

    A line is as wide as its weight is large, compared with the largest of its layer; negative weights are dashed. A layer of
    more than 8 units is shortened. The model is called in evaluation mode; nothing in it changes, and no gradient is stored.

    Raises TypeError for anything but a Module, and ValueError if the shapes need an input or if `y` has none.
    Keras's plot_model draws boxes; PyTorch has none.

    >>> import nn
    >>> picture = nn.draw_network(nn.MLP([2, 3, 1], activation="tanh", rng=0), [1.0, -1.0], [0.5])
    >>> print(picture.captions[0])
    the input x: 2 units
    >>> picture.steps  # two layers and the loss forward, two layers backward
    5
    """
    if not isinstance(model, Module):
        raise TypeError(f"draw_network: model must be a Module, not {short_repr(model)}")
    if y is not None and x is None:
        raise ValueError("draw_network: y is the target of an example; write draw_network(model, x, y)")
    network = read_network(model, x, y, loss)
    return Slides(_Drawing(network).svg(), _captions(network) if x is not None else ["the network"])


def _captions(network: Network) -> list[str]:
    """One line for each step: the input, each layer forward, the loss, each layer backward."""
    layers = network.layers
    captions = [f"the input x: {_size_text(layers[0])}"]
    for i, layer in enumerate(layers[1:], start=1):
        captions.append(f"forward, layer {i} ({', '.join(layer.names)}): {_forward_formula(layer)}, {_size_text(layer)}")
    if network.loss is None:
        return captions
    captions.append(f"the loss L = {network.loss:.4g} for the target {_array_text(network.target)}")
    for i in range(len(layers) - 1, 0, -1):
        layer = layers[i]
        if layer.deltas is None:
            captions.append(f"backward, layer {i}: no gradient")
            continue
        text = f"backward, layer {i}: δ = ∂L/∂z, norm {np.linalg.norm(layer.deltas):.3g}"
        if layer.weight_grad is not None:
            text += f"; ∂L/∂W = aᵀδ with the a of layer {i - 1}, norm {np.linalg.norm(layer.weight_grad):.3g}"
        captions.append(text)
    return captions


def _forward_formula(layer: Layer) -> str:
    if layer.weight is None:
        return "its outputs"
    formula = "z = aW" if layer.bias is None else "z = aW + b"
    return f"{formula}, then a = f(z)" if len(layer.names) > 1 else formula


def _size_text(layer: Layer) -> str:
    if layer.is_row:
        return style.count(layer.size, "unit")
    if layer.is_stack:
        return f"{style.count(layer.shape[0], 'map')} of {layer.shape[1]} × {layer.shape[2]}"
    return f"shape {layer.shape}"


def _array_text(value: Any) -> str:
    return np.array2string(np.asarray(value), precision=4, threshold=8, separator=" ")


def _number(value: float) -> str:
    """A number of at most five characters, for the inside of a unit; six with a sign and an exponent of two digits."""
    texts = (f"{value + 0.0:.{digits}g}" for digits in (2, 1))  # + 0.0: −0 is 0
    return next((text for text in texts if len(text) <= 5), f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e"))


class _Drawing:
    """The SVG of a network: columns are placed first, then lines, then units over them."""

    def __init__(self, network: Network):
        self.network, self.layers, self.last = network, network.layers, len(network.layers) - 1
        self.shown = [_shown_units(layer.size) if layer.is_row else [] for layer in self.layers]
        heights = [self._column_height(i) for i in range(len(self.layers))]
        self.middle = TOP + max(heights) / 2
        self.height = TOP + max(heights) + BOTTOM
        self.lefts: list[float] = []
        x, last_half = document.MARGIN, 0.0
        for i in range(len(self.layers)):
            title_width = max(style.text_width(text, style.EDGE_FONT_SIZE) for text in self._titles(i)[1:])
            half = max(12.0, (title_width - self._column_width(i)) / 2)  # of the title, beside the column
            gap = 0.0 if i == 0 else LABELED_GAP if self._is_labeled(i) else COLUMN_GAP
            x += max(half + 8, gap - last_half)
            self.lefts.append(x)
            x += self._column_width(i) + half
            last_half = half
        self.width = x + document.MARGIN

    def svg(self) -> str:
        shapes: list[str] = []
        for i in range(1, len(self.layers)):
            shapes += self._connections(i)
        for i in range(len(self.layers)):
            shapes += self._titles_svg(i)
            shapes += self._column(i)
        width = self.width
        if self.network.loss is not None:
            shapes += self._loss(width - document.MARGIN)
            width += 146
        key, key_width = self._key()
        shapes.append(key)
        width = max(width, key_width)
        return document.svg_document(shapes, width, self.height, label="network")

    # Steps: 0 the input, i layer i, then the loss, then the layers from the last to the first.
    def _backward_step(self, i: int) -> int:
        return self.last + 2 + self.last - i

    def _is_labeled(self, i: int) -> bool:
        """Whether the weights of layer i are written on the lines."""
        if not self._has_lines(i):
            return False
        has_bias = self.layers[i].bias is not None
        return len(self.shown[i - 1]) + has_bias <= MAX_LABELED and len(self.shown[i]) <= MAX_UNITS / 2

    def _has_lines(self, i: int) -> bool:
        """Whether each weight of layer i is a line."""
        layer, before = self.layers[i], self.layers[i - 1]
        return layer.weight is not None and layer.is_row and before.is_row and layer.weight.shape[0] == before.size

    def _steps(self, i: int) -> str:
        """The attributes of an element that belongs to the forward and the backward step of layer i."""
        return f'data-from="{i}" data-at="{i} {self._backward_step(i)}"'

    def _column_width(self, i: int) -> float:
        layer = self.layers[i]
        if layer.is_row:
            return 2 * RADIUS
        return MAP_SIZE + MAP_SHIFT * (min(layer.shape[0], MAX_MAPS) - 1) if layer.is_stack else BOX_SIZE[0]

    def _column_height(self, i: int) -> float:
        layer = self.layers[i]
        if layer.is_row:
            rows = len(self.shown[i]) + 0.6 * (len(self.shown[i]) < layer.size)
            return rows * (2 * RADIUS + UNIT_GAP) + (BIAS_SIZE + UNIT_GAP if self._has_bias(i) else 0.0)
        return self._column_width(i) if layer.is_stack else BOX_SIZE[1]

    def _has_bias(self, i: int) -> bool:
        """Whether column i has a unit 1, whose lines are the biases of the next layer."""
        return i < len(self.layers) - 1 and self.layers[i + 1].bias is not None and self.layers[i].is_row

    def _centers(self, i: int) -> list[tuple[float, float]]:
        """The centers of the units that are shown in column i."""
        x, y = self.lefts[i] + RADIUS, self.middle - self._column_height(i) / 2 + RADIUS
        centers = []
        for row, unit in enumerate(self.shown[i]):
            gap = row > 0 and unit > self.shown[i][row - 1] + 1
            y += 0.6 * (2 * RADIUS + UNIT_GAP) if gap else 0.0
            centers.append((x, y))
            y += 2 * RADIUS + UNIT_GAP
        return centers

    def _bias_center(self, i: int) -> tuple[float, float]:
        return self.lefts[i] + RADIUS, self.middle + self._column_height(i) / 2 - BIAS_SIZE / 2 - UNIT_GAP / 2

    def _titles(self, i: int) -> tuple[str, str, str]:
        """The texts above column i: its place, its modules, its size."""
        layer = self.layers[i]
        place = "input" if i == 0 else "output" if i == self.last else f"layer {i}"
        names = ", ".join(layer.names)
        return place, style.shorten(names, 34), _size_text(layer)

    def _titles_svg(self, i: int) -> Iterator[str]:
        x = self.lefts[i] + self._column_width(i) / 2
        place, names, size = self._titles(i)
        yield f'<text class="head" x="{x:.1f}" y="18">{place}</text>'
        yield f'<text class="note" x="{x:.1f}" y="33">{escape(names)}</text>'
        yield f'<text class="note" x="{x:.1f}" y="47">{size}</text>'

    def _column(self, i: int) -> Iterator[str]:
        layer = self.layers[i]
        if layer.is_stack:
            yield from self._stack(i)
        elif not layer.is_row:
            width, height = BOX_SIZE
            box = _box(self.lefts[i], self.middle - height / 2, width, height, 8, "operation")
            yield f'<g class="unit operation" {self._steps(i)}>{box}</g>'
        else:
            centers = self._centers(i)
            for (x, y), unit in zip(centers, self.shown[i]):
                yield from self._unit(i, unit, x, y)
            for row in range(1, len(centers)):
                if self.shown[i][row] > self.shown[i][row - 1] + 1:
                    y = (centers[row][1] + centers[row - 1][1]) / 2
                    yield f'<text class="head" x="{centers[row][0]:.1f}" y="{y + 4:.1f}">…</text>'
            if self._has_bias(i):
                x, y = self._bias_center(i)
                half = BIAS_SIZE / 2
                box = _box(x - half, y - half, BIAS_SIZE, BIAS_SIZE, 0, "constant")
                yield f'<g class="unit constant">{box}<text x="{x:.1f}" y="{y + 4:.1f}">1</text></g>'

    def _unit(self, i: int, unit: int, x: float, y: float) -> Iterator[str]:
        """A circle with the activation inside and δ below."""
        layer, kind = self.layers[i], "operation" if i else "input"
        tip = [f"unit {unit}"]
        if layer.weighted_sums is not None:
            tip.append(f"z = {layer.weighted_sums[unit]:.6g}")
        if layer.values is not None:
            tip.append(f"a = {layer.values[unit]:.6g}")
        if layer.bias is not None:
            tip.append(f"bias {layer.bias[unit]:.6g}")
        if layer.deltas is not None:
            tip.append(f"δ = {layer.deltas[unit]:.6g}")
        circle = _box(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS, RADIUS, kind)
        yield f'<g class="unit {kind}" data-from="0" data-at="{i} {self._backward_step(i) if i else 0}">'
        yield f"<title>{escape(', '.join(tip))}</title>{circle}"
        if layer.values is not None:
            text = _number(float(layer.values[unit]))
            yield f'<text class="value" data-from="{i}" x="{x:.1f}" y="{y + 4:.1f}">{text}</text>'
        yield "</g>"
        if layer.deltas is not None:
            text = f"δ {_number(float(layer.deltas[unit]))}"
            yield f'<text class="note" data-from="{self._backward_step(i)}" x="{x:.1f}" y="{y + RADIUS + 13:.1f}">{text}</text>'

    def _stack(self, i: int) -> Iterator[str]:
        """Overlapping squares, the first map in front with its values."""
        layer = self.layers[i]
        count = min(layer.shape[0], MAX_MAPS)
        left, top = self.lefts[i], self.middle - self._column_height(i) / 2
        kind = "operation" if i else "input"
        yield f'<g class="unit {kind}" data-from="0" data-at="{i} {self._backward_step(i) if i else 0}">'
        for k in range(count - 1, -1, -1):
            yield _box(left + k * MAP_SHIFT, top + (count - 1 - k) * MAP_SHIFT, MAP_SIZE, MAP_SIZE, 0, kind)
        yield "</g>"
        if layer.values is not None:
            cells = _cells(np.asarray(layer.values[0], dtype=float), left, top + (count - 1) * MAP_SHIFT)
            yield f'<g class="cells" data-from="{i}">{cells}</g>'

    def _connections(self, i: int) -> Iterator[str]:
        """The weights of layer i as lines, or one arrow for a layer without."""
        if not self._has_lines(i):
            yield self._arrow(i)
            return
        layer, labels = self.layers[i], []
        starts = [((x + RADIUS, y), unit) for (x, y), unit in zip(self._centers(i - 1), self.shown[i - 1], strict=True)]
        bias = layer.bias if layer.bias is not None else np.zeros(layer.size)
        largest = max(np.abs(layer.weight).max(initial=0.0), np.abs(bias).max(initial=0.0))
        for row, ((x, y), j) in enumerate(zip(self._centers(i), self.shown[i], strict=True)):
            end = x - RADIUS, y
            lines: list[Any] = [(start, layer.weight, layer.weight_grad, "W", (k, j)) for start, k in starts]
            if layer.bias is not None:
                bias_x, bias_y = self._bias_center(i - 1)
                lines.append(((bias_x + BIAS_SIZE / 2, bias_y), bias, layer.bias_grad, "b", (j,)))
            for start, values, grads, name, index in lines:
                yield _line(start, end, values, grads, f"{name}[{', '.join(map(str, index))}]", index, largest)
                # The labels of neighboring units are in different places of their lines, so that they do not overlap.
                labels.append(_label(start, end, float(values[index]), (0.75, 0.5, 0.25)[row % 3]))
        if self._is_labeled(i):
            yield from labels

    def _arrow(self, i: int) -> str:
        """An arrow between columns whose connections are not drawn one by one, with the size of the kernel."""
        x, to_x = self.lefts[i - 1] + self._column_width(i - 1) + 6, self.lefts[i] - 6
        layer = self.layers[i]
        text = f"{' × '.join(map(str, layer.kernel))} kernels" if layer.kernel else ""
        label = f'<text class="note" x="{(x + to_x) / 2:.1f}" y="{self.middle - 8:.1f}">{text}</text>' if text else ""
        line = (
            f'<path class="line" d="M{x:.1f} {self.middle:.1f}L{to_x:.1f} {self.middle:.1f}" marker-end="url(#graph-arrow)"/>'
        )
        return f"<g>{line}{label}</g>"

    def _loss(self, x: float) -> Iterator[str]:
        step, y = self.last + 1, self.middle
        yield f'<path class="line" d="M{x + 4:.1f} {y:.1f}L{x + 30:.1f} {y:.1f}" marker-end="url(#graph-arrow)"/>'
        yield f'<g class="unit operation" data-from="0" data-at="{step}">{_box(x + 32, y - 26, 110, 52, 8, "operation")}'
        yield f'<text class="head" x="{x + 87:.1f}" y="{y - 4:.1f}">loss</text>'
        value = f"{self.network.loss:.4g}"
        yield f'<text class="value" data-from="{step}" x="{x + 87:.1f}" y="{y + 14:.1f}">{value}</text></g>'

    def _key(self) -> tuple[str, float]:
        """The meaning of the lines and numbers that occur, and the width that it takes."""
        if not any(layer.weight is not None for layer in self.layers):
            return "", 0.0
        y, x = self.height - 14, document.MARGIN
        texts = ["width: |weight|", "square 1: biases"]
        texts += ["inside: activation a"] * (self.layers[0].values is not None)
        texts += ["below: δ = ∂L/∂z"] * (self.network.loss is not None)
        shapes = []
        for sign, color, dash, text in (
            ("positive", style.POSITIVE, "", "weight &gt; 0"),
            ("negative", style.NEGATIVE, ' stroke-dasharray="6 3"', "weight &lt; 0"),
        ):
            line = f'd="M{x:.1f} {y - 3:.1f}L{x + 26:.1f} {y - 3:.1f}" stroke="{color}" stroke-width="2.5"{dash}'
            shapes.append(f'<path class="{sign}" {line}/><text x="{x + 32:.1f}" y="{y:.1f}">{text}</text>')
            x += 112
        text = " · ".join(texts)
        shapes.append(f'<text x="{x:.1f}" y="{y:.1f}">{text}</text>')
        width = x + style.text_width(text, style.EDGE_FONT_SIZE) + document.MARGIN
        return f'<g class="legend">{"".join(shapes)}</g>', width


def _line(start: Any, end: Any, values: Any, grads: Any, name: str, index: tuple[int, ...], largest: float) -> str:
    """A weight: its sign by color and dashes, its size by width."""
    weight = float(values[index])
    sign, color = ("positive", style.POSITIVE) if weight >= 0 else ("negative", style.NEGATIVE)
    dash = ' stroke-dasharray="6 3"' if weight < 0 else ""
    width = 0.4 + 3.2 * (abs(weight) / largest if largest > 0 else 0.0)
    tip = f"{name} = {weight:.6g}" + ("" if grads is None else f", ∂L/∂{name} = {float(grads[index]):.6g}")
    return (
        f'<g><title>{escape(tip)}</title><path class="{sign}" d="M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}" '
        f'fill="none" stroke="{color}" stroke-width="{width:.2f}"{dash}/></g>'
    )


def _label(start: Any, end: Any, weight: float, place: float) -> str:
    """A weight on its line; `place` is from 0, the start, to 1."""
    x, y = (a + place * (b - a) for a, b in zip(start, end))
    text = _number(weight)
    width = style.text_width(text, style.EDGE_FONT_SIZE) + 4
    box = f'<rect class="behind" x="{x - width / 2:.1f}" y="{y - 6:.1f}" width="{width:.1f}" height="12" fill="{style.PAPER}"/>'
    return f'{box}<text class="local" x="{x:.1f}" y="{y + 3.5:.1f}">{text}</text>'


def _shown_units(size: int) -> list[int]:
    """The units of a layer that are drawn: all, or the first and the last ones."""
    if size <= MAX_UNITS:
        return list(range(size))
    return [*range(SHOWN_FIRST), *range(size - (MAX_UNITS - 1 - SHOWN_FIRST), size)]


def _box(x: float, y: float, width: float, height: float, corner: float, kind: str) -> str:
    appearance = style.VERTEX_STYLES[kind]
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{corner:.0f}" '
        f'fill="{appearance.fill}" stroke="{appearance.line}" stroke-width="1.2"/>'
    )


def _cells(values: Any, left: float, top: float) -> str:
    """A map as cells: white for 0, blue for positive and orange for negative values; a large map shows means of blocks."""
    rows, columns = (min(size, MAX_CELLS) for size in values.shape)
    blocks = [np.array_split(band, columns, axis=1) for band in np.array_split(values, rows, axis=0)]
    means = np.array([[block.mean() for block in row] for row in blocks])
    largest = max(np.abs(means).max(initial=0.0), 1e-300)
    width, height = (MAP_SIZE - 2) / columns, (MAP_SIZE - 2) / rows
    cells = []
    for i, row in enumerate(means):
        for j, mean in enumerate(row):
            color = style.mix(style.NEGATIVE if mean < 0 else style.POSITIVE, "#FFFFFF", min(1.0, abs(float(mean)) / largest))
            cells.append(
                f'<rect x="{left + 1 + j * width:.1f}" y="{top + 1 + i * height:.1f}" width="{width + 0.2:.1f}" '
                f'height="{height + 0.2:.1f}" fill="{color}"/>'
            )
    return "".join(cells)
