import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
import optim
from autograd import ShapeError, Tensor, gradcheck
from tests.nn.derivatives import with_parameters
from tests.nn.torch_twin import Twin

LAYERS = [nn.TransformerEncoderLayer, nn.TransformerDecoderLayer]


def sample(*shapes, seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def shuffled(model, seed=0):
    """The model with parameters that are not the initial ones, which are often 0 or 1."""
    rng = np.random.default_rng(seed)
    for parameter in model.parameters():
        parameter.data = (parameter.data + 0.3 * rng.normal(size=parameter.shape)).astype(parameter.dtype)
    return model


@given(
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["relu", "gelu"]),
    st.booleans(),
    st.tuples(*[st.integers(1, 4)] * 3),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=10)
def test_stacks_agree_with_torch_to_second_order(torch, decoder, norm_first, bias, activation, causal, sizes, seed):
    n, length, memory_length = sizes
    options = {"dim_feedforward": 5, "dropout": 0.0, "norm_first": norm_first, "activation": activation, "bias": bias}
    name = "Decoder" if decoder else "Encoder"
    layer = getattr(nn, f"Transformer{name}Layer")(4, 2, **options, rng=0)
    ours = shuffled(getattr(nn, f"Transformer{name}")(layer, 2, nn.LayerNorm(4)), seed)
    theirs = getattr(torch.nn, f"Transformer{name}Layer")(4, 2, **options, batch_first=True)
    nested = {} if decoder else {"enable_nested_tensor": False}
    theirs = getattr(torch.nn, f"Transformer{name}")(theirs, 2, torch.nn.LayerNorm(4), **nested).double()
    inputs = sample((n, length, 4), (n, memory_length, 4), seed=seed)[: 2 if decoder else 1]
    masks = {"mask": np.tri(length, dtype=bool)} if causal else {}
    key_mask = (np.random.default_rng(seed).random((n, length)) < 0.6) | (np.arange(length) == 0)
    hidden = torch.ones(length, length, dtype=bool).triu(1) if causal else None

    def call_theirs(model, *x):
        if decoder:
            return model(*x, tgt_mask=hidden, tgt_key_padding_mask=torch.tensor(~key_mask))
        return model(*x, mask=hidden, src_key_padding_mask=torch.tensor(~key_mask))

    Twin(torch, ours, theirs).compare(inputs, lambda model, *x: model(*x, key_mask=key_mask, **masks), call_theirs)


@pytest.mark.parametrize("cls", LAYERS)
def test_float32_agrees_with_torch(torch, cls):
    ours = shuffled(cls(8, 2, 16, dropout=0.0, rng=0)).astype("float32")
    theirs = getattr(torch.nn, cls.__name__)(8, 2, 16, dropout=0.0, batch_first=True)
    inputs = sample((2, 5, 8), (2, 3, 8), dtype="float32")[: 2 if cls is nn.TransformerDecoderLayer else 1]
    Twin(torch, ours, theirs).compare(inputs, lambda m, *x: m(*x), lambda m, *x: m(*x), rtol=1e-3, atol=1e-4, order=1)


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("cls", LAYERS)
def test_gradients_are_right_to_second_order(cls, norm_first):
    layer = shuffled(cls(4, 2, 3, dropout=0.0, activation="gelu", norm_first=norm_first, rng=0))
    arrays = sample((1, 2, 4), (1, 3, 4))[: 2 if cls is nn.TransformerDecoderLayer else 1]
    call = with_parameters(layer, lambda *x: layer(*x, causal=True))
    assert gradcheck(call, [*(Tensor(x, requires_grad=True) for x in arrays), *layer.parameters()], order=2, fast=True)


@pytest.mark.parametrize(("options", "rotary"), [({}, False), ({"norm_first": True}, True)])
def test_steps_give_the_outputs_of_one_causal_call(options, rotary):
    layer = nn.TransformerEncoderLayer(8, 2, 16, rotary=rotary, rng=0, **options)
    encoder, (x,) = shuffled(nn.TransformerEncoder(layer, 2, nn.LayerNorm(8))).eval(), sample((2, 6, 8))
    past, outputs = None, []
    for new in np.split(x, [1, 4], axis=1):
        out, past = encoder.step(new, past)
        outputs.append(out.numpy())
    np.testing.assert_allclose(np.concatenate(outputs, axis=1), encoder(x, causal=True).numpy(), rtol=1e-10, atol=1e-12)


def test_layers_of_a_stack_have_the_same_options_and_other_weights():
    layer = nn.TransformerEncoderLayer(4, 2, 3, dropout=0.2, activation="tanh", norm_first=True, bias=False, rng=0)
    first, second = nn.TransformerEncoder(layer, 2).layers
    assert first is layer
    assert repr(first) == repr(second)
    assert second.norm_first
    assert not np.array_equal(first.linear1.weight.numpy(), second.linear1.weight.numpy())


def test_a_seed_repeats_weights_and_dropout():
    def outputs(seed):
        stack = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 3, dropout=0.5, rng=seed), 2)
        return stack(*sample((2, 3, 4))).tolist()

    assert outputs(1) == outputs(1) != outputs(2)


