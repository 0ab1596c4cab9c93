"""Modules made from ONNX files."""

import math
import os
import re
from typing import Any, NamedTuple

import numpy as np

from autograd import DataError, Tensor
from nn.interchange.model_classes import ModelFileError
from nn.interchange.onnx_import.construction import Construction, fold_constants
from nn.interchange.onnx_import.graph import Graph, OperatorNode, Values
from nn.interchange.onnx_import.limits import Budget, budget_of, within
from nn.interchange.onnx_import.protobuf import parse
from nn.interchange.onnx_import.tensors import TensorReader
from nn.interchange.onnx_import.values import is_floating, is_native
from nn.interchange.serialization import errors_with_name
from nn.model_summary import MULTIPLY_ADDS
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter


class Input(NamedTuple):
    """An input of a model: its name, its dtype, and its shape with None for sizes that are not fixed; None if unknown."""

    name: str
    dtype: np.dtype | None
    shape: tuple[int | None, ...] | None


class OnnxOperator(Module, records_arguments=False):
    """One operator of an ONNX model, with the parameters and buffers that it is the first to use."""

    def __init__(self, node: OperatorNode):
        self.op_type, self._operator = node.op_type, node

    def forward(self, *inputs: Any, **attributes: Any) -> Any:
        """The outputs of the operator: a value or a tuple."""
        return self._operator.function(*inputs, **attributes)

    def extra_repr(self) -> str:
        return self.op_type


def _multiply_adds(layer: OnnxOperator, x: tuple[int, ...], out: tuple[int, ...]) -> int:
    """Multiply-adds of an operator, by the shapes of its first input and output."""
    weights = [tensor for tensor in vars(layer).values() if isinstance(tensor, Parameter | Buffer)]
    if layer.op_type in ("Conv", "ConvTranspose") and weights:
        return math.prod(out if layer.op_type == "Conv" else x) * weights[0][0].size
    if layer.op_type in ("Gemm", "MatMul"):
        return math.prod(x) * out[-1] if out else math.prod(x)
    return math.prod(out) if weights else 0


MULTIPLY_ADDS[OnnxOperator] = _multiply_adds


