"""Layers that add the positions in a sequence to its vectors."""

from typing import Any

from autograd import ShapeError, Tensor
from nn.functional.positions import rotary_positions, sinusoidal_positions
from nn.init import Initializer, initialize
from nn.module.module import Module
from nn.module.parameter import Parameter
from nn.random import Rng
from nn.validation import as_input, check_sizes, with_module_name


class LearnedPositions(Module):
    """A trainable vector for each position is added: y[…, t, :] = x[…, t, :] + weight[t].

    length, width: the longest sequence, and the features of the vectors; `weight` is (length, width).
    init, rng:     initializer of the vectors, N(0, 1) by default, and its generator or seed.

    Called with x (…, T, width), and `start`, the position of x[…, 0, :], 0 by default. In PyTorch an Embedding of
    arange(T); Keras Hub's PositionEmbedding. Raises ShapeError for longer sequences and other widths.
    Gehring et al. (2017), Convolutional sequence to sequence learning.

    >>> import nn
    >>> nn.LearnedPositions(8, 2, init="ones")([[0.0, 1.0]]).tolist()
    [[1.0, 2.0]]
    """

    def __init__(self, length: int, width: int, init: str | Initializer = "normal", rng: Rng = None):
        check_sizes("LearnedPositions", length=length, width=width)
        self.length, self.width = length, width
        self.weight = Parameter(initialize(init, (length, width), rng))

    def forward(self, x: Any, start: int = 0) -> Tensor:
        x = as_input(self, x)
        end = start + x.shape[-2] if x.ndim > 1 else self.length + 1
        if end > self.length or x.shape[-1] != self.width:
            after = f" after {start} positions" if start else ""
            raise ShapeError(
                f"{self.qualified_name()}: got an input of shape {x.shape}{after}, expected (…, T, {self.width}) with at most "
                f"{self.length} positions"
            )
        return x + (self.weight if end - start == self.length else self.weight[start:end])

    def extra_repr(self) -> str:
        return f"{self.length}, {self.width}"


class SinusoidalPositions(Module):
    """A fixed vector for each position is added: sin(t ωᵢ) at feature 2i and cos(t ωᵢ) at 2i + 1, ωᵢ = base^(−2i / width).

    width: features of the vectors. base: 10000 by default. Called with x (…, T, width), and `start` as LearnedPositions.
    There is no longest sequence.

    PyTorch has none; Keras Hub's SinePositionEncoding. Raises ShapeError for other widths.
    Vaswani et al. (2017), Attention is all you need.

    >>> import nn
    >>> nn.SinusoidalPositions(2)([[0.0, 0.0]]).tolist()
    [[0.0, 1.0]]
    """

    def __init__(self, width: int, *, base: float = 10000.0):
        check_sizes("SinusoidalPositions", width=width)
        self.width, self.base = width, base

    def forward(self, x: Any, start: int = 0) -> Tensor:
        x = as_input(self, x)
        if x.ndim < 2 or x.shape[-1] != self.width:
            raise ShapeError(f"{self.qualified_name()}: got an input of shape {x.shape}, expected (…, T, {self.width})")
        positions = sinusoidal_positions(x.shape[-2], self.width, start, self.base)
        return x + (positions.astype(x.dtype) if x.dtype.kind == "f" else positions)

    def extra_repr(self) -> str:
        return f"{self.width}" if self.base == 10000 else f"{self.width}, base={self.base:g}"


class RotaryPositions(Module):
    """Features i and i + d / 2 of the vector at position t are rotated by the angle t ωᵢ, ωᵢ = base^(−2i / d).

    For queries and keys (…, T, d) of a head, whose product then depends on the distance of their positions only;
    MultiheadAttention(rotary=True) applies it. Called with x, and `start` as LearnedPositions.

    PyTorch has none; Keras Hub's RotaryEmbedding. Raises ShapeError if d is odd.
    Su et al. (2021), RoFormer: enhanced transformer with rotary position embedding.

    >>> import nn
    >>> nn.RotaryPositions()([[1.0, 0.0], [1.0, 0.0]]).numpy().round(2).tolist()
    [[1.0, 0.0], [0.54, 0.84]]
    """

    def __init__(self, *, base: float = 10000.0):
        self.base = base

    def forward(self, x: Any, start: int = 0) -> Tensor:
        try:
            return rotary_positions(as_input(self, x), start, self.base)
        except ShapeError as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        return "" if self.base == 10000 else f"base={self.base:g}"
