"""LeNet: convolutions, pooling, and a multilayer perceptron on top."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from nn.activations import get_activation
from nn.functional.convolution import per_axis
from nn.init import Initializer, default_initializer, initializer
from nn.layers.containers import Flatten, Sequential
from nn.layers.convolution import Conv2d
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.layers.normalization import BatchNorm1d, BatchNorm2d
from nn.layers.pooling import MaxPool2d
from nn.models.mlp import class_name
from nn.module.module import Module
from nn.random import Rng, generator
from nn.validation import check_sizes

#: Images of at least so many pixels in both directions have kernels of 5 × 5, as in LeNet-5; smaller ones of 3 × 3.
LARGE = 12


class LeNet(Sequential):
    """Convolutional network for small images: two convolutions, each with an activation and pooling, then Linear layers.

    image_size:  height and width of the images, an integer or a pair. From 12 pixels on the kernels are of 5 × 5 as in LeNet-5,
                 the second without padding. Below they are 3 × 3 with padding 1.
    in_channels: channels of the images, 1 for gray and 3 for colors.
    classes:     size of the output.
    channels:    channels after each convolution.
    hidden:      sizes of the Linear layers before the output.
    activation:  name of an activation, or a Module class, instantiated for each layer.
    batch_norm:  whether to normalize before each activation.
    dropout:     dropout rate after the activations of the Linear layers; 0 for no dropout.
    init, rng:   as for MLP.

    Inputs are (N, in_channels, height, width), outputs (N, classes). LeNet-5 has tanh, average pooling and sparse connections;
    here the activation is ReLU and the largest element of 2 × 2 is pooled. PyTorch and Keras have none in their packages.
    Raises ValueError for images that are too small. LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied
    to document recognition.

    >>> import nn
    >>> nn.LeNet(image_size=8, channels=(4, 8), hidden=(16,))
    LeNet(
      (0): Conv2d(1, 4, kernel_size=3, padding=1)
      (1): ReLU()
      (2): MaxPool2d(2)
      (3): Conv2d(4, 8, kernel_size=3, padding=1)
      (4): ReLU()
      (5): MaxPool2d(2)
      (6): Flatten()
      (7): Linear(32, 16)
      (8): ReLU()
      (9): Linear(16, 10)
    )
    """

    def __init__(
        self,
        image_size: int | tuple[int, int] = 28,
        in_channels: int = 1,
        classes: int = 10,
        channels: Sequence[int] = (6, 16),
        hidden: Sequence[int] = (120, 84),
        activation: str | Callable[[], Module] = "relu",
        batch_norm: bool = False,
        dropout: float = 0.0,
        init: str | Initializer | None = None,
        rng: Rng = None,
    ):
        height, width = per_axis("LeNet", "image_size", image_size, 2, 1)
        check_sizes("LeNet", in_channels=in_channels, classes=classes)
        make_activation = get_activation(activation) if isinstance(activation, str) else activation
        default = default_initializer(class_name(make_activation))
        weight_init = default if init is None else initializer(init)
        shared_rng = None if rng is None else generator(rng)
        is_large = min(height, width) >= LARGE
        kernel, paddings = (5, (2, 0)) if is_large else (3, (1, 1))
        if len(channels) != 2:
            raise ValueError(f"LeNet: channels must be a pair, one for each convolution, not {tuple(channels)}")
        if min(height, width) < 4:
            raise ValueError(f"LeNet: images must have 4 pixels or more in both directions, not {(height, width)}")
        layers: list[Module] = []
        for inputs, outputs, padding in zip((in_channels, channels[0]), channels, paddings):
            layers.append(Conv2d(inputs, outputs, kernel, padding=padding, init=weight_init, rng=shared_rng))
            if batch_norm:
                layers.append(BatchNorm2d(outputs))
            layers += [make_activation(), MaxPool2d(2)]
            height, width = ((size + 2 * padding - kernel + 1) // 2 for size in (height, width))
        layers.append(Flatten())
        sizes = [channels[1] * height * width, *hidden]
        for inputs, outputs in pairwise(sizes):
            layers.append(Linear(inputs, outputs, init=weight_init, rng=shared_rng))
            if batch_norm:
                layers.append(BatchNorm1d(outputs))
            layers.append(make_activation())
            if dropout:
                layers.append(Dropout(dropout, rng=shared_rng))
        super().__init__(*layers, Linear(sizes[-1], classes, init=weight_init, rng=shared_rng))
