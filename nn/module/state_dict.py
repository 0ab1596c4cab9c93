"""State dicts against the models they are loaded into."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from autograd import DataError, Tensor
from nn.validation import brief


class StateError(ValueError):
    """A state dict that does not belong to the model it is loaded into."""


class Mismatch(NamedTuple):
    """Where a state dict and a model differ; a name whose shape does not fit is in both lists."""

    missing: list[str]  # names of the model that keep their values
    unexpected: list[str]  # names of the state dict that are not used


def matched(own: Mapping[str, Tensor], state: Any, strict: bool, owner: str) -> tuple[dict[str, Any], Mismatch]:
    """The arrays of a state dict that fit these tensors, in their dtypes, and where the two differ.

    Raises StateError listing every difference, or, if not strict, every value that is not numbers.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"a state dict maps names to arrays, as state_dict() and nn.load(path) give it, not {brief(state)}")
    if any(type(value).__module__.startswith("torch") for value in state.values()):
        raise TypeError("this is a state dict of PyTorch, whose Linear weights are (out, in): load it with nn.from_pytorch")
    fitting, strange, turned = {}, [], False
    different = [f"missing {name}" for name in own if name not in state]
    different += [f"unexpected {name}" for name in state if name not in own]
    for name, tensor in own.items():
        if name in state:
            value = state[name]
            try:
                array = Tensor(value.data if isinstance(value, Tensor) else value, dtype=tensor.dtype).data
            except DataError as error:
                strange.append(f"{name}: {error}")
                continue
            if array.shape == tensor.shape:
                fitting[name] = array
            else:
                turned |= array.shape == tensor.shape[::-1]
                different.append(f"{name} has shape {array.shape}, the model wants {tensor.shape}")
    if turned:
        different.append("weights are (in, out) here and (out, in) in PyTorch, whose state dicts nn.from_pytorch loads")
    problems = different + strange if strict else strange
    if problems:
        raise StateError("\n  ".join([f"the state does not fit this {owner}:", *problems]))
    return fitting, Mismatch([name for name in own if name not in fitting], [name for name in state if name not in fitting])
