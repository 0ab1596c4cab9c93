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
    """The values that `forward` hands to `backward`: tensors by `save_for_backward`, anything else as attributes.

    needs_input_grad: for each argument of `forward`, whether it is a tensor with a gradient.
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]):
        self.needs_input_grad = needs_input_grad
        self._saved: list[tuple[Tensor | None, Any]] = []
        self._number = 0

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep arguments or the result of `forward`; reading one that was changed in place raises InPlaceError."""
        self._saved = [(tensor, None if tensor is None else tensor.data) for tensor in tensors]
        self._number = next_number()

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors of `save_for_backward`."""
        if any(in_place.changed_since(value, self._number) for _, value in self._saved):
            raise InPlaceError(
                "a saved tensor was changed in place, but the backward pass needs the old value; change a copy instead"
            )
        return tuple(None if tensor is None else Tensor._wrap(value, tensor._node) for tensor, value in self._saved)

    def is_small(self) -> bool:
        """Whether all kept values are small enough to stay in the graph after a backward pass, for pictures."""
        values = [value for _, value in self._saved] + list(vars(self).values())
        sizes = [getattr(value, "size", 0) for value in values]
        return all(size <= KEEP_LIMIT for size in sizes if isinstance(size, int))


class Function:
    """An operation in PyTorch's form: subclass it, write `forward` and `backward`, and call `apply`.

    forward(ctx, *args):     gets the arguments of `apply` and returns one tensor or array.
    backward(ctx, gradient): gets ∂L/∂result as a tensor and returns ∂L/∂arg for every argument of `forward`, None where
                             there is none. If it consists of tensor operations, it can be differentiated again.
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
        if out._node is not None:  # forward returned an argument
            out = out.detach()
        inputs = [x for x in args if isinstance(x, Tensor)]
        if not inputs or out.dtype.kind not in "fc":
            return out
        call = _Call(ctx, args, out)
        result = _operation(cls)(*inputs, call=call)  # type: ignore[arg-type]  # classes are hashable
        if result._node is not None and not ctx.is_small():
            result._node.options = WeakValueDictionary({"call": call})  # the context is freed with the saved values
        return result


class _Call:
    """One application of a Function."""

    def __init__(self, ctx: Context, args: Sequence, out: Tensor):
        self.ctx, self.out = ctx, out
        self.tensor_positions = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        self.shapes = [args[i].shape for i in self.tensor_positions]
        self.count = len(args)

    def gradients(self, function: type[Function], g: Any, out: Any) -> list[Any]:
        """The result of `backward` for each tensor among the arguments: tensors if g is one, else arrays."""
        if isinstance(g, Tensor):
            grads = self._check(function, function.backward(self._recorded_context(out), g))
            return [grad if isinstance(grad, Tensor) else Tensor(grad) for grad in grads]
        with GradMode(False):
            grads = self._check(function, function.backward(self.ctx, Tensor(g)))
        return [grad.data if isinstance(grad, Tensor) else np.asarray(grad)[()] for grad in grads]

    def _recorded_context(self, out: Tensor) -> Context:
        """The context with the recorded result in place of the unrecorded one that `forward` may have saved."""
        ctx = object.__new__(Context)
        vars(ctx).update(vars(self.ctx))
        ctx._saved = [(out if tensor is self.out else tensor, value) for tensor, value in self.ctx._saved]
        return ctx

    def _check(self, function: type[Function], result: Any) -> list[Any]:
        grads = list(result) if isinstance(result, tuple | list) else [result]
        while len(grads) > self.count and grads[-1] is None:  # of options that were not given
            grads.pop()
        if len(grads) != self.count:
            name = function.__name__
            raise ShapeError(f"{name}: backward returns {len(grads)} gradients for the {self.count} inputs of forward")
        tensor_grads = [grads[i] for i in self.tensor_positions]
        return [np.zeros(shape) if grad is None else grad for grad, shape in zip(tensor_grads, self.shapes)]


@cache
def _operation(function: Any) -> Callable[..., Tensor]:
    """The operation that records the calls of a Function."""

    def forward(*xs: Any, call: _Call) -> Any:
        return call.out.data

    forward.__name__ = function.__name__
    forward.__doc__ = function.__doc__
    declared = operation(joint_formula=lambda g, out, call: call.gradients(function, g, out))(forward)
    declared.operation.source = function.backward
    return declared
