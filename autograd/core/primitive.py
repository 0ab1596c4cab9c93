"""Operations in HIPS autograd's form: `primitive` marks the forward function, `defvjp` gives its gradients.

A rule is a function `vjpmaker(ans, *args, **options)` that returns `vjp(g)`, the gradient of one argument. In `backward()` it
gets arrays. In `backward(create_graph=True)` it gets tensors: a rule in NumPy syntax records itself, as a formula does.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import update_wrapper
from itertools import count
from math import prod
from typing import Any

import numpy as np

from autograd.core.coercion import short_repr
from autograd.core.grad_mode import is_grad_enabled
from autograd.core.operation import operation
from autograd.core.registry import numpy_functions
from autograd.core.shape_dtype import ShapeDtype
from autograd.core.tensor import TENSOR_TYPES, Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import UnsupportedError
from autograd.utils.call_stack import warn_user

#: (argnums, ans, args, options) → vjp, which returns the gradients of these arguments.
VjpOfArgnums = Callable[[Sequence[int], Any, Sequence, dict], Callable[[Any], Iterable]]


def primitive(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make an operation of a function of arrays; its gradients are given by `defvjp`.

    function: gets arrays in place of tensors, also inside of lists, tuples and dicts, and returns an array or several.

    Tensors that are passed by keyword are options: they are handed on as they are. HIPS autograd's `primitive`.

    >>> import autograd.numpy as np
    >>> from autograd import grad
    >>> from autograd.extend import defvjp, primitive
    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> defvjp(cube, lambda ans, x: lambda g: 3 * g * x**2)
    >>> grad(cube)(2.0), grad(grad(cube))(2.0)
    (np.float64(12.0), np.float64(12.0))
    """

    def call(*args: Any, **options: Any) -> Any:
        for x in args:
            if type(x) in TENSOR_TYPES or (isinstance(x, tuple | list | dict) and any(map(_is_tensor, leaves(x)))):
                return _record(call, args, options)
        return function(*args, **options)

    update_wrapper(call, function, ("__module__", "__name__", "__qualname__", "__doc__"))
    traced: Any = call
    traced.fun = function
    traced.vjp_of_argnums = traced.missing = None
    traced._is_autograd_primitive = True  # HIPS autograd's mark, which its clients read
    traced.recorder = _make_recorder(traced)
    return traced


