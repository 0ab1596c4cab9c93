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
    ∂v1/∂v1 × ∂v1/∂x = 1 × 3 = 3  → x
<BLANKLINE>
gradients
  ∂v1/∂x = 6
"""

import sys
from collections.abc import Iterable, Mapping
from types import ModuleType

from autograd.draw.graph import Graph
from autograd.draw.read import read
from autograd.tensor import Tensor


def draw(tensor: Tensor, names: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] = ()) -> Graph:
    """The graph that `tensor` was computed with: values, gradients, and the local derivative on every edge.

    names: names for tensors that have none, such as model.named_parameters().

    Raises GraphError if the tensor has no graph.
    """
    return Graph(read(tensor, names))


class _Callable(ModuleType):
    """Lets `autograd.draw(f)` mean `autograd.draw.draw(f)`."""

    __call__ = staticmethod(draw)


sys.modules[__name__].__class__ = _Callable