class OnnxModule(Module, records_arguments=False):
    """A model from an ONNX file; see `load_onnx`, which makes it.

    inputs:            the inputs in order: name, dtype and shape.
    output_names:      the names of the outputs.
    initializer_names: the names that the file has for parameters and buffers, by the names that they have here.
    """

    save_remedy = "export it with nn.export_onnx, or write its weights with nn.save"

    def __init__(self, graph: Graph, initializers: dict[str, np.ndarray], inputs: list[Input], content_bytes: int):
        self.inputs, self.output_names = tuple(inputs), graph.outputs
        self.initializer_names: dict[str, str] = {}
        self._graph, self._content_bytes = graph, content_bytes
        self._tensors: dict[str, tuple[str, str]] = {}  # child and attribute, by the name of the initializer
        _replace_aliases(graph, set(initializers))
        trained = _trained_names(graph)
        constants = {name: array for name, array in initializers.items() if not is_floating(array)}
        with within(Budget(budget_of(content_bytes))), np.errstate(all="ignore"):
            fold_constants(graph, constants)
        states = {name: array for name, array in initializers.items() if is_floating(array)}
        _separate_buffers(graph, states, trained)
        for node in graph.nodes:
            node.child = _unique(attribute_name(node.name or node.op_type), vars(self))
            operator = OnnxOperator(node)
            for name in node.reads:
                if name in states:
                    self._add(operator, node.child, name, states.pop(name), name in trained)
            setattr(self, node.child, operator)
        for name in graph.outputs:
            if name in states:
                self._add(self, "", name, states.pop(name), name in trained)

    def _add(self, owner: Module, child: str, name: str, array: np.ndarray, is_trained: bool) -> None:
        original = name.removesuffix(BUFFER_SUFFIX)
        attribute = _unique(attribute_name(re.split(r"[./]", original)[-1]), vars(owner))
        data = np.array(array)
        setattr(owner, attribute, Parameter(data) if is_trained and data.ndim else Buffer(data))
        self._tensors[name] = (child, attribute)
        self.initializer_names[f"{child}.{attribute}" if child else attribute] = original

    def forward(self, *args: Any, **named: Any) -> Any:
        """The output, or the tuple of the outputs if there are several; inputs in order or by name."""
        values = self._bind(args, named)
        content = self._content_bytes + sum(getattr(value, "nbytes", 0) for value in values.values())
        for name, (child, attribute) in self._tensors.items():
            values[name] = getattr(getattr(self, child) if child else self, attribute)
        with within(Budget(budget_of(content))), np.errstate(all="ignore"):  # as other runtimes: inf and nan without a word
            outputs = self._graph.run(values, lambda node, inputs, attributes: getattr(self, node.child)(*inputs, **attributes))
        results = tuple(map(_as_tensor, outputs))
        return results[0] if len(results) == 1 else results

    def _bind(self, args: tuple, named: dict[str, Any]) -> Values:
        """The values of the inputs by name; raises TypeError unless there is one for each."""
        names = [item.name for item in self.inputs]
        expected = f"expected {len(names)}: {', '.join(names)}"
        if len(args) > len(names):
            raise TypeError(f"{self.qualified_name()}: got {len(args)} inputs, {expected}")
        values = dict(zip(names, args))
        for name, value in named.items():
            if name not in names or name in values:
                problem = "is given twice" if name in values else "is no input"
                raise TypeError(f"{self.qualified_name()}: {name!r} {problem}, {expected}")
            values[name] = value
        if missing := [name for name in names if name not in values]:
            raise TypeError(f"{self.qualified_name()}: the input {missing[0]!r} is missing, {expected}")
        return {item.name: self._as_input(item, values[item.name]) for item in self.inputs}

    def _as_input(self, item: Input, value: Any) -> Any:
        """An input as the graph takes it; raises DataError for another dtype or shape than the file says."""
        if value is None or (item.shape is None and item.dtype is None):
            return value
        if not hasattr(value, "__array_function__"):  # also the traced arrays of a compiled step
            value = np.asarray(value, item.dtype if item.dtype is not None and item.dtype.kind in "fiu" else None)
        if value.dtype.kind in "UT" and item.dtype == object:
            value = value.astype(object)
        if item.dtype is not None and (
            item.dtype.kind != value.dtype.kind or (item.dtype.kind == "V" and item.dtype != value.dtype)
        ):
            problem = f"has dtype {value.dtype}, expected {item.dtype}"
            raise DataError(f"{self.qualified_name()}: input {item.name!r} {problem}; convert it with astype")
        if item.shape is not None and not _fits(value.shape, item.shape):
            shape = ", ".join("any" if size is None else str(size) for size in item.shape)
            problem = f"has shape {tuple(value.shape)}, the file says ({shape})"
            raise DataError(f"{self.qualified_name()}: input {item.name!r} {problem}; export it with a dynamic axis for others")
        return value


def load_onnx(path: str | os.PathLike[str]) -> OnnxModule:
    """Make a module from an ONNX file; it runs on this library's operations, so it can be differentiated and trained.

    Initializers are parameters if they are floats with one axis or more that an operator uses as a weight. Running statistics,
    float scalars and the like are buffers. Integers, such as shapes, and the results of `Constant` are part of the graph: no
    state dict has them. A parameter is an attribute of the operator that uses it first: `model.conv1.weight` for an
    initializer "layer.conv1.weight" of a node "conv1"; `model.initializer_names` has the file's names by the new ones.

    The file decides between training and evaluation, not `train()`: BatchNormalization uses the stored statistics and Dropout
    does nothing unless the node itself says training_mode = 1. So fine-tuning trains the weights at fixed statistics. What
    has no gradient (indices, comparisons, rounding, quantization) is constant.

    `forward` takes the inputs in order or by name, checks dtype and shape against the file, and returns the output, or a tuple.
    The module works with `nn.summary`, drawing, `state_dict`, `optim.fit` and `nn.export_onnx`. `nn.save_model` refuses it, as
    its graph is no constructor argument: export it, or save its weights with `nn.save`. `autograd.compile` runs it eagerly.

    No code runs from the file. Sizes are compared with its bytes before memory is taken; data beside the file are read from its
    own folder only. The values of a call may have 1 GiB, or 64 times the bytes of weights and inputs if that is more, and a
    call may run 10⁶ nodes. A model has at most 10⁵ nodes and opset 28.

    It needs the package onnx (`pip install chainrule[onnx]`). Raises ModelFileError for a damaged file, UnsupportedError with
    all operators that are not supported, ImportError without the package. onnxruntime's InferenceSession, onnx2torch's convert.

    >>> import nn, numpy as np, os, tempfile
    >>> layer = nn.Linear(2, 3)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "layer.onnx")
    ...     nn.export_onnx(layer, path, np.ones((1, 2)))
    ...     model = nn.load_onnx(path)
    >>> bool(np.all(model([[1.0, 2.0]]) == layer([[1.0, 2.0]])))
    True
    """
    with errors_with_name(path):
        _require_onnx()
        size = os.path.getsize(path)
        with open(path, "rb") as file:
            model = parse(file, size)
        return module_of(model, os.path.dirname(os.fspath(path)) or ".", size)


