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
    ∂v1/∂v1 × ∂v1/∂x = 1 × x = 1 × 3 = 3  → x
    ∂v1/∂v1 × ∂v1/∂x = 1 × x = 1 × 3 = 3  → x: 3 + 3 = 6
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
from autograd.draw.cancellation import mark_cancellations
from autograd.draw.film import Film
from autograd.draw.formula import add_formulas
from autograd.draw.graph import Graph
from autograd.draw.interaction import Interaction
from autograd.draw.matrix_grid import make_grid
from autograd.draw.reader import read_graph
from autograd.draw.shades import COLORS, add_shades
from autograd.draw.slides import Slides
from autograd.draw.watch import watch

__all__ = ["Film", "Graph", "Interaction", "Slides", "draw", "interact", "watch"]


def draw(
    tensor_or_model: Tensor | Callable[..., Tensor],
    *inputs: Any,
    names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] = (),
    since: Tensor | Iterable[Tensor] = (),
    depth: int | None = None,
    constants: bool = True,
    limit: int = simplify.DEFAULT_LIMIT,
    health: bool = False,
    color: str = "kind",
    matrices: bool = False,
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
    color:     color vertices by their "kind", by the size of their "gradient", as `health` does, by the memory "size" of their
               values, or by the "time" of their computation, which is known inside `watch()`.
    matrices:  show vectors and matrices as grids inside the boxes: numbers up to 6 × 6, above that heat maps.
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
        ∂v2/∂v2 × ∂v2/∂v1 = 1 × 2·v1 = 1 × 12 = 12  → v1
      through v1 = x × w, w = 2
        ∂v2/∂v1 × ∂v1/∂x = 12 × w = 12 × 2 = 24  → x
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
    if color not in COLORS:
        raise ValueError(f"color={color!r}: must be one of {', '.join(map(repr, COLORS))}")
    health = health or color == "gradient"
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
    vertices = simplify.summarize(vertices, limit)
    add_formulas(vertices)
    mark_cancellations(vertices, hidden=health)
    if color in ("size", "time"):
        add_shades(vertices, color)
    for vertex in vertices if matrices else ():
        vertex.grid = None if vertex.value is None else make_grid(vertex.value)
    return Graph(vertices, health, down)


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


def interact(f: Callable[..., Tensor], /, *, lr: float = 0.1, **inputs: Any) -> Interaction:
    """The graph of a function whose inputs can be moved: f(x, y, …), ∂f/∂x, ∂f/∂y, … and the picture follow.

    f:      a function of tensors that returns a tensor with one number.
    inputs: the values of its arguments at the start, by name; numbers have a slider and a number field, arrays keep their value
            until a step of descent.
    lr:     the learning rate η.

    A running notebook with ipywidgets (pip install 'chainrule[notebooks]') shows sliders, number fields, and two buttons: one
    step of gradient descent w ← w − η·grad, and zero_grad. A step is followed by a backward pass, which adds to the gradients:
    without zero_grad they accumulate. Elsewhere it is the static picture. The result's methods `move`, `step`, `zero_grad` and
    `reset` do the same in a program.

    Raises TypeError for a function that does not return a tensor with one number or does not depend on its inputs.

    >>> import autograd
    >>> state = autograd.draw.interact(lambda x, y, z: x**2 * y / z, x=3.0, y=4.0, z=2.0)
    >>> state
    <f = 18; x.grad = 12; y.grad = 4.5; z.grad = -9>
    >>> state.move(x=5.0)
    >>> state
    <f = 50; x.grad = 20; y.grad = 12.5; z.grad = -25>
    """
    return Interaction(f, inputs, lr, draw)


def __getattr__(name: str) -> Any:
    """Import `plots` on first use."""
    if name == "plots":
        return importlib.import_module("autograd.draw.plots")
    raise AttributeError(f"module 'autograd.draw' has no attribute {name!r}")


class _Callable(ModuleType):
    """A module that can be called: `autograd.draw(f)` is `autograd.draw.draw(f)`."""

    __call__ = staticmethod(draw)


sys.modules[__name__].__class__ = _Callable
