"""HIPS autograd's `check_grads`, on `autograd.gradcheck`."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from autograd.core.coercion import short_repr
from autograd.core.trees import leaves, map_leaves
from autograd.debug.gradcheck import check_grads as check_grads_at
from autograd.transforms.variables import make_variable


def check_grads(
    f: Callable[..., Any], argnum: Any = 0, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> Callable[..., None]:
    """A function of the arguments of f that compares its derivatives with differences. Raises GradientError if they differ.

    argnum: the position of the argument to differentiate with respect to, or several.
    modes:  "fwd" and "rev"; both follow from the same formulas here.
    order:  the highest order of derivatives.

    >>> import autograd.numpy as np
    >>> from autograd.test_util import check_grads
    >>> check_grads(np.sin, modes=["rev"], order=2)(0.5)
    """
    unknown = set(modes) - {"fwd", "rev"}
    if unknown:
        raise ValueError(f"check_grads: modes are 'fwd' and 'rev', not {short_repr(unknown.pop())}")
    positions = argnum if isinstance(argnum, tuple | list) else (argnum,)

    def check(*args: Any, **options: Any) -> None:
        variables = [map_leaves(make_variable, args[i]) for i in positions]

        def of_variables(*tensors: Any) -> Any:
            remaining = iter(tensors)
            replaced = {i: map_leaves(lambda _: next(remaining), x) for i, x in zip(positions, variables)}
            return f(*[replaced.get(i, arg) for i, arg in enumerate(args)], **options)

        check_grads_at(of_variables, list(leaves(variables)), order=order)

    return check


def combo_check(f: Callable[..., Any], *check_args: Any, **check_options: Any) -> Callable[..., None]:
    """A function that checks f, by `check_grads`, at all combinations of lists of arguments and options."""

    def check(*args: Any, **options: Any) -> None:
        for values in product(*args, *options.values()):
            named = dict(zip(options, values[len(args) :]))
            check_grads(f, *check_args, **check_options)(*values[: len(args)], **named)

    return check
