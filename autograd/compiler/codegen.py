"""The replay of a trace as the source of a Python function: a straight line of NumPy calls that write into buffers."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.buffers import BufferPool, detach_from_buffers
from autograd.compiler.guards import GuardError
from autograd.compiler.trace import Trace, TracedCall, ValueId, accumulate_grads, data_of, value_numbers
from autograd.compiler.tracer import copy_array, get_item, set_item, view
from autograd.core.trees import leaves, map_leaves
from autograd.errors import ShapeError

#: NumPy's functions, besides ufuncs and their reductions, that can write into an array by `out=`.
OUT_FUNCTIONS = {np.sum, np.mean, np.var, np.std, np.max, np.min, np.prod, np.cumsum}
OUT_FUNCTIONS |= {np.concatenate, np.stack, np.clip, np.dot}

#: Calls with a form that Python runs faster than the call of the function.
SHORT_FORMS: dict[Any, str] = {
    **{get_item: "{0}[{1}]", set_item: "{0}[{1}] = {2}", copy_array: "{0}.copy()", view: "{0}.view({1})"},
    **{np.dot: "{0}.dot({1})", np.argmax: "{0}.argmax()", np.take: "{0}.take({1})"},
    **{np.reshape: "{0}.reshape({1})", np.transpose: "{0}.T"},
}


class Codegen:
    """Translates the calls of a trace into source lines, and the objects that they use into constants of the function.

    stand_in:  gives the object that takes the place of an array that the replay reads from outside, for an audit.
    effect_of: gives the function that takes the place of that of a call with an effect.
    """

    def __init__(
        self,
        trace: Trace,
        stand_in: Callable[[Any], Any] = lambda x: x,
        effect_of: Callable[[TracedCall], Callable] = lambda call: call.function,
    ):
        self.trace, self.stand_in, self.effect_of = trace, stand_in, effect_of
        self.calls = sorted(trace.needed_calls(), key=lambda call: not call.hoisted)
        self.lines: list[str] = []
        self.inputs = [f"x{number}" for number in range(len(trace.inputs))]
        self.variables = dict(enumerate(self.inputs))  # by number: values in a local variable
        self.arrays: dict[int, Any] = {}  # by number: values in an array that is the same in every replay
        self.results: dict[
            int, Any
        ] = {}  # by call: new arrays, kept until the call is made again, so that it gets their memory
        self.constants: dict[str, Any] = {}
        self._constant_names: dict[int, str] = {}  # by id; `constants` keeps the objects alive
        self._add_constant(GuardError, "GuardError")

        accumulated = [call.args for call in self.calls if call.function is accumulate_grads]
        handed_out = [call for call in self.calls if call.has_effect and call.function is not accumulate_grads]
        self.gradients = self._roots(accumulated)
        self.gradient_leaves = [node for leaf_nodes, _ in accumulated for node in leaf_nodes]
        self.gradient_buffers: list[np.ndarray] = []
        # A function with an effect may keep its arguments, so these are new arrays in every replay.
        self.handed_out = self._roots([(call.args, call.options) for call in handed_out])
        self.pool = BufferPool(self.calls, trace.roots, self._roots(trace.result) | self.gradients)

    def generate(self, guards: Sequence[Any]) -> Callable[..., Any]:
        """Compile a function of the trace's inputs that makes its calls and returns the leaves of its result.

        One leaf is returned as it is, those of a list, tuple or dict as a tuple. The function raises GuardError, before
        anything else, if one of the guards does not hold.
        """
        for i, call in enumerate(self.calls):
            self._translate(call, i)
            self.pool.release(i)
        result = self._result()
        body = "\n    ".join([*self._guard_lines(guards), *self.lines, f"return {result}"])
        parameters = ", ".join([*self.inputs, *(f"{name}={name}" for name in self.constants)])
        namespace = dict(self.constants)
        exec(compile(f"def replay({parameters}):\n    {body}\n", f"{__file__} (generated)", "exec"), namespace)
        return namespace["replay"]

    def generate_check(self, guards: Sequence[Any]) -> Callable[[], None]:
        """Compile a function that raises GuardError if one of the guards does not hold."""
        lines = "\n    ".join([*self._guard_lines(guards), "return None"])
        namespace = dict(self.constants)
        exec(compile(f"def check():\n    {lines}\n", f"{__file__} (generated)", "exec"), namespace)
        return namespace["check"]

    def _guard_lines(self, guards: Sequence[Any]) -> list[str]:
        failures = [guard.failure(self._name_of) for guard in guards]
        if not failures:
            return []
        error = self._name_of(Exception)
        return ["try:", f"    if {' or '.join(failures)}: raise GuardError", f"except {error}: raise GuardError from None"]

    def _translate(self, call: TracedCall, i: int) -> None:
        """Add the lines of call i."""
        if call.branch is not None:
            self.lines.append(f"if bool({self._expression(call.args[0])}) is not {call.branch}: raise GuardError")
        elif call.mutates is not None:
            self._translate_mutation(call)
        elif call.function is data_of:
            self.arrays[call.out.number] = self.stand_in(call.args[0]._data)  # a guard ensures that it still is
        elif self._is_view_of_arrays(call) and (array := self._view(call)) is not None:
            self.arrays[call.out.number] = array
        elif call.function in (np.empty_like, np.zeros_like) and call.out.number not in self.handed_out | self.gradients:
            self._translate_allocation(call)
        elif _can_write_out(call) and call.out.number not in self.handed_out:
            self._translate_into_buffer(call, i)
        else:
            self._translate_assignment(call, i)

    def _translate_allocation(self, call: TracedCall) -> None:
        """A call that returns new memory, without content or filled with zeros: an array of the pool."""
        number = call.out.number
        array = self.arrays[number] = self.pool.allocate(number, self.trace.values[number], new=False)
        if call.function is np.zeros_like:
            self.lines.append(f"{self._constant(array)}.fill(0)")

    def _translate_mutation(self, call: TracedCall) -> None:
        arguments, options = self._arguments(call)
        if isinstance(call.function, np.ufunc):
            options = [_out_argument(call.function, self._expression(call.mutates)), *options]
        self.lines.append(self._call_expression(call, arguments, options))

    def _translate_into_buffer(self, call: TracedCall, i: int) -> None:
        """A call that writes its result into an array of the pool."""
        number = call.out.number
        arguments, options = self._arguments(call)
        if isinstance(call.function, np.ufunc) and call.function.signature is None:
            whole = {x.number for x in call.args if isinstance(x, ValueId)}
            viewed = {self.trace.roots[n] for n in value_numbers((call.args, call.options)) if n != self.trace.roots[n]}
            self.pool.release(i, whole - viewed)  # an elementwise function may write over its argument
        is_gradient = number in self.gradients
        if is_gradient and not self.gradient_buffers:
            detach = self._constant(detach_from_buffers)
            self.lines.append(f"{detach}({self._constant(self.gradient_leaves)}, {self._constant(self.gradient_buffers)})")
        array = self.arrays[number] = self.pool.allocate(number, self.trace.values[number], new=is_gradient)
        if is_gradient:
            self.gradient_buffers.append(array)
        out = self._constant(array)
        if _is_reduction(call.function) and len(arguments) == 1 and set(call.options) <= {"axis", "keepdims"}:
            values = {"axis": "0", "keepdims": "False", **{name: self._expression(x) for name, x in call.options.items()}}
            arguments += [values["axis"], "None", out, values["keepdims"]]  # positional arguments are parsed faster
        else:
            arguments += [_out_argument(call.function, out), *options]
        self.lines.append(self._call_expression(call, arguments, []))

    def _translate_assignment(self, call: TracedCall, i: int) -> None:
        """A call that returns new memory or a view, as an assignment to local variables."""
        expression = self._call_expression(call, *self._arguments(call))
        keeps = call.has_effect and any(self.trace.values[number].shape for number in value_numbers(call.out))
        if keeps:
            self.lines.append(f"{self._constant(self.results)}[{i}] = None")
        if not any(True for _ in value_numbers(call.out)):
            self.lines.append(expression)
        elif isinstance(call.out, ValueId):
            self.lines.append(f"{self._new_variable(call.out)} = {expression}")
        else:
            targets = [self._new_variable(leaf) if isinstance(leaf, ValueId) else "_" for leaf in leaves(call.out)]
            is_flat = isinstance(call.out, list | tuple) and not any(isinstance(x, list | tuple | dict) for x in call.out)
            values = expression if is_flat else f"{self._constant(leaves)}({expression})"
            self.lines.append(f"{', '.join(targets)}, = {values}")
        if call.has_effect:
            for number in value_numbers(call.out):
                self._check_shape(call, number)
        if keeps:  # freed at the end of the replay, the memory would return to the system, and new pages are slow
            names = ", ".join(self.variables[number] for number in value_numbers(call.out))
            self.lines.append(f"{self._constant(self.results)}[{i}] = ({names},)")

    def _check_shape(self, call: TracedCall, number: int) -> None:
        """A line that ends the replay if a function that the trace did not look into returns an array of another shape."""
        if shape := self.trace.values[number].shape:
            arguments = f"{self._constant(call)}, {self.variables[number]}.shape, {shape}"
            self.lines.append(f"if {self.variables[number]}.shape != {shape}: {self._constant(_refuse_shape)}({arguments})")

    def _new_variable(self, value_id: ValueId) -> str:
        name = self.variables[value_id.number] = f"v{value_id.number}"
        return name

    def _roots(self, tree: Any) -> set[int]:
        return {self.trace.roots[number] for number in value_numbers(tree)}

    def _is_view_of_arrays(self, call: TracedCall) -> bool:
        return call.is_view and isinstance(call.out, ValueId) and all(n in self.arrays for n in value_numbers(call.args))

    def _view(self, call: TracedCall) -> Any:
        """The result of a call that gave a view when it was traced; None if it gives a copy of the arrays of the replay."""
        view = call.function(*self._with_arrays(call.args), **self._with_arrays(call.options))
        arrays = [self.arrays[number] for number in value_numbers(call.args)]
        return view if isinstance(view, np.ndarray) and any(np.may_share_memory(view, array) for array in arrays) else None

    def _with_arrays(self, tree: Any) -> Any:
        return map_leaves(lambda x: self.arrays[x.number] if isinstance(x, ValueId) else x, tree)

    def _arguments(self, call: TracedCall) -> tuple[list[str], list[str]]:
        """The positional and the keyword arguments of a call."""
        options = [f"{name}={self._expression(value)}" for name, value in call.options.items()]
        return [self._expression(x) for x in call.args], options

    def _call_expression(self, call: TracedCall, arguments: list[str], options: list[str]) -> str:
        form = SHORT_FORMS.get(call.function)
        first = call.args[0] if call.args else None
        if form is None or options or len(call.args) != form.count("{") or not isinstance(first, ValueId | np.ndarray):
            function = self.effect_of(call) if call.has_effect else call.function
            return f"{self._constant(function)}({', '.join(arguments + options)})"
        if call.function is np.dot:  # the last argument may be the array for the result
            return form.format(arguments[0], ", ".join(arguments[1:]))
        return form.format(*arguments)

    def _expression(self, tree: Any) -> str:
        """An argument: the variable or array of a value, a constant, or a list, tuple or dict of them."""
        if isinstance(tree, ValueId):
            variable = self.variables.get(tree.number)
            return self._constant(self.arrays[tree.number]) if variable is None else variable
        if not any(True for _ in value_numbers(tree)):
            return self._constant(self._constant_tree(tree))
        if isinstance(tree, dict):
            return "{" + ", ".join(f"{self._constant(key)}: {self._expression(child)}" for key, child in tree.items()) + "}"
        children = ", ".join(map(self._expression, tree))
        if isinstance(tree, list):
            return f"[{children}]"
        return f"{self._constant(type(tree))}({children})" if hasattr(tree, "_fields") else f"({children},)"

    def _constant_tree(self, tree: Any) -> Any:
        """A constant argument, with stand-ins for its arrays; the object itself if there are none."""
        constants = list(leaves(tree))
        stand_ins = [self.stand_in(x) for x in constants]
        if all(x is constant for x, constant in zip(stand_ins, constants)):
            return tree
        remaining = iter(stand_ins)
        return map_leaves(lambda _: next(remaining), tree)

    def _result(self) -> str:
        """The result, copied: the next replay writes into the arrays of this one."""
        result = self.trace.result
        expressions = [
            f"{self._expression(leaf)}.copy()[()]" if isinstance(leaf, ValueId) else self._constant(leaf)
            for leaf in leaves(result)
        ]
        if isinstance(result, list | tuple | dict):
            return f"({', '.join(expressions)},)" if expressions else "()"
        return expressions[0]

    def _constant(self, x: Any) -> str:
        """The source of an object: a literal, or the name of a constant."""
        if x is None or type(x) in (bool, int):
            return repr(x)
        return self._name_of(x)

    def _name_of(self, x: Any) -> str:
        """The source of an object that another one is compared with: `is` does not go with a literal number."""
        if x is None or type(x) is bool:
            return repr(x)
        name = self._constant_names.get(id(x))
        return self._add_constant(x, f"c{len(self.constants)}") if name is None else name

    def _add_constant(self, x: Any, name: str) -> str:
        self.constants[name] = x
        self._constant_names[id(x)] = name
        return name


def _refuse_shape(call: TracedCall, shape: tuple, expected: tuple) -> None:
    name = getattr(call.function, "__name__", repr(call.function))
    raise ShapeError(
        f"{name} returned an array of shape {shape} in a replay, and {expected} when the step was recorded ({call.line}); "
        "call a step whose shapes depend on values without autograd.compile"
    )


def _can_write_out(call: TracedCall) -> bool:
    """Whether the call can write its result into an array."""
    if not isinstance(call.out, ValueId) or call.is_view or call.has_effect:
        return False
    if isinstance(call.function, np.ufunc):
        return call.function.nout == 1
    return call.function in OUT_FUNCTIONS or _is_reduction(call.function)


def _out_argument(function: Callable, name: str) -> str:
    """The array for the result as an argument: positional, which is parsed faster, where the function allows it."""
    positional = function is np.dot or (isinstance(function, np.ufunc) and function not in (np.maximum, np.minimum))
    return name if positional else f"out={name}"


def _is_reduction(function: Callable) -> bool:
    """Whether the function is the `reduce` of a ufunc."""
    return isinstance(getattr(function, "__self__", None), np.ufunc) and function.__name__ == "reduce"