def module_of(model: Any, folder: str | None = None, content_bytes: int | None = None) -> OnnxModule:
    """The module of a ModelProto, whose tensors may have data in files of the folder."""
    construction = Construction(model, TensorReader(folder))
    initializers = construction.initializers
    size = sum(array.nbytes for array in initializers.values()) + (content_bytes or model.ByteSize())
    inputs = [_input_of(info) for info in model.graph.input if info.name not in initializers]
    return OnnxModule(construction.graph, initializers, inputs, size)


def attribute_name(name: str) -> str:
    """A valid name of an attribute, as near as possible to a name of the file.

    >>> from nn.interchange.onnx_import.model import attribute_name
    >>> attribute_name("/layer1/0.conv"), attribute_name("7")
    ('layer1_0_conv', '_7')
    """
    valid = re.sub(r"\W+", "_", name).strip("_") or "unnamed"
    return f"_{valid}" if valid[0].isdigit() else valid


def _require_onnx() -> None:
    try:
        import onnx  # noqa: F401
    except ImportError:
        raise ImportError("load_onnx needs the package onnx; install it with pip install chainrule[onnx]") from None


def _input_of(info: Any) -> Input:
    """The name, dtype and shape of an input; sequences and optional values have no shape."""
    from onnx import helper

    tensor = info.type.tensor_type
    if not info.type.HasField("tensor_type"):
        return Input(info.name, None, None)
    try:
        dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type)
    except (KeyError, TypeError, ValueError):
        raise ModelFileError(f"input {info.name!r:.60} has the unknown type {tensor.elem_type}") from None
    if not tensor.HasField("shape"):
        return Input(info.name, dtype, None)
    return Input(info.name, dtype, tuple(d.dim_value if d.HasField("dim_value") else None for d in tensor.shape.dim))


def _trained_names(graph: Graph) -> set[str]:
    """The names of values that some node uses as a weight."""
    names = set()
    for node in graph.nodes:
        names |= {name for position, name in enumerate(node.inputs) if position not in node.buffers}
        names |= {name for inner in node.graphs.values() for name in _trained_names(inner)}
    return names


BUFFER_SUFFIX = "\0buffer"  # no name in a file ends with it


def _separate_buffers(graph: Graph, states: dict[str, np.ndarray], trained: set[str]) -> None:
    """Give an initializer that is a weight here and a buffer there a name for each.

    Exporters write equal arrays once, such as the weights and running variances of a new network.
    """
    for node in graph.nodes:
        inputs = list(node.inputs)
        for position in node.buffers:
            if position < len(inputs) and inputs[position] in trained and inputs[position] in states:
                twin = inputs[position] + BUFFER_SUFFIX
                states[twin], inputs[position] = states[inputs[position]], twin
        node.set_inputs(inputs)


def _replace_aliases(graph: Graph, initializers: set[str]) -> None:
    """Read initializers directly, and not through Identity, by which exporters refer to another array that is equal."""
    visible = set(graph.outputs) | {name for node in graph.nodes for inner in node.graphs.values() for name in inner.captures}
    aliases: dict[str, str] = {}
    remaining = []
    for node in graph.nodes:
        node.set_inputs([aliases.get(name, name) for name in node.inputs])
        is_alias = node.key is not None and node.key[:2] == ("", "Identity") and node.inputs[0] in initializers
        if is_alias and node.outputs and node.outputs[0] not in visible:
            aliases[node.outputs[0]] = node.inputs[0]
        else:
            remaining.append(node)
    graph.nodes = remaining


def _unique(name: str, attributes: dict[str, Any]) -> str:
    number, candidate = 1, name
    while candidate in attributes or hasattr(OnnxModule, candidate):
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(size in (None, actual) for actual, size in zip(shape, expected))


def _as_tensor(value: Any) -> Any:
    """An output as a tensor; lists and dtypes that tensors do not have stay as they are."""
    return Tensor(value) if isinstance(value, np.ndarray) and is_native(value.dtype) else value
