"""L-BFGS: steps by an approximate inverse Hessian, estimated from the last steps."""

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
from optim.validation import as_number

NUMBERS = ("n_iter", "func_evals", "distance", "scale", "loss")
VECTORS = ("direction", "gradient")
HISTORIES = ("moves", "changes")  # matrices with one row for each remembered move; `rates` has one number for each


class LBFGS(Optimizer):
    """Newton's method with an approximate inverse Hessian H: w ← w + t d, d = −H g, H from moves s and gradient changes y.

    H ← (1 − ρ s yᵀ) H (1 − ρ y sᵀ) + ρ s sᵀ with ρ = 1 / yᵀs, for the remembered moves from the oldest to the newest. It starts
    from γ times the identity, with γ = yᵀs / yᵀy of the newest.

    params:           a list of parameters; they move together, so there are no groups.
    lr:               t without a line search; the first t that a line search tries.
    max_iter:         the largest number of moves in a step.
    max_eval:         no move begins after this number of evaluations in a step. By default 5/4 max_iter, but at least 2.
    tolerance_grad:   the step ends if no |gᵢ| is larger,
    tolerance_change: or if the loss or every parameter changes by less.
    history_size:     the number of remembered moves.
    line_search_fn:   "strong_wolfe" for a t by the strong Wolfe conditions, None for t = lr. The first of all moves has
                      lr · min(1, 1 / Σ|gᵢ|) in place of lr.

    Use it with full batches and losses without noise. It takes no penalty=: add a penalty to the loss. Method and defaults are
    PyTorch's; Keras has no L-BFGS. State: two numbers per element for each remembered move, and two more per element.

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
        self._reset()

    def _reset(self) -> None:
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

        closure: clears the gradients, computes the loss, calls backward() and returns the loss; it is called many times.

        Returns the loss at the start. Raises TypeError without a closure, or if it returns no loss or leaves no
        gradients.
        """
        group = self.param_groups[0]
        group.repack()
        first_loss, loss, gradient = self._evaluate_loss(closure, group)
        evaluations = 1
        if np.abs(gradient).max(initial=0) <= group["tolerance_grad"]:
            return first_loss
        for move in range(1, group["max_iter"] + 1):
            self.n_iter += 1
            self._update_direction(gradient, group["history_size"])
            previous_loss, self.loss, self.gradient = loss, loss, gradient
            slope = float(gradient @ self.direction)
            if slope > -group["tolerance_change"]:
                break
            distance = group["lr"] * (min(1.0, 1 / float(np.abs(gradient).sum())) if self.n_iter == 1 else 1.0)
            if group["line_search_fn"] is None:
                self.distance = distance
                self._move(group, group.packed, distance)
                if move < group["max_iter"]:  # the loss after the last move is not used
                    _, loss, gradient = self._evaluate_loss(closure, group)
                    evaluations += 1
            else:
                start = Point(0.0, loss, gradient, slope)
                end, search_evaluations = self._search(closure, group, start, distance, group["max_eval"] - evaluations)
                self.distance, loss, gradient = end.distance, end.loss, end.gradient
                evaluations += search_evaluations
            done = evaluations >= group["max_eval"] or np.abs(gradient).max() <= group["tolerance_grad"]
            largest_change = np.abs(self.direction).max() * abs(self.distance)
            if done or largest_change <= group["tolerance_change"] or abs(loss - previous_loss) < group["tolerance_change"]:
                break
        return first_loss

    def _update_direction(self, gradient: np.ndarray, history_size: int) -> None:
        """Add the last move to the history and compute the next direction, −H g, by two loops over the history."""
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
        alphas = []
        for s, y, rate in zip(reversed(self.moves), reversed(self.changes), reversed(self.rates)):
            alphas.append(rate * float(s @ direction))
            direction -= alphas[-1] * y
        direction *= self.scale
        for s, y, rate, alpha in zip(self.moves, self.changes, self.rates, reversed(alphas)):
            direction += (alpha - rate * float(y @ direction)) * s
        self.direction = direction

    def _search(self, closure: Any, group: ParamGroup, start: Point, distance: float, max_eval: int) -> tuple[Point, int]:
        origin = group.packed.copy()

        def evaluate(distance: float) -> Point:
            self._move(group, origin, distance)
            _, loss, gradient = self._evaluate_loss(closure, group)
            return Point(distance, loss, gradient, float(gradient @ self.direction))

        largest = float(np.abs(self.direction).max())
        end, evaluations = strong_wolfe(evaluate, start, distance, largest, max_eval, tolerance=group["tolerance_change"])
        self._move(group, origin, end.distance)
        return end, evaluations

    def _move(self, group: ParamGroup, origin: np.ndarray, distance: float) -> None:
        np.add(origin, self.direction * distance, out=group.packed)
        mark_dirty([group.packed])

    def _evaluate_loss(self, closure: Any, group: ParamGroup) -> tuple[Any, float, np.ndarray]:
        """The loss as the closure returns it, the loss as a float, and the flat gradient, 0 for parameters without one."""
        self.func_evals += 1
        loss = self.evaluate(closure)
        grads = grad_arrays(group.parameters)
        if not isinstance(loss, Tensor | float | np.generic):
            raise TypeError(f"the closure of LBFGS must return the loss, a Tensor or a float, not {loss!r:.80}")
        if all(g is None for g in grads):
            raise TypeError("the closure of LBFGS left no gradients; it must call backward() of the loss")
        arrays = [np.zeros(p.shape) if g is None else g for p, g in zip(group.parameters, grads)]
        return loss, as_number(loss), np.concatenate(arrays, axis=None, dtype=group.packed.dtype, casting="same_kind")

    def state_dict(self) -> dict[str, Any]:
        """The state as for every optimizer, but with a single entry, whose arrays are flat over all parameters."""
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
            if name in (*VECTORS, *HISTORIES) and (size := np.shape(entry[name])[-1]) != packed.size:
                raise ValueError(f"this LBFGS has {packed.size} elements, but {name} in the state has {size}")
        super().load_state_dict({**state, "state": {}})
        self._reset()
        for name in names:
            value = entry[name]
            if name in VECTORS:
                value = np.array(value, packed.dtype)
            elif name in HISTORIES:
                value = [np.array(row, packed.dtype) for row in value]
            setattr(self, name, list(value) if name == "rates" else value)
