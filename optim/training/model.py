"""The interface of a model in training: required methods, and methods that are used if the model has them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from autograd import Tensor


class Model(Protocol):
    """A model that `fit` can train: a callable with parameters()."""

    def __call__(self, inputs: Any, /) -> Any: ...
    def parameters(self) -> Iterable[Tensor]: ...


class TrainingError(RuntimeError):
    """The training cannot start or continue: no examples, nan in the data, or a loss that is nan or infinite.

    >>> import nn
    >>> from optim import fit
    >>> fit(nn.Linear(1, 1), nn.MSELoss(), ([[1.0], [float("nan")]], [[0.0], [0.0]]))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    optim.training.model.TrainingError: training data: inputs: nan in row 1, column 0 (counted from 0); ...
    """


def named_parameters(model: Any) -> dict[str, Tensor]:
    """The parameters by name; by number if the model has no named_parameters()."""
    if hasattr(model, "named_parameters"):
        return dict(model.named_parameters())
    return {str(number): parameter for number, parameter in enumerate(model.parameters())}


def state_tensors(model: Any) -> list[Tensor]:
    """All tensors of the model's state: parameters, and buffers such as running statistics."""
    return [*model.parameters(), *(model.buffers() if hasattr(model, "buffers") else ())]


def get_weights(model: Any) -> dict[str, np.ndarray]:
    """Copies of the values of parameters and buffers by name."""
    if hasattr(model, "state_dict"):
        return dict(model.state_dict())
    return {name: np.array(parameter.data) for name, parameter in named_parameters(model).items()}


def set_weights(model: Any, values: Mapping[str, Any]) -> None:
    """Set parameters and buffers to the values of `get_weights`."""
    if hasattr(model, "load_state_dict"):
        model.load_state_dict(values)
        return
    for name, parameter in named_parameters(model).items():
        parameter.data = values[name]


def get_random_state(model: Any) -> Any:
    """The states of the model's random generators; None if the model does not provide them."""
    return model.random_state() if hasattr(model, "set_random_state") else None


def set_random_state(model: Any, state: Any) -> None:
    """Set the model's random generators to the states of `get_random_state`."""
    if state is not None:
        model.set_random_state(state)


def set_training(model: Any) -> None:
    """Switch to training mode, if the model has train()."""
    if hasattr(model, "train"):
        model.train()


@contextmanager
def evaluation_mode(model: Any) -> Iterator[None]:
    """The model is in evaluation mode inside the block; each module has its own mode again after it."""
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
    """Whether a layer of the model is an embedding, so that integer inputs are indices."""
    return hasattr(model, "modules") and any(hasattr(module, "num_embeddings") for module in model.modules())
