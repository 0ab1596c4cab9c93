"""Hooks: functions that are called with the gradient of a node and may replace it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

any_registered = False  # whether any node has ever had a hook: backward passes without hooks skip the look-up


class Handle:
    """The registration of a hook."""

    def __init__(self, node: Any, hook: Callable[[Any], Any]):
        self._node, self._hook = node, hook

    def remove(self) -> None:
        """Remove the hook; no error if it is removed already."""
        if self._hook in self._node.hooks:
            self._node.hooks.remove(self._hook)


def register(node: Any, hook: Callable[[Any], Any], before_last: bool = False) -> Handle:
    """Call `hook` with every gradient that arrives at a node; its result replaces the gradient.

    before_last: run it before the hook that was registered last.
    """
    global any_registered
    any_registered = True
    if not hasattr(node, "hooks"):
        node.hooks = []
    node.hooks.insert(len(node.hooks) - before_last, hook)
    return Handle(node, hook)


@contextmanager
def disabled(nodes: Iterable[Any]) -> Iterator[None]:
    """Disable the hooks of these nodes inside a `with` block, because they must not get a part of a gradient."""
    removed = [(node, node.hooks) for node in nodes if hasattr(node, "hooks")]
    for node, _ in removed:
        node.hooks = []
    try:
        yield
    finally:
        for node, node_hooks in removed:
            node.hooks = node_hooks


def run(node: Any, g: Any) -> Any:
    """The gradient after the hooks of a node."""
    for hook in tuple(getattr(node, "hooks", ())):
        g = hook(g)
    return g
