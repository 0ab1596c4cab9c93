"""Which parameters a penalty or a constraint acts on."""

from collections.abc import Callable, Iterable

from autograd import Tensor

Where = Callable[[Tensor], bool] | Iterable[Tensor] | None


class ParameterFilter:
    """Acts on weights unless told otherwise: on parameters of two axes or more, and so not on biases.

    on: a function of a parameter that says whether it is meant, or the parameters themselves.
    """

    def __init__(self, on: Where = None):
        if isinstance(on, Tensor):
            on = [on]
        if on is not None and not callable(on):
            on = list(on)
            strange = [one for one in on if not isinstance(one, Tensor)]
            if strange:
                raise TypeError(f"on= takes a function of a parameter or a list of parameters, not one of {strange[0]!r}")
        self.on = on

    def matches(self, parameter: Tensor) -> bool:
        """Whether a parameter is meant."""
        if self.on is None:
            return parameter.ndim >= 2
        if callable(self.on):
            return bool(self.on(parameter))
        return any(one is parameter for one in self.on)


def fan_in_axes(ndim: int) -> tuple[int, ...]:
    """The axes along which lie the weights into one unit: of (in, out) the first, of kernels (out, in, …) all but the first.

    >>> from optim.regularizers.parameter_filter import fan_in_axes
    >>> fan_in_axes(2), fan_in_axes(4), fan_in_axes(1)
    ((0,), (1, 2, 3), (0,))
    """
    return (0,) if ndim <= 2 else tuple(range(1, ndim))
