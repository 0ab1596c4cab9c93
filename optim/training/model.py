"""What a training asks of a model, and how it treats one that offers more."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from autograd import Tensor


class Model(Protocol):
    """What can be trained: a callable with parameters."""

    def __call__(self, inputs: Any, /) -> Any: ...
    def parameters(self) -> Iterable[Tensor]: ...


class TrainingError(RuntimeError):
    """Training that cannot go on: no examples, or a loss that is not a number any more."""


def named_parameters(model: Any) -> dict[str, Tensor]:
    """The parameters by name, or by number if the model has no names for them."""
    if hasattr(model, "named_parameters"):
        return dict(model.named_parameters())
    return {str(number): parameter for number, parameter in enumerate(model.parameters())}


def state_tensors(model: Any) -> list[Tensor]:
    """All that makes the model what it is: parameters, and buffers such as running statistics."""
    return [*model.parameters(), *(model.buffers() if hasattr(model, "buffers") else ())]


def get_weights(model: Any) -> dict[str, np.ndarray]:
    """Copies of the values of parameters and buffers by name."""
    if hasattr(model, "state_dict"):
        return dict(model.state_dict())
    return {name: np.array(parameter.data) for name, parameter in named_parameters(model).items()}


def set_weights(model: Any, values: Mapping[str, Any]) -> None:
    """Give parameters and buffers the values that `weights` gave."""
    if hasattr(model, "load_state_dict"):
        model.load_state_dict(values)
        return
    for name, parameter in named_parameters(model).items():
        parameter.data = values[name]


def get_random_state(model: Any) -> Any:
    """The states of the generators that the model draws from; None if it does not tell."""
    return model.random_state() if hasattr(model, "set_random_state") else None


def set_random_state(model: Any, state: Any) -> None:
    """Let the model's generators go on from what `random_state` gave."""
    if state is not None:
        model.set_random_state(state)


def set_training(model: Any) -> None:
    """Switch to training behavior, if the model knows it."""
    if hasattr(model, "train"):
        model.train()


@contextmanager
def evaluation_mode(model: Any) -> Iterator[None]:
    """The model in evaluation mode; after the block, each of its modules has its own mode again."""
    modules = list(model.modules()) if hasattr(model, "modules") else []
    modes = [module.training for module in modules]
    if hasattr(model, "eval"):
        model.eval()
    try:
        yield
    finally:
        for module, mode in zip(modules, modes):
            module.training = mode
        if not modules and hasattr(model, "train"):
            model.train()


def has_embedding(model: Any) -> bool:
    """Whether inputs may be indices, because a layer of the model holds vectors to look up."""
    return hasattr(model, "modules") and any(hasattr(module, "num_embeddings") for module in model.modules())
