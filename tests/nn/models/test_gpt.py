import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import DataError, ShapeError, gradcheck
from nn import functional as F  # noqa: N812
from tests.nn.derivatives import with_parameters

POSITIONS = ("learned", "sinusoidal", "rotary")


def small(**options):
    return nn.GPT(**{"vocabulary": 5, "width": 8, "layers": 2, "heads": 2, "context": 6, "rng": 0, **options})


def tokens(*shape, vocabulary=5, seed=0):
    return np.random.default_rng(seed).integers(0, vocabulary, shape)


def next_token_loss(model, sequences):
    scores = model(sequences[:, :-1])
    return F.cross_entropy(scores.reshape(-1, scores.shape[-1]), sequences[:, 1:].ravel())


class TorchGPT:
    """The same model from PyTorch's functions and the weights of ours."""

    def __init__(self, torch, model, heads):
        self.torch, self.heads = torch, heads
        self.state = {name: torch.from_numpy(array) for name, array in nn.to_pytorch(model).items()}

    def __call__(self, sequences):
        functional, state = self.torch.nn.functional, self.state
        x = state["embedding.weight"][sequences] + state["positions.weight"][: sequences.shape[1]]
        for i in range(2):
            prefix = f"blocks.layers.{i}."

            def weights(name, prefix=prefix):
                return state[f"{prefix}{name}weight"], state[f"{prefix}{name}bias"]

            h = functional.layer_norm(x, (x.shape[-1],), *weights("norm1."))
            qkv = functional.linear(h, *weights("self_attn.in_proj_"))
            q, k, v = (y.unflatten(-1, (self.heads, -1)).transpose(1, 2) for y in qkv.chunk(3, dim=-1))
            attended = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + functional.linear(attended.transpose(1, 2).flatten(2), *weights("self_attn.out_proj."))
            h = functional.layer_norm(x, (x.shape[-1],), *weights("norm2."))
            h = functional.gelu(functional.linear(h, *weights("linear1.")), approximate="tanh")
            x = x + functional.linear(h, *weights("linear2."))
        x = functional.layer_norm(x, (x.shape[-1],), state["blocks.norm.weight"], state["blocks.norm.bias"])
        return functional.linear(x, state["head.weight"])


@pytest.mark.parametrize("tied", [True, False])
def test_agrees_with_the_same_model_in_torch(torch, tied):
    model = small(tied=tied)
    for parameter in model.parameters():
        parameter.data = parameter.data + np.random.default_rng(1).normal(0, 0.3, parameter.shape)
    sequences = tokens(3, 6)
    expected = TorchGPT(torch, model, 2)(torch.tensor(sequences)).numpy()
    np.testing.assert_allclose(model(sequences).numpy(), expected, rtol=1e-10, atol=1e-10)


def test_gradients_are_right_to_second_order():
    model = small(width=4, layers=1, context=3)
    call = with_parameters(model, lambda: next_token_loss(model, tokens(2, 4)))
    assert gradcheck(call, list(model.parameters()), order=2, fast=True)


@pytest.mark.parametrize("positions", POSITIONS)
def test_scores_depend_on_earlier_tokens_only(positions):
    model, sequences = small(positions=positions), tokens(2, 6)
    changed = sequences.copy()
    changed[:, 4:] = (changed[:, 4:] + 1) % 5
    np.testing.assert_array_equal(model(sequences).numpy()[:, :4], model(changed).numpy()[:, :4])
    assert not np.allclose(model(sequences).numpy()[:, 4:], model(changed).numpy()[:, 4:])


@pytest.mark.parametrize("positions", POSITIONS)
def test_order_of_the_tokens_matters(positions):
    model = small(positions=positions, layers=1)
    a, b = (model([[first, 3 - first, 3, 4]]).numpy()[0, -1] for first in (1, 2))
    assert not np.allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("positions", POSITIONS)
def test_steps_give_the_scores_of_one_call(positions):
    model, sequences = small(positions=positions).eval(), tokens(2, 6)
    state, outputs = None, []
    for new in np.split(sequences, [1, 3, 4], axis=1):
        scores, state = model.step(new, state)
        outputs.append(scores.numpy())
    np.testing.assert_allclose(np.concatenate(outputs, axis=1), model(sequences).numpy(), rtol=1e-10, atol=1e-12)
    assert state.length == 6


