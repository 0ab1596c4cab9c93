"""Record, while a graph is computed, facts that it does not keep: source lines, modules, large values, gradients."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any
from weakref import WeakKeyDictionary, ref

from autograd.core.engine import Node
from autograd.core.grad_mode import on_record
from autograd.core.hooks import register
from autograd.core.tensor import Tensor
from autograd.utils.call_stack import Line, active_modules, user_line


@dataclass
class NodeRecord:
    """The facts about one node that its graph does not keep."""

    line: Line | None = None
    module: tuple[str, ...] = ()
    value: Any = None
    gradient: Any = None
    time: float | None = None  # in s, since the operation before
    saved: Sequence | None = None  # the values that gradient formulas name, which the backward pass frees


#: By id of a module: the module itself, which keeps the id in use, and its path and class.
ModulePaths = dict[int, tuple[Any, str]]

node_records: WeakKeyDictionary[Node, NodeRecord] = WeakKeyDictionary()


@contextmanager
def watch() -> Iterator[None]:
    """Keep, inside a `with` block, source lines, modules, and values and gradients of any size, for pictures.

    Without `watch` a picture shows only values of up to 128 elements, and no source lines. Values live as long as the graph.

    >>> import autograd
    >>> from autograd import Tensor
    >>> x = Tensor([1.0] * 200, requires_grad=True, name="x")
    >>> with autograd.draw.watch():
    ...     y = (x * 2).sum()
    >>> autograd.draw(y).vertices[-2].value.shape  # of x * 2
    (200,)
    """
    with on_record(partial(_record, {}, [perf_counter()])):
        yield


def _record(cache: dict[int, ModulePaths], last: list[float], result: Tensor) -> None:
    """Record a result; `last` holds the time of the record before."""
    node = result._node
    assert node is not None
    time = perf_counter() - last[0]
    record = node_records[node] = NodeRecord(user_line(), module_path(cache), result.data, saved=node.saved, time=time)
    register(node, partial(_record_gradient, ref(record)))
    last[0] = perf_counter()


def is_recorder(hook: Any) -> bool:
    """Whether a hook only records the gradient."""
    return getattr(hook, "func", None) is _record_gradient


def _record_gradient(record_ref: ref, g: Any) -> Any:
    record = record_ref()
    if record is not None:
        record.gradient = g.data if isinstance(g, Tensor) else g
    return g


def module_path(cache: dict[int, ModulePaths]) -> tuple[str, ...]:
    """The modules whose `forward` is running, from the outermost, by path and class: `("MLP", "0: Linear")`.

    cache: the paths of modules by id of the outermost module, so that a large model is not searched for every operation.
    """
    modules = active_modules()
    if not modules:
        return ()
    outermost = modules[-1]
    if any(id(module) not in cache.get(id(outermost), {}) for module in modules):
        cache[id(outermost)] = {
            id(module): (module, f"{path}: {type(module).__name__}" if path else type(module).__name__)
            for path, module in outermost.named_modules()
        }
        for module in modules:
            cache[id(outermost)].setdefault(id(module), (module, ""))  # a module that the outermost does not contain
    titles = [cache[id(outermost)][id(module)][1] for module in reversed(modules)]
    return tuple(dict.fromkeys(filter(None, titles)))
