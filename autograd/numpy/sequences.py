"""The names of `autograd.numpy` and its submodules: NumPy's objects, and those that also take lists of tensors.

NumPy's dispatch protocol sees a tensor that is an argument, not one in a list: `np.sum([x, y])` would convert the tensors to an
array without their graphs. The functions in the tables here convert such a list to a tensor first. There is one wrapper for
each of the two kinds of arguments, an array and a sequence of arrays.
"""

import importlib
from collections.abc import Callable, Iterator, ValuesView
from functools import wraps
from typing import Any

from autograd.numpy import creation
from autograd.numpy.creation import SEQUENCES, as_joined

#: Functions whose arguments are arrays.
_OF_ARRAYS = {
    "numpy": """
        sum prod mean std var max min amax amin ptp median average quantile percentile nansum nanprod nanmean nanstd nanvar
        nanmax nanmin cumsum cumprod diff gradient trapezoid trapz sort argsort argmax argmin all any where clip
        dot vdot inner outer matmul tensordot kron cross trace vecdot einsum convolve correlate cov corrcoef interp polyval
        reshape ravel transpose squeeze expand_dims swapaxes moveaxis atleast_1d atleast_2d atleast_3d broadcast_to
        tile repeat roll flip fliplr flipud rot90 diag diagflat diagonal tril triu pad take append insert delete
        ndim shape size copy count_nonzero isclose allclose array_equal linspace logspace geomspace vander""",
    "numpy.linalg": "norm vector_norm matrix_norm det slogdet inv pinv solve cholesky eigh eigvalsh svd",
}
#: Functions whose first argument is a sequence of arrays.
_OF_SEQUENCES = {
    "numpy": "concatenate concat stack vstack row_stack hstack dstack column_stack select choose",
    "numpy.linalg": "multi_dot",
}
#: Functions that NumPy does not dispatch.
_CREATION = {"numpy": "array asarray asanyarray ascontiguousarray asfortranarray full full_like r_ c_"}

OF_ARRAYS, OF_SEQUENCES, CREATION = (
    frozenset(f"{module}.{name}" for module, names in table.items() for name in names.split())
    for table in (_OF_ARRAYS, _OF_SEQUENCES, _CREATION)
)


def namespace_attribute(module: str, name: str) -> Any:
    """The object that a module of `autograd.numpy` has under a name of the NumPy module that it stands for."""
    full_name = f"{module}.{name}"
    if full_name in CREATION:
        return getattr(creation, name)
    value = getattr(importlib.import_module(module), name)
    if full_name in OF_ARRAYS:
        return of_arrays(value)
    return of_sequences(value) if full_name in OF_SEQUENCES else value


def of_arrays(function: Callable) -> Callable:
    """A NumPy function that also takes lists with tensors as its arguments."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if not SEQUENCES.isdisjoint(map(type, args)):
            args = tuple(map(as_joined, args))
        if options and not SEQUENCES.isdisjoint(map(type, options.values())):
            options = {name: as_joined(value) for name, value in options.items()}
        return function(*args, **options)

    return call


def of_sequences(function: Callable) -> Callable:
    """A NumPy function that also takes a sequence whose items are lists with tensors."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        return function(*map(_join_items, args), **{name: _join_items(value) for name, value in options.items()})

    return call


def _join_items(x: Any) -> Any:
    if isinstance(x, ValuesView | Iterator):  # np.stack(parameters.values())
        x = list(x)
    if type(x) not in SEQUENCES or SEQUENCES.isdisjoint(map(type, x)):
        return x
    return type(x)(map(as_joined, x))
