"""The fast comparison: derivatives in one random direction, vᵀJu, with a difference and a complex step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.debug.check_spec import CheckFailure, CheckSpec, outputs_of
from autograd.debug.comparison import COMPLEX_SCALE, Comparison
from autograd.debug.numerical import as_float64, complex_slopes, flatten, loosely_close, random_signed, resolvable_step
from autograd.debug.purity import backward_arrays

FAST_SCALE = 1e-2  # of the tolerances for a sum over all elements, which hides the error of one


class Direction:
    """vᵀJu for random u and v, away from 0 in each element: one backward pass, and the two ends of one central difference."""

    def __init__(self, spec: CheckSpec, f: Callable[..., Any], order: int):
        self.spec, self.order = spec, order
        rng, eps = np.random.default_rng(order), spec.options.eps
        outputs, points = outputs_of(f, spec.inputs), as_float64(spec.inputs)
        u = {i: random_signed(rng, spec.inputs[i].shape) for i in spec.checked}
        v = [random_signed(rng, out.shape) for out in outputs]
        ends = [
            {i: points[i].numpy() + resolvable_step(step * u[i], points[i].numpy()) for i in spec.checked}
            for step in (-eps, eps)
        ]
        self.u = {i: (ends[1][i] - ends[0][i]) / (2 * eps) for i in spec.checked}  # after rounding
        self.v = np.concatenate([array.ravel() for array in v])
        self.values = flatten(outputs)
        left, right = (
            flatten(outputs_of(f, [Tensor(end[i], requires_grad=True) if i in end else x for i, x in enumerate(points)]))
            for end in ends
        )
        grads = backward_arrays(spec, outputs, v)
        self.exact = sum((self.u[i] * g).sum() for i, g in zip(spec.checked, grads))
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

    def check_against(self, comparison: Comparison) -> None:
        """Check that vᵀJu of one backward pass is that of the Jacobian by formula, whose elements agree with references.

        So a difference in this direction is forgiven if it comes from the step, and not if the gradient is nonlinear.
        """
        terms = [self.v[:, None] * matrix * self.u[i].ravel() for i, matrix in zip(self.spec.checked, comparison.exact)]
        expected, size = (sum(function(array).sum() for array in terms) for function in (np.asarray, np.abs))
        rtol, _ = self.spec.tolerances(size)
        margin = rtol * size + comparison.noise(1) * self.v.size * sum(u.size for u in self.u.values())
        if np.isfinite(size) and not np.abs(self.exact - expected) <= margin:
            raise CheckFailure(
                f"nonlinear gradient: each partial derivative is right, but a backward pass with a random arriving gradient gives "
                f"vᵀJu = {self.exact:.8g} (order {self.order}), and the partial derivatives give {expected:.8g}",
                order=self.order,
            )
