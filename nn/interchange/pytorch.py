"""Conversion of weights to and from PyTorch: equal names, with axes in PyTorch's order. PyTorch itself is not needed."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd.extend import short_repr
from nn.layers.attention import MultiheadAttention
from nn.layers.linear import Bilinear, Linear
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter
from nn.module.state_dict import IncompatibleKeys, StateError

#: For each class of layer, the parameters whose axes have another order in PyTorch, and that order. Add your own classes.
AXES: dict[type[Module], dict[str, tuple[int, ...]]] = {
    Linear: {"weight": (1, 0)},
    Bilinear: {"weight": (2, 0, 1)},
    MultiheadAttention: dict.fromkeys(["in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"], (1, 0)),
}


def to_pytorch(model: Module) -> dict[str, np.ndarray]:
    """Convert a model's state dict to the names and layouts of PyTorch's modules, where Linear weights are (out, in).

    The names are PyTorch's if the two models have the same structure, such as nn.Sequential and torch.nn.Sequential. The values
    are arrays, because PyTorch need not be installed; a torch model with the same layers takes them as tensors:

        state = nn.to_pytorch(model)
        torch_model.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})

    BatchNorm averages biased batch variances here and unbiased ones in PyTorch: the two agree in evaluation and differ
    slightly in further training. PyTorch's `num_batches_tracked` has no counterpart and is not needed to load.

    >>> import nn
    >>> {name: array.shape for name, array in nn.to_pytorch(nn.Sequential(nn.Linear(3, 2))).items()}
    {'0.weight': (2, 3), '0.bias': (2,)}
    """
    return {name: np.array(np.transpose(tensor.data, axes), order="C") for name, tensor, axes in _tensors(model)}


def from_pytorch(model: Module, state: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
    """Load a PyTorch state dict, of PyTorch tensors or of arrays, into a model of the same structure, in place.

    strict: whether all names and shapes must match, as for `load_state_dict`.

    Raises StateError, before any value changes, if names or shapes do not match. The message states the shapes of this
    library's layout.

    >>> import nn
    >>> model = nn.Sequential(nn.Linear(3, 1))
    >>> nn.from_pytorch(model, {"0.weight": [[1.0, 2.0, 3.0]], "0.bias": [0.5]})
    IncompatibleKeys(missing=[], unexpected=[])
    >>> model([[1.0, 1.0, 1.0]]).item()
    6.5
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"from_pytorch takes a state dict, such as torch_model.state_dict(), not {short_repr(state)}")
    targets = {name: (tensor, axes) for name, tensor, axes in _tensors(model)}
    first_names = {id(tensor): name for name, tensor in (*model.named_parameters(), *model.named_buffers())}
    converted: dict[str, Any] = {}
    for torch_name, torch_value in state.items():
        name, value = torch_name, _to_array(torch_value)
        if torch_name in targets:
            tensor, axes = targets[torch_name]
            value = _from_pytorch_layout(value, axes)
            name = first_names[id(tensor)]
            if name in converted and not np.array_equal(converted[name], value, equal_nan=True):
                raise StateError(
                    f"{torch_name} and {name} are the same tensor in this {type(model).__name__}, but differ in the state"
                )
        elif torch_name.rpartition(".")[2] == "num_batches_tracked":
            continue
        converted[name] = value
    return model.load_state_dict(converted, strict)


def _tensors(module: Module, path: str = "") -> Iterator[tuple[str, Parameter | Buffer, tuple[int, ...]]]:
    """All parameters and buffers with their axes in PyTorch's order; shared ones under each of their names, as in PyTorch."""
    order = next((AXES[cls] for cls in type(module).__mro__ if cls in AXES), {})
    for name, value in vars(module).items():
        if isinstance(value, Parameter | Buffer):
            yield f"{path}{name}", value, order.get(name, tuple(range(value.ndim)))
    for name, child in module.named_children():
        yield from _tensors(child, f"{path}{name}.")


def _to_array(value: Any) -> Any:
    """A PyTorch tensor on any device as an array; anything else unchanged."""
    for method in ("detach", "cpu", "numpy"):
        value = getattr(value, method)() if hasattr(value, method) else value
    return value


def _from_pytorch_layout(value: Any, axes: tuple[int, ...]) -> Any:
    """A value with its axes in the order used here; unchanged if the number of axes differs (see `load_state_dict`)."""
    try:
        return np.transpose(value, np.argsort(axes))
    except ValueError:
        return value
