"""Learning without gradients: change weights at random and see whether the loss falls. Backprop is measured against it."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from autograd import Tensor
from autograd.extend import mark_dirty, side_effect
from optim.optimizers.base import Optimizer


class WeightPerturbation(Optimizer):
    """One weight changed at random, w' = w + δ eᵢ, and kept if L(w') < L(w); or all, w ← w − η (L(w + δ) − L(w)) / σ² · δ.

    params:  a list of parameters; one element of them all, or all at once, are perturbed in a step.
    lr:      η; only for all at once.
    scale:   σ, of the normal distribution of δ.
    at_once: perturb all weights together and correlate the change of the loss with theirs: the expected move is −η ∂L/∂w up to
             terms in σ², but its noise grows with the number of weights.
    rng:     generator or seed of one.

    A step takes two evaluations of the loss, counted in `evaluations`, and learns about one number; a gradient costs about
    three, and learns about all. From the lectures: “randomly perturb one weight and see if it improves performance; if so, save
    the change”, “or all the weights in parallel and correlate the performance gain with the weight changes”. All at once with
    both directions ±δ is SPSA: Spall (1992), Multivariate stochastic approximation using a simultaneous perturbation gradient
    approximation; Jabri and Flower (1992), Weight perturbation. There is no twin in PyTorch or Keras.

    >>> from autograd import Tensor
    >>> from optim import WeightPerturbation
    >>> w = Tensor([3.0, -2.0], requires_grad=True)
    >>> optimizer = WeightPerturbation([w], scale=0.3, rng=0)
    >>> for _ in range(200):
    ...     loss = optimizer.step(lambda: (w * w).sum())
    >>> loss.item() < 0.01, optimizer.evaluations
    (True, 400)
    """

    allows_groups: ClassVar[bool] = False

    def __init__(
        self,
        params: Any,
        lr: float = 0.01,
        scale: float = 0.1,
        at_once: bool = False,
        rng: "np.random.Generator | int | None" = None,
    ):
        super().__init__(params, lr, {"scale": scale, "at_once": at_once})
        self.rng = np.random.default_rng(rng)
        self.evaluations = 0

    @side_effect
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change weights, and keep, undo or follow the change.

        closure: computes the loss and returns it, of the same examples both times; it needs no backward().

        Returns the loss before. Raises TypeError without a closure or if it returns no loss.
        """
        group = self.param_groups[0]
        group.repack()
        values, scale = group.packed, group["scale"]
        before = self._loss(closure)
        origin = values.copy()
        if group["at_once"]:
            change = self.rng.normal(0, scale, values.size).astype(values.dtype)
        else:
            change = np.zeros_like(values)
            change[self.rng.integers(values.size)] = self.rng.normal(0, scale)
        self._put(values, origin + change)
        gain = float(self._loss(closure)) - float(before)
        if group["at_once"]:
            change *= -group["lr"] * gain / scale**2
            self._put(values, origin + change if np.isfinite(gain) else origin)
        elif not gain < 0:
            self._put(values, origin)
        return before

    def _loss(self, closure: Any) -> Any:
        self.evaluations += 1
        loss = self.evaluate(closure)
        if not isinstance(loss, Tensor | float | np.generic):
            raise TypeError(f"the closure of WeightPerturbation must return the loss, not {loss!r:.80}")
        return loss

    @staticmethod
    def _put(values: np.ndarray, new: np.ndarray) -> None:
        values[...] = new
        mark_dirty([values])

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"evaluations": self.evaluations, "rng": self.rng.bit_generator.state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        if not {"evaluations", "rng"} <= set(state):
            raise ValueError("the state of WeightPerturbation has an entry for evaluations and one for rng")
        super().load_state_dict(state)
        self.evaluations, self.rng.bit_generator.state = state["evaluations"], state["rng"]
