"""Multi-head attention."""

import math
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor
from autograd.extend import suggest_names
from nn.functional.attention import (
    attention,
    attention_bias,
    attention_weights,
    causal_bias,
    merge_heads,
    no_bias,
    packed_attention,
    split_heads,
)
from nn.functional.dropout import dropout
from nn.functional.linear import linear
from nn.functional.positions import rotary_positions
from nn.init import xavier_uniform, zeros
from nn.layers.linear import Linear
from nn.module.module import Module
from nn.module.parameter import Parameter
from nn.random import Rng, generator
from nn.validation import as_input, check_fraction, check_sizes, with_module_name

KeysAndValues = tuple[Any, Any]


class MultiheadAttention(Module):
    """Attention by several heads: each projects queries, keys and values to embed_dim / num_heads features and attends.

    out = [head₁, head₂, …] W + b with headᵢ = softmax(qᵢ kᵢᵀ / √d) vᵢ, where d = embed_dim / num_heads.

    embed_dim, num_heads: features of the queries and of the output, and the number of heads, which divides them.
    dropout:    probability with which an attention weight is set to 0 in training.
    bias:       whether the projections have biases.
    kdim, vdim: features of the keys and of the values; embed_dim by default.
    rotary:     whether queries and keys are rotated by their positions (see `nn.functional.rotary_positions`).
    rng:        generator or seed of the initial weights and of dropout.

    Called with query (N, T, embed_dim), key (N, S, kdim) and value (N, S, vdim), it returns (N, T, embed_dim). Without key and
    value it is self-attention; without value, the values are the keys. Further arguments of a call:

    mask:         (T, S), (N, T, S) or (N, num_heads, T, S): booleans, True where a query may attend, or floats that are added
                  to the scores.
    key_mask:     (N, S): booleans, True for the keys that are valid and not padding.
    causal:       whether position i attends to positions 0 to i only.
    need_weights: whether the call returns (output, weights), with the weights (N, num_heads, T, S) of every head.

    PyTorch's MultiheadAttention with these differences: inputs are always batch first, as with its batch_first=True; its
    attn_mask and key_padding_mask are ~mask and ~key_mask, because True means "ignore" there; need_weights is True by default
    there and gives the mean over the heads. Parameters have its names; in_proj_weight is (embed_dim, 3 · embed_dim), the
    transpose of PyTorch's. Keras's MultiHeadAttention(num_heads, key_dim) has the same meaning of True in attention_mask.

    Raises ValueError unless num_heads divides embed_dim, ShapeError for inputs and masks of other shapes.
    Vaswani et al. (2017), Attention is all you need.

    >>> import nn
    >>> import numpy as np
    >>> layer = nn.MultiheadAttention(8, 2, rng=0)
    >>> out, weights = layer(np.ones((1, 3, 8)), causal=True, need_weights=True)
    >>> out.shape, weights.numpy().round(2)[0, 0].tolist()
    ((1, 3, 8), [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.33, 0.33, 0.33]])
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        kdim: int | None = None,
        vdim: int | None = None,
        rotary: bool = False,
        rng: Rng = None,
    ):
        name = type(self).__name__
        kdim, vdim = embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
        check_sizes(name, embed_dim=embed_dim, num_heads=num_heads, kdim=kdim, vdim=vdim)
        check_fraction(name, "dropout", dropout, "a probability")
        if embed_dim % num_heads:
            raise ValueError(f"{name}: num_heads must divide embed_dim, got {num_heads} and {embed_dim}")
        if rotary and embed_dim // num_heads % 2:
            raise ValueError(f"{name}: rotary=True needs an even embed_dim / num_heads, not {embed_dim // num_heads}")
        self.rng = None if rng is None else generator(rng)
        self.embed_dim, self.num_heads, self.dropout, self.rotary = embed_dim, num_heads, dropout, rotary
        self.kdim, self.vdim = kdim, vdim
        if kdim == vdim == embed_dim:
            self.in_proj_weight = Parameter(xavier_uniform((embed_dim, 3 * embed_dim), self.rng))
        else:
            self.q_proj_weight = Parameter(xavier_uniform((embed_dim, embed_dim), self.rng))
            self.k_proj_weight = Parameter(xavier_uniform((kdim, embed_dim), self.rng))
            self.v_proj_weight = Parameter(xavier_uniform((vdim, embed_dim), self.rng))
        self.in_proj_bias = Parameter(zeros((3 * embed_dim,))) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, rng=self.rng)
        if bias:
            self.out_proj.bias = Parameter(zeros((embed_dim,)))
        self._scale = 1 / math.sqrt(embed_dim // num_heads)

    @property
    def is_packed(self) -> bool:
        """Whether one matrix, `in_proj_weight`, projects queries, keys and values."""
        return self.kdim == self.vdim == self.embed_dim

    @suggest_names
    def forward(
        self,
        query: Any,
        key: Any = None,
        value: Any = None,
        mask: Any = None,
        key_mask: Any = None,
        causal: bool = False,
        need_weights: bool = False,
    ) -> Any:
        query = as_input(self, query)
        key = query if key is None else as_input(self, key)
        value = key if value is None else as_input(self, value)
        self._check_inputs(query.shape, key.shape, value.shape)
        is_self_attention = self.is_packed and key is query and value is query
        try:
            if is_self_attention and not (self.rotary or need_weights or (self.training and self.dropout)):
                projected = self._project_packed(query)
                bias = self._bias(mask, key_mask, causal, query.shape, key.shape, projected.dtype)
                return self.out_proj(packed_attention(projected, bias, self.num_heads, self._scale))
            q, k, v = self._heads(query, key, value)
            bias = self._bias(mask, key_mask, causal, query.shape, key.shape, q.dtype)
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None
        if self.rotary:
            q, k = rotary_positions(q), rotary_positions(k)
        if not (need_weights or (self.training and self.dropout)):
            return self.out_proj(merge_heads(attention(q, k, v, bias, self._scale)))
        weights = attention_weights(q, k, bias, self._scale)
        out = self.out_proj(merge_heads(dropout(weights, self.dropout, self.training, rng=self.rng) @ v))
        return (out, weights) if need_weights else out

    def step(self, x: Any, past: KeysAndValues | None = None) -> tuple[Tensor, KeysAndValues]:
        """Causal self-attention of new positions x (N, T, embed_dim), which follow those of `past`.

        past: the keys and values (N, num_heads, P, d) that the last call returned; None at the start.

        Returns the output and all keys and values. Without dropout.
        """
        x = as_input(self, x)
        self._check_inputs(x.shape, x.shape, x.shape)
        q, k, v = self._heads(x, x, x)
        start = 0 if past is None else past[0].shape[2]
        if self.rotary:
            q, k = rotary_positions(q, start), rotary_positions(k, start)
        if past is not None:
            k, v = np.concatenate([past[0], k], axis=2), np.concatenate([past[1], v], axis=2)
        new = x.shape[1]
        bias = no_bias(q.dtype) if new == 1 else causal_bias(new, start + new, q.dtype, start)
        return self.out_proj(merge_heads(attention(q, k, v, bias, self._scale))), (k, v)

    def _project_packed(self, x: Any) -> Any:
        """Queries, keys and values of x by one product, (N, T, 3 · embed_dim)."""
        return _affine(x, self.in_proj_weight, self.in_proj_bias)

    def _heads(self, query: Any, key: Any, value: Any) -> list[Any]:
        """Queries, keys and values of every head: (N, num_heads, T, d)."""
        columns = [slice(i * self.embed_dim, (i + 1) * self.embed_dim) for i in range(3)]
        if self.is_packed and key is query and value is query:
            packed = self._project_packed(query)
            projected = [packed[..., part] for part in columns]
        else:
            weights: list[Any] = [self.in_proj_weight[:, part] for part in columns] if self.is_packed else self._weights()
            biases = [None if self.in_proj_bias is None else self.in_proj_bias[part] for part in columns]
            projected = list(map(_affine, (query, key, value), weights, biases))
        return [split_heads(x, self.num_heads) for x in projected]

    def _weights(self) -> list[Parameter]:
        return [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight]

    def _check_inputs(self, query: tuple, key: tuple, value: tuple) -> None:
        sizes = (self.embed_dim, self.kdim, self.vdim)
        if all(len(shape) == 3 and shape[2] == size for shape, size in zip((query, key, value), sizes)) and (
            query[0] == key[0] and key[:2] == value[:2]
        ):
            return
        if query == key == value:
            raise ShapeError(f"{self.qualified_name()}: got an input of shape {query}, expected (N, T, {self.embed_dim})")
        raise ShapeError(
            f"{self.qualified_name()}: got queries of shape {query}, keys of shape {key} and values of shape {value}, expected "
            f"(N, T, {self.embed_dim}), (N, S, {self.kdim}) and (N, S, {self.vdim})"
        )

    def _bias(self, mask: Any, key_mask: Any, causal: bool, query: tuple, key: tuple, dtype: Any) -> Any:
        """The number added to each score (N, num_heads, T, S)."""
        shape = (query[0], self.num_heads, query[1], key[1])
        if mask is not None:
            mask = mask if hasattr(mask, "__array_function__") else np.asarray(mask)
            n, _, queries, keys = shape
            if mask.shape not in ((queries, keys), (n, queries, keys), shape):
                raise ShapeError(
                    f"attention: got a mask of shape {mask.shape}, expected {queries, keys}, {n, queries, keys} or {shape}"
                )
            mask = np.expand_dims(mask, 1) if mask.ndim == 3 else mask
        bias = attention_bias("attention", mask, causal, shape, dtype)
        if key_mask is None:
            return bias
        key_mask = key_mask if hasattr(key_mask, "__array_function__") else np.asarray(key_mask)
        if key_mask.dtype.kind != "b":
            raise DataError(f"attention: got a key_mask of {key_mask.dtype}, expected booleans, True for valid keys")
        if key_mask.shape != (key[0], key[1]):
            raise ShapeError(f"attention: got a key_mask of shape {key_mask.shape}, expected {key[:2]}")
        key_bias = attention_bias("attention", np.reshape(key_mask, (key[0], 1, 1, key[1])), False, shape, dtype)
        return key_bias + bias if bias.ndim else key_bias

    def extra_repr(self) -> str:
        return f"{self.embed_dim}, {self.num_heads}"


def _affine(x: Any, weight: Any, bias: Any) -> Any:
    return x @ weight if bias is None else linear(x, weight, bias)
