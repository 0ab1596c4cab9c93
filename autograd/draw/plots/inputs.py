"""What people give to plots, as arrays; functions evaluated on many points; models asked without being changed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.core.coercion import as_real_array
from autograd.core.grad_mode import no_grad
from autograd.core.tensor import Tensor
from autograd.errors import ShapeError

Range = tuple[float, float]


def plain(x: Any) -> np.ndarray:
    """Numbers as an array, also those of a tensor, or of a list of tensors, with a graph."""
    if isinstance(x, list | tuple):
        x = [one.data if isinstance(one, Tensor) else one for one in x]
    return np.asarray(x.data) if isinstance(x, Tensor) else as_real_array(x)


def named(what: Any, name: str = "") -> dict[str, Any]:
    """Things by name; a single one gets the given name."""
    return {str(key): value for key, value in what.items()} if isinstance(what, Mapping) else {name: what}


def interval(what: str, ends: Any) -> Range:
    """The two ends of a range; raises ValueError unless the first is below the second."""
    found = plain(ends)
    if found.shape != (2,) or not np.isfinite(found).all() or not found[0] < found[1]:
        raise ValueError(f"{what}: a range is (from, to) with from < to, not {ends!r}")
    return float(found[0]), float(found[1])


def evaluated(f: Callable[..., Any], *points: np.ndarray) -> np.ndarray:
    """f at many points, given as one array for each of its arguments: all at once where f allows, else one by one.

    A function that sums over its argument, say a loss over examples, may give something of the right shape that is wrong:
    so what it gives at once is compared with what it gives for a few of the points. Raises ShapeError unless f gives one
    number for each point.
    """
    whole = points[0]
    if not whole.size:
        return np.zeros(whole.shape)
    with no_grad(), np.errstate(all="ignore"):
        at_once = _attempt(f, *points)
        if at_once is not None and at_once.shape == whole.shape:
            for i in {0, whole.size // 3, whole.size - 1}:
                one = _attempt(f, *[array.flat[i] for array in points])
                if one is not None and not (one.size == 1 and np.allclose(one, at_once.flat[i], rtol=1e-5, equal_nan=True)):
                    break
            else:
                return at_once.astype(float)
        found = [plain(f(*map(Tensor, one))) for one in zip(*[array.ravel() for array in points])]
    wrong = next((value.shape for value in found if value.size != 1), None)
    if wrong is not None:
        raise ShapeError(f"a function to draw gives one number for each point, not an array of shape {wrong}")
    return np.array([value.item() for value in found], float).reshape(whole.shape)


def _attempt(f: Callable[..., Any], *arguments: Any) -> np.ndarray | None:
    try:
        return plain(f(*map(Tensor, arguments)))
    except Exception:  # if this is a mistake in f, one by one it comes again and is seen
        return None


@contextmanager
def evaluation(model: Any) -> Iterator[None]:
    """A model in evaluation mode and without recording inside a `with` block; its modes are put back, also if it raises."""
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
