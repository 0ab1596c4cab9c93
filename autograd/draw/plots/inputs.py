"""The arguments of plots: arrays, ranges, functions evaluated at many points, and models in evaluation mode."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.core.coercion import as_real_array
from autograd.core.grad_mode import no_grad
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError

Range = tuple[float, float]


def as_array(x: Any) -> np.ndarray:
    """An array of real numbers from array-like data, from a tensor, or from a list of tensors."""
    if isinstance(x, list | tuple):
        x = [element.data if isinstance(element, Tensor) else element for element in x]
    return np.asarray(x.data) if isinstance(x, Tensor) else as_real_array(x)


def as_dict(values: Any, name: str = "") -> dict[str, Any]:
    """A mapping as a dict with strings as keys; a single value as {name: value}."""
    return {str(key): value for key, value in values.items()} if isinstance(values, Mapping) else {name: values}


def as_range(name: str, ends: Any) -> Range:
    """The two ends of a range; raises ValueError unless the first is below the second."""
    array = as_array(ends)
    if array.shape != (2,) or not np.isfinite(array).all() or not array[0] < array[1]:
        raise ValueError(f"{name}: a range is (low, high) with finite numbers low < high, not {ends!r}")
    return float(array[0]), float(array[1])


def evaluate(f: Callable[..., Any], *points: np.ndarray) -> np.ndarray:
    """Evaluate f at many points, given as one array for each argument: in one call if f is elementwise, else point by point.

    A function that is not elementwise, such as a loss summed over examples, may return a wrong array of the right shape.
    The result of one call is therefore compared with f at three of the points. Raises ShapeError unless f returns one number
    for each point.
    """
    shape, size = points[0].shape, points[0].size
    if not size:
        return np.zeros(shape)
    with no_grad(), np.errstate(all="ignore"):
        at_once = _attempt(f, *points)
        if at_once is not None and at_once.shape == shape:
            for i in {0, size // 3, size - 1}:
                y = _attempt(f, *[array.flat[i] for array in points])
                if y is not None and not (y.size == 1 and np.allclose(y, at_once.flat[i], rtol=1e-5, equal_nan=True)):
                    break
            else:
                return at_once.astype(float)
        values = [as_array(f(*map(Tensor, point))) for point in zip(*[array.ravel() for array in points])]
    wrong_shape = next((value.shape for value in values if value.size != 1), None)
    if wrong_shape is not None:
        raise ShapeError(f"a function to draw must return one number for each point, not an array of shape {wrong_shape}")
    return np.array([value.item() for value in values], float).reshape(shape)


def _attempt(f: Callable[..., Any], *arguments: Any) -> np.ndarray | None:
    try:
        return as_array(f(*map(Tensor, arguments)))
    except Exception:  # an error in f itself is raised again by the calls point by point
        return None


@contextmanager
def evaluation_mode(model: Any) -> Iterator[None]:
    """Evaluation mode and no_grad() for a model inside a `with` block; its modes are restored, also after an error."""
    modules = [module for _, module in model.named_modules()] if hasattr(model, "named_modules") else [model]
    modes = [(module, module.training) for module in modules if hasattr(module, "training")]
    try:
        if hasattr(model, "eval"):
            model.eval()
        with no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
