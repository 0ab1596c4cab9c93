"""Layers and stacks of the transformer."""

from collections.abc import Callable
from typing import Any, ClassVar

from autograd import Tensor
from autograd.extend import short_repr, suggest_names
from nn.activations import get_activation
from nn.layers.attention import KeysAndValues, MultiheadAttention
from nn.layers.containers import ModuleList
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.layers.normalization import LayerNorm
from nn.module.module import Module
from nn.random import Rng, generator


class _TransformerLayer(Module):
    """The base class of the two layers: self-attention, further attention, and two Linear layers, in residual connections."""

    norms: ClassVar[int]

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[], Module] = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        rotary: bool = False,
        rng: Rng = None,
    ):
        rng = None if rng is None else generator(rng)
        self._options: dict[str, Any] = {
            **{"d_model": d_model, "nhead": nhead, "dim_feedforward": dim_feedforward, "dropout": dropout},
            **{"activation": activation, "layer_norm_eps": layer_norm_eps, "norm_first": norm_first, "bias": bias},
            **{"rotary": rotary, "rng": rng},
        }
        self.norm_first = norm_first
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, rotary=rotary, rng=rng)
        if self.norms == 3:
            self.multihead_attn = MultiheadAttention(d_model, nhead, dropout, bias, rng=rng)
        self.linear1 = Linear(d_model, dim_feedforward, bias, rng=rng)
        self.activation = self._make_activation(activation)
        self.dropout = Dropout(dropout, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, rng=rng)
        for i in range(1, self.norms + 1):
            setattr(self, f"norm{i}", LayerNorm(d_model, layer_norm_eps, bias=bias))
            setattr(self, f"dropout{i}", Dropout(dropout, rng=rng))

    def another(self) -> Any:
        """A layer of the same options and dtype with other initial weights."""
        return type(self)(**self._options).astype(self.linear1.weight.dtype)

    def _make_activation(self, activation: str | Callable[[], Module]) -> Module:
        """A module of the activation; raises TypeError for a function of x, or a module, which layers cannot share."""
        make = get_activation(activation) if isinstance(activation, str) else activation
        try:
            module = make()
        except TypeError:
            module = None
        if not isinstance(module, Module):
            raise TypeError(
                f"{type(self).__name__}: activation must be a name, such as 'gelu', or a Module class, such as nn.GELU, "
                f"not {short_repr(activation)}"
            )
        return module

    def _residual(self, i: int, x: Any, function: Callable[[Any], Any]) -> Tensor:
        """x + f(x) with the layer normalization and the dropout of number i."""
        norm, drop = getattr(self, f"norm{i}"), getattr(self, f"dropout{i}")
        return x + drop(function(norm(x))) if self.norm_first else norm(x + drop(function(x)))

    def _feed_forward(self, x: Any) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_TransformerLayer):
    """Self-attention, then two Linear layers for each position, both in residual connections with layer normalization.

    d_model, nhead:  features of each position, and the number of heads, which divides them.
    dim_feedforward: features between the two Linear layers.
    dropout:         rate of the dropout of attention weights, of the hidden features and of both residual branches.
    activation:      name of an activation, or a Module class, between the two Linear layers.
    layer_norm_eps:  ε of the layer normalizations.
    norm_first:      whether the input of each branch is normalized, x + f(norm(x)), and not the sum, norm(x + f(x)).
    bias:            whether Linear layers and normalizations have biases.
    rotary:          whether queries and keys are rotated by their positions.
    rng:             generator or seed of the initial weights and of dropout.

    Called with x (N, T, d_model) and the arguments `mask`, `key_mask` and `causal` of MultiheadAttention, where True in a mask
    means "may attend". With causal=True it is the layer of a GPT.

    PyTorch's TransformerEncoderLayer, always batch first, with its names of parameters; its src_mask and src_key_padding_mask
    are ~mask and ~key_mask, and is_causal is `causal`. Keras Hub's TransformerEncoder(intermediate_dim, num_heads).
    Vaswani et al. (2017), Attention is all you need; Xiong et al. (2020), On layer normalization in transformers.

    >>> import nn
    >>> import numpy as np
    >>> nn.TransformerEncoderLayer(8, 2, dim_feedforward=16)(np.ones((1, 3, 8))).shape
    (1, 3, 8)
    """

    norms = 2

    @suggest_names
    def forward(self, x: Any, mask: Any = None, key_mask: Any = None, causal: bool = False) -> Tensor:
        x = self._residual(1, x, lambda x: self.self_attn(x, mask=mask, key_mask=key_mask, causal=causal))
        return self._residual(2, x, self._feed_forward)

    def step(self, x: Any, past: KeysAndValues | None = None) -> tuple[Tensor, KeysAndValues]:
        """The output at new positions, which follow those of `past`, and all keys and values; see MultiheadAttention.step."""
        state: Any = None

        def attend(x: Any) -> Tensor:
            nonlocal state
            out, state = self.self_attn.step(x, past)
            return out

        x = self._residual(1, x, attend)
        return self._residual(2, x, self._feed_forward), state


