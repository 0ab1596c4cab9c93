"""The instructions that a frame executes, with the objects that they read and write as far as these are known.

A frame's stack is not visible from Python, so `Stack` follows it: loads push the objects of names and attributes, and every
other instruction pushes UNKNOWN.
"""

import dis
import sys
from collections import deque
from functools import lru_cache
from itertools import islice
from types import CodeType
from typing import Any, Protocol

import numpy as np

#: An object that the stack does not know, one that was made in this run, and one that may belong to what was not.
UNKNOWN: Any = type("Unknown", (), {"__repr__": lambda self: "<unknown>"})()
LOCAL: Any = type("Local", (), {"__repr__": lambda self: "<local>"})()
OUTSIDE: Any = type("Outside", (), {"__repr__": lambda self: "<outside>"})()

#: Instructions that leave the stack as it is.
NEUTRAL = {"NOP", "RESUME", "CACHE", "PRECALL", "EXTENDED_ARG", "JUMP_FORWARD", "JUMP_BACKWARD", "MAKE_CELL"}
NEUTRAL |= {
    "JUMP_BACKWARD_NO_INTERRUPT",
    "COPY_FREE_VARS",
    "NOT_TAKEN",
    "RETURN_CONST",
    "RETURN_GENERATOR",
    "SETUP_ANNOTATIONS",
}
#: Instructions that take objects from the stack and push none.
POPS = {"POP_TOP", "STORE_FAST", "STORE_NAME", "RETURN_VALUE", "END_FOR", "POP_ITER", "STORE_FAST_STORE_FAST"}
POPS |= {"POP_JUMP_IF_TRUE", "POP_JUMP_IF_FALSE", "POP_JUMP_IF_NONE", "POP_JUMP_IF_NOT_NONE"}
POPS |= {f"POP_JUMP_{way}_IF_{test}" for way in ("FORWARD", "BACKWARD") for test in ("TRUE", "FALSE", "NONE", "NOT_NONE")}

LOADS_FAST = {"LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_FAST_AND_CLEAR", "LOAD_CLOSURE"}
LOADS_TWO = {"LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"}
LOADS_CONSTANT = {"LOAD_CONST", "LOAD_CONST_IMMORTAL", "LOAD_CONST_MORTAL", "LOAD_SMALL_INT"}
NULL_COMES_FIRST = sys.version_info < (3, 13)


class Listener(Protocol):
    """What receives the reads and writes of a frame. The readers return the object that was read, or UNKNOWN."""

    def read_global(self, frame: Any, name: str) -> Any: ...
    def read_free(self, frame: Any, name: str) -> Any: ...
    def read_attribute(self, frame: Any, holder: Any, name: str) -> Any: ...
    def read_item(self, frame: Any, holder: Any, key: Any) -> Any: ...
    def iterate(self, frame: Any, holder: Any) -> None: ...
    def call(self, frame: Any, function: Any, args: list[Any], options: dict[str, Any]) -> Any: ...
    def write_name(self, frame: Any, name: str, is_global: bool) -> None: ...
    def write(self, frame: Any, holder: Any, description: str) -> None: ...


@lru_cache(maxsize=1024)
def instructions(code: CodeType) -> dict[int, dis.Instruction]:
    """The instructions of a function by their offset."""
    return {instruction.offset: instruction for instruction in dis.get_instructions(code)}


def only_argument(frame: Any) -> str | None:
    """The variable that is the only argument of the function that the frame is about to load; None for any other use."""
    offsets = instructions(frame.f_code)
    following = (offsets[offset] for offset in sorted(offsets) if offset > frame.f_lasti)
    load, call, *_ = (*islice((x for x in following if x.opname != "PRECALL"), 2), None, None)
    if load is None or call is None or load.opname not in {*LOADS_FAST, "LOAD_DEREF"} or (call.opname, call.arg) != ("CALL", 1):
        return None
    return load.argval