def test_evaluation_has_no_dropout():
    layer, (x,) = nn.TransformerEncoderLayer(4, 2, 3, dropout=0.5, rng=0), sample((2, 3, 4))
    assert layer(x).tolist() != layer(x).tolist()
    assert layer.eval()(x).tolist() == layer(x).tolist()


@pytest.mark.parametrize("cls", LAYERS)
def test_empty_batches(cls):
    layer, x = cls(4, 2, 3), np.zeros((0, 3, 4))
    out = layer(x, x) if cls is nn.TransformerDecoderLayer else layer(x)
    out.sum().backward()
    assert out.shape == (0, 3, 4)


def test_wrong_width_is_reported_with_the_path():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 3), 2)
    with pytest.raises(ShapeError, match=r"^MultiheadAttention 'layers.0.self_attn': got an input of shape \(2, 3, 5\)"):
        encoder(np.zeros((2, 3, 5)))
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 3), 1)
    with pytest.raises(ShapeError, match=r"^MultiheadAttention 'layers.0.multihead_attn': got queries of shape"):
        decoder(np.zeros((2, 3, 4)), np.zeros((1, 3, 4)))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.TransformerEncoderLayer(4, 3), ValueError, "num_heads must divide embed_dim, got 3 and 4"),
        (lambda: nn.TransformerEncoderLayer(4, 2, activation="rlu"), ValueError, "did you mean 'relu'"),
        (lambda: nn.TransformerEncoder(nn.Linear(4, 4), 2), TypeError, "layer must be a TransformerEncoderLayer, not Linear"),
        (
            lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2), 0),
            ValueError,
            "num_layers must be an integer from 1",
        ),
        (lambda: nn.TransformerEncoderLayer(4, 2)(np.zeros((1, 2, 4)), src_mask=None), TypeError, "mask, whose True means"),
    ],
)
def test_wrong_options_are_reported(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_summary_counts_the_products_of_attention():
    layer = nn.TransformerDecoderLayer(8, 2, 16)
    rows = {row.path: row for row in nn.summary(layer, (5, 8), (3, 8)).rows}
    assert rows["self_attn"].multiply_adds == 3 * 5 * 8 * 8 + 2 * 5 * 5 * 8
    assert rows["self_attn.out_proj"].multiply_adds == 5 * 8 * 8
    assert rows["multihead_attn"].multiply_adds == 5 * 8 * 8 + 2 * 3 * 8 * 8 + 2 * 5 * 3 * 8
    assert rows["linear1"].multiply_adds == 5 * 8 * 16


def test_drawing_shows_each_layer_as_one_box():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 3, dropout=0.0), 2)
    text = str(autograd.draw(encoder, *sample((1, 2, 4)), depth=1))
    assert [line.split()[1] for line in text.splitlines() if "TransformerEncoderLayer of" in line] == ["layers.0:", "layers.1:"]


@pytest.mark.parametrize("options", [{}, {"dropout": 0.3}, {"norm_first": True, "activation": "gelu"}])
@pytest.mark.parametrize("cls", LAYERS)
def test_compiled_steps_equal_eager_ones_bit_for_bit(cls, options):
    results = []
    for transform in (lambda step: step, autograd.compile):
        model = cls(4, 2, 3, rng=0, **{"dropout": 0.0, **options})
        optimizer = optim.AdamW(model.parameters(), lr=0.01)

        def step(x, y, model=model, optimizer=optimizer):
            optimizer.zero_grad()
            out = model(x, x, causal=True) if cls is nn.TransformerDecoderLayer else model(x, causal=True)
            error = ((out - y) ** 2).mean()
            error.backward()
            optimizer.step()
            return error

        step = transform(step)
        losses = [step(*sample((3, 2, 4), (3, 2, 4), seed=i)).item() for i in range(6)]
        assert not getattr(step, "fallback_reason", "")
        results.append([losses, *(p.tolist() for p in model.parameters())])
    assert results[0] == results[1]


@pytest.mark.parametrize("name", ["Encoder", "Decoder"])
def test_a_stack_has_the_dtype_of_its_layer(name):
    layer = getattr(nn, f"Transformer{name}Layer")(4, 2, 8).astype("float32")
    stack = getattr(nn, f"Transformer{name}")(layer, 3)
    inputs = [np.ones((1, 3, 4), np.float32)] * (1 if name == "Encoder" else 2)
    assert {parameter.dtype for parameter in stack.parameters()} == {np.dtype("float32")}
    assert stack(*inputs).dtype == np.float32


@pytest.mark.parametrize("activation", [nn.functional.gelu, nn.GELU(), lambda: 1.0])
@pytest.mark.parametrize("layer", LAYERS)
def test_an_activation_that_no_layer_can_have_of_its_own_is_reported(layer, activation):
    with pytest.raises(TypeError, match=f"{layer.__name__}: activation must be a name, such as 'gelu', or a Module class"):
        layer(4, 2, activation=activation)
