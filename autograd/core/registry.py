"""The operations that functions of NumPy and SciPy call on tensors."""

import sys
from collections.abc import Callable
from importlib import import_module

#: NumPy's function → our operation, for `np.*` called on tensors.
numpy_functions: dict[Callable, Callable] = {}

#: The name of a ufunc in scipy.special → our operation, for `scipy.special.*` called on tensors.
scipy_functions: dict[str, Callable] = {}

#: A module of NumPy → our module of operations for its functions, imported when one of them is first called on a tensor.
lazy_families: dict[str, str] = {
    "numpy": "autograd.operations.deferred",
    "numpy.fft": "autograd.operations.fft",
    "numpy.lib.scimath": "autograd.operations.complex_domain",
    "numpy.linalg": "autograd.operations.deferred",
    "numpy.polynomial.polynomial": "autograd.operations.multivariate_polynomials",
}


def implementation(function: Callable) -> Callable | None:
    """Our operation for a function of NumPy; None if there is none."""
    family = lazy_families.get(getattr(function, "__module__", None) or "")
    if family is not None and family not in sys.modules:
        import_module(family)
    return numpy_functions.get(function)


def implements(function: Callable) -> Callable[[Callable], Callable]:
    """Register the implementation of a NumPy function for tensors: a decorator.

    function: a function that other array types can override (`python -m autograd.numpy.coverage` lists them).

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> from autograd.extend import implements
    >>> @implements(np.fix)  # constant otherwise; here the gradient passes straight through
    ... def fix(x):
    ...     return x + (np.trunc(x.data) - x.data)
    >>> np.fix(Tensor([1.5, -2.5], requires_grad=True))
    Tensor([ 1., -2.], operation='add')
    >>> del numpy_functions[np.fix]  # only this example implements it
    """

    def register(ours: Callable) -> Callable:
        numpy_functions[function] = ours
        return ours

    return register
