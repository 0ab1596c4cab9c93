"""Dropout layers: in training, elements or whole channels are set to zero at random."""

from typing import Any, ClassVar

from autograd import DataError, ShapeError
from nn.functional.dropout import dropout
from nn.module.module import Module
from nn.random import Rng, generator
from nn.validation import check_share, told_by


class Dropout(Module):
    """Each element set to 0 with probability p in training: y = x · mask / (1 − p), so that in evaluation y = x.

    p:        the dropout rate; 1 − p is the keep probability.
    inverted: False for the classic scaling, y = x · mask in training and y = (1 − p) x in evaluation. With both, the expected
              output in training is the output in evaluation.
    rng:      generator, or seed of one, of the masks; by default the common one that nn.seed resets.

    PyTorch's Dropout(p) and Keras's Dropout(rate), both inverted. Raises DataError for integers.
    Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.

    >>> import nn
    >>> layer = nn.Dropout(p=0.5, rng=0)
    >>> layer([1.0, 1.0, 1.0, 1.0]), layer.eval()([1.0, 1.0])
    (Tensor([2., 2., 2., 0.]), [1.0, 1.0])
    """

    channel_axes: ClassVar[int] = 0

    def __init__(self, p: float = 0.5, inverted: bool = True, rng: Rng = None):
        check_share(type(self).__name__, "p", p, "a probability")
        self.p, self.inverted = p, inverted
        self.rng = None if rng is None else generator(rng)

    def forward(self, x: Any) -> Any:
        try:
            return dropout(x, self.p, self.training, self.inverted, self.rng, self.channel_axes)
        except (ShapeError, DataError) as error:
            raise told_by(self, error) from None

    def extra_repr(self) -> str:
        return f"p={self.p}" if self.inverted else f"p={self.p}, inverted=False"


class Dropout1d(Dropout):
    """Each whole channel of (N, C, L) set to 0 with probability p in training, where neighbors in a channel are much alike.

    Arguments as for Dropout. PyTorch's Dropout1d; Keras's SpatialDropout1D, channels last. Raises ShapeError for another number
    of axes, DataError for integers. Tompson et al. (2015), Efficient object localization using convolutional networks.

    >>> import nn
    >>> nn.Dropout1d(rng=2)([[[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]]).tolist()
    [[[2.0, 2.0], [0.0, 0.0], [0.0, 0.0]]]
    """

    channel_axes = 1


class Dropout2d(Dropout):
    """Each whole channel of images (N, C, H, W) set to 0 with probability p in training.

    Arguments as for Dropout. PyTorch's Dropout2d; Keras's SpatialDropout2D, channels last. Raises ShapeError for another number
    of axes, DataError for integers. Tompson et al. (2015).

    >>> import nn
    >>> nn.Dropout2d(rng=2)([[[[1.0, 1.0]], [[1.0, 1.0]]]]).tolist()
    [[[[2.0, 2.0]], [[0.0, 0.0]]]]
    """

    channel_axes = 2
