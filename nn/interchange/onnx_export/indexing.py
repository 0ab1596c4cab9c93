"""Indexing: slices, integers and new axes by Slice, Squeeze and Unsqueeze; arrays of integers by Gather and GatherND."""

from typing import Any

import numpy as np

from autograd.extend import OperationCall, TracedValue
from nn.interchange.onnx_export.batch_sizes import BatchArray, BatchSize
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import NoCounterpartError, converts

ARRAYS = (np.ndarray, list, TracedValue, BatchArray)
LARGEST = np.iinfo(np.int64).max


@converts("getitem")
def getitem(graph: Graph, call: OperationCall) -> str:
    """Elements at an index."""
    (x,), index = call.inputs, call.options["index"]
    index = list(index) if isinstance(index, tuple) else [index]
    index = [part for item in index for part in _without_constant_mask(item)]
    if any(isinstance(item, bool | np.bool_) or (isinstance(item, ARRAYS) and graph.dtype(item) == np.bool_) for item in index):
        raise NoCounterpartError("a mask selects a number of elements that depends on values; np.where keeps the shape")
    shape = graph.shape(x)
    consumed = sum(item is not None and item is not Ellipsis for item in index)
    if not any(item is Ellipsis for item in index):
        index.append(Ellipsis)
    position = next(i for i, item in enumerate(index) if item is Ellipsis)
    index[position : position + 1] = [slice(None)] * (len(shape) - consumed)
    name = _sliced(graph, graph.operand(x), [item for item in index if item is not None])
    if any(isinstance(item, ARRAYS) for item in index):
        return _gathered(graph, name, index, shape)
    axes = [item for item in index if item is not None]
    name = graph.squeeze(name, *(axis for axis, item in enumerate(axes) if not isinstance(item, slice)))
    return graph.unsqueeze(name, *_new_axes(index))


def _without_constant_mask(item: Any) -> list:
    """A part of an index; a constant mask as the positions that it selects."""
    item = np.asarray(item) if isinstance(item, list) else item
    is_mask = isinstance(item, np.ndarray) and item.dtype == np.bool_ and item.ndim
    return list(np.nonzero(item)) if is_mask else [item]


def _new_axes(index: list) -> list[int]:
    """The positions of new axes in the result of an index of slices, integers and None."""
    kept = [item for item in index if item is None or isinstance(item, slice)]
    return [i for i, item in enumerate(kept) if item is None]


def _sliced(graph: Graph, name: str, items: list) -> str:
    """The slices of all axes, and for an integer the slice of one element."""
    starts: list[Any] = []
    stops: list[Any] = []
    axes, steps = [], []
    for axis, item in enumerate(items):
        if isinstance(item, slice):
            step = 1 if item.step is None else int(item.step)
            if item == slice(None) or (item.start in (None, 0) and item.stop is None and step == 1):
                continue
            starts.append((0 if step > 0 else -1) if item.start is None else item.start)
            stops.append((LARGEST if step > 0 else -LARGEST) if item.stop is None else item.stop)
        elif isinstance(item, ARRAYS):
            continue
        else:
            step = 1
            starts.append(item)
            is_last = not isinstance(item, BatchSize) and int(item) == -1
            stops.append(LARGEST if is_last else _next(item))
        axes.append(axis)
        steps.append(step)
    if not axes:
        return name
    return graph.node(
        "Slice", name, graph.size_vector(starts), graph.size_vector(stops), graph.integers(*axes), graph.integers(*steps)
    )


def _next(item: Any) -> Any:
    return BatchSize(item.factor, item.offset + 1) if isinstance(item, BatchSize) else int(item) + 1


def _gathered(graph: Graph, name: str, index: list, shape: tuple) -> str:
    """The elements at arrays of integers; the slices are already taken, and integers are arrays without axes."""
    if any(item is None for item in index):
        raise NoCounterpartError("an index of arrays and new axes; index twice")
    advanced = [axis for axis, item in enumerate(index) if not isinstance(item, slice)]
    # An integer beside arrays counts as an array; its slice of one element is at position 0.
    items = [index[axis] if isinstance(index[axis], ARRAYS) else np.int64(0) for axis in advanced]
    if len(items) == 1:
        return graph.node("Gather", name, graph.operand(items[0], np.int64), axis=advanced[0])
    shapes = [graph.shape(item) for item in items]
    common = broadcast_shapes(shapes)
    ndim = len(common)
    columns = []
    for item in items:
        column = graph.expand(graph.operand(item, np.int64), common)
        columns.append(graph.unsqueeze(column, ndim))
    indices = graph.node("Concat", *columns, axis=ndim)
    others = [axis for axis in range(len(index)) if axis not in advanced]
    out = graph.node("GatherND", graph.transpose(name, [*advanced, *others]), indices)
    # NumPy puts the axes of the arrays where the first array stands, if the arrays stand together, and else in front.
    first = advanced[0] if advanced == list(range(advanced[0], advanced[-1] + 1)) else 0
    order = [*range(ndim, ndim + first), *range(ndim), *range(ndim + first, ndim + len(others))]
    return graph.transpose(out, order)


def broadcast_shapes(shapes: list[tuple]) -> tuple:
    """The shape to which shapes broadcast, with BatchSize where it follows the batch."""
    ndim = max(map(len, shapes))
    padded = [(1,) * (ndim - len(shape)) + tuple(shape) for shape in shapes]
    return tuple(next((n for n in sizes if isinstance(n, BatchSize) or n != 1), 1) for sizes in zip(*padded))


@converts("scatter")
def scatter(graph: Graph, call: OperationCall) -> str:
    """Zeros with values added at a constant index."""
    shape, index = graph.shape(call.result), call.options["index"]
    if any(isinstance(size, BatchSize) for size in shape) or _follows_inputs(index):
        raise NoCounterpartError("values are added at an index that follows the batch or the inputs")
    positions = np.arange(int(np.prod(shape))).reshape(shape)[index].reshape(-1, 1)
    zeros = graph.constant(np.zeros(int(np.prod(shape)), call.result.dtype))
    values = graph.node("Reshape", graph.operand(call.inputs[0], call.result.dtype), graph.integers(-1))
    out = graph.node("ScatterND", zeros, graph.constant(positions), values, reduction="add")
    return graph.reshape(out, shape)


def _follows_inputs(index: Any) -> bool:
    items = index if isinstance(index, tuple) else (index,)
    return any(isinstance(item, TracedValue | BatchArray | BatchSize) for item in items)


@converts("take_along_axis")
def take_along_axis(graph: Graph, call: OperationCall) -> str:
    """Elements at one index for each position."""
    options = {**dict(zip(("indices", "axis"), call.inputs[1:])), **call.options}
    if options.get("axis") is None:
        raise NoCounterpartError("an index of all elements; give an axis")
    indices = graph.operand(options["indices"], np.int64)
    return graph.node("GatherElements", graph.operand(call.inputs[0]), indices, axis=int(options["axis"]))


@converts("reorder")
def reorder(graph: Graph, call: OperationCall) -> str:
    """Elements in the order of positions along an axis, as sorting puts them."""
    order, axis = graph.operand(call.options["order"], np.int64), int(call.options["axis"])
    return graph.node("GatherElements", graph.operand(call.inputs[0]), order, axis=axis)


@converts("embedding")
def embedding(graph: Graph, call: OperationCall) -> str:
    """Rows of the weights."""
    x, weight = call.inputs
    return graph.node("Gather", graph.operand(weight), graph.operand(x, np.int64), axis=0)
