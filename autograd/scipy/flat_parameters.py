"""Nested parameters as one vector, as SciPy's solvers take them."""

from math import prod

import numpy as np

from autograd.core.tensor import Tensor
from autograd.core.trees import leaves, map_leaves
from autograd.errors import DataError, ShapeError
from autograd.operations.inputs import as_dtype, as_floating


def flatten(tree):
    """The numbers of all leaves, one after the other, as a vector; tensors are recorded."""
    vectors = [np.reshape(as_floating(leaf), -1) for leaf in leaves(tree)]
    if not vectors:
        raise DataError("there are no parameters: the list, tuple or dict is empty")
    return vectors[0] if len(vectors) == 1 else np.concatenate(vectors)


def as_arrays(tree):
    """The tree with arrays in the place of tensors."""
    return map_leaves(lambda x: x.data if isinstance(x, Tensor) else x, tree)


def as_parameters(x0):
    """Start values as the functions of `optimize` get them: a list of numbers is a vector, as in SciPy."""
    is_vector = isinstance(x0, list | tuple) and not hasattr(x0, "_fields") and not any(map(_is_compound, x0))
    return np.array(as_arrays(x0), float) if is_vector and x0 else x0


def _is_compound(x):
    return isinstance(x, list | tuple | dict) or np.ndim(x) > 0


class Structure:
    """The structure, shapes and dtypes of nested parameters.

    >>> from autograd.scipy.flat_parameters import Structure
    >>> Structure({"w": [1.0, 2.0], "b": 3.0}).unflatten(np.array([4.0, 5.0, 6.0]))
    {'w': [np.float64(4.0), np.float64(5.0)], 'b': np.float64(6.0)}
    """

    def __init__(self, tree):
        arrays = [as_floating(leaf) for leaf in leaves(as_arrays(tree))]
        self.tree = map_leaves(lambda _: None, tree)
        self.layout = [(array.shape, array.dtype) for array in arrays]
        self.size = sum(prod(shape) for shape, _ in self.layout)

    def restore(self, vector):
        """The numbers of a vector in this structure and in its dtypes; tensors are recorded."""
        dtypes = iter(dtype for _, dtype in self.layout)
        return map_leaves(lambda leaf: as_dtype(leaf, next(dtypes)), self.unflatten(vector))

    def unflatten(self, vector):
        """The numbers of a vector in this structure, in the precision of the vector; tensors are recorded."""
        if np.shape(vector) != (self.size,):
            raise ShapeError(f"expected {self.size} numbers in a vector, got shape {np.shape(vector)}")
        if len(self.layout) == 1:
            ((shape, _),) = self.layout
            part = vector if shape == (self.size,) else np.reshape(vector, shape)[()]
            return map_leaves(lambda _: part, self.tree)
        parts, start = [], 0
        for shape, _ in self.layout:
            end = start + prod(shape)
            parts.append(np.reshape(vector[start:end], shape)[()])
            start = end
        remaining = iter(parts)
        return map_leaves(lambda _: next(remaining), self.tree)
