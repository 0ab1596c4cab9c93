"""The kinds of work that are measured, each the same for every engine."""

from dataclasses import dataclass

SGD_RATE, ADAM_RATE = 0.01, 0.001


class Work:
    block = 1  # steps that are timed together, so that a collection of garbage now and then is in the median

    @property
    def per(self) -> int:
        """Units in one step, such as nodes of a graph."""
        return 1


@dataclass(frozen=True)
class MLP(Work):
    """One training step of a ReLU network on softmax cross-entropy, float32."""

    sizes: tuple[int, ...]
    batch: int
    optimizer: str = "sgd"
    batch_norm: bool = False
    dropout: float = 0.0


@dataclass(frozen=True)
class Forward(Work):
    """A ReLU network's outputs, float32, without recording."""

    sizes: tuple[int, ...]
    batch: int


@dataclass(frozen=True)
class Scalars(Work):
    """acc += w * x so often, on scalars, and backward; micrograd's recursion allows no more than about 900 terms."""

    terms: int
    block = 20

    @property
    def per(self) -> int:
        return 2 * self.terms


@dataclass(frozen=True)
class Chain(Work):
    """x = x * b, x = x + a, and so on: an operation every time, then backward if wanted, then all of it freed."""

    length: int
    size: int = 0  # floats, float32; 0 for a scalar
    backward: bool = True
    collector: bool = True  # whether Python's garbage collector runs

    @property
    def per(self) -> int:
        return self.length


@dataclass(frozen=True)
class Demo(Work):
    """A step of micrograd's demo: two moons, an MLP 2-16-16-1 of scalar neurons, max-margin loss and L2."""

    points: int = 100


@dataclass(frozen=True)
class Jacobian(Work):
    """All derivatives of tanh(W₂ tanh(W₁ x)), with so many inputs and outputs."""

    size: int


@dataclass(frozen=True)
class Digits(Work):
    """The training call of an engine on the digits, 64-100-10 with Adam; the time of an epoch."""

    epochs: int = 20
    batch: int = 32


@dataclass(frozen=True)
class MNIST(Work):
    """784-512-10 with Adam on MNIST, for one epoch or until the goal, a share of test images that are right, is reached."""

    goal: float = 0.0
    epochs: int = 1
    batch: int = 128
    sizes: tuple[int, ...] = (784, 512, 10)


@dataclass(frozen=True)
class Import(Work):
    """Importing the engine in a fresh interpreter."""


@dataclass(frozen=True)
class Size(Work):
    """The engine and all it needs, installed."""
