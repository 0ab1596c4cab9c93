"""Trees: nested lists, tuples and dicts. Every other object, None included, is a leaf."""

from collections.abc import Callable, Hashable, Iterator
from typing import Any


def leaves(tree: Any) -> Iterator[Any]:
    """Iterate over the leaves: elements of lists and tuples by position, values of dicts in insertion order.

    >>> from autograd.core.trees import leaves
    >>> list(leaves({"weights": [1, 2], "bias": (3, None)}))
    [1, 2, 3, None]
    """
    if isinstance(tree, dict):
        for child in tree.values():
            yield from leaves(child)
    elif isinstance(tree, list | tuple):
        for child in tree:
            yield from leaves(child)
    else:
        yield tree


def map_leaves(f: Callable[[Any], Any], tree: Any) -> Any:
    """Build a tree of the same structure with f(leaf) for each leaf, in the order of `leaves`.

    Lists and tuples, named tuples too, keep their type; every dict becomes a plain dict.

    >>> from autograd.core.trees import map_leaves
    >>> map_leaves(lambda x: 10 * x, {"weights": [1, 2], "bias": (3,)})
    {'weights': [10, 20], 'bias': (30,)}
    """
    if isinstance(tree, dict):
        return {key: map_leaves(f, child) for key, child in tree.items()}
    if isinstance(tree, list | tuple):
        children = [map_leaves(f, child) for child in tree]
        cls: Any = type(tree)
        return cls(*children) if hasattr(cls, "_fields") else cls(children)
    return f(tree)


def tree_key(f: Callable[[Any], Hashable], tree: Any) -> Hashable:
    """Make a hashable key that is equal for trees of the same structure whose leaves give equal f(leaf).

    >>> from autograd.core.trees import tree_key
    >>> tree_key(type, [1.0, 2.0]) == tree_key(type, [3.0, 4.0])
    True
    >>> tree_key(type, [1.0, 2.0]) == tree_key(type, (1.0, 2.0))
    False
    """
    if isinstance(tree, dict):
        return dict, tuple([(key, tree_key(f, child)) for key, child in tree.items()])
    if isinstance(tree, list | tuple):
        return type(tree), tuple([tree_key(f, child) for child in tree])
    return f(tree)
