"""`export_onnx`: a module or a function of tensors as an ONNX file."""

import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from autograd.extend import (
    OperationCall,
    OperationTrace,
    TracedValue,
    atomic_files,
    leaves,
    map_leaves,
    short_repr,
    suggest_names,
    trace_operations,
)
from nn.interchange.model_classes import ModelFileError
from nn.interchange.onnx_export.batch_sizes import BatchArray, BatchDependenceError, BatchSize, unify, unify_shape
from nn.interchange.onnx_export.families import CONVERTERS
from nn.interchange.onnx_export.fusion import fuse_batch_norm
from nn.interchange.onnx_export.graph import Graph
from nn.interchange.onnx_export.registry import NoCounterpartError
from nn.module.module import Module

#: The versions of ONNX's operators that can be written.
OPSETS = range(18, 24)
#: The batch sizes at which a function is traced, to see which sizes follow the batch.
BATCH_SIZES = (2, 3, 17)
ARRAYS = (Tensor, np.ndarray, np.generic)
MAX_BYTES = 2**31 - 2**20  # of a file of protobuf, with room for the nodes
PRODUCER = "chainrule"


@suggest_names
def export_onnx(
    model: Callable[..., Any],
    path: str | os.PathLike[str],
    example: Any,
    names: tuple[Sequence[str], Sequence[str]] | None = None,
    dynamic_batch: bool = True,
    batch_axis: int | Sequence[int | None] = 0,
    opset: int = 18,
    training: bool = False,
) -> None:
    """Write the forward pass of a module or of a function of tensors to an .onnx file, which other programs run.

    model:         a module, or a function of tensors; its parameters become initializers with their dotted names.
    example:       an input, or a tuple of inputs: arrays or tensors, or trees of them, whose shapes and dtypes the file keeps.
    names:         the names of the inputs and of the outputs; by default those of the parameters of `forward`, and "output".
    dynamic_batch: whether the file takes batches of any size. The model is run at batch sizes 2, 3 and 17, and sizes that
                   follow the batch are computed in the file; otherwise the file has the sizes of the example.
    batch_axis:    the axis of the batch of all inputs, or for each input its axis, None for an input without a batch.
    opset:         the version of ONNX's operators, 18 to 23.
    training:      whether modules run in training mode: batch normalization by the statistics of the batch. Running statistics
                   are not updated, and random numbers such as those of Dropout have no counterpart. The default is evaluation
                   mode; the mode of the model itself does not change, and a function keeps the modes of its modules.

    Every operation is written as a whole, `nn.LSTM` as ONNX's LSTM and `nn.LayerNorm` as LayerNormalization; the names of nodes
    begin with the path of their module. Before the file is written, ONNX's checker checks it and infers all shapes. Runtimes
    lack some operators in float64, such as convolutions: convert the model by `model.astype("float32")` first.

    Raises ModelFileError for operations without counterpart, all at once and with lines; TraceError for Python code that reads
    values, as `if x > 0` does; TypeError or ValueError for other arguments; ImportError without the package onnx,
    `pip install "chainrule[onnx]"`.
    PyTorch's torch.onnx.export, with input_names, output_names and dynamic_axes for `names` and `dynamic_batch`; Keras's
    model.export(format="onnx").

    >>> import nn, numpy as np, os, tempfile
    >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.export_onnx(model, os.path.join(folder, "model.onnx"), np.ones((1, 2)))
    ...     os.listdir(folder)
    ['model.onnx']
    """
    onnx = _import_onnx()
    args = example if isinstance(example, tuple) else (example,)
    _check_arguments(model, path, args, opset)
    axes = _batch_axes(args, batch_axis) if dynamic_batch else None
    with _mode(model, training):
        traces, sizes = _traces(model, args, axes)
    proto = _Export(onnx, traces, sizes, axes, opset).model(model, names, training)
    _check(onnx, proto)
    with atomic_files.atomic_write(str(path)) as temporary, open(temporary, "wb") as file:
        file.write(proto.SerializeToString())


def _import_onnx() -> ModuleType:
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ImportError as error:
        raise ImportError(f'export_onnx needs the package onnx: pip install "chainrule[onnx]" ({error})') from None
    return onnx


