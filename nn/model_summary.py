"""Summary of a model: shapes, parameters, multiply-adds and memory of each layer."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import Tensor, default_dtype, no_grad
from autograd.extend import short_repr
from nn.layers.convolution import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d
from nn.layers.embedding import Embedding
from nn.layers.linear import Bilinear, Linear
from nn.layers.normalization import BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm, RMSNorm
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter

Shape = tuple[int, ...]

#: Number of multiply-adds of a call, by class of layer: function(layer, input shape, output shape), without those of its
#: submodules. Add the classes of your own layers. The number is unknown for layers with parameters that are not in the table.
MULTIPLY_ADDS: dict[type[Module], Callable[[Any, Shape, Shape], int]] = {
    Linear: lambda layer, x, out: math.prod(x) * out[-1],
    Bilinear: lambda layer, x, out: math.prod(x[:-1]) * (layer.weight.size + layer.weight[0].size),
    **dict.fromkeys([Conv1d, Conv2d, Conv3d], lambda layer, x, out: math.prod(out) * layer.weight[0].size),
    **dict.fromkeys([ConvTranspose1d, ConvTranspose2d], lambda layer, x, out: math.prod(x) * layer.weight[0].size),
    Embedding: lambda layer, x, out: 0,
    **dict.fromkeys([BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm, RMSNorm], lambda layer, x, out: math.prod(out)),
}
HEADINGS = ("layer", "output", "parameters", "multiply-adds", "memory")


@dataclass
class Row:
    """One module, without its submodules."""

    path: str  # "" for the model itself
    class_name: str
    options: str
    depth: int
    has_children: bool
    parameters: int
    trainable: int
    state_bytes: int  # of parameters and buffers
    shapes: list[Shape] = field(default_factory=list)  # of the outputs of the last call
    calls: int = 0
    multiply_adds: int | None = 0  # of all calls; None if unknown
    output_bytes: int = 0  # of all calls; memory that an earlier module returned is not counted again


class Summary:
    """The rows of a model and their totals, shown as a table by `print` and Jupyter; the result of `nn.summary`.

    >>> import nn
    >>> summary = nn.summary(nn.MLP([2, 3, 1]), 2)
    >>> summary.parameters, summary.trainable, summary.multiply_adds
    (13, 13, 9)
    """

    def __init__(self, rows: list[Row], inputs: list[Shape]):
        self.rows, self.inputs = rows, inputs

    @property
    def parameters(self) -> int:
        """Number of elements of all parameters; shared parameters count once."""
        return sum(row.parameters for row in self.rows)

    @property
    def trainable(self) -> int:
        """Number of elements of the trainable parameters."""
        return sum(row.trainable for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds for one example, without the unknown ones."""
        return sum(row.multiply_adds or 0 for row in self.rows)

    @property
    def state_bytes(self) -> int:
        """Memory of parameters and buffers, in bytes."""
        return sum(row.state_bytes for row in self.rows)

    @property
    def output_bytes(self) -> int:
        """Memory of the outputs of all layers for one example, in bytes."""
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
        options = f"({row.options})" if row.options and not row.has_children else ""
        name = "  " * row.depth + f"{row.path.rpartition('.')[2]} {row.class_name}{options}".lstrip()
        shapes = ", ".join(map(str, row.shapes)) + (f" × {row.calls}" if row.calls > 1 else "")
        submodules = [other for other in self.rows if other.path.startswith(f"{row.path}." if row.path else "")]
        if not any(other.calls for other in [row, *submodules]):
            shapes = "not called"
        multiply_adds = "?" if row.multiply_adds is None else _format_count(row.multiply_adds)
        numbers = _format_count(row.parameters), multiply_adds, _format_bytes(row.state_bytes + row.output_bytes)
        return name, shapes, *(("", "", "") if row.has_children and numbers == ("0", "0", "0 B") else numbers)

    def _totals(self) -> tuple[str, ...]:
        at_least = "≥ " if any(row.multiply_adds is None for row in self.rows) else ""
        memory = _format_bytes(self.state_bytes + self.output_bytes)
        return "total", "", _format_count(self.parameters), at_least + _format_count(self.multiply_adds), memory

    def _notes(self) -> list[str]:
        input_shapes = ", ".join(map(str, self.inputs))
        notes = [
            f"for one example: input {input_shapes}",
            f"memory: {_format_bytes(self.state_bytes)} parameters and buffers, {_format_bytes(self.output_bytes)} outputs",
        ]
        if self.trainable < self.parameters:
            frozen = self.parameters - self.trainable
            notes.append(f"{_format_count(self.trainable)} parameters are trainable, {_format_count(frozen)} are frozen")
        return notes


