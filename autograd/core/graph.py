"""Walking a recorded graph, for whoever reads it."""

from collections.abc import Iterable

from autograd.core.engine import Node


def tracked(node: Node) -> list[int]:
    """The places of a node's inputs that have gradients."""
    return [i for i, source in enumerate(node.inputs) if isinstance(source, Node)]


def nodes(newest: Iterable[Node]) -> list[Node]:
    """These nodes and all that they were computed from, oldest first."""
    found = set(newest)
    stack = list(found)
    while stack:
        for source in stack.pop().inputs:
            if isinstance(source, Node) and source not in found:
                found.add(source)
                stack.append(source)
    return sorted(found, key=lambda node: -node.number)
