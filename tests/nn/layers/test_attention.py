import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from autograd import DataError, ShapeError, Tensor, gradcheck, gradients
from tests.nn.derivatives import with_parameters
from tests.nn.torch_twin import Twin


def inputs(n, queries, keys, dims, dtype="float64", seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(n, length, dim)).astype(dtype) for length, dim in zip((queries, keys, keys), dims)]


def random_biases(layer, seed=0):
    rng = np.random.default_rng(seed)
    for name, parameter in layer.named_parameters():
        if name.endswith("bias"):
            parameter.data = rng.normal(size=parameter.shape).astype(parameter.dtype)
    return layer


@given(
    st.sampled_from([(1, 4), (2, 2), (3, 2), (4, 1)]),
    st.integers(1, 3),
    st.integers(1, 5),
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from(["self", "cross", "dims"]),
    st.sampled_from([None, "(T, S)", "(N, heads, T, S)", "floats"]),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=25)
def test_agrees_with_torch_to_second_order(torch, heads_and_size, n, queries, keys, bias, use, mask_shape, padded, seed):
    heads, size = heads_and_size
    width = heads * size
    rng = np.random.default_rng(seed)
    keys = queries if use == "self" else keys
    kdim, vdim = (3, 5) if use == "dims" else (width, width)
    layer = random_biases(nn.MultiheadAttention(width, heads, bias=bias, kdim=kdim, vdim=vdim, rng=0), seed)
    theirs = torch.nn.MultiheadAttention(width, heads, bias=bias, kdim=kdim, vdim=vdim, batch_first=True).double()
    arrays = inputs(n, queries, keys, (width, kdim, vdim), seed=seed)[: 1 if use == "self" else 3]
    # Column 0 stays visible: PyTorch gives nan for a row without keys.
    masks = {"mask": None, "key_mask": None}
    torch_masks = {"attn_mask": None, "key_padding_mask": None}
    if mask_shape == "floats":
        masks["mask"] = rng.normal(size=(queries, keys))
        torch_masks["attn_mask"] = torch.tensor(masks["mask"])
    elif mask_shape is not None:
        shape = (queries, keys) if mask_shape == "(T, S)" else (n, heads, queries, keys)
        masks["mask"] = (rng.random(shape) < 0.5) | (np.arange(keys) == 0)
        torch_masks["attn_mask"] = torch.tensor(~masks["mask"].reshape(-1, queries, keys)[0 if len(shape) == 2 else ...])
    if padded:
        masks["key_mask"] = (rng.random((n, keys)) < 0.5) | (np.arange(keys) == 0)
        invalid = torch.tensor(~masks["key_mask"])
        torch_masks["key_padding_mask"] = torch.zeros(n, keys, dtype=torch.float64).masked_fill(invalid, -torch.inf)
        if mask_shape not in (None, "floats"):
            torch_masks["key_padding_mask"] = invalid

    def call(model, query, key=None, value=None):
        key = query if key is None else key
        return model(query, key, key if value is None else value, need_weights=False, **torch_masks)[0]

    Twin(torch, layer, theirs).compare(arrays, lambda model, *x: model(*x, **masks), call)


def test_float32_agrees_with_torch(torch):
    layer = nn.MultiheadAttention(8, 2, rng=0).astype("float32")
    twin = Twin(torch, layer, torch.nn.MultiheadAttention(8, 2, batch_first=True))
    twin.compare(
        inputs(2, 5, 5, (8,), "float32"), lambda model, x: model(x), lambda model, x: model(x, x, x)[0], 1e-4, 1e-5, order=1
    )


