"""The graph of a model as a GraphDef, TensorBoard's format: operations as nodes, modules as name scopes."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from optim.training.event_files.protobuf import integer, message, text
from optim.training.model import evaluation_mode, named_parameters

PRODUCER = 22  # the version of the format
INPUTS, OUTPUTS = "inputs", "outputs"
#: The operation of a vertex that is not computed, by its kind.
LEAVES = {"parameter": "Parameter", "input": "Placeholder", "frozen": "Placeholder", "constant": "Const"}


def graph_of(model: Any, inputs: Any) -> bytes:
    """The GraphDef of the model in evaluation mode, for one batch of inputs.

    Operations that depend neither on a parameter nor on inputs of floats are not shown. Raises GraphError for a result that
    depends on neither.

    >>> import numpy as np
    >>> import nn
    >>> from optim.training.event_files.graph_def import graph_of
    >>> b"Sequential/Linear[0]/linear" in graph_of(nn.Sequential(nn.Linear(2, 1), nn.ReLU()), np.ones((1, 2)))
    True
    """
    draw = import_module("autograd.draw")  # imported when used, so that `import optim` is fast
    if isinstance(inputs, np.ndarray):  # inputs that require a gradient, so that all operations on them have a graph
        inputs = Tensor(inputs, name=INPUTS, requires_grad=inputs.dtype.kind == "f")
    with evaluation_mode(model), np.errstate(all="ignore"), autograd.enable_grad(), draw.watch():
        result = model(inputs)
        vertices = draw.draw(result, names=_state_names(model)).vertices
    names = _names(vertices)
    sources = {id(vertex): [names[id(source)] for source in vertex.operands] for vertex in vertices}
    nodes = [_node(vertex, names[id(vertex)], sources[id(vertex)]) for vertex in vertices]
    last = names[id(vertices[-1])]
    nodes.append(message(1, text(1, OUTPUTS), text(2, "Identity"), text(3, last), _shape(vertices[-1].shape)))
    return b"".join(nodes) + message(4, integer(1, PRODUCER))  # node, versions


def _state_names(model: Any) -> dict[str, Tensor]:
    """Parameters and buffers by name."""
    return named_parameters(model) | (dict(model.named_buffers()) if hasattr(model, "named_buffers") else {})


def _names(vertices: Iterable[Any]) -> dict[int, str]:
    """A name for each vertex, by its id: the scopes of its modules, then its own name; numbered where two would be equal."""
    names: dict[int, str] = {}
    taken = {OUTPUTS}
    for vertex in vertices:
        # A parameter, buffer or constant stands in the module that uses it first; the inputs of the model stand outside.
        user = vertex if vertex.operation or vertex.name == INPUTS or not vertex.uses else vertex.uses[0].target
        own = vertex.operation or (vertex.name or "").rpartition(".")[2] or LEAVES.get(vertex.kind, "Const").lower()
        name = base = "/".join([*_scopes(user.module), own.replace("/", "_")])
        number = 0
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        names[id(vertex)] = name
    return names


def _scopes(modules: Iterable[str]) -> list[str]:
    """The scopes of modules, given from the outermost by path and class: "MLP", "0: Linear" → "MLP", "Linear[0]"."""
    scopes, parent = [], ""
    for title in modules:
        path, _, cls = title.rpartition(": ")
        own = path.removeprefix(f"{parent}.") if parent else path
        scopes.append(f"{cls}[{own}]" if own else cls)
        parent = path or parent
    return scopes


def _node(vertex: Any, name: str, sources: list[str]) -> bytes:
    """A NodeDef: name, operation, inputs, shape of the result and options."""
    operation = vertex.operation or LEAVES.get(vertex.kind, "Const")
    inputs = (text(3, source) for source in sources)
    options = [_attribute("options", message(2, vertex.options.encode()))] if vertex.options else []
    return message(1, text(1, name), text(2, operation), *inputs, _shape(vertex.shape), *options)


def _shape(shape: tuple[int, ...]) -> bytes:
    sizes = b"".join(message(2, integer(1, size)) for size in shape)
    return _attribute("_output_shapes", message(1, message(7, sizes)))


def _attribute(name: str, value: bytes) -> bytes:
    return message(5, text(1, name), message(2, value))
