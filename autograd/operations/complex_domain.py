"""Functions of np.lib.scimath: as the functions of the same name in np, with complex results outside of the real domain."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib import scimath

from autograd.core.registry import implements
from autograd.operations.inputs import as_tensor_or_array


def _as_complex_if(outside: Callable[[Any], Any], x: Any) -> Any:
    """x, as complex numbers if one of its elements is outside of the real domain."""
    x = as_tensor_or_array(x)
    return x.astype(np.result_type(x.dtype, np.complex64)) if x.dtype.kind != "c" and np.any(outside(x)) else x


def _is_negative(x: Any) -> Any:
    return x < 0


def _is_above_one(x: Any) -> Any:
    return np.abs(x) > 1


def _register(function: Callable, real: Callable, outside: Callable[[Any], Any]) -> None:
    implements(function)(lambda x: real(_as_complex_if(outside, x)))


for _name in ("sqrt", "log", "log2", "log10"):
    _register(getattr(scimath, _name), getattr(np, _name), _is_negative)
for _name in ("arccos", "arcsin", "arctanh"):
    _register(getattr(scimath, _name), getattr(np, _name), _is_above_one)


@implements(scimath.logn)
def logn(n: Any, x: Any) -> Any:
    """Logarithm to the base n: log x / log n; complex for negative numbers."""
    return np.log(_as_complex_if(_is_negative, x)) / np.log(_as_complex_if(_is_negative, n))


@implements(scimath.power)
def power(x: Any, p: Any) -> Any:
    """Power: xᵖ; complex for negative x."""
    p = as_tensor_or_array(p)
    return _as_complex_if(_is_negative, x) ** (p.astype(float) if p.dtype.kind == "i" and np.any(p < 0) else p)
