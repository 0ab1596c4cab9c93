"""The nodes of a recorded graph."""

from collections.abc import Iterable

from autograd.core.engine import Node


def tracked(node: Node) -> list[int]:
    """The indices of a node's inputs that have gradients."""
    return [i for i, source in enumerate(node.inputs) if isinstance(source, Node)]


def nodes(newest: Iterable[Node]) -> list[Node]:
    """These nodes and all nodes they depend on, the oldest first."""
    visited = set(newest)
    stack = list(visited)
    while stack:
        for source in stack.pop().inputs:
            if isinstance(source, Node) and source not in visited:
                visited.add(source)
                stack.append(source)
    return sorted(visited, key=lambda node: -node.number)