def test_initial_weights():
    model = nn.GPT(50, 64, 2, 4, 32, rng=0)
    assert model.embedding.weight.numpy().std() == pytest.approx(0.02, rel=0.05)
    block = model.blocks.layers[1]
    assert block.linear1.weight.numpy().std() == pytest.approx(0.02, rel=0.05)
    assert block.linear2.weight.numpy().std() == pytest.approx(0.01, rel=0.05)
    assert block.self_attn.out_proj.weight.numpy().std() == pytest.approx(0.01, rel=0.05)
    assert next_token_loss(model, tokens(4, 20, vocabulary=50)).item() == pytest.approx(np.log(50), abs=0.05)


def test_tied_head_is_counted_once():
    assert sum(p.size for p in small(tied=False).parameters()) - sum(p.size for p in small().parameters()) == 5 * 8


@pytest.mark.parametrize("options", [{}, {"dropout": 0.2}, {"positions": "rotary", "tied": False}])
def test_compiled_steps_equal_eager_ones_bit_for_bit(options):
    results = []
    for transform in (lambda step: step, autograd.compile):
        model = small(**options).astype("float32")
        optimizer = optim.AdamW(model.parameters(), lr=0.01)

        def step(sequences, model=model, optimizer=optimizer):
            optimizer.zero_grad()
            error = next_token_loss(model, sequences)
            error.backward()
            optimizer.step()
            return error

        step = transform(step)
        losses = [step(tokens(4, 6, seed=i)).item() for i in range(6)]
        assert not getattr(step, "fallback_reason", "")
        results.append([losses, *(p.tolist() for p in model.parameters())])
    assert results[0] == results[1]


@pytest.mark.parametrize("compiled", [False, True])
def test_fit_learns_to_repeat_a_cycle(compiled):
    model = small(rng=0)
    sequences = (np.arange(7) + np.arange(40)[:, None]) % 5

    def loss(scores, targets):
        return F.cross_entropy(scores.reshape(-1, 5), targets.reshape(-1))

    optimizer = optim.AdamW(model.parameters(), lr=0.01)
    data = (sequences[:, :-1], sequences[:, 1:])
    history = optim.fit(model, loss, data, optimizer=optimizer, epochs=40, compile=compiled, progress=False)
    assert history["loss"][-1] < 0.1
    assert nn.generate(model, [3], 5, temperature=0).tolist() == [3, 4, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("sequences", "error", "message"),
    [
        (tokens(2, 7), ShapeError, "got tokens of shape (2, 7), expected (N, T) with at most 6 tokens in all"),
        (tokens(3), ShapeError, "got tokens of shape (3,), expected (N, T)"),
        (np.zeros((1, 2)), DataError, "got tokens of float64, expected integers"),
    ],
)
def test_wrong_tokens_are_reported(sequences, error, message):
    with pytest.raises(error) as caught:
        small()(sequences)
    assert str(caught.value).startswith(f"GPT: {message}")


def test_unknown_tokens_are_reported_with_the_path():
    with pytest.raises(DataError, match=r"^Embedding 'embedding': got index 5, expected indices from 0 to 4"):
        small()([[1, 5]])


def test_steps_beyond_the_context_are_reported():
    model = small()
    _, state = model.step(tokens(1, 5))
    with pytest.raises(ShapeError, match=r"got tokens of shape \(1, 2\) after 5 others, expected \(N, T\) with at most 6"):
        model.step(tokens(1, 2), state)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"heads": 3}, "heads must divide width, got 3 and 8"),
        ({"positions": "rotory"}, "did you mean 'rotary'"),
        ({"width": 4, "heads": 4, "positions": "rotary"}, "needs an even"),
        ({"vocabulary": 0}, "vocabulary must be 1 or more"),
    ],
)
def test_wrong_options_are_reported(options, message):
    with pytest.raises(ValueError, match=message):
        small(**options)
