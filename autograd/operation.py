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

The engine keeps what the needed formulas name and nothing else. With g = 1 a formula is the local derivative.
Formulas are pure and in NumPy syntax, because they run on arrays in `backward()` and on tensors, recording
themselves, in `backward(create_graph=True)`: higher derivatives need no second formula. The engine sums over
broadcast axes and casts to the input's dtype. Called on plain arrays, an operation is just its forward function.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import update_wrapper
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from autograd.engine import Node, next_number
from autograd.errors import DataError, ShapeError, UnsupportedError
from autograd.kept import SMALL, Absent
from autograd.recording import is_recording

# Operations make tensors and the operators of Tensor are operations, so one of the two modules must be
# imported by itself and not by the name inside it; type checkers are spared the circle.
if TYPE_CHECKING:
    tensors: Any
else:
    import autograd.tensor as tensors

new = object.__new__
float64 = np.float64
PLAIN = frozenset({float, int, bool, np.ndarray, np.float64, np.float32, np.int64, np.bool_})

#: NumPy's function → our operation, for `np.*` called on tensors.
numpy_functions: dict[Callable, Callable] = {}


def operation(
    *formulas: Callable | None,
    joint: Callable | None = None,
    symbol: str | None = None,
    numpy: Callable | None = None,
) -> Callable[[Callable], Callable[..., Any]]:
    """Declare an operation: a decorator for its forward function.

    formulas: one per input, in order; None where an input has no gradient (a condition, class indices).
    joint:    instead of `formulas`, one formula that returns the gradients of all inputs.
    symbol:   how pictures write the operation; its name if not given.
    numpy:    the NumPy function that, called on tensors, means this operation.

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
        described = Operation(forward, formulas, joint, forward.__name__.strip("_"), symbol)
        call: Any = update_wrapper(_recorder(described), forward)
        call.operation = described
        if numpy is not None:
            numpy_functions[numpy] = call
        return call

    return declare


def elementwise(
    ufunc: np.ufunc, *formulas: Callable, symbol: str | None = None, via: Callable | None = None
) -> Callable[..., Any]:
    """Declare an operation whose forward is a NumPy ufunc.

    via: a function that gives the same numbers faster on scalars, such as Python's operator.
    """
    described = Operation(via or ufunc, formulas, None, ufunc.__name__, symbol, ("x", "y")[: ufunc.nin])
    call: Any = _recorder(described)
    call.__name__ = call.__qualname__ = described.name
    call.__doc__ = ufunc.__doc__
    call.operation = described
    numpy_functions[ufunc] = call
    return call


def constant_function(ufunc: np.ufunc) -> Callable[..., Any]:
    """A function that is constant almost everywhere (comparisons, rounding): a tensor without gradient."""

    def call(*args):
        out = ufunc(*[x._data if isinstance(x, tensors.Tensor) else plain(x) for x in args])
        return tensors.Tensor._of(out, None) if any(isinstance(x, tensors.Tensor) for x in args) else out

    call.__name__ = call.__qualname__ = ufunc.__name__
    call.__doc__ = ufunc.__doc__
    numpy_functions[ufunc] = call
    return call


def implements(function: Callable) -> Callable[[Callable], Callable]:
    """Register what a NumPy function means when it is called on tensors: a decorator."""

    def register(ours: Callable) -> Callable:
        numpy_functions[function] = ours
        return ours

    return register


class Operation:
    """A declared operation: name, symbol, forward function and gradient rules.

    What formulas can name is laid out as (*inputs, out, *shapes, *options). A node's `saved` has that layout,
    with None for whatever no needed formula names. `inputs` are the names of the inputs; of an elementwise operation x, y.
    """

    def __init__(
        self,
        forward: Callable,
        formulas: tuple,
        joint: Callable | None,
        name: str,
        symbol: str | None,
        inputs: tuple[str, ...] | None = None,
    ):
        self.forward, self.name, self.symbol, self.formulas = forward, name, symbol or name, formulas
        parameters = [] if inputs else list(inspect.signature(forward).parameters.values())
        options = [p for p in parameters if p.kind not in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL)]
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.inputs = inputs or tuple(p.name for p in parameters if p.kind is p.POSITIONAL_ONLY)
        self.options = tuple(p.name for p in options)
        self.defaults = {p.name: p.default for p in options if p.default is not p.empty}
        self.shapes = ("shapes",) if self.variadic else tuple(f"{n}_shape" for n in self.inputs)
        if joint is None and len(formulas) != len(self.inputs):
            raise TypeError(f"{name}: {len(self.inputs)} inputs {self.inputs}, but {len(formulas)} gradient formulas")
        wants = [() if formula is None else self._wants(formula) for formula in formulas]
        # A rule: an input, its formula, the place of what it names, or a getter if it names several values.
        self.rules = [
            (i, formula, w[0] if w else None, itemgetter(*w) if len(w) > 1 else None)
            for i, (formula, w) in enumerate(zip(formulas, wants, strict=True))
            if formula is not None
        ]
        self.joint = (joint, self._wants(joint)) if joint else None
        self._wanted = wants
        self._kept: dict[tuple, list[bool]] = {}

    def _wants(self, formula: Callable) -> tuple:
        """The places in the layout of what a formula names."""
        rest = ("out", *self.shapes, *self.options)
        if self.variadic:
            places: dict[str, Any] = {"xs": slice(None, -len(rest))}
            places |= {name: i - len(rest) for i, name in enumerate(rest)}
        else:
            places = {name: i for i, name in enumerate((*self.inputs, *rest))}
        first, *asked = inspect.signature(formula).parameters
        if first != "g" or not places.keys() >= set(asked):
            given = ", ".join((first, *asked))
            raise TypeError(f"{self.name}: a gradient formula takes g and any of {', '.join(places)}; not ({given})")
        return tuple(places[name] for name in asked)

    def layout(self, values: Sequence, out: Any, options: dict) -> tuple:
        """All that formulas can name."""
        shapes = tuple([np.shape(value) for value in values])
        return (*values, out, *((shapes,) if self.variadic else shapes), *[options[name] for name in self.options])

    def kept(self, tracked: tuple[bool, ...]) -> list[bool]:
        """Which places of the layout the formulas of the tracked inputs name."""
        kept = self._kept.get(tracked)
        if kept is None:
            wanted = [self.joint[1]] if self.joint else [w for w, needed in zip(self._wanted, tracked) if needed]
            places = range(len(tracked) + 1 + len(self.shapes) + len(self.options))
            named = {p for w in wanted for k in w for p in (places[k] if isinstance(k, slice) else [places[k]])}
            kept = self._kept[tracked] = [place in named for place in places]
        return kept

    def parted(self, g: Any, saved: Sequence) -> list[tuple]:
        """The rules of an operation with a joint formula: each input takes its part of what that gives."""
        assert self.joint is not None
        formula, wants = self.joint
        parts = formula(g, *[saved[place] for place in wants])
        return [(i, lambda g, part=part: part, None, None) for i, part in enumerate(parts)]

    def __repr__(self) -> str:
        return f"<operation {self.name}>"


def plain(x: Any) -> Any:
    """The array or number that a person passed beside a tensor."""
    if type(x) in PLAIN:
        return x
    try:
        array = np.asarray(x)
    except ValueError:
        raise DataError(f"rows of different lengths do not make an array: {_brief(x)}") from None
    if array.dtype.kind not in "biuf":
        raise DataError(f"expected numbers, got {_brief(x)} ({type(x).__name__})")
    return array


def _brief(x: Any) -> str:
    text = repr(x)
    return text if len(text) <= 60 else text[:57] + "…"


def explained(described: Operation, values: Sequence, error: Exception) -> Exception:
    """NumPy's complaint in a forward function, with the operation and the shapes it was given."""
    shapes = " and ".join(str(np.shape(value)) for value in values)
    if "broadcast" in str(error):
        return ShapeError(
            f"{described.name}: shapes {shapes} do not broadcast; "
            "aligned at the right, sizes must be equal or 1 (reshape or expand_dims can help)"
        )
    if "core dimension" in str(error):
        return ShapeError(
            f"{described.name}: shapes {shapes} do not multiply; "
            "the last size of the left must equal the second to last (or only) size of the right"
        )
    kind = ShapeError if isinstance(error, ValueError) else type(error)
    return kind(f"{described.name}: {error} (given shapes {shapes})")


