"""What must be the same for a training to go on from a checkpoint, told in words that can be compared."""

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import Tensor
from optim.schedules.base import LRScheduler
from optim.training.callbacks.base import Callback
from optim.training.checkpointing.file_format import CheckpointError
from optim.training.model import get_weights
from optim.training.monitor import Monitor
from optim.training.run import Run

PLAIN = bool | int | float | str
ROWS = 64  # examples that stand for all


def fingerprint(run: Run) -> dict[str, list[str]]:
    """A training that has not begun, as name → what it is, in parts that can be compared one by one."""
    shown = repr(run.model)
    left_out = ("params", "initial_lr")
    groups = [{name: group[name] for name in group if name not in left_out} for group in run.optimizer.param_groups]
    loader = run.loader
    return {
        "model": [f"{name} {'×'.join(map(str, w.shape))} {w.dtype}" for name, w in get_weights(run.model).items()],
        "layers": [] if " at 0x" in shown else [line.strip() for line in shown.splitlines()],
        "schedule": [describe(run.schedule)],
        "optimizer": [type(run.optimizer).__name__, *(f"{name}={describe(group[name])}" for group in groups for name in group)],
        "average": [describe(run.average)],
        "callbacks": [describe(callback) for callback in stateful_callbacks(run)],
        "loss": [describe(run.loss)],
        "penalty": [describe(run.plan.penalty)],
        "clipping": [describe(run.plan.clipping)],
        "training data": [data_checksum(loader.data)],
        "validation data": ["none" if run.validation is None else data_checksum(run.validation)],
        "batching": [repr(loader.batching), f"shuffle={loader.shuffle}", f"drop_last={loader.drop_last}"],
        "transform": [describe(loader.transform)],
    }


def stateful_callbacks(run: Run) -> list[Callback]:
    """The callbacks whose state is part of a training."""
    return [callback for callback in run.callbacks if callback.fingerprinted and _has_state(callback)]


def check_fingerprint(before: Mapping[str, list[str]], now: Mapping[str, list[str]]) -> None:
    """Raise CheckpointError for the first difference between two fingerprints."""
    for name, own in now.items():
        found = list(before.get(name, []))
        if found != own:
            was = ", ".join(part for part in found if part not in own) or ", ".join(found) or "none"
            is_now = ", ".join(part for part in own if part not in found) or ", ".join(own) or "none"
            raise CheckpointError(
                f"the checkpoint is of another training: {name} was {was}, now it is {is_now}; "
                "to go on, everything must be as it was, only epochs may be more"
            )


def describe(what: Any) -> str:
    """An option in words that are the same in every process: numbers as they are, functions and objects by name and options."""
    if what is None:
        return "none"
    if isinstance(what, PLAIN | np.generic):
        return repr(what.item() if isinstance(what, np.generic) else what)
    if isinstance(what, np.ndarray):
        return f"{what.dtype} {what.shape} {zlib.crc32(what.tobytes()):08x}"
    if isinstance(what, Mapping):
        return ", ".join(f"{key}={describe(value)}" for key, value in what.items()) or "none"
    if isinstance(what, list | tuple):
        return f"({', '.join(map(describe, what))})"
    if hasattr(what, "__qualname__"):
        return what.__qualname__
    held = getattr(what, "__dict__", {})
    options = {name: value for name, value in held.items() if not name.startswith("_") and _is_option(value)}
    return f"{type(what).__name__}({describe(options) if options else ''})"


def _has_state(callback: Callback) -> bool:
    return type(callback).state_dict is not Callback.state_dict


def _is_option(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return not any(isinstance(one, np.ndarray) for one in value) and all(map(_is_option, value))
    known = isinstance(value, PLAIN | np.ndarray | Monitor | LRScheduler)
    return value is None or known or callable(value)


def data_checksum(data: Any) -> str:
    """How many examples there are, and a checksum of some of them."""
    indices = np.unique(np.linspace(0, len(data) - 1, ROWS).astype(int))
    crc = 0
    for part in data[indices]:
        array = np.asarray(part.numpy() if isinstance(part, Tensor) else part)
        if array.dtype != object:
            crc = zlib.crc32(f"{array.dtype} {array.shape}".encode() + array.tobytes(), crc)
    return f"{len(data)} examples ({crc:08x})"
