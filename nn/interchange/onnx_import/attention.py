"""Attention, FlexAttention, RotaryEmbedding and LinearAttention."""

import math
from typing import Any

import numpy as np

from autograd import ShapeError
from nn.functional.activations.softmax import softmax
from nn.functional.attention import attention, merge_heads, split_heads
from nn.interchange.onnx_import.limits import count_steps
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array

#: The dtypes of softmax_precision, by their number in ONNX.
PRECISIONS = {1: np.float32, 10: np.float16, 11: np.float64}


def _allowed_by_position(offset: Any, queries: int, keys: int, before: int, after: int) -> np.ndarray:
    """Whether query i may attend to key j: i + offset − before ≤ j ≤ i + offset + after; −1 sets no limit.

    offset: the number of keys that precede the first query, as an integer or one for each example.
    """
    positions = np.arange(queries)[:, None] + np.reshape(offset, (-1, 1, 1, 1))
    distance = positions - np.arange(keys)
    allowed = np.ones(distance.shape, bool)
    if before >= 0:
        allowed &= distance <= before
    if after >= 0:
        allowed &= -distance <= after
    return allowed if np.ndim(offset) else allowed[0, 0]


def _as_bias(mask: Any, keys: int, dtype: Any) -> Any:
    """A mask as numbers that are added to the scores; missing keys at its end are masked."""
    missing = keys - mask.shape[-1]
    if mask.dtype.kind == "b":
        mask = np.where(as_array(mask), np.zeros(1, dtype), np.full(1, -np.inf, dtype))
    if missing > 0:
        mask = np.concatenate([mask, np.full((*mask.shape[:-1], missing), -np.inf, mask.dtype)], axis=-1)
    return mask


def _attention_bias(
    mask: Any, lengths: Any, past: Any, causal: int, windows: tuple[int, int], queries: int, keys: int, dtype: Any
) -> Any:
    """All that is added to the scores: the mask, −∞ at keys after the end, later than the query or outside of its window."""
    bias: Any = np.zeros((), dtype) if mask is None else _as_bias(mask, keys, dtype)
    lengths = None if lengths is None else as_array(lengths).reshape(-1)
    offset: Any = 0 if past is None else past
    if past is None and lengths is not None:
        offset = lengths - queries
    forbidden = np.full(1, -np.inf, dtype)
    if causal:
        bias = bias + np.where(_allowed_by_position(offset, queries, keys, -1, 0), 0, forbidden)
    if max(windows) >= 0:
        bias = bias + np.where(_allowed_by_position(offset, queries, keys, *windows), 0, forbidden)
    if lengths is not None:
        bias = bias + np.where(np.arange(keys) < np.reshape(lengths, (-1, 1, 1, 1)), 0, forbidden)
    return bias


@operator("Attention", since=23, buffers=(3, 4, 5))
def attend(
    q: Any,
    k: Any,
    v: Any,
    mask: Any = None,
    past_key: Any = None,
    past_value: Any = None,
    nonpad_kv_seqlen: Any = None,
    *,
    outputs: int = 1,
    is_causal: int = 0,
    kv_num_heads: int | None = None,
    left_window_size: int = -1,
    q_num_heads: int | None = None,
    qk_matmul_output_mode: int = 0,
    right_window_size: int = -1,
    scale: float | None = None,
    softcap: float = 0.0,
    softmax_precision: int | None = None,
) -> Any:
    """Attention with caches of keys and values, shared key heads, masks, and a limit of the scores."""
    is_packed = q.ndim == 3
    if is_packed:
        if not q_num_heads or not kv_num_heads:
            raise ValueError("Attention: q_num_heads and kv_num_heads are required for inputs (N, T, heads · d)")
        q, k, v = split_heads(q, q_num_heads), split_heads(k, kv_num_heads), split_heads(v, kv_num_heads)
    if not q.ndim == k.ndim == v.ndim == 4 or q.shape[1] % max(k.shape[1], 1):
        raise ShapeError(f"Attention: got queries {q.shape}, keys {k.shape} and values {v.shape}, expected (N, heads, T, d)")
    past = None
    if past_key is not None:
        past = past_key.shape[2]
        k, v = np.concatenate([past_key, k], axis=2), np.concatenate([past_value, v], axis=2)
    present = (k, v)
    repeats = q.shape[1] // k.shape[1]
    if repeats > 1:
        k, v = np.repeat(k, repeats, axis=1), np.repeat(v, repeats, axis=1)
    dtype, windows = q.dtype, (left_window_size, right_window_size)
    if dtype.kind == "V":  # bfloat16, which the operations do not have
        q, k, v, mask = (x if x is None or x.dtype.kind == "b" else x.astype(np.float32) for x in (q, k, v, mask))
    bias = _attention_bias(mask, nonpad_kv_seqlen, past, is_causal, windows, q.shape[2], k.shape[2], q.dtype)
    scale = scale or 1 / math.sqrt(q.shape[3])
    if outputs < 4 and softcap == 0 and softmax_precision is None and q.dtype.char in "fd":
        out, scores = attention(q, k, v, bias, scale), None
    else:
        out, scores = _attention_by_steps(q, k, v, bias, scale, softcap, softmax_precision, qk_matmul_output_mode)
    results = [merge_heads(out) if is_packed else out, scores]
    if q.dtype != dtype:
        results = [x if x is None else x.astype(dtype) for x in results]
    return (results[0], *present, results[1])[:outputs]


