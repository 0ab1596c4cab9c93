"""The multi-layer perceptron."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from nn.activations import activation_named
from nn.init import Initializer, initializer, suited_to
from nn.layers.containers import Sequential
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.layers.normalization import BatchNorm1d
from nn.module.module import Module
from nn.random import Rng, generator
from nn.validation import brief


class MLP(Sequential):
    """Multi-layer perceptron: Linear layers, and between them BatchNorm, an activation and Dropout; the last is linear.

    sizes:      features of the input, of each hidden layer, and of the output.
    activation: name of an activation, or a class of modules; each hidden layer gets one of its own.
    batch_norm: whether to normalize before each activation.
    dropout:    rate after each activation; none at 0.
    init:       name of an initializer, or a function of (shape, rng), for the weights, with biases 0; by default He for ReLU
                and its relatives, LeCun for SELU, Xavier for the others.
    rng:        generator or seed of the initial weights and of the dropout masks.

    PyTorch and Keras have none; scikit-learn's MLPClassifier and MLPRegressor are this with a training loop.

    >>> import nn
    >>> nn.MLP([2, 8, 1], activation="tanh", batch_norm=True, dropout=0.5)
    MLP(
      (0): Linear(2, 8)
      (1): BatchNorm1d(8)
      (2): Tanh()
      (3): Dropout(p=0.5)
      (4): Linear(8, 1)
    )
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Callable[[], Module] = "relu",
        batch_norm: bool = False,
        dropout: float = 0.0,
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        if isinstance(sizes, int):
            raise TypeError("an MLP takes its sizes as one list, such as MLP([784, 256, 10])")
        if len(sizes) < 2:
            raise ValueError(f"an MLP needs at least the sizes of its input and output, not {list(sizes)}")
        make = activation_named(activation) if isinstance(activation, str) else activation
        suited = suited_to(_kind(make))
        start = suited if init is None else initializer(init)
        own = None if rng is None else generator(rng)
        layers: list[Module] = []
        for inputs, outputs in pairwise(sizes[:-1]):
            layers.append(Linear(inputs, outputs, init=start, rng=own))
            if batch_norm:
                layers.append(BatchNorm1d(outputs))
            layers.append(make())
            if dropout:
                layers.append(Dropout(dropout, rng=own))
        super().__init__(*layers, Linear(sizes[-2], sizes[-1], init=start, rng=own))


def _kind(make: Callable[[], Module]) -> str:
    """The kind of module that is made for an activation; raises TypeError if none is."""
    wanted = "a name, such as 'relu', or a class of modules, such as nn.ReLU, of which every layer gets its own"
    told = f"the activation of an MLP must be {wanted}, not {brief(make)}"
    try:
        made = make()
    except TypeError as error:
        raise TypeError(told) from error
    if not isinstance(made, Module):
        raise TypeError(told)
    return type(made).__name__
