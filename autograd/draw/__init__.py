"""Computation graphs as pictures and text. This package reads graphs; the engine does not import it.

>>> import autograd
>>> from autograd import Tensor
>>> x = Tensor(3.0, requires_grad=True, name="x")
>>> f = x * x
>>> f.backward()
>>> print(autograd.draw(f))
forward
  x   leaf   = 3
  v1  x × x  = 9
<BLANKLINE>
backward
  start: ∂v1/∂v1 = 1
  through v1 = x × x
    ∂v1/∂v1 × ∂v1/∂x = 1 × 3 = 3  → x
    ∂v1/∂v1 × ∂v1/∂x = 1 × 3 = 3  → x: 3 + 3 = 6
<BLANKLINE>
gradients
  ∂v1/∂x = 6
"""

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

from autograd.core.coercion import short_repr
from autograd.core.tensor import Tensor
from autograd.draw import simplify
from autograd.draw.film import Film
from autograd.draw.graph import Graph
from autograd.draw.reader import read_graph
from autograd.draw.slides import Slides
from autograd.draw.watch import watch

__all__ = ["Film", "Graph", "Slides", "draw", "watch"]


def draw(
    tensor_or_model: Tensor | Callable[..., Tensor],
    *inputs: Any,
    names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] = (),
    since: Tensor | Iterable[Tensor] = (),
    depth: int | None = None,
    constants: bool = True,
    limit: int = simplify.DEFAULT_LIMIT,
    health: bool = False,
    down: bool | None = None,
) -> Graph:
    """Draw the graph of a tensor: values, gradients Σ upstream × ∂target/∂source, and the local derivative on every edge.

    Jupyter displays the graph with controls to step through it; `print` writes all steps, `save` writes a file, and `at(step)`
    returns the picture of one step.

    tensor_or_model: a tensor, or a model (any function that returns a tensor), which is called with `inputs` inside `watch()`.
    names:     names for tensors without a name, such as model.named_parameters(), which is the default for a model.
    since:     a tensor or several; show only the paths from them to the result.
    depth:     the depth to which modules are shown: 0 shows the model as one box, 1 each of its children; None shows all.
    constants: show numbers and tensors that do not require a gradient.
    limit:     summarize graphs with more operations: modules, then repetitions, then the middle become one box each. The
               picture states the number of operations.
    health:    color and mark vertices by the size of their gradients, vanishing or exploding, instead of by their kind.
    down:      draw from top to bottom instead of from left to right; None does so only where the picture would be too wide.

    Graphs computed inside `watch()` also have source lines, modules, and values and gradients of any size. Drawing does not
    change the graph, which can be drawn before and after `backward()`.

    Raises TypeError for anything but a tensor or a function that returns one, ValueError for a depth or limit that is too
    small, and GraphError if the tensor has no graph, if it was not computed from `since`, or if `depth` is given but the graph
    was not computed inside `watch()`.

    >>> import autograd
    >>> x, w = (autograd.Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (2.0, "w")))
    >>> f = (x * w) ** 2
    >>> f.backward()
    >>> graph = autograd.draw(f, since=x)
    >>> graph.save("graph.svg")  # doctest: +SKIP
    >>> print(graph)
    forward
      x   leaf    = 3
      v1  x × w   = 6
      v2  v1 ^ 2  = 36
    <BLANKLINE>
    backward
      start: ∂v2/∂v2 = 1
      through v2 = v1 ^ 2
        ∂v2/∂v2 × ∂v2/∂v1 = 1 × 12 = 12  → v1
      through v1 = x × w
        ∂v2/∂v1 × ∂v1/∂x = 12 × 2 = 24  → x
    <BLANKLINE>
    gradients
      ∂v2/∂x = 24
    """
    if depth is not None and depth < 0:
        raise ValueError(f"depth={depth}: must be at least 0; 0 shows the model as one box, 1 its children, None all modules")
    if limit < simplify.MIN_LIMIT:
        raise ValueError(
            f"limit={limit}: must be at least {simplify.MIN_LIMIT}, the smallest number of operations in a summary"
        )
    if not isinstance(tensor_or_model, Tensor):
        names = names or getattr(tensor_or_model, "named_parameters", lambda: ())()
        result = _call_model(tensor_or_model, inputs)
    elif inputs:
        raise TypeError(f"{tensor_or_model._describe()} takes no inputs: only a model is called with inputs")
    else:
        result = tensor_or_model
    vertices = read_graph(result, names)
    starts = list(since) if isinstance(since, Iterable) and not isinstance(since, Tensor) else [since]
    if starts:
        vertices = simplify.keep_between(vertices, starts)
    if not constants:
        vertices = simplify.drop_constants(vertices)
    if depth is not None:
        vertices = simplify.group_modules(vertices, depth)
    return Graph(simplify.summarize(vertices, limit), health, down)


def _call_model(model: Any, inputs: tuple[Any, ...]) -> Tensor:
    """The tensor that a model returns, computed inside `watch()`."""
    if not callable(model):
        raise TypeError(f"draw takes a tensor, or a model and its inputs, not {short_repr(model)} ({type(model).__name__})")
    with watch():
        result = model(*inputs)
    if not isinstance(result, Tensor):
        raise TypeError(
            f"draw takes a model that returns a tensor; this one returned {short_repr(result)} ({type(result).__name__}). "
            "To draw one of several results, write draw(lambda x: model(x)[0], x)"
        )
    return result


def __getattr__(name: str) -> Any:
    """Import `plots` on first use."""
    if name == "plots":
        return importlib.import_module("autograd.draw.plots")
    raise AttributeError(f"module 'autograd.draw' has no attribute {name!r}")


class _Callable(ModuleType):
    """A module that can be called: `autograd.draw(f)` is `autograd.draw.draw(f)`."""

    __call__ = staticmethod(draw)


sys.modules[__name__].__class__ = _Callable