def _attention_by_steps(
    q: Any, k: Any, v: Any, bias: Any, scale: float, softcap: float, precision: int | None, mode: int
) -> tuple[Any, Any]:
    """The result, and the scores: as products (0), limited (1), with the bias (2) or after softmax (3)."""
    root = q.dtype.type(math.sqrt(scale))
    products = (q * root) @ np.swapaxes(k * root, -1, -2)
    limited = products if softcap == 0 else np.tanh(products / softcap) * softcap
    scores = limited + bias
    is_masked = np.max(np.broadcast_to(as_array(bias), scores.shape), axis=-1, keepdims=True) == -np.inf
    wide = scores if precision is None else scores.astype(PRECISIONS[precision])
    # A row without a key that may be attended to has the weights 0; the shift of softmax would make it nan.
    weights = np.where(is_masked, np.zeros(1, wide.dtype), softmax(np.where(is_masked, np.zeros(1, wide.dtype), wide)))
    weights = weights if weights.dtype == q.dtype else weights.astype(q.dtype)
    return weights @ v, (products, limited, scores, weights)[mode]


@operator("FlexAttention", since=1, domain="ai.onnx.preview")
def attend_flexibly(
    q: Any,
    k: Any,
    v: Any,
    *,
    prob_mod: Any = None,
    scale: float | None = None,
    score_mod: Any = None,
    softmax_precision: int | None = None,
) -> Any:
    """FlexAttention: attention whose scores and weights pass through graphs of the model."""
    if not q.ndim == k.ndim == v.ndim == 4 or q.shape[1] % max(k.shape[1], 1):
        raise ShapeError(
            f"FlexAttention: got queries {q.shape}, keys {k.shape} and values {v.shape}, expected (N, heads, T, d)"
        )
    repeats = q.shape[1] // k.shape[1]
    if repeats > 1:
        k, v = np.repeat(k, repeats, axis=1), np.repeat(v, repeats, axis=1)
    root = q.dtype.type(math.sqrt(1 / math.sqrt(q.shape[3]) if scale is None else scale))
    scores = (q * root) @ np.swapaxes(k * root, -1, -2)
    wide = np.dtype(PRECISIONS[softmax_precision] if softmax_precision else np.promote_types(q.dtype, np.float32))
    scores = scores.astype(wide)
    if score_mod is not None:
        (scores,) = score_mod(scores)
    weights = softmax(scores, axis=-1)
    if prob_mod is not None:
        (weights,) = prob_mod(weights)
    return (weights.astype(wide) @ v.astype(wide)).astype(v.dtype)