def _check_arguments(model: Any, path: Any, args: tuple, opset: Any) -> None:
    if not callable(model):
        raise TypeError(f"export_onnx: model must be a module or a function of tensors, not {short_repr(model)}")
    if not str(path).endswith(".onnx"):
        raise ValueError(f"export_onnx: the path must end with .onnx, got {str(path)!r}")
    if not _arrays(args):
        raise TypeError(
            f"export_onnx: example must hold arrays or tensors, which tell shapes and dtypes, not {short_repr(args)}"
        )
    if opset not in OPSETS:
        raise ValueError(f"export_onnx: opset must be {OPSETS[0]} to {OPSETS[-1]}, got {opset!r}")


@contextmanager
def _mode(model: Any, training: bool) -> Iterator[None]:
    """Set a module to training or evaluation mode inside a `with` block."""
    modes = [(module, module.training) for module in model.modules()] if isinstance(model, Module) else []
    try:
        for module, _ in modes:
            module.training = training
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def _arrays(tree: Any) -> list[Any]:
    """The arrays among the leaves of a tree."""
    return [x.data if isinstance(x, Tensor) else x for x in leaves(tree) if isinstance(x, ARRAYS)]


def _batch_axes(args: tuple, batch_axis: Any) -> list[int | None] | None:
    """For each array of the example the axis of the batch, or None; None if no array has one."""
    arrays = _arrays(args)
    axes = [batch_axis] * len(arrays) if batch_axis is None or isinstance(batch_axis, int) else list(batch_axis)
    if len(axes) != len(arrays):
        raise ValueError(f"export_onnx: batch_axis has {len(axes)} axes for {len(arrays)} inputs")
    axes = [None if axis is None or axis >= np.ndim(x) else axis for axis, x in zip(axes, arrays)]
    sizes = {np.shape(x)[axis] for axis, x in zip(axes, arrays) if axis is not None}
    if len(sizes) > 1 or 0 in sizes:
        shapes = ", ".join(str(np.shape(x)) for x in arrays)
        raise ValueError(
            f"export_onnx: the inputs need the same batch size, 1 or more, got shapes {shapes}; give batch_axis, with None for "
            "an input without a batch, or dynamic_batch=False"
        )
    return axes if sizes else None


def _traces(model: Any, args: tuple, axes: list[int | None] | None) -> tuple[list[OperationTrace], Sequence[int]]:
    """The model traced at each batch size; once, at the example, without a batch."""
    if axes is None:
        return [trace_operations(model, *args)], (1,)
    traces = []
    for n in BATCH_SIZES:
        remaining = iter(axes)

        def resized(x: Any, n: int = n, remaining: Iterator[int | None] = remaining) -> Any:
            axis = next(remaining) if isinstance(x, ARRAYS) else None
            array = x.data if isinstance(x, Tensor) else x
            return x if axis is None else np.take(array, np.arange(n) % array.shape[axis], axis)

        traces.append(trace_operations(model, *map_leaves(resized, args)))
    return traces, BATCH_SIZES


