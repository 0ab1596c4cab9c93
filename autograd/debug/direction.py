"""The fast comparison: derivatives in one random direction, vᵀJu, with a difference and a complex step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.debug.check_spec import CheckFailure, CheckSpec, outputs_of
from autograd.debug.comparison import COMPLEX_SCALE, ROUNDING, Comparison
from autograd.debug.numerical import (
    SENSITIVITY,
    as_float64,
    complex_slopes,
    disturbed_inputs,
    flatten,
    loosely_close,
    random_signed,
    resolvable_step,
)
from autograd.debug.purity import backward_arrays

FAST_SCALE = 1e-2  # of the tolerances for a sum over all elements, which hides the error of one


class Direction:
    """vᵀJu for random u and v, away from 0 in each element: one backward pass, and the two ends of one central difference."""

    def __init__(self, spec: CheckSpec, f: Callable[..., Any], order: int):
        self.spec, self.order = spec, order
        rng, eps = np.random.default_rng(order), spec.options.eps
        outputs, points = outputs_of(f, spec.inputs), as_float64(spec.inputs)
        self.f, self.grad_outputs = f, [random_signed(rng, out.shape) for out in outputs]
        u = {i: random_signed(rng, spec.inputs[i].shape) for i in spec.checked}
        ends = [
            {i: points[i].numpy() + resolvable_step(step * u[i], points[i].numpy()) for i in spec.checked}
            for step in (-eps, eps)
        ]
        self.u = {i: (ends[1][i] - ends[0][i]) / (2 * eps) for i in spec.checked}  # after rounding
        self.v = np.concatenate([array.ravel() for array in self.grad_outputs])
        self.values = flatten(outputs)
        left, right = (
            flatten(outputs_of(f, [Tensor(end[i], requires_grad=True) if i in end else x for i, x in enumerate(points)]))
            for end in ends
        )
        self.exact = self._product(outputs, spec.inputs)
        self.reference = self.v @ ((right - left) / (2 * eps))

    def agrees(self) -> bool:
        """Whether the formula agrees with both references."""
        spec, reference = self.spec, self.reference
        if not spec.close(self.exact, reference, FAST_SCALE):
            return False
        slopes = complex_slopes(spec, self.order, self.values, [self.u])
        if slopes is None or not loosely_close(self.v @ slopes[:, 0], reference):
            return True  # not analytic, or without complex numbers
        return bool(spec.close(self.exact, self.v @ slopes[:, 0], COMPLEX_SCALE))

    def _product(self, outputs: list[Tensor], inputs: list[Tensor]) -> Any:
        """vᵀJu by formula."""
        grads = backward_arrays(self.spec, outputs, self.grad_outputs, [inputs[i] for i in self.spec.checked])
        return sum((self.u[i] * g).sum() for i, g in zip(self.spec.checked, grads))

    def _effect_of_rounding(self) -> float:
        """The change of vᵀJu for inputs that are rounded otherwise."""
        inputs = disturbed_inputs(self.spec.inputs, np.float64)
        return abs(self._product(outputs_of(self.f, inputs), inputs) - self.exact)

    def check_against(self, comparison: Comparison) -> None:
        """Check that vᵀJu of one backward pass is that of the Jacobian by formula, whose elements agree with references.

        So a difference in this direction is forgiven if it comes from the step, and not if the gradient is nonlinear.
        """
        terms = [self.v[:, None] * matrix * self.u[i].ravel() for i, matrix in zip(self.spec.checked, comparison.exact)]
        expected, size = (sum(function(array).sum() for array in terms) for function in (np.asarray, np.abs))
        rtol, _ = self.spec.tolerances(size)
        count = self.v.size * sum(u.size for u in self.u.values())
        noise = count * (comparison.noise(1) + ROUNDING * max(np.abs(u).max(initial=0) for u in self.u.values()))
        difference = abs(self.exact - expected)
        if difference > rtol * size + noise and difference > SENSITIVITY * self._effect_of_rounding():
            raise CheckFailure(
                "nonlinear gradient: each partial derivative is right, but a backward pass with a random arriving gradient "
                f"gives vᵀJu = {self.exact:.8g} (order {self.order}), and the partial derivatives give {expected:.8g}",
                order=self.order,
            )
