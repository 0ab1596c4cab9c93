"""Which mistake explains a wrong gradient? Sign, factor, axes, exchanged arguments: each has its own look."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import numpy as np

from autograd.core.engine import unbroadcast
from autograd.core.operation import Operation
from autograd.core.tensor import Tensor
from autograd.debug.numerical import Task, differences, jacobian, outputs_of


@dataclass(frozen=True)
class Evidence:
    """What formula and differences say at one point: matrices, a row for each output, a column for each input element."""

    values: Sequence[Any]  # of all inputs
    names: Sequence[str]
    out: np.ndarray
    exact: dict[int, np.ndarray]  # by formula, for each checked input; empty if the formula gives no usable shape
    numeric: dict[int, np.ndarray]
    operation: Operation | None  # if the function is just this one operation
    options: dict[str, Any]

    def shape(self, i: int) -> tuple[int, ...]:
        """The shape of input i."""
        return np.shape(self.values[i])

    def explains(self, i: int, found: np.ndarray, wanted: np.ndarray) -> bool:
        """Whether two arrays agree far better than the formula of input i and the differences do."""
        if found.shape != wanted.shape or not wanted.size:
            return False
        scale = np.abs(wanted).max()
        error = np.abs(self.exact[i] - self.numeric[i]).max() if i in self.exact else scale
        return bool(np.abs(found - wanted).max() <= 0.01 * error + 1e-7 * scale)


def evidence(task: Task, f: Callable, level: int, k: int) -> list[Evidence]:
    """What formula and differences say of output k, at the inputs and at a second point nearby."""
    rng = np.random.default_rng(0)
    found: list[Evidence] = []
    operation, options = task.operation() if level == 1 else (None, {})
    for spread in (0, 0.1):
        inputs = [
            Tensor(x.numpy() * rng.uniform(1 - spread, 1 + spread, x.shape), True) if i in task.checked else x
            for i, x in enumerate(task.inputs)
        ]
        outputs = outputs_of(f, inputs)
        start = sum(out.size for out in outputs[:k])
        rows = slice(start, start + outputs[k].size)
        _, _, left, right = differences(task, f, inputs, outputs)
        numeric = {i: (left[slot] + right[slot])[rows] / 2 for slot, i in enumerate(task.checked)}
        try:
            matrices = jacobian(outputs, [inputs[i] for i in task.checked])
            exact = {i: matrices[slot][rows] for slot, i in enumerate(task.checked)}
        except ValueError:
            exact = {}
        values = [x.data for x in inputs]
        point = Evidence(values, task.names(), outputs[k].numpy(), exact, numeric, operation, options)
        if not found or all(np.isfinite(m).all() for m in (*exact.values(), *numeric.values())):
            found.append(point)
    return found


def guess_of_shape(task: Task) -> str:
    """The guess where a formula gave a shape that stopped the backward pass."""
    points = evidence(task, task.f, 1, 0)
    found = [guess(points, i) for i in task.checked if not suits(points[0], i)]
    return found[0] if found else guess(points, task.checked[0])


def guess(points: Sequence[Evidence], i: int) -> str:
    """The mistake that explains the wrong gradient of input i at all of these points."""
    for cause in (_absent, _swapped, _factor, _unbroadcast, _axis):
        texts = {_quietly(cause, point, i) for point in points}
        if len(texts) == 1 and (text := texts.pop()):
            return text
    return _missing(points[0], i)


def _quietly(cause: Callable, point: Evidence, i: int) -> str | None:
    try:
        with np.errstate(all="ignore"):
            return cause(point, i)
    except Exception:  # a wrong formula may fail on what it was not written for
        return None


def _absent(e: Evidence, i: int) -> str | None:
    if i not in e.exact or e.exact[i].any():
        return None
    if e.operation is not None and e.operation.joint_formula is None and all(rule[0] != i for rule in e.operation.rules):
        return f"absent gradient: the output depends on {e.names[i]}, but its formula is None"
    return (
        f"absent gradient: the output depends on {e.names[i]}, but its gradient is 0 (a missing term, "
        "or the path is cut by detach(), no_grad() or .numpy())"
    )


def _factor(e: Evidence, i: int) -> str | None:
    exact, numeric = e.exact[i], e.numeric[i]
    size = (numeric * numeric).sum()
    factor = (exact * numeric).sum() / size if size else 0
    if not factor or not e.explains(i, exact, factor * numeric):
        return None
    fraction = Fraction(float(abs(factor))).limit_denominator(64)
    shown = str(fraction) if abs(fraction - abs(factor)) < 1e-5 * abs(factor) else f"{abs(factor):.4g}"
    if shown == "1":
        return "wrong sign: the formula gives minus the derivative"
    also = "wrong sign and " if factor < 0 else ""
    sums = {n for n in (*e.out.shape, *e.shape(i)) if n > 1}
    mean = " (a mean where a sum belongs?)" if fraction.numerator == 1 and fraction.denominator in sums else ""
    return f"{also}constant factor {shown}: the formula gives {shown} times the derivative{mean}"


def _swapped(e: Evidence, i: int) -> str | None:
    for j in range(len(e.values)):
        if j == i:
            continue
        text = f"swapped arguments: the formula of {e.names[i]} is that of {e.names[j]}"
        if e.operation is None:
            if i in e.exact and j in e.exact and e.explains(i, e.exact[i], e.numeric[j]):
                return text
        elif _fits(e, i, e.values, j) and (j not in e.exact or _fits(e, j, e.values, i)):
            return text
        elif np.shape(e.values[i]) == np.shape(e.values[j]) or e.shape(i) == e.out.shape:
            exchanged = list(e.values)
            exchanged[i], exchanged[j] = exchanged[j], exchanged[i]
            if _fits(e, i, exchanged, i):
                return f"swapped arguments: the formula of {e.names[i]} takes {e.names[i]} and {e.names[j]} for each other"
    return None


def _unbroadcast(e: Evidence, i: int) -> str | None:
    shape = e.shape(i)
    if e.operation is not None:
        g, wanted = _target(e, i)
        part = np.asarray(_raw(e, i, g, e.values))
        for count in range(1, part.ndim + 1) if part.shape != shape else ():
            for axes in combinations(range(part.ndim), count):
                summed = part.sum(axis=axes)
                if summed.size == wanted.size and e.explains(i, summed.reshape(shape), wanted):
                    which = f"axis {axes[0]}" if count == 1 else f"axes {axes}"
                    return (
                        f"missing un-broadcast: the formula returns shape {part.shape} for {e.names[i]} of shape {shape}; "
                        f"it must be summed over {which}"
                    )
    exact, numeric = e.exact[i], e.numeric[i]
    if shape == e.out.shape or np.broadcast_shapes(shape, e.out.shape) != e.out.shape:
        return None
    if e.explains(i, exact, np.where(exact, numeric, 0)):
        return f"missing un-broadcast: the gradient of {e.names[i]} is that of one of its repeats, not the sum over them"
    return None


def _axis(e: Evidence, i: int) -> str | None:
    shape, outer = e.shape(i), e.out.shape
    text = "wrong axis: the formula is right "
    if e.operation is not None:
        g, wanted = _target(e, i)
        part = np.asarray(_raw(e, i, g, e.values))
        for order in permutations(range(part.ndim)):
            if e.explains(i, np.transpose(part, order), wanted):
                return f"{text}if its result is transposed by {order}"
        for j, value in enumerate(e.values):
            if np.ndim(value) > 1:
                turned = [np.swapaxes(v, -1, -2) if k == j else v for k, v in enumerate(e.values)]
                if _fits(e, i, turned, i):
                    return f"{text}if {e.names[j]} is transposed"
    exact, numeric = e.exact[i].reshape(outer + shape), e.numeric[i].reshape(outer + shape)
    inner = range(len(outer), len(outer) + len(shape))
    for axes in (range(len(outer)), inner):
        for order in permutations(axes):
            whole = [*order, *inner] if axes is not inner else [*range(len(outer)), *order]
            if e.explains(i, np.transpose(exact, whole), numeric):
                return f"{text}with axes in the order {tuple(a - axes.start for a in order)}"
    for axis in inner:
        if e.explains(i, np.flip(exact, axis), numeric):
            return f"wrong axis direction: the formula is right if it is flipped along axis {axis - len(outer)}"
    if shape == outer and (mixed := _mixed(exact)) != (right := _mixed(numeric)) and len(mixed) == len(right):
        return f"wrong axis: the formula mixes elements along {mixed}, the function along {right}"
    return None


def _mixed(jacobian: np.ndarray) -> tuple[int, ...]:
    """The axes along which an element of the result depends on other places of the input."""
    nonzero = np.argwhere(np.abs(jacobian) > 1e-6 * np.abs(jacobian).max())
    half = jacobian.ndim // 2
    return tuple(a for a in range(half) if (nonzero[:, a] != nonzero[:, half + a]).any())


def _missing(e: Evidence, i: int) -> str:
    if i not in e.exact:
        return f"missing un-broadcast or wrong axis: the formula of {e.names[i]} returns a shape that does not fit"
    exact, numeric = e.exact[i], e.numeric[i]
    absent = (exact == 0) & (np.abs(numeric) > 1e-6 * np.abs(numeric).max())
    if absent.any() and e.explains(i, exact, np.where(exact, numeric, 0)):
        return f"missing term: right where it is not 0, but {absent.sum()} of {exact.size} partial derivatives are absent"
    return "missing term, or a wrong one: no factor, exchange or transposition makes the formula right"


def _target(e: Evidence, i: int) -> tuple[Any, np.ndarray]:
    """An arriving gradient, and what the formula of input i should make of it."""
    g = np.random.default_rng(1).uniform(0.5, 1.5, e.out.shape)[()]
    return g, (np.ravel(g) @ e.numeric[i]).reshape(e.shape(i))


def _fits(e: Evidence, i: int, values: Sequence, rule: int) -> bool:
    """Whether a rule, given these values, makes the right gradient for input i."""
    g, wanted = _target(e, i)
    try:
        part: Any = unbroadcast(_raw(e, rule, g, values), np.empty(e.shape(i)), e)  # e only names its operation
    except Exception:  # a shape that does not fit is an answer, too
        return False
    return e.explains(i, np.asarray(part), wanted)


def suits(e: Evidence, i: int) -> bool:
    """Whether the formula of input i returns a shape that the engine can bring to that of its input."""
    try:
        unbroadcast(_raw(e, i, _target(e, i)[0], e.values), np.empty(e.shape(i)), e)
    except ValueError:
        return False
    return True


def _raw(e: Evidence, i: int, g: Any, values: Sequence) -> Any:
    """What the formula of input i itself returns, before the engine sums, casts and copies."""
    operation: Any = e.operation
    layout = operation.recompute_saved(values, e.out[()], e.options)
    return dict(operation.contributions(g.copy(), layout, (i,))).get(i, np.zeros(e.shape(i)))
