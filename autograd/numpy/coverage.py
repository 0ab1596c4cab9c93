"""How much of NumPy works on tensors: python -m autograd.numpy.coverage

NumPy publishes the lists of its functions that other array types may take over. Each is here differentiable, or known to be
constant, or refused with a reason.
"""

from collections.abc import Callable, Iterable

import numpy.char
import numpy.polynomial  # noqa: F401  (these parts publish their functions when they are imported)
from numpy.testing import overrides

from autograd.numpy.protocol import numpy_functions
from autograd.numpy.support import CONSTANT, refusal, title


def published() -> set[Callable]:
    """NumPy's functions that other array types may take over."""
    return overrides.get_overridable_numpy_ufuncs() | overrides.get_overridable_numpy_array_functions()


def names() -> tuple[list[str], list[str], list[str], list[str]]:
    """The names of NumPy's functions: differentiable, constant, refused, and in none of these lists."""
    functions = published()
    without = {f for f in functions & numpy_functions.keys() if getattr(numpy_functions[f], "constant", False)}
    differentiable = (functions & numpy_functions.keys()) - without
    constant = (functions & CONSTANT) | without
    refused = {function for function in functions if refusal(function)}
    left = functions - differentiable - constant - refused
    return _titles(differentiable), _titles(constant), _titles(refused), _titles(left)


def _titles(functions: Iterable[Callable]) -> list[str]:
    return sorted({title(function) for function in functions})


if __name__ == "__main__":
    for kind, found in zip(("differentiable", "constant", "refused", "in no list"), names()):
        print(f"{len(found):4d} {kind}")
        print("     " + ", ".join(found) + "\n" if found else "")
