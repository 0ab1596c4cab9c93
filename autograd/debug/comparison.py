"""Comparison of every partial derivative of one order, by formula, with differences and complex steps; kinks."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.debug.check_spec import LOOSE_ATOL, LOOSE_RTOL, CheckFailure, CheckSpec, outputs_of
from autograd.debug.diagnosis import evidence, guess
from autograd.debug.numerical import (
    LONG_STEPS,
    complex_jacobian,
    differences,
    extrapolated_slopes,
    flatten,
    jacobian,
    one_sided_slopes,
)

ROUNDING = 1e-14  # of a result, relative
COMPLEX_SCALE = 1e-3  # of the tolerances, where a complex step is the reference


class Comparison:
    """The derivatives of `f`, which are of the given order of the checked function, as matrices."""

    def __init__(self, spec: CheckSpec, f: Callable[..., Any], order: int):
        self.spec, self.f, self.order = spec, f, order
        self.outputs = outputs_of(f, spec.inputs)
        self.exact = jacobian(self.outputs, spec.checked_inputs)
        self.differences = differences(spec, f, spec.inputs, self.outputs)
        self.origin = self.differences.center if f is spec.f else flatten(outputs_of(spec.f, spec.inputs))

    def check(self, known_kinks: set[tuple[int, int]]) -> set[tuple[int, int]]:
        """Raise CheckFailure at the first element that is wrong; return all kinks, as (input, element) pairs.

        known_kinks: those of lower orders; the derivatives there are not checked.
        """
        kinks = set(known_kinks)
        analytic = complex_jacobian(self.spec, self.order, self.differences, self.outputs) or ()
        for slot, i in enumerate(self.spec.checked):
            fits = self._fits(slot, known_kinks, kinks)
            if analytic:
                fits |= self._agrees_with(analytic[slot], slot)
            fits[:, [k for j, k in known_kinks if j == i]] = True
            if not fits.all():
                raise self._failure(slot, self.differences.central(slot), fits, "finite differences")
        for slot, slopes in enumerate(analytic):
            fits = self._agrees_with(slopes, slot)
            if not fits.all():
                raise self._failure(slot, slopes, fits, "complex step")
        return kinks

    def _fits(self, slot: int, known_kinks: set[tuple[int, int]], kinks: set[tuple[int, int]]) -> np.ndarray:
        """Where the formula fits: it agrees with central differences, or is between the slopes at a kink. Adds to `kinks`."""
        options, (points, center, lefts, rights) = self.spec.options, self.differences
        exact, left, right = self.exact[slot], lefts[slot], rights[slot]
        fits = self._agrees(slot)
        with np.errstate(invalid="ignore"):
            gap, size = np.abs(right - left), np.maximum(np.abs(left), np.abs(right))
            rtol, atol = self.spec.tolerances(size)
            noise = ROUNDING * np.abs(center)[:, None] / options.eps
            bent = gap > LOOSE_ATOL + noise + LOOSE_RTOL * size
            bent |= (gap > atol + self.noise(options.eps) + rtol * size) & ~fits
        for k in np.flatnonzero(bent.any(axis=0)):
            element = (self.spec.checked[slot], int(k))
            if element in known_kinks:
                continue
            slopes = np.array(one_sided_slopes(self.f, points, element, center, options.eps / 8))
            is_kink = bent[:, k] & (np.abs(slopes[1] - slopes[0]) >= gap[:, k] / 2)  # curvature would shrink with eps
            near = np.mean(one_sided_slopes(self.f, points, element, center, options.eps / 32), axis=0)
            fits[:, k] |= bent[:, k] & self.spec.close(exact[:, k], near, noise=self.noise(options.eps / 32))
            fits[:, k] = np.where(is_kink, self._is_between(exact[:, k], slopes), fits[:, k])
            if is_kink.any():
                kinks.add(element)
                wrong = is_kink & ~fits[:, k]
                row = int(np.argmax(wrong if wrong.any() else is_kink))
                self._report_kink(element, slopes[:, row], exact[row, k], bool(wrong.any()))
        return fits

    def _agrees(self, slot: int) -> np.ndarray:
        """Where the formula agrees with central differences, or with extrapolated ones where those do not suffice."""
        spec, eps, points = self.spec, self.spec.options.eps, self.differences.points
        exact, reference = self.exact[slot], self.differences.central(slot)
        noise = self.noise(LONG_STEPS[-1] * eps)
        agrees = spec.close(exact, reference, noise=noise)
        for k in np.flatnonzero(~agrees.all(axis=0)):
            for slopes, uncertainty in extrapolated_slopes(self.f, points, (spec.checked[slot], int(k)), eps):
                rtol, atol = spec.tolerances(reference)
                with np.errstate(invalid="ignore"):
                    margin = atol + rtol * np.abs(slopes) + noise + uncertainty
                    agrees[:, k] |= (np.abs(exact[:, k] - slopes) <= margin) & (margin < np.inf)
        return agrees

    def _agrees_with(self, analytic: np.ndarray, slot: int) -> np.ndarray:
        """Where the formula agrees with complex steps, which have no rounding error of differences."""
        return self.spec.close(self.exact[slot], analytic, COMPLEX_SCALE, self.noise(1) + ROUNDING)

    def noise(self, step: float) -> float:
        """The rounding error of differences of this step; higher derivatives that cancel have that of f's outputs."""
        sizes = np.abs(np.concatenate([self.differences.center, self.origin]))
        return ROUNDING * float(np.max(sizes, initial=0, where=sizes < np.inf)) / step

    def _is_between(self, formula: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        rtol, atol = self.spec.tolerances(slopes)
        margin = atol + rtol * np.abs(slopes).max(axis=0)
        return (slopes.min(axis=0) - margin <= formula) & (formula <= slopes.max(axis=0) + margin)

    def _report_kink(self, element: tuple[int, int], slopes: np.ndarray, formula: float, is_wrong: bool) -> None:
        """Report a kink; raise CheckFailure if the formula's value there is wrong."""
        i, k = element
        text = (
            f"kink in {self.spec.names()[i]} at {_index(k, self.spec.inputs[i].shape)}: "
            f"slope {slopes[0] + 0.0:.6g} on the left, {slopes[1] + 0.0:.6g} on the right, {formula:.6g} by formula"
        )
        if is_wrong:
            raise CheckFailure(f"{text}, which is not between them (order {self.order})", order=self.order)
        if self.spec.options.report is not None:
            self.spec.options.report(f"{self.spec.title()}: {text}")

    def _failure(self, slot: int, reference: np.ndarray, fits: np.ndarray, method: str) -> CheckFailure:
        """The failure at the first element that does not fit, with both numbers."""
        row, column = (int(n) for n in np.argwhere(~fits)[0])
        starts = np.cumsum([0] + [out.size for out in self.outputs])
        k = int(np.searchsorted(starts, row, side="right")) - 1
        names, checked = self.spec.names(), self.spec.checked
        i = checked[slot]
        source = "output" if self.order == 1 else f"order-{self.order - 1} gradient of {names[checked[k % len(checked)]]}"
        actual, expected = self.exact[slot][row, column], reference[row, column]
        relative = abs(actual - expected) / abs(expected) if expected else np.inf
        message = (
            f"the gradient of {names[i]} is wrong\n  order {self.order}: the derivative of {source} "
            f"{_index(row - starts[k], self.outputs[k].shape)} with respect to {names[i]} "
            f"at {_index(column, self.spec.inputs[i].shape)} "
            f"is {actual:.8g} by formula but {expected:.8g} by {method}, relative error {relative:.2g}"
        )
        return CheckFailure(message, lambda: guess(evidence(self.spec, self.f, self.order, k), i), self.order)


def _index(k: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(k, shape))
