"""How an operation is declared: a forward function and one gradient formula for each of its inputs.

    @operation(lambda g, y: g * y, lambda g, x: g * x, symbol="×")
    def multiply(x, y, /):
        return x * y

Inputs stand before the slash, options (axis, shape, index …) after it. A formula's parameters say what it needs:

    g          the gradient that arrives, shaped like the result
    x, y, …    the value of an input, by its name in the forward function
    out        the result
    x_shape    the shape of input x
    axis, …    an option
    xs, shapes where the forward takes `*xs`: all values, all shapes
    …          a residual of the forward function, see `operation`

An option `call` stands for a single call, of which the operation is a record: it is not tried with other values.

The engine keeps what the needed formulas name and nothing else. With g = 1 a formula is the local derivative.
Formulas are pure and in NumPy syntax, because they run on arrays in `backward()` and on tensors, recording
themselves, in `backward(create_graph=True)`: higher derivatives need no second formula. The engine sums over
broadcast axes and casts to the input's dtype. Called on plain arrays, an operation is just its forward function.
"""

import inspect
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import update_wrapper
from itertools import zip_longest
from operator import itemgetter
from types import CodeType
from typing import Any

import numpy as np

from autograd.core import apply
from autograd.core.engine import Node
from autograd.core.registry import numpy_functions


def operation(
    *formulas: Callable | None,
    joint_formula: Callable | None = None,
    residuals: Mapping[str, Callable] | None = None,
    symbol: str | None = None,
    numpy: Callable | None = None,
) -> Callable[[Callable], Callable[..., Any]]:
    """Declare an operation: a decorator for its forward function.

    formulas:   one per input, in order; None where an input has no gradient (a condition, class indices).
    joint_formula: instead of `formulas`, one formula that returns the gradients of all inputs.
    residuals: values that the forward function finds on its way and formulas can name: it returns
                (result, residual, …), and each has here a definition in NumPy syntax, from the inputs and options.
                Formulas on tensors use the definition, so that higher derivatives are right.
    symbol:     how pictures write the operation; its name if not given.
    numpy:      the NumPy function that, called on tensors, means this operation.

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

    def declare(forward: Callable) -> Callable[..., Any]:
        name = forward.__name__.strip("_")
        described = Operation(forward, formulas, joint_formula, residuals or {}, name, symbol, _Signature.of(forward))
        return _callable(described, forward, numpy)

    return declare


def elementwise(
    ufunc: np.ufunc, *formulas: Callable, symbol: str | None = None, via: Callable | None = None
) -> Callable[..., Any]:
    """Declare an operation whose forward is a NumPy ufunc.

    via: a function that does the same faster on scalars, such as Python's operator (equal up to the last bit).
    """
    signature = _Signature(("x", "y")[: ufunc.nin], False, (), {})
    return _callable(Operation(via or ufunc, formulas, None, {}, ufunc.__name__, symbol, signature), ufunc, ufunc)


def _callable(described: "Operation", forward: Callable, numpy: Callable | None) -> Callable[..., Any]:
    call: Any = apply.make_apply(described)
    update_wrapper(call, forward, ("__module__", "__name__", "__qualname__", "__doc__"))
    call.operation = described
    if numpy is not None:
        numpy_functions[numpy] = call
    return call


def constant_function(ufunc: np.ufunc) -> Callable[..., Any]:
    """A function that is constant almost everywhere (comparisons, rounding): a tensor without gradient."""
    call: Any = update_wrapper(apply.make_constant(ufunc), ufunc, ("__name__", "__qualname__", "__doc__"))
    call.constant = True
    numpy_functions[ufunc] = call
    return call


def _code(function: Callable) -> CodeType | None:
    """The code of a plain function, in which its parameters are read in a fraction of the time that `signature` takes."""
    code = getattr(function, "__code__", None)
    return None if code is None or code.co_flags & inspect.CO_VARKEYWORDS or hasattr(function, "__wrapped__") else code


def _parameters(formula: Callable) -> list[str]:
    """The names of a formula's parameters."""
    code = _code(formula)
    if code is None or code.co_flags & inspect.CO_VARARGS:
        return list(inspect.signature(formula).parameters)
    return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


class _Signature:
    """What a forward function takes: inputs before the slash, options after it."""

    def __init__(self, inputs: tuple[str, ...], variadic: bool, options: tuple[str, ...], defaults: dict[str, Any]):
        self.inputs, self.variadic, self.options, self.defaults = inputs, variadic, options, defaults

    @classmethod
    def of(cls, forward: Callable) -> "_Signature":
        code = _code(forward)
        if code is not None:
            inputs, count = code.co_posonlyargcount, code.co_argcount
            names = code.co_varnames[: count + code.co_kwonlyargcount]
            given: tuple = forward.__defaults__ or ()
            defaults = {**dict(zip(names[count - len(given) : count], given)), **(forward.__kwdefaults__ or {})}
            return cls(names[:inputs], bool(code.co_flags & inspect.CO_VARARGS), names[inputs:], defaults)
        parameters = inspect.signature(forward).parameters.values()
        options = [p for p in parameters if p.kind not in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL)]
        return cls(
            tuple(p.name for p in parameters if p.kind is p.POSITIONAL_ONLY),
            any(p.kind is p.VAR_POSITIONAL for p in parameters),
            tuple(p.name for p in options),
            {p.name: p.default for p in options if p.default is not p.empty},
        )


