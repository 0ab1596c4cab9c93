"""Variations of a call that can make it illegal: signs, shapes that broadcast, float32. Illegal ones are skipped."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from autograd.core.tensor import Tensor
from autograd.debug.check_spec import CheckSpec, outputs_of
from autograd.debug.numerical import flatten, random_signed
from autograd.debug.purity import backward_arrays
from autograd.debug.variations import Variation, compare, labelled_arrays
from autograd.errors import GradientError

#: By name: the same numbers with other signs.
SIGNS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "negated": np.negative,
    "with alternating signs": lambda x: x * np.where(np.arange(x.size).reshape(x.shape) % 2, -1, 1),
}
LARGEST = 10_000  # elements of all inputs together: on failure each of them is checked
SHRINK = 0.97  # a second copy of an input is multiplied by this, so that no two elements are tied


@np.errstate(all="ignore")
def check_domain(
    spec: CheckSpec, functions: Sequence[tuple[Callable[..., Any], int]], check: Callable[[CheckSpec], Any]
) -> None:
    """Check f at inputs with other signs and shapes; raise GradientError. Skips are reported to the `report` of the options.

    functions: those whose first derivatives are the derivatives of each order, with the order.
    check:     checks a spec of the same function at other inputs.
    """
    for variation in chain(signs(spec), shapes(spec)):
        reason = _reason_to_skip(spec, variation)
        if reason:
            _report_skip(spec, variation, reason)
            continue
        order = _highest_finite_order(spec, variation.inputs, functions)
        if order < spec.options.order:
            _report_skip(spec, variation, f"its derivatives of order {order + 1} are not finite there")
        if sum(x.size for x in variation.inputs) > LARGEST:
            _report_skip(spec, variation, f"its inputs have more than {LARGEST} elements")
            continue
        f = _Probe(spec.f)
        options = replace(spec.options, order=order, vary=False, fast=True)
        try:
            check(replace(spec, f=f, inputs=variation.inputs, options=options))
        except GradientError as error:
            raise GradientError(f"{spec.title()}: wrong {variation.description}\n  {error}") from error
        except Exception as error:
            if error is not f.error:
                raise GradientError(f"{spec.title()}: fails {variation.description}\n  {_summary(error)}") from error
            _report_skip(spec, variation, f"{_summary(error)}, for inputs nearby")


class _Probe:
    """A function that remembers the last error that it raised."""

    def __init__(self, f: Callable[..., Any]):
        self.f = f
        self.error: Exception | None = None
        if hasattr(f, "operation"):
            self.operation = f.operation

    def __call__(self, *inputs: Any) -> Any:
        try:
            return self.f(*inputs)
        except Exception as error:
            self.error = error
            raise


def check_single_precision(spec: CheckSpec, functions: Sequence[tuple[Callable[..., Any], int]]) -> None:
    """Check that f in float32 gives the derivatives of float64 at the same numbers; raise CheckFailure or GradientError."""
    rounded = [_in_dtype(_in_dtype(x, np.float32), np.float64) for x in spec.inputs]
    if any(spec.inputs[i].dtype != np.float64 for i in spec.checked):
        return
    for variation in _in_single_precision(spec, rounded):
        reason = _reason_to_skip(spec, variation)
        if reason:
            _report_skip(spec, variation, reason)
            continue
        for f, order in functions:
            expected = labelled_arrays(spec, f, spec.checked, rounded)
            compare(spec, f, order, spec.checked, rounded, expected, variation, set())


def signs(spec: CheckSpec) -> Iterator[Variation]:
    """The inputs with other signs: each alone, and all together."""
    floats = [i for i, x in enumerate(spec.inputs) if x.dtype.kind == "f" and x.size]
    groups = [[i] for i in floats] + ([floats] if len(floats) > 1 else [])
    for name, change in SIGNS.items():
        for group in groups:
            yield from _varied(spec, group, change, name, "for other signs")


def shapes(spec: CheckSpec) -> Iterator[Variation]:
    """The inputs with other shapes: each alone, smaller or with one more axis; all together with one more."""
    floats = [i for i, x in enumerate(spec.inputs) if x.dtype.kind == "f" and x.size]
    for i in floats:
        x = spec.inputs[i]
        for axis in [axis for axis in range(x.ndim) if x.shape[axis] > 1]:
            yield from _varied(
                spec, [i], lambda a, axis=axis: a.take([0], axis), f"of size 1 in axis {axis}", "for broadcast inputs"
            )
        if x.ndim > 1:
            yield from _varied(spec, [i], lambda a: a[0], "without its first axis", "for broadcast inputs")
        if x.ndim:
            yield from _varied(spec, [i], lambda a: a.reshape(-1)[0], "a number", "for broadcast inputs")
    for group in [[i] for i in floats] + ([floats] if len(floats) > 1 else []):
        yield from _varied(spec, group, lambda a: np.stack([a, SHRINK * a]), "with one more axis", "for broadcast inputs")


def _varied(
    spec: CheckSpec, group: list[int], change: Callable[..., Any], change_name: str, class_name: str
) -> Iterator[Variation]:
    """The inputs with a change of those in a group; nothing if it changes none of them."""
    inputs, names = list(spec.inputs), spec.names()
    for i in group:
        inputs[i] = Tensor(change(inputs[i].numpy()), inputs[i].requires_grad, inputs[i].dtype)
    if any(not np.array_equal(inputs[i].data, spec.inputs[i].data) for i in group):
        changed = " and ".join(f"{names[i]} (shape {inputs[i].shape})" for i in group)
        verb = "is" if len(group) == 1 else "are"
        yield Variation(f"{class_name}: where {changed} {verb} {change_name}", inputs)


def _in_single_precision(spec: CheckSpec, rounded: list[Tensor]) -> Iterator[Variation]:
    names = spec.names()
    groups = [spec.checked] + ([[i] for i in spec.checked] if len(spec.checked) > 1 else [])
    for group in groups:
        inputs = [_in_dtype(x, np.float32) if i in group else x for i, x in enumerate(rounded)]
        changed = " and ".join(f"{names[i]} (shape {inputs[i].shape})" for i in group)
        yield Variation(f"in float32: where {changed} {'is' if len(group) == 1 else 'are'} in float32", inputs)


def _in_dtype(x: Tensor, dtype: Any) -> Tensor:
    return Tensor(x.data, x.requires_grad, dtype) if x.dtype.kind == "f" else x


def _reason_to_skip(spec: CheckSpec, variation: Variation) -> str | None:
    """Why f cannot be checked there: an error, a result that is not finite, or no derivative."""
    with catch_warnings(), np.errstate(all="ignore"):
        simplefilter("ignore")
        try:
            outputs = outputs_of(spec.f, variation.inputs)
        except Exception as error:
            return _summary(error)
        is_finite = all(np.isfinite(out.data).all() for out in outputs)
        if not is_finite and all(np.isfinite(out.data).all() for out in outputs_of(spec.f, spec.inputs)):
            return "its result is not finite there"
        try:
            return "it has no derivative there" if is_finite and _is_singular(spec, outputs, variation.inputs) else None
        except Exception:  # a backward pass that fails is a defect, and the check raises the same error
            return None


def _summary(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'without a message'}"


def _is_singular(spec: CheckSpec, outputs: list[Tensor], inputs: list[Tensor]) -> bool:
    """Whether a gradient is not finite, and differences with a shorter step give another slope."""
    if _has_finite_gradients(spec, outputs, inputs):
        return False
    rng = np.random.default_rng(0)
    direction = {i: random_signed(rng, inputs[i].shape) for i in spec.checked}
    slopes = []
    for step in (spec.options.eps, spec.options.eps / 8):
        ends = (
            [Tensor(x.data + sign * step * direction[i], True) if i in direction else x for i, x in enumerate(inputs)]
            for sign in (-1, 1)
        )
        left, right = (flatten(outputs_of(spec.f, end)) for end in ends)
        slopes.append((right - left) / (2 * step))
    return not np.allclose(slopes[0], slopes[1], rtol=0.1, atol=1e-3)


def _has_finite_gradients(spec: CheckSpec, outputs: list[Tensor], inputs: list[Tensor]) -> bool:
    rng = np.random.default_rng(0)
    grad_outputs = [random_signed(rng, out.shape) for out in outputs]
    return all(np.isfinite(g).all() for g in backward_arrays(spec, outputs, grad_outputs, [inputs[i] for i in spec.checked]))


def _highest_finite_order(spec: CheckSpec, inputs: list[Tensor], functions: Sequence[tuple[Callable[..., Any], int]]) -> int:
    """The highest order up to which derivatives are finite at these inputs, at least 1."""
    for f, order in functions:
        try:
            if order > 1 and not _has_finite_gradients(spec, outputs_of(f, inputs), inputs):
                return order - 1
        except Exception:  # the check raises the same error
            return order
    return spec.options.order


def _report_skip(spec: CheckSpec, variation: Variation, reason: str) -> None:
    if spec.options.report is not None:
        spec.options.report(f"{spec.title()}: skipped {variation.description}: {reason}")
