import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import DataError, ShapeError, Tensor, gradcheck, gradients
from autograd.core.graph import nodes
from nn import functional as F  # noqa: N812
from nn.functional.attention import attention, attention_weights, causal_bias, merge_heads, packed_attention, split_heads
from tests.nn.derivatives import value_and_two_derivatives


def sample(*shapes, seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def composed_weights(q, k, bias, scale):
    """The weights from elementary operations; a row of which all are hidden must not occur."""
    exponentials = np.exp(q @ np.swapaxes(k, -1, -2) * scale + bias)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


BIAS = causal_bias(3, 4, np.dtype("float64"))
Q, K, V = sample((2, 3, 2), (2, 4, 2), (2, 4, 5))


@pytest.mark.parametrize("bias", [np.zeros(()), BIAS, sample((2, 3, 4))[0]], ids=["none", "causal", "floats"])
def test_fused_and_composed_agree_to_second_order(bias):
    pairs = [
        (lambda q, k: attention_weights(q, k, bias, 0.5), lambda q, k: composed_weights(q, k, bias, 0.5), [Q, K]),
        (lambda q, k, v: attention(q, k, v, bias, 0.5), lambda q, k, v: composed_weights(q, k, bias, 0.5) @ v, [Q, K, V]),
    ]
    for fused, composed, inputs in pairs:
        for actual, expected in zip(value_and_two_derivatives(fused, inputs), value_and_two_derivatives(composed, inputs)):
            np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


def test_packed_and_composed_agree_to_second_order():
    bias = causal_bias(3, 3, np.dtype("float64"))

    def composed(x):
        q, k, v = (split_heads(x[..., i : i + 4], 2) for i in (0, 4, 8))
        return merge_heads(composed_weights(q, k, bias, 0.5) @ v)

    inputs = sample((2, 3, 12))
    fused = value_and_two_derivatives(lambda x: packed_attention(x, bias, 2, 0.5), inputs)
    for actual, expected in zip(fused, value_and_two_derivatives(composed, inputs)):
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


def test_third_derivatives_of_packed_attention_are_right():
    x = Tensor(sample((1, 2, 6))[0], requires_grad=True)
    assert gradcheck(lambda x: packed_attention(x, np.zeros(()), 1, 0.5), x, order=3, fast=True)


@given(
    st.lists(st.integers(0, 3), max_size=2),
    st.tuples(*[st.integers(0, 4)] * 2, *[st.integers(1, 4)] * 2),
    st.booleans(),
    st.sampled_from([None, "all axes", "keys", "floats"]),
    st.sampled_from([None, 0.3, -2.0]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=60)
def test_agrees_with_torch_to_second_order(torch, leading, sizes, causal, mask_kind, scale, seed):
    queries, keys, size, value_size = sizes
    arrays = sample((*leading, queries, size), (*leading, keys, size), (*leading, keys, value_size), seed=seed)
    rng = np.random.default_rng(seed)
    shape = (keys,) if mask_kind == "keys" else (*leading, queries, keys)
    mask = None if mask_kind is None else rng.normal(size=shape) if mask_kind == "floats" else rng.random(shape) < 0.6
    visible = np.tri(queries, keys, dtype=bool) if causal else np.ones((queries, keys), bool)
    torch_mask = torch.tensor(np.where(visible, 0.0, -np.inf))
    if mask is not None:
        torch_mask = torch_mask + torch.tensor(mask if mask_kind == "floats" else np.where(mask, 0.0, -np.inf))

    xs = [Tensor(x, requires_grad=True) for x in arrays]
    out = F.scaled_dot_product_attention(*xs, mask=mask, causal=causal, scale=scale)
    first = gradients((out * out).sum(), xs, create_graph=True)
    second = gradients(sum((g * g).sum() for g in first), xs)

    ts = [torch.tensor(x, requires_grad=True) for x in arrays]
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        is_dead = torch.isneginf(torch_mask).all(dim=-1, keepdim=True).expand(*leading, queries, 1)
        alive_mask = torch_mask.masked_fill(is_dead, 0.0)
        expected = torch.nn.functional.scaled_dot_product_attention(*ts, attn_mask=alive_mask, scale=scale)
        expected = torch.where(is_dead, 0.0, expected)
        torch_first = torch.autograd.grad((expected * expected).sum(), ts, create_graph=True)
        torch_second = torch.autograd.grad(sum((g * g).sum() for g in torch_first), ts, materialize_grads=True)
    for actual, other in zip((out, *first, *second), (expected, *torch_first, *torch_second), strict=True):
        np.testing.assert_allclose(actual.numpy(), other.detach().numpy(), rtol=1e-10, atol=1e-10)


def test_boolean_mask_means_the_same_as_in_torch_for_rows_without_keys(torch):
    mask = np.array([[True, False, False, True], [False] * 4, [False, True, True, True]])
    out = F.scaled_dot_product_attention(Tensor(Q), K, V, mask)
    expected = torch.nn.functional.scaled_dot_product_attention(*map(torch.tensor, (Q, K, V)), attn_mask=torch.tensor(mask))
    np.testing.assert_allclose(out.numpy(), expected.numpy(), rtol=1e-12, atol=1e-14)
    assert not out.numpy()[:, 1].any()


def test_float32_agrees_with_torch(torch):
    arrays = sample((2, 3, 5, 4), (2, 3, 6, 4), (2, 3, 6, 4), dtype="float32")
    xs, ts = [Tensor(x, requires_grad=True) for x in arrays], [torch.tensor(x, requires_grad=True) for x in arrays]
    F.scaled_dot_product_attention(*xs, causal=True).sum().backward()
    torch.nn.functional.scaled_dot_product_attention(*ts, attn_mask=torch.ones(5, 6, dtype=bool).tril()).sum().backward()
    for x, t in zip(xs, ts):
        assert x.grad.dtype == np.float32
        np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy(), rtol=1e-4, atol=1e-5)


def test_mask_of_floats_has_a_gradient():
    mask = sample((3, 4))[0]
    inputs = [Tensor(x, requires_grad=True) for x in (Q, K, V, mask)]
    assert gradcheck(lambda q, k, v, mask: F.scaled_dot_product_attention(q, k, v, mask, causal=True), inputs, order=2)


def test_mask_of_another_precision_is_converted():
    arrays = sample((3, 4), (5, 4), (5, 2), dtype="float32")
    out = F.scaled_dot_product_attention(*map(Tensor, arrays), mask=np.zeros((3, 5)))
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out.numpy(), F.scaled_dot_product_attention(*map(Tensor, arrays)).numpy())


