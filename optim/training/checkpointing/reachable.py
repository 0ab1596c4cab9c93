"""Everything that functions and objects can reach and change: attributes, closures, globals, lists and dicts."""

import functools
import io
import random
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd import Tensor
from autograd.extend import is_internal_file
from optim.data.datasets import ArrayDataset
from optim.training.callbacks.base import Callback
from optim.training.run import Run

GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)
SCALARS = (type(None), bool, int, float, complex, str, bytes, np.generic)
CONTAINERS = (list, dict, set, deque, np.ndarray)
#: Attributes of modules that are no state of theirs.
MODULE_ATTRIBUTES = ("training", "_path")

Assign = Callable[[Any], None] | None


class Slot(NamedTuple):
    """A place that holds a value: a generator, a plain value, or an object whose content is not visited."""

    path: str
    value: Any
    assign: Assign  # None if the place is constant
    is_stateful: bool = False  # the value has state_dict() and load_state_dict()
    is_iterator: bool = False  # the position of the iterator is hidden


class Reachable:
    """The slots that functions and objects reach.

    roots:   functions and objects by name.
    modules: modules of the model by path. Their attributes are visited; those that a state dict holds are not.

    Functions of installed packages are not followed; of their objects only generators are slots.
    """

    def __init__(self, roots: Mapping[str, Any], modules: Mapping[str, Any] | None = None):
        self.by_path: dict[str, Slot] = {}
        self._paths: set[str] = set()  # of slots, and of objects whose content is visited
        self._setters: dict[str, Callable[[str, Any], None]] = {}  # of objects, for attributes that do not exist yet
        self._visited: dict[int, Any] = {}  # the objects, so that no id is used twice
        for path, module in (modules or {}).items():
            self._visit_attributes(path, module, _is_users(type(module)), MODULE_ATTRIBUTES)
        for path, value in roots.items():
            self._visit(path, value, None)

    @property
    def slots(self) -> Iterable[Slot]:
        """All slots."""
        return self.by_path.values()

    def assignment(self, path: str) -> Assign:
        """The function that sets the value at a path, which may be an attribute that does not exist yet; None without one."""
        if path in self._paths:
            return self.by_path[path].assign if path in self.by_path else None
        owner, _, name = path.rpartition(".")
        return functools.partial(self._setters[owner], name) if owner in self._setters else None

    def _add(self, path: str, value: Any, assign: Assign, **properties: bool) -> None:
        self.by_path[path] = Slot(path, value, assign, **properties)

    def _visit(self, path: str, value: Any, assign: Assign, plain: bool = True) -> None:
        """Add the slots of a value; without `plain`, its plain values are constants or are stored elsewhere."""
        self._paths.add(path)
        if isinstance(value, SCALARS):
            if plain:
                self._add(path, value, assign)
            return
        if id(value) in self._visited or _is_stored_elsewhere(value):
            return
        self._visited[id(value)] = value
        if isinstance(value, GENERATORS):
            self._add(path, value, assign)
        elif isinstance(value, types.FunctionType):
            self._visit_function(path, value)
        elif isinstance(value, types.MethodType):
            self._visit(path, value.__self__, None, plain)
            self._visit(f"{path}()", value.__func__, None, plain)
        elif isinstance(value, functools.partial):
            for part in (value.func, value.args, value.keywords):
                self._visit(f"{path}.{'func' if part is value.func else 'args'}", part, None, plain)
        elif isinstance(value, (*CONTAINERS, tuple)):
            self._visit_container(path, value, assign, plain)
        elif _has_state_dict(value):
            self._add(path, value, None, is_stateful=True)
        elif hasattr(value, "__next__") and not isinstance(value, io.IOBase):
            self._add(path, value, None, is_iterator=True)
        else:
            self._visit_attributes(path, value, _is_users(type(value)))

    def _visit_container(self, path: str, value: Any, assign: Assign, plain: bool) -> None:
        if plain:
            self._add(path, value, assign)
        if isinstance(value, dict):
            for key, item in list(value.items()):
                if not isinstance(item, SCALARS):
                    self._visit(f"{path}[{key!r:.40}]", item, functools.partial(value.__setitem__, key), plain)
        elif isinstance(value, list | tuple | deque):
            for i, item in enumerate(list(value)):
                if not isinstance(item, SCALARS):
                    setter = None if isinstance(value, tuple) else functools.partial(value.__setitem__, i)
                    self._visit(f"{path}[{i}]", item, setter, plain)

    def _visit_attributes(self, path: str, value: Any, plain: bool, omitted: Iterable[str] = ()) -> None:
        is_known = plain or is_internal_file(_file(type(value)))
        attributes = dict(vars(value)) if isinstance(getattr(value, "__dict__", None), dict) else {}
        slots = [name for cls in type(value).__mro__ for name in _names(cls) if hasattr(value, name)]
        attributes |= {name: getattr(value, name) for name in slots}
        if plain:
            self._setters[path] = functools.partial(_set_attribute, value)
        for name, attribute in attributes.items():
            if name not in omitted and (is_known or isinstance(attribute, GENERATORS)):
                self._visit(f"{path}.{name}", attribute, functools.partial(_set_attribute, value, name), plain)

    def _visit_function(self, path: str, function: types.FunctionType) -> None:
        code, is_users = function.__code__, _is_users_file(function.__code__.co_filename)
        for name, cell in zip(code.co_freevars, function.__closure__ or ()):
            try:
                content = cell.cell_contents
            except ValueError:  # the variable has no value yet
                continue
            self._visit(f"{path}.{name}", content, functools.partial(setattr, cell, "cell_contents"), is_users)
        self._visit(f"{path}.__defaults__", function.__defaults__, None, is_users)
        self._visit(f"{path}.__kwdefaults__", function.__kwdefaults__, None, is_users)
        if not is_users:
            return
        self._visit_attributes(path, function, True, ("__wrapped__",))
        names = _global_names(code)
        for name in names & function.__globals__.keys():
            value = function.__globals__[name]
            if isinstance(value, types.ModuleType) and _is_users_file(getattr(value, "__file__", None) or ""):
                for attribute in names & vars(value).keys():
                    self._visit(
                        f"{value.__name__}.{attribute}", vars(value)[attribute], functools.partial(setattr, value, attribute)
                    )
            else:
                setter = functools.partial(function.__globals__.__setitem__, name)
                self._visit(f"{function.__module__}.{name}", value, setter)


