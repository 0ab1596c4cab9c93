"""Nested lists, tuples and dicts: their leaves, and a function applied to each."""

from collections.abc import Callable, Iterator
from typing import Any


def leaves(tree: Any) -> Iterator[Any]:
    """The leaves of nested lists, tuples and dicts, in order.

    >>> from autograd.core.trees import leaves
    >>> list(leaves({"a": [1, (2, 3)], "b": 4}))
    [1, 2, 3, 4]
    """
    if isinstance(tree, dict):
        for subtree in tree.values():
            yield from leaves(subtree)
    elif isinstance(tree, list | tuple):
        for subtree in tree:
            yield from leaves(subtree)
    else:
        yield tree


def map_leaves(f: Callable[[Any], Any], tree: Any) -> Any:
    """The same nested structure with f applied to every leaf; named tuples stay named.

    >>> from autograd.core.trees import map_leaves
    >>> map_leaves(abs, {"a": [-1, (-2, 3)]})
    {'a': [1, (2, 3)]}
    """
    if isinstance(tree, dict):
        return {name: map_leaves(f, subtree) for name, subtree in tree.items()}
    if isinstance(tree, list | tuple):
        parts = [map_leaves(f, subtree) for subtree in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return f(tree)
