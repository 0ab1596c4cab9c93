"""Learning without gradients, to compare backpropagation with: random changes of weights that are kept if the loss falls."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from autograd import Tensor
from autograd.extend import mark_dirty, side_effect
from optim.optimizers.base import Optimizer
from optim.validation import as_number


class WeightPerturbation(Optimizer):
    """Changes one random weight, w' = w + δ eᵢ, if L(w') < L(w); or all weights, w ← w − η (L(w + δ) − L(w)) / σ² · δ.

    params:  a list of parameters; a step perturbs one element of one of them, or all elements.
    lr:      η, used only with at_once.
    scale:   σ, the standard deviation of δ, which is normally distributed.
    at_once: perturb all weights together and correlate the change of the loss with theirs. The expected step is −η ∂L/∂w up to
             terms in σ², but its variance grows with the number of weights.
    rng:     a NumPy generator, or a seed for one.

    A step takes two evaluations of the loss, counted in `evaluations`, and tests one change. A gradient costs about three
    evaluations and has the derivatives of all weights. From the lectures: “randomly perturb one weight and see if it improves
    performance; if so, save the change”, “or all the weights in parallel and correlate the performance gain with the weight
    changes”. With at_once and both directions ±δ it would be SPSA. PyTorch and Keras have no such optimizer.

    Spall (1992), Multivariate stochastic approximation using a simultaneous perturbation gradient approximation; Jabri and
    Flower (1992), Weight perturbation.

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
        """Perturb weights, and keep or undo the change; with at_once, move along or against it.

        closure: computes and returns the loss, for the same examples in both calls; it need not call backward().

        Returns the loss before the step. Raises TypeError without a closure, or if it does not return a loss.
        """
        group = self.param_groups[0]
        group.repack()
        values, scale = group.packed, group["scale"]
        loss = self._loss(closure)
        origin = values.copy()
        if group["at_once"]:
            change = self.rng.normal(0, scale, values.size).astype(values.dtype)
        else:
            change = np.zeros_like(values)
            change[self.rng.integers(values.size)] = self.rng.normal(0, scale)
        self._assign(values, origin + change)
        change_of_loss = as_number(self._loss(closure)) - as_number(loss)
        if group["at_once"]:
            change *= -group["lr"] * change_of_loss / scale**2
            self._assign(values, origin + change if np.isfinite(change_of_loss) else origin)
        elif not change_of_loss < 0:
            self._assign(values, origin)
        return loss

    def _loss(self, closure: Any) -> Any:
        self.evaluations += 1
        loss = self.evaluate(closure)
        if not isinstance(loss, Tensor | float | np.generic):
            raise TypeError(f"the closure of WeightPerturbation must return the loss, a Tensor or a float, not {loss!r:.80}")
        return loss

    @staticmethod
    def _assign(values: np.ndarray, new: np.ndarray) -> None:
        values[...] = new
        mark_dirty([values])

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"evaluations": self.evaluations, "rng": self.rng.bit_generator.state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        if not {"evaluations", "rng"} <= set(state):
            raise ValueError("the state of WeightPerturbation must have an entry for evaluations and one for rng")
        super().load_state_dict(state)
        self.evaluations, self.rng.bit_generator.state = state["evaluations"], state["rng"]
