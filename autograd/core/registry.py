"""The operations that functions of NumPy and SciPy call on tensors."""

from collections.abc import Callable

#: NumPy's function → our operation, for `np.*` called on tensors.
numpy_functions: dict[Callable, Callable] = {}

#: The name of a ufunc in scipy.special → our operation, for `scipy.special.*` called on tensors.
scipy_functions: dict[str, Callable] = {}


def implements(function: Callable) -> Callable[[Callable], Callable]:
    """Register what a NumPy function means when it is called on tensors: a decorator."""

    def register(ours: Callable) -> Callable:
        numpy_functions[function] = ours
        return ours

    return register
