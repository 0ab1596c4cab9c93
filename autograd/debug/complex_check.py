"""Gradient checks with respect to complex inputs: as functions of their real and imaginary parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.core.coercion import is_complex
from autograd.core.operation import Operation
from autograd.core.tensor import Tensor
from autograd.debug.check_spec import CheckSpec


@dataclass(frozen=True)
class ComplexSpec(CheckSpec):
    """A check of a function of the real and imaginary parts of complex inputs."""

    original: CheckSpec

    def _operation(self) -> tuple[Operation | None, dict]:
        return None, {}

    def title(self) -> str:
        """The name of the original function in messages."""
        return self.original.title()

    def names(self) -> list[str]:
        """The names of the original's inputs in messages, with the part that an input holds."""
        pairs = zip(self.original.names(), self.original.inputs)
        names = [[f"the real part of {x}", f"the imaginary part of {x}"] if is_split(t) else [x] for x, t in pairs]
        return [name for parts in names for name in parts]


def as_real_spec(spec: CheckSpec) -> CheckSpec:
    """The check as one of a function of real inputs; itself if they are real."""
    if not any(map(is_split, spec.inputs)):
        return spec
    inputs = [part for x in spec.inputs for part in split(x)]
    starts = np.cumsum([0, *(1 + is_split(x) for x in spec.inputs)])
    checked = [int(k) for i in spec.checked for k in range(starts[i], starts[i + 1])]
    return ComplexSpec(as_real_function(spec.f, spec.inputs), inputs, checked, spec.options, spec)


def as_real_function(f: Callable[..., Any], inputs: Sequence[Tensor]) -> Callable[..., Any]:
    """f as a function of the parts of these inputs."""

    def real_function(*parts: Any) -> Any:
        remaining = iter(parts)
        return f(*[next(remaining) + next(remaining) * 1j if is_split(x) else next(remaining) for x in inputs])

    return real_function


def split(x: Tensor) -> list[Tensor]:
    """The real and the imaginary part of a complex input that is checked, each as an input; any other input itself."""
    return [Tensor(part, requires_grad=True) for part in (x.data.real, x.data.imag)] if is_split(x) else [x]


def is_split(x: Tensor) -> bool:
    """Whether an input is checked by its parts."""
    return x.requires_grad and is_complex(x)
