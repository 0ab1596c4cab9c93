"""Parse the options of the program: optimizers, schedules, penalties, … from a name and numbers."""

import inspect
import math
from argparse import Namespace
from collections.abc import Callable
from typing import Any

import optim
from optim.data import Compose, CutOut, HorizontalFlip, Mask, Noise, Rotate, Scale, Shift
from optim.data.tables.column_types import KINDS


class UsageError(ValueError):
    """A command-line option with a wrong value."""


OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {
    cls.__name__.lower(): cls
    for cls in (
        *(optim.SGD, optim.Adagrad, optim.RMSprop, optim.Adadelta, optim.Adam, optim.AdamW, optim.Adamax, optim.NAdam),
        *(optim.RAdam, optim.Lion, optim.LARS, optim.LAMB, optim.Rprop, optim.LBFGS),
    )
}
#: The learning rate of SGD for classes and for numbers, whose loss grows without bound; others use their own defaults.
SGD_LR, SGD_MOMENTUM = (0.1, 0.001), 0.9


def hidden_sizes(text: str) -> list[int]:
    """The sizes of the hidden layers."""
    try:
        sizes = [int(number) for number in text.split(",")]
    except ValueError:
        sizes = [-1]
    if sizes == [0]:
        return []
    if min(sizes) < 1:
        raise UsageError(f"--hidden: sizes separated by commas, such as 64 or 128,64, expected, got {text!r}")
    return sizes


def column_types(items: list[str] | None) -> dict[str, str] | None:
    """The types of columns from a list of NAME=TYPE."""
    types = {}
    for item in items or ():
        name, separator, kind = item.rpartition("=")
        if not separator or kind not in (*KINDS, "drop"):
            expected = f"NAME=TYPE with {', '.join(KINDS)} or drop, such as zip=category,"
            raise UsageError(f"--column: {expected} expected, got {item!r}")
        types[name] = kind
    return types or None


def batching(text: str) -> optim.Batching:
    """The batching of a name or of the size of mini-batches."""
    if text in ("batch", "stochastic"):
        return optim.Batch() if text == "batch" else optim.Stochastic()
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--batching: batch, stochastic or a size such as 32 expected, got {text!r}")
    return optim.MiniBatch(int(text))


def penalty(text: str) -> optim.ElasticNet | None:
    """The penalty of a name and its strengths."""
    penalties: dict[str, tuple[int, Callable[..., optim.ElasticNet | None]]] = {
        "none": (0, lambda: None),
        "l1": (1, optim.L1),
        "l2": (1, optim.L2),
        "elastic": (2, optim.ElasticNet),
    }
    name, numbers = _split_name_numbers(text)
    if name not in penalties or numbers is None or len(numbers) != penalties[name][0] or min(numbers, default=0) < 0:
        expected = "none, l1:λ, l2:λ or elastic:λ:β with numbers ≥ 0, such as l2:0.001,"
        raise UsageError(f"--penalty: {expected} expected, got {text!r}")
    return penalties[name][1](*numbers)


def clip(text: str) -> dict[str, Any]:
    """The limit of the gradient as an argument of fit."""
    name, numbers = _split_name_numbers(text)
    if text == "none":
        return {}
    if name not in ("norm", "value") or numbers is None or len(numbers) != 1 or not numbers[0] > 0:
        raise UsageError(f"--clip: none, norm:x or value:x with x > 0, such as norm:1, expected, got {text!r}")
    return {f"clip_{name}": numbers[0]}


def optimizer(options: Namespace, parameters: Any, task: str) -> tuple[optim.Optimizer, dict[str, Any]]:
    """The optimizer, and the penalty as an argument of fit if the optimizer does not take it."""
    is_regression = task == "regression"
    name = options.optimizer or ("adam" if is_regression else "sgd")
    cls = OPTIMIZERS[name]
    parameters_of = {name: inspect.signature(cls).parameters for name, cls in OPTIMIZERS.items()}
    keywords: dict[str, Any] = {"lr": SGD_LR[is_regression] if name == "sgd" else parameters_of[name]["lr"].default}
    if options.lr is not None:
        keywords["lr"] = options.lr
    if "momentum" in parameters_of[name] and (options.momentum is not None or name == "sgd"):
        keywords["momentum"] = SGD_MOMENTUM if options.momentum is None else options.momentum
    elif options.momentum is not None:
        with_momentum = ", ".join(name for name, known in parameters_of.items() if "momentum" in known)
        raise UsageError(f"--momentum: {name} has no momentum; {with_momentum} have")
    if name == "lbfgs":
        return cls(parameters, **keywords, line_search_fn="strong_wolfe"), {"penalty": penalty(options.penalty)}
    return cls(parameters, **keywords, penalty=penalty(options.penalty)), {}


