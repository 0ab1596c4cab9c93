"""Scaled dot-product attention: every query reads the values by weights that depend on its similarity to the keys.

P, the attention weights, are the softmax of the scores q kᵀ · scale + bias over the keys. The bias is −∞ where a query may not
attend; a query that may attend to no key has the weights 0.

The fused operations save the weights for the gradient, which needs no sum over them: Σⱼ (∂L/∂Pᵢⱼ) Pᵢⱼ = gᵢ · outᵢ.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, operation
from autograd.extend import kernels, refuse_complex, suggest_names
from nn.functional.dropout import dropout as apply_dropout
from nn.functional.validation import as_floats
from nn.random import Rng
from nn.validation import check_fraction


def _transpose(x):
    return np.swapaxes(x, -1, -2)


def _weights(q, k, bias, scale):
    """The attention weights of arrays."""
    refuse_complex(q)
    scores = (q * scale) @ _transpose(k)
    if bias.ndim:
        scores += bias
    if not scores.size:
        return scores
    rows = np.reshape(scores, (-1, scores.shape[-1]))
    shift = kernels.row_maxima(rows)
    shift = np.where(shift == -np.inf, 0, shift)  # a row without keys: exp(−∞ − 0) = 0
    rows -= shift[:, None]
    exponentials = np.exp(rows)
    totals = kernels.row_sums(exponentials)
    exponentials *= (1 / np.where(totals == 0, 1, totals))[:, None]
    return np.reshape(exponentials, scores.shape)


def _weights_gradients(g, q, k, out, scale):
    grad_scores = out * (g - (g * out).sum(axis=-1, keepdims=True))
    return (grad_scores @ k) * scale, _transpose(grad_scores) @ (q * scale), grad_scores


@operation(joint_formula=_weights_gradients, symbol="attention weights")
def attention_weights(q, k, bias, /, scale):
    """softmax(q kᵀ · scale + bias), with rows of 0 where a query may attend to no key."""
    return _weights(q, k, bias, scale)


def _attention_gradients(g, q, k, v, out, weights, scale):
    products = np.einsum("...i,...i->...", g, out)
    grad_scores = weights * (g @ _transpose(v) - products[..., None])
    grad_q, grad_k = (grad_scores @ k) * scale, _transpose(grad_scores) @ (q * scale)
    return grad_q, grad_k, _transpose(weights) @ g, grad_scores


@operation(
    joint_formula=_attention_gradients,
    residuals={"weights": lambda q, k, bias, scale: attention_weights(q, k, bias, scale)},
    symbol="attention",
)
def attention(q, k, v, bias, /, scale):
    """softmax(q kᵀ · scale + bias) v."""
    weights = _weights(q, k, bias, scale)
    return weights @ v, weights


def split_heads(x, heads):
    """(N, T, heads · d) → (N, heads, T, d)."""
    n, length, width = x.shape
    return np.swapaxes(np.reshape(x, (n, length, heads, width // heads)), 1, 2)


def merge_heads(x):
    """(N, heads, T, d) → (N, T, heads · d)."""
    n, heads, length, width = x.shape
    return np.reshape(np.swapaxes(x, 1, 2), (n, length, heads * width))


def _split_packed(x, heads):
    """(N, T, 3 · heads · d) → queries, keys and values, each (N, heads, T, d)."""
    n, length, width = x.shape
    parts = np.transpose(np.reshape(x, (n, length, 3, heads, width // (3 * heads))), (2, 0, 3, 1, 4))
    return parts[0], parts[1], parts[2]


@operation(joint_formula=lambda g, x_shape: _split_packed(g, x_shape[1]), symbol="pack")
def _pack_heads(x, y, z, /):
    """The adjoint of `_split_packed`: three arrays (N, heads, T, d) → (N, T, 3 · heads · d)."""
    n, heads, length, width = x.shape
    out = np.empty_like(x, shape=(n, length, 3, heads, width))
    for i, part in enumerate((x, y, z)):
        out[:, :, i] = np.swapaxes(part, 1, 2)
    return np.reshape(out, (n, length, 3 * heads * width))


def _packed_gradients(g, x, out, weights, heads, scale):
    q, k, v = _split_packed(x, heads)
    gradients = _attention_gradients(split_heads(g, heads), q, k, v, split_heads(out, heads), weights, scale)
    return _pack_heads(*gradients[:3]), gradients[3]


@operation(
    joint_formula=_packed_gradients,
    residuals={"weights": lambda x, bias, heads, scale: attention_weights(*_split_packed(x, heads)[:2], bias, scale)},
    symbol="self-attention",
)
def packed_attention(x, bias, /, heads, scale):
    """The attention of queries, keys and values that one product gave, (N, T, 3 · heads · d); the result is (N, T, heads · d).

    As one operation, because its gradient is one array: the gradients of three slices would be three arrays of zeros.
    """
    q, k, v = _split_packed(x, heads)
    weights = _weights(q, k, bias, scale)
    return merge_heads(weights @ v), weights


@lru_cache(maxsize=32)
def causal_bias(queries: int, keys: int, dtype: Any, past: int = 0) -> np.ndarray:
    """0 where query i may attend to key j ≤ i + past, and −∞ elsewhere."""
    bias = np.where(np.tri(queries, keys, past, dtype=bool), 0, -np.inf).astype(dtype)
    bias.flags.writeable = False
    return bias


@lru_cache(maxsize=8)
def no_bias(dtype: Any) -> np.ndarray:
    """A bias that leaves the scores as they are."""
    return np.zeros((), dtype)


def attention_bias(name: str, mask: Any, causal: bool, shape: tuple[int, ...], dtype: Any) -> Any:
    """The number added to each score: 0 or −∞ for a mask of booleans, and the mask itself if it is of floats.

    shape: the shape of the scores, (…, queries, keys).
    """
    bias: Any = causal_bias(*shape[-2:], dtype) if causal else no_bias(dtype)
    if mask is None:
        return bias
    mask = mask if isinstance(mask, Tensor) or hasattr(mask, "__array_function__") else np.asarray(mask)
    if mask.dtype.kind not in "bf":
        raise DataError(
            f"{name}: got a mask of {mask.dtype}, expected booleans (True: may attend) or floats, added to the scores"
        )
    try:
        fits = np.broadcast_shapes(mask.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(
            f"{name}: got a mask of shape {mask.shape}, expected one that broadcasts to the scores' shape, {shape}"
        )
    if mask.dtype.kind == "b":
        mask = np.where(mask, np.asarray(0, dtype), np.asarray(-np.inf, dtype))
    elif mask.dtype != dtype:
        mask = mask.astype(dtype)
    return mask + bias if causal else mask


@suggest_names
def scaled_dot_product_attention(
    q: Any,
    k: Any,
    v: Any,
    mask: Any = None,
    causal: bool = False,
    scale: float | None = None,
    dropout: float = 0.0,
    rng: Rng = None,
) -> Tensor:
    """Attention: softmax(q kᵀ / √d) v, the average of the values, weighted by the similarity of query and keys.

    q, k, v: queries (…, T, d), keys (…, S, d) and values (…, S, dᵥ); the result is (…, T, dᵥ).
    mask:    booleans, True where a query may attend to a key, or floats that are added to the scores; its shape broadcasts to
             (…, T, S). A query that may attend to no key gives 0.
    causal:  whether query i attends to the keys 0 to i only, also together with a mask.
    scale:   factor of the scores q kᵀ; 1 / √d by default.
    dropout: probability with which each weight is set to 0; pass 0 in evaluation.
    rng:     generator or seed of the dropout mask.

    PyTorch's function of the same name: its attn_mask is `mask` with the same meaning of True (where its MultiheadAttention
    means the opposite), is_causal is `causal`, dropout_p is `dropout`. Keras's ops.dot_product_attention has the axes
    (N, T, heads, d) and the same meaning of True.

    Raises ShapeError if the shapes do not match, DataError for a mask of integers.
    Vaswani et al. (2017), Attention is all you need.

    >>> import nn
    >>> from autograd import Tensor
    >>> q, k, v = Tensor([[1.0], [0.0]]), Tensor([[1.0], [0.0]]), Tensor([[2.0], [4.0]])
    >>> nn.functional.scaled_dot_product_attention(q, k, v, causal=True)
    Tensor([[2.],
            [3.]])
    """
    name = "scaled_dot_product_attention"
    check_fraction(name, "dropout", dropout, "a probability")
    q, k, v = (x if isinstance(x, Tensor) else as_floats(name, x) for x in (q, k, v))
    shape = _scores_shape(name, q.shape, k.shape, v.shape)
    bias = attention_bias(name, mask, causal, shape, q.dtype)
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else float(scale)
    if not dropout:
        return attention(q, k, v, bias, scale)
    return apply_dropout(attention_weights(q, k, bias, scale), dropout, rng=rng) @ v


def _scores_shape(name, q, k, v):
    """The shape of the scores of queries, keys and values of these shapes; raises ShapeError if they do not match."""
    if min(len(q), len(k), len(v)) >= 2 and q[-1] == k[-1] and k[-2] == v[-2]:
        try:
            return (*np.broadcast_shapes(q[:-2], k[:-2], v[:-2]), q[-2], k[-2])
        except ValueError:
            pass
    raise ShapeError(
        f"{name}: got queries of shape {q}, keys of shape {k} and values of shape {v}, expected (…, T, d), (…, S, d) and "
        "(…, S, d of the values) with equal leading axes"
    )
