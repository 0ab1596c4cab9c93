"""What a model is made of, layer by layer: shapes, parameters, multiply-adds and memory."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import Tensor, default_dtype, no_grad
from nn.layers.embedding import Embedding
from nn.layers.linear import Bilinear, Linear
from nn.layers.normalization import BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm, RMSNorm
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter
from nn.validation import brief

Shape = tuple[int, ...]

#: How many products one call adds up, by kind of layer: function(layer, shape of its input, shape of its output), without
#: what layers inside it do. Enter your own kinds here; of those that are not here and have parameters it is not known.
MULTIPLY_ADDS: dict[type[Module], Callable[[Any, Shape, Shape], int]] = {
    Linear: lambda layer, x, out: math.prod(x) * out[-1],
    Bilinear: lambda layer, x, out: math.prod(x[:-1]) * (layer.weight.size + layer.weight[0].size),
    Embedding: lambda layer, x, out: 0,
    **dict.fromkeys([BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm, RMSNorm], lambda layer, x, out: math.prod(out)),
}
HEADINGS = ("layer", "output", "parameters", "multiply-adds", "memory")


@dataclass
class Row:
    """One module: what is its own, without the modules inside it."""

    path: str  # "" for the model itself
    kind: str
    options: str
    depth: int
    holds: bool  # whether there are modules inside
    parameters: int
    trainable: int
    state_bytes: int  # of parameters and buffers
    shapes: list[Shape] = field(default_factory=list)  # of what the last call returned
    calls: int = 0
    multiply_adds: int | None = 0  # of all calls; None if not known
    output_bytes: int = 0  # of all calls; memory that another module returned before is not counted again


class Summary:
    """The rows of a model and their totals. `print` shows them as a table, and so does Jupyter."""

    def __init__(self, rows: list[Row], inputs: list[Shape]):
        self.rows, self.inputs = rows, inputs

    @property
    def parameters(self) -> int:
        """Numbers that the model holds as parameters, each counted once."""
        return sum(row.parameters for row in self.rows)

    @property
    def trainable(self) -> int:
        """Those of them that learn."""
        return sum(row.trainable for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of one example, as far as they are known."""
        return sum(row.multiply_adds or 0 for row in self.rows)

    @property
    def state_bytes(self) -> int:
        """Memory of parameters and buffers."""
        return sum(row.state_bytes for row in self.rows)

    @property
    def output_bytes(self) -> int:
        """Memory of the outputs of all layers for one example."""
        return sum(row.output_bytes for row in self.rows)

    def __str__(self) -> str:
        table = [HEADINGS, *map(self._cells, self.rows), self._totals()]
        widths = [max(map(len, column)) for column in zip(*table)]
        sides = "<<>>>"
        lines = ["  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths)).rstrip() for row in table]
        rule = "─" * (sum(widths) + 2 * len(widths) - 2)
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1], *self._notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "font-weight:bold;border-bottom:1px solid currentColor"
        total = "font-weight:bold;border-top:1px solid currentColor"
        body = [_html(self._cells(row), indent=row.depth) for row in self.rows]
        notes = "".join(f'<div style="padding:2px 10px">{_escaped(note)}</div>' for note in self._notes())
        rows = "".join([_html(HEADINGS, head), *body, _html(self._totals(), total)])
        return f'<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">{rows}</table>{notes}'

    def _cells(self, row: Row) -> tuple[str, ...]:
        options = f"({row.options})" if row.options and not row.holds else ""
        name = "  " * row.depth + f"{row.path.rpartition('.')[2]} {row.kind}{options}".lstrip()
        shapes = ", ".join(map(str, row.shapes)) + (f" × {row.calls}" if row.calls > 1 else "")
        inside = [other for other in self.rows if other.path.startswith(f"{row.path}." if row.path else "")]
        if not any(other.calls for other in [row, *inside]):
            shapes = "not called"
        known = "?" if row.multiply_adds is None else _count(row.multiply_adds)
        numbers = _count(row.parameters), known, _bytes(row.state_bytes + row.output_bytes)
        return name, shapes, *(("", "", "") if row.holds and numbers == ("0", "0", "0 B") else numbers)

    def _totals(self) -> tuple[str, ...]:
        least = "≥ " if any(row.multiply_adds is None for row in self.rows) else ""
        memory = _bytes(self.state_bytes + self.output_bytes)
        return "total", "", _count(self.parameters), least + _count(self.multiply_adds), memory

    def _notes(self) -> list[str]:
        given = ", ".join(map(str, self.inputs))
        notes = [
            f"for one example: input {given}",
            f"memory: {_bytes(self.state_bytes)} parameters and buffers, {_bytes(self.output_bytes)} outputs",
        ]
        if self.trainable < self.parameters:
            notes.append(f"{_count(self.trainable)} parameters learn, {_count(self.parameters - self.trainable)} are frozen")
        return notes


