"""The models of the program: a multilayer perceptron and a small convolutional network."""

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

import numpy as np

import nn
from optim.cli.parse import UsageError

#: The channels after each convolution of the model `cnn`.
CHANNELS = (16, 32)


def make_model(
    sizes: list[int], options: Namespace, shape: Sequence[int] | None, rng: np.random.Generator | None = None
) -> nn.Module:
    """The multilayer perceptron or the convolutional network with the options of a run; shape: of images, in flat rows."""
    keywords: dict[str, Any] = {name: getattr(options, name) for name in ("activation", "batch_norm", "dropout", "init")}
    if options.model == "mlp":
        return nn.MLP(sizes, **keywords, rng=rng).astype(options.dtype)
    if shape is None:
        raise UsageError("--model cnn is for images such as digits and mnist; these inputs are not images")
    height, width = shape
    lenet = nn.LeNet((height, width), channels=CHANNELS, hidden=sizes[1:-1], classes=sizes[-1], **keywords, rng=rng)
    return nn.Sequential(nn.Unflatten((1, height, width)), lenet).astype(options.dtype)
