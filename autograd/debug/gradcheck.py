"""Gradient checks: formulas are compared with differences, at any order, and a failure names the likely mistake."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.debug.check_spec import CheckFailure, CheckOptions, CheckSpec, GradientSpec, NodeSpec, outputs_of
from autograd.debug.comparison import Comparison
from autograd.debug.complex_check import ComplexSpec, as_real_function, as_real_spec, is_split, split
from autograd.debug.direction import Direction
from autograd.debug.domain_variations import check_domain, check_single_precision
from autograd.debug.formula_checks import check_formulas
from autograd.debug.numerical import derivative_of
from autograd.debug.purity import check_purity, check_scaling, is_stale, single_operations
from autograd.debug.variations import check_variations
from autograd.errors import GradientError
from autograd.transforms.gradients import gradients


def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    *,
    order: int = 1,
    eps: float = 1e-6,
    atol: float | None = None,
    rtol: float | None = None,
    fast: bool = False,
    dtype: Any = np.float64,
    complex_step: bool = True,
    vary: bool = False,
    report: Callable[[str], Any] | None = None,
) -> bool:
    """Check every partial derivative of f at these inputs: formula ≈ (f(x + ε) − f(x − ε)) / 2ε.

    f:            a function of tensors that returns a tensor, or a list, tuple or dict of tensors.
    inputs:       its arguments; derivatives are checked with respect to tensors that require gradients, and arrays of floats.
    order:        the highest order of derivatives to check, each against differences of the order below.
    eps:          the step ε, relative to x where |x| > 10⁶.
    rtol:         the relative tolerance; default 1e-6 in float64, 1e-3 in other dtypes.
    atol:         the absolute tolerance; default rtol / 100 times the largest derivative in float64, 1e-5 in other dtypes.
    fast:         check vᵀJu in one random direction instead of each element; on failure check each element.
    dtype:        the dtype of the checked inputs; float32 formulas are compared with differences in float64.
    complex_step: where f also runs on complex arrays, compare with Im f(x + ih) / h, at a thousandth of the tolerances.
    vary:         also check f at other signs and shapes of each input (size 1 in an axis, one axis less or more, 0-d) and in
                  float32. Inputs at which f raises an error, is not finite or has no derivative, and more than 10 000
                  elements, are skipped.
    report:       a function that is called with a message for each kink, an element where left and right slope differ, and
                  for each input that `vary` skips, with the reason.

    Also checked, at each order:
    - the derivatives with respect to the real and the imaginary part of complex inputs, of both parts of complex results;
    - each formula is linear in the arriving gradient: f(a·g₁ + b·g₂) = a·f(g₁) + b·f(g₂), with b < 0;
    - each formula gives the same on tensors, as in backward(create_graph=True), as on arrays;
    - each residual that a forward function returns equals its definition;
    - results and gradients do not depend on the memory layout of the inputs (transposed, strided, flipped, Fortran), nor on
      which other inputs require gradients;
    - f is deterministic, gradients have the dtype of their input and memory of their own, and formulas change nothing in place
      and read the values that were saved.

    At a kink any value between the slopes is right, and higher derivatives are not checked. Returns True. Raises GradientError
    with operation, argument, index, both numbers, relative error and a guess at the mistake; where inputs were varied, with
    the variation, shapes and strides. Where differences of step ε are too coarse for the tolerance, larger steps are taken,
    with Richardson extrapolation. PyTorch's gradcheck has rtol=1e-3 and atol=1e-5, and no `vary`; Chainer's varies layouts. The
    complex step is from Squire & Trapp, Using complex variables to estimate derivatives of real functions (1998).

    >>> from autograd import Tensor, gradcheck, relu
    >>> gradcheck(lambda x, y: x**2 / y, [Tensor([1.0, 2.0], requires_grad=True), Tensor(3.0)], order=2)
    True
    >>> gradcheck(relu, [Tensor([0.0, 1.0], requires_grad=True)], report=print)
    relu: kink in x at (0,): slope 0 on the left, 1 on the right, 0 by formula
    True
    >>> import numpy as np
    >>> gradcheck(np.log, [np.array([0.5])], vary=True, report=print)
    log: skipped for other signs: where x (shape (1,)) is negated: its result is not finite there
    True
    """
    inputs = _as_inputs(inputs)
    options = CheckOptions(order, eps, atol, rtol, fast, complex_step, vary, report)
    return _check(as_real_spec(CheckSpec(f, inputs, _checked(inputs, dtype), options)))


def gradgradcheck(
    f: Callable[..., Any], inputs: Tensor | Sequence[Tensor], grad_outputs: Sequence[Tensor] | None = None, **options: Any
) -> bool:
    """Check second derivatives, as first derivatives of the gradients Σ g · ∂f/∂x with respect to x and to g.

    f, inputs:    as for `gradcheck`.
    grad_outputs: the arriving gradients g, one for each output, for each part of a complex output; random by default.
    options:      eps, atol, rtol, fast, report: as for `gradcheck`.

    Raises GradientError as `gradcheck` does. After PyTorch's gradgradcheck.

    >>> from autograd import Tensor
    >>> from autograd.debug.gradcheck import gradgradcheck
    >>> gradgradcheck(lambda x: x**3, Tensor([1.0, 2.0], requires_grad=True))
    True
    """
    inputs = _as_inputs(inputs)
    if any(map(is_split, inputs)):
        return gradgradcheck(as_real_function(f, inputs), [part for x in inputs for part in split(x)], grad_outputs, **options)
    checked, count, rng = _checked(inputs, np.float64), len(inputs), np.random.default_rng(0)
    outputs = outputs_of(f, inputs)
    tracked = [k for k, out in enumerate(outputs) if out.requires_grad]
    arrays = [rng.uniform(0.5, 1.5, out.shape) for out in outputs] if grad_outputs is None else grad_outputs
    arriving = [Tensor(g.numpy() if isinstance(g, Tensor) else g, requires_grad=True) for g in (arrays[k] for k in tracked)]

    def gradient(*args: Tensor) -> list[Tensor]:
        outputs = outputs_of(f, args[:count])
        if not tracked:
            return [Tensor(np.zeros(args[i].shape)) for i in checked]
        return gradients([outputs[k] for k in tracked], [args[i] for i in checked], list(args[count:]), create_graph=True)

    check_options = CheckOptions(**{"order": 2, **options})
    original = CheckSpec(f, inputs, checked, check_options)
    arriving_places = range(count, count + len(arriving))
    return _check(GradientSpec(gradient, inputs + arriving, [*checked, *arriving_places], check_options, original))


def check_grads(f: Callable[..., Any], args: Sequence[Any], order: int = 2, **options: Any) -> bool:
    """Check derivatives up to an order in random directions: vᵀJu ≈ vᵀ(f(x + εu) − f(x − εu)) / 2ε.

    args:    tensors, arrays or numbers; derivatives are also checked with respect to floats that are not tensors.
    options: as for `gradcheck`, of which this is the fast mode under the name that users of JAX and HIPS autograd know.

    Raises GradientError as `gradcheck` does.

    >>> import numpy as np
    >>> from autograd.debug.gradcheck import check_grads
    >>> check_grads(lambda x, y: np.sin(x) * y, [np.array([1.0, 2.0]), 3.0], order=3)
    True
    """
    return gradcheck(f, list(args), order=order, **{"fast": True, **options})


def _as_inputs(inputs: Any) -> list[Tensor]:
    """The inputs as distinct tensors: one that is passed twice is two variables; float and complex arrays require gradients."""
    distinct: dict[int, Tensor] = {}
    for x in [inputs] if isinstance(inputs, Tensor | np.ndarray | float | complex) else inputs:
        variable = x if isinstance(x, Tensor) else _as_variable(x)
        if id(variable) in distinct:
            variable = Tensor(variable.numpy(), requires_grad=variable.requires_grad)
        distinct[id(variable)] = variable
    return list(distinct.values())


def _as_variable(x: Any) -> Tensor:
    """A tensor that requires gradients if it holds floats or complex numbers."""
    tensor = Tensor(x)
    return Tensor(tensor, requires_grad=True) if tensor.dtype.kind in "fc" else tensor


def _checked(inputs: list[Tensor], dtype: Any) -> list[int]:
    """The positions of the inputs that require gradients."""
    checked = [i for i, x in enumerate(inputs) if x.requires_grad]
    if not checked:
        raise GradientError("gradcheck: there is nothing to check: no input has requires_grad=True")
    for i in checked:
        real_dtype = inputs[i].data.real.dtype
        if real_dtype != dtype:
            raise GradientError(
                f"gradcheck: input {i + 1} is {inputs[i].dtype}, not {np.dtype(dtype)}; convert it, or pass dtype={real_dtype}"
            )
    return checked


def _check(spec: CheckSpec) -> bool:
    """Check f at its inputs and at the variations that the options ask for; raise GradientError."""
    try:
        known_formulas: set = set()
        functions = _check_at_inputs(spec, known_formulas)
        check_variations(spec, functions, known_formulas)
    except CheckFailure as failure:
        raise GradientError(_format_failure(spec, failure)) from failure.__cause__
    if spec.options.vary:
        _check_in_float32(spec)
        check_domain(spec, functions, lambda varied: _check_at_inputs(varied, set()))
    return True


def _check_in_float32(spec: CheckSpec) -> None:
    try:
        check_single_precision(spec, list(_derivatives(spec)))
    except CheckFailure as failure:
        raise GradientError(_format_failure(spec, failure, _check_in_float32)) from failure.__cause__


def _check_at_inputs(spec: CheckSpec, known_formulas: set) -> list[tuple[Callable, int]]:
    """Check f at its inputs; raise GradientError. Returns the functions of `_derivatives`, and adds to the known formulas."""
    functions = list(_derivatives(spec))
    try:
        if spec.first_order == 1:
            check_purity(spec)
        for f, order in functions:
            check_formulas(outputs_of(f, spec.inputs), order, known_formulas)
        if spec.first_order == 1:
            check_scaling(spec)
        _check_derivatives(spec, functions)
    except CheckFailure as failure:
        raise GradientError(_format_failure(spec, failure)) from failure.__cause__
    return functions


def _check_derivatives(spec: CheckSpec, functions: Sequence[tuple[Callable, int]]) -> None:
    """Compare the derivatives of each order with references; raise CheckFailure."""
    directions = [Direction(spec, f, order) for f, order in functions]
    if spec.options.fast and all(direction.agrees() for direction in directions):
        return
    kinks: set[tuple[int, int]] = set()
    for direction in directions:
        comparison = Comparison(spec, direction.f, direction.order)
        kinks = comparison.check(kinks)
        direction.check_against(comparison)


def _derivatives(spec: CheckSpec) -> Iterable[tuple[Callable, int]]:
    """The functions whose first derivatives are the derivatives of each order, with the order."""
    f, rng = spec.f, np.random.default_rng(0)
    for order in range(spec.first_order, spec.options.order + 1):
        yield f, order
        f = derivative_of(f, spec.checked, rng)


def _format_failure(spec: CheckSpec, failure: CheckFailure, check: Callable[[CheckSpec], Any] = _check) -> str:
    """The message of a failure, with the operation that causes it and a guess at the mistake.

    check: the check that failed, which is repeated for each operation by itself.
    """
    operation, _ = (spec.original if isinstance(spec, ComplexSpec) else spec).operation()
    if operation is None and (cause := _failing_operation(spec, failure.order, check)):
        return f"the function: {failure.message}\n  the operation to blame is {cause}"
    hint = f"\n  guess: {failure.guess()}" if failure.guess else ""
    if failure.guess and failure.order > 1:
        hint += "\n  the derivative before it is right: perhaps .numpy(), .data or a residual's definition loses the next"
    return f"{spec.title()}: {failure.message}{hint}"


def _failing_operation(spec: CheckSpec, order: int, check: Callable[[CheckSpec], Any]) -> str | None:
    """The message of the first recorded operation that fails by itself."""
    seen = set()
    options = replace(spec.options, order=order, fast=False, vary=False, report=None)
    for node, f, inputs in single_operations(spec.recorded_outputs()):
        if is_stale(node, inputs):
            return f"{node.operation.name}: stale saved value: its result was changed after it was recorded"
        key = (node.operation, *[(x.shape, x.requires_grad) for x in inputs])
        if key not in seen:
            seen.add(key)
            checked = [i for i, x in enumerate(inputs) if x.requires_grad]
            try:
                check(as_real_spec(NodeSpec(f, inputs, checked, options, node)))
            except GradientError as error:
                return str(error)
            except Exception:  # the operation cannot be checked by itself, so it explains nothing
                continue
    return None
