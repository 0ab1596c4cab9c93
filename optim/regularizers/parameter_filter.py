"""The choice of the parameters on which a penalty or a constraint acts."""

import inspect
from collections.abc import Callable, Iterable

from autograd import Tensor
from optim.validation import KeywordHints, brief_list, plural

Where = Callable[[Tensor], bool] | Iterable[Tensor] | None


class ParameterFilter(KeywordHints):
    """A choice of parameters.

    on: a list of parameters, or a function that takes a parameter and returns True or False. By default parameters with two
        axes or more, which excludes biases.
    """

    def __init__(self, on: Where = None):
        if isinstance(on, Tensor):
            on = [on]
        if on is not None and not callable(on):
            on = list(on)
            others = [item for item in on if not isinstance(item, Tensor)]
            if others:
                raise TypeError(f"on= takes a list of parameters or a function of a parameter, not a list with {others[0]!r}")
        self.on = on

    def __repr__(self) -> str:
        texts = []
        for name, parameter in inspect.signature(type(self)).parameters.items():
            value = getattr(self, name, parameter.default)
            if parameter.default is parameter.empty and value is not parameter.empty:
                texts.append(brief_list([value]))
            elif value != parameter.default and name != "on":
                texts.append(f"{name}={brief_list([value])}")
        if callable(self.on):
            texts.append(f"on={getattr(self.on, '__qualname__', 'a function'):.40}")
        elif self.on is not None:
            texts.append(f"on={plural(len(self.on), 'parameter')}")
        return f"{type(self).__name__}({', '.join(texts)})"

    def matches(self, parameter: Tensor) -> bool:
        """Whether a parameter is among the chosen ones."""
        if self.on is None:
            return parameter.ndim >= 2
        if callable(self.on):
            return bool(self.on(parameter))
        return any(chosen is parameter for chosen in self.on)


def fan_in_axes(ndim: int) -> tuple[int, ...]:
    """The axes of the weights into one unit: the first for weights (in, out), all but the first for kernels (out, in, …).

    >>> from optim.regularizers.parameter_filter import fan_in_axes
    >>> fan_in_axes(2), fan_in_axes(4), fan_in_axes(1)
    ((0,), (1, 2, 3), (0,))
    """
    return (0,) if ndim <= 2 else tuple(range(1, ndim))
