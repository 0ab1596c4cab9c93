"""What optimizers remember, as plain dicts of Python values and arrays, and back."""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from optim.optimizers.param_group import ParamGroup


def saved(kind: str, groups: list[ParamGroup], without: set[str]) -> dict[str, Any]:
    """The state of groups, and their options, laid out as in PyTorch; parameters that have taken no step have no entry."""
    state: dict[int, dict[str, Any]] = {}
    described = []
    first = 0
    for group in groups:
        numbers = range(first, first + len(group.parameters))
        for number, past, parameter, (start, stop) in zip(numbers, group.pasts, group.parameters, pairwise(group.starts)):
            if past["step"]:
                arrays = {name: array[start:stop].reshape(parameter.shape).copy() for name, array in group.state.items()}
                state[number] = past | arrays
        described.append({k: v for k, v in group.items() if k not in without} | {"params": list(numbers)})
        first = numbers.stop
    return {"optimizer": kind, "state": state, "param_groups": described}


def load(state: Any, kind: str, groups: list[ParamGroup], names: set[str], check: Callable[[Mapping[str, Any]], None]) -> None:
    """Put a state into groups; raises ValueError, before changing anything, if it is not that of the like of them."""
    check_kind(state, kind)
    given = [dict(group) for group in state["param_groups"]]
    if len(given) != len(groups):
        raise ValueError(f"the state has {len(given)} groups of parameters, this {kind} has {len(groups)}")
    entries: dict[int, Mapping[str, Any]] = {int(number): entry for number, entry in state["state"].items()}
    found = []
    for options, group in zip(given, groups):
        numbers = [int(number) for number in options.pop("params")]
        if len(numbers) != len(group.parameters):
            raise ValueError(f"a group of the state has {len(numbers)} parameters, this {kind}'s has {len(group.parameters)}")
        if not names <= set(options):
            raise ValueError(f"the state has no option {min(names - set(options))!r}, which this {kind} needs")
        check({name: value for name, value in options.items() if (name, value) != ("lr", 0)})  # a schedule may end there
        own = [entries.pop(number, {}) for number in numbers]
        for number, entry, parameter in zip(numbers, own, group.parameters):
            _check_entry(number, entry, parameter.shape)
        found.append(own)
    if entries:
        raise ValueError(f"the state has an entry for parameter {min(entries)}, which is in none of its groups")
    for options, own, group in zip(given, found, groups):
        group |= options
        _restore(group, own)


def check_kind(state: Any, kind: str) -> None:
    """Raise ValueError if something is not the state of an optimizer of this class."""
    if not isinstance(state, Mapping) or not {"state", "param_groups"} <= set(state):
        raise ValueError(f'a state is a dict with "state" and "param_groups", as state_dict() gives it, not {state!r:.80}')
    if state.get("optimizer", kind) != kind:
        raise ValueError(f"this is the state of {state['optimizer']}, and goes not into {kind}")


def _check_entry(number: int, entry: Mapping[str, Any], shape: tuple[int, ...]) -> None:
    for name, value in entry.items():
        if isinstance(value, np.ndarray) and value.shape != shape:
            raise ValueError(f"parameter {number} has shape {shape}, but its {name} in the state has shape {value.shape}")
    if entry and not (isinstance(entry.get("step"), int | float) and entry["step"] >= 0):
        raise ValueError(f"parameter {number} has no count of steps in the state; 'step' is {entry.get('step')!r}")


def _restore(group: ParamGroup, entries: Iterable[Mapping[str, Any]]) -> None:
    arrays: dict[str, np.ndarray] = {}
    pasts = []
    for entry, (start, stop) in zip(entries, pairwise(group.starts)):
        past: dict[str, Any] = {"step": 0}
        for name, value in entry.items():
            if isinstance(value, np.ndarray):
                arrays.setdefault(name, np.zeros_like(group.packed))[start:stop] = value.ravel()
            else:
                past[name] = value
        pasts.append(past | {"step": int(past["step"])})
    group.restore(arrays, pasts)
