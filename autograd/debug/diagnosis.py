"""Diagnosis of a wrong gradient: sign, factor, axes, swapped arguments and missing terms each leave their own traces."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import numpy as np

from autograd.core.broadcasting import unbroadcast
from autograd.core.operation import Operation
from autograd.core.tensor import Tensor
from autograd.debug.check_spec import CheckSpec, outputs_of
from autograd.debug.numerical import differences, jacobian


@dataclass(frozen=True)
class Evidence:
    """Jacobians by formula and by differences at one point: a row per output element, a column per input element."""

    values: Sequence[Any]  # of all inputs
    names: Sequence[str]
    out: np.ndarray
    exact: dict[int, np.ndarray]  # by formula, for each checked input; empty if a formula's shape stops the backward pass
    numeric: dict[int, np.ndarray]
    operation: Operation | None  # if the function is one operation
    options: dict[str, Any]

    def shape(self, i: int) -> tuple[int, ...]:
        """The shape of input i."""
        return np.shape(self.values[i])

    def explains(self, i: int, candidate: np.ndarray, expected: np.ndarray) -> bool:
        """Whether two arrays agree far better than the formula of input i agrees with differences."""
        if candidate.shape != expected.shape or not expected.size:
            return False
        scale = np.abs(expected).max()
        error = np.abs(self.exact[i] - self.numeric[i]).max() if i in self.exact else scale
        return bool(np.abs(candidate - expected).max() <= 0.01 * error + 1e-7 * scale)


def evidence(spec: CheckSpec, f: Callable, order: int, k: int) -> list[Evidence]:
    """The evidence for output k of f, at the inputs and at a second point nearby."""
    rng = np.random.default_rng(0)
    points: list[Evidence] = []
    operation, options = spec.operation() if order == 1 else (None, {})
    for spread in (0, 0.1):
        inputs = [
            Tensor(x.numpy() * rng.uniform(1 - spread, 1 + spread, x.shape), True) if i in spec.checked else x
            for i, x in enumerate(spec.inputs)
        ]
        outputs = outputs_of(f, inputs)
        start = sum(out.size for out in outputs[:k])
        rows = slice(start, start + outputs[k].size)
        reference = differences(spec, f, inputs, outputs)
        numeric = {i: reference.central(slot)[rows] for slot, i in enumerate(spec.checked)}
        try:
            matrices = jacobian(outputs, [inputs[i] for i in spec.checked])
            exact = {i: matrices[slot][rows] for slot, i in enumerate(spec.checked)}
        except ValueError:
            exact = {}
        values = [x.data for x in inputs]
        point = Evidence(values, spec.names(), outputs[k].numpy(), exact, numeric, operation, options)
        if not points or all(np.isfinite(matrix).all() for matrix in (*exact.values(), *numeric.values())):
            points.append(point)
    return points


def guess_of_shape(spec: CheckSpec) -> str:
    """Guess the mistake in a formula whose shape stopped the backward pass."""
    points = evidence(spec, spec.f, 1, 0)
    wrong = [i for i in spec.checked if not has_usable_shape(points[0], i)]
    return guess(points, wrong[0] if wrong else spec.checked[0])


def guess(points: Sequence[Evidence], i: int) -> str:
    """Guess the mistake that explains the wrong gradient of input i at all points."""
    for diagnose in (_absent, _swapped, _factor, _missing_unbroadcast, _wrong_axis):
        texts = {_without_errors(diagnose, point, i) for point in points}
        if len(texts) == 1 and (text := texts.pop()):
            return text
    return _missing_term(points[0], i)


def _without_errors(diagnose: Callable, point: Evidence, i: int) -> str | None:
    try:
        with np.errstate(all="ignore"):
            return diagnose(point, i)
    except Exception:  # a wrong formula may fail on other arguments than its own
        return None


def _absent(e: Evidence, i: int) -> str | None:
    if i not in e.exact or e.exact[i].any():
        return None
    if not e.numeric[i].any():
        return (
            f"ignored argument: the output does not depend on {e.names[i]}; a function that computes with the tensor that was "
            "passed as an input, such as a model's own parameter, must use its argument instead"
        )
    if e.operation is not None and e.operation.joint_formula is None and e.operation.formulas[i] is None:
        return f"absent gradient: the output depends on {e.names[i]}, but its formula is None"
    return (
        f"absent gradient: the output depends on {e.names[i]}, but its gradient is 0 (a missing term, "
        "or the path is cut by detach(), no_grad() or .numpy())"
    )


def _factor(e: Evidence, i: int) -> str | None:
    exact, numeric = e.exact[i], e.numeric[i]
    norm = (numeric * numeric).sum()
    factor = (exact * numeric).sum() / norm if norm else 0
    if not factor or not e.explains(i, exact, factor * numeric):
        return None
    size = abs(factor)
    fraction = Fraction(float(size)).limit_denominator(64)
    is_fraction = abs(fraction - size) < 1e-6 * size
    text = str(fraction) if is_fraction else f"{size:.4g}" if abs(size - 1) > 0.01 else f"{size:.8g}"
    if factor < 0 and text == "1":
        return "wrong sign: the formula gives minus the derivative"
    sign = "wrong sign and " if factor < 0 else ""
    sizes = {n for n in (*e.out.shape, *e.shape(i)) if n > 1}
    mean = " (a mean instead of a sum?)" if fraction.numerator == 1 and fraction.denominator in sizes else ""
    return f"{sign}constant factor {text}: the formula gives {text} times the derivative{mean}"


def _swapped(e: Evidence, i: int) -> str | None:
    for j in range(len(e.values)):
        if j == i:
            continue
        text = f"swapped arguments: the formula of {e.names[i]} is that of {e.names[j]}"
        if e.operation is None:
            if i in e.exact and j in e.exact and e.explains(i, e.exact[i], e.numeric[j]):
                return text
        elif _formula_fits(e, i, e.values, j) and (j not in e.exact or _formula_fits(e, j, e.values, i)):
            return text
        elif np.shape(e.values[i]) == np.shape(e.values[j]) or e.shape(i) == e.out.shape:
            swapped = list(e.values)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            if _formula_fits(e, i, swapped, i):
                return f"swapped arguments: the formula of {e.names[i]} exchanges {e.names[i]} and {e.names[j]}"
    return None


def _missing_unbroadcast(e: Evidence, i: int) -> str | None:
    shape = e.shape(i)
    if e.operation is not None:
        g, expected = _target(e, i)
        contribution = np.asarray(_contribution(e, i, g, e.values))
        for count in range(1, contribution.ndim + 1) if contribution.shape != shape else ():
            for axes in combinations(range(contribution.ndim), count):
                summed = contribution.sum(axis=axes)
                if summed.size == expected.size and e.explains(i, summed.reshape(shape), expected):
                    axes_text = f"axis {axes[0]}" if count == 1 else f"axes {axes}"
                    return (
                        f"missing un-broadcast: the formula returns shape {contribution.shape} for {e.names[i]} of shape "
                        f"{shape}; it must be summed over {axes_text}"
                    )
    exact, numeric = e.exact[i], e.numeric[i]
    if shape == e.out.shape or np.broadcast_shapes(shape, e.out.shape) != e.out.shape:
        return None
    if e.explains(i, exact, np.where(exact, numeric, 0)):
        return f"missing un-broadcast: the gradient of {e.names[i]} is that of one of its repeats, not the sum over them"
    return None


def _wrong_axis(e: Evidence, i: int) -> str | None:
    shape, outer = e.shape(i), e.out.shape
    text = "wrong axis: the formula is right "
    if e.operation is not None:
        g, expected = _target(e, i)
        contribution = np.asarray(_contribution(e, i, g, e.values))
        for order in permutations(range(contribution.ndim)):
            if e.explains(i, np.transpose(contribution, order), expected):
                return f"{text}if its result is transposed by {order}"
        for j, value in enumerate(e.values):
            if np.ndim(value) > 1:
                transposed = [np.swapaxes(v, -1, -2) if k == j else v for k, v in enumerate(e.values)]
                if _formula_fits(e, i, transposed, i):
                    return f"{text}if {e.names[j]} is transposed"
    exact, numeric = e.exact[i].reshape(outer + shape), e.numeric[i].reshape(outer + shape)
    inner = range(len(outer), len(outer) + len(shape))
    for axes in (range(len(outer)), inner):
        for order in permutations(axes):
            all_axes = [*order, *inner] if axes is not inner else [*range(len(outer)), *order]
            if e.explains(i, np.transpose(exact, all_axes), numeric):
                return f"{text}with axes in the order {tuple(a - axes.start for a in order)}"
    for axis in inner:
        if e.explains(i, np.flip(exact, axis), numeric):
            return f"wrong axis direction: the formula is right if it is flipped along axis {axis - len(outer)}"
    if shape == outer:
        mixed, expected_axes = _mixed_axes(exact), _mixed_axes(numeric)
        if mixed != expected_axes and len(mixed) == len(expected_axes):
            return f"wrong axis: the formula mixes elements along {mixed}, the function along {expected_axes}"
    return None


def _mixed_axes(jacobian: np.ndarray) -> tuple[int, ...]:
    """The axes along which a result element depends on input elements at other indices."""
    nonzero = np.argwhere(np.abs(jacobian) > 1e-6 * np.abs(jacobian).max())
    half = jacobian.ndim // 2
    return tuple(a for a in range(half) if (nonzero[:, a] != nonzero[:, half + a]).any())


def _missing_term(e: Evidence, i: int) -> str:
    if i not in e.exact:
        return f"missing un-broadcast or wrong axis: the formula of {e.names[i]} returns a shape that does not fit its input"
    exact, numeric = e.exact[i], e.numeric[i]
    absent = (exact == 0) & (np.abs(numeric) > 1e-6 * np.abs(numeric).max())
    if absent.any() and e.explains(i, exact, np.where(exact, numeric, 0)):
        return f"missing term: right where it is not 0, but {absent.sum()} of {exact.size} partial derivatives are absent"
    return "missing term, or a wrong one: no factor, exchange or transposition makes the formula right"


def _target(e: Evidence, i: int) -> tuple[Any, np.ndarray]:
    """An arriving gradient, and the gradient of input i that follows from it by differences."""
    g = np.random.default_rng(1).uniform(0.5, 1.5, e.out.shape)[()]
    return g, (np.ravel(g) @ e.numeric[i]).reshape(e.shape(i))


def _formula_fits(e: Evidence, i: int, values: Sequence, j: int) -> bool:
    """Whether the formula of input j, at these values, gives the right gradient for input i."""
    g, expected = _target(e, i)
    try:
        gradient: Any = _unbroadcast(e, _contribution(e, j, g, values), e.shape(i))
    except Exception:  # a shape that does not fit
        return False
    return e.explains(i, np.asarray(gradient), expected)


def has_usable_shape(e: Evidence, i: int) -> bool:
    """Whether the engine can bring the result of input i's formula to the shape of the input."""
    try:
        _unbroadcast(e, _contribution(e, i, _target(e, i)[0], e.values), e.shape(i))
    except ValueError:
        return False
    return True


def _unbroadcast(e: Evidence, contribution: Any, shape: tuple[int, ...]) -> Any:
    return unbroadcast(contribution, np.empty(shape), e)  # reads only `operation`, which e has as a node does


def _contribution(e: Evidence, i: int, g: Any, values: Sequence) -> Any:
    """The result of input i's formula, before the engine sums, casts and copies it."""
    operation: Any = e.operation
    saved = operation.recompute_saved(values, e.out[()], e.options)
    return dict(operation.contributions(g.copy(), saved, (i,))).get(i, np.zeros(e.shape(i)))
