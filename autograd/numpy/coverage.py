"""List the functions of NumPy that work on tensors: python -m autograd.numpy.coverage

NumPy lists the functions that other array types can override. On tensors each of them is differentiable, or constant, or
refused with a reason.
"""

from collections.abc import Callable, Iterable

import numpy.char
import numpy.polynomial  # noqa: F401  (NumPy lists the functions of these modules only after an import)
from numpy.testing import overrides

import autograd.operations.multivariate_polynomials
import autograd.operations.rare  # noqa: F401
from autograd.numpy.protocol import numpy_functions
from autograd.numpy.support import CONSTANT, public_name, refusal_reason


def overridable_functions() -> set[Callable]:
    """The functions of NumPy that other array types can override."""
    return overrides.get_overridable_numpy_ufuncs() | overrides.get_overridable_numpy_array_functions()


def names_by_support() -> tuple[list[str], list[str], list[str], list[str]]:
    """The names of the overridable functions: differentiable, constant, refused, and in none of these lists."""
    functions = overridable_functions()
    without_gradient = {f for f in functions & numpy_functions.keys() if getattr(numpy_functions[f], "constant", False)}
    differentiable = (functions & numpy_functions.keys()) - without_gradient
    constant = (functions & CONSTANT) | without_gradient
    refused = {function for function in functions if refusal_reason(function)}
    unlisted = functions - differentiable - constant - refused
    return _public_names(differentiable), _public_names(constant), _public_names(refused), _public_names(unlisted)


def _public_names(functions: Iterable[Callable]) -> list[str]:
    return sorted({public_name(function) for function in functions})


if __name__ == "__main__":
    for label, listed_names in zip(("differentiable", "constant", "refused", "in no list"), names_by_support()):
        print(f"{len(listed_names):4d} {label}")
        print("     " + ", ".join(listed_names) + "\n" if listed_names else "")
