import numpy as np
import pytest

import nn
from autograd import DataError, ShapeError, Tensor


def gpt(**options):
    return nn.GPT(**{"vocabulary": 7, "width": 8, "layers": 2, "heads": 2, "context": 8, "rng": 0, **options})


class Recurrent(nn.Module):
    """A character model with a carried state: h = tanh(E[token] + h U), scores = h V."""

    def __init__(self):
        self.embedding, self.hidden, self.head = nn.Embedding(7, 5, rng=0), nn.Linear(5, 5, rng=1), nn.Linear(5, 7, rng=2)
        self.calls = 0

    def step(self, tokens, state=None):
        self.calls += tokens.shape[1]
        h = np.zeros((len(tokens), 5)) if state is None else state
        scores = []
        for token in np.transpose(tokens):
            h = np.tanh(self.embedding(token) + self.hidden(h))
            scores.append(self.head(h))
        return np.stack(scores, axis=1), h

    def forward(self, tokens):
        return self.step(tokens)[0]


class CharLSTM(nn.Module):
    """A character model of two LSTM layers, whose states are carried."""

    def __init__(self):
        self.embedding = nn.Embedding(7, 5, rng=0)
        self.lstm = nn.LSTM(5, 6, num_layers=2, batch_first=True, rng=1)
        self.head = nn.Linear(6, 7, rng=2)

    def step(self, tokens, state=None):
        out, state = self.lstm(self.embedding(tokens), state)
        return self.head(out), state

    def forward(self, tokens):
        return self.step(tokens)[0]


class Fixed(nn.Module):
    """The same scores everywhere."""

    def __init__(self, scores):
        self.scores = np.asarray(scores)

    def forward(self, tokens):
        return Tensor(np.broadcast_to(self.scores, (*np.shape(tokens), len(self.scores))))


@pytest.mark.parametrize(
    "model",
    [gpt(), gpt(positions="rotary"), gpt(positions="sinusoidal"), Recurrent(), CharLSTM()],
    ids=["learned", "rotary", "sinusoidal", "recurrent", "lstm"],
)
@pytest.mark.parametrize("options", [{}, {"temperature": 0}, {"temperature": 0.5, "top_k": 3}])
@pytest.mark.parametrize("start", [[1, 2, 3], [[1, 2], [4, 5]], list(range(7)) * 3])
def test_tokens_are_equal_with_and_without_a_cache(model, options, start):
    cached, uncached = (nn.generate(model, start, 20, rng=3, cache=cache, **options) for cache in (True, False))
    np.testing.assert_array_equal(cached, uncached)
    assert cached.shape == (*np.shape(start)[:-1], np.shape(start)[-1] + 20)
    np.testing.assert_array_equal(cached[..., : np.shape(start)[-1]], start)


def test_each_token_costs_one_step_of_a_recurrent_model():
    model = Recurrent()
    nn.generate(model, [1, 2, 3], 50, rng=0)
    assert model.calls == 3 + 49


def test_window_slides_by_half_so_that_a_token_costs_at_most_two_steps():
    model, lengths = gpt(context=8), []
    step = model.blocks.step
    vars(model.blocks)["step"] = lambda x, past: lengths.append(x.shape[1]) or step(x, past)
    nn.generate(model, [1], 60, rng=0)
    assert lengths == [1] * 8 + ([4] + [1] * 4) * 10 + [4, 1]
    assert sum(lengths) <= 2 * 60


def test_temperature_0_is_greedy_and_so_is_top_1():
    scores = [0.1, 2.0, 0.3, 1.9]
    for options in ({"temperature": 0}, {"top_k": 1}, {"temperature": 1e-3}, {"temperature": 5e-324}):
        assert nn.generate(Fixed(scores), [0], 5, rng=0, **options).tolist() == [0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_are_drawn_with_the_probabilities_of_the_scores(temperature):
    scores = np.array([0.0, 1.0, 2.0, -np.inf])
    drawn = nn.generate(Fixed(scores), np.zeros((20000, 1), int), 1, temperature=temperature, rng=0)[:, 1]
    p = np.exp(scores / temperature)
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 20000, p / p.sum(), atol=0.012)


def test_top_k_keeps_the_likeliest_tokens():
    drawn = nn.generate(Fixed([0.0, 1.0, 2.0, 1.5]), np.zeros((1000, 1), int), 1, top_k=2, rng=0)[:, 1]
    assert set(drawn.tolist()) == {2, 3}
    assert nn.generate(Fixed([0.0, 1.0]), [0], 1, top_k=5, rng=0).shape == (2,)


def test_a_seed_repeats_the_tokens():
    first, second, other = (nn.generate(gpt(), [1], 20, rng=seed).tolist() for seed in (1, 1, 2))
    assert first == second != other
    nn.seed(0)
    third = nn.generate(gpt(), [1], 20).tolist()
    nn.seed(0)
    assert nn.generate(gpt(), [1], 20).tolist() == third


def test_dropout_is_off_during_generation_and_the_modes_come_back():
    model = gpt(dropout=0.5)
    model.head.eval()
    before = [module.training for module in model.modules()]
    first, second = (nn.generate(model, [1, 2], 5, temperature=0).tolist() for _ in range(2))
    assert first == second
    assert [module.training for module in model.modules()] == before
    with pytest.raises(DataError):
        nn.generate(model, [99], 1)
    assert [module.training for module in model.modules()] == before


def test_no_graph_is_recorded_and_length_0_returns_the_start():
    model = gpt()
    assert nn.generate(model, Tensor([1, 2]), 0).tolist() == [1, 2]
    nn.generate(model, [1, 2], 2)
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"start": []}, ShapeError, r"got a start of shape \(0,\), expected \(T,\) or \(N, T\) with at least one token"),
        ({"start": 1}, ShapeError, r"got a start of shape \(\)"),
        ({"start": [0.5]}, DataError, "got a start of float64, expected tokens, which are integers"),
        ({"length": -1}, ValueError, "length must be an integer from 0, not -1"),
        ({"temperature": -1}, ValueError, "temperature must be 0 or more, not -1"),
        ({"temperature": np.nan}, ValueError, "temperature must be 0 or more, not nan"),
        ({"top_k": 0}, ValueError, "top_k must be an integer from 1, not 0"),
    ],
)
def test_wrong_arguments_are_reported(options, error, message):
    with pytest.raises(error, match=f"^generate: {message}"):
        nn.generate(gpt(), **{"start": [1], "length": 1, **options})


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (lambda tokens: tokens, TypeError, "model must be a Module"),
        (nn.Lambda(lambda x: x * 1.0), ShapeError, r"Lambda returned scores of shape \(1, 2\)"),
        (Fixed([0.0, np.nan]), DataError, "Fixed returned scores that are nan"),
        (nn.Sequential(nn.Embedding(3, 2), nn.Flatten()), ShapeError, r"Sequential returned scores of shape \(1, 4\)"),
    ],
)
def test_a_model_without_scores_of_tokens_is_reported(model, error, message):
    with pytest.raises(error, match=f"^generate: {message}"):
        nn.generate(model, [1, 2], 3)


def test_names_of_other_libraries_are_answered():
    with pytest.raises(TypeError, match="write length here"):
        nn.generate(gpt(), [1], max_new_tokens=3)
