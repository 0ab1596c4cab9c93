"""The operations that functions of NumPy and SciPy call on tensors."""

from collections.abc import Callable

#: NumPy's function → our operation, for `np.*` called on tensors.
numpy_functions: dict[Callable, Callable] = {}

#: The name of a ufunc in scipy.special → our operation, for `scipy.special.*` called on tensors.
scipy_functions: dict[str, Callable] = {}


def implements(function: Callable) -> Callable[[Callable], Callable]:
    """Register the implementation of a NumPy function for tensors: a decorator.

    function: a function that other array types can override (`python -m autograd.numpy.coverage` lists them).

    >>> import numpy as np
    >>> from autograd import Tensor
    >>> from autograd.extend import implements
    >>> @implements(np.polyder)
    ... def polyder(p):
    ...     return p[:-1] * np.arange(len(p) - 1, 0, -1)
    >>> np.polyder(Tensor([3.0, 2.0, 1.0], requires_grad=True))
    Tensor([6., 2.], operation='multiply')
    >>> del numpy_functions[np.polyder]  # only this example implements it
    """

    def register(ours: Callable) -> Callable:
        numpy_functions[function] = ours
        return ours

    return register
