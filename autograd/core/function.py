"""Operations in PyTorch's form: a class with `forward(ctx, …)` and `backward(ctx, …)`."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from autograd.core import in_place
from autograd.core.engine import next_number
from autograd.core.grad_mode import GradMode
from autograd.core.operation import operation
from autograd.core.shape_dtype import KEEP_LIMIT
from autograd.core.tensor import Tensor
from autograd.errors import InPlaceError, ShapeError, UnsupportedError


class Context:
    """What `forward` leaves for `backward`: tensors by `save_for_backward`, anything else as attributes.

    needs_input_grad: for each argument of `forward`, whether it is a tensor with a gradient.
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]):
        self.needs_input_grad = needs_input_grad
        self._saved: list[tuple[Tensor | None, Any]] = []
        self._number = 0

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep arguments or the result of `forward`; a value that is changed in place meanwhile is noticed."""
        self._saved = [(tensor, None if tensor is None else tensor.data) for tensor in tensors]
        self._number = next_number()

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What was given to `save_for_backward`."""
        if any(in_place.changed_since(value, self._number) for _, value in self._saved):
            raise InPlaceError(
                "a saved tensor was changed in place, but the backward pass needs the old value; change a copy instead"
            )
        return tuple(None if tensor is None else Tensor._wrap(value, tensor._node) for tensor, value in self._saved)

    def is_small(self) -> bool:
        """Whether all that is kept may stay in the graph after a backward pass, so that a picture can show slopes."""
        values = [value for _, value in self._saved] + list(vars(self).values())
        sizes = [getattr(value, "size", 0) for value in values]
        return all(size <= KEEP_LIMIT for size in sizes if isinstance(size, int))


class Function:
    """An operation in PyTorch's form: subclass it, write `forward` and `backward`, and call `apply`.

    forward(ctx, *args):     gets the arguments of `apply` and returns one tensor or array.
    backward(ctx, gradient): gets ∂L/∂result as a tensor and returns ∂L/∂arg for every argument of `forward`,
                             None where there is none. Written in tensor operations, it can be differentiated again.
    setup_context(ctx, inputs, output): PyTorch's newer form; with it, `forward` gets no ctx.

    `operation` does the same in fewer lines: a formula for each input.

    >>> from autograd import Function, Tensor
    >>> class Cube(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3 * x**2
    >>> x = Tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad.item()
    12.0
    """

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    setup_context: Callable[..., None] | None = None

    @classmethod
    def apply(cls, *args: Any) -> Tensor:
        """Compute `forward` and record it.

        Raises UnsupportedError for several results; a backward pass raises ShapeError for gradients that do not fit.
        """
        ctx = Context(tuple(isinstance(x, Tensor) and x.requires_grad for x in args))
        with GradMode(False):
            if cls.setup_context is None:
                out = cls.forward(ctx, *args)
            else:
                out = cls.forward(*args)
                cls.setup_context(ctx, args, out)
        if isinstance(out, tuple | list):
            raise UnsupportedError(f"{cls.__name__}: a Function returns one tensor; write one Function for each result")
        out = out if isinstance(out, Tensor) else Tensor(out)
        if out._node is not None:  # forward handed an argument through
            out = out.detach()
        inputs = [x for x in args if isinstance(x, Tensor)]
        if not inputs or out.dtype.kind != "f":
            return out
        call = _Call(ctx, args, out)
        result = _operation(cls)(*inputs, call=call)  # type: ignore[arg-type]  # classes are hashable
        if result._node is not None and not ctx.is_small():
            result._node.options = WeakValueDictionary({"call": call})  # what ctx holds goes with what the node saves
        return result


class _Call:
    """One application of a Function."""

    def __init__(self, ctx: Context, args: Sequence, out: Tensor):
        self.ctx, self.out = ctx, out
        self.places = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        self.shapes = [args[i].shape for i in self.places]
        self.count = len(args)

    def gradients(self, kind: type[Function], g: Any, out: Any) -> list[Any]:
        """What `backward` gives for each tensor among the arguments, in the currency of g."""
        if isinstance(g, Tensor):
            found = self._checked(kind, kind.backward(self._connected(out), g))
            return [part if isinstance(part, Tensor) else Tensor(part) for part in found]
        with GradMode(False):
            parts = self._checked(kind, kind.backward(self.ctx, Tensor(g)))
        return [part.data if isinstance(part, Tensor) else np.asarray(part)[()] for part in parts]

    def _connected(self, out: Tensor) -> Context:
        """The context with the recorded result in place of the bare one that `forward` may have saved."""
        ctx = object.__new__(Context)
        vars(ctx).update(vars(self.ctx))
        ctx._saved = [(out if tensor is self.out else tensor, value) for tensor, value in self.ctx._saved]
        return ctx

    def _checked(self, kind: type[Function], parts: Any) -> list[Any]:
        parts = list(parts) if isinstance(parts, tuple | list) else [parts]
        while len(parts) > self.count and parts[-1] is None:  # of options that were left out
            parts.pop()
        if len(parts) != self.count:
            raise ShapeError(f"{kind.__name__}: backward returns {len(parts)} gradients for the {self.count} inputs of forward")
        found = [parts[i] for i in self.places]
        return [np.zeros(shape) if part is None else part for part, shape in zip(found, self.shapes)]


@cache
def _operation(kind: Any) -> Callable[..., Tensor]:
    """The operation that records applications of a Function."""

    def forward(*xs: Any, call: _Call) -> Any:
        return call.out.data

    forward.__name__ = kind.__name__
    forward.__doc__ = kind.__doc__
    return operation(joint_formula=lambda g, out, call: call.gradients(kind, g, out))(forward)
