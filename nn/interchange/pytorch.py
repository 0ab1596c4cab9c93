"""Weights to and from PyTorch: the same names, and axes in PyTorch's order. PyTorch itself is not needed."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nn.layers.linear import Bilinear, Linear
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter
from nn.module.state_dict import Mismatch, StateError
from nn.validation import brief

#: By kind of layer, the parameters whose axes PyTorch has in another order, and that order; enter your own kinds here.
AXES: dict[type[Module], dict[str, tuple[int, ...]]] = {Linear: {"weight": (1, 0)}, Bilinear: {"weight": (2, 0, 1)}}


def to_pytorch(model: Module) -> dict[str, np.ndarray]:
    """A model's state dict as PyTorch's modules name and lay it out: Linear weights are (out, in).

    Layers have PyTorch's names where the structures are alike: nn.Sequential here, torch.nn.Sequential there. PyTorch
    loads the arrays as `{name: torch.from_numpy(array) for name, array in nn.to_pytorch(model).items()}`. The running
    variance of BatchNorm averages biased batch variances here and unbiased ones there: evaluation is the same, training
    goes on a little differently. PyTorch's `num_batches_tracked` has no counterpart and is not needed to load.

    >>> import nn
    >>> {name: array.shape for name, array in nn.to_pytorch(nn.Sequential(nn.Linear(3, 2))).items()}
    {'0.weight': (2, 3), '0.bias': (2,)}
    """
    return {name: np.array(np.transpose(tensor.data, axes), order="C") for name, tensor, axes in _tensors(model)}


def from_pytorch(model: Module, state: Mapping[str, Any], strict: bool = True) -> Mismatch:
    """Load a PyTorch state dict, of its tensors or of arrays, into a model of the same structure, in place.

    strict: as for `load_state_dict`, which says what does not fit.

    Raises StateError, before changing anything, if names or shapes do not fit; shapes are told as they are here.

    >>> import nn
    >>> model = nn.Sequential(nn.Linear(3, 1))
    >>> nn.from_pytorch(model, {"0.weight": [[1.0, 2.0, 3.0]], "0.bias": [0.5]})
    Mismatch(missing=[], unexpected=[])
    >>> model([[1.0, 1.0, 1.0]]).item()
    6.5
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"from_pytorch takes a state dict, such as torch_model.state_dict(), not {brief(state)}")
    places = {name: (tensor, axes) for name, tensor, axes in _tensors(model)}
    own = {id(tensor): name for name, tensor in (*model.named_parameters(), *model.named_buffers())}
    found: dict[str, Any] = {}
    for name, given in state.items():
        value = _plain(given)
        if name in places:
            tensor, axes = places[name]
            value = _turned(value, axes)
            shared = name
            name = own[id(tensor)]
            if name in found and not np.array_equal(found[name], value, equal_nan=True):
                raise StateError(f"{shared} and {name} are one in this {type(model).__name__}, but differ in the state")
        elif name.rpartition(".")[2] == "num_batches_tracked":
            continue
        found[name] = value
    return model.load_state_dict(found, strict)


def _tensors(module: Module, path: str = "") -> Iterator[tuple[str, Parameter | Buffer, tuple[int, ...]]]:
    """All parameters and buffers, and their axes in PyTorch's order; shared ones under each of their names, as there."""
    order = next((AXES[kind] for kind in type(module).__mro__ if kind in AXES), {})
    for name, value in vars(module).items():
        if isinstance(value, Parameter | Buffer):
            yield f"{path}{name}", value, order.get(name, tuple(range(value.ndim)))
    for name, child in module.named_children():
        yield from _tensors(child, f"{path}{name}.")


def _plain(value: Any) -> Any:
    """A PyTorch tensor, on whatever device, as an array; anything else as it is."""
    for step in ("detach", "cpu", "numpy"):
        value = getattr(value, step)() if hasattr(value, step) else value
    return value


def _turned(value: Any, axes: tuple[int, ...]) -> Any:
    """A value with its axes as they are here; one that has other axes as it is, for `load_state_dict` to refuse."""
    try:
        return np.transpose(value, np.argsort(axes))
    except ValueError:
        return value
