"""The multilayer perceptron."""

from collections.abc import Callable, Sequence
from typing import Any

from autograd.extend import short_repr
from nn.activations import get_activation
from nn.init import Initializer, default_initializer, initializer
from nn.layers.containers import Sequential
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.layers.normalization import BatchNorm1d
from nn.module.module import Module
from nn.random import Rng, generator


class MLP(Sequential):
    """Multilayer perceptron: Linear layers separated by BatchNorm, an activation and Dropout; the last layer is linear.

    sizes:      number of features of the input, of each hidden layer, and of the output.
    activation: name of an activation, or a Module class, instantiated for each hidden layer; or a list with one for each of
                them.
    batch_norm: whether to normalize before each activation.
    dropout:    dropout rate after each activation; 0 for no dropout.
    init:       name of an initializer, or a function of (shape, rng), for the weights, with biases 0; by default He for ReLU
                and its relatives, LeCun for SELU, Xavier for the others; the output layer has that of the last activation.
    rng:        generator or seed of the initial weights and of the dropout masks.

    PyTorch and Keras have none; scikit-learn's MLPClassifier and MLPRegressor add a training loop.

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
        activation: str | Callable[[], Module] | Sequence[str | Callable[[], Module]] = "relu",
        batch_norm: bool = False,
        dropout: float = 0.0,
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        if isinstance(sizes, int):
            raise TypeError(f"the sizes of an MLP must be a list, such as MLP([784, 256, 10]), not {sizes}")
        if len(sizes) < 2:
            raise ValueError(f"an MLP needs at least the sizes of its input and output, got {list(sizes)}")
        make_activations = _activations(activation, len(sizes) - 2)
        shared_rng = None if rng is None else generator(rng)
        layers: list[Module] = []
        for inputs, outputs, make_activation in zip(sizes, sizes[1:-1], make_activations):
            layers.append(Linear(inputs, outputs, init=_weight_init(init, make_activation), rng=shared_rng))
            if batch_norm:
                layers.append(BatchNorm1d(outputs))
            layers.append(make_activation())
            if dropout:
                layers.append(Dropout(dropout, rng=shared_rng))
        output_init = _weight_init(init, make_activations[-1])
        super().__init__(*layers, Linear(sizes[-2], sizes[-1], init=output_init, rng=shared_rng))


def _activations(activation: Any, hidden_layers: int) -> list[Callable[[], Module]]:
    """The functions that make the activation of each hidden layer; one also without hidden layers, for the output's weights."""
    if isinstance(activation, list | tuple):
        if len(activation) != hidden_layers or not hidden_layers:
            raise ValueError(f"an MLP with {hidden_layers} hidden layers needs as many activations, got {list(activation)}")
        activations = list(activation)
    else:
        activations = [activation] * max(hidden_layers, 1)
    return [get_activation(name) if isinstance(name, str) else name for name in activations]


def _weight_init(init: str | Initializer | None, make_activation: Callable[[], Module]) -> Initializer:
    """The initializer of the weights before an activation; its class is also checked if `init` is given."""
    default = default_initializer(class_name(make_activation))
    return default if init is None else initializer(init)


def class_name(make_activation: Callable[[], Module]) -> str:
    """The class name of the modules that a function returns; raises TypeError if it returns no module."""
    expected = "a name, such as 'relu', or a Module class, such as nn.ReLU, instantiated for each layer"
    message = f"the activation must be {expected}, not {short_repr(make_activation)}"
    try:
        module = make_activation()
    except TypeError as error:
        raise TypeError(message) from error
    if not isinstance(module, Module):
        raise TypeError(message)
    return type(module).__name__
