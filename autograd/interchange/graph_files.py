"""A recorded graph as a readable file, and back: JSON with the operations by name, their options and arrays."""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import autograd
from autograd.core.coercion import short_repr
from autograd.core.operation import Operation
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import DataError, GraphError
from autograd.interchange.graph_recording import graph_of_function, graph_of_tensor
from autograd.interchange.graph_values import decode, decode_array, encode, encode_array
from autograd.interchange.operation_names import OperationNames
from autograd.interchange.saved_graph import MAX_ELEMENTS, SavedGraph, Step, ValueName, check_references
from autograd.utils.atomic_files import write_text

FORMAT, VERSION = "chainrule.graph", 1


def save_graph(
    graph: Tensor | Callable[..., Any],
    path: str | os.PathLike[str],
    *example: Any,
    operations: Mapping[str, Callable] = {},
) -> None:
    """Write a graph to a JSON file, atomically: its inputs, its operations by name with all options, and its result.

    graph:      a tensor with a graph; or a function of tensors, such as a module, which is called once with the example.
    example:    arguments of the function: tensors or arrays, or nested lists, tuples and dicts of them.
    operations: your own operations by the names that they get in the file.

    The inputs of a tensor's graph are its leaves, by their names. Those of a function are its arguments, and its parameters are
    kept beside them. Arrays of up to 64 elements are written as numbers, larger ones as base64. `nn.export_onnx` writes a graph
    for other programs.

    Raises GraphError for a tensor without a graph and for a graph whose constants are gone, UnsupportedError for operations
    without a name, and TraceError for a function that reads values; nothing is written then.

    >>> import os, tempfile
    >>> from autograd import Tensor, load_graph, save_graph
    >>> x, y = Tensor(3.0, requires_grad=True, name="x"), Tensor(4.0, requires_grad=True, name="y")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_graph(x**2 * y, os.path.join(folder, "f.json"))
    ...     graph = load_graph(os.path.join(folder, "f.json"))
    >>> print(graph)
    x: float64 ()
    y: float64 ()
    v1 = power(x, 2)
    v2 = multiply(v1, y)
    >>> graph(x=2.0).item()
    16.0
    """
    names = OperationNames(operations)
    if isinstance(graph, Tensor):
        if example:
            raise TypeError("an example is for a function; the graph of a tensor has its inputs")
        recorded = graph_of_tensor(graph, names)
    elif callable(graph):
        recorded = graph_of_function(graph, example, names)
    else:
        raise TypeError(f"save_graph takes a tensor or a function, not {short_repr(graph)}")
    write_text(os.fspath(path), _as_json(recorded, names))


def load_graph(path: str | os.PathLike[str], *, operations: Mapping[str, Callable] = {}) -> SavedGraph:
    """Read a graph that `save_graph` wrote; calling it runs its operations at other inputs.

    operations: your own operations by the names that they have in the file.

    Operations are looked up by name among those of this project and yours; nothing is imported or executed by the file. Import
    `nn` before a graph of layers. Raises DataError for a file that is no graph or is damaged, GraphError for one whose
    operations do not follow each other, and UnsupportedError for unknown operations, all of them at once.

    >>> import os, tempfile
    >>> import autograd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     autograd.save_graph(lambda x: (x * x).sum(axis=0), os.path.join(folder, "f.json"), [[1.0, 2.0]])
    ...     graph = autograd.load_graph(os.path.join(folder, "f.json"))
    >>> graph([[3.0], [4.0]])
    Tensor([25.])
    """
    with open(path, "rb") as file:
        text = file.read()
    try:
        return _from_json(text, OperationNames(operations))
    except RecursionError:
        raise DataError(f"{path}: nested too deeply") from None
    except (DataError, GraphError, autograd.UnsupportedError) as error:
        raise type(error)(f"{path}: {error}") from None


# Writing


