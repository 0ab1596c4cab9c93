"""Augmentation: random changes of the inputs, different in every epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from autograd import DataError
from optim.data.transform import with_generator

Rng: TypeAlias = "np.random.Generator | int | None"


class Compose:
    """Transforms one after the other: x ↦ f_k(… f_2(f_1(x))).

    steps: functions of the inputs of a batch; a function with a parameter `rng` receives the generator.

    >>> import numpy as np
    >>> from optim.data import Compose, Noise
    >>> Compose(lambda x: x / 255, Noise(0.1))(np.full((1, 3), 255), rng=0).round(2).tolist()
    [[1.01, 0.99, 1.06]]
    """

    def __init__(self, *steps: Callable[..., Any]):
        self.steps = steps
        self._calls = [with_generator(step) for step in steps]

    def __call__(self, inputs: Any, rng: Rng = None) -> Any:
        rng = np.random.default_rng(rng)
        for call in self._calls:
            inputs = call(inputs, rng)
        return inputs

    def __repr__(self) -> str:
        return f"Compose({', '.join(map(repr, self.steps))})"


@dataclass(frozen=True)
class Noise:
    """Add Gaussian noise: x + ε, ε ~ N(0, std²) for each element.

    Integers, such as pixels from 0 to 255, are rounded and clipped to the range of their dtype.

    >>> import numpy as np
    >>> from optim.data import Noise
    >>> Noise(0.5)(np.zeros((1, 3)), rng=0).round(2).tolist()
    [[0.06, -0.07, 0.32]]
    """

    std: float

    def __post_init__(self) -> None:
        _check_amount(self.std, "std", "the standard deviation of the noise")

    def __call__(self, inputs: ArrayLike, rng: Rng = None) -> np.ndarray:
        x = batch(inputs, self)
        return like(x + self.std * np.random.default_rng(rng).standard_normal(x.shape), x)


@dataclass(frozen=True)
class Scale:
    """Scale each example by a random factor: x · (1 + u), u ~ U(−amount, amount) once per example.

    >>> import numpy as np
    >>> from optim.data import Scale
    >>> Scale(0.1)(np.ones((2, 3)), rng=0).round(3).tolist()
    [[1.027, 1.027, 1.027], [0.954, 0.954, 0.954]]
    """

    amount: float

    def __post_init__(self) -> None:
        _check_amount(self.amount, "amount", "the largest relative change of an example")

    def __call__(self, inputs: ArrayLike, rng: Rng = None) -> np.ndarray:
        x = batch(inputs, self)
        change = np.random.default_rng(rng).uniform(-self.amount, self.amount, per_example(x))
        return like(x * (1 + change), x)


@dataclass(frozen=True)
class Mask:
    """Replace each element by `value` with probability p; unlike dropout, the other elements are not scaled.

    Vincent et al. (2008), Extracting and composing robust features with denoising autoencoders.

    >>> import numpy as np
    >>> from optim.data import Mask
    >>> Mask(0.5)(np.ones((2, 4)), rng=0).tolist()
    [[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]
    """

    p: float
    value: float = 0.0

    def __post_init__(self) -> None:
        check_probability(self.p)

    def __call__(self, inputs: ArrayLike, rng: Rng = None) -> np.ndarray:
        x = batch(inputs, self)
        return np.where(np.random.default_rng(rng).random(x.shape) < self.p, filling(self.value, x), x)


def batch(inputs: ArrayLike, augmentation: Any) -> np.ndarray:
    """The inputs of a batch as an array of numbers; raises DataError for other inputs."""
    x = np.asarray(inputs)
    if x.dtype.kind not in "iuf" or not x.ndim:
        raise DataError(f"{augmentation}: an array with one row of numbers per example expected, got {x.dtype} {x.shape}")
    return x


def like(result: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A result in the dtype of x; for integers it is rounded and clipped to their range."""
    if x.dtype.kind == "f":
        return result.astype(x.dtype, copy=False)
    limits = np.iinfo(x.dtype)
    return np.clip(np.rint(result), limits.min, limits.max).astype(x.dtype)


def filling(value: float, x: np.ndarray) -> np.generic:
    """A value in the dtype of x; raises ValueError if an integer dtype does not have this value."""
    if x.dtype.kind in "iu":
        limits = np.iinfo(x.dtype)
        if value != np.rint(value) or not limits.min <= value <= limits.max:
            raise ValueError(f"fill value for {x.dtype}: an integer from {limits.min} to {limits.max} expected, got {value}")
    return x.dtype.type(value)


def per_example(x: np.ndarray) -> tuple[int, ...]:
    """The shape of one number per example that broadcasts against x."""
    return (len(x), *(1,) * (x.ndim - 1))


def check_probability(p: float) -> None:
    """Raise ValueError unless p is a probability."""
    if not 0 <= p <= 1:
        raise ValueError(f"p must be a probability in [0, 1], got {p}")


def _check_amount(amount: float, name: str, meaning: str) -> None:
    if not 0 <= amount < np.inf:
        raise ValueError(f"{name} is {meaning}; it must be 0 or more, got {amount}")
