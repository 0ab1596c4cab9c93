"""Images as batches (n, channels, height, width), the layout of convolutions."""

import math

import numpy as np
from numpy.typing import ArrayLike

from autograd import ShapeError
from optim.data.datasets import as_array


def as_images(images: ArrayLike, shape: tuple[int, ...] | None = None, channels_last: bool = False) -> np.ndarray:
    """Images as (n, channels, height, width), the layout of convolutions here and in PyTorch; a view where possible.

    images:        (n, height, width) of one channel, (n, channels, height, width), or flat rows with their `shape`.
    shape:         (height, width) or (channels, height, width) of flat rows; (height, width, channels) with `channels_last`.
    channels_last: whether 4 axes are (n, height, width, channels), the layout of Keras, Pillow and OpenCV.

    Raises ShapeError if the axes do not fit.

    >>> from optim.data import as_images, digits
    >>> inputs, _ = digits()
    >>> inputs.shape, as_images(inputs, (8, 8)).shape
    ((1797, 64), (1797, 1, 8, 8))
    """
    x = as_array(images, "images")
    if shape is not None:
        if len(shape) not in (2, 3) or min(shape) < 1:
            axes = "(height, width, channels)" if channels_last else "(channels, height, width)"
            raise ShapeError(f"shape must be (height, width) or {axes}, got {shape}")
        if not x.ndim or math.prod(x.shape[1:]) != math.prod(shape):
            raise ShapeError(f"images of {math.prod(shape)} numbers expected for shape {shape}, got an array {x.shape}")
        x = x.reshape(len(x), *shape)
    if x.ndim == 3:
        return x[:, None]
    if x.ndim != 4:
        expected = "images (n, height, width) or (n, channels, height, width) expected"
        raise ShapeError(f"{expected}, got {x.shape}; for flat rows give shape=(height, width)")
    return np.moveaxis(x, -1, 1) if channels_last else x
