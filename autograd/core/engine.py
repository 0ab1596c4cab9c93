"""The chain rule: what is recorded while computing, and how gradients travel back through it.

Every operation on tensors adds one `Node`, which knows the nodes its inputs came from: the newest node holds
the whole graph. `backward_pass` walks it from the newest to the oldest, multiplies the gradient that arrives at a
node by its local derivatives and hands the products on to its inputs. Where paths meet, gradients add up.
"""

from collections.abc import Callable, Collection, Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any
from weakref import ref

from numpy import errstate, float64

from autograd.core import hooks, in_place
from autograd.core.shape_dtype import KEEP_LIMIT
from autograd.errors import GraphError, ShapeError

# Numbers count down, so that the youngest node leaves the queue of `backward_pass` first.
next_number = count(-1, -1).__next__


class Node:
    """One recorded operation, or a leaf (its `operation` is None).

    A node never refers to its own tensor, so graphs hold no cycles and `del` frees them at once.
    """

    __slots__ = (
        "__weakref__", "changed_at", "gradient", "hooks", "inputs", "name", "number", "operation", "options", "owner",
        "saved", "value",
    )  # fmt: skip

    operation: Any
    inputs: Sequence  # for each input its Node, or what is known of a constant
    options: Any  # axis, shape, index …
    saved: Sequence | None  # what the gradient formulas ask for, see Operation; None once freed
    value: Any  # the result if it is small, or a leaf's; else ShapeDtype
    number: int
    # Set only when there is something to say:
    gradient: Any  # what the last backward pass brought, if small or retained
    changed_at: int  # when a leaf's value was last changed, so that a picture does not take it for the old one
    name: str | None  # given by a person
    hooks: list[Callable[[Any], Any]]  # each may replace the gradient that arrives here
    owner: ref  # a leaf's tensor, which receives the gradient

    def __init__(self, operation: Any, inputs: Sequence, options: Any, saved: Sequence | None, value: Any):
        self.operation = operation
        self.inputs = inputs
        self.options = options
        self.saved = saved
        self.value = value
        self.number = next_number()


@errstate(all="ignore")  # a slope may rightly be infinite (√x at 0); what is so by mistake `detect_anomaly` finds
def backward_pass(
    start: dict[Node, Any],
    targets: Collection[Node] = (),
    retain: bool = False,
    wrap: Callable[[Any, Node], Any] | None = None,
    stop: bool = False,
) -> dict[Node, Any]:
    """Carry the gradients in `start` back through the graph; return what arrived at leaves and targets.

    contribution to an input = formula(gradient that arrived, the values it names)
    gradient of a tensor     = the sum of the contributions of all its uses
    retain: keep what the formulas need, for another pass.
    wrap:   makes a tensor of a value and its node. With it the formulas compute on tensors and so record
            themselves, and gradients can be differentiated again; without it they compute on plain arrays.
    stop:   go no further than the targets.
    """
    waiting = dict(start)  # gradients still growing; in the end those of the leaves remain
    queue = [(node.number, node) for node in start if node.operation is not None]
    heapify(queue)
    arrived = {}
    last_change = in_place.last_change
    watched = targets or hooks.any_registered
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
            in_place.check_unmodified(node)
        if wrap is not None:
            saved = operation.saved_as_tensors(node, wrap)
        if watched:
            g = hooks.run(node, g)
            if node in targets:
                arrived[node] = g
                if stop:
                    continue
        if type(g) is float64:
            node.gradient = g
        elif retain or g.size <= KEEP_LIMIT:
            node.gradient = g if wrap is None else g.data

        for i, formula, one, several in operation.rules if operation.joint_formula is None else operation.split_joint(g, saved):
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
                like = source.value
                if contribution.shape != like.shape or contribution.dtype is not like.dtype:
                    contribution = unbroadcast(contribution, like, node)
                if source.operation is None and source not in waiting and (contribution is g or contribution.base is not None):
                    contribution = contribution.copy()  # passed on or a view: tensors never share their gradients
            if source in waiting:
                waiting[source] = waiting[source] + contribution
                continue
            waiting[source] = contribution
            if source.operation is not None:
                heappush(queue, (source.number, source))
        if not retain:
            node.saved = None
    if watched:
        waiting = {node: hooks.run(node, g) for node, g in waiting.items()}
    waiting.update(arrived)
    return waiting


def unbroadcast(contribution: Any, like: Any, node: Node) -> Any:
    """Give a contribution its input's shape, by summing over what was broadcast, and its input's dtype."""
    shape = like.shape
    extra = len(contribution.shape) - len(shape)
    if extra > 0:
        contribution = contribution.sum(axis=0 if extra == 1 else tuple(range(extra)))
    if contribution.shape != shape:
        ones = tuple(i for i, n in enumerate(shape) if n == 1)
        summed = contribution.sum(axis=ones, keepdims=True) if extra >= 0 else contribution
        if summed.shape != shape:
            raise ShapeError(
                f"{node.operation.name}: a gradient formula gave shape {contribution.shape}, "
                f"which does not fit its input of shape {shape}"
            )
        contribution = summed
    return contribution if contribution.dtype == like.dtype else contribution.astype(like.dtype)
