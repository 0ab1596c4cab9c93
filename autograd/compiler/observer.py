"""What a step reads and writes besides arrays: seen while it is traced, in the bytecode of the user's functions that run.

Reads become guards. A write to anything that was not made in this run, and a call whose result cannot be foreseen (random
numbers, the clock, files), abort the trace, unless they stand in a function that is marked with `side_effect`.
"""

import builtins
import datetime
import gc
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from functools import partial
from random import Random
from types import (
    BuiltinFunctionType,
    BuiltinMethodType,
    CodeType,
    FunctionType,
    MemberDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any

import numpy as np

from autograd.compiler.bytecode import LOCAL, OUTSIDE, UNKNOWN, only_argument
from autograd.compiler.code_origin import class_attribute, contains_code, file_of, is_foreign, is_generated, origin
from autograd.compiler.guards import ArrayGuard, ContentGuard, Guard, ItemGuard
from autograd.compiler.instruction_tracing import InstructionTracer
from autograd.compiler.tracer import TracedArray, with_arrays, written_argument
from autograd.core import apply
from autograd.core.tensor import Tensor
from autograd.core.trees import leaves
from autograd.utils.call_stack import INTERNAL

CONTAINERS = (list, dict, OrderedDict, defaultdict, set, deque, bytearray)
GETTERS = (list.__getitem__, dict.__getitem__, tuple.__getitem__)
MUTATING = {"append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "popitem", "add", "discard", "sort"}
MUTATING |= {"reverse", "appendleft", "popleft", "extendleft", "rotate", "difference_update", "intersection_update"}
MUTATING |= {"symmetric_difference_update", "subtract", "move_to_end"}
ARRAY_MUTATING = {"fill", "sort", "partition", "put", "itemset", "resize", "byteswap", "setfield", "setflags"}
#: Objects that never change, or that the trace itself follows.
VALUES = (type(None), bool, int, float, complex, str, bytes, tuple, frozenset, range, slice, np.dtype, np.generic, type(...))
FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType, BuiltinMethodType, np.ufunc)
IMPURE_BUILTINS = {"print", "input", "open", "exec", "eval", "globals", "locals", "vars", "delattr", "__import__"}
QUESTIONS = (type, isinstance, issubclass, hasattr, getattr, callable, id, len)
IMPURE_MODULES = {
    "time",
    "random",
    "secrets",
    "uuid",
    "os",
    "posix",
    "nt",
    "sys",
    "logging",
    "warnings",
    "threading",
    "_thread",
}
IMPURE_MODULES |= {"subprocess", "socket", "tempfile", "gc", "signal", "multiprocessing", "ctypes"}
DEBUGGERS = {"bdb", "pdb", "ipdb", "pudb", "debugpy", "pydevd"}
CLOCKS: dict[type, set[str]] = {datetime.datetime: {"now", "today", "utcnow"}, datetime.date: {"today"}}
IMMUTABLE_TYPE = 1 << 8  # CPython's flag of the types that are defined in compiled code
MAX_ITEMS = 10_000  # elements of containers that a guard compares
MAX_BYTES = 1 << 24  # of arrays that are no arguments of the step


class Observer:
    """Follows the functions of the user that run in this thread, and those of layers and losses as far as they read options."""

    def __init__(self, abort: Callable[..., None], begin_forward: Callable[[CodeType], None]):
        self.abort, self._begin_forward = abort, begin_forward
        self.guards: dict[Any, Any] = {}
        self.tensors: dict[int, tuple[Tensor, Any]] = {}  # constant tensors, with their data
        self._outside: dict[int, Any] = {}  # objects that were not made in this run
        self._arguments: dict[int, Any] = {}
        self._functions: dict[CodeType, list[FunctionType]] = {}
        self._items = 0
        self._tracer = InstructionTracer(self, self._follows, abort)
        self.paused = self._tracer.paused

    def run(self, step: Callable, args: tuple) -> Any:
        """Call a step and observe it; its arguments are objects that were not made in this run."""
        self._register(step)
        for x in (*args, getattr(step, "__self__", None)):
            self._mark(x)
            self._mark_tree(x)
        try:
            return self._tracer.run(step, args)
        finally:
            self._outside.clear()
            self._arguments.clear()

    def _follows(self, frame: Any) -> bool:  # pragma: no cover
        """Whether a frame runs code of the user, or of layers and losses; called as a part of the trace function."""
        file = frame.f_code.co_filename
        if frame.f_back is not None and frame.f_back.f_globals.get("__name__") == apply.__name__:
            self._begin_forward(frame.f_code)
        # Generated functions, such as those of data classes, have the globals of their module.
        if origin(file) == "other" or (file.startswith("<") and is_generated(frame)):
            return False
        is_comprehension = frame.f_code.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
        if origin(file) == "user" and not is_comprehension and frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount:
            self._mark_defaults(frame)
        return True

    def _mark_defaults(self, frame: Any) -> None:  # pragma: no cover
        """Note the arguments of a function that are its defaults: they outlive the run."""
        code, values = frame.f_code, frame.f_locals
        arguments = [values.get(name) for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]]
        for function in self._functions_of(code):
            defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
            used = [x for x in defaults if any(x is argument for argument in arguments)]
            if used:
                self._guard(Guard(function, "__defaults__", function.__defaults__))
            for x in used:
                self._seen(x)

    def count(self) -> tuple[int, int]:
        """The numbers of guards and of tensors so far."""
        return len(self.guards), len(self.tensors)

    def forget(self, counts: tuple[int, int]) -> None:
        """Drop the guards and the tensors after the first ones."""
        for entries, count in zip((self.guards, self.tensors), counts):
            for key in list(entries)[count:]:
                del entries[key]

    # Reads

    def read_global(self, frame: Any, name: str) -> Any:
        namespace = frame.f_globals
        is_user = origin(frame.f_code.co_filename) == "user"
        if name not in namespace:
            if name == "type" and is_user:
                self._hand_out_values(frame)
            return getattr(builtins, name, UNKNOWN)
        value = namespace[name]
        if is_user:
            self._guard(ItemGuard(namespace, name, value))
        return self._seen(value)

    def _hand_out_values(self, frame: Any) -> None:
        """Abort, and put real arrays in the place of traced ones, in a frame that is about to ask for the type of a value.

        A traced array can hide its class from `isinstance`, but not from `type`.
        """
        argument = only_argument(frame)
        variables = frame.f_locals
        names = [argument] if argument is not None else list(variables)
        names = [name for name in names if any(isinstance(x, TracedArray | Tensor) for x in leaves(variables[name]))]
        if not names or (argument is not None and isinstance(variables[argument], Tensor)):
            return
        self.abort("the step asks for the type of a value")
        variables = frame.f_locals  # Python writes its items to the frame after the trace function returns
        for name in names:
            variables[name] = with_arrays(variables[name])

    def read_free(self, frame: Any, name: str) -> Any:
        value = frame.f_locals.get(name, UNKNOWN)
        if origin(frame.f_code.co_filename) != "user" or self._is_local_of_caller(frame, name):
            return value
        for function in self._functions_of(frame.f_code):
            for free, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
                if free == name and _contents(cell) is value:
                    self._guard(Guard(cell, "cell_contents", value))
        return self._seen(value)

    def read_attribute(self, frame: Any, holder: Any, name: str) -> Any:
        if isinstance(holder, np.ndarray):
            if name in ARRAY_MUTATING:
                self.write(frame, holder, f"{name} changes an array")
            return holder if id(holder) in self._outside else LOCAL
        if isinstance(holder, Tensor) and name in getattr(holder, "__dict__", ()):
            self._guard(Guard(holder, name, getattr(holder, name)))
        if isinstance(holder, TracedArray | Tensor) or holder is LOCAL:
            return LOCAL
        if holder is OUTSIDE:
            self.abort(f"the attribute {name} of an object that was not made in this run cannot be followed")
        if holder is UNKNOWN or holder is OUTSIDE or isinstance(holder, (*VALUES, *FUNCTIONS)):
            return UNKNOWN
        if isinstance(holder, np.random.Generator | np.random.RandomState | Random) and id(holder) in self._outside:
            return getattr(holder, name, UNKNOWN)
        if isinstance(holder, ModuleType):
            return self._read_module(holder, name)
        is_outside = id(holder) in self._outside
        if type(holder) in CONTAINERS:
            if name in MUTATING and is_outside:
                self.abort(
                    f"{name} changes a {type(holder).__name__} that was not made in this run; declare it with `side_effect`"
                )
            elif is_outside:
                self._guard_contents(holder)
            return OUTSIDE if is_outside else UNKNOWN
        definition = class_attribute(holder if isinstance(holder, type) else type(holder), name)
        own = getattr(holder, "__dict__", {})
        if isinstance(definition, property):
            if definition.fget is not None and origin(file_of(definition.fget)) != "other":
                return UNKNOWN  # the function of the property is observed itself
        elif name not in own and isinstance(definition, FunctionType | staticmethod | classmethod):
            function: Any = getattr(definition, "__func__", definition)
            self._register(function)
            if origin(file_of(function)) == "user" and not isinstance(definition, classmethod):
                self._guard(Guard(holder if isinstance(holder, type) else type(holder), name, None, function))
            elif is_outside and origin(file_of(function)) == "other" and not file_of(function).startswith(INTERNAL):
                self.abort(f"{type(holder).__name__}.{name} may change an object that was not made in this run")
            return function
        elif name not in own and not isinstance(definition, MemberDescriptorType) and definition is UNKNOWN:
            return UNKNOWN  # `__getattr__`, which is observed itself if it is the user's
        try:
            value = getattr(holder, name)
        except Exception:  # the step itself raises it
            return UNKNOWN
        if isinstance(value, BuiltinMethodType) and getattr(value, "__self__", None) is holder:
            if is_outside and not isinstance(holder, type):
                self.abort(f"{type(holder).__name__}.{name} may change an object that was not made in this run")
            return value if isinstance(holder, type) else UNKNOWN
        if isinstance(value, MethodType):
            self._register(value)
            return value
        self._guard(Guard(holder, name, value))
        return self._seen(value) if is_outside or not isinstance(holder, type) else value

    def _read_module(self, module: ModuleType, name: str) -> Any:
        value = getattr(module, name, UNKNOWN)
        is_random = isinstance(getattr(value, "__self__", None), np.random.RandomState | Random)
        if is_random or getattr(value, "__module__", None) == "numpy.random" or module.__name__ == "numpy.random":
            self.abort(f"the step draws random numbers ({module.__name__}.{name}) outside `nondeterministic`")
        elif module.__name__.split(".")[0] in IMPURE_MODULES and callable(value):
            self.abort(f"the step calls {module.__name__}.{name}, whose effect a replay does not repeat")
        elif origin(getattr(module, "__file__", None) or "") == "user" or not (callable(value) or value is UNKNOWN):
            self._guard(ItemGuard(vars(module), name, value))
        else:
            return value
        return self._seen(value)

    def read_item(self, frame: Any, holder: Any, key: Any) -> Any:
        is_outside = id(holder) in self._outside
        if isinstance(holder, TracedArray | Tensor) or holder is LOCAL:
            return LOCAL
        if isinstance(holder, np.ndarray):
            return holder if is_outside else LOCAL
        if (
            key is UNKNOWN
            or key is LOCAL
            or not isinstance(holder, list | dict | tuple)
            or class_attribute(type(holder), "__getitem__") not in GETTERS
        ):
            if is_outside and isinstance(holder, CONTAINERS):
                self._guard_contents(holder)
            elif holder is OUTSIDE or (is_outside and (_is_opaque(holder) or is_foreign(holder, "__getitem__"))):
                name = "an object" if holder is OUTSIDE else f"a {type(holder).__name__}"
                self.abort(f"the step reads an item of {name} that is not an argument")
            return UNKNOWN
        if isinstance(holder, dict) and is_outside and hasattr(type(holder), "__missing__") and key not in holder:
            self.abort(f"an item is added to a {type(holder).__name__} that was not made in this run")
            return UNKNOWN
        try:
            value = holder[key]
        except Exception:  # the step itself raises it
            return UNKNOWN
        if not is_outside:
            return value
        if isinstance(key, slice):
            self._guard_contents(holder)
        elif not isinstance(holder, tuple):
            self._guard(ItemGuard(holder, key, value))
        return self._seen(value)

    def iterate(self, frame: Any, holder: Any) -> None:
        if id(holder) not in self._outside:
            return
        if isinstance(holder, tuple):
            for element in holder:
                self.iterate(frame, self._seen(element))
        elif isinstance(holder, CONTAINERS):
            self._guard_contents(holder)
        elif _is_opaque(holder):
            self.abort(f"the step takes elements of a {type(holder).__name__} that was not made in this run")

    def call(self, frame: Any, function: Any, args: list[Any], options: dict[str, Any]) -> Any:
        if origin(frame.f_code.co_filename) != "user":
            return UNKNOWN
        while isinstance(function, partial) and id(function) in self._outside:
            args = [*map(self._seen, (*function.args, *function.keywords.values())), *args]
            function = function.func
        name, owner = getattr(function, "__name__", ""), getattr(function, "__self__", None)
        if function is breakpoint or str(getattr(function, "__module__", "")).split(".")[0] in DEBUGGERS:
            self.abort("the step starts a debugger")
            self._tracer.stop(frame)
        elif isinstance(owner, np.random.RandomState | np.random.Generator | Random):
            self.abort(f"the step draws random numbers ({name}) outside `nondeterministic`")
        elif owner is builtins or function is getattr(builtins, name, None):
            if name in IMPURE_BUILTINS:
                self.abort(f"the step calls {name}, whose effect a replay does not repeat; declare it with `side_effect`")
            elif name == "getattr" and len(args) > 1 and isinstance(args[1], str):
                return self.read_attribute(frame, args[0], args[1])
            elif name == "setattr":
                self.write(frame, args[0] if args else UNKNOWN, "an attribute is set on an object")
        elif isinstance(owner, type) and name in CLOCKS.get(owner, ()):
            self.abort(f"the step calls {owner.__name__}.{name}, whose result a replay does not repeat")
        elif getattr(function, "__module__", None) in IMPURE_MODULES:
            self.abort(f"the step calls {function.__module__}.{name}, whose effect a replay does not repeat")
        elif isinstance(function, BuiltinMethodType | MethodWrapperType) and _is_mutable(owner):
            self.abort(f"{type(owner).__name__}.{name} may change an object that was not made in this run")
        elif _is_numpy(function) and isinstance(target := written_argument(function, args, options), np.ndarray):
            self.write(frame, target, f"{name} changes an array")
        self._register(function)
        if function is OUTSIDE:
            return OUTSIDE
        if any(function is question for question in QUESTIONS) or self._is_followed(function):
            return UNKNOWN
        return self._call_unseen(name or "a call", (function, *args, *options.values()))

    def _is_followed(self, function: Any) -> bool:
        """Whether the function, or that of a class or an object, is written in Python outside of installed packages."""
        if not isinstance(function, FunctionType | MethodType):
            name = "__init__" if isinstance(function, type) else "__call__"
            function = class_attribute(function if isinstance(function, type) else type(function), name)
        file = file_of(function)
        return bool(file) and (origin(file) != "other" or file.startswith(INTERNAL))

    def _call_unseen(self, name: str, objects: tuple) -> Any:
        """Guard what a function that is not followed receives."""
        result = UNKNOWN
        for x in objects:
            if x is OUTSIDE:
                result = OUTSIDE
            if id(x) not in self._outside or isinstance(x, (*VALUES, np.ndarray)):
                continue
            result = OUTSIDE
            if _is_opaque(x):
                self.abort(f"{name} may change a {type(x).__name__} that was not made in this run")
            elif isinstance(getattr(x, "__dict__", None), dict) and not isinstance(x, type | ModuleType | FunctionType):
                self._guard_contents(vars(x))
        return result

    # Writes

    def write_name(self, frame: Any, name: str, is_global: bool) -> None:
        if origin(frame.f_code.co_filename) == "user" and (is_global or not self._is_local_of_caller(frame, name)):
            scope = "global" if is_global else "nonlocal"
            self.abort(f"the step assigns the {scope} variable {name!r}; declare the write with `side_effect`")

    def write(self, frame: Any, holder: Any, description: str) -> None:
        if origin(frame.f_code.co_filename) != "user" or isinstance(holder, TracedArray):
            return
        if isinstance(holder, Tensor) or (isinstance(holder, np.ndarray) and id(holder) not in self._outside):
            if isinstance(holder, Tensor) and "attribute" in description and " data " not in description:
                self.abort(description.replace("an object", "a tensor"))
            return
        if holder is UNKNOWN or isinstance(holder, type | ModuleType) or id(holder) in self._outside:
            self.abort(f"{description} that was not made in this run; declare the write with `side_effect`")

    def _is_local_of_caller(self, frame: Any, name: str) -> bool:
        """Whether a free variable belongs to a function that is running, as that of a function inside the step."""
        caller = frame.f_back
        while caller is not None:
            if name in caller.f_code.co_cellvars and contains_code(caller.f_code, frame.f_code):
                return origin(caller.f_code.co_filename) == "user" and self._tracer.is_followed(caller)
            caller = caller.f_back
        return False

    # Guards

    def _guard(self, guard: Any) -> None:
        if id(guard.holder) in self._arguments:
            return
        self.guards.setdefault(guard.key(), guard)

    def _seen(self, value: Any) -> Any:
        """Note a value that was read from outside of this run; guard what it holds."""
        self._register(value)
        if isinstance(value, (*VALUES, *FUNCTIONS, type, ModuleType, TracedArray)) and not isinstance(value, tuple):
            return value
        if id(value) in self._outside:
            return value
        self._mark(value)
        if isinstance(value, Tensor):
            self.tensors.setdefault(id(value), (value, value._data))
        elif isinstance(value, np.ndarray):
            self._guard_array(value)
        elif isinstance(value, tuple):
            for element in value:
                self._seen(element)
        return value

    def _mark(self, value: Any) -> None:
        if not isinstance(value, (*FUNCTIONS, TracedArray, Tensor, np.ndarray)) or isinstance(value, np.ndarray):
            self._outside[id(value)] = value
        if isinstance(value, tuple):
            for element in value:
                self._mark(element)

    def _mark_tree(self, argument: Any) -> None:
        """Note the containers of an argument: other elements are other kinds of arguments, which need no guard."""
        if isinstance(argument, list | tuple | dict):
            self._outside[id(argument)] = self._arguments[id(argument)] = argument
            for element in argument.values() if isinstance(argument, dict) else argument:
                self._mark_tree(element)

    def _guard_array(self, array: np.ndarray) -> None:
        if array.nbytes > MAX_BYTES:
            self.abort(f"the step reads an array of {array.nbytes} bytes that is not an argument; pass it as an argument")
        elif array.dtype.hasobject:
            self.abort("the step reads an array of objects that is not an argument")
        else:
            self._guard(ArrayGuard(array, array.tobytes()))

    def _guard_contents(self, container: Any) -> None:
        guard = ContentGuard(container, tuple(container.items() if isinstance(container, dict) else container))
        if guard.key() in self.guards:
            return
        self._guard(guard)
        self._items += len(container)
        if self._items > MAX_ITEMS:
            self.abort(f"the step reads a {type(container).__name__} of {len(container)} elements that is not an argument")
            return
        for element in container.values() if isinstance(container, dict) else container:
            self._seen(element)
            if isinstance(element, CONTAINERS):
                self._guard_contents(element)

    # Functions

    def _register(self, function: Any) -> None:
        function = getattr(function, "__func__", function)
        if isinstance(function, FunctionType):
            functions = self._functions.setdefault(function.__code__, [])
            if not any(function is x for x in functions):
                functions.append(function)

    def _functions_of(self, code: CodeType) -> list[FunctionType]:
        """The functions that run a code: closures and lambdas in a loop share one."""
        if code not in self._functions:
            self._functions[code] = [function for function in gc.get_referrers(code) if isinstance(function, FunctionType)]
        return self._functions[code]


def _is_mutable(owner: Any) -> bool:
    """Whether the owner of a method of compiled code is an object that may change."""
    return owner is not None and not isinstance(owner, (*VALUES, np.ufunc, type, ModuleType))


def _is_opaque(x: Any) -> bool:
    """Whether an object is of a type in compiled code whose contents no guard compares, such as an iterator."""
    known = (*VALUES, *FUNCTIONS, *CONTAINERS, type, ModuleType, TracedArray, Tensor, np.ndarray)
    generators = (np.random.RandomState, np.random.Generator, np.random.BitGenerator)  # whose draws are seen themselves
    return bool(type(x).__flags__ & IMMUTABLE_TYPE) and not isinstance(x, (*known, *generators))


def _is_numpy(function: Any) -> bool:
    module = getattr(function, "__module__", None) or type(function).__module__
    return module.split(".")[0] == "numpy" and callable(function)


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a name without a value yet
        return UNKNOWN
