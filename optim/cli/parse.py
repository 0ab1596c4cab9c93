"""What the options of the program mean: optimizers, schedules, penalties, … by name and numbers."""

import inspect
import math
from argparse import Namespace
from collections.abc import Callable
from typing import Any

import optim
from optim.data import Compose, CutOut, HorizontalFlip, Mask, Noise, Rotate, Scale, Shift


class UsageError(ValueError):
    """An option that cannot be meant."""


OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {
    kind.__name__.lower(): kind
    for kind in (
        *(optim.SGD, optim.Adagrad, optim.RMSprop, optim.Adadelta, optim.Adam, optim.AdamW, optim.Adamax, optim.NAdam),
        *(optim.RAdam, optim.Lion, optim.LARS, optim.LAMB, optim.Rprop, optim.LBFGS),
    )
}
RATE, MOMENTUM = 0.1, 0.9  # of sgd; the others have their own


def sizes(text: str) -> list[int]:
    """Sizes of the hidden layers."""
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = [-1]
    if found == [0]:
        return []
    if min(found) < 1:
        raise UsageError(f"--hidden: sizes separated by commas, such as 64 or 128,64, not {text!r}")
    return found


def batching(text: str) -> optim.Batching:
    """A batching by name, or mini-batches of a size."""
    if text in ("batch", "stochastic"):
        return optim.Batch() if text == "batch" else optim.Stochastic()
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--batching: batch, stochastic or a size such as 32, not {text!r}")
    return optim.MiniBatch(int(text))


def penalty(text: str) -> optim.ElasticNet | None:
    """A penalty from its kind and strengths."""
    kinds: dict[str, tuple[int, Callable[..., optim.ElasticNet | None]]] = {
        "none": (0, lambda: None),
        "l1": (1, optim.L1),
        "l2": (1, optim.L2),
        "elastic": (2, optim.ElasticNet),
    }
    kind, numbers = _split_name_numbers(text)
    if kind not in kinds or numbers is None or len(numbers) != kinds[kind][0] or min(numbers, default=0) < 0:
        raise UsageError(f"--penalty: none, l1:λ, l2:λ or elastic:λ:β with numbers ≥ 0, such as l2:0.001, not {text!r}")
    return kinds[kind][1](*numbers)


def clip(text: str) -> dict[str, Any]:
    """The limit of the gradient as an argument of fit."""
    kind, numbers = _split_name_numbers(text)
    if text == "none":
        return {}
    if kind not in ("norm", "value") or numbers is None or len(numbers) != 1 or not numbers[0] > 0:
        raise UsageError(f"--clip: none, norm:x or value:x with x > 0, such as norm:1, not {text!r}")
    return {f"clip_{kind}": numbers[0]}


def optimizer(options: Namespace, parameters: Any) -> tuple[optim.Optimizer, dict[str, Any]]:
    """The optimizer, and what fit has to add to the loss because the optimizer cannot: a penalty, or nothing."""
    make, name = OPTIMIZERS[options.optimizer], options.optimizer
    known = inspect.signature(make).parameters
    given: dict[str, Any] = {"lr": options.lr if options.lr is not None else RATE if name == "sgd" else known["lr"].default}
    if "momentum" in known and (options.momentum is not None or name == "sgd"):
        given["momentum"] = MOMENTUM if options.momentum is None else options.momentum
    elif options.momentum is not None:
        able = ", ".join(name for name, kind in OPTIMIZERS.items() if "momentum" in inspect.signature(kind).parameters)
        raise UsageError(f"--momentum: {name} has none; {able} have")
    if name == "lbfgs":
        return make(parameters, **given, line_search_fn="strong_wolfe"), {"penalty": penalty(options.penalty)}
    return make(parameters, **given, penalty=penalty(options.penalty)), {}


def schedule(text: str, optimizer: optim.Optimizer, epochs: int, steps: int) -> optim.LRScheduler | None:
    """A schedule of the learning rate from its kind and numbers."""
    kinds: dict[str, tuple[int, Callable[..., optim.LRScheduler | None]]] = {
        "none": (0, lambda: None),
        "cosine": (0, lambda: optim.CosineAnnealingLR(optimizer, epochs)),
        "onecycle": (0, lambda: optim.OneCycleLR(optimizer, optimizer.lr, epochs * steps)),
        "exponential": (1, lambda gamma: optim.ExponentialLR(optimizer, gamma)),
        "inverse": (1, lambda gamma: optim.InverseTimeLR(optimizer, gamma)),
        "step": (2, lambda size, gamma: optim.StepLR(optimizer, _whole(size), gamma)),
        "warmup": (1, lambda length: optim.LinearLR(optimizer, 1 / (_whole(length) + 1), 1.0, _whole(length))),
        "plateau": (2, lambda patience, factor: optim.ReduceLROnPlateau(optimizer, "min", factor, _whole(patience))),
    }
    kind, numbers = _split_name_numbers(text)
    if kind in kinds and numbers is not None and len(numbers) == kinds[kind][0]:
        try:
            return kinds[kind][1](*numbers)
        except ValueError as error:
            raise UsageError(f"--schedule {text}: {error}") from None
    known = "none, cosine, onecycle, exponential:γ, inverse:γ, step:epochs:γ, warmup:epochs or plateau:patience:factor"
    raise UsageError(f"--schedule: {known}, such as step:30:0.1, not {text!r}")


def augmentation(text: str, shape: tuple[int, ...] | None) -> Callable[..., Any] | None:
    """The augmentations of a list such as shift:1,noise:0.1; shape: of the images, None if the inputs are none."""
    anything: dict[str, Callable[[float], Any]] = {"noise": Noise, "scale": Scale, "mask": Mask}
    of_images: dict[str, Callable[[float], Any]] = {
        "shift": lambda n: Shift(_whole(n), shape),
        "rotate": lambda degrees: Rotate(degrees, shape),
        "flip": lambda p: HorizontalFlip(p, shape),
        "cutout": lambda n: CutOut(_whole(n), shape),
    }
    steps = []
    for part in [] if text == "none" else text.split(","):
        kind, numbers = _split_name_numbers(part)
        if kind not in anything | of_images or numbers is None or len(numbers) != 1:
            known = ", ".join(f"{name}:x" for name in anything | of_images)
            raise UsageError(f"--augment: none, or some of {known}, separated by commas, not {text!r}")
        if kind in of_images and shape is None:
            raise UsageError(f"--augment: {kind} is for images, such as digits and mnist; these inputs are none")
        try:
            steps.append((anything | of_images)[kind](numbers[0]))
        except ValueError as error:
            raise UsageError(f"--augment {part}: {error}") from None
    return Compose(*steps) if steps else None


def _split_name_numbers(text: str) -> tuple[str, list[float] | None]:
    """A word and the finite numbers after it, separated by colons; None if some are no such numbers."""
    kind, *texts = text.split(":")
    try:
        numbers = [float(number) for number in texts]
    except ValueError:
        return kind, None
    return kind, numbers if all(map(math.isfinite, numbers)) else None


def _whole(number: float) -> int:
    if number != int(number):
        raise UsageError(f"{number:g} is no whole number")
    return int(number)