def constant(x: Any) -> Any:
    """What a node remembers of an input without gradient: small ones whole, a large tensor by weak reference."""
    if isinstance(x, tensors.Tensor):
        return x if x.size <= SMALL else ref(x)
    return Absent(x) if isinstance(x, np.ndarray) and x.size > SMALL else x


def _recorder(described: Operation) -> Callable[..., Any]:
    """The function people call: it runs the forward function and, if an input has a gradient, records a node."""
    arity = len(described.inputs)
    keep = described.kept((True,) * arity)
    if described.variadic or described.options or described.joint or None in described.formulas or any(keep[arity + 1 :]):
        return _record(described)
    return _record_unary(described) if arity == 1 else _record_binary(described) if arity == 2 else _record(described)


def _constant_option(described: Operation, name: str, value: Any) -> Any:
    if value.requires_grad:
        raise UnsupportedError(f"{described.name}: {name} has no gradient; pass a number, an array or {name}.detach()")
    return value.data


# Recording is the price of every operation, so one and two inputs without options have a recorder of their own,
# in which nodes are filled in place: a call of Node() would cost a tenth of the whole.


def _record_unary(described: Operation) -> Callable[[Any], Any]:
    forward = described.forward
    keep_x, keep_out, *_ = described.kept((True,))

    def call(x):
        if type(x) is not tensors.Tensor and not isinstance(x, tensors.Tensor):
            return forward(plain(x))
        value, source = x._data, x._node
        out = forward(value)
        result = new(tensors.Tensor)
        result._data = out
        if source is None or not is_recording():
            result._node = None
            return result
        result._node = node = new(Node)
        node.operation = described
        node.inputs = (source,)
        node.options = None
        node.saved = (value if keep_x else None, out if keep_out else None)
        node.value = out if type(out) is float64 or out.size <= SMALL else Absent(out)
        node.number = next_number()
        return result

    return call