def notrace_primitive(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function called on arrays in place of tensors: its result is a constant. HIPS autograd's `notrace_primitive`.

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> from autograd.extend import notrace_primitive
    >>> notrace_primitive(np.argmax)(Tensor([1.0, 3.0, 2.0]))
    np.int64(1)
    """

    def call(*args: Any, **options: Any) -> Any:
        return function(*map(getval, args), **options)

    return update_wrapper(call, function, ("__module__", "__name__", "__qualname__", "__doc__"))


def getval(x: Any) -> Any:
    """The array of a tensor, also of those in lists, tuples and dicts; anything else as it is.

    >>> from autograd import Tensor
    >>> from autograd.tracer import getval
    >>> getval(Tensor([1.0, 2.0])), getval(3.0)
    (array([1., 2.]), 3.0)
    """
    if isinstance(x, tuple | list | dict):
        return map_leaves(getval, x) if any(map(_is_tensor, leaves(x))) else x
    return x.data if isinstance(x, Tensor) else x


def defvjp(function: Callable[..., Any], *vjpmakers: Callable | None, argnums: Iterable[int] | None = None) -> None:
    """Define the gradients of a primitive, one rule per argument: (ans, *args, **options) ↦ g ↦ gradient of the argument.

    function:  made by `primitive`; or a function of NumPy, whose gradient on tensors the rules replace. Warns about others.
    vjpmakers: None for an argument with gradient zero.
    argnums:   the positions of the arguments; 0, 1, … by default.

    HIPS autograd's `defvjp`.
    """
    rules = dict(zip(count() if argnums is None else argnums, vjpmakers))

    def vjp_of_argnums(argnums: Sequence[int], ans: Any, args: Sequence, options: dict) -> Callable[[Any], Iterable]:
        makers = [rules[argnum] for argnum in argnums]
        vjps = [None if maker is None else maker(ans, *args, **options) for maker in makers]
        return lambda g: [None if vjp is None else vjp(g) for vjp in vjps]

    defvjp_argnums(function, vjp_of_argnums)
    _as_primitive(function).missing = lambda argnums: [argnum for argnum in argnums if argnum not in rules]


def defvjp_argnum(function: Callable[..., Any], vjpmaker: Callable[..., Any]) -> None:
    """Define the gradients of a primitive by one rule for any argument: (argnum, ans, args, options) ↦ g ↦ gradient.

    HIPS autograd's `defvjp_argnum`.
    """

    def vjp_of_argnums(argnums: Sequence[int], ans: Any, args: Sequence, options: dict) -> Callable[[Any], Iterable]:
        vjps = [vjpmaker(argnum, ans, args, options) for argnum in argnums]
        return lambda g: [vjp(g) for vjp in vjps]

    defvjp_argnums(function, vjp_of_argnums)


def defvjp_argnums(function: Callable[..., Any], vjpmaker: VjpOfArgnums) -> None:
    """Define the gradients of a primitive by one rule for several arguments: (argnums, ans, args, options) ↦ g ↦ gradients.

    HIPS autograd's `defvjp_argnums`.
    """
    declared = _as_primitive(function)
    declared.vjp_of_argnums, declared.missing = vjpmaker, None


def defjvp(function: Callable[..., Any], *jvps: Any, argnums: Iterable[int] | None = None) -> None:
    """Accept a rule for forward mode, which is not needed here: tangents follow from the gradients of `defvjp`.

    HIPS autograd's `defjvp`.
    """
    for jvp in jvps:
        if not (jvp is None or jvp == "same" or callable(jvp)):
            raise TypeError(f"defjvp takes functions, None and 'same', not {short_repr(jvp)}")


def defjvp_argnum(function: Callable[..., Any], jvp: Callable[..., Any]) -> None:
    """Accept a rule for forward mode for any argument, which is not needed here: see `defjvp`."""
    defjvp(function, jvp)


def _is_tensor(x: Any) -> bool:
    return isinstance(x, Tensor)


def _as_primitive(function: Any) -> Any:
    """The primitive that a rule is for; one that replaces the gradient here, for a function of NumPy."""
    if hasattr(function, "vjp_of_argnums"):
        return function
    ours = numpy_functions.get(function)
    if hasattr(ours, "vjp_of_argnums"):
        return ours
    if not (isinstance(function, np.ufunc) or getattr(function, "__module__", "").partition(".")[0] == "numpy"):
        name = getattr(function, "__name__", short_repr(function))
        warn_user(f"{name} is not a primitive, so rules for it have no effect; decorate it with @primitive")
        return primitive(function)
    numpy_functions[function] = primitive(function)
    return numpy_functions[function]


class _Call:
    """One application of a primitive to arrays."""

    def __init__(self, function: Any, args: Sequence, options: dict, argnums: Sequence[int], ans: Any):
        self.function, self.options, self.argnums = function, options, argnums
        self.args = [map_leaves(_as_slot, arg) if i in argnums else getval(arg) for i, arg in enumerate(args)]
        is_tree = isinstance(ans, tuple | list | dict)
        self.parts = map_leaves(lambda x: ShapeDtype(np.asarray(x)), ans) if is_tree else None
        self.result: Any = np.concatenate([np.ravel(x) for x in leaves(ans)]) if is_tree else np.asarray(ans)[()]
        self._vjp: Callable[[Any], Iterable] | None = None  # on arrays: a rule is called once, however many passes follow

    def take_result(self) -> Any:
        """The result as one array, which only the graph keeps from here on."""
        result, self.result = self.result, None
        return result

    def unpack(self, flat: Any) -> Any:
        """The several results of a function from the one array that the graph knows."""
        if self.parts is None:
            return flat
        start = 0

        def next_part(part: ShapeDtype) -> Any:
            nonlocal start
            first, start = start, start + prod(part.shape)
            return np.reshape(flat[first:start], part.shape)

        return map_leaves(next_part, self.parts)

    def gradients(self, g: Any, out: Any, xs: Sequence) -> list[Any]:
        """The gradient of each tensor among the arguments: tensors if g is one, else arrays."""
        if isinstance(g, Tensor):
            vjp, as_gradient = self._make_vjp(out, xs), _as_tensor
        else:
            vjp = self._vjp = self._vjp or self._make_vjp(out, xs)
            as_gradient = _as_array
        remaining, gradients = iter(xs), []
        for argnum, gradient in zip(self.argnums, vjp(self.unpack(g))):
            slots = list(leaves(self.args[argnum]))
            parts = [None] * len(slots) if gradient is None else [gradient] if len(slots) == 1 else list(leaves(gradient))
            for slot, part in zip(slots, parts):
                if slot is _SLOT:
                    x = next(remaining)
                    gradients.append(as_gradient(np.zeros(np.shape(x)) if part is None else part))
        return gradients

    def _make_vjp(self, out: Any, xs: Sequence) -> Callable[[Any], Iterable]:
        remaining = iter(xs)
        args = [map_leaves(lambda x: next(remaining) if x is _SLOT else x, arg) for arg in self.args]
        return self.function.vjp_of_argnums(self.argnums, self.unpack(out), tuple(args), self.options)


_SLOT = object()  # in the place of a tensor in the arguments of a call


def _as_slot(x: Any) -> Any:
    return _SLOT if isinstance(x, Tensor) else x


def _as_tensor(gradient: Any) -> Tensor:
    return gradient if isinstance(gradient, Tensor) else Tensor(gradient)


def _as_array(gradient: Any) -> Any:
    gradient = getval(gradient)
    return gradient if isinstance(gradient, np.ndarray) or hasattr(gradient, "call_forward") else np.asarray(gradient)[()]


def _record(function: Any, args: Sequence, options: dict) -> Any:
    """Apply a primitive to tensors and record the call, if one of them needs a gradient."""
    ans = function.fun(*map(getval, args), **options)
    tracked = [i for i, arg in enumerate(args) if any(_is_tensor(x) and x.requires_grad for x in leaves(arg))]
    if any(_is_tensor(x) and x.requires_grad for x in leaves(ans)):
        raise UnsupportedError(
            f"{function.__name__} computes with a tensor that is not its argument, whose gradient would be lost; pass it as one"
        )
    if not tracked or not is_grad_enabled() or any(np.asarray(x).dtype.kind not in "fc" for x in leaves(ans)):
        return map_leaves(lambda x: Tensor._wrap(np.asarray(x)[()], None), ans)
    name = function.__name__
    missing = tracked if function.vjp_of_argnums is None else function.missing(tracked) if function.missing else []
    if missing:
        raise NotImplementedError(
            f"{name} has no gradient with respect to argument {missing[0]}: define one with defvjp({name}, …), "
            "or call it on t.detach()"
        )
    call = _Call(function, args, options, tracked, ans)
    return call.unpack(function.recorder(*[x for i in tracked for x in leaves(args[i]) if _is_tensor(x)], call=call))


def _make_recorder(function: Any) -> Callable[..., Tensor]:
    """The operation that records the calls of a primitive."""

    def forward(*xs: Any, call: _Call) -> Any:
        return call.take_result()

    forward.__name__ = function.__name__
    forward.__doc__ = function.__doc__
    return operation(joint_formula=lambda g, out, xs, call: call.gradients(g, out, xs))(forward)
