"""Are the gradient formulas right? They are compared with differences, at any order, and their mistakes are named."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.debug.diagnosis import evidence, guess
from autograd.debug.numerical import (
    Finding,
    Task,
    analytic,
    complex_slopes,
    derivative_of,
    differences,
    doubles,
    flat,
    jacobian,
    outputs_of,
    sides_of,
)
from autograd.debug.purity import conduct, is_stale, lone_operations, run_back
from autograd.errors import GradientError
from autograd.transforms.gradients import gradients

SHARPER = 1e-3  # by which the tolerances shrink where a complex step is the reference


def gradcheck(
    f: Callable[..., Any],
    inputs: Tensor | Sequence[Tensor],
    *,
    order: int = 1,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    fast: bool = False,
    dtype: Any = np.float64,
    complex_step: bool = True,
    report: Callable[[str], Any] | None = None,
) -> bool:
    """Check every partial derivative of f at these inputs: formula ≈ (f(x + ε) − f(x − ε)) / 2ε.

    f:            a function of tensors that returns a tensor, or several.
    inputs:       its arguments; those that require gradients are checked.
    order:        check derivatives up to this order, each by differencing the one before.
    fast:         check vᵀJu in one random direction instead of each element; only if that fails, each element.
    dtype:        the dtype of the checked inputs; float32 formulas are compared with differences in float64.
    complex_step: where f also runs on complex arrays, compare a thousand times sharper with Im f(x + ih) / h.
    report:       is told, in a sentence, of each kink: where slopes on the left and on the right differ.

    Besides values: f gives the same bits twice; gradients have their input's dtype and memory of their own; formulas
    change nothing in place and work on what they saved. At a kink any value between the slopes is right, and higher
    derivatives are not checked. Raises GradientError with operation, argument, index, both numbers, relative error
    and a guess at the mistake; returns True if all is well. The tolerances are those of PyTorch's gradcheck; the
    complex step is from Squire & Trapp, Using complex variables to estimate derivatives of real functions (1998).

    >>> from autograd import Tensor, gradcheck, relu
    >>> gradcheck(lambda x, y: x**2 / y, [Tensor([1.0, 2.0], requires_grad=True), Tensor(3.0)], order=2)
    True
    >>> gradcheck(relu, [Tensor([0.0, 1.0], requires_grad=True)], report=print)
    relu: kink in x at (0,): slope 0 on the left, 1 on the right, 0 by formula
    True
    """
    inputs = _listed(inputs)
    return _check(Task(f, inputs, _checked(inputs, dtype), order, eps, atol, rtol, fast, complex_step, report))


def gradgradcheck(
    f: Callable[..., Any], inputs: Tensor | Sequence[Tensor], grad_outputs: Sequence[Tensor] | None = None, **options: Any
) -> bool:
    """Check second derivatives, as first derivatives of the gradients Σ g · ∂f/∂x with respect to x and to g.

    f, inputs:    as for `gradcheck`.
    grad_outputs: the arriving gradients g, one for each output; random by default.
    options:      eps, atol, rtol, fast, report: as for `gradcheck`.

    Raises GradientError as `gradcheck` does. After PyTorch's gradgradcheck.

    >>> from autograd import Tensor
    >>> from autograd.debug.gradcheck import gradgradcheck
    >>> gradgradcheck(lambda x: x**3, Tensor([1.0, 2.0], requires_grad=True))
    True
    """
    inputs = _listed(inputs)
    checked, count, rng = _checked(inputs, np.float64), len(inputs), np.random.default_rng(0)
    outputs = outputs_of(f, inputs)
    smooth = [k for k, out in enumerate(outputs) if out.requires_grad]
    given = [rng.uniform(0.5, 1.5, out.shape) for out in outputs] if grad_outputs is None else grad_outputs
    arriving = [Tensor(g.numpy() if isinstance(g, Tensor) else g, requires_grad=True) for g in (given[k] for k in smooth)]

    def derivative(*args: Tensor) -> list[Tensor]:
        outputs = outputs_of(f, args[:count])
        if not smooth:
            return [Tensor(np.zeros(args[i].shape)) for i in checked]
        return gradients([outputs[k] for k in smooth], [args[i] for i in checked], list(args[count:]), create_graph=True)

    both, places = inputs + arriving, [*checked, *range(count, count + len(arriving))]
    return _check(Task(derivative, both, places, **{"order": 2, "first": 2, "origin": (f, inputs, checked), **options}))


def check_grads(f: Callable[..., Any], args: Sequence[Any], order: int = 2, **options: Any) -> bool:
    """Check derivatives up to an order in random directions: vᵀJu ≈ vᵀ(f(x + εu) − f(x − εu)) / 2ε.

    args:    tensors, arrays or numbers; floats among those that are not tensors are made to require gradients.
    options: as for `gradcheck`, of which this is the fast mode under the name that users of JAX and HIPS autograd know.

    Raises GradientError as `gradcheck` does.

    >>> import numpy as np
    >>> from autograd.debug.gradcheck import check_grads
    >>> check_grads(lambda x, y: np.sin(x) * y, [np.array([1.0, 2.0]), 3.0], order=3)
    True
    """
    return gradcheck(f, _with_gradients(args), order=order, **{"fast": True, **options})


def _listed(inputs: Tensor | Sequence[Tensor]) -> list[Tensor]:
    """The inputs, each a tensor of its own: one that is given twice is two variables."""
    found: dict[int, Tensor] = {}
    for x in [inputs] if isinstance(inputs, Tensor) else inputs:
        copied = Tensor(x.numpy(), requires_grad=x.requires_grad) if id(x) in found else x
        found[id(copied)] = copied
    return list(found.values())


def _with_gradients(args: Iterable[Any]) -> list[Tensor]:
    made = [arg if isinstance(arg, Tensor) else Tensor(arg) for arg in args]
    return [t if t is arg or t.dtype.kind != "f" else Tensor(t, requires_grad=True) for t, arg in zip(made, args)]


def _checked(inputs: list[Tensor], dtype: Any) -> list[int]:
    checked = [i for i, x in enumerate(inputs) if x.requires_grad]
    if not checked:
        raise GradientError("gradcheck: none of the inputs requires gradients, so there is nothing to check")
    for i in checked:
        if inputs[i].dtype != dtype:
            raise GradientError(
                f"gradcheck: input {i + 1} is {inputs[i].dtype}, not {np.dtype(dtype)}; make it so, or ask for dtype="
            )
    return checked


def _check(task: Task) -> bool:
    try:
        if task.first == 1:
            conduct(task)
        if not (task.fast and all(_agrees_along_a_line(task, f, level) for f, level in _levels(task))):
            kinks: set[tuple[int, int]] = set()
            for f, level in _levels(task):
                _compare(task, f, level, kinks)
    except Finding as finding:
        raise GradientError(_told(task, finding)) from finding.__cause__
    return True


def _levels(task: Task) -> Iterable[tuple[Callable, int]]:
    f, rng = task.f, np.random.default_rng(0)
    for level in range(task.first, task.order + 1):
        yield f, level
        f = derivative_of(f, task.checked, rng)


def _agrees_along_a_line(task: Task, f: Callable, level: int) -> bool:
    """One backward pass and one difference: vᵀJu for random u and v, whose elements are all far from 0."""
    rng = np.random.default_rng(level)
    outputs, points = outputs_of(f, task.inputs), doubles(task.inputs)
    u = {i: _signed(rng, task.inputs[i].shape) for i in task.checked}
    v = [_signed(rng, out.shape) for out in outputs]
    found = run_back(task, outputs, [task.inputs[i] for i in task.checked], v)
    exact = sum((u[i] * g).sum() for i, g in zip(task.checked, found))
    ends = []
    for step in (task.eps, -task.eps):
        moved = [Tensor(x.numpy() + step * u[i], requires_grad=True) if i in u else x for i, x in enumerate(points)]
        ends.append(flat(outputs_of(f, moved)))
    weights = np.concatenate([w.ravel() for w in v])
    reference = weights @ ((ends[0] - ends[1]) / (2 * task.eps))
    if not task.close(exact, reference):
        return False
    slopes = complex_slopes(task, level, flat(outputs), [u])
    if slopes is None or not task.close(weights @ slopes[:, 0], reference):
        return True  # not analytic, or without complex numbers
    return bool(task.close(exact, weights @ slopes[:, 0], SHARPER))


def _signed(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape)


def _compare(task: Task, f: Callable, level: int, kinks: set[tuple[int, int]]) -> None:
    """Each partial derivative. Kinks are added to `kinks`: (input, element) pairs that higher orders leave out."""
    outputs = outputs_of(f, task.inputs)
    exact = jacobian(outputs, [task.inputs[i] for i in task.checked])
    points, center, left, right = differences(task, f, task.inputs, outputs)
    known = set(kinks)
    for slot, i in enumerate(task.checked):
        central = (left[slot] + right[slot]) / 2
        fits = task.close(exact[slot], central)
        with np.errstate(invalid="ignore"):
            gap = np.abs(right[slot] - left[slot])
            noise = 1e-15 * np.abs(center)[:, None] / task.eps
            bent = gap > task.atol + noise + task.rtol * np.maximum(np.abs(left[slot]), np.abs(right[slot]))
        for place in np.flatnonzero(bent.any(axis=0)):
            if (i, place) not in known:
                sides = np.array(sides_of(f, points, i, int(place), center, task.eps / 8))
                sharp = bent[:, place] & (np.abs(sides[1] - sides[0]) >= gap[:, place] / 2)  # curvature would shrink
                fits[:, place] = np.where(bent[:, place], _between(task, exact[slot][:, place], sides), fits[:, place])
                if sharp.any():
                    kinks.add((i, int(place)))
                    _tell_kink(task, level, i, int(place), sides, exact[slot][:, place], sharp, fits[:, place])
        fits[:, [place for j, place in known if j == i]] = True
        if not fits.all():
            raise _mismatch(task, f, level, outputs, slot, exact[slot], central, fits, "finite differences")
    for slot, sharp in enumerate(analytic(task, level, outputs, left, right) or ()):
        fits = task.close(exact[slot], sharp, SHARPER)
        if not fits.all():
            raise _mismatch(task, f, level, outputs, slot, exact[slot], sharp, fits, "complex step")


def _between(task: Task, formula: np.ndarray, sides: np.ndarray) -> np.ndarray:
    margin = task.atol + task.rtol * np.abs(sides).max(axis=0)
    return (sides.min(axis=0) - margin <= formula) & (formula <= sides.max(axis=0) + margin)


def _tell_kink(
    task: Task, level: int, i: int, place: int, sides: np.ndarray, formula: np.ndarray, sharp: np.ndarray, fits: np.ndarray
) -> None:
    """Report a kink; one at which the formula is not between the slopes is a failure."""
    outside = sharp & ~fits
    row = int(np.argmax(outside if outside.any() else sharp))
    text = (
        f"kink in {task.names()[i]} at {_index(place, task.inputs[i].shape)}: slope {sides[0, row] + 0.0:.6g} on the left, "
        f"{sides[1, row] + 0.0:.6g} on the right, {formula[row]:.6g} by formula"
    )
    if outside.any():
        raise Finding(f"{text}, which is not between them (order {level})", level=level)
    if task.report is not None:
        task.report(f"{task.title()}: {text}")


def _index(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, shape))


def _mismatch(
    task: Task, f: Callable, level: int, outputs: list[Tensor], slot: int, exact: Any, other: Any, fits: Any, method: str
) -> Finding:
    """The first element that does not fit, told with both numbers."""
    row, place = (int(n) for n in np.argwhere(~fits)[0])
    starts = np.cumsum([0] + [out.size for out in outputs])
    k = int(np.searchsorted(starts, row, side="right")) - 1
    names, i = task.names(), task.checked[slot]
    source = "output" if level == 1 else f"order-{level - 1} gradient of {names[task.checked[k % len(task.checked)]]}"
    got, expected = exact[row, place], other[row, place]
    relative = abs(got - expected) / abs(expected) if expected else np.inf
    text = (
        f"the gradient of {names[i]} is wrong\n  order {level}: the derivative of {source} "
        f"{_index(row - starts[k], outputs[k].shape)} with respect to {names[i]} at {_index(place, task.inputs[i].shape)} "
        f"is {got:.8g} by formula but {expected:.8g} by {method}, relative error {relative:.2g}"
    )
    return Finding(text, lambda: guess(evidence(task, f, level, k), i), level)


def _told(task: Task, finding: Finding) -> str:
    """A finding with the operation to blame and a guess at the mistake."""
    operation, _ = task.operation()
    if operation is None and (culprit := _culprit(task, finding.level)):
        return f"the function: {finding.text}\n  the operation to blame is {culprit}"
    hint = f"\n  guess: {finding.guess()}" if finding.guess else ""
    if finding.level > 1:
        hint += "\n  the derivative before it is right: perhaps .numpy(), .data or a residual's definition loses the next"
    return f"{task.title()}: {finding.text}{hint}"


def _culprit(task: Task, level: int) -> str | None:
    """What the first operation of the graph that fails alone has to say."""
    f, inputs, _ = task.origin or (task.f, task.inputs, task.checked)
    seen = set()
    for node, call, given in lone_operations(outputs_of(f, inputs)):
        if is_stale(node, given):
            return f"{node.operation.name}: stale saved value: its result was changed after it was recorded"
        kind = (node.operation, *[(x.shape, x.requires_grad) for x in given])
        if kind not in seen:
            seen.add(kind)
            alone = replace(task, f=call, inputs=given, checked=[i for i, x in enumerate(given) if x.requires_grad])
            try:
                _check(replace(alone, order=level, first=1, origin=None, lone=node, fast=False, report=None))
            except GradientError as error:
                return str(error)
            except Exception:  # cannot be checked alone, so it explains nothing
                continue
    return None
