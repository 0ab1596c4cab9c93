"""Sends the instructions that a thread executes to a listener, beside the trace function of a debugger or of coverage."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd.compiler.bytecode import Listener, Stack


class InstructionTracer:
    """Follows frames in their bytecode.

    A thread has one trace function. One that is set already, as that of coverage or of a debugger, keeps receiving its events:
    it is called from here, and is set again afterwards.

    follows: whether the instructions of a frame go to the listener.
    abort:   is called with the reason why some instructions did not.
    """

    def __init__(self, listener: Listener, follows: Callable[[Any], bool], abort: Callable[[str], None]):
        self.listener, self._follows, self._abort = listener, follows, abort
        self._stacks: dict[int, Stack] = {}  # by id of a frame that runs
        self._own: Any = self._on_call  # the one object that `sys.gettrace` gives back
        self._other: Any = None

    def run(self, function: Callable[..., Any], args: tuple) -> Any:
        """Call a function and follow it and the functions that it calls."""
        # No function is called between the changes of the trace function but those that start and end in between: the tracer
        # of coverage counts the frames that it sees begin and end.
        self._other = sys.gettrace()
        frame = sys._getframe()
        frame.f_trace_opcodes = True  # CPython 3.12 sends instructions only if a frame asked for them before
        frame.f_trace_opcodes = False
        sys.settrace(self._own)
        try:
            return function(*args)
        finally:
            if sys.gettrace() is self._own:
                sys.settrace(self._other)
            else:  # pragma: no cover (where a debugger is, coverage is not)
                self._abort("another trace function was set during the run")
            if self._stacks:  # pragma: no cover
                self._stacks.clear()
                self._abort("a debugger ended the trace of a function during the run")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Follow nothing inside a `with` block."""
        if sys.gettrace() is not self._own:
            yield
            return
        sys.settrace(self._other)
        try:
            yield
        finally:
            self._other = sys.gettrace()
            sys.settrace(self._own)

    def is_followed(self, frame: Any) -> bool:
        """Whether a frame that runs is followed."""
        return id(frame) in self._stacks

    # From here on: called by Python as a trace function, with tracing off, so that coverage does not see it.

    def stop(self, frame: Any) -> None:  # pragma: no cover
        """Follow nothing any more in this run: a frame that runs is about to start a debugger."""
        while frame is not None:
            if id(frame) in self._stacks:
                frame.f_trace_opcodes, frame.f_trace_lines = False, True
            frame = frame.f_back
        self._stacks.clear()
        sys.settrace(self._other)

    def _on_call(self, frame: Any, event: str, arg: Any) -> Any:  # pragma: no cover
        other = None if self._other is None else self._forward(self._other, frame, event, arg)
        try:
            if not self._follows(frame):
                return other
        except Exception as error:  # which would end the step
            self._report(frame, error)
            return other
        stack = self._stacks[id(frame)] = Stack(self.listener)
        has_instructions = False

        def local(frame: Any, event: str, arg: Any) -> Any:
            nonlocal other, has_instructions
            if event == "opcode":
                has_instructions = True
                if id(frame) in self._stacks:
                    self._execute(stack, frame)
                return local
            if other is not None:
                other = self._forward(other, frame, event, arg) or other
            if event == "exception":  # also in a generator that ends before its last element
                has_instructions = True
                stack.objects.clear()
            elif event == "return":
                self._stacks.pop(id(frame), None)
                caller = self._stacks.get(id(frame.f_back))
                if caller is not None and caller.objects:
                    caller.objects[-1] = arg
                if not has_instructions:
                    self._abort(f"the reads of {frame.f_code.co_name} could not be followed")
            return local

        frame.f_trace = local  # CPython 3.13 sends instructions only if this is set first
        frame.f_trace_opcodes = True
        if other is None:
            frame.f_trace_lines = False
        return local

    def _execute(self, stack: Stack, frame: Any) -> None:  # pragma: no cover
        try:
            stack.execute(frame)
        except Exception as error:  # which would end the step
            self._report(frame, error)

    def _report(self, frame: Any, error: Exception) -> None:  # pragma: no cover
        self._abort(f"{frame.f_code.co_name} could not be followed: {type(error).__name__}: {error}")

    def _forward(self, function: Any, frame: Any, event: str, arg: Any) -> Any:  # pragma: no cover
        """Send an event to the other trace function; return the one that it sets for the frame."""
        is_own = sys.gettrace() is self._own
        result = function(frame, event, arg)
        current = sys.gettrace()
        if is_own and current is not self._own:  # coverage sets its own with each call; a debugger may end its own
            self._other = current
            sys.settrace(self._own)
        return result
