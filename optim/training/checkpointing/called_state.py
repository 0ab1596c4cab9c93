"""The state of the functions and objects that a training calls: generators, counters and lists that no state_dict holds.

A transform may own a generator, a callback may count. A checkpoint stores the generators that such objects reach, and the plain
values that have changed since the training began. Objects that have changed and cannot be stored are named.
"""

import random
import warnings
import zlib
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from optim.training.callbacks.base import Callback, FunctionCallback
from optim.training.checkpointing.file_format import CheckpointError, content_of
from optim.training.checkpointing.reachable import GENERATORS, Reachable
from optim.training.run import Run

CALLBACK = "callback "
LARGE = 2**20  # of larger arrays, only some elements are compared


class CalledState:
    """The generators and values of the functions and objects of a run.

    A resumed training may have other callbacks, if they have no state_dict: the values of the callbacks it lacks are ignored.
    """

    def __init__(self, run: Run):
        self._roots, self._modules = _roots(run), _modules(run.model)
        self._initial = {slot.path: _digest(slot.value) for slot in self._reachable().slots}
        self._initial_global = _digest(_global_states())
        self._has_warned = False

    def state_dict(self) -> dict[str, Any]:
        """The states of the generators, the values that have changed, and the paths of objects that cannot be stored.

        Warns once about such objects.
        """
        state: dict[str, Any] = {"generators": {}, "values": {}, "objects": {}, "unsaved": [], "global": None}
        for slot in self._reachable().slots:
            if isinstance(slot.value, GENERATORS):
                state["generators"][slot.path] = _generator_state(slot.value)
            elif slot.is_stateful:
                state["objects"][slot.path] = slot.value.state_dict()
            elif slot.is_iterator:
                state["unsaved"].append(slot.path)
            elif self._initial.get(slot.path) != _digest(slot.value):
                if is_plain(slot.value):
                    state["values"][slot.path] = _plain(slot.value)
                elif slot.path in self._initial:
                    state["unsaved"].append(slot.path)
        if _digest(current := _global_states()) != self._initial_global:
            state["global"] = current
        if state["unsaved"] and not self._has_warned:
            self._has_warned = True
            warnings.warn(f"this training cannot be resumed: {_explain(state['unsaved'])}", stacklevel=2)
        return state

    def check(self, state: Mapping[str, Any]) -> None:
        """Raise CheckpointError if a state is not complete, or if these objects have no place for a part of it."""
        if state["unsaved"]:
            raise CheckpointError(_explain(state["unsaved"]))
        reachable = self._reachable()
        for path in (*state["generators"], *state["values"], *state["objects"]):
            if path not in reachable.by_path and reachable.assignment(path) is None and not path.startswith(CALLBACK):
                raise CheckpointError(f"the checkpoint has a state of {path}, which this training does not have")

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of `state_dict`."""
        reachable = self._reachable()
        for path, value in state["values"].items():
            slot, assign = reachable.by_path.get(path), reachable.assignment(path)
            if not (slot is not None and _replace_content(slot.value, value)) and assign is not None:
                assign(value)
        reachable = self._reachable()
        for path, generator_state in state["generators"].items():
            slot, assign = reachable.by_path.get(path), reachable.assignment(path)
            if slot is not None and isinstance(slot.value, GENERATORS):
                _set_generator_state(slot.value, generator_state)
            elif assign is not None:  # a generator that is made when it is first used
                assign(_new_generator(generator_state))
        for path, object_state in state["objects"].items():
            if path in reachable.by_path:
                reachable.by_path[path].value.load_state_dict(object_state)
        if state["global"] is not None:
            for generator, generator_state in zip(_global_generators(), state["global"]):
                _set_generator_state(generator, generator_state)

    def _reachable(self) -> Reachable:
        return Reachable(self._roots, self._modules)


def _explain(paths: list[str]) -> str:
    return (
        f"{', '.join(paths[:5])} changes in the training, and a checkpoint cannot store it; give the object that holds it the "
        "methods state_dict() and load_state_dict(), or keep plain numbers, arrays, lists and random generators"
    )


def _roots(run: Run) -> dict[str, Any]:
    """The functions and objects that a run calls, by name; those whose state is stored already are left out."""
    plan, loader = run.plan, run.loader
    roots: dict[str, Any] = {
        "transform": loader.transform,
        "batching": loader.batching,
        "loss": run.loss,
        "penalty": plan.penalty,
    }
    roots |= {f"metric {name}": metric for name, metric in (plan.metrics or {}).items()}
    roots |= {"data": loader.data, "validation": run.validation}
    for callback in run.callbacks:
        called = callback.function if isinstance(callback, FunctionCallback) else callback
        is_ours = isinstance(called, Callback) and type(called).__module__.startswith("optim.")
        if type(callback).state_dict is Callback.state_dict and not is_ours:
            name = f"{CALLBACK}{getattr(called, '__qualname__', type(called).__qualname__)}"
            number = sum(other.partition(" #")[0] == name for other in roots)
            roots[f"{name} #{number + 1}" if number else name] = called
    return roots


def _modules(model: Any) -> dict[str, Any]:
    """The modules of a model by path."""
    modules = dict(model.named_modules()) if hasattr(model, "named_modules") else {"": model}
    return {f"model.{path}" if path else "model": module for path, module in modules.items()}


# Values


def is_plain(value: Any) -> bool:
    """Whether a checkpoint can store a value."""
    try:
        content_of(_plain(value))
    except TypeError:
        return False
    return True


def _plain(value: Any) -> Any:
    """A set or deque as a list, other values as they are."""
    return sorted(value, key=repr) if isinstance(value, set) else list(value) if isinstance(value, deque) else value


def _digest(value: Any) -> Any:
    """A value that differs if the content of a plain value differs, or the length or the keys of another container."""
    if isinstance(value, np.ndarray) and value.nbytes > LARGE:
        step = -(-value.size // 4096)
        return value.shape, value.dtype.str, zlib.crc32(np.ascontiguousarray(value.flat[::step]).tobytes())
    try:
        text, arrays = content_of(_plain(value))
    except TypeError:
        return _shape(value)
    crc = zlib.crc32(text.encode())
    for array in arrays.values():
        crc = zlib.crc32(f"{array.dtype} {array.shape}".encode() + array.tobytes(), crc)
    return crc


def _shape(value: Any) -> Any:
    """The type and length of a container that is not plain and its scalar items; the address of another object."""
    if isinstance(value, dict):
        return [
            (repr(key), repr(item) if isinstance(item, bool | int | float | str) else id(item)) for key, item in value.items()
        ]
    if isinstance(value, list | tuple | deque | set):
        return [repr(item) if isinstance(item, bool | int | float | str) else id(item) for item in value]
    return repr(value)


def _replace_content(current: Any, value: Any) -> bool:
    """Replace the content of a container, so that all who hold it see the new one; False if the types do not allow this."""
    if isinstance(current, list) and isinstance(value, list):
        current[:] = value
    elif isinstance(current, deque | set) and isinstance(value, list):
        current.clear()
        current.extend(value) if isinstance(current, deque) else current.update(value)
    elif isinstance(current, dict) and isinstance(value, dict):
        current.clear()
        current.update(value)
    elif isinstance(current, np.ndarray) and isinstance(value, np.ndarray) and current.flags.writeable:
        if current.shape != value.shape or current.dtype != value.dtype:
            return False
        current[...] = value
    else:
        return False
    return True


# Generators


def _global_generators() -> tuple[Any, Any]:
    """The global generators of NumPy and Python: what np.random.rand() and random.random() draw from."""
    return np.random.mtrand._rand, random._inst


def _global_states() -> list[dict[str, Any]]:
    return [_generator_state(generator) for generator in _global_generators()]


def _generator_state(generator: Any) -> dict[str, Any]:
    if isinstance(generator, np.random.Generator):
        return {"type": "Generator", "state": generator.bit_generator.state}
    if isinstance(generator, np.random.RandomState):
        return {"type": "RandomState", "state": generator.get_state(legacy=False)}
    version, numbers, gauss = generator.getstate()
    return {"type": "Random", "state": [version, np.array(numbers, np.int64), gauss]}


def _set_generator_state(generator: Any, state: Mapping[str, Any]) -> None:
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state["state"]
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(state["state"])
    else:
        version, numbers, gauss = state["state"]
        generator.setstate((version, tuple(numbers.tolist()), gauss))


def _new_generator(state: Mapping[str, Any]) -> Any:
    """A generator in a state of `_generator_state`."""
    generator: Any
    if state["type"] == "Random":
        generator = random.Random()
    else:
        bit_generator = getattr(np.random, state["state"]["bit_generator"])()
        cls = np.random.Generator if state["type"] == "Generator" else np.random.RandomState
        generator = cls(bit_generator)
    _set_generator_state(generator, state)
    return generator
