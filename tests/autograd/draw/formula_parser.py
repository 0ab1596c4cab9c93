"""Evaluate the text of a formula: a parser that knows the notation, and nothing of the code that writes it."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd.operations import finite_differences, incomplete_beta, incomplete_gamma
from autograd.scipy import linalg, special

TOKEN = (
    r"ln 2|ln 10|2π|\d+\.?\d*(?:e[+−]?\d+)?j?|'[^']*'|⁻ᵀ|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[₀₁₂₃₄₅₆₇₈₉₋]+|[ΣΠ√π]|\[…"
    r"|[^\W\d₀-₉⁰-⁹²³¹ᵀ][A-Za-z_0-9]*|\S"
)
DIGITS = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
NUMBERS = {
    "ln 2": np.log(2),
    "ln 10": np.log(10),
    "π": np.pi,
    "2π": 2 * np.pi,
    "inf": np.inf,
    "nan": np.nan,
    "True": True,
    "False": False,
    "None": None,
}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₋", "0123456789-")
COMPARISONS = {">": np.greater, "≥": np.greater_equal, "<": np.less, "≤": np.less_equal, "=": np.equal, "≠": np.not_equal}
REDUCTIONS: dict[str, Callable] = {"Σ": np.sum, "Π": np.prod, "mean": np.mean, "max": np.max, "min": np.min}
FUNCTIONS: dict[str, Callable] = {
    **{name: getattr(autograd, name) for name in ("relu", "softplus", "logsumexp", "scatter", "sigmoid")},
    **{"σ": autograd.sigmoid, "ψ": autograd.digamma, "polygamma": lambda x, n: autograd.polygamma(n, x)},
    **{"J": special.jv, "Y": special.yv, "I": special.iv, "K": special.kv, "Γ": special.gamma, "B": special.beta},
    **{"Re": np.real, "Im": np.imag, **{name: getattr(np.fft, name) for name in ("fft", "ifft", "rfft", "irfft")}},
    **{"gamma_density": incomplete_gamma.gamma_density, "beta_density": incomplete_beta.beta_density},
    **{"even_gradient_adjoint": finite_differences._even_gradient_adjoint},
    **{"solve_triangular": linalg.solve_triangular, "solve_sylvester": linalg.solve_sylvester},
    **{"reorder": lambda x, order, axis: np.take_along_axis(x, np.reshape(order, x.shape), axis)},
    **{"max": np.maximum, "min": np.minimum, "solve": np.linalg.solve, "det": np.linalg.det},
}


def evaluate(text: str, values: dict[str, Any], options: dict[str, Any] | None = None) -> Any:
    """The value of a formula for the values of its names; `…` among arguments stands for these options."""
    return Parser(text, values, options or {}).parse()


class Parser:
    """Recursive descent: conditions, sums, products, prefixes, powers, atoms."""

    def __init__(self, text: str, values: dict[str, Any], options: dict[str, Any]):
        names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True) if not name.isidentifier())
        self.tokens = re.findall(rf"{names}{'|' * bool(names)}{TOKEN}".replace(r"|\[…", ""), text)
        self.values, self.text, self.options = values, text, options
        self.i = 0

    def parse(self) -> Any:
        out = self.sum()
        assert self.i == len(self.tokens), (self.text, self.tokens[self.i :])
        return out

    @property
    def token(self) -> str:
        return self.tokens[self.i] if self.i < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.token
        assert not expected or token in expected, (self.text, token, expected)
        self.i += 1
        return token

    def condition(self) -> Any:
        out = self.comparison()
        while self.token in ("∧", "∨"):
            out = np.logical_and(out, self.comparison()) if self.take() == "∧" else np.logical_or(out, self.comparison())
        return out

    def comparison(self) -> Any:
        if self.token == "¬":
            self.take()
            return np.logical_not(self.group(self.condition))
        if self.token == "(":  # a condition or a number in parentheses
            start = self.i
            try:
                out = self.group(self.condition)
            except AssertionError:  # a tuple
                out = None
            if out is not None and self.token in ("∧", "∨", ")", "]", ",", ""):
                return out
            self.i = start
        left = self.sum()
        return COMPARISONS[self.take()](left, self.sum()) if self.token in COMPARISONS else left

    def group(self, inner: Callable[[], Any]) -> Any:
        self.take("(")
        out = inner()
        self.take(")")
        return out

    def sum(self) -> Any:
        out = self.product()
        while self.token in ("+", "−"):
            out = out + self.product() if self.take() == "+" else out - self.product()
        return out

    def product(self) -> Any:
        out = self.prefix()
        while self.token in ("·", "⊙", "/"):
            sign, other = self.take(), self.prefix()
            is_matrix = sign == "·" and "G" in self.values and np.ndim(out) and np.ndim(other)
            out = out @ other if is_matrix else out / other if sign == "/" else out * other
        return out

    def prefix(self) -> Any:
        if self.token == "−":
            self.take()
            return -np.asarray(self.prefix()) if self.token in ("[",) else -self.prefix()
        if self.token in ("Σ", "Π"):
            return REDUCTIONS[self.take()](**self.axis_and_keepdims(), a=self.prefix())
        return self.power()

    def axis_and_keepdims(self) -> dict[str, Any]:
        if not self.token or self.token[0] not in "₀₁₂₃₄₅₆₇₈₉₋":
            return {"axis": None, "keepdims": True}
        return {"axis": tuple(map(int, re.findall(r"-?\d", self.take().translate(SUBSCRIPTS)))), "keepdims": True}

    def power(self) -> Any:
        if self.token == "√":
            self.take()
            return np.sqrt(self.power())
        out = self.atom()
        while True:
            if self.token == "⁻ᵀ" or self.token == "⁻¹":
                out = np.linalg.inv(out)
                out = np.swapaxes(out, -1, -2) if self.take() == "⁻ᵀ" else out
            elif self.token and self.token[0] in DIGITS:
                out = np.asarray(out) ** float(self.take().translate(SUPERSCRIPTS))
            elif self.token == "^":
                self.take()
                out = np.asarray(out) ** self.power()
            elif self.token == "ᵀ":
                self.take()
                out = np.swapaxes(out, -1, -2)
            elif self.token == "[":
                out = out[self.index()]
            else:
                return out

    def index(self) -> Any:
        depth, start = 0, self.i
        while True:
            depth += {"[": 1, "]": -1}.get(self.take(), 0)
            if not depth:
                break
        text = "".join(self.tokens[start + 1 : self.i - 1]).replace("…", "...").replace("−", "-")
        return eval(f"np.s_[{text}]", {"np": np})

    def atom(self) -> Any:
        token = self.take()
        if token == "(":
            items = []
            while self.token != ")":
                items.append(self.condition())
                is_tuple = self.token == ","
                if is_tuple:
                    self.take()
            self.take(")")
            return tuple(x if isinstance(x, tuple) else int(x) for x in items) if len(items) != 1 or is_tuple else items[0]
        if token == "[":
            out = np.asarray(self.condition())
            self.take("]")
            return out.astype(float)
        if token == "|":
            out = np.abs(self.sum())
            self.take("|")
            return out
        if token in NUMBERS:
            return NUMBERS[token]
        if token[0].isdigit():
            number = token.replace("−", "-")
            return complex(number) if number.endswith("j") else float(number)
        if token.startswith("'"):
            return token[1:-1]
        if token in self.values:
            return self.values[token]
        return self.call(token)

    def call(self, name: str) -> Any:
        exponent = float(self.take().translate(SUPERSCRIPTS)) if self.token and self.token[0] in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹" else 1
        order = [self.axis_and_keepdims()["axis"][0]] if name in "JYIK" and self.token != "(" else []
        reduced = self.axis_and_keepdims() if self.token and self.token[0] in "₀₁₂₃₄₅₆₇₈₉" else {}
        args, options, passed_on = order, {}, {}
        self.take("(")
        while self.token != ")":
            if self.token == "…":
                self.take()
                passed_on = self.options
            elif name != "where" and self.tokens[self.i + 1] == "=" and self.token.isidentifier():
                key = self.take()
                self.take("=")
                options[key] = self.index() if key == "index" and self.token == "[" else self.condition()
            else:
                args.append(self.condition())
            if self.token == ",":
                self.take()
        self.take(")")
        if name in REDUCTIONS and len(args) == 1:
            out = REDUCTIONS[name](args[0], **(reduced or {"axis": None, "keepdims": True}))
        else:
            function = FUNCTIONS.get(name) or next(getattr(m, name) for m in (np, autograd, special) if hasattr(m, name))
            args = [int(a) if isinstance(a, float) and a.is_integer() and i else a for i, a in enumerate(args)]
            known = inspect.signature(function).parameters if passed_on else {}
            options = {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in options.items()}
            out = function(*args, **options, **{k: v for k, v in passed_on.items() if k in known and k not in options})
        return out**exponent
