"""The state of optimizers as plain dicts of Python values and arrays."""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from optim.optimizers.param_group import ParamGroup


def get_state(class_name: str, groups: list[ParamGroup], excluded: set[str]) -> dict[str, Any]:
    """The state and the options of groups, laid out as in PyTorch. Parameters that have taken no step have no entry."""
    state: dict[int, dict[str, Any]] = {}
    param_groups = []
    first = 0
    for group in groups:
        indices = range(first, first + len(group.parameters))
        spans = pairwise(group.buffer.starts)
        for index, counters, parameter, (start, stop) in zip(indices, group.all_counters, group.parameters, spans):
            if counters["step"]:
                arrays = {name: array[start:stop].reshape(parameter.shape).copy() for name, array in group.state.items()}
                state[index] = counters | arrays
        param_groups.append({k: v for k, v in group.items() if k not in excluded} | {"params": list(indices)})
        first = indices.stop
    return {"optimizer": class_name, "state": state, "param_groups": param_groups}


def load_state(
    state: Any, class_name: str, groups: list[ParamGroup], names: set[str], check: Callable[[Mapping[str, Any]], None]
) -> None:
    """Load a state into groups that need options of these names; raises ValueError, before any change, if it does not fit."""
    check_class(state, class_name)
    new_options = [dict(group) for group in state["param_groups"]]
    if len(new_options) != len(groups):
        raise ValueError(f"the state has {len(new_options)} parameter groups, but this {class_name} has {len(groups)}")
    entries: dict[int, Mapping[str, Any]] = {int(index): entry for index, entry in state["state"].items()}
    new_entries = []
    for options, group in zip(new_options, groups):
        indices = [int(index) for index in options.pop("params")]
        if len(indices) != len(group.parameters):
            expected = f"but that of this {class_name} has {len(group.parameters)}"
            raise ValueError(f"a group of the state has {len(indices)} parameters, {expected}")
        if not names <= set(options):
            raise ValueError(f"the state lacks the option {min(names - set(options))!r}, which {class_name} needs")
        check({name: value for name, value in options.items() if (name, value) != ("lr", 0)})  # a schedule may end at 0
        group_entries = [entries.pop(index, {}) for index in indices]
        for index, entry, parameter in zip(indices, group_entries, group.parameters):
            _check_entry(index, entry, parameter.shape)
        new_entries.append(group_entries)
    if entries:
        raise ValueError(f"the state has an entry for parameter {min(entries)}, but no group with this parameter")
    for options, group_entries, group in zip(new_options, new_entries, groups):
        group |= options
        _restore(group, group_entries)


def check_class(state: Any, class_name: str) -> None:
    """Raise ValueError unless this is the state of an optimizer of this class."""
    if not isinstance(state, Mapping) or not {"state", "param_groups"} <= set(state):
        raise ValueError(f'a state is a dict with "state" and "param_groups", as state_dict() returns it, not {state!r:.80}')
    if state.get("optimizer", class_name) != class_name:
        raise ValueError(f"this is the state of {state['optimizer']}; {class_name} cannot load it")


def _check_entry(index: int, entry: Mapping[str, Any], shape: tuple[int, ...]) -> None:
    for name, value in entry.items():
        if isinstance(value, np.ndarray) and value.shape != shape:
            raise ValueError(f"parameter {index} has shape {shape}, but its {name} in the state has shape {value.shape}")
    if entry and not (isinstance(entry.get("step"), int | float) and entry["step"] >= 0):
        raise ValueError(f"parameter {index} has no number of steps in the state: 'step' is {entry.get('step')!r}")


def _restore(group: ParamGroup, entries: Iterable[Mapping[str, Any]]) -> None:
    arrays: dict[str, np.ndarray] = {}
    all_counters = []
    for entry, (start, stop) in zip(entries, pairwise(group.buffer.starts)):
        counters: dict[str, Any] = {"step": 0}
        for name, value in entry.items():
            if isinstance(value, np.ndarray):
                arrays.setdefault(name, np.zeros_like(group.packed))[start:stop] = value.ravel()
            else:
                counters[name] = value
        all_counters.append(counters | {"step": int(counters["step"])})
    group.restore(arrays, all_counters)
