"""The ONNX graph under construction: nodes, initializers, and sizes that are computed from the batch size."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from autograd.extend import OperationCall, TracedValue
from nn.interchange.onnx_export.batch_sizes import BatchArray, BatchSize

MAX_SHARED = 64  # elements of a constant that is written once for all its uses


class Graph:
    """Nodes in order, with methods that write the nodes of common steps and return the names of their results.

    shapes:  the shape of each value of the trace, with BatchSize where it follows the batch.
    results: the name of each value in the graph, by its number.
    opset:   the version of the operators.
    """

    def __init__(self, onnx: ModuleType, opset: int, shapes: dict[int, tuple], batch: tuple[str, int] | None):
        self.onnx, self.opset, self.shapes, self.results = onnx, opset, shapes, dict[int, str]()
        self.nodes: list[Any] = []
        self.initializers: dict[str, np.ndarray] = {}
        self.arrays: dict[int, Any] = {}  # values that do not depend on the inputs: the array, or the call that computes it
        self._batch = batch  # the name of an input, and its axis of the batch
        self._batch_name = ""
        self._names: set[str] = set()
        self._shared: dict[tuple, str] = {}
        self._size_vectors: dict[tuple, str] = {}
        self._prefix, self._doc = "", ""

    def begin(self, call: OperationCall) -> None:
        """Name the nodes that follow after the module and the operation of a call."""
        self._prefix = f"{call.module.replace('.', '/')}/" if call.module else ""
        self._doc = call.module_class.__name__ if call.module_class is not None else ""

    def unique(self, name: str) -> str:
        """A name that no node and no value has yet."""
        candidate, count = name, 1
        while candidate in self._names:
            candidate, count = f"{name}_{count}", count + 1
        self._names.add(candidate)
        return candidate

    # Nodes

    def node(self, op: str, *inputs: Any, **attributes: Any) -> str:
        """Write a node with one output; an input is a name, an object that `operand` takes, or None if it is left out."""
        return self.node_with_outputs(op, inputs, 1, **attributes)[0]

    def node_with_outputs(self, op: str, inputs: Sequence[Any], count: int, **attributes: Any) -> list[str]:
        """Write a node with several outputs."""
        names = ["" if x is None else x if isinstance(x, str) else self.operand(x) for x in inputs]
        while names and not names[-1]:
            names.pop()
        name = self.unique(f"{self._prefix}{op}")
        outputs = [f"{name}_output" if count == 1 else f"{name}_output_{i}" for i in range(count)]
        attributes = {key: value for key, value in attributes.items() if value is not None}
        node = self.onnx.helper.make_node(op, names, outputs, name=name, doc_string=self._doc, **attributes)
        self.nodes.append(node)
        return outputs

    def constant(self, array: Any, name: str = "") -> str:
        """Write an array as an initializer; small ones without a name are written once."""
        array = np.asarray(array)
        key = (array.dtype.str, array.shape, array.tobytes()) if array.size <= MAX_SHARED and not name else None
        if key in self._shared:
            return self._shared[key]
        name = self.unique(name or f"{self._prefix}constant")
        self.initializers[name] = array
        if key is not None:
            self._shared[key] = name
        return name

    def integers(self, *numbers: int) -> str:
        """A vector of integers as an initializer."""
        return self.constant(np.array(numbers, np.int64))

    # Operands

    def operand(self, x: Any, dtype: Any = None) -> str:
        """The name of a value, an array, a number, or a size or an array that follows the batch, cast to a dtype."""
        dtype = None if dtype is None else np.dtype(dtype)
        if isinstance(x, TracedValue):
            return self.cast(self.results[x.number], x.dtype, dtype)
        if isinstance(x, BatchSize):
            return self.node("Squeeze", self._number(x, dtype or np.dtype(np.int64)), self.integers(0))
        if isinstance(x, BatchArray):
            return self.cast(self._array(x), x.base.dtype, dtype)
        array = np.asarray(x)
        return self.constant(array if dtype is None else array.astype(dtype))

    def cast(self, name: str, old: Any, new: Any) -> str:
        """A value as another dtype."""
        if new is None or np.dtype(old) == np.dtype(new):
            return name
        return self.node("Cast", name, to=self.onnx.helper.np_dtype_to_tensor_dtype(np.dtype(new)))

    def dtype(self, x: Any) -> np.dtype:
        """The dtype of an operand."""
        if isinstance(x, BatchSize):
            return np.dtype(type(x.offset))
        return x.base.dtype if isinstance(x, BatchArray) else x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype

    def shape(self, x: Any) -> tuple:
        """The shape of an operand, with BatchSize where it follows the batch."""
        if isinstance(x, TracedValue):
            return self.shapes[x.number]
        return x.shape if isinstance(x, BatchArray) else () if isinstance(x, BatchSize) else np.shape(x)

    def array(self, x: Any) -> np.ndarray | None:
        """The array of an operand that does not depend on the inputs of the graph: a constant, or computed from parameters."""
        if isinstance(x, BatchSize | BatchArray):
            return None
        if not isinstance(x, TracedValue):
            return np.asarray(x)
        entry = self.arrays.get(x.number)
        if isinstance(entry, OperationCall):
            inputs = [self.array(operand) for operand in entry.inputs]
            if any(array is None for array in inputs):
                return None
            out = entry.function.forward(*inputs, **entry.options)
            entry = self.arrays[x.number] = out[0] if entry.function.residuals else out
        return entry

    # Sizes

    def batch_size(self) -> str:
        """The size of the batch as a vector of one integer."""
        if not self._batch_name:
            assert self._batch is not None
            prefix, self._prefix = self._prefix, ""
            name, axis = self._batch
            self._batch_name = self.node("Gather", self.node("Shape", name), self.integers(axis))
            # A size is used by any later node: its nodes come first.
            self.nodes = self.nodes[-2:] + self.nodes[:-2]
            self._prefix = prefix
        return self._batch_name

    def _number(self, x: BatchSize, dtype: np.dtype) -> str:
        number = self.cast(self.batch_size(), np.int64, dtype)
        if x.factor != 1:
            number = self.node("Mul", number, self.constant(np.array([x.factor], dtype)))
        return number if x.offset == 0 else self.node("Add", number, self.constant(np.array([x.offset], dtype)))

    def size_vector(self, sizes: Sequence[Any]) -> str:
        """Sizes as a vector of integers."""
        if not any(isinstance(size, BatchSize) for size in sizes):
            return self.integers(*map(int, sizes))
        key = tuple(sizes)
        if key not in self._size_vectors:
            parts = [self._number(s, np.dtype(np.int64)) if isinstance(s, BatchSize) else self.integers(int(s)) for s in sizes]
            self._size_vectors[key] = parts[0] if len(parts) == 1 else self.node("Concat", *parts, axis=0)
        return self._size_vectors[key]

    def _array(self, x: BatchArray) -> str:
        name = self.constant(x.base)
        if x.slope is not None:
            size = self.operand(BatchSize(1, 0), x.base.dtype)
            name = self.node("Add", name, self.node("Mul", size, self.constant(x.slope)))
        if x.step is not None:
            assert x.axis is not None
            size = self.node("Squeeze", self.size_vector([x.shape[x.axis]]), self.integers(0))
            count = self.node("Range", self.constant(np.int64(0)), size, self.constant(np.int64(1)))
            count = self.node("Reshape", count, self.integers(*(-1 if axis == x.axis else 1 for axis in range(len(x.shape)))))
            count = self.cast(count, np.int64, x.base.dtype)
            return self.node("Add", name, self.node("Mul", count, self.constant(x.step)))
        return name if x.axis is None else self.node("Expand", name, self.size_vector(x.shape))

    # Common steps

    def reshape(self, name: str, shape: Sequence[Any]) -> str:
        """The elements under another shape; the single size that follows the batch is left to the operator."""
        moving = [size for size in shape if isinstance(size, BatchSize)]
        if len(moving) == 1 and 0 not in shape:
            return self.node("Reshape", name, self.integers(*(-1 if isinstance(s, BatchSize) else int(s) for s in shape)))
        return self.node("Reshape", name, self.size_vector(shape), allowzero=1 if 0 in shape else None)

    def expand(self, name: str, shape: Sequence[Any]) -> str:
        """A value broadcast to a shape."""
        return self.node("Expand", name, self.size_vector(shape))

    def transpose(self, name: str, order: Sequence[int]) -> str:
        """A value with its axes in another order."""
        order = [int(axis) for axis in order]
        return name if order == list(range(len(order))) else self.node("Transpose", name, perm=order)

    def swap_last(self, name: str, ndim: int) -> str:
        """A value with its last two axes exchanged."""
        return self.transpose(name, [*range(ndim - 2), ndim - 1, ndim - 2])

    def unsqueeze(self, name: str, *axes: int) -> str:
        """New axes of size 1."""
        return self.node("Unsqueeze", name, self.integers(*axes)) if axes else name

    def squeeze(self, name: str, *axes: int) -> str:
        """Axes of size 1 left out."""
        return self.node("Squeeze", name, self.integers(*axes)) if axes else name

    def slice(self, name: str, start: int, stop: int, axis: int) -> str:
        """The elements from start to stop along an axis."""
        return self.node("Slice", name, self.integers(start), self.integers(stop), self.integers(axis))

    def reduce(self, op: str, name: str, axes: Sequence[int] | None, keepdims: bool = False) -> str:
        """A reduction over axes; over all for None."""
        if axes is not None and not len(axes):
            return name
        return self.node(op, name, None if axes is None else self.integers(*axes), keepdims=int(keepdims))