def summary(model: Module, *input_shapes: int | Shape, dtype: Any = None) -> Summary:
    """What a model is made of, layer by layer: output shapes, parameters, multiply-adds and memory for one example.

    input_shapes: of each input, for one example: without the batch axis, which is put before them as 1.
    dtype:        of the inputs, that of the parameters if not given; "int64" for a model that begins with an Embedding.

    The model is called once with zeros, in evaluation mode, without recording; its modes are put back, also if it raises.
    A "?" stands for multiply-adds that are not known: the table MULTIPLY_ADDS of nn/summary.py has no row for that layer.
    Keras's model.summary(); PyTorch has none, but for the package torchinfo.

    >>> import nn
    >>> nn.summary(nn.MLP([2, 3, 1]), 2).parameters
    13
    """
    if not isinstance(model, Module):
        raise TypeError(f"a summary is of a module, not {brief(model)}")
    if not input_shapes:
        raise ValueError("a summary needs the shape of one example, such as summary(model, (784,))")
    shapes = [(1, *(shape if isinstance(shape, Sequence) else (shape,))) for shape in input_shapes]
    if not all(isinstance(size, int | np.integer) for shape in shapes for size in shape):
        raise TypeError(f"a shape is whole numbers, such as summary(model, (784,)), not {brief(input_shapes)}")
    modules = dict(model.named_modules())
    rows = _rows(modules)
    if dtype is None:
        dtype = next((p.dtype for p in model.parameters() if p.dtype.kind == "f"), default_dtype())
    inputs = [Tensor(np.zeros(shape, dtype)) for shape in shapes]
    states = [value for module in modules.values() for value in vars(module).values() if isinstance(value, Parameter | Buffer)]
    counted = {id(owner): owner for owner in map(_memory, [*inputs, *states])}

    def watch(module: Module, given: tuple, returned: Any) -> None:
        row = rows[id(module)]
        arrays = list(_arrays(returned))
        row.calls += 1
        row.shapes = [array.shape for array in arrays]
        first = [next((array.shape for array in _arrays(values)), ()) for values in (given, returned)]
        rule = next((MULTIPLY_ADDS[kind] for kind in type(module).__mro__ if kind in MULTIPLY_ADDS), None)
        if rule is not None:
            row.multiply_adds = (row.multiply_adds or 0) + rule(module, *first)
        elif any(isinstance(value, Parameter) for value in vars(module).values()):
            row.multiply_adds = None
        for owner in map(_memory, arrays):
            row.output_bytes += 0 if id(owner) in counted else owner.nbytes
            counted[id(owner)] = owner

    modes = [(module, module.training) for module in modules.values()]
    handles = [module.register_forward_hook(watch) for module in modules.values()]
    try:
        with no_grad():
            model.eval()(*inputs)
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in modes:
            module.training = mode
    return Summary(list(rows.values()), shapes)


def _rows(modules: dict[str, Module]) -> dict[int, Row]:
    """A row for every module, before any was called."""
    rows, seen = {}, set()
    for path, module in modules.items():
        own = [v for v in vars(module).values() if isinstance(v, Parameter | Buffer) and id(v) not in seen]
        seen |= set(map(id, own))
        parameters = [value for value in own if isinstance(value, Parameter)]
        rows[id(module)] = Row(
            path=path,
            kind=type(module).__name__,
            options=module.extra_repr(),
            depth=path.count(".") + 1 if path else 0,
            holds=any(module.children()),
            parameters=sum(p.size for p in parameters),
            trainable=sum(p.size for p in parameters if p.requires_grad),
            state_bytes=sum(value.data.nbytes for value in own),
        )
    return rows


def _arrays(value: Any) -> Iterator[Any]:
    """The tensors and arrays in what a module is given or returns."""
    if isinstance(value, Tensor | np.ndarray | np.generic):
        yield value
    elif isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _arrays(part)


def _memory(value: Any) -> Any:
    """The array that owns the memory of a value."""
    array = value.data if isinstance(value, Tensor) else value
    while isinstance(array, np.ndarray) and isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _html(cells: tuple[str, ...], style: str = "", indent: int = 0) -> str:
    """A row of the table."""
    left = f"text-align:left;padding:2px 10px 2px {10 + 16 * indent}px"
    styles = [left, "text-align:left;padding:2px 10px", *["text-align:right;padding:2px 10px"] * 3]
    columns = "".join(f'<td style="{one};{style}">{_escaped(cell.strip())}</td>' for cell, one in zip(cells, styles))
    return f"<tr>{columns}</tr>"


def _escaped(text: str) -> str:
    from html import escape  # imported when first needed

    return escape(text)


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _bytes(number: float) -> str:
    for unit in ("B", "kB", "MB"):
        if number < 999.5:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.1f} GB"
