"""Activations as modules, and the table of their mathematical properties.

The docstring of a module states them: the formula after the colon of the first line, then the derivative, the range, the
order of continuity and the sides on which the function saturates. ACTIVATIONS reads them from there, and tests verify them.
"""

import inspect
import re
from typing import NamedTuple

from nn.activations.base import AxisModule
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
from nn.validation import unknown_name

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
    "get_activation",
]

PROPERTIES = ("formula", "derivative", "range", "continuity", "saturates")


class Activation(NamedTuple):
    """The properties of an activation with its default options, from its docstring.

    formula:    f(x). σ is the logistic function, Φ and φ are the standard normal distribution function and its density,
                Σ is the sum along the axis or over hinges, i the index of a unit; other names are the module's options.
    derivative: f′(x), with the values used at points where f is not differentiable.
    range:      the values of f; a bound after ≈ is rounded.
    continuity: Cᵏ if f and its first k derivatives are continuous and the next is not, C⁻¹ if f has a jump.
    saturates:  the sides on which f′ approaches 0; in the lectures, a saturating function does so on both sides.

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
    def from_docstring(cls, name: str, module: type[Module]) -> "Activation":
        """The row of a module, read from its docstring; the fields are empty if Python runs without docstrings (-OO)."""
        headline, _, rest = inspect.cleandoc(module.__doc__ or "").partition("\n\n")
        title, _, formula = headline.removesuffix(".").partition(": ")
        properties = dict(re.findall(r"^(\w+): +(.+)$", rest.partition("\n\n")[0], re.MULTILINE))
        return cls(name, module, title, formula, *[properties.get(field, "") for field in PROPERTIES[1:]])

    @property
    def elementwise(self) -> bool:
        """Whether each element of the result depends on one element only; softmax depends on all elements along an axis."""
        return not issubclass(self.module, AxisModule)


class Table(dict[str, Activation]):
    """Activations by name; the repr is a table."""

    def _rows(self) -> list[tuple[str, ...]]:
        return [("name", *PROPERTIES), *[(row.name, *[getattr(row, field) for field in PROPERTIES]) for row in self.values()]]

    def __repr__(self) -> str:
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)

    def _repr_html_(self) -> str:
        head, *rows = [[cell.replace("<", "&lt;") for cell in row] for row in self._rows()]
        body = "".join(f"<tr>{_html_cells('td', row)}</tr>" for row in rows)
        return f"<table><thead><tr>{_html_cells('th', head)}</tr></thead><tbody>{body}</tbody></table>"


def _html_cells(tag: str, texts: list[str]) -> str:
    """Cells of a table, aligned left: Jupyter aligns them right."""
    return "".join(f'<{tag} style="text-align: left">{text}</{tag}>' for text in texts)


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

#: Every activation by the name of its function in nn.functional. Notebooks, plots and tests read this table.
ACTIVATIONS = Table((name, Activation.from_docstring(name, module)) for name, module in MODULES.items())


def get_activation(name: str) -> type[Module]:
    """The module class of an activation, by its name in ACTIVATIONS.

    Raises ValueError for an unknown name.

    >>> from nn.activations import get_activation
    >>> get_activation("swish")()
    SiLU()
    """
    row = ACTIVATIONS.get(ALIASES.get(name, name))
    if row is None:
        raise unknown_name("activation", name, [*ACTIVATIONS, *ALIASES])
    return row.module
