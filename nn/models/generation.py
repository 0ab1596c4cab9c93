"""Generation of tokens by language models."""

from typing import Any

import numpy as np

from autograd import DataError, ShapeError, Tensor, no_grad
from autograd.extend import short_repr, suggest_names
from nn.module.module import Module
from nn.random import Rng, generator


@suggest_names
def generate(
    model: Module,
    start: Any,
    length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    rng: Rng = None,
    cache: bool = True,
) -> np.ndarray:
    """Continue sequences of tokens: each new token is drawn with the probabilities softmax(scores / temperature).

    model:       a module that maps tokens (N, T) to the scores of the next token at each position, (N, T, vocabulary), such as
                 GPT. If it has a method `step(tokens, state)`, which returns the scores at new tokens and the state after them
                 and starts with the state None, each new token costs one step: GPT keeps the keys and values of the tokens so
                 far, a recurrent model its hidden state. Otherwise the model reads the whole sequence again for each token.
    start:       the tokens to continue, (T,) or (N, T), at least one in each sequence.
    length:      number of new tokens.
    temperature: 1 for the model's probabilities, less for likelier tokens; 0 for the likeliest token always (greedy).
    top_k:       draw among the k likeliest tokens only.
    rng:         generator or seed of the draws; the global generator, which nn.seed resets, by default.
    cache:       False to read the whole sequence again for each token; the tokens are the same.

    Returns start and the new tokens, (T + length,) or (N, T + length). The model is in evaluation mode during the call.

    A model with an attribute `context` reads that many tokens at most. The window then slides by half: once it is full, the
    model reads its second half again, as new positions, and goes on. So a token sees between context / 2 and context tokens
    before it, and costs at most two steps on average. PyTorch and Keras have none; the method `generate` of Hugging Face's
    models and of Keras Hub's.

    Raises ShapeError for a start without tokens or scores of another shape, DataError for tokens that are not integers and
    scores that are nan, ValueError for other options.

    >>> import nn
    >>> model = nn.GPT(vocabulary=10, width=8, layers=1, heads=2, context=8, rng=0)
    >>> nn.generate(model, [1, 2, 3], 4, rng=0).shape
    (7,)
    """
    if not isinstance(model, Module):
        raise TypeError(f"generate: model must be a Module, not {short_repr(model)}")
    tokens = np.asarray(start.data if isinstance(start, Tensor) else start)
    _check(tokens, length, temperature, top_k)
    sequences = tokens.reshape(-1, tokens.shape[-1]).astype(np.int64)
    modes = [(module, module.training) for module in model.modules()]
    rng = generator(rng)
    try:
        model.eval()
        with no_grad():
            reader = _Reader(model, cache and hasattr(model, "step"))
            for _ in range(length):
                new = _draw(reader.next_scores(sequences), temperature, top_k, rng)
                sequences = np.concatenate([sequences, new[:, None]], axis=1)
    finally:
        for module, mode in modes:
            module.training = mode
    return sequences if tokens.ndim == 2 else sequences[0]


class _Reader:
    """Reads a growing sequence through a window that ends at the newest token."""

    def __init__(self, model: Any, steps: bool):
        self.model, self.steps = model, steps
        self.context = getattr(model, "context", None)
        self.first = 0  # position of the first token of the window
        self.read = 0  # number of tokens that the state has read
        self.state: Any = None

    def next_scores(self, sequences: np.ndarray) -> np.ndarray:
        """The scores of the token after the sequences, (N, vocabulary)."""
        length = sequences.shape[1]
        if self.context and length - self.first > self.context:
            self.first, self.state = length - max(1, self.context // 2), None
            self.read = self.first
        if self.steps:
            scores, self.state = self.model.step(sequences[:, self.read :], self.state)
            self.read = length
        else:
            scores = self.model(sequences[:, self.first :])
        array = scores.numpy() if isinstance(scores, Tensor) else np.asarray(scores)
        if array.ndim != 3 or len(array) != len(sequences):
            name = type(self.model).__name__
            raise ShapeError(f"generate: {name} returned scores of shape {array.shape}, expected (N, T, vocabulary)")
        if np.isnan(array[:, -1]).any():
            raise DataError(f"generate: {type(self.model).__name__} returned scores that are nan")
        return array[:, -1]


def _draw(scores: np.ndarray, temperature: float, top_k: int | None, rng: np.random.Generator) -> np.ndarray:
    """One token for each row of scores."""
    if temperature == 0:
        return scores.argmax(axis=1)
    scores = scores.astype(np.float64)
    scores = (scores - scores.max(axis=1, keepdims=True)) / max(temperature, 1e-300)  # differences cannot overflow to nan
    if top_k is not None and top_k < scores.shape[1]:
        limit = np.partition(scores, -top_k, axis=1)[:, [-top_k]]
        scores = np.where(scores < limit, -np.inf, scores)
    cumulative = np.exp(scores).cumsum(axis=1)
    draws = rng.random((len(scores), 1)) * cumulative[:, -1:]
    return (cumulative <= draws).sum(axis=1)


def _check(tokens: np.ndarray, length: int, temperature: float, top_k: int | None) -> None:
    if tokens.ndim not in (1, 2) or not tokens.size:
        raise ShapeError(f"generate: got a start of shape {tokens.shape}, expected (T,) or (N, T) with at least one token")
    if tokens.dtype.kind not in "iu":
        raise DataError(f"generate: got a start of {tokens.dtype}, expected tokens, which are integers")
    if not isinstance(length, int | np.integer) or length < 0:
        raise ValueError(f"generate: length must be an integer from 0, not {short_repr(length)}")
    if not temperature >= 0:
        raise ValueError(f"generate: temperature must be 0 or more, not {short_repr(temperature)}")
    if top_k is not None and (not isinstance(top_k, int | np.integer) or top_k < 1):
        raise ValueError(f"generate: top_k must be an integer from 1, not {short_repr(top_k)}")
