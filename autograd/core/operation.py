"""How an operation is declared: a forward function and one gradient formula for each of its inputs.

    @operation(lambda g, y: g * y, lambda g, x: g * x, symbol="×")
    def multiply(x, y, /):
        return x * y

Inputs stand before the slash, options (axis, shape, index …) after it. The parameters of a formula say which values it needs:

    g          the gradient that arrives, shaped like the result
    x, y, …    the value of an input, by its name in the forward function
    out        the result
    x_shape    the shape of input x
    axis, …    an option
    xs, shapes where the forward function takes `*xs`: all values, all shapes
    …          a residual of the forward function, see `operation`

The engine saves the values that the needed formulas name, and nothing else. With g = 1 a formula is the local derivative.
Formulas are pure and in NumPy syntax: they run on arrays in `backward()`, and on tensors in `backward(create_graph=True)`,
where they record themselves. So higher derivatives need no second formula. The engine sums over broadcast axes and casts to the
input's dtype. On plain arrays an operation is its forward function.

An option named `call` marks an operation that records a single call: it is not run again with other values.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import update_wrapper
from itertools import zip_longest
from operator import itemgetter
from typing import Any, Literal, Protocol, overload

import numpy as np

from autograd.core.apply import as_array, make_apply
from autograd.core.apply_errors import explain_complex
from autograd.core.engine import Node
from autograd.core.registry import numpy_functions
from autograd.core.signature import Signature, formula_parameters, forward_signature
from autograd.core.tensor import Tensor

#: An input, its formula, the position in the layout of the value that it names, and a getter if it names several. The engine
#: unpacks one per input and node; a plain tuple takes half the time of a named one.
Rule = tuple[int, Callable, Any, Callable | None]
#: The structure of an operation's Jacobians.
Structure = Literal["elementwise", "linear"]


class TensorFunction(Protocol):
    """A function that gives a tensor if one of its inputs is one, and an array otherwise."""

    @overload
    def __call__(self, x: Tensor, /, *args: Any, **options: Any) -> Tensor: ...
    @overload
    def __call__(self, x: Any, y: Tensor, /, *args: Any, **options: Any) -> Tensor: ...
    @overload
    def __call__(self, *args: Any, **options: Any) -> Any: ...


class OperationFunction(TensorFunction, Protocol):
    """The function that people call for an operation."""

    operation: "Operation"


def operation(
    *formulas: Callable | None,
    joint_formula: Callable | None = None,
    residuals: Mapping[str, Callable] | None = None,
    symbol: str | None = None,
    numpy: Callable | None = None,
    structure: Structure | None = None,
) -> Callable[[Callable], OperationFunction]:
    """Declare an operation: a decorator for its forward function.

    formulas:      one per input, in order; None where an input has no gradient (a condition, class indices).
    joint_formula: instead of `formulas`, one formula that returns the gradients of all inputs. In the place of a gradient it
                   may return a function without parameters, which is called only if the input needs its gradient.
    residuals:     intermediate results of the forward function that formulas can name. The forward function returns
                   (result, residual, …), and each residual has here a definition in NumPy syntax, from the inputs and options.
                   Formulas on tensors use the definition, so that higher derivatives are right.
    symbol:        how pictures write the operation; its name by default.
    numpy:         the NumPy function that means this operation when it is called on tensors.
    structure:     of its Jacobians, which makes forward mode faster: "elementwise" if each element of the result depends on one
                   element of each input, "linear" if the forward function is linear in each input that its own gradient formula
                   does not name.

    Raises TypeError if a formula names something that does not exist.

    >>> from autograd import Tensor, operation
    >>> @operation(lambda g, x: 3 * g * x**2, symbol="x³")
    ... def cube(x, /):
    ...     return x * x * x
    >>> x = Tensor(2.0, requires_grad=True)
    >>> cube(x).backward()
    >>> x.grad.item()
    12.0
    """

    def declare(forward: Callable) -> OperationFunction:
        name = forward.__name__.strip("_")
        declared = Operation(forward, formulas, joint_formula, residuals or {}, name, symbol, forward_signature(forward))
        declared.structure = structure
        return _make_function(declared, forward, numpy)

    return declare


def elementwise(
    ufunc: np.ufunc, *formulas: Callable | None, symbol: str | None = None, via: Callable | None = None
) -> OperationFunction:
    """Declare an operation whose forward function is a NumPy ufunc.

    via: a function that gives the same result faster on scalars, such as Python's operator (equal up to the last bit).

    For example `exp = elementwise(np.exp, lambda g, out: g * out)`.
    """
    signature = Signature(("x", "y")[: ufunc.nin], False, (), {})
    declared = Operation(via or ufunc, formulas, None, {}, ufunc.__name__, symbol, signature)
    declared.structure = "elementwise"
    return _make_function(declared, ufunc, ufunc)


def _make_function(declared: "Operation", forward: Callable, numpy: Callable | None) -> OperationFunction:
    call: Any = make_apply(declared)
    update_wrapper(call, forward, ("__module__", "__name__", "__qualname__", "__doc__"))
    call.operation = declared
    if numpy is not None:
        numpy_functions[numpy] = call
    return call


def constant_function(ufunc: np.ufunc) -> TensorFunction:
    """A function that is constant almost everywhere (comparisons, rounding): its result is a tensor without gradient."""

    def call(*args):
        values = [x._data if isinstance(x, Tensor) else as_array(x) for x in args]
        try:
            out = ufunc(*values)
        except TypeError as error:
            raise explain_complex(ufunc.__name__, values, error) or error from None
        return Tensor._wrap(out, None) if any(isinstance(x, Tensor) for x in args) else out

    constant: Any = update_wrapper(call, ufunc, ("__name__", "__qualname__", "__doc__"))
    constant.constant = True
    numpy_functions[ufunc] = constant
    return constant


class Operation:
    """A declared operation: its name, symbol, forward function and gradient rules.

    The values that formulas can name have the layout (*inputs, out, *residuals, *shapes, *options). A node's `saved` has that
    layout, with None for every value that no needed formula names.
    """

    def __init__(
        self,
        forward: Callable,
        formulas: tuple,
        joint_formula: Callable | None,
        residuals: Mapping[str, Callable],
        name: str,
        symbol: str | None,
        signature: Signature,
    ):
        self.forward, self.name, self.symbol, self.formulas = forward, name, symbol or name, formulas
        self.inputs, self.variadic, self.options, self.defaults = signature
        self.source: Callable | None = None  # the person's code that the formula calls, if it is not the formula itself
        self.structure: Structure | None = None
        self.is_single_use = "call" in self.options
        if joint_formula is None and len(formulas) != len(self.inputs):
            raise TypeError(f"{name}: {len(self.inputs)} inputs {self.inputs}, but {len(formulas)} gradient formulas")
        if joint_formula is None and not any(formulas):
            raise TypeError(f"{name}: none of its inputs has a gradient formula; without a gradient, write a plain function")
        self.shapes = ("shapes",) if self.variadic else tuple(f"{x}_shape" for x in self.inputs)
        functions = [f for f in (*formulas, joint_formula, *residuals.values()) if f is not None]
        if not any(shape in formula_parameters(f) for f in functions for shape in self.shapes):
            self.shapes = ()
        self._tail = ("out", *residuals, *self.shapes, *self.options)
        positions = [() if f is None else self._positions(f, "g") for f in formulas]
        self.rules: list[Rule] = [
            (i, formula, p[0] if p else None, itemgetter(*p) if len(p) > 1 else None)
            for i, (formula, p) in enumerate(zip(formulas, positions, strict=True))
            if formula is not None
        ]
        self.joint_formula = (joint_formula, self._positions(joint_formula, "g")) if joint_formula else None
        self.residuals = [(self._position(n), definition, self._positions(definition)) for n, definition in residuals.items()]
        self.residual_names = tuple(residuals)
        self._needed = positions if joint_formula is None else None
        self._linear_inputs: dict[int, dict[int, set[int]]] = {}
        self._not_saved: dict[tuple[int, int], list[int]] = {}

    def _position(self, name: str) -> Any:
        """The position of a name in the layout; after `*xs`, which may be any number, it is counted from the end."""
        if name == "xs" and self.variadic:
            return slice(None, -len(self._tail))
        if self.variadic:
            return self._tail.index(name) - len(self._tail)
        return (*self.inputs, *self._tail).index(name)

    def _positions(self, formula: Callable, *first: str) -> tuple:
        """The positions of the values that a formula names after its first parameter."""
        known = ("xs", *self._tail) if self.variadic else (*self.inputs, *self._tail)
        names = formula_parameters(formula)
        if names[: len(first)] != list(first) or not set(names[len(first) :]) <= set(known):
            raise TypeError(
                f"{self.name}: a formula takes {' and '.join((*first, 'any'))} of {', '.join(known)}; not ({', '.join(names)})"
            )
        return tuple(self._position(name) for name in names[len(first) :])

    def layout(self, values: Sequence, out: Any, residuals: Sequence, options: Mapping[str, Any]) -> list:
        """All values that formulas can name."""
        saved = [*values, out, *residuals]
        if self.shapes:
            shapes = [np.shape(value) for value in values]
            saved += [shapes] if self.variadic else shapes
        if self.options:
            saved += [options[name] for name in self.options]
        return saved

    def positions_not_saved(self, tracked: int, count: int) -> list[int]:
        """The positions of the layout that no formula of a tracked input names.

        tracked: the inputs that need a gradient, as bits: bit i for input i.
        count:   how many inputs the call has.
        """
        tracked = 0 if self.joint_formula else tracked  # a joint formula names the same values for every input
        not_saved = self._not_saved.get((tracked, count))
        if not_saved is None:
            if self._needed is None:
                needed = [self.joint_formula[1]] if self.joint_formula else []
            else:
                needed = [positions for i, positions in enumerate(self._needed) if tracked >> i & 1]
            all_positions = range(count + len(self._tail))
            saved = self._flatten(needed, all_positions)
            for position, _, positions in self.residuals:
                if all_positions[position] in saved:
                    saved |= self._flatten([positions], all_positions)
            not_saved = self._not_saved[tracked, count] = [p for p in all_positions if p not in saved]
        return not_saved

    @staticmethod
    def _flatten(needed: Sequence[tuple], all_positions: range) -> set[int]:
        indices = (index for positions in needed for index in positions)
        return {p for i in indices for p in (all_positions[i] if isinstance(i, slice) else [all_positions[i]])}

    def linear_inputs(self, count: int) -> dict[int, set[int]]:
        """The inputs whose gradient depends neither on themselves nor on a result, each with the other inputs it depends on.

        count: how many inputs the call has.
        """
        if count in self._linear_inputs:
            return self._linear_inputs[count]
        layout = range(count + len(self._tail))
        constants = {layout[self._position(name)] for name in (*self.shapes, *self.options)}
        needed = [self.joint_formula[1]] * count if self.joint_formula else self._needed or []
        factors = {i: self._flatten([positions], layout) - constants for i, positions in enumerate(needed)}
        linear = {i: inputs for i, inputs in factors.items() if inputs <= set(range(count)) - {i}}
        self._linear_inputs[count] = linear
        return linear

    def split_joint(self, g: Any, saved: Sequence) -> list[Rule]:
        """The rules of an operation with a joint formula: each input takes its part of the formula's result."""
        assert self.joint_formula is not None
        formula, positions = self.joint_formula
        gradients = formula(g, *[saved[p] for p in positions])
        return [
            (i, lambda g, gradient=gradient: gradient() if callable(gradient) else gradient, None, None)
            for i, gradient in enumerate(gradients)
        ]

    def contributions(self, g: Any, saved: Sequence, inputs: Container[int]) -> Iterator[tuple[int, Any]]:
        """The contributions of the arriving gradient to these inputs, one after the other."""
        for i, formula, position, getter in self.rules if self.joint_formula is None else self.split_joint(g, saved):
            if i in inputs:
                yield i, formula(g, *(() if position is None else (saved[position],) if getter is None else getter(saved)))

    def recompute_saved(self, values: Sequence, out: Any, options: Mapping[str, Any]) -> list:
        """All values that formulas can name, with residuals by their definitions."""
        saved = self.layout(values, out, [None] * len(self.residuals), options)
        for position, definition, positions in self.residuals:
            saved[position] = definition(*[saved[p] for p in positions])
        return saved

    def saved_as_tensors(self, node: Node, make_tensor: Callable[[Any, Node], Any]) -> list:
        """The saved values of a node as tensors that belong to the graph."""
        sources = zip_longest(node.saved or (), (*node.inputs, node))
        saved = [
            make_tensor(value, source) if type(source) is Node and value is not None else value for value, source in sources
        ]
        for position, definition, positions in self.residuals:
            if saved[position] is not None:
                saved[position] = definition(*[saved[p] for p in positions])
        return saved

    def __repr__(self) -> str:
        return f"<operation {self.name}>"
