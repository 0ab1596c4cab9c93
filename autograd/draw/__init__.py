"""The graph of backprop as a picture. This package reads graphs; the engine does not know about it.

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
from autograd.draw.graph import Graph
from autograd.draw.reader import read
from autograd.draw.watch import watch

__all__ = ["Graph", "draw", "watch"]


def draw(
    what: Tensor | Callable[..., Tensor],
    *inputs: Any,
    names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] = (),
    since: Tensor | Iterable[Tensor] = (),
    depth: int | None = None,
    constants: bool = True,
    limit: int = simplify.LIMIT,
    health: bool = False,
    down: bool | None = None,
) -> Graph:
    """The graph of a tensor, drawn: values, gradients Σ upstream × ∂target/∂source, and the local derivative on every edge.

    In Jupyter it is stepped through, forward and backward; `print` writes all steps, `save` a file, `at(step)` gives one step.

    what:      a tensor, or a model (any function that returns one), which is then called with `inputs` and watched.
    names:     names for tensors that have none, such as model.named_parameters(); a model's own are known.
    since:     show only what lies between this tensor, or these, and the result.
    depth:     how deep to look into modules: 0 shows the model as one box, 1 its parts as one each; None shows all.
    constants: whether to show numbers and tensors without gradient.
    limit:     graphs of more operations than this are summarized: modules, repetitions, and if need be the middle become
               one box each; the picture says so.
    health:    colors and marks tell where gradients vanish or explode, instead of what a vertex is.
    down:      whether the picture runs down, not to the right; if not given, where it would be too wide otherwise.

    What was computed inside `watch()`, as a model given here is, also has its source lines, its modules, and values and
    gradients of any size. Drawing changes nothing: a graph can be drawn before and after `backward()`.

    Raises TypeError for anything but a tensor or what returns one, ValueError for a depth or limit that is too small, and
    GraphError if the tensor has no graph, was not computed from `since`, or was not watched though `depth` asks for modules.

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
        raise ValueError(f"depth={depth}: 0 shows the model as one box, 1 its parts, None everything")
    if limit < simplify.FEWEST:
        raise ValueError(f"limit={limit}: a summary has at least {simplify.FEWEST} operations")
    if not isinstance(what, Tensor):
        names = names or getattr(what, "named_parameters", lambda: ())()
        what = _result(what, inputs)
    elif inputs:
        raise TypeError(f"{what._describe()} is drawn by itself: inputs are for models")
    vertices = read(what, names)
    starts = list(since) if isinstance(since, Iterable) and not isinstance(since, Tensor) else [since]
    if starts:
        vertices = simplify.between(vertices, starts)
    if not constants:
        vertices = simplify.without_constants(vertices)
    if depth is not None:
        vertices = simplify.by_modules(vertices, depth)
    return Graph(simplify.summarized(vertices, limit), health, down)


def _result(model: Any, inputs: tuple[Any, ...]) -> Tensor:
    """What a model returns, with what pictures show noted."""
    if not callable(model):
        raise TypeError(f"draw takes a tensor, or a model and its inputs, not {short_repr(model)} ({type(model).__name__})")
    with watch():
        result = model(*inputs)
    if not isinstance(result, Tensor):
        raise TypeError(
            f"draw takes a model that returns a tensor; this one returned {short_repr(result)} ({type(result).__name__}). "
            "A function can pick a part: draw(lambda x: model(x)[0], x)"
        )
    return result


def __getattr__(name: str) -> Any:
    """Plots are imported when they are first asked for."""
    if name == "plots":
        return importlib.import_module("autograd.draw.plots")
    raise AttributeError(f"module 'autograd.draw' has no attribute {name!r}")


class _Callable(ModuleType):
    """Lets `autograd.draw(f)` mean `autograd.draw.draw(f)`."""

    __call__ = staticmethod(draw)


sys.modules[__name__].__class__ = _Callable
