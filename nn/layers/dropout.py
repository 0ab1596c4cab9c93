"""Dropout layers: in training, random elements or whole channels are set to 0."""

from typing import Any, ClassVar

from autograd import DataError, ShapeError, Tensor
from nn.functional.dropout import dropout
from nn.module.module import Module
from nn.random import Rng, generator
from nn.validation import check_fraction, with_module_name


class Dropout(Module):
    """In training, set each element to 0 with probability p: y = x · mask / (1 − p); in evaluation, y = x.

    p:        dropout rate; 1 − p is the keep probability.
    inverted: False for the classic scaling, y = x · mask in training and y = (1 − p) x in evaluation. In both cases the
              expected output in training equals the output in evaluation.
    rng:      generator or seed of the masks; the global generator, which nn.seed resets, by default.

    PyTorch's Dropout(p) and Keras's Dropout(rate), both inverted. Raises DataError for integer inputs.
    Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.

    >>> import nn
    >>> layer = nn.Dropout(p=0.5, rng=0)
    >>> layer([1.0, 1.0, 1.0, 1.0]), layer.eval()([1.0, 1.0])
    (Tensor([2., 2., 2., 0.]), [1.0, 1.0])
    """

    channel_axes: ClassVar[int] = 0

    def __init__(self, p: float = 0.5, inverted: bool = True, rng: Rng = None):
        check_fraction(type(self).__name__, "p", p, "a probability")
        self.p, self.inverted = p, inverted
        self.rng = None if rng is None else generator(rng)

    def forward(self, x: Any) -> Tensor:
        try:
            return dropout(x, self.p, self.training, self.inverted, self.rng, self.channel_axes)
        except (ShapeError, DataError) as error:
            raise with_module_name(self, error) from None

    def extra_repr(self) -> str:
        return f"p={self.p}" if self.inverted else f"p={self.p}, inverted=False"


class Dropout1d(Dropout):
    """In training, set each whole channel of (N, C, L) to 0 with probability p, as neighbors in a channel are correlated.

    Arguments as for Dropout. PyTorch's Dropout1d; Keras's SpatialDropout1D, channels last. Raises ShapeError for another number
    of axes, DataError for integers. Tompson et al. (2015), Efficient object localization using convolutional networks.

    >>> import nn
    >>> nn.Dropout1d(rng=2)([[[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]]).tolist()
    [[[2.0, 2.0], [0.0, 0.0], [0.0, 0.0]]]
    """

    channel_axes = 1


class Dropout2d(Dropout):
    """In training, set each whole channel of images (N, C, H, W) to 0 with probability p.

    Arguments as for Dropout. PyTorch's Dropout2d; Keras's SpatialDropout2D, channels last. Raises ShapeError for another number
    of axes, DataError for integers. Tompson et al. (2015).

    >>> import nn
    >>> nn.Dropout2d(rng=2)([[[[1.0, 1.0]], [[1.0, 1.0]]]]).tolist()
    [[[[2.0, 2.0]], [[0.0, 0.0]]]]
    """

    channel_axes = 2
