"""Construct the modules of a description, without drawing or allocating their initial weights."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from nn.interchange.architecture import MAX_DEPTH, RESERVED, Record
from nn.interchange.argument_values import decode, encode
from nn.interchange.model_classes import ModelFileError, find_class
from nn.layers.containers import ModuleDict, ModuleList
from nn.module.constructor import constructor_call
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter
from nn.placeholders import Placeholder, PlaceholderGenerator, use_placeholders
from nn.random import generator

KINDS: dict[str, type[Parameter] | type[Buffer]] = {"parameters": Parameter, "buffers": Buffer}
FIELDS: dict[str, type | tuple[type, ...]] = {
    **{"class": str, "arguments": dict, "layers": (list, dict), "children": dict, "parameters": dict, "buffers": dict},
    **{"attributes": dict, "training": bool},
}


class Construction:
    """Modules constructed from records; `tensors` are their parameters and buffers, whose values are placeholders.

    shapes:   the shapes of the tensors of the file, by name.
    is_draft: whether modules may have children and tensors that their records do not describe.

    A module that a constructor has already made, with the class and the arguments of its record, is used; others are
    constructed and replace it. Raises ModelFileError if the records do not describe a model with tensors of these shapes.
    """

    def __init__(self, records: Sequence[Record], shapes: Mapping[str, tuple[int, ...]], is_draft: bool = False):
        self.records, self.shapes, self.is_draft = records, shapes, is_draft
        self._used: set[int] = set()
        self.modules: dict[int, Module] = {}
        self.tensors: dict[str, Parameter | Buffer] = {}
        _check_records(records)
        elements = sum(_product(shape) for shape in shapes.values())
        with use_placeholders(64 * elements + 2**24, 8 * (len(records) + len(shapes)) + 64):
            self.model = self._construct(len(records) - 1)
        unused = [name for name in shapes if name not in self.tensors]
        if unused:
            raise ModelFileError(f"no module has the tensor {unused[0]!r:.60}")

    def in_order(self) -> list[Module]:
        """The modules at the positions of their records."""
        if len(self.modules) < len(self.records):
            missing = next(i for i in range(len(self.records)) if i not in self.modules)
            raise ModelFileError(f"the model does not contain module {missing}, a {self.records[missing]['class']:.60}")
        return [self.modules[i] for i in range(len(self.records))]

    def _construct(self, index: int) -> Module:
        if index in self.modules:
            return self.modules[index]
        record = self.records[index]
        cls = find_class(record["class"])
        arguments = {name: decode(entry, self._resolve) for name, entry in record.get("arguments", {}).items()}
        try:
            module = _call(cls, arguments)
        except Exception as error:  # a constructor raises errors of many types for arguments that do not fit
            text = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelFileError(f"{cls.__name__} cannot be constructed: {text:.200}") from None
        self._adopt(index, module)
        return module

    def _resolve(self, kind: str, key: Any) -> Any:
        if kind == "module":
            return self._construct(key)
        cls = Parameter if kind == "parameter" else Buffer
        return self._tensor(key, cls, None)

    def _adopt(self, index: int, module: Module) -> None:
        """Use a module for a record: replace the children and tensors in which it differs."""
        self.modules[index] = module
        self._used.add(id(module))
        record = self.records[index]
        if isinstance(module, ModuleList | ModuleDict):
            self._adopt_layers(module, record.get("layers", type(module.layers)()))
        children = record.get("children", {})
        for name, child_index in children.items():
            made = vars(module).get(name)
            child = self._child(child_index, made)
            if child is not made:
                _check_name(module, name)
                setattr(module, name, child)
        for kind, cls in KINDS.items():
            for name, tensor_name in record.get(kind, {}).items():
                made = vars(module).get(name)
                tensor = self._tensor(tensor_name, cls, made)
                if tensor is not made:
                    _check_name(module, name)
                    setattr(module, name, tensor)
        described = {*children, *record.get("parameters", {}), *record.get("buffers", {}), *record.get("attributes", {})}
        for name, value in vars(module).items():
            if isinstance(value, Module | Parameter | Buffer) and name not in described and not self.is_draft:
                raise ModelFileError(f"{record['class']} has {name}, which the file does not describe")

    def _adopt_layers(self, module: Any, layers: Any) -> None:
        if isinstance(layers, dict) != isinstance(module, ModuleDict):
            raise ModelFileError(f"invalid layers of a {type(module).__name__}")
        if isinstance(module, ModuleDict):
            made = dict(module.items())
            module.layers.clear()
            for key, index in layers.items():
                module[key] = self._child(index, made.get(key))
            return
        made_layers = list(module.layers)
        module.layers[:] = []
        for i, index in enumerate(layers):
            module.append(self._child(index, made_layers[i] if i < len(made_layers) else None))

    def _child(self, index: int, made: Any) -> Module:
        """The module of a record: the one that is already constructed, the given one if it fits, or a new one."""
        if index not in self.modules:
            matches: dict[int, Module] = {}
            if isinstance(made, Module) and self._matches(made, index, matches):
                for i, module in matches.items():
                    self._adopt(i, module)
        return self._construct(index)

    def _matches(self, module: Module, index: int, matches: dict[int, Module]) -> bool:
        """Whether a module has the class and the arguments of a record; `matches` gets it and the modules among these."""
        if index in self.modules or index in matches:
            return self.modules.get(index, matches.get(index)) is module
        record = self.records[index]
        if find_class(record["class"]) is not type(module) or id(module) in self._used or module in matches.values():
            return False
        matches[index] = module
        call, arguments = constructor_call(module), record.get("arguments", {})
        if call is None:
            return not arguments
        bound = inspect.signature(type(module)).bind(*call.args, **call.kwargs)
        bound.apply_defaults()
        return all(self._equals(bound.arguments.get(name), entry, matches) for name, entry in arguments.items())

    def _equals(self, value: Any, entry: Any, matches: dict[int, Module]) -> bool:
        """Whether an argument is the one of a record."""
        if isinstance(value, Module):
            is_reference = isinstance(entry, dict) and type(entry.get("module")) is int
            return is_reference and self._matches(value, entry["module"], matches)

        def refuse(value: Any) -> Any:
            raise ModelFileError("a module or tensor inside of an argument")

        try:
            return bool(encode(value, refuse) == entry)
        except Exception:  # a value that a file cannot hold is no argument of a record
            return False

    def _tensor(self, name: Any, cls: type[Parameter] | type[Buffer], made: Any) -> Parameter | Buffer:
        """The tensor of a name in the file: the one of another module, the given one, or a new one."""
        if not isinstance(name, str) or name not in self.shapes:
            raise ModelFileError(f"there is no tensor {name!r:.60}")
        shape = self.shapes[name]
        if made is not None and (not isinstance(made, cls) or made.shape != shape):
            actual = f"{type(made).__name__} of shape {getattr(made, 'shape', ())}"
            raise ModelFileError(f"tensor {name!r:.60} has shape {shape}, its module expects a {actual}")
        tensor = self.tensors.setdefault(name, cls(Placeholder(shape)) if made is None else made)
        if not isinstance(tensor, cls):
            raise ModelFileError(f"tensor {name!r:.60} is a parameter and a buffer")
        return tensor

    def set_attributes(self) -> None:
        """Set the options that were changed after the construction, the training flags, and generators of random numbers."""
        for module, record in zip(self.in_order(), self.records):
            for name, entry in record.get("attributes", {}).items():
                _check_name(module, name)
                setattr(module, name, decode(entry))
            if not record.get("training", True):
                module.training = False
            for name, value in list(vars(module).items()):
                if isinstance(value, PlaceholderGenerator):
                    vars(module)[name] = generator()


def _check_records(records: Any) -> None:
    """Raise ModelFileError unless every record refers to earlier ones only, which excludes cycles, in a limited depth."""
    if not isinstance(records, list) or not records:
        raise ModelFileError("the architecture has no modules")
    depths: list[int] = []
    for i, record in enumerate(records):
        if not isinstance(record, dict) or "class" not in record:
            raise ModelFileError(f"module {i} has no class")
        wrong = [name for name, value in record.items() if name not in FIELDS or not isinstance(value, FIELDS[name])]
        if wrong:
            raise ModelFileError(f"module {i}, a {record['class']!r:.60}: invalid entry {wrong[0]!r:.60}")
        layers = record.get("layers", [])
        direct = [*(layers.values() if isinstance(layers, dict) else layers), *record.get("children", {}).values()]
        indices = [*direct, *_references(list(record.get("arguments", {}).values()))]
        later = [index for index in indices if type(index) is not int or not 0 <= index < i]
        if later:
            label = f"module {i}, a {record['class']!r:.60}"
            raise ModelFileError(f"{label}, contains module {later[0]!r:.20}, which is not before it")
        depths.append(1 + max((depths[index] for index in indices), default=0))
        if depths[i] > MAX_DEPTH:
            raise ModelFileError(f"modules are nested more than {MAX_DEPTH} deep")


def _references(entry: Any) -> list[Any]:
    """The indices of modules in the JSON of arguments."""
    if isinstance(entry, list):
        return [index for item in entry for index in _references(item)]
    if not isinstance(entry, dict):
        return []
    if set(entry) == {"module"}:
        return [entry["module"]]
    items = [item for value in entry.values() for item in (value.values() if isinstance(value, dict) else [value])]
    return _references(items if set(entry) in ({"dict"}, {"partial", "arguments", "keywords"}) else list(entry.values()))


def _call(cls: type[Module], arguments: dict[str, Any]) -> Module:
    """Call a constructor with arguments by name."""
    args: list[Any] = []
    keywords = dict(arguments)
    parameters = inspect.signature(cls).parameters.values()
    variadic = next((p.name for p in parameters if p.kind is inspect.Parameter.VAR_POSITIONAL), None)
    for parameter in parameters:
        is_positional = parameter.kind is inspect.Parameter.POSITIONAL_ONLY or variadic in keywords
        if parameter.name == variadic:
            args += keywords.pop(variadic, [])
            break
        if is_positional and parameter.name in keywords:
            args.append(keywords.pop(parameter.name))
    return cls(*args, **keywords)


def _check_name(module: Module, name: str) -> None:
    """Raise ModelFileError for the name of an attribute that a file may not set."""
    is_own = name in vars(module)
    if not name.isidentifier() or name in RESERVED or name.startswith("__") or (not is_own and hasattr(type(module), name)):
        raise ModelFileError(f"{type(module).__name__} has no attribute {name!r:.60} that a file can set")


def _product(shape: tuple[int, ...]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product
