"""What a graph does not remember by itself, noted while it is recorded: source lines, modules, large values."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, ref

from autograd.core.engine import Node
from autograd.core.grad_mode import on_record
from autograd.core.hooks import register
from autograd.core.tensor import Tensor
from autograd.utils.call_stack import Line, active_modules, user_line


@dataclass
class Note:
    """What was seen of one node."""

    line: Line | None = None
    module: tuple[str, ...] = ()
    value: Any = None
    gradient: Any = None


#: By id: a module, which is kept so that its id stays its own, and its path and kind.
Paths = dict[int, tuple[Any, str]]

notes: WeakKeyDictionary[Node, Note] = WeakKeyDictionary()


@contextmanager
def watch() -> Iterator[None]:
    """Note for pictures what is computed inside a `with` block: the lines of code, the modules, all values and gradients.

    Without it a picture shows values of up to 128 elements and no source lines. Values stay as long as the graph.

    >>> import autograd
    >>> from autograd import Tensor
    >>> x = Tensor([1.0] * 200, requires_grad=True, name="x")
    >>> with autograd.draw.watch():
    ...     y = (x * 2).sum()
    >>> autograd.draw(y).vertices[-2].value.shape  # of x * 2
    (200,)
    """
    with on_record(partial(_note, {})):
        yield


def _note(known: dict[int, Paths], result: Tensor) -> None:
    node = result._node
    assert node is not None
    note = notes[node] = Note(user_line(), modules(known), result.data)
    register(node, partial(_hear, ref(note)))


def _hear(note: ref, g: Any) -> Any:
    kept = note()
    if kept is not None:
        kept.gradient = g.data if isinstance(g, Tensor) else g
    return g


def modules(known: dict[int, Paths]) -> tuple[str, ...]:
    """The modules that are being computed, from the outermost, by path and kind: `("MLP", "0: Linear")`.

    known: what was found before; large models are not searched for every operation.
    """
    holders = active_modules()
    if not holders:
        return ()
    outermost = holders[-1]
    if any(id(holder) not in known.get(id(outermost), {}) for holder in holders):
        known[id(outermost)] = {
            id(module): (module, f"{path}: {type(module).__name__}" if path else type(module).__name__)
            for path, module in outermost.named_modules()
        }
        for holder in holders:
            known[id(outermost)].setdefault(id(holder), (holder, ""))  # not a part of it
    found = [known[id(outermost)][id(holder)][1] for holder in reversed(holders)]
    return tuple(dict.fromkeys(filter(None, found)))