def _record_binary(described: Operation) -> Callable[[Any, Any], Any]:
    forward = described.forward
    both, only_x, only_y = (described.kept(t)[:3] for t in ((True, True), (True, False), (False, True)))

    def call(x, y):
        if type(x) is tensors.Tensor or isinstance(x, tensors.Tensor):
            a, m = x._data, x._node
        else:
            a, m = plain(x), None
        if type(y) is tensors.Tensor or isinstance(y, tensors.Tensor):
            b, n = y._data, y._node
        else:
            b, n = plain(y), None
        try:
            out = forward(a, b)
        except ValueError as error:
            raise explained(described, (a, b), error) from None
        result = new(tensors.Tensor)
        result._data = out
        if (m is None and n is None) or not is_recording():
            result._node = None
            return result if isinstance(x, tensors.Tensor) or isinstance(y, tensors.Tensor) else out
        if m is None:
            m, kept = constant(x), only_y
        elif n is None:
            n, kept = constant(y), only_x
        else:
            kept = both
        keep_x, keep_y, keep_out = kept
        result._node = node = new(Node)
        node.operation = described
        node.inputs = (m, n)
        node.options = None
        node.saved = (a if keep_x else None, b if keep_y else None, out if keep_out else None)
        node.value = out if type(out) is float64 or out.size <= SMALL else Absent(out)
        node.number = next_number()
        return result

    return call


def _record(described: Operation) -> Callable[..., Any]:
    """The recorder of any operation."""
    forward, arity = described.forward, len(described.inputs)

    def call(*args, **options):
        arguments = args
        if not described.variadic:
            arguments = args[:arity]
            options = {**described.defaults, **dict(zip(described.options, args[arity:])), **options}
            for name, value in options.items():
                if isinstance(value, tensors.Tensor):
                    options[name] = _constant_option(described, name, value)
        values, sources, found = [], [], False
        for x in arguments:
            if isinstance(x, tensors.Tensor):
                found = True
                values.append(x._data)
                sources.append(x._node)
            else:
                values.append(plain(x))
                sources.append(None)
        try:
            out = forward(*values, **options)
        except (ValueError, IndexError) as error:
            raise explained(described, values, error) from None
        if not found:
            return out
        result = new(tensors.Tensor)
        result._data = out
        tracked = tuple([source is not None for source in sources])
        if True not in tracked or not is_recording():
            result._node = None
            return result
        layout = described.layout(values, out, options)
        saved = tuple([v if kept else None for v, kept in zip(layout, described.kept(tracked))])
        inputs = tuple([constant(x) if source is None else source for x, source in zip(arguments, sources)])
        result._node = Node(described, inputs, options, saved, out if out.size <= SMALL else Absent(out))
        return result

    return call
