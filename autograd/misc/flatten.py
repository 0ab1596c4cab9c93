"""Nested lists, tuples and dicts of arrays as one vector, and back. HIPS autograd's `flatten`."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from autograd.core.trees import leaves, map_leaves


def flatten(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The pair of a vector of all elements and the function that makes a tree of such a vector.

    Dicts are read in the order of their sorted keys. Both directions are differentiable.

    >>> import numpy as np
    >>> from autograd.misc import flatten
    >>> vector, unflatten = flatten({"b": 3.0, "a": [np.array([[1.0, 2.0]])]})
    >>> vector, unflatten(10 * vector)
    (array([1., 2., 3.]), {'b': np.float64(30.0), 'a': [array([[10., 20.]])]})
    """
    ordered = _sorted(value)
    parts = list(leaves(ordered))
    vector = np.concatenate([np.ravel(part) for part in parts]) if parts else np.array([])
    shapes = [np.shape(part) for part in parts]

    def unflatten(vector: Any) -> Any:
        arrays, start = [], 0
        for shape in shapes:
            end = start + prod(shape)
            arrays.append(np.reshape(vector[start:end], shape) if shape else vector[start])
            start = end
        remaining = iter(arrays)
        return _in_order_of(value, map_leaves(lambda _: next(remaining), ordered))

    return vector, unflatten


def flatten_func(f: Callable[..., Any], example: Any) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """The triple of f as a function of vectors, the function that makes a tree of a vector, and the example as a vector."""
    vector, unflatten = flatten(example)
    return lambda x, *args: flatten(f(unflatten(x), *args))[0], unflatten, vector


def _sorted(tree: Any) -> Any:
    """The same tree with sorted dicts."""
    if isinstance(tree, dict):
        return {key: _sorted(tree[key]) for key in sorted(tree)}
    if isinstance(tree, list | tuple):
        children = [_sorted(child) for child in tree]
        cls: Any = type(tree)
        return cls(*children) if hasattr(cls, "_fields") else cls(children)
    return tree


def _in_order_of(example: Any, tree: Any) -> Any:
    """The same tree with its dicts in the order of an example."""
    if isinstance(example, dict):
        return {key: _in_order_of(child, tree[key]) for key, child in example.items()}
    if isinstance(example, list | tuple):
        children = [_in_order_of(child, branch) for child, branch in zip(example, tree)]
        cls: Any = type(example)
        return cls(*children) if hasattr(cls, "_fields") else cls(children)
    return tree
