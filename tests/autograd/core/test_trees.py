"""Trees are read, mapped and compared alike by every part of the engine."""

from collections import OrderedDict
from typing import Any, NamedTuple

from autograd.core.trees import leaves, map_leaves, tree_key


class Pair(NamedTuple):
    first: Any
    second: Any


def test_leaves_come_in_order_and_empty_containers_have_none():
    tree = {"b": [1, (2, Pair(3, [4]))], "a": None, "c": [], "d": {}}
    assert list(leaves(tree)) == [1, 2, 3, 4, None]
    assert list(leaves("text")) == ["text"]


def test_map_keeps_the_structure():
    tree = [1, (2, Pair(3, {"x": 4})), OrderedDict(y=5)]
    mapped = map_leaves(lambda x: -x, tree)
    assert mapped == [-1, (-2, Pair(-3, {"x": -4})), {"y": -5}]
    assert type(mapped[1][1]) is Pair
    assert type(mapped[2]) is dict


def test_map_visits_leaves_in_the_order_of_leaves():
    tree = {"b": [1, (2, 3)], "a": 4}
    visited = []
    map_leaves(visited.append, tree)
    assert visited == list(leaves(tree))


def test_keys_differ_for_other_structures_and_leaves():
    trees = [[1, 2], (1, 2), Pair(1, 2), {"a": 1, "b": 2}, {"a": 1, "c": 2}, [1, [2]], [1.0, 2], 1, [1]]
    assert len({tree_key(type, tree) for tree in trees}) == len(trees)
    assert tree_key(type, Pair(1, 2)) == tree_key(type, Pair(3, 4))