class _Export:
    """One export: the traces, and the graph that is written from them."""

    def __init__(self, onnx: ModuleType, traces: list, sizes: Sequence[int], axes: list[int | None] | None, opset: int):
        self.onnx, self.trace, self.traces, self.sizes, self.opset = onnx, traces[0], traces, sizes, opset
        self.inputs = _values(self.trace.inputs)
        self.axes = axes
        self.problems: dict[tuple, str] = {}

    def model(self, model: Any, names: Any, training: bool) -> Any:
        """The file as a protocol buffer."""
        calls = self._unified_calls()
        outputs = self._outputs()
        input_names, output_names = self._names(model, names, outputs)
        for name, value in zip(input_names, self.inputs):
            if _is_complex(value):
                raise ModelFileError(
                    f"export_onnx: input {name!r} has dtype {value.dtype}, and the operators of ONNX take no complex numbers; "
                    "make the real and the imaginary part two inputs"
                )
        batch = None
        if self.axes is not None:
            batch = next((name, axis) for name, axis in zip(input_names, self.axes) if axis is not None)
        graph = self.graph = Graph(self.onnx, self.opset, self.shapes, batch)
        for name, value in zip(input_names, self.inputs):
            graph.results[value.number] = graph.unique(name)
        for name in output_names:
            graph.unique(name)
        for name, parameter in self.trace.parameters.items():
            graph.results[parameter.value.number] = graph.constant(np.asarray(parameter.tensor.data), name)
            graph.arrays[parameter.value.number] = np.asarray(parameter.tensor.data)
        for call in fuse_batch_norm(calls):
            self._convert(call)
        if self.problems:
            listing = "\n".join(f"  {text}" for text in self.problems.values())
            count = "1 operation has" if len(self.problems) == 1 else f"{len(self.problems)} operations have"
            raise ModelFileError(f"export_onnx: {count} no counterpart in ONNX:\n{listing}")
        self._name_outputs(outputs, output_names)
        self._remove_unused(output_names)
        return self._proto(model, input_names, outputs, output_names, training)

    def _unified_calls(self) -> list[OperationCall]:
        """The calls with sizes that follow the batch; also sets `shapes`."""
        calls, names = [], [[call.name for call in trace.calls] for trace in self.traces]
        if any(other != names[0] for other in names):
            raise ModelFileError(
                "export_onnx: the operations depend on the batch size, as in a loop over examples; write them for the whole "
                "batch, or give dynamic_batch=False"
            )
        self.shapes: dict[int, tuple] = {}
        for values in zip(*(_values((t.inputs, [p.value for p in t.parameters.values()])) for t in self.traces)):
            self.shapes[values[0].number] = unify_shape([x.shape for x in values], self.sizes)
        for same_calls in zip(*(trace.calls for trace in self.traces)):
            call = same_calls[0]
            try:
                inputs, options, result = (
                    unify([getattr(c, name) for c in same_calls], self.sizes) for name in ("inputs", "options", "result")
                )
                for values in zip(*(_values((c.result, c.residuals)) for c in same_calls)):
                    self.shapes[values[0].number] = unify_shape([x.shape for x in values], self.sizes)
            except BatchDependenceError as error:
                raise ModelFileError(
                    f"export_onnx: {_describe(call)}: {error}; dynamic_batch=False writes the sizes of the example"
                ) from None
            fields = {**vars(call), "inputs": inputs, "options": options, "result": result}
            calls.append(OperationCall(**fields))
        return calls

    def _outputs(self) -> list:
        """The results that are values, arrays or numbers; None is left out."""
        try:
            outputs = [x for x in leaves(unify([trace.result for trace in self.traces], self.sizes)) if x is not None]
        except BatchDependenceError as error:
            raise ModelFileError(f"export_onnx: the results depend on the batch size: {error}") from None
        for x in outputs:
            if not isinstance(x, TracedValue | BatchArray | BatchSize | np.ndarray | np.generic | int | float):
                raise ModelFileError(f"export_onnx: the function must return tensors, not {short_repr(x)}")
        if not outputs:
            raise ModelFileError("export_onnx: the function returns no tensors")
        return outputs

    def _convert(self, call: OperationCall) -> None:
        """Write the nodes of a call; note it if there are none for it."""
        if call.has_effect:
            return
        graph = self.graph
        graph.begin(call)
        try:
            if call.is_random:
                raise NoCounterpartError("it draws random numbers; export in evaluation mode")
            if any(_is_complex(x) for x in leaves((call.inputs, call.options, call.result))):
                raise NoCounterpartError("it computes complex numbers; use their real and imaginary parts")
            converter = CONVERTERS.get(call.name)
            if converter is None:
                raise NoCounterpartError
            names = converter(graph, call)
        except NoCounterpartError as error:
            reason = f": {error}" if str(error) else ""
            self.problems.setdefault((call.name, str(error), call.line), f"{_describe(call)}{reason}")
            names = "missing"
        results = _values(call.result)
        for value, name in zip(results, [names] * len(results) if isinstance(names, str) else names):
            graph.results[value.number] = name
            if hasattr(call.function, "forward"):
                graph.arrays[value.number] = call

    # Names

    def _names(self, model: Any, names: Any, outputs: list) -> tuple[list[str], list[str]]:
        """The names of inputs and outputs."""
        default_outputs = ["output"] if len(outputs) == 1 else [f"output_{i}" for i in range(len(outputs))]
        if names is None:
            return _input_names(model, self.trace.inputs), default_outputs
        groups = [[group] if isinstance(group, str) else list(group) for group in names]
        expected = (len(self.inputs), len(outputs))
        if len(groups) != 2 or tuple(map(len, groups)) != expected or len({*groups[0], *groups[-1]}) != sum(expected):
            raise ValueError(
                f"export_onnx: names must be two lists of distinct names, of {expected[0]} inputs and {expected[1]} outputs, "
                f"got {short_repr(names)}"
            )
        return groups[0], groups[1]

    def _name_outputs(self, outputs: list, names: list[str]) -> None:
        """Give the results their names; an input or a constant that is a result is copied."""
        graph, renamed = self.graph, {}
        sources = {*graph.initializers, *(graph.results[value.number] for value in self.inputs)}
        for value, name in zip(outputs, names):
            source = graph.operand(value)
            if source in sources or source in renamed or source in graph.initializers:
                node = self.onnx.helper.make_node("Identity", [source], [name], name=graph.unique(f"{name}/Identity"))
                graph.nodes.append(node)
            else:
                renamed[source] = name
        for node in graph.nodes:
            for names_of_node in (node.input, node.output):
                for i, old in enumerate(names_of_node):
                    names_of_node[i] = renamed.get(old, old)

    def _remove_unused(self, output_names: list[str]) -> None:
        """Leave out nodes and initializers that no output needs."""
        needed, nodes = set(output_names), []
        for node in reversed(self.graph.nodes):
            if needed & set(node.output):
                needed |= set(node.input)
                nodes.append(node)
        self.graph.nodes = nodes[::-1]
        self.graph.initializers = {name: x for name, x in self.graph.initializers.items() if name in needed}

    # The file

    def _proto(self, model: Any, input_names: list[str], outputs: list, output_names: list[str], training: bool) -> Any:
        helper, graph = self.onnx.helper, self.graph
        size = sum(array.nbytes for array in graph.initializers.values())
        if size > MAX_BYTES:
            raise ModelFileError(f"export_onnx: the weights have {size / 2**30:.1f} GiB, and an ONNX file holds 2 GiB")
        tensors = [self.onnx.numpy_helper.from_array(np.asarray(x, order="C"), n) for n, x in graph.initializers.items()]
        infos = [
            [self._value_info(name, graph.dtype(value), graph.shape(value)) for name, value in zip(names, values)]
            for names, values in ((input_names, self.inputs), (output_names, outputs))
        ]
        title = type(model).__name__ if isinstance(model, Module) else getattr(model, "__name__", "function")
        proto = helper.make_graph(graph.nodes, title, infos[0], infos[1], tensors)
        opsets = [helper.make_opsetid("", self.opset)]
        version = helper.find_min_ir_version_for(opsets)
        out = helper.make_model(
            proto, opset_imports=opsets, ir_version=version, producer_name=PRODUCER, producer_version=autograd.__version__
        )
        helper.set_model_props(out, {"mode": "training" if training else "evaluation"})
        return out

    def _value_info(self, name: str, dtype: np.dtype, shape: tuple) -> Any:
        sizes = [_symbol(size) if isinstance(size, BatchSize) else int(size) for size in shape]
        return self.onnx.helper.make_tensor_value_info(name, self.onnx.helper.np_dtype_to_tensor_dtype(dtype), sizes)


