"""The nodes of a recorded graph."""

from collections.abc import Collection, Iterable

from autograd.core.engine import Node


def tracked(node: Node) -> list[int]:
    """The indices of a node's inputs that have gradients."""
    return [i for i, source in enumerate(node.inputs) if isinstance(source, Node)]


def nodes_between(start: Iterable[Node], targets: Collection[Node]) -> set[Node]:
    """The nodes on the paths from `start` back to the targets; what is older than all targets is not visited.

    A gradient of the targets needs these nodes only.
    """
    oldest = max((node.number for node in targets), default=0)  # numbers count down
    visited = set(start)
    stack = list(visited)
    while stack:
        for source in stack.pop().inputs:
            if type(source) is Node and source.number <= oldest and source not in visited:
                visited.add(source)
                stack.append(source)
    leading = set(targets)
    for node in sorted(visited, key=lambda node: -node.number):
        if any(type(source) is Node and source in leading for source in node.inputs):
            leading.add(node)
    return leading


def depends_on_older(node: Node, number: int) -> bool:
    """Whether a node was computed from a node that is older than this number."""
    visited, stack = {node}, [node]
    while stack:
        newest = stack.pop()
        if newest.number > number:  # numbers count down
            return True
        for source in newest.inputs:
            if type(source) is Node and source not in visited:
                visited.add(source)
                stack.append(source)
    return False


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