def schedule(text: str, optimizer: optim.Optimizer, epochs: int, steps: int) -> optim.LRScheduler | None:
    """The schedule of a name and its numbers."""
    schedules: dict[str, tuple[int, Callable[..., optim.LRScheduler | None]]] = {
        "none": (0, lambda: None),
        "cosine": (0, lambda: optim.CosineAnnealingLR(optimizer, epochs)),
        "onecycle": (0, lambda: optim.OneCycleLR(optimizer, optimizer.lr, epochs * steps)),
        "exponential": (1, lambda gamma: optim.ExponentialLR(optimizer, gamma)),
        "inverse": (1, lambda gamma: optim.InverseTimeLR(optimizer, gamma)),
        "step": (2, lambda size, gamma: optim.StepLR(optimizer, _whole(size), gamma)),
        "warmup": (1, lambda length: optim.LinearLR(optimizer, 1 / (_whole(length) + 1), 1.0, _whole(length))),
        "plateau": (2, lambda patience, factor: optim.ReduceLROnPlateau(optimizer, "min", factor, _whole(patience))),
    }
    name, numbers = _split_name_numbers(text)
    if name in schedules and numbers is not None and len(numbers) == schedules[name][0]:
        try:
            return schedules[name][1](*numbers)
        except ValueError as error:
            raise UsageError(f"--schedule {text}: {error}") from None
    known = "none, cosine, onecycle, exponential:γ, inverse:γ, step:epochs:γ, warmup:epochs or plateau:patience:factor"
    raise UsageError(f"--schedule: {known}, such as step:30:0.1, expected, got {text!r}")


def augmentation(text: str, shape: tuple[int, ...] | None) -> Callable[..., Any] | None:
    """The augmentations of a list such as shift:1,noise:0.1; shape: of the images, None if the inputs are not images."""
    of_all_inputs: dict[str, Callable[[float], Any]] = {"noise": Noise, "scale": Scale, "mask": Mask}
    of_images: dict[str, Callable[[float], Any]] = {
        "shift": lambda n: Shift(_whole(n), shape),
        "rotate": lambda degrees: Rotate(degrees, shape),
        "flip": lambda p: HorizontalFlip(p, shape),
        "cutout": lambda n: CutOut(_whole(n), shape),
    }
    steps = []
    for item in [] if text == "none" else text.split(","):
        name, numbers = _split_name_numbers(item)
        if name not in of_all_inputs | of_images or numbers is None or len(numbers) != 1:
            known = ", ".join(f"{name}:x" for name in of_all_inputs | of_images)
            raise UsageError(f"--augment: none, or some of {known}, separated by commas, expected, got {text!r}")
        if name in of_images and shape is None:
            raise UsageError(f"--augment: {name} is for images such as digits and mnist; these inputs are not images")
        try:
            steps.append((of_all_inputs | of_images)[name](numbers[0]))
        except ValueError as error:
            raise UsageError(f"--augment {item}: {error}") from None
    return Compose(*steps) if steps else None


def _split_name_numbers(text: str) -> tuple[str, list[float] | None]:
    """A name and the finite numbers after it, separated by colons; None for the numbers if one of them is not finite."""
    name, *texts = text.split(":")
    try:
        numbers = [float(number) for number in texts]
    except ValueError:
        return name, None
    return name, numbers if all(map(math.isfinite, numbers)) else None


def _whole(number: float) -> int:
    if number != int(number):
        raise UsageError(f"an integer expected, got {number:g}")
    return int(number)