def summary(model: Module, *input_shapes: int | Shape, dtype: Any = None) -> Summary:
    """Summarize a model for one example: output shapes, parameters, multiply-adds and memory of each layer.

    input_shapes: shape of each input for one example, without the batch axis, which has size 1.
    dtype:        dtype of the inputs; that of the parameters by default. Use "int64" for a model that starts with an Embedding.

    The model is called once with zeros, in evaluation mode and without recording. Its modes are restored, also if it raises.
    A "?" stands for an unknown number of multiply-adds: the table nn.model_summary.MULTIPLY_ADDS has no entry for that layer.
    Keras's model.summary(); PyTorch has none, see the package torchinfo.

    >>> import nn
    >>> nn.summary(nn.MLP([2, 3, 1]), 2).parameters
    13
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary: model must be a Module, not {short_repr(model)}")
    if not input_shapes:
        raise ValueError("summary: the shape of one example is missing; write for example summary(model, (784,))")
    shapes = [(1, *(shape if isinstance(shape, Sequence) else (shape,))) for shape in input_shapes]
    if not all(isinstance(size, int | np.integer) for shape in shapes for size in shape):
        raise TypeError(f"summary: a shape must be integers, as in summary(model, (784,)), not {short_repr(input_shapes)}")
    modules = dict(model.named_modules())
    rows = _rows(modules)
    if dtype is None:
        dtype = next((p.dtype for p in model.parameters() if p.dtype.kind == "f"), default_dtype())
    inputs = [Tensor(np.zeros(shape, dtype)) for shape in shapes]
    states = [value for module in modules.values() for value in vars(module).values() if isinstance(value, Parameter | Buffer)]
    counted = {id(base): base for base in map(_base_array, [*inputs, *states])}

    def record(module: Module, args: tuple, output: Any) -> None:
        row = rows[id(module)]
        arrays = list(_arrays(output))
        row.calls += 1
        row.shapes = [array.shape for array in arrays]
        first_shapes = [next((array.shape for array in _arrays(values)), ()) for values in (args, output)]
        count = next((MULTIPLY_ADDS[cls] for cls in type(module).__mro__ if cls in MULTIPLY_ADDS), None)
        if count is not None:
            row.multiply_adds = (row.multiply_adds or 0) + count(module, *first_shapes)
        elif any(isinstance(value, Parameter) for value in vars(module).values()):
            row.multiply_adds = None
        for base in map(_base_array, arrays):
            row.output_bytes += 0 if id(base) in counted else base.nbytes
            counted[id(base)] = base

    modes = [(module, module.training) for module in modules.values()]
    handles = [module.register_forward_hook(record) for module in modules.values()]
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
    """A row for every module, before the call of the model."""
    rows, seen = {}, set()
    for path, module in modules.items():
        tensors = [v for v in vars(module).values() if isinstance(v, Parameter | Buffer) and id(v) not in seen]
        seen |= set(map(id, tensors))
        parameters = [tensor for tensor in tensors if isinstance(tensor, Parameter)]
        rows[id(module)] = Row(
            path=path,
            class_name=type(module).__name__,
            options=module.extra_repr(),
            depth=path.count(".") + 1 if path else 0,
            has_children=any(module.children()),
            parameters=sum(p.size for p in parameters),
            trainable=sum(p.size for p in parameters if p.requires_grad),
            state_bytes=sum(tensor.data.nbytes for tensor in tensors),
        )
    return rows


def _arrays(value: Any) -> Iterator[Any]:
    """The tensors and arrays in the inputs or outputs of a module, also those in lists, tuples and dicts."""
    if isinstance(value, Tensor | np.ndarray | np.generic):
        yield value
    elif isinstance(value, list | tuple | dict):
        for element in value.values() if isinstance(value, dict) else value:
            yield from _arrays(element)


def _base_array(value: Any) -> Any:
    """The array that owns the memory of a value."""
    array = value.data if isinstance(value, Tensor) else value
    while isinstance(array, np.ndarray) and isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _html(cells: tuple[str, ...], style: str = "", indent: int = 0) -> str:
    """A row of the HTML table."""
    left = f"text-align:left;padding:2px 10px 2px {10 + 16 * indent}px"
    styles = [left, "text-align:left;padding:2px 10px", *["text-align:right;padding:2px 10px"] * 3]
    columns = "".join(
        f'<td style="{cell_style};{style}">{_escaped(cell.strip())}</td>' for cell, cell_style in zip(cells, styles)
    )
    return f"<tr>{columns}</tr>"


def _escaped(text: str) -> str:
    from html import escape  # imported on first use

    return escape(text)


def _format_count(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _format_bytes(number: float) -> str:
    for unit in ("B", "kB", "MB"):
        if number < 999.5:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.1f} GB"
