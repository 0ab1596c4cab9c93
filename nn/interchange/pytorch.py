"""Conversion of weights to and from PyTorch: equal names, with axes in PyTorch's order. PyTorch itself is not needed."""

import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd.extend import short_repr
from nn.layers.attention import MultiheadAttention
from nn.layers.linear import Bilinear, Linear
from nn.layers.recurrent import Recurrent
from nn.layers.recurrent_cells import RecurrentCell
from nn.module.module import Module
from nn.module.parameter import Buffer, Parameter
from nn.module.state_dict import IncompatibleKeys, StateError

#: For each class of layer, the parameters whose axes have another order in PyTorch, and that order. Add your own classes.
#: A name stands for those of all layers and directions: weight_ih for weight_ih_l0, weight_ih_l1_reverse …
AXES: dict[type[Module], dict[str, tuple[int, ...]]] = {
    Linear: {"weight": (1, 0)},
    Bilinear: {"weight": (2, 0, 1)},
    MultiheadAttention: dict.fromkeys(["in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"], (1, 0)),
    Recurrent: {"weight_ih": (1, 0), "weight_hh": (1, 0)},
    RecurrentCell: {"weight_ih": (1, 0), "weight_hh": (1, 0)},
}

#: Names of layouts: weights as they are here, and as they are in PyTorch; the latter is the one that other programs write.
OURS, PYTORCH = "chainrule", "pt"


class MarkedState(dict[str, np.ndarray]):
    """A state dict that knows the layout of its weights: the result of nn.load and nn.to_pytorch.

    layout: "chainrule", "pt" for PyTorch's, or "" if unknown.
    source: the name of the file.

    Where a shape fits both layouts, such as that of a square Linear weight, the arrays alone cannot tell which one they have.
    `load_state_dict` then refuses PyTorch's layout and warns about an unknown one. A plain dict has no mark: dict(state) is
    taken as it is.

    >>> import nn
    >>> model = nn.Linear(2, 2)
    >>> model.load_state_dict(nn.to_pytorch(model))
    Traceback (most recent call last):
    nn.module.state_dict.StateError: the state has the layout of PyTorch, where weight (2, 2) has its axes in another order; \
load it with nn.from_pytorch
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], layout: str, source: str = "the state"):
        super().__init__(arrays)
        self.layout, self.source = layout, source

    def check_layout(self, model: Module, expected: str = OURS) -> None:
        """Raise StateError if the weights have another layout than expected, warn if it is unknown, unless shapes tell."""
        tensors = [(name, tensor) for name, tensor, axes in _tensors(model) if name in self and _fits_both(tensor, axes)]
        if not tensors or self.layout == expected:
            return
        names = ", ".join(f"{name} {tensor.shape}" for name, tensor in tensors[:3]) + (", …" if len(tensors) > 3 else "")
        if self.layout == PYTORCH:
            difference = f"where {names} has its axes in another order"
            raise StateError(f"{self.source} has the layout of PyTorch, {difference}; load it with nn.from_pytorch")
        if self.layout == OURS:
            raise StateError(f"{self.source} has the layout of this library, not of PyTorch; load it with load_state_dict")
        if expected == OURS:
            warnings.warn(
                f"{self.source} does not tell the layout of {names}, whose axes have another order in PyTorch: load weights of "
                "PyTorch with nn.from_pytorch(model, state), and those of this library with load_state_dict(dict(state))",
                stacklevel=3,
            )


def _fits_both(tensor: Parameter | Buffer, axes: tuple[int, ...]) -> bool:
    """Whether a weight has another order of axes in PyTorch, but the same shape."""
    return tensor.size > 1 and axes != tuple(range(tensor.ndim)) and tensor.shape == tuple(tensor.shape[axis] for axis in axes)


def to_pytorch(model: Module) -> MarkedState:
    """Convert a model's state dict to the names and layouts of PyTorch's modules, where Linear weights are (out, in).

    The names are PyTorch's if the two models have the same structure, such as nn.Sequential and torch.nn.Sequential. The values
    are arrays, because PyTorch need not be installed; a torch model with the same layers takes them as tensors:

        state = nn.to_pytorch(model)
        torch_model.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})

    BatchNorm averages biased batch variances here and unbiased ones in PyTorch: the two agree in evaluation and differ
    slightly in further training. PyTorch's `num_batches_tracked` has no counterpart and is not needed to load. The dict is
    marked as PyTorch's: `load_state_dict` does not take it for a state of this library, also after nn.save and nn.load.

    >>> import nn
    >>> {name: array.shape for name, array in nn.to_pytorch(nn.Sequential(nn.Linear(3, 2))).items()}
    {'0.weight': (2, 3), '0.bias': (2,)}
    """
    arrays = {name: np.array(np.transpose(tensor.data, axes), order="C") for name, tensor, axes in _tensors(model)}
    return MarkedState(arrays, PYTORCH)


def from_pytorch(model: Module, state: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
    """Load a PyTorch state dict, of PyTorch tensors or of arrays, into a model of the same structure, in place.

    state:  torch_model.state_dict(), or nn.load(path) of a safetensors file or a file of torch.save.
    strict: whether all names and shapes must match, as for `load_state_dict`.

    Raises StateError, before any value changes, if names or shapes do not match, or if the state is from a file of `nn.save`
    and has weights whose shapes fit both layouts. The message states the shapes of this library's layout. Arrays in a plain
    dict are taken as PyTorch's: of a square weight they do not tell which axis is which.

    >>> import nn
    >>> model = nn.Sequential(nn.Linear(3, 1))
    >>> nn.from_pytorch(model, {"0.weight": [[1.0, 2.0, 3.0]], "0.bias": [0.5]})
    IncompatibleKeys(missing=[], unexpected=[])
    >>> model([[1.0, 1.0, 1.0]]).item()
    6.5
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"from_pytorch takes a state dict, such as torch_model.state_dict(), not {short_repr(state)}")
    if isinstance(state, MarkedState):
        state.check_layout(model, PYTORCH)
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
            short_name = re.sub(r"_l\d+(_reverse)?$", "", name)
            yield f"{path}{name}", value, order.get(name, order.get(short_name, tuple(range(value.ndim))))
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
