"""Embedding layer: a trainable vector for each index."""

from typing import Any

import numpy as np

from autograd import DataError, Tensor
from nn.functional.embedding import embedding
from nn.init import Initializer, initialize
from nn.module.module import Module
from nn.module.parameter import Parameter
from nn.placeholders import Placeholder
from nn.random import Rng
from nn.validation import check_sizes, with_module_name


class Embedding(Module):
    """A trainable vector for each index: out = weight[x], the product of one-hot vectors with `weight`.

    num_embeddings, embedding_dim: number of vectors and size of each, the shape of `weight`.
    padding_idx: an index whose vector is initially 0 and receives no gradient.
    init:        name of an initializer, or a function of (shape, rng); N(0, 1) by default.
    rng:         generator or seed of the initial weights.

    Inputs are integers of any shape. PyTorch's Embedding, which also accepts a negative padding_idx; Keras's Embedding, with
    the initial weights U(±0.05). Raises DataError unless the inputs are integers from 0 to num_embeddings − 1.

    >>> import nn
    >>> nn.Embedding(27, 3)([[0, 1], [26, 1]]).shape
    (2, 2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        init: str | Initializer = "normal",
        rng: Rng = None,
    ):
        check_sizes("Embedding", num_embeddings=num_embeddings, embedding_dim=embedding_dim)
        if padding_idx is not None and not 0 <= padding_idx < num_embeddings:
            raise ValueError(f"Embedding: padding_idx must be an index from 0 to {num_embeddings - 1}, not {padding_idx}")
        weight = initialize(init, (num_embeddings, embedding_dim), rng)
        if padding_idx is not None and not isinstance(weight, Placeholder):
            weight = np.where(np.arange(num_embeddings)[:, None] == padding_idx, 0, weight)
        self.num_embeddings, self.embedding_dim, self.padding_idx = num_embeddings, embedding_dim, padding_idx
        self.weight = Parameter(weight)

    def forward(self, x: Any) -> Tensor:
        try:
            return embedding(x, self.weight, self.padding_idx)
        except DataError as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        sizes = f"{self.num_embeddings}, {self.embedding_dim}"
        return sizes if self.padding_idx is None else f"{sizes}, padding_idx={self.padding_idx}"