class Operation:
    """A declared operation: its name, symbol, forward function and gradient rules.

    All that formulas can name is laid out as (*inputs, out, *residuals, *shapes, *options). A node's `saved` has
    that layout, with None for whatever no needed formula names.
    """

    def __init__(
        self,
        forward: Callable,
        formulas: tuple,
        joint: Callable | None,
        residuals: Mapping[str, Callable],
        name: str,
        symbol: str | None,
        signature: _Signature,
    ):
        self.forward, self.name, self.symbol, self.formulas = forward, name, symbol or name, formulas
        self.inputs, self.variadic = signature.inputs, signature.variadic
        self.options, self.defaults = signature.options, signature.defaults
        self.is_single_use = "call" in self.options
        if joint is None and len(formulas) != len(self.inputs):
            raise TypeError(f"{name}: {len(self.inputs)} inputs {self.inputs}, but {len(formulas)} gradient formulas")
        if joint is None and not any(formulas):
            raise TypeError(f"{name}: none of its inputs has a gradient formula; what has no gradient is a plain function")
        self.shapes = ("shapes",) if self.variadic else tuple(f"{x}_shape" for x in self.inputs)
        functions = [f for f in (*formulas, joint, *residuals.values()) if f is not None]
        if not any(shape in _parameters(f) for f in functions for shape in self.shapes):
            self.shapes = ()
        self._tail = ("out", *residuals, *self.shapes, *self.options)
        wants = [() if f is None else self._positions(f, "g") for f in formulas]
        # A rule: an input, its formula, the place of what it names, or a getter if it names several values.
        self.rules = [
            (i, formula, w[0] if w else None, itemgetter(*w) if len(w) > 1 else None)
            for i, (formula, w) in enumerate(zip(formulas, wants, strict=True))
            if formula is not None
        ]
        self.joint_formula = (joint, self._positions(joint, "g")) if joint else None
        self.residuals = [(self._place(b), definition, self._positions(definition)) for b, definition in residuals.items()]
        self._wanted = wants if joint is None else None
        self._unneeded: dict[tuple[int, int], list[int]] = {}

    def _place(self, name: str) -> Any:
        """Where in the layout a name is; after `*xs`, which may be any number, counted from the end."""
        if name == "xs" and self.variadic:
            return slice(None, -len(self._tail))
        if self.variadic:
            return self._tail.index(name) - len(self._tail)
        return (*self.inputs, *self._tail).index(name)

    def _positions(self, formula: Callable, *first: str) -> tuple:
        """The places in the layout of what a formula names after its first parameter."""
        known = ("xs", *self._tail) if self.variadic else (*self.inputs, *self._tail)
        asked = _parameters(formula)
        if asked[: len(first)] != list(first) or not set(asked[len(first) :]) <= set(known):
            raise TypeError(
                f"{self.name}: a formula takes {' and '.join((*first, 'any'))} of {', '.join(known)}; not ({', '.join(asked)})"
            )
        return tuple(self._place(name) for name in asked[len(first) :])

    def layout(self, values: Sequence, out: Any, residuals: Sequence, options: Mapping[str, Any]) -> list:
        """All that formulas can name."""
        found = [*values, out, *residuals]
        if self.shapes:
            shapes = [np.shape(value) for value in values]
            found += [shapes] if self.variadic else shapes
        if self.options:
            found += [options[name] for name in self.options]
        return found

    def positions_not_saved(self, tracked: int, count: int) -> list[int]:
        """The places of the layout that no formula of the tracked inputs (bit i for input i) names, of `count` inputs."""
        tracked = 0 if self.joint_formula else tracked  # a joint formula needs the same, whoever it is for
        found = self._unneeded.get((tracked, count))
        if found is None:
            if self._wanted is None:
                wanted = [self.joint_formula[1]] if self.joint_formula else []
            else:
                wanted = [wants for i, wants in enumerate(self._wanted) if tracked >> i & 1]
            places = range(count + len(self._tail))
            named = self._named(wanted, places)
            for place, _, wants in self.residuals:
                if places[place] in named:
                    named |= self._named([wants], places)
            found = self._unneeded[tracked, count] = [place for place in places if place not in named]
        return found

    @staticmethod
    def _named(wanted: Sequence[tuple], places: range) -> set[int]:
        return {p for wants in wanted for k in wants for p in (places[k] if isinstance(k, slice) else [places[k]])}

    def split_joint(self, g: Any, saved: Sequence) -> list[tuple]:
        """The rules of an operation with a joint formula: each input takes its part of what that gives."""
        assert self.joint_formula is not None
        formula, wants = self.joint_formula
        parts = formula(g, *[saved[place] for place in wants])
        return [(i, lambda g, part=part: part, None, None) for i, part in enumerate(parts)]

    def contributions(self, g: Any, saved: Sequence, places: Container[int]) -> Iterator[tuple[int, Any]]:
        """What the formulas make of the arriving gradient for the inputs at these places, one after the other."""
        for i, formula, one, several in self.rules if self.joint_formula is None else self.split_joint(g, saved):
            if i in places:
                yield i, formula(g, *(() if one is None else (saved[one],) if several is None else several(saved)))

    def recompute_saved(self, values: Sequence, out: Any, options: Mapping[str, Any]) -> list:
        """All that formulas can name, with residuals by their definitions."""
        found = self.layout(values, out, [None] * len(self.residuals), options)
        for place, definition, wants in self.residuals:
            found[place] = definition(*[found[k] for k in wants])
        return found

    def saved_as_tensors(self, node: Node, wrap: Callable[[Any, Node], Any]) -> list:
        """What a node saved, as tensors that know their place in the graph."""
        sources = zip_longest(node.saved or (), (*node.inputs, node))
        saved = [wrap(value, source) if type(source) is Node and value is not None else value for value, source in sources]
        for place, definition, wants in self.residuals:
            if saved[place] is not None:
                saved[place] = definition(*[saved[k] for k in wants])
        return saved

    def __repr__(self) -> str:
        return f"<operation {self.name}>"