def _as_json(graph: SavedGraph, names: OperationNames) -> str:
    refer = lambda x: str(x) if isinstance(x, ValueName) else None

    def tensor(name: str, x: Tensor) -> dict[str, Any]:
        return {"name": name, "requires_grad": x.requires_grad} | encode_array(x.numpy())

    def step_entry(step: Step) -> dict[str, Any]:
        inputs = [str(x) if isinstance(x, ValueName) else encode(x, names, refer) for x in step.inputs]
        options = {key: encode(option, names, refer) for key, option in step.options.items()}
        entry = {"name": step.name, "operation": step.title, "inputs": inputs} | ({"options": options} if options else {})
        return entry if step.shape is None else entry | {"shape": list(step.shape)}

    head = {"format": FORMAT, "version": VERSION, "library": autograd.__version__}
    lists = {
        "inputs": [tensor(name, x) for name, x in graph.inputs.items()],
        "parameters": [tensor(name, x) for name, x in graph.parameters.items()],
        "operations": list(map(step_entry, graph.steps)),
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    for key, entries in lists.items():
        rows = ",\n".join(f"    {json.dumps(entry, ensure_ascii=False)}" for entry in entries)
        lines.append(f"  {json.dumps(key)}: [\n{rows}\n  ]," if entries else f"  {json.dumps(key)}: [],")
    lines.append(f'  "result": {json.dumps(encode(graph.result, names, refer), ensure_ascii=False)}')
    return "{\n" + "\n".join(lines) + "\n}\n"


# Reading


def _from_json(text: bytes, names: OperationNames) -> SavedGraph:
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        raise DataError(f"not a JSON file: {error}") from None
    match content:
        case {"format": str() as name, "version": int() as version} if name == FORMAT:
            if version > VERSION:
                raise DataError(f"version {version} of the format; this library reads up to version {VERSION}")
        case _:
            raise DataError("not a file of save_graph")
    match content:
        case {"inputs": [*inputs], "parameters": [*parameters], "operations": [*steps], "result": result}:
            pass
        case _:
            raise DataError("inputs, parameters, operations or result is missing")
    unknown = sorted({_operation_name(entry) for entry in steps} - set(names.functions))
    if unknown:
        raise autograd.UnsupportedError(_unknown_operations(unknown))
    graph = SavedGraph(dict(map(_input, inputs)), dict(map(_input, parameters)), [_step(entry, names) for entry in steps])
    graph.result = decode(result, names, ValueName)
    if len(graph.inputs) + len(graph.parameters) < len(inputs) + len(parameters):
        raise GraphError("two inputs have the same name")
    check_references(graph)
    return graph


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _unknown_operations(unknown: list[str]) -> str:
    listed = ", ".join(f"{name:.60}" for name in unknown[:10]) + (" …" if len(unknown) > 10 else "")
    missing_import = " Import nn before load_graph." if any(name.startswith("nn.") for name in unknown) else ""
    return f"unknown operations: {listed}.{missing_import} Your own are handed over as operations={{name: operation}}"


def _operation_name(entry: Any) -> str:
    match entry:
        case {"operation": str() as name}:
            return name
    raise DataError(f"invalid operation {short_repr(entry)}")


def _input(entry: Any) -> tuple[str, Tensor]:
    match entry:
        case {"name": str() as name, "requires_grad": bool() as requires_grad}:
            array = {key: value for key, value in entry.items() if key not in ("name", "requires_grad")}
            return name, Tensor(decode_array(array), requires_grad=requires_grad, name=name)
    raise DataError(f"invalid input {short_repr(entry)}")


def _step(entry: Any, names: OperationNames) -> Step:
    match entry:
        case {"name": str() as name, "operation": str() as title, "inputs": [*inputs]}:
            options = entry.get("options", {})
            shape = entry.get("shape")
            if not isinstance(options, dict):
                raise DataError(f"invalid options {short_repr(options)}")
            values = tuple(ValueName(x) if isinstance(x, str) else decode(x, names, ValueName) for x in inputs)
            decoded = {key: decode(option, names, ValueName) for key, option in options.items()}
            map_leaves(_check_extent, decoded)
            _check_option_names(title, names.functions[title], decoded)
            if not any(isinstance(x, ValueName) for x in leaves((values, decoded))):
                raise DataError(f"{name}: {title} has no value of the graph among its inputs")
            return Step(name, title, names.functions[title], values, decoded, None if shape is None else tuple(shape))
    raise DataError(f"invalid operation {short_repr(entry)}")


def _check_extent(x: Any) -> None:
    """Raise DataError for an option that makes an array larger than any graph may have."""
    if isinstance(x, int) and abs(x) > MAX_ELEMENTS:
        raise DataError(f"an option of {x}; the limit is {MAX_ELEMENTS}")


def _check_option_names(title: str, function: Any, options: dict[str, Any]) -> None:
    declared = getattr(function, "operation", None)
    if not isinstance(declared, Operation):
        if "out" in options:
            raise DataError(f"{title}: the option out is not supported")
        return
    if missing := set(declared.options) - set(options) - set(declared.defaults):
        raise DataError(f"{title} lacks the option {', '.join(sorted(missing))}")
    if unknown := set(options) - set(declared.options):
        raise DataError(f"{title} has no option {', '.join(sorted(unknown))}")
