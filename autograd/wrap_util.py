"""HIPS autograd's `unary_to_nary`, by which its clients write differential operators of their own."""

from collections.abc import Callable
from functools import wraps
from typing import Any


def unary_to_nary(unary_operator: Callable[..., Any]) -> Callable[..., Any]:
    """Make an operator (f, x, …) ↦ result into one of functions of many arguments: f, argnum ↦ (*args ↦ result).

    >>> from autograd.wrap_util import unary_to_nary
    >>> @unary_to_nary
    ... def difference(f, x):
    ...     return f(x + 1) - f(x)
    >>> difference(lambda x, y: x * y, 1)(5.0, 2.0)
    5.0
    """

    @wraps(unary_operator)
    def nary_operator(
        f: Callable[..., Any], argnum: Any = 0, *operator_args: Any, **operator_options: Any
    ) -> Callable[..., Any]:
        @wraps(f)
        def nary(*args: Any, **options: Any) -> Any:
            positions = argnum if isinstance(argnum, tuple | list) else (argnum,)

            @wraps(f)
            def unary(x: Any) -> Any:
                replaced = dict(zip(positions, x if isinstance(argnum, tuple | list) else (x,)))
                return f(*[replaced.get(i, arg) for i, arg in enumerate(args)], **options)

            x = tuple(args[i] for i in positions) if isinstance(argnum, tuple | list) else args[argnum]
            return unary_operator(unary, x, *operator_args, **operator_options)

        return nary

    return nary_operator
