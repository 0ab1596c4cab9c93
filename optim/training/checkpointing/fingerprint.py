"""The fingerprint of a training: descriptions of its parts, equal for two trainings if one can resume the other."""

import inspect
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd import Tensor
from optim.optimizers.base import Optimizer
from optim.training.callbacks.base import Callback
from optim.training.checkpointing.file_format import CheckpointError
from optim.training.model import get_weights
from optim.training.run import Run

CHECKSUM_EXAMPLES = 64


def fingerprint(run: Run) -> dict[str, list[str]]:
    """The descriptions of all parts of a training that has not begun, by name of the part."""
    not_options = ("params", "initial_lr")
    groups = [{name: group[name] for name in group if name not in not_options} for group in run.optimizer.param_groups]
    modules = run.model.named_modules() if hasattr(run.model, "named_modules") else ()
    loader = run.loader
    shards = run.ranks.describe()
    return {
        "model": [f"{name} {'×'.join(map(str, w.shape))} {w.dtype}" for name, w in get_weights(run.model).items()],
        "layers": [f"({name}): {describe(module)}" if name else describe(module) for name, module in modules],
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
    } | ({"gradient": [shards]} if shards else {})


def stateful_callbacks(run: Run) -> list[Callback]:
    """The callbacks whose state a resumed training needs."""
    with_state = [callback for callback in run.callbacks if type(callback).state_dict is not Callback.state_dict]
    return [callback for callback in with_state if callback.fingerprinted]


def check_fingerprint(stored: Mapping[str, list[str]], current: Mapping[str, list[str]]) -> None:
    """Raise CheckpointError for the first difference between the fingerprints of a checkpoint and of the current training."""
    for name in {**current, **stored}:
        before, now = list(stored.get(name, [])), current.get(name, [])
        if before != now:
            was = ", ".join(text for text in before if text not in now) or ", ".join(before) or "none"
            is_now = ", ".join(text for text in now if text not in before) or ", ".join(now) or "none"
            raise CheckpointError(
                f"the checkpoint is of another training: {name} was {was}, now it is {is_now}; "
                "a resumed training needs the same arguments, only epochs may be larger"
            )


def describe(value: Any) -> str:
    """A text that is the same in every process: values as they are, functions by name, objects by class and options.

    The options of an object are its options() if it has this method. Otherwise they are the arguments of its constructor that
    are attributes of the same names, as in scikit-learn's get_params. Tensors, modules and optimizers are left out, because a
    checkpoint stores their state.

    >>> from optim import EMA
    >>> from autograd import Tensor
    >>> from optim.training.checkpointing.fingerprint import describe
    >>> describe(EMA([Tensor([1.0], requires_grad=True)], decay=0.9)), describe([1, None]), describe(abs)
    ('EMA(decay=0.9, bias_correction=False)', '(1, none)', 'abs')
    """
    if value is None:
        return "none"
    if isinstance(value, bool | int | float | str | np.generic):
        return repr(value.item() if isinstance(value, np.generic) else value)
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {zlib.crc32(value.tobytes()):08x}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={describe(option)}" for name, option in value.items()) or "none"
    if isinstance(value, list | tuple):
        return f"({', '.join(map(describe, value))})"
    if hasattr(value, "__qualname__"):
        return value.__qualname__
    options = _options(value)
    return f"{type(value).__name__}({describe(options) if options else ''})"


def _options(value: Any) -> dict[str, Any]:
    """The options of an object by name."""
    if callable(getattr(value, "options", None)):
        return dict(value.options())
    try:
        names = inspect.signature(type(value)).parameters
    except ValueError:  # a class written in C without a signature
        return {}
    options = {name: getattr(value, name) for name in names if hasattr(value, name)}
    return {name: option for name, option in options.items() if not _has_state(option)}


def _has_state(option: Any) -> bool:
    if isinstance(option, list | tuple):
        return any(map(_has_state, option))
    return isinstance(option, Tensor | Optimizer) or callable(getattr(option, "parameters", None))


def data_checksum(data: Any) -> str:
    """The number of examples and a checksum: the data set's own, or that of some examples."""
    if callable(getattr(data, "checksum", None)):
        return f"{len(data)} examples ({data.checksum()})"
    indices = np.unique(np.linspace(0, len(data) - 1, CHECKSUM_EXAMPLES).astype(int))
    crc = 0
    for values in _arrays(data[indices]):
        array = np.asarray(values.numpy() if isinstance(values, Tensor) else values)
        if array.dtype != object:
            crc = zlib.crc32(f"{array.dtype} {array.shape}".encode() + array.tobytes(), crc)
    return f"{len(data)} examples ({crc:08x})"


def _arrays(batch: Any) -> Iterator[Any]:
    """The arrays of a batch (inputs, targets) or (inputs, (targets, weights))."""
    for arrays in batch:
        yield from arrays if isinstance(arrays, tuple) else (arrays,)