def test_weights_are_those_of_every_head(torch):
    layer, x = nn.MultiheadAttention(6, 3, rng=0), inputs(2, 4, 4, (6,))[0]
    twin = Twin(torch, layer, torch.nn.MultiheadAttention(6, 3, batch_first=True).double())
    out, weights = layer(x, causal=True, need_weights=True)
    hidden = torch.ones(4, 4, dtype=bool).triu(1)
    expected = twin.theirs(*[torch.tensor(x)] * 3, attn_mask=hidden, average_attn_weights=False)
    np.testing.assert_allclose(out.numpy(), expected[0].detach().numpy(), rtol=1e-10)
    np.testing.assert_allclose(weights.numpy(), expected[1].detach().numpy(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(out.numpy(), layer(x, causal=True).numpy(), rtol=1e-12)


@pytest.mark.parametrize("options", [{}, {"rotary": True}, {"kdim": 3, "vdim": 2}, {"bias": False}])
def test_gradients_are_right_to_second_order(options):
    layer = nn.MultiheadAttention(4, 2, rng=0, **options)
    arrays = inputs(1, 2, 3, (4, layer.kdim, layer.vdim))
    parameters = list(layer.parameters())

    call = with_parameters(layer, lambda *values: layer(*values, key_mask=[[True, True, False]]) ** 2)
    assert gradcheck(call, [*(Tensor(x, requires_grad=True) for x in arrays), *parameters], order=2, fast=True)


@pytest.mark.parametrize("dims", [{}, {"kdim": 3, "vdim": 4}])
def test_weights_in_the_other_layout_are_refused(dims):
    layer = nn.MultiheadAttention(4, 2, rng=0, **dims)
    with pytest.raises(nn.StateError, match="_proj_weight"):
        nn.from_pytorch(layer, layer.state_dict())
    with pytest.raises(nn.StateError, match="_proj_weight"):
        layer.load_state_dict(nn.to_pytorch(layer))


@pytest.mark.parametrize("need_weights", [False, True])
def test_self_attention_is_attention_to_itself(need_weights):
    layer, x = random_biases(nn.MultiheadAttention(4, 2, rng=0)), Tensor(inputs(2, 3, 3, (4,))[0], requires_grad=True)

    def derivatives(*args):
        out = layer(*args, causal=True, need_weights=need_weights)
        out = out[0] if need_weights else out
        variables = [x, *layer.parameters()]
        first = gradients((out**3).sum(), variables, create_graph=True)
        return [out, *first, *gradients(sum((g * g).sum() for g in first), variables)]

    for actual, expected in zip(derivatives(x), derivatives(x, x + 0.0, x * 1.0)):
        np.testing.assert_allclose(actual.numpy(), expected.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("need_weights", [False, True])
def test_query_without_keys_gives_the_bias_and_finite_gradients(need_weights):
    layer, x = random_biases(nn.MultiheadAttention(4, 2, rng=0)), Tensor(inputs(2, 3, 3, (4,))[0], requires_grad=True)
    key_mask = np.array([[False] * 3, [True, False, True]])
    out = layer(x, key_mask=key_mask, need_weights=need_weights)
    out = out[0] if need_weights else out
    np.testing.assert_array_equal(out.numpy()[0], np.broadcast_to(layer.out_proj.bias.numpy(), (3, 4)))
    variables = [x, *layer.parameters()]
    first = gradients((out**3).sum(), variables, create_graph=True)
    second = gradients(sum((g * g).sum() for g in first), variables)
    assert all(np.isfinite(g.numpy()).all() for g in (*first, *second))
    assert not first[0].numpy()[0].any()


def test_causal_attention_ignores_later_positions():
    layer, x = nn.MultiheadAttention(4, 2, rng=0), inputs(1, 5, 5, (4,))[0]
    changed = x.copy()
    changed[:, 3:] += 1
    for options in ({"causal": True}, {"mask": np.tri(5, dtype=bool)}, {"mask": np.where(np.tri(5), 0, -np.inf)}):
        np.testing.assert_array_equal(layer(x, **options).numpy()[:, :3], layer(changed, **options).numpy()[:, :3])
        np.testing.assert_allclose(layer(x, **options).numpy(), layer(x, causal=True).numpy(), rtol=1e-12)


@pytest.mark.parametrize("rotary", [False, True])
def test_steps_give_the_outputs_of_one_causal_call(rotary):
    layer, x = nn.MultiheadAttention(8, 2, rotary=rotary, rng=0).eval(), inputs(2, 6, 6, (8,))[0]
    expected, past, outputs = layer(x, causal=True).numpy(), None, []
    for new in np.split(x, [1, 4], axis=1):
        out, past = layer.step(new, past)
        outputs.append(out.numpy())
    np.testing.assert_allclose(np.concatenate(outputs, axis=1), expected, rtol=1e-12, atol=1e-14)


def test_dropout_drops_weights_in_training_only():
    layer, x = nn.MultiheadAttention(8, 2, dropout=0.5, rng=0), inputs(4, 6, 6, (8,))[0]
    twin = nn.MultiheadAttention(8, 2, rng=0)
    assert not np.allclose(layer(x).numpy(), twin(x).numpy())
    np.testing.assert_array_equal(layer.eval()(x).numpy(), twin(x).numpy())
    mean = np.mean([nn.functional.scaled_dot_product_attention(x, x, x, dropout=0.5, rng=i) for i in range(400)], axis=0)
    np.testing.assert_allclose(mean, nn.functional.scaled_dot_product_attention(x, x, x), atol=0.3)


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
def test_empty_inputs(shape):
    layer, x = nn.MultiheadAttention(4, 2), Tensor(np.zeros((*shape, 4)), requires_grad=True)
    out = layer(x)
    out.sum().backward()
    assert out.shape == x.grad.shape == (*shape, 4)
    assert not layer.in_proj_weight.grad.numpy().any()


def test_initial_weights():
    layer = nn.MultiheadAttention(64, 4, rng=0)
    assert np.abs(layer.in_proj_weight.numpy()).max() == pytest.approx((6 / 256) ** 0.5, rel=0.01)
    assert not layer.in_proj_bias.numpy().any()
    assert not layer.out_proj.bias.numpy().any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([(2, 3, 5)], r"got an input of shape (2, 3, 5), expected (N, T, 4)"),
        ([(3, 4)], r"got an input of shape (3, 4), expected (N, T, 4)"),
        (
            [(2, 3, 4), (1, 5, 4)],
            "got queries of shape (2, 3, 4), keys of shape (1, 5, 4) and values of shape (1, 5, 4), expected (N, T, 4), "
            "(N, S, 4) and (N, S, 4)",
        ),
    ],
)
def test_wrong_shapes_are_reported_with_the_path(arguments, message):
    model = nn.ModuleDict({"block": nn.ModuleList([nn.MultiheadAttention(4, 2)])})
    with pytest.raises(ShapeError) as caught:
        model["block"][0](*map(np.zeros, arguments))
    assert str(caught.value) == f"MultiheadAttention 'block.0': {message}"


@pytest.mark.parametrize(
    ("masks", "error", "message"),
    [
        ({"mask": np.ones((3, 4), bool)}, ShapeError, "got a mask of shape (3, 4), expected (3, 3), (2, 3, 3) or (2, 2, 3, 3)"),
        ({"mask": np.ones((3, 3), int)}, DataError, "got a mask of int64, expected booleans (True: may attend) or floats"),
        ({"key_mask": np.ones((3, 3), bool)}, ShapeError, "got a key_mask of shape (3, 3), expected (2, 3)"),
        ({"key_mask": np.ones((2, 3))}, DataError, "got a key_mask of float64, expected booleans, True for valid keys"),
    ],
)
def test_wrong_masks_are_reported(masks, error, message):
    with pytest.raises(error) as caught:
        nn.MultiheadAttention(4, 2)(np.zeros((2, 3, 4)), **masks)
    assert str(caught.value).startswith(f"MultiheadAttention: {message}")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_heads": 3}, "num_heads must divide embed_dim, got 3 and 4"),
        ({"num_heads": 4, "rotary": True}, "rotary=True needs an even embed_dim / num_heads, not 1"),
        ({"num_heads": 2, "dropout": 2}, "dropout must be a probability, from 0 to 1, not 2"),
        ({"num_heads": 0}, "num_heads must be 1 or more, not 0"),
    ],
)
def test_wrong_options_are_reported(options, message):
    with pytest.raises(ValueError, match=f"^MultiheadAttention: {message}"):
        nn.MultiheadAttention(4, **options)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.MultiheadAttention(4, 2, batch_first=True), "inputs are always batch first"),
        (lambda: nn.MultiheadAttention(4, 2)(np.zeros((1, 2, 4)), attn_mask=None), "mask, whose True means"),
        (lambda: nn.MultiheadAttention(4, 2)(np.zeros((1, 2, 4)), key_padding_mask=None), "key_mask, whose True means"),
        (lambda: nn.MultiheadAttention(4, 2)(np.zeros((1, 2, 4)), is_causal=True), "write causal here"),
        (lambda: nn.functional.scaled_dot_product_attention(1, 2, 3, is_causal=True), "write causal here"),
        (lambda: nn.functional.scaled_dot_product_attention(1, 2, 3, dropout_p=0.1), "write dropout here"),
    ],
)
def test_names_of_pytorch_are_answered(call, message):
    with pytest.raises(TypeError, match=message):
        call()
