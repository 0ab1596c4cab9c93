"""The chain rule: the recorded graph, and the backward pass through it.

Every operation on tensors adds one `Node`, which refers to the nodes of its inputs: the newest node holds the whole graph.
`backward_pass` visits the nodes from the newest to the oldest. It multiplies the gradient that arrives at a node by the
local derivatives and passes the products to the inputs. Where paths meet, gradients add up.
"""

from collections.abc import Callable, Collection, Container, Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any
from weakref import ref

from numpy import errstate, float64

from autograd.core import hooks, in_place
from autograd.core.broadcasting import unbroadcast
from autograd.core.shape_dtype import KEEP_LIMIT
from autograd.errors import GraphError

# Numbers count down: the newest node has the smallest number and leaves the queue of `backward_pass` first.
next_number = count(-1, -1).__next__


class Node:
    """One recorded operation, or a leaf (its `operation` is None).

    A node never refers to its own tensor, so graphs hold no cycles and `del` frees them immediately.
    """

    __slots__ = (
        "__weakref__", "changed_at", "gradient", "hooks", "inputs", "name", "number", "operation", "options", "owner",
        "saved", "value",
    )  # fmt: skip

    operation: Any
    inputs: Sequence  # for each input its Node, or a constant as `apply.constant_input` stores it
    options: Any  # axis, shape, index …
    saved: Sequence | None  # the values that gradient formulas name, in the operation's layout; None once freed
    value: Any  # the result if it is small, or the value of a leaf; else its ShapeDtype
    number: int
    # Set only where needed:
    gradient: Any  # of the last backward pass, if small or retained
    changed_at: int  # the number at which a leaf's value was last replaced
    name: str | None  # the user's name for the tensor
    hooks: list[Callable[[Any], Any]]  # each may replace the gradient that arrives here
    owner: ref  # a leaf's tensor, which receives the gradient

    def __init__(self, operation: Any, inputs: Sequence, options: Any, saved: Sequence | None, value: Any):
        self.operation = operation
        self.inputs = inputs
        self.options = options
        self.saved = saved
        self.value = value
        self.number = next_number()


@errstate(all="ignore")  # a slope may rightly be infinite (√x at 0); `detect_anomaly` finds those that are mistakes
def backward_pass(
    start: dict[Node, Any],
    targets: Collection[Node] = (),
    retain: bool = False,
    make_tensor: Callable[[Any, Node], Any] | None = None,
    within: Container[Node] | None = None,
) -> dict[Node, Any]:
    """Carry gradients back through the graph; return those of the leaves and of the targets.

    contribution to an input = formula(gradient that arrived, the values it names)
    gradient of a tensor     = the sum of the contributions of all its uses

    start:       the gradients of the nodes that the pass starts from.
    targets:     nodes whose gradients are returned although they are no leaves.
    retain:      keep the saved values for another pass.
    make_tensor: makes a tensor of a value and its node. With it the formulas compute on tensors and record themselves, so that
                 gradients can be differentiated again; without it they compute on arrays.
    within:      the only nodes that receive gradients, as `graph.nodes_between` gives them; all by default.
    """
    pending_grads = dict(start)  # gradients that may still grow; in the end those of the leaves remain
    queue = [(node.number, node) for node in start if node.operation is not None]
    heapify(queue)
    target_grads = {}
    last_change = in_place.last_change
    has_hooks = targets or hooks.any_registered
    while queue:
        number, node = heappop(queue)  # the newest: all its uses are newer and done, so its gradient is complete
        g = pending_grads.pop(node)
        operation, inputs, saved = node.operation, node.inputs, node.saved
        if saved is None:
            raise GraphError(
                f"{operation.name}: an earlier backward() freed this part of the graph; "
                "call the earlier one with retain_graph=True to go through it twice"
            )
        if last_change < number:
            in_place.check_unmodified(node)
        if make_tensor is not None:
            saved = operation.saved_as_tensors(node, make_tensor)
        if has_hooks:
            g = hooks.run(node, g)
            if node in targets:
                target_grads[node] = g
        if type(g) is float64:
            node.gradient = g
        elif retain or g.size <= KEEP_LIMIT:
            node.gradient = g if make_tensor is None else g.data

        rules = operation.rules if operation.joint_formula is None else operation.split_joint(g, saved)
        for i, formula, position, getter in rules:
            source = inputs[i]
            if type(source) is not Node or (within is not None and source not in within):
                continue
            if position is None:
                contribution = formula(g)
            elif getter is None:
                contribution = formula(g, saved[position])
            else:
                contribution = formula(g, *getter(saved))
            if type(contribution) is not float64 or type(source.value) is not float64:
                like = source.value
                if contribution.shape != like.shape or contribution.dtype is not like.dtype:
                    contribution = unbroadcast(contribution, like, node)
                is_new_leaf = source.operation is None and source not in pending_grads
                if is_new_leaf and (contribution is g or contribution.base is not None):
                    contribution = contribution.copy()  # tensors never share their gradients
            if source in pending_grads:
                pending_grads[source] = pending_grads[source] + contribution
                continue
            pending_grads[source] = contribution
            if source.operation is not None:
                heappush(queue, (source.number, source))
        if not retain:
            node.saved = None
    if has_hooks:
        pending_grads = {node: hooks.run(node, g) for node, g in pending_grads.items()}
    pending_grads.update(target_grads)
    return pending_grads
