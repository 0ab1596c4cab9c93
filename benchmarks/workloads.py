"""The measured workloads, each the same for every engine."""

from dataclasses import dataclass

SGD_RATE, ADAM_RATE = 0.01, 0.001


class Workload:
    block = 1  # steps timed together, so that the median includes garbage collections

    @property
    def units_per_step(self) -> int:
        """The number of units in one step, for example nodes of a graph."""
        return 1


@dataclass(frozen=True)
class MLP(Workload):
    """One training step of a ReLU network with softmax cross-entropy, float32."""

    sizes: tuple[int, ...]
    batch: int
    optimizer: str = "sgd"
    batch_norm: bool = False
    dropout: float = 0.0


@dataclass(frozen=True)
class OnnxNetwork(Workload):
    """The outputs of one of the light networks in the tests of the package onnx, batch 1, float32."""

    name: str


@dataclass(frozen=True)
class LSTM(Workload):
    """One SGD step of an LSTM layer with the mean squared error of all outputs, float32."""

    inputs: int
    hidden: int
    steps: int
    batch: int


@dataclass(frozen=True)
class Forward(Workload):
    """The outputs of a ReLU network, float32, without recording a graph."""

    sizes: tuple[int, ...]
    batch: int


@dataclass(frozen=True)
class GPT(Workload):
    """One SGD step of a transformer that predicts the next token, with norms first and a tied head, float32."""

    layers: int
    width: int
    heads: int
    context: int
    batch: int
    vocabulary: int = 65


@dataclass(frozen=True)
class Scalars(Workload):
    """`acc += w * x` on scalars, `terms` times, then backward. micrograd's recursion allows at most about 900 terms."""

    terms: int
    block = 20

    @property
    def units_per_step(self) -> int:
        return 2 * self.terms


@dataclass(frozen=True)
class Chain(Workload):
    """x = x * b, x = x + a, … on an array or a scalar, then backward if `backward`; the graph is freed at the end."""

    length: int  # operations
    size: int = 0  # floats, float32; 0 for a scalar
    backward: bool = True
    collector: bool = True  # whether Python's garbage collector runs

    @property
    def units_per_step(self) -> int:
        return self.length


@dataclass(frozen=True)
class Demo(Workload):
    """One step of micrograd's demo: two moons, an MLP 2-16-16-1 of scalar neurons, max-margin loss and L2."""

    points: int = 100


@dataclass(frozen=True)
class Elementwise(Workload):
    """tanh(x) · exp(x) + sin(x) of a float64 array, summed, and its gradient."""

    size: int


@dataclass(frozen=True)
class Jacobian(Workload):
    """The Jacobian of tanh(W₂ tanh(W₁ x)) with `size` inputs and outputs."""

    size: int


@dataclass(frozen=True)
class Digits(Workload):
    """One epoch of the digits by the engine's own training function, 64-100-10 with Adam."""

    epochs: int = 20
    batch: int = 32


@dataclass(frozen=True)
class MNIST(Workload):
    """784-512-10 with Adam on MNIST, for `epochs` epochs or until the test accuracy reaches `goal`."""

    goal: float = 0.0
    epochs: int = 1
    batch: int = 128
    sizes: tuple[int, ...] = (784, 512, 10)


@dataclass(frozen=True)
class Import(Workload):
    """Importing the engine in a fresh interpreter."""


@dataclass(frozen=True)
class Size(Workload):
    """Installing the engine with its requirements."""


@dataclass(frozen=True)
class Program(Workload):
    """A step of a program in the style of HIPS autograd's examples; its source is the same for every engine."""

    name: str
