"""The vector space of a value: zeros, ones, a basis, sums and products of values of its structure. HIPS autograd's `vspace`."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import DataError


class VSpace:
    """The space of values with the shapes and dtypes of one: an array, a number, or nested lists, tuples and dicts of them.

    shape: of the array; for a container, a container of the spaces of its parts.

    >>> from autograd.extend import vspace
    >>> vspace([1.0, (2.0, 3.0)]).zeros(), vspace([1.0, (2.0, 3.0)]).size
    ([np.float64(0.0), (np.float64(0.0), np.float64(0.0))], 3)
    """

    def __init__(self, value: Any):
        self._values = map_leaves(_as_array, value)
        arrays = list(leaves(self._values))
        self.iscomplex = any(x.dtype.kind == "c" for x in arrays)
        self.size = sum(x.size for x in arrays) * (2 if self.iscomplex else 1)
        if isinstance(self._values, np.ndarray | np.generic):
            self.shape, self.dtype, self.ndim = self._values.shape, self._values.dtype, self._values.ndim
        else:
            self.shape = map_leaves(VSpace, self._values)

    def zeros(self) -> Any:
        """The value of zeros."""
        return map_leaves(lambda x: np.zeros_like(x)[()], self._values)

    def ones(self) -> Any:
        """The value of ones."""
        return map_leaves(lambda x: np.ones_like(x)[()], self._values)

    def randn(self) -> Any:
        """A value of standard normal numbers, from NumPy's global generator."""

        def sample(x: Any) -> Any:
            real = np.random.randn(*x.shape)
            return (real + 1j * np.random.randn(*x.shape) if x.dtype.kind == "c" else np.asarray(real, x.dtype))[()]

        return map_leaves(sample, self._values)

    def standard_basis(self) -> Iterator[Any]:
        """Iterate over the values with a single 1; in complex arrays also a single i."""
        for position, array in enumerate(leaves(self._values)):
            for index in np.ndindex(array.shape):
                for unit in (1, 1j) if array.dtype.kind == "c" else (1,):
                    parts = [np.zeros(x.shape, x.dtype) for x in leaves(self._values)]
                    parts[position][index] = unit
                    yield _with_leaves(self._values, parts)

    def add(self, x: Any, y: Any) -> Any:
        """The sum x + y."""
        others = leaves(y)
        return map_leaves(lambda part: part + next(others), x)

    def mut_add(self, x: Any, y: Any) -> Any:
        """The sum x + y, where None counts as zeros."""
        return y if x is None else self.add(x, y)

    def scalar_mul(self, x: Any, a: Any) -> Any:
        """The product a · x with a number."""
        return map_leaves(lambda part: part * a, x)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """The inner product Σ xᵢ yᵢ; of complex values, Re Σ x̄ᵢ yᵢ."""
        return sum(np.sum(np.real(np.conj(a) * b)) for a, b in zip(leaves(x), leaves(y)))

    def covector(self, x: Any) -> Any:
        """The conjugate, which pairs with vectors as gradients do."""
        return map_leaves(np.conj, x) if self.iscomplex else x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VSpace) and repr(self) == repr(other)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"VSpace({map_leaves(lambda x: f'{x.dtype}{list(x.shape)}', self._values)})"


def vspace(value: Any) -> VSpace:
    """The vector space of a value."""
    return VSpace(value)


def _with_leaves(tree: Any, parts: list[Any]) -> Any:
    """The tree with other leaves."""
    remaining = iter(parts)
    return map_leaves(lambda _: next(remaining)[()], tree)


def _as_array(x: Any) -> Any:
    array = x.data if isinstance(x, Tensor) else np.asarray(x)[()]
    if array.dtype.kind not in "biufc":
        raise DataError(f"vspace: numbers form a vector space, not {type(x).__name__}")
    return array if array.dtype.kind in "fc" else array.astype(float)
