"""A small GPT: a transformer that predicts the next token."""

import math
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from autograd import DataError, ShapeError, Tensor
from autograd.extend import short_repr
from nn.activations import GELU
from nn.init import normal, zeros
from nn.layers.attention import KeysAndValues
from nn.layers.dropout import Dropout
from nn.layers.embedding import Embedding
from nn.layers.linear import Linear
from nn.layers.normalization import LayerNorm
from nn.layers.positions import LearnedPositions, SinusoidalPositions
from nn.layers.tied import TiedLinear
from nn.layers.transformer import TransformerEncoder, TransformerEncoderLayer
from nn.module.module import Module
from nn.module.parameter import Parameter
from nn.random import Rng, generator
from nn.validation import check_sizes, unknown_name

POSITIONS = ("learned", "sinusoidal", "rotary")


class GPTState(NamedTuple):
    """The tokens that a GPT has read: their number, and the keys and values of every layer."""

    length: int
    layers: list[KeysAndValues]


class GPT(Module):
    """A transformer that predicts the next token: embedding, positions, layers with causal attention, normalization, head.

    vocabulary: number of tokens, which are the integers from 0 to vocabulary − 1.
    width:      features of each position.
    layers:     number of transformer layers, each with norm_first=True and 4 · width hidden features with GELU.
    heads:      number of attention heads, which divides width.
    context:    number of tokens that the model reads at most.
    dropout:    dropout rate; 0 by default.
    tied:       whether the head has the weights of the embedding (see TiedLinear).
    positions:  "learned", "sinusoidal" or "rotary".
    rng:        generator or seed of the initial weights and of dropout.

    Called with tokens (N, T), T ≤ context, it returns the scores of the next token at each position, (N, T, vocabulary); the
    scores at position t depend on the tokens 0 to t only. `nn.generate` continues a sequence of tokens.

    The initial weights are N(0, 0.02²), those before a residual sum divided by √(2 · layers), as in GPT-2. PyTorch and Keras
    have none; Keras Hub's GPT2Backbone. Raises ShapeError for longer sequences, DataError for other tokens.
    Radford et al. (2019), Language models are unsupervised multitask learners.

    >>> import nn
    >>> model = nn.GPT(vocabulary=65, width=64, layers=2, heads=4, context=64, rng=0)
    >>> model([[1, 2, 3]]).shape, sum(p.size for p in model.parameters())
    ((1, 3, 65), 108352)
    """

    def __init__(
        self,
        vocabulary: int,
        width: int = 64,
        layers: int = 2,
        heads: int = 4,
        context: int = 64,
        dropout: float = 0.0,
        tied: bool = True,
        positions: str = "learned",
        rng: Rng = None,
    ):
        check_sizes("GPT", vocabulary=vocabulary, width=width, layers=layers, heads=heads, context=context)
        if positions not in POSITIONS:
            raise unknown_name("positions", short_repr(positions), POSITIONS)
        if width % heads:
            raise ValueError(f"GPT: heads must divide width, got {heads} and {width}")
        rng = None if rng is None else generator(rng)
        init = partial(normal, std=0.02)
        self.context = context
        self.embedding = Embedding(vocabulary, width, init=init, rng=rng)
        self.positions: Module | None = None
        if positions == "learned":
            self.positions = LearnedPositions(context, width, init=init, rng=rng)
        elif positions == "sinusoidal":
            self.positions = SinusoidalPositions(width)
        self.dropout = Dropout(dropout, rng=rng)
        layer = TransformerEncoderLayer(
            width, heads, 4 * width, dropout, partial(GELU, "tanh"), norm_first=True, rotary=positions == "rotary", rng=rng
        )
        self.blocks = TransformerEncoder(layer, layers, LayerNorm(width))
        self.head = TiedLinear(self.embedding) if tied else Linear(width, vocabulary, bias=False, init=init, rng=rng)
        for block in self.blocks.layers:
            for linear, std in ((block.linear1, 0.02), (block.linear2, 0.02 / math.sqrt(2 * layers))):
                linear.weight = Parameter(normal(linear.weight.shape, rng, std))
                linear.bias = Parameter(zeros(linear.bias.shape))
            attention = block.self_attn
            attention.in_proj_weight = Parameter(normal(attention.in_proj_weight.shape, rng, 0.02))
            attention.out_proj.weight = Parameter(normal((width, width), rng, 0.02 / math.sqrt(2 * layers)))

    def forward(self, tokens: Any) -> Tensor:
        return self.head(self.blocks(self._embed(tokens, 0), causal=True))

    def step(self, tokens: Any, state: GPTState | None = None) -> tuple[Tensor, GPTState]:
        """The scores at new tokens (N, T), which follow those of `state`, and the state after them.

        state: the state that the last call returned; None at the start. It holds the keys and values of all tokens so far, so
        that a call computes those of the new tokens only.

        Raises ShapeError after more than `context` tokens.
        """
        length = 0 if state is None else state.length
        x, layers = self.blocks.step(self._embed(tokens, length), None if state is None else state.layers)
        return self.head(x), GPTState(length + x.shape[1], layers)

    def _embed(self, tokens: Any, start: int) -> Tensor:
        """The vectors of tokens at the positions from start."""
        tokens = tokens.data if isinstance(tokens, Tensor) else tokens
        tokens = tokens if hasattr(tokens, "__array_function__") else np.asarray(tokens)
        if tokens.ndim != 2 or start + tokens.shape[1] > self.context:
            after = f" after {start} others" if start else ""
            raise ShapeError(
                f"{self.qualified_name()}: got tokens of shape {tokens.shape}{after}, expected (N, T) with at most "
                f"{self.context} tokens in all"
            )
        if tokens.dtype.kind not in "iu":
            raise DataError(f"{self.qualified_name()}: got tokens of {tokens.dtype}, expected integers")
        x = self.embedding(tokens)
        return self.dropout(x if self.positions is None else self.positions(x, start))