class Stack:
    """The stack of one frame, as far as it is known."""

    def __init__(self, listener: Listener):
        self.listener, self.objects = listener, list[Any]()
        self.keywords: tuple[str, ...] = ()  # the names of the last arguments of the next call

    def execute(self, frame: Any) -> None:
        """Follow the instruction that the frame is about to execute."""
        instruction = instructions(frame.f_code).get(frame.f_lasti)
        if instruction is None or instruction.opname in NEUTRAL:
            return
        method = getattr(self, f"_{instruction.opname.lower()}", None)
        name, argument = instruction.opname, instruction.argval
        if name in LOADS_FAST:
            self.objects.append(frame.f_locals.get(argument, UNKNOWN))
        elif name in LOADS_CONSTANT:
            self.objects.append(argument)
        elif name in LOADS_TWO:  # pragma: no cover (CPython 3.13)
            self.objects += [frame.f_locals.get(local, UNKNOWN) for local in argument]
        elif method is not None:
            method(frame, instruction)
        else:
            self._any_other(frame, instruction)

    def _any_other(self, frame: Any, instruction: dis.Instruction) -> None:
        has_argument = instruction.opcode >= dis.HAVE_ARGUMENT
        effect = dis.stack_effect(instruction.opcode, instruction.arg if has_argument else None, jump=False)
        if not instruction.opname.startswith(("POP_TOP", "STORE_", "RETURN_")):
            self._use(frame, self.objects[-max(1, 1 - effect) :])
        if instruction.opname in POPS or effect < 0:
            self._pop(-effect)
        self.objects += [UNKNOWN] * max(effect, 0)
        if instruction.opname not in POPS and effect <= 0 and self.objects:
            self.objects[-1] = UNKNOWN

    def _pop(self, count: int) -> list[Any]:
        """The objects on top of the stack, the last one on top, which leave it."""
        if not count:
            return []
        top = [UNKNOWN] * (count - len(self.objects)) + self.objects[-count:]
        del self.objects[-count:]
        return top

    # Names

    def _store_fast_load_fast(self, frame: Any, instruction: dis.Instruction) -> None:  # pragma: no cover (CPython 3.12)
        stored, loaded = instruction.argval
        (value,) = self._pop(1)
        self.objects.append(value if stored == loaded else frame.f_locals.get(loaded, UNKNOWN))

    def _load_global(self, frame: Any, instruction: dis.Instruction) -> None:
        value = self.listener.read_global(frame, instruction.argval)
        has_null = bool((instruction.arg or 0) & 1)
        self.objects += [UNKNOWN, value] if has_null and NULL_COMES_FIRST else [value, UNKNOWN] if has_null else [value]

    def _load_deref(self, frame: Any, instruction: dis.Instruction) -> None:
        name = instruction.argval
        is_free = name in frame.f_code.co_freevars
        self.objects.append(self.listener.read_free(frame, name) if is_free else frame.f_locals.get(name, UNKNOWN))

    def _store_deref(self, frame: Any, instruction: dis.Instruction) -> None:
        self._pop(1)
        if instruction.argval in frame.f_code.co_freevars:
            self.listener.write_name(frame, instruction.argval, False)

    def _store_global(self, frame: Any, instruction: dis.Instruction) -> None:
        self._pop(1)
        self.listener.write_name(frame, instruction.argval, True)

    def _delete_global(self, frame: Any, instruction: dis.Instruction) -> None:
        self.listener.write_name(frame, instruction.argval, True)

    # Attributes and items

    def _load_attr(self, frame: Any, instruction: dis.Instruction) -> None:
        (holder,) = self._pop(1)
        is_method = sys.version_info >= (3, 12) and bool((instruction.arg or 0) & 1)
        value = self.listener.read_attribute(frame, holder, instruction.argval)
        self.objects += [value, UNKNOWN] if is_method else [value]

    def _load_method(self, frame: Any, instruction: dis.Instruction) -> None:
        (holder,) = self._pop(1)
        self.objects += [self.listener.read_attribute(frame, holder, instruction.argval), UNKNOWN]

    def _binary_subscr(self, frame: Any, instruction: dis.Instruction) -> None:
        holder, key = self._pop(2)
        self.objects.append(self.listener.read_item(frame, holder, key))

    def _binary_slice(self, frame: Any, instruction: dis.Instruction) -> None:  # pragma: no cover (CPython 3.12)
        holder, _start, _stop = self._pop(3)
        self.objects.append(self.listener.read_item(frame, holder, LOCAL))

    def _binary_op(self, frame: Any, instruction: dis.Instruction) -> None:
        left, right = self._pop(2)
        self._use(frame, [left, right] if instruction.argrepr != "[]" else [right])
        if instruction.argrepr == "[]":
            self.objects.append(self.listener.read_item(frame, left, right))
            return
        if instruction.argrepr.endswith("=") and isinstance(left, list | dict | set | bytearray | np.ndarray):
            self.listener.write(frame, left, f"{instruction.argrepr} changes a {type(left).__name__}")
        self.objects.append(UNKNOWN)

    def _store_attr(self, frame: Any, instruction: dis.Instruction) -> None:
        _, holder = self._pop(2)
        self.listener.write(frame, holder, f"the attribute {instruction.argval} is set on an object")

    def _delete_attr(self, frame: Any, instruction: dis.Instruction) -> None:
        (holder,) = self._pop(1)
        self.listener.write(frame, holder, f"the attribute {instruction.argval} is deleted from an object")

    def _store_subscr(self, frame: Any, instruction: dis.Instruction) -> None:
        _, holder, _ = self._pop(3)
        self.listener.write(frame, holder, "an item is set in a container")

    def _store_slice(self, frame: Any, instruction: dis.Instruction) -> None:  # pragma: no cover (CPython 3.12)
        _, holder, _, _ = self._pop(4)
        self.listener.write(frame, holder, "items are set in a container")

    def _delete_subscr(self, frame: Any, instruction: dis.Instruction) -> None:
        holder, _ = self._pop(2)
        self.listener.write(frame, holder, "an item is deleted from a container")

    def _get_iter(self, frame: Any, instruction: dis.Instruction) -> None:
        (holder,) = self._pop(1)
        self.listener.iterate(frame, holder)
        self.objects.append(UNKNOWN)

    # Calls and the order of the stack

    def _kw_names(self, frame: Any, instruction: dis.Instruction) -> None:
        self.keywords = frame.f_code.co_consts[instruction.arg or 0]  # of the call that follows, until CPython 3.12

    def _call(self, frame: Any, instruction: dis.Instruction) -> None:
        names, self.keywords = self.keywords, ()
        self._call_any(frame, self._pop((instruction.arg or 0) + 2), names)

    def _call_kw(self, frame: Any, instruction: dis.Instruction) -> None:  # pragma: no cover (CPython 3.12)
        *objects, names = self._pop((instruction.arg or 0) + 3)
        self._call_any(frame, objects, () if names is UNKNOWN else names)

    def _call_function_ex(self, frame: Any, instruction: dis.Instruction) -> None:
        self._call_any(frame, self._pop(3 + ((instruction.arg or 0) & 1 or sys.version_info >= (3, 14)))[:2])

    def _use(self, frame: Any, objects: list[Any]) -> None:
        for x in objects:
            if isinstance(x, list | dict | set | tuple | deque):
                self.listener.iterate(frame, x)

    def _call_any(self, frame: Any, objects: list[Any], names: tuple[str, ...] = ()) -> None:
        first, second, *args = objects
        self._use(frame, args)
        count = len(args) - len(names)
        function = second if first is UNKNOWN else first
        self.objects.append(self.listener.call(frame, function, args[:count], dict(zip(names, args[count:]))))

    def _push_null(self, frame: Any, instruction: dis.Instruction) -> None:
        self.objects.append(UNKNOWN)

    def _copy(self, frame: Any, instruction: dis.Instruction) -> None:
        depth = instruction.arg or 1
        self.objects.append(self.objects[-depth] if depth <= len(self.objects) else UNKNOWN)

    def _swap(self, frame: Any, instruction: dis.Instruction) -> None:
        depth = instruction.arg or 2
        self.objects[:0] = [UNKNOWN] * (depth - len(self.objects))
        self.objects[-1], self.objects[-depth] = self.objects[-depth], self.objects[-1]
