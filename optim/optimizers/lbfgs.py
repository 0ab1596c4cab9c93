"""L-BFGS: the curvature of the loss guessed from the last steps."""

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from autograd import Tensor
from autograd.extend import grad_arrays, mark_dirty, side_effect
from optim.optimizers.base import Optimizer
from optim.optimizers.line_search import Point, strong_wolfe
from optim.optimizers.param_group import ParamGroup
from optim.optimizers.state_dict import check_class

NUMBERS = ("n_iter", "func_evals", "distance", "scale", "loss")
VECTORS = ("direction", "gradient")
HISTORIES = ("moves", "changes")  # rows of numbers for all parameters; `rates` has one number for each row


class LBFGS(Optimizer):
    """Newton's step with a guessed inverse Hessian: w ← w + t d, d = −H g, H from past moves s and changes y of the gradient.

    H = (1 − ρ s yᵀ) H' (1 − ρ y sᵀ) + ρ s sᵀ with ρ = 1 / yᵀs, for the last moves in turn, from γ 1 with γ = yᵀs / yᵀy of the
    newest.

    params:           a list of parameters; they move together, so that there are no groups.
    lr:               t, or what a line search tries first.
    max_iter:         moves in a step.
    max_eval:         evaluations in a step, after which no move begins; 5/4 max_iter if not given, but 2 at least.
    tolerance_grad:   the step ends if no element of g is larger,
    tolerance_change: or if the loss or all parameters change by less.
    history_size:     how many moves are remembered.
    line_search_fn:   "strong_wolfe" for a t that suits; None takes lr (the first of all moves is at most lr long in the sum of
                      its elements).

    For whole batches, and for losses without noise. The method and defaults are PyTorch's; Keras has no L-BFGS. A penalty is to
    be a term of the loss here. State: two numbers per parameter and move remembered, and two more.

    Liu and Nocedal (1989), On the limited memory BFGS method for large scale optimization.

    >>> from autograd import Tensor
    >>> from optim import LBFGS
    >>> w = Tensor([-1.5, 2.0], requires_grad=True)
    >>> optimizer = LBFGS([w], max_iter=50, line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure).item()
    12.5
    >>> w.numpy().round(4).tolist()
    [1.0, 1.0]
    """

    allows_groups: ClassVar[bool] = False

    def __init__(
        self,
        params: Any,
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ):
        evaluations = max(2, max_iter * 5 // 4) if max_eval is None else max_eval
        options: dict[str, Any] = {"max_iter": max_iter, "max_eval": evaluations, "history_size": history_size}
        options |= {"tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "line_search_fn": line_search_fn}
        super().__init__(params, lr, options)
        self._forget()

    def _forget(self) -> None:
        self.n_iter, self.func_evals = 0, 0
        self.distance, self.scale, self.loss = 0.0, 1.0, math.inf
        self.direction = self.gradient = np.zeros(0, self.param_groups[0].packed.dtype)
        self.moves: list[np.ndarray] = []
        self.changes: list[np.ndarray] = []
        self.rates: list[float] = []

    @property
    def state_nbytes(self) -> int:
        return sum(array.nbytes for array in (self.direction, self.gradient, *self.moves, *self.changes))

    @side_effect
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Make up to max_iter moves.

        closure: clears the gradients, computes the loss, calls backward() and returns the loss; called many times.

        Returns the loss at the start. Raises TypeError without a closure, or if it returns no loss or leaves no gradients.
        """
        group = self.param_groups[0]
        group.repack()
        first, loss, gradient = self._measure(closure, group)
        evaluations = 1
        if np.abs(gradient).max(initial=0) <= group["tolerance_grad"]:
            return first
        for move in range(1, group["max_iter"] + 1):
            self.n_iter += 1
            self._turn(gradient, group["history_size"])
            before, self.loss, self.gradient = loss, loss, gradient
            slope = float(gradient @ self.direction)
            if slope > -group["tolerance_change"]:
                break
            distance = group["lr"] * (min(1.0, 1 / float(np.abs(gradient).sum())) if self.n_iter == 1 else 1.0)
            if group["line_search_fn"] is None:
                self.distance = distance
                self._move(group, group.packed, distance)
                if move < group["max_iter"]:  # with noise there is no use in a last look
                    _, loss, gradient = self._measure(closure, group)
                    evaluations += 1
            else:
                start = Point(0.0, loss, gradient, slope)
                found, used = self._search(closure, group, start, distance, group["max_eval"] - evaluations)
                self.distance, loss, gradient = found.distance, found.loss, found.gradient
                evaluations += used
            done = evaluations >= group["max_eval"] or np.abs(gradient).max() <= group["tolerance_grad"]
            moved = np.abs(self.direction).max() * abs(self.distance)
            if done or moved <= group["tolerance_change"] or abs(loss - before) < group["tolerance_change"]:
                break
        return first

    def _turn(self, gradient: np.ndarray, history_size: int) -> None:
        """Remember the last move and choose the next direction."""
        if self.n_iter == 1:
            self.direction = -gradient
            return
        change, move = gradient - self.gradient, self.direction * self.distance
        product = float(change @ move)
        if product > 1e-10:
            if len(self.moves) == history_size:
                del self.moves[0], self.changes[0], self.rates[0]
            self.moves.append(move)
            self.changes.append(change)
            self.rates.append(1 / product)
            self.scale = product / float(change @ change)
        direction = -gradient
        shares = []
        for s, y, rate in zip(reversed(self.moves), reversed(self.changes), reversed(self.rates)):
            shares.append(rate * float(s @ direction))
            direction -= shares[-1] * y
        direction *= self.scale
        for s, y, rate, share in zip(self.moves, self.changes, self.rates, reversed(shares)):
            direction += (share - rate * float(y @ direction)) * s
        self.direction = direction

    def _search(self, closure: Any, group: ParamGroup, start: Point, distance: float, tries: int) -> tuple[Point, int]:
        origin = group.packed.copy()

        def evaluate(distance: float) -> Point:
            self._move(group, origin, distance)
            _, loss, gradient = self._measure(closure, group)
            return Point(distance, loss, gradient, float(gradient @ self.direction))

        longest = float(np.abs(self.direction).max())
        found, used = strong_wolfe(evaluate, start, distance, longest, tries, tolerance=group["tolerance_change"])
        self._move(group, origin, found.distance)
        return found, used

    def _move(self, group: ParamGroup, origin: np.ndarray, distance: float) -> None:
        np.add(origin, self.direction * distance, out=group.packed)
        mark_dirty([group.packed])

    def _measure(self, closure: Any, group: ParamGroup) -> tuple[Any, float, np.ndarray]:
        """The loss, as it is and as a number, and the gradient of all parameters; 0 for those that have none."""
        self.func_evals += 1
        loss = self.evaluate(closure)
        arrived = grad_arrays(group.parameters)
        if not isinstance(loss, Tensor | float | np.generic):
            raise TypeError(f"the closure of LBFGS must return the loss, not {loss!r:.80}")
        if all(gradient is None for gradient in arrived):
            raise TypeError("the closure of LBFGS left no gradients; it must call backward() on the loss")
        present = [np.zeros(p.shape) if g is None else g for p, g in zip(group.parameters, arrived)]
        return loss, float(loss), np.concatenate(present, axis=None, dtype=group.packed.dtype, casting="same_kind")

    def state_dict(self) -> dict[str, Any]:
        """As of every optimizer, but with one entry for all parameters, whose arrays have their elements one after another."""
        entry: dict[str, Any] = {name: getattr(self, name) for name in NUMBERS} | {"rates": list(self.rates)}
        entry |= {name: getattr(self, name).copy() for name in VECTORS}
        size = self.param_groups[0].packed.size
        entry |= {name: np.array(getattr(self, name), self.direction.dtype).reshape(-1, size) for name in HISTORIES}
        return super().state_dict() | {"state": {0: entry} if self.n_iter else {}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        check_class(state, type(self).__name__)
        entry: Mapping[str, Any] = next(iter(state["state"].values()), {})
        names = (*NUMBERS, *VECTORS, *HISTORIES, "rates") if entry else ()
        packed = self.param_groups[0].packed
        for name in names:
            if name not in entry:
                raise ValueError(f"the state of LBFGS has no {name!r}")
            if name in (*VECTORS, *HISTORIES) and (own := np.shape(entry[name])[-1]) != packed.size:
                raise ValueError(f"this LBFGS has {packed.size} elements to move, but {name} in the state is of {own}")
        super().load_state_dict({**state, "state": {}})
        self._forget()
        for name in names:
            value = entry[name]
            if name in VECTORS:
                value = np.array(value, packed.dtype)
            elif name in HISTORIES:
                value = [np.array(row, packed.dtype) for row in value]
            setattr(self, name, list(value) if name == "rates" else value)