@operator("RotaryEmbedding", since=23, buffers=(1, 2))
def rotate_positions(
    x: Any,
    cos_cache: Any,
    sin_cache: Any,
    position_ids: Any = None,
    *,
    interleaved: int = 0,
    num_heads: int = 0,
    rotary_embedding_dim: int = 0,
) -> Any:
    """RotaryEmbedding: pairs of features rotated by the angles of their positions."""
    is_packed = x.ndim == 3
    if is_packed and not num_heads:
        raise ValueError("RotaryEmbedding: num_heads is required for inputs (N, T, heads · d)")
    heads = split_heads(x, num_heads) if is_packed else x
    width = rotary_embedding_dim or heads.shape[-1]
    if position_ids is not None:
        positions = as_array(position_ids)
        cos_cache, sin_cache = cos_cache[positions], sin_cache[positions]
    if cos_cache.shape[-1] != width // 2 or sin_cache.shape != cos_cache.shape:
        raise ShapeError(
            f"RotaryEmbedding: got caches of shapes {cos_cache.shape} and {sin_cache.shape}, expected {width // 2} angles"
        )
    cos, sin = np.expand_dims(cos_cache, -3), np.expand_dims(sin_cache, -3)
    if interleaved:
        first, second = heads[..., 0:width:2], heads[..., 1:width:2]
    else:
        first, second = heads[..., : width // 2], heads[..., width // 2 : width]
    rotated = [cos * first - sin * second, sin * first + cos * second]
    if interleaved:
        pairs = np.reshape(np.stack(rotated, axis=-1), (*heads.shape[:-1], width))
        out = np.concatenate([pairs, heads[..., width:]], axis=-1)
    else:
        out = np.concatenate([*rotated, heads[..., width:]], axis=-1)
    return merge_heads(out) if is_packed else out


@operator("LinearAttention", since=27, buffers=(3,))
def attend_linearly(
    q: Any,
    k: Any,
    v: Any,
    past_state: Any = None,
    decay: Any = None,
    beta: Any = None,
    *,
    chunk_size: int = 64,
    kv_num_heads: int,
    q_num_heads: int,
    scale: float = 0.0,
    update_rule: str = "gated_delta",
) -> Any:
    """LinearAttention: a state of products of keys and values, updated at each step and read by the query.

    Yang et al. (2024), Gated delta networks.
    """
    rules = {"linear": (False, False), "gated": (True, False), "delta": (False, True), "gated_delta": (True, True)}
    if update_rule not in rules:
        raise ValueError(f"LinearAttention: update_rule must be one of {', '.join(rules)}, not {update_rule!r}")
    is_gated, is_corrected = rules[update_rule]
    if (decay is not None) != is_gated or (beta is not None) != is_corrected:
        raise ValueError(f"LinearAttention: the rule {update_rule} takes decay: {is_gated}, beta: {is_corrected}")
    if q_num_heads % kv_num_heads or q.ndim != 3:
        raise ShapeError(f"LinearAttention: got queries {q.shape}, {q_num_heads} heads of queries, {kv_num_heads} of keys")
    dtype = q.dtype
    state_dtype = dtype if past_state is None else past_state.dtype
    q, k, v, decay, beta, past_state = (_widened(x) for x in (q, k, v, decay, beta, past_state))
    queries, keys, values = split_heads(q, q_num_heads), split_heads(k, kv_num_heads), split_heads(v, kv_num_heads)
    batch, _, steps, width = queries.shape
    count_steps(steps)
    scale = scale or 1 / math.sqrt(width)
    shape = (batch, kv_num_heads, keys.shape[-1], values.shape[-1])
    state = np.zeros(shape, q.dtype) if past_state is None else past_state
    factors = np.exp(split_heads(decay, kv_num_heads)) if is_gated else None
    rates = split_heads(beta, beta.shape[-1]) if is_corrected else None
    repeats, results = q_num_heads // kv_num_heads, []
    for t in range(steps):
        key, value = keys[:, :, t, :, None], values[:, :, t, None, :]
        if factors is not None:
            state = state * factors[:, :, t, :, None]
        if rates is not None:
            value = rates[:, :, t, :, None] * (value - np.swapaxes(key, -1, -2) @ state)
        state = state + key * value
        memory = state if repeats == 1 else np.repeat(state, repeats, axis=1)
        results.append(queries[:, :, t, None, :] @ memory)
    out = merge_heads(np.concatenate(results, axis=2) * scale)
    return out.astype(dtype), state.astype(state_dtype)


def _widened(x: Any) -> Any:
    return x.astype(np.float32) if x is not None and x.dtype.char == "e" else x
