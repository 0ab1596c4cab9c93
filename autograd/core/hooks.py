"""Functions that listen at a node for the gradients that arrive there, and may change them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

any_registered = False  # whether a node has ever been given a hook: programs without hooks do not pay for them


class Handle:
    """What taking a hook off again needs."""

    def __init__(self, node: Any, hook: Callable[[Any], Any]):
        self._node, self._hook = node, hook

    def remove(self) -> None:
        """Take the hook off; harmless if it is off already."""
        if self._hook in self._node.hooks:
            self._node.hooks.remove(self._hook)


def register(node: Any, hook: Callable[[Any], Any], before_last: bool = False) -> Handle:
    """Call `hook` with every gradient that arrives at a node; what it returns takes the gradient's place."""
    global any_registered
    any_registered = True
    if not hasattr(node, "hooks"):
        node.hooks = []
    node.hooks.insert(len(node.hooks) - before_last, hook)
    return Handle(node, hook)


@contextmanager
def disabled(nodes: Iterable[Any]) -> Iterator[None]:
    """Without the hooks of these nodes inside a `with` block: a part of a gradient is none they should hear."""
    silenced = [(node, node.hooks) for node in nodes if hasattr(node, "hooks")]
    for node, _ in silenced:
        node.hooks = []
    try:
        yield
    finally:
        for node, found in silenced:
            node.hooks = found


def run(node: Any, g: Any) -> Any:
    """A gradient as the hooks of a node leave it."""
    for hook in tuple(getattr(node, "hooks", ())):
        g = hook(g)
    return g