class TransformerDecoderLayer(_TransformerLayer):
    """Self-attention, attention to an encoder's output, and two Linear layers, in residual connections with normalization.

    Arguments as for TransformerEncoderLayer; `rotary` applies to the self-attention.

    Called with x (N, T, d_model) and memory (N, S, d_model), the encoder's output; `mask`, `key_mask` and `causal` are those of
    the self-attention, `memory_mask` and `memory_key_mask` those of the attention to the memory. True means "may attend".

    PyTorch's TransformerDecoderLayer, always batch first, with its names of parameters; its masks tgt_mask, memory_mask,
    tgt_key_padding_mask and memory_key_padding_mask have the opposite meaning of True, and tgt_is_causal is `causal`.
    Keras Hub's TransformerDecoder. Vaswani et al. (2017), Attention is all you need.

    >>> import nn
    >>> import numpy as np
    >>> layer = nn.TransformerDecoderLayer(8, 2, dim_feedforward=16)
    >>> layer(np.ones((1, 3, 8)), np.ones((1, 5, 8)), causal=True).shape
    (1, 3, 8)
    """

    norms = 3

    @suggest_names
    def forward(
        self,
        x: Any,
        memory: Any,
        mask: Any = None,
        memory_mask: Any = None,
        key_mask: Any = None,
        memory_key_mask: Any = None,
        causal: bool = False,
    ) -> Tensor:
        x = self._residual(1, x, lambda x: self.self_attn(x, mask=mask, key_mask=key_mask, causal=causal))
        x = self._residual(2, x, lambda x: self.multihead_attn(x, memory, mask=memory_mask, key_mask=memory_key_mask))
        return self._residual(3, x, self._feed_forward)


class _TransformerStack(Module):
    layer_class: ClassVar[type[_TransformerLayer]]
    layers: Any

    def __init__(self, layer: Any, num_layers: int, norm: Module | None = None):
        name = type(self).__name__
        if not isinstance(layer, self.layer_class):
            raise TypeError(f"{name}: layer must be a {self.layer_class.__name__}, not {short_repr(layer)}")
        if not isinstance(num_layers, int) or num_layers < 1:
            raise ValueError(f"{name}: num_layers must be an integer from 1, not {short_repr(num_layers)}")
        self.layers = ModuleList([layer, *(layer.another() for _ in range(num_layers - 1))])
        self.norm = norm


class TransformerEncoder(_TransformerStack):
    """A stack of TransformerEncoderLayers.

    layer:      the first layer; the others have its options and their own initial weights.
    num_layers: number of layers.
    norm:       None, or a module applied to the output, such as LayerNorm(d_model) after layers with norm_first=True.

    Called as a layer. PyTorch's TransformerEncoder, where all layers start with equal weights, because they are copies; Keras
    has none. Raises TypeError for other layers; ModuleList holds those.

    >>> import nn
    >>> import numpy as np
    >>> encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, dim_feedforward=16), 2)
    >>> encoder(np.ones((1, 3, 8))).shape, len(encoder.layers)
    ((1, 3, 8), 2)
    """

    layer_class = TransformerEncoderLayer

    @suggest_names
    def forward(self, x: Any, mask: Any = None, key_mask: Any = None, causal: bool = False) -> Tensor:
        for layer in self.layers:
            x = layer(x, mask=mask, key_mask=key_mask, causal=causal)
        return x if self.norm is None else self.norm(x)

    def step(self, x: Any, past: list[KeysAndValues] | None = None) -> tuple[Tensor, list[KeysAndValues]]:
        """The output at new positions, which follow those of `past`, and the keys and values of every layer."""
        states: list[Any] = [None] * len(self.layers) if past is None else list(past)
        for i, layer in enumerate(self.layers):
            x, states[i] = layer.step(x, states[i])
        return x if self.norm is None else self.norm(x), states


class TransformerDecoder(_TransformerStack):
    """A stack of TransformerDecoderLayers.

    Arguments as for TransformerEncoder; called as a TransformerDecoderLayer. PyTorch's TransformerDecoder; Keras has none.

    >>> import nn
    >>> import numpy as np
    >>> decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, dim_feedforward=16), 2)
    >>> decoder(np.ones((1, 3, 8)), np.ones((1, 5, 8)), causal=True).shape
    (1, 3, 8)
    """

    layer_class = TransformerDecoderLayer

    @suggest_names
    def forward(
        self,
        x: Any,
        memory: Any,
        mask: Any = None,
        memory_mask: Any = None,
        key_mask: Any = None,
        memory_key_mask: Any = None,
        causal: bool = False,
    ) -> Tensor:
        masks = {"mask": mask, "memory_mask": memory_mask, "key_mask": key_mask, "memory_key_mask": memory_key_mask}
        for layer in self.layers:
            x = layer(x, memory, causal=causal, **masks)
        return x if self.norm is None else self.norm(x)