def _has_state_dict(value: Any) -> bool:
    has_methods = all(callable(getattr(value, name, None)) for name in ("state_dict", "load_state_dict"))
    return has_methods and getattr(type(value), "state_dict", None) is not Callback.state_dict


def _is_stored_elsewhere(value: Any) -> bool:
    """Whether a value is no state, or is stored by the checkpoint itself: models, optimizers, averages, data, runs."""
    if isinstance(
        value, type | types.ModuleType | types.BuiltinFunctionType | np.ufunc | np.memmap | Tensor | ArrayDataset | Run
    ):
        return True
    is_object_array = isinstance(value, np.ndarray) and value.dtype.kind not in "biufc"
    return is_object_array or callable(getattr(value, "parameters", None)) or hasattr(value, "param_groups")


def _global_names(code: types.CodeType) -> set[str]:
    """The names of globals and attributes in a function and in the functions that it defines."""
    nested = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return set(code.co_names).union(*map(_global_names, nested))


def _names(cls: type) -> Iterable[str]:
    names = vars(cls).get("__slots__", ())
    names = (names,) if isinstance(names, str) else names
    return [name for name in names if name not in ("__dict__", "__weakref__")]


def _set_attribute(owner: Any, name: str, value: Any) -> None:
    object.__setattr__(owner, name, value)  # of frozen dataclasses, too


def _file(cls: type) -> str:
    return getattr(sys.modules.get(cls.__module__), "__file__", None) or ""


def _is_users(cls: type) -> bool:
    root = cls.__module__.partition(".")[0]
    return root not in sys.stdlib_module_names and _is_users_file(_file(cls))


def _is_users_file(file: str) -> bool:
    """Whether a file of code is neither of this project nor installed; the code of a notebook has a temporary file or none."""
    is_installed = any(folder in file for folder in ("site-packages", "dist-packages")) or file.startswith(_STANDARD_LIBRARY)
    return not is_installed and not is_internal_file(file)


_STANDARD_LIBRARY = io.__file__.removesuffix("io.py")