def _symbol(size: BatchSize) -> str:
    """A size that follows the batch as a symbol."""
    factor = "" if size.factor == 1 else f"{size.factor}*"
    return f"{factor}batch" + (f"{size.offset:+d}" if size.offset else "")


def _values(tree: Any) -> list[TracedValue]:
    return [x for x in leaves(tree) if isinstance(x, TracedValue)]


def _is_complex(x: Any) -> bool:
    return isinstance(x, complex) or (isinstance(x, (TracedValue, *ARRAYS)) and x.dtype.kind == "c")


def _input_names(model: Any, inputs: tuple) -> list[str]:
    """The names of the parameters of `forward` or of the function; with positions inside of trees."""
    function = model.forward if isinstance(model, Module) else model
    try:
        parameters = [p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.VAR_POSITIONAL]
    except (TypeError, ValueError):
        parameters = []
    parameters += [f"input_{i}" for i in range(len(parameters), len(inputs))]
    names = []
    for name, tree in zip(parameters, inputs):
        count = len(_values(tree))
        names += [name] if isinstance(tree, TracedValue) else [f"{name}_{i}" for i in range(count)]
    return names


def _describe(call: OperationCall) -> str:
    """A call for a message: its name, the module and the line."""
    module = f" in {call.module_class.__name__} {call.module!r}" if call.module_class is not None and call.module else ""
    return f"{call.name}{module} ({call.line})"


def _check(onnx: ModuleType, proto: Any) -> None:
    """Run ONNX's checker with the inference of shapes."""
    try:
        onnx.checker.check_model(proto, full_check=True)
    except Exception as error:  # the checker's and the inference's errors have no class in common
        raise ModelFileError(f"export_onnx: ONNX's checker refuses the file: {error}") from error
