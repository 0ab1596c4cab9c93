"""Matching a state dict with the model it is loaded into."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from autograd import DataError, Tensor
from autograd.extend import short_repr


class StateError(ValueError):
    """A state dict does not match the model that loads it.

    >>> import nn
    >>> nn.Linear(2, 3).load_state_dict({})
    Traceback (most recent call last):
    nn.module.state_dict.StateError: the state does not fit this Linear:
      missing weight
      missing bias
    """


class IncompatibleKeys(NamedTuple):
    """The names in which a state dict and a model differ. A name whose shapes differ is in both lists."""

    missing: list[str]  # names of the model that keep their values
    unexpected: list[str]  # names of the state dict that are not used


def match_state(tensors: Mapping[str, Tensor], state: Any, strict: bool, owner: str) -> tuple[dict[str, Any], IncompatibleKeys]:
    """The arrays of a state dict that match these tensors, in the tensors' dtypes, and the names that do not match.

    Raises StateError listing every difference or, if not strict, every value that is not numeric.
    """
    if not isinstance(state, Mapping):
        raise TypeError(
            f"a state dict maps names to arrays, such as the result of state_dict() or nn.load(path), not {short_repr(state)}"
        )
    if is_of_pytorch(state):
        raise TypeError("this is a PyTorch state dict, with Linear weights of shape (out, in); load it with nn.from_pytorch")
    arrays, invalid, is_transposed = {}, [], False
    differences = [f"missing {name}" for name in tensors if name not in state]
    differences += [f"unexpected {name}" for name in state if name not in tensors]
    for name, tensor in tensors.items():
        if name in state:
            value = state[name]
            try:
                array = Tensor(value.data if isinstance(value, Tensor) else value, dtype=tensor.dtype).data
            except DataError as error:
                invalid.append(f"{name}: {error}")
                continue
            if array.shape == tensor.shape:
                arrays[name] = array
            else:
                is_transposed |= array.shape == tensor.shape[::-1]
                differences.append(f"{name} has shape {array.shape}, the model expects {tensor.shape}")
    if is_transposed:
        differences.append("weights are (in, out) here and (out, in) in PyTorch; nn.from_pytorch loads PyTorch state dicts")
    problems = differences + invalid if strict else invalid
    if problems:
        raise StateError("\n  ".join([f"the state does not fit this {owner}:", *problems]))
    missing, unexpected = ([name for name in names if name not in arrays] for names in (tensors, state))
    return arrays, IncompatibleKeys(missing, unexpected)


def is_of_pytorch(state: Any) -> bool:
    """Whether a state dict has tensors of PyTorch."""
    return isinstance(state, Mapping) and any(type(value).__module__.startswith("torch") for value in state.values())
