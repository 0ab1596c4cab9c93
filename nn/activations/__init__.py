"""Activations as modules, and the table of what is true of them.

A module's docstring states its facts once: after the colon of the first line the formula, below it the derivative, the
range, the order of continuity and the sides on which it saturates. ACTIVATIONS reads them from there; tests prove them.
"""

import re
from typing import NamedTuple

from nn.activations.base import AlongAxis
from nn.activations.rectifiers import APL, BReLU, LeakyReLU, PReLU, ReLU, RReLU
from nn.activations.smooth_rectifiers import CELU, ELU, GELU, SELU, Hardswish, Mish, SiLU, Softplus, Swish
from nn.activations.softmax import LogSigmoid, LogSoftmax, Softmax, Softmin
from nn.activations.squashing import (
    SQNL,
    BinaryStep,
    Hardsigmoid,
    Hardtanh,
    ReLU6,
    Sigmoid,
    SoftClipping,
    Softsign,
    Tanh,
)
from nn.activations.unbounded import GLU, BentIdentity, Hardshrink, Identity, SoftExponential, Softshrink, Tanhshrink
from nn.module.module import Module
from nn.validation import unknown

__all__ = [
    "ACTIVATIONS",
    "APL",
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "SQNL",
    "Activation",
    "BReLU",
    "BentIdentity",
    "BinaryStep",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "Identity",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "SoftClipping",
    "SoftExponential",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Swish",
    "Tanh",
    "Tanhshrink",
    "activation_named",
]

FACTS = ("formula", "derivative", "range", "continuity", "saturates")


class Activation(NamedTuple):
    """The facts of an activation with its default options, as its docstring states them.

    formula:    of the value f at x; σ is the logistic function, Φ and φ are the standard normal distribution function and its
                density, Σ is the sum along the axis or over hinges, i a unit's number; other names are the module's options.
    derivative: f′(x), with the values that are used where there is none.
    range:      the values that f takes; a bound after ≈ is rounded.
    continuity: Cᵏ if f and its first k derivatives are continuous and the next is not, C⁻¹ if f itself jumps.
    saturates:  the sides on which f′ goes to 0; on both sides for what the lectures call a saturating function.

    >>> import nn
    >>> nn.activations.ACTIVATIONS["tanh"].derivative
    '1 − f²'
    """

    name: str
    module: type[Module]
    title: str
    formula: str
    derivative: str
    range: str
    continuity: str
    saturates: str

    @classmethod
    def of(cls, name: str, module: type[Module]) -> "Activation":
        """The row of a module, read from its docstring; empty where Python was told to strip docstrings."""
        headline, _, rest = (module.__doc__ or "").partition("\n\n")
        title, _, formula = headline.removesuffix(".").partition(": ")
        stated = dict(re.findall(r"^ +(\w+): +(.+)$", rest.partition("\n\n")[0], re.MULTILINE))
        return cls(name, module, title, formula, *[stated.get(fact, "") for fact in FACTS[1:]])

    @property
    def elementwise(self) -> bool:
        """Whether each element is treated by itself; softmax and its like look along an axis."""
        return not issubclass(self.module, AlongAxis)


class Table(dict[str, Activation]):
    """Activations by name, shown as a table."""

    def _rows(self) -> list[tuple[str, ...]]:
        return [("name", *FACTS), *[(row.name, *[getattr(row, fact) for fact in FACTS]) for row in self.values()]]

    def __repr__(self) -> str:
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)

    def _repr_html_(self) -> str:
        head, *rows = [[cell.replace("<", "&lt;") for cell in row] for row in self._rows()]
        body = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
        return f"<table><thead><tr><th>{'</th><th>'.join(head)}</th></tr></thead><tbody>{body}</tbody></table>"


MODULES: dict[str, type[Module]] = {
    "identity": Identity,
    "binary_step": BinaryStep,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "softsign": Softsign,
    "sqnl": SQNL,
    "relu": ReLU,
    "brelu": BReLU,
    "leaky_relu": LeakyReLU,
    "prelu": PReLU,
    "rrelu": RReLU,
    "elu": ELU,
    "apl": APL,
    "bent_identity": BentIdentity,
    "silu": SiLU,
    "soft_exponential": SoftExponential,
    "soft_clipping": SoftClipping,
    "gelu": GELU,
    "softmax": Softmax,
    "softplus": Softplus,
    "selu": SELU,
    "celu": CELU,
    "mish": Mish,
    "relu6": ReLU6,
    "hardtanh": Hardtanh,
    "hardsigmoid": Hardsigmoid,
    "hardswish": Hardswish,
    "tanhshrink": Tanhshrink,
    "softshrink": Softshrink,
    "hardshrink": Hardshrink,
    "logsigmoid": LogSigmoid,
    "log_softmax": LogSoftmax,
    "softmin": Softmin,
    "glu": GLU,
}
ALIASES = {"swish": "silu"}

#: Every activation by the name of its function in nn.functional: the one table for notebooks, plots and tests.
ACTIVATIONS = Table((name, Activation.of(name, module)) for name, module in MODULES.items())


def activation_named(name: str) -> type[Module]:
    """The module class of an activation's name in ACTIVATIONS.

    Raises ValueError for a name that is not there.

    >>> from nn.activations import activation_named
    >>> activation_named("swish")()
    SiLU()
    """
    row = ACTIVATIONS.get(ALIASES.get(name, name))
    if row is None:
        raise unknown("activation", name, [*ACTIVATIONS, *ALIASES])
    return row.module
