"""Variations of a call that must change nothing: memory layouts, and inputs that require no gradient."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.core.tensor import Tensor
from autograd.debug.check_spec import CheckFailure, CheckSpec, outputs_of
from autograd.debug.closeness import first_difference
from autograd.debug.formula_checks import check_formulas
from autograd.debug.numerical import SENSITIVITY, derivative_of, disturbed_inputs
from autograd.debug.purity import backward_arrays
from autograd.errors import GradientError

#: By name: the same values in another memory layout.
LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "transposed": lambda x: np.swapaxes(np.swapaxes(x, 0, -1).copy(), 0, -1),
    "strided": lambda x: np.repeat(x, 2, -1)[..., ::2],
    "flipped": lambda x: np.flip(np.flip(x).copy()),
    "Fortran": np.asfortranarray,
}


@dataclass(frozen=True)
class Variation:
    """Inputs with the same values and another layout or dtype, or of which fewer require gradients."""

    description: str
    inputs: list[Tensor]


def check_variations(spec: CheckSpec, functions: Sequence[tuple[Callable[..., Any], int]], known_formulas: set) -> None:
    """Check that memory layouts, and which inputs require gradients, change nothing; raise CheckFailure or GradientError.

    functions:      those whose first derivatives are the derivatives of each order, with the order.
    known_formulas: those that `check_formulas` has checked.
    """
    inputs, first = _contiguous(spec.inputs), spec.first_order
    expected: dict[int, list] = {}
    for f, order in functions:
        expected[order] = labelled_arrays(spec, f, spec.checked, inputs)
        for variation in layouts(spec, inputs):
            compare(spec, f, order, spec.checked, inputs, expected[order], variation, known_formulas)
    if first > 1:
        return  # the arriving gradients are inputs that must require gradients
    count = len(expected[first]) - len(spec.checked)  # of the outputs
    for slot, variation in enumerate(subsets(spec, inputs)):
        f, rng, checked = spec.f, np.random.default_rng(0), [spec.checked[slot]]
        for _, order in functions:
            if order == first:
                arrays = [*expected[first][:count], expected[first][count + slot]]
            else:
                f = derivative_of(f, checked, rng)
                arrays = labelled_arrays(spec, f, checked, inputs)
            compare(spec, f, order, checked, inputs, arrays, variation, known_formulas)


def layouts(spec: CheckSpec, inputs: list[Tensor]) -> Iterator[Variation]:
    """The inputs in each memory layout, all of them together."""
    tried = {_strides(inputs)}
    for name, layout in LAYOUTS.items():
        varied = [_in_layout(x, layout) for x in inputs]
        if _strides(varied) in tried:
            continue
        tried.add(_strides(varied))
        names = spec.names()
        changed = [
            f"{names[i]} (shape {x.shape}) has strides {y.data.strides}"
            for i, (x, y) in enumerate(zip(inputs, varied))
            if x.data.strides != y.data.strides
        ]
        yield Variation(f"for a memory layout ({name}): where {' and '.join(changed)}", varied)


def subsets(spec: CheckSpec, inputs: list[Tensor]) -> Iterator[Variation]:
    """The inputs with gradients for one of them alone."""
    names = spec.names()
    for i in spec.checked if len(spec.checked) > 1 else ():
        alone = [x if j == i or not x.requires_grad else x.detach() for j, x in enumerate(inputs)]
        yield Variation(f"where another input needs no gradient: where only {names[i]} requires a gradient", alone)


def compare(
    spec: CheckSpec,
    f: Callable[..., Any],
    order: int,
    checked: Sequence[int],
    inputs: list[Tensor],
    expected: list[tuple[str, np.ndarray]],
    variation: Variation,
    known_formulas: set,
) -> None:
    """Check that f has the same outputs and gradients for a variation; raise CheckFailure or GradientError.

    checked:  the positions of the inputs whose gradients are compared.
    expected: the `labelled_arrays` for the inputs.
    """
    try:
        outputs = outputs_of(f, variation.inputs)
        if order == spec.first_order:
            check_formulas(outputs, order, known_formulas, f"\n  {variation.description}")
        actual = _arrays(spec, outputs, checked, variation.inputs)
    except GradientError:
        raise
    except Exception as error:
        message = f"fails {variation.description}\n  {type(error).__name__}: {error}"
        raise CheckFailure(message, order=order) from error
    dtype = min((x.dtype for x in variation.inputs if x.dtype.kind == "f"), key=lambda dtype: dtype.itemsize)
    scale = max(float(np.max(np.abs(x.data), initial=1)) for x in inputs)
    disturbed = None
    for k, (label, array) in enumerate(expected):
        has_shape = array.shape == actual[k].shape
        index = first_difference(actual[k], array, scale, dtype) if has_shape else ()
        if index is None:
            continue
        if disturbed is None:
            near = disturbed_inputs(inputs, dtype)
            disturbed = _arrays(spec, outputs_of(f, near), checked, near)
        if not (has_shape and _is_rounding(actual[k], array, disturbed[k])):
            raise CheckFailure(_message(variation, label, order, actual[k], array, index), order=order)


def _message(variation: Variation, label: str, order: int, actual: np.ndarray, expected: np.ndarray, index: tuple) -> str:
    values = f"is {actual[index]:.8g} there and {expected[index]:.8g} for the given inputs"
    if actual.shape != expected.shape:
        values = f"has shape {actual.shape} there and {expected.shape} for the given inputs"
    return f"wrong {variation.description}\n  order {order}: {label} {f'at {index} ' if index else ''}{values}"


def _is_rounding(actual: np.ndarray, expected: np.ndarray, disturbed: np.ndarray) -> bool:
    """Whether rounding of the inputs changes the expected array about as much as the variation does."""
    with np.errstate(all="ignore"):
        change, difference = np.abs(disturbed - expected), np.abs(actual - expected)
        finite = np.isfinite(change) & np.isfinite(difference)
        return bool(finite.all() and difference.max(initial=0) <= SENSITIVITY * change.max(initial=0))


def labelled_arrays(
    spec: CheckSpec, f: Callable[..., Any], checked: Sequence[int], inputs: list[Tensor]
) -> list[tuple[str, np.ndarray]]:
    """The outputs of f and the gradients of checked inputs, with names for messages."""
    outputs, names = outputs_of(f, inputs), spec.names()
    labels = [f"output {k + 1}" for k in range(len(outputs))] + [f"the gradient of {names[i]}" for i in checked]
    return list(zip(labels, _arrays(spec, outputs, checked, inputs)))


def _arrays(spec: CheckSpec, outputs: list[Tensor], checked: Sequence[int], inputs: list[Tensor]) -> list[np.ndarray]:
    """The outputs and the gradients of checked inputs, for random arriving gradients in the memory layout of the outputs."""
    rng = np.random.default_rng(1)
    xs = [inputs[i] for i in checked]
    values = [np.array(out.data) for out in outputs]
    grads = backward_arrays(spec, outputs, [rng.uniform(0.5, 1.5, out.shape) for out in outputs], xs)
    return values + [np.asarray(g) for g in grads]


def _contiguous(inputs: list[Tensor]) -> list[Tensor]:
    return [
        x if x.data.ndim == 0 or x.data.flags.c_contiguous else _on_memory_of(np.ascontiguousarray(x.data), x) for x in inputs
    ]


def _in_layout(x: Tensor, layout: Callable[[np.ndarray], np.ndarray]) -> Tensor:
    return x if x.data.ndim == 0 or x.size < 2 else _on_memory_of(layout(x.data), x)


def _on_memory_of(array: np.ndarray, like: Tensor) -> Tensor:
    """A tensor that shares the memory of an array; new tensors copy theirs."""
    x = Tensor(array, like.requires_grad)
    x.data = array
    return x


def _strides(inputs: Sequence[Tensor]) -> tuple[Any, ...]:
    return tuple(x.data.strides for x in inputs)