def test_leading_axes_broadcast():
    q, k, v = (Tensor(x, requires_grad=True) for x in sample((2, 1, 3, 2), (4, 3, 2), (1, 4, 3, 2)))
    out = F.scaled_dot_product_attention(q, k, v)
    out.sum().backward()
    assert (out.shape, k.grad.shape, v.grad.shape) == ((2, 4, 3, 2), k.shape, v.shape)
    np.testing.assert_allclose(out.numpy()[1, 2], F.scaled_dot_product_attention(q[1, 0], k[2], v[0, 2]).numpy(), rtol=1e-12)


def test_extreme_scores_neither_overflow_nor_vanish():
    q, k = np.array([[1e3], [-1e3]]), np.array([[1e3], [-1e3], [0.0]])
    out = F.scaled_dot_product_attention(Tensor(q), k, np.array([[1.0], [2.0], [3.0]]))
    assert out.tolist() == [[1.0], [2.0]]
    assert F.scaled_dot_product_attention(Tensor(q), k, k, mask=np.full((2, 3), -1e9)).numpy().all()


def test_attention_is_one_operation():
    q = Tensor(Q, requires_grad=True)
    out = F.scaled_dot_product_attention(q, K, V, causal=True)
    assert [node.operation.name for node in nodes([out._node]) if node.operation] == ["attention"]


def test_dropout_is_repeatable_by_seed_and_keeps_the_mean():
    first, second, other = (F.scaled_dot_product_attention(Q, K, V, dropout=0.5, rng=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("shapes", "options", "error", "message"),
    [
        (
            [(3, 2), (4, 3), (4, 2)],
            {},
            ShapeError,
            "got queries of shape (3, 2), keys of shape (4, 3) and values of shape (4, 2)",
        ),
        ([(3, 2), (4, 2), (5, 2)], {}, ShapeError, "expected (…, T, d), (…, S, d) and (…, S, d of the values)"),
        ([(2, 3, 2), (3, 4, 2), (3, 4, 2)], {}, ShapeError, "with equal leading axes"),
        ([(2,), (2,), (2,)], {}, ShapeError, "got queries of shape (2,)"),
        (
            [(3, 2), (4, 2), (4, 2)],
            {"mask": np.ones((4, 3), bool)},
            ShapeError,
            "got a mask of shape (4, 3), expected one that",
        ),
        ([(3, 2), (4, 2), (4, 2)], {"mask": np.ones((5, 3, 4), bool)}, ShapeError, "got a mask of shape (5, 3, 4)"),
        ([(3, 2), (4, 2), (4, 2)], {"mask": np.ones((3, 4), int)}, DataError, "got a mask of int64, expected booleans"),
        ([(3, 2), (4, 2), (4, 2)], {"dropout": 1.5}, ValueError, "dropout must be a probability, from 0 to 1, not 1.5"),
    ],
)
def test_wrong_arguments_are_reported(shapes, options, error, message):
    with pytest.raises(error) as caught:
        F.scaled_dot_product_attention(*map(np.zeros, shapes), **options)
    assert str(caught.value).startswith("scaled_dot_product_attention: ")
    assert message in str(caught.value)
