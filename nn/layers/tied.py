"""A linear layer that shares the weights of an embedding."""

from typing import Any

from autograd import ShapeError, Tensor
from autograd.extend import short_repr
from nn.init import zeros
from nn.module.module import Module
from nn.module.parameter import Parameter
from nn.validation import as_input


class TiedLinear(Module):
    """Linear layer with the weights of an embedding: y = x Wᵀ + b, the similarity of x to each vector of the embedding.

    embedding: a module whose `weight` is (num_embeddings, embedding_dim), such as Embedding. Both modules then hold the same
               parameter: it is listed, counted and saved once, and the gradients of both uses are added.
    bias:      whether the layer has a bias (num_embeddings,).

    In PyTorch `linear.weight = embedding.weight`; its state dict has the weight under both names, as that of `to_pytorch`.
    Keras's ReversibleEmbedding. Raises ShapeError unless the last axis has size embedding_dim.
    Press and Wolf (2017), Using the output embedding to improve language models.

    >>> import nn
    >>> embedding = nn.Embedding(27, 3)
    >>> model = nn.Sequential(embedding, nn.TiedLinear(embedding))
    >>> model([0, 1]).shape, len(list(model.parameters()))
    ((2, 27), 1)
    """

    def __init__(self, embedding: Module, bias: bool = False):
        weight = getattr(embedding, "weight", None)
        if not isinstance(weight, Parameter) or weight.ndim != 2:
            raise TypeError(f"TiedLinear: embedding must be a module such as Embedding(27, 3), not {short_repr(embedding)}")
        self.weight = weight
        self.bias = Parameter(zeros(weight.shape[:1])) if bias else None

    def forward(self, x: Any) -> Tensor:
        x = as_input(self, x)
        if x.shape[-1:] != self.weight.shape[1:]:
            raise ShapeError(f"{self.qualified_name()}: got an input of shape {x.shape}, expected (…, {self.weight.shape[1]})")
        out = x @ self.weight.T
        return out if self.bias is None else out + self.bias

    def extra_repr(self) -> str:
        outputs, inputs = self.weight.shape
        return f"{inputs}, {outputs}" + ("" if self.bias is None else ", bias=True")
