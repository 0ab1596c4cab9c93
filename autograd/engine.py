"""The chain rule: what is recorded while computing, and how gradients travel back through it.

Every operation on tensors adds one `Node`. A node knows the nodes its inputs came from, so the newest
node holds the whole graph. `propagate` walks it from the newest node to the oldest: it multiplies the
gradient that arrives at a node by the node's local derivatives and hands the products on to its inputs.
Where several paths meet, the gradients add up.
"""

from collections.abc import Callable, Collection, Sequence
from heapq import heapify, heappop, heappush
from itertools import count, zip_longest
from typing import Any
from weakref import ref

from numpy import float64

from autograd import changes
from autograd.errors import GraphError, ShapeError
from autograd.kept import SMALL

# Numbers count down, so that the youngest node leaves the queue of `propagate` first.
next_number = count(-1, -1).__next__


class Node:
    """One recorded operation, or a leaf (its `operation` is None).

    A node never refers to its own tensor, so graphs hold no cycles and `del` frees them at once.
    """

    __slots__ = (
        "__weakref__",
        "changed",
        "gradient",
        "inputs",
        "name",
        "number",
        "operation",
        "options",
        "owner",
        "saved",
        "value",
    )

    operation: Any
    inputs: tuple  # for each input its Node, or what is known of a constant
    options: Any  # axis, shape, index …
    saved: Sequence | None  # what the gradient formulas ask for, see Operation; None once freed
    value: Any  # the result if it is small, or a leaf's; else Absent
    number: int
    # Set only when there is something to say:
    gradient: Any  # what the last backward pass brought, if small or retained
    changed: int  # when the value was last changed in place
    name: str | None  # given by a person
    owner: ref  # a leaf's tensor, which receives the gradient

    def __init__(self, operation: Any, inputs: tuple, options: Any, saved: Sequence | None, value: Any):
        self.operation = operation
        self.inputs = inputs
        self.options = options
        self.saved = saved
        self.value = value
        self.number = next_number()


def propagate(
    start: dict[Node, Any],
    targets: Collection[Node] = (),
    retain: bool = False,
    wrap: Callable[[Any, Node], Any] | None = None,
) -> dict[Node, Any]:
    """Carry the gradients in `start` back through the graph; return what arrived at leaves and targets.

    contribution to an input = formula(gradient that arrived, the values it names)
    gradient of a tensor     = the sum of the contributions of all its uses
    retain: keep what the formulas need, for another pass.
    wrap:   makes a tensor of a value and its node. With it the formulas compute on tensors and so record
            themselves, and gradients can be differentiated again; without it they compute on plain arrays.
    """
    waiting = dict(start)  # gradients still growing; in the end those of the leaves remain
    queue = [(node.number, node) for node in start if node.operation is not None]
    heapify(queue)
    arrived = {}
    last_change = changes.last
    while queue:
        number, node = heappop(queue)  # the youngest: all its uses are younger still, so its gradient is complete
        g = waiting.pop(node)
        operation, inputs, saved = node.operation, node.inputs, node.saved
        if saved is None:
            raise GraphError(
                f"{operation.name}: an earlier backward() freed this part of the graph; "
                "call the earlier one with retain_graph=True to go through it twice"
            )
        if last_change < number:
            changes.check(node)
        if wrap is not None:
            saved = wrapped(node, wrap)
        if type(g) is float64 or retain or g.size <= SMALL:
            node.gradient = g if wrap is None else g.data
        if targets and node in targets:
            arrived[node] = g

        for i, formula, one, several in operation.rules if operation.joint is None else operation.parted(g, saved):
            source = inputs[i]
            if type(source) is not Node:
                continue
            if one is None:
                contribution = formula(g)
            elif several is None:
                contribution = formula(g, saved[one])
            else:
                contribution = formula(g, *several(saved))
            if type(contribution) is not float64 or type(source.value) is not float64:
                contribution = fit(contribution, source.value, node)
            if source in waiting:
                waiting[source] = waiting[source] + contribution
            elif source.operation is None:
                waiting[source] = contribution if type(contribution) is float64 else owned(contribution, g)
            else:
                waiting[source] = contribution
                heappush(queue, (source.number, source))
        if not retain:
            node.saved = None
    return arrived | waiting


def wrapped(node: Node, wrap: Callable[[Any, Node], Any]) -> list:
    """The saved values as tensors that know their place in the graph."""
    sources = zip_longest(node.saved or (), (*node.inputs, node))
    return [wrap(value, source) if type(source) is Node and value is not None else value for value, source in sources]


def fit(contribution: Any, like: Any, node: Node) -> Any:
    """Give a contribution its input's shape, by summing over what was broadcast, and its input's dtype."""
    shape = like.shape
    if contribution.shape != shape:
        extra = len(contribution.shape) - len(shape)
        ones = [extra + i for i, n in enumerate(shape) if n == 1]
        summed = contribution.sum(axis=(*range(extra), *ones)) if extra >= 0 else contribution
        if summed.shape != tuple(n for n in shape if n != 1):
            raise ShapeError(
                f"{node.operation.name}: a gradient formula gave shape {contribution.shape}, "
                f"which does not fit its input of shape {shape}"
            )
        contribution = summed.reshape(shape) if shape else summed
    return contribution if contribution.dtype == like.dtype else contribution.astype(like.dtype)


def owned(g: Any, passed: Any) -> Any:
    """Copy a gradient that a formula merely passed on or viewed: tensors never share their gradients."""
    return g.copy() if g is passed or getattr(g, "_data", g).base is not None else g
