"""Describe a model as JSON: for each module its class, constructor arguments, children and names of tensors.

The list has every module once, those that another one contains or has as an argument before it, the model itself last; an index
into the list stands for a module. So shared modules stay shared, and no description has a cycle.
"""

import inspect
from typing import Any

from autograd.extend import short_repr
from nn.interchange.argument_values import NotWritableError, encode
from nn.interchange.model_classes import ModelFileError, class_name
from nn.layers.containers import ModuleDict, ModuleList
from nn.module.constructor import constructor_call
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter

MAX_DEPTH = 100  # of modules in modules
Record = dict[str, Any]


class Description:
    """The description of a model: `records` and, at the same positions, `modules`; `tensors` by their names in the file."""

    def __init__(self, model: Module):
        self.records: list[Record] = []
        self.modules: list[Module] = []
        self.tensors: dict[str, Parameter | Buffer] = {}
        self._names: dict[int, str] = {}
        self._indices: dict[int, int] = {}
        self._unfinished: dict[int, Module] = {}
        for name, parameter in model.named_parameters():
            self._add_tensor(name, parameter)
        for name, buffer in model.named_buffers():
            self._add_tensor(name, buffer)
        self._add(model)

    def _add_tensor(self, name: str, tensor: Parameter | Buffer) -> None:
        self.tensors[name] = tensor
        self._names[id(tensor)] = name

    def _add(self, module: Module) -> int:
        """The index of a module, which is described first if it is new."""
        if id(module) in self._indices:
            return self._indices[id(module)]
        if id(module) in self._unfinished:
            raise _not_writable(module, "it contains itself")
        if len(self._unfinished) >= MAX_DEPTH:
            raise _not_writable(module, f"it is inside of {MAX_DEPTH} modules; a file can hold a depth of {MAX_DEPTH}")
        self._unfinished[id(module)] = module
        record = self._describe(module)
        del self._unfinished[id(module)]
        self.modules.append(module)
        self.records.append(record)
        self._indices[id(module)] = len(self.records) - 1
        for kind, cls in (("parameters", Parameter), ("buffers", Buffer)):
            tensors = {name: value for name, value in vars(module).items() if isinstance(value, cls)}
            if tensors:
                record[kind] = {name: self._tensor_name(module, name, tensor) for name, tensor in tensors.items()}
        return self._indices[id(module)]

    def _describe(self, module: Module) -> Record:
        name = class_name(type(module))
        if name is None:
            remedy = getattr(module, "save_remedy", f"decorate class {type(module).__name__} with @nn.register")
            raise _not_writable(module, f"its class is not known to nn; {remedy}")
        if module._forward_hooks or module._forward_pre_hooks:
            raise _not_writable(module, "it has a hook, a function, which a file cannot hold; remove it with handle.remove()")
        record: Record = {"class": name}
        if arguments := self._arguments(module):
            record["arguments"] = arguments
        if isinstance(module, ModuleList):
            record["layers"] = [self._add(layer) for layer in module.layers]
        elif isinstance(module, ModuleDict):
            record["layers"] = {key: self._add(layer) for key, layer in module.items()}
        children = {key: self._add(value) for key, value in vars(module).items() if isinstance(value, Module)}
        if children:
            record["children"] = children
        if not module.training:
            record["training"] = False
        return record

    def _arguments(self, module: Module) -> dict[str, Any]:
        """The arguments of a module's constructor by name, with its defaults; without generators and seeds."""
        call = constructor_call(module)
        if call is None:
            return {}
        signature = inspect.signature(type(module))
        bound = signature.bind(*call.args, **call.kwargs)
        arguments: dict[str, Any] = {}
        for name, parameter in signature.parameters.items():
            value = bound.arguments.get(name, parameter.default)
            is_given = name in bound.arguments
            if name == "rng" or not (is_given or isinstance(value, bool | int | float | str)):
                continue
            values = value if is_given and parameter.kind is inspect.Parameter.VAR_KEYWORD else {name: value}
            values = {name: list(value)} if is_given and parameter.kind is inspect.Parameter.VAR_POSITIONAL else values
            for key, item in values.items():
                try:
                    arguments[key] = encode(item, self._refer)
                except NotWritableError as error:
                    raise _not_writable(module, f"{key} is {error}") from None
        return arguments

    def _refer(self, value: Any) -> dict[str, Any]:
        if isinstance(value, Module):
            return {"module": self._add(value)}
        if id(value) not in self._names:
            return encode(value.numpy(), self._refer)
        return {"parameter" if isinstance(value, Parameter) else "buffer": self._names[id(value)]}

    def _tensor_name(self, module: Module, attribute: str, tensor: Parameter | Buffer) -> str:
        """The name of a tensor in the file; those of modules that are arguments only have names of their own."""
        if id(tensor) not in self._names:
            self._add_tensor(f"arguments.{self._indices[id(module)]}.{attribute}", tensor)
        return self._names[id(tensor)]


#: Attributes that are not options of a module.
RESERVED = {"_path", "_forward_hooks", "_forward_pre_hooks", "_has_hooks", "training"}


def add_changed_attributes(description: Description, constructed: list[Module]) -> None:
    """Add the options that were changed after the construction to the records.

    constructed: modules made from the records, at the same positions.

    Raises ModelFileError for a changed attribute that a file cannot hold.
    """
    for module, twin, record in zip(description.modules, constructed, description.records):
        changed = {}
        reserved = RESERVED | ({"layers"} if isinstance(module, ModuleList | ModuleDict) else set())
        for name, value in vars(module).items():
            if name in reserved or isinstance(value, Module | Parameter | Buffer):
                continue
            is_new = name not in vars(twin)
            try:
                entry = encode(value)
                if is_new or entry != _encoded_or_none(vars(twin)[name]):
                    changed[name] = entry
            except NotWritableError:
                if is_new or _differs(value, vars(twin)[name]):
                    remedy = "delete it before saving, or create it in __init__" if is_new else "make it an nn.Buffer"
                    problem = f"the attribute {name}, {short_repr(value)}, is not what the constructor makes; {remedy}"
                    raise _not_writable(module, problem) from None
        if changed:
            record["attributes"] = changed


def _encoded_or_none(value: Any) -> Any:
    try:
        return encode(value)
    except NotWritableError:
        return NotWritableError  # equal to no entry


def _differs(value: Any, twin: Any) -> bool:
    """Whether an attribute that is no plain value differs from that of a module of equal arguments, as far as can be seen."""
    if hasattr(value, "__array__") and hasattr(twin, "__array__"):
        return bool(_array_key(value) != _array_key(twin))
    if callable(value) and callable(twin):
        return getattr(value, "__qualname__", None) != getattr(twin, "__qualname__", None)
    return isinstance(value, set | frozenset | bytes | complex | range) and bool(value != twin)


def _array_key(array: Any) -> tuple[Any, ...]:
    """Shape, dtype and bytes of an array, which are equal for equal arrays."""
    return array.shape, str(array.dtype), array.tobytes()


def _not_writable(module: Module, problem: str) -> ModelFileError:
    return ModelFileError(f"{module.qualified_name()} cannot be written: {problem}")
