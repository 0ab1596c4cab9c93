"""Augmentation of images: (n, height, width), (n, channels, height, width), or flat rows with their `shape`."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from autograd import ShapeError
from optim.data.augmentation import Rng, batch, check_probability, filling, like, per_example

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Shift:
    """Shift each image by a random number of pixels in both directions: out(y, x) = in(y − a, x − b), |a|, |b| ≤ pixels.

    pixels: one pixel is a small shift for images of 28 × 28 and a large one for 8 × 8.
    shape:  (height, width) or (channels, height, width) of flat rows.
    fill:   the value of pixels from beyond the edge.

    >>> import numpy as np
    >>> from optim.data import Shift
    >>> Shift(1)(np.array([[[0, 0, 0], [0, 1, 0], [0, 0, 0]]]), rng=0).tolist()
    [[[0, 1, 0], [0, 0, 0], [0, 0, 0]]]
    """

    pixels: int
    shape: Shape | None = None
    fill: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.pixels, int) or self.pixels < 0:
            raise ValueError(f"pixels must be an integer, 0 or more, got {self.pixels!r}")

    def __call__(self, images: ArrayLike, rng: Rng = None) -> np.ndarray:
        x = batch(images, self)
        planes = _planes(x, self.shape, self)
        n, _, height, width = planes.shape
        corner = np.random.default_rng(rng).integers(0, 2 * self.pixels, (2, n), endpoint=True)
        windows = _windows(planes, self.pixels, filling(self.fill, x), (height, width))
        return windows[np.arange(n), :, corner[0], corner[1]].reshape(x.shape)


@dataclass(frozen=True)
class Rotate:
    """Rotate each image about its center by an angle from U(−degrees, degrees), see `rotate`.

    >>> import numpy as np
    >>> from optim.data import Rotate
    >>> Rotate(10, shape=(8, 8))(np.ones((2, 64)), rng=0).shape
    (2, 64)
    """

    degrees: float
    shape: Shape | None = None
    fill: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.degrees < math.inf:
            raise ValueError(f"degrees is the largest angle; it must be 0 or more, got {self.degrees}")

    def __call__(self, images: ArrayLike, rng: Rng = None) -> np.ndarray:
        x = batch(images, self)
        angles = np.random.default_rng(rng).uniform(-self.degrees, self.degrees, len(x))
        return rotate(x, angles, self.shape, self.fill)


@dataclass(frozen=True)
class HorizontalFlip:
    """Mirror each image left to right with probability p: out(y, x) = in(y, width − 1 − x). Not suitable for digits.

    >>> import numpy as np
    >>> from optim.data import HorizontalFlip
    >>> HorizontalFlip(1.0)(np.array([[[1, 2, 3]]])).tolist()
    [[[3, 2, 1]]]
    """

    p: float = 0.5
    shape: Shape | None = None

    def __post_init__(self) -> None:
        check_probability(self.p)

    def __call__(self, images: ArrayLike, rng: Rng = None) -> np.ndarray:
        x = batch(images, self)
        planes = _planes(x, self.shape, self)
        mirrored = np.random.default_rng(rng).random(per_example(planes)) < self.p
        return np.where(mirrored, planes[..., ::-1], planes).reshape(x.shape)


@dataclass(frozen=True)
class RandomCrop:
    """Cut a window of `size` out of each image, at a random position: out(y, x) = in(y + a, x + b).

    size:    height and width of the result, an integer or a pair.
    padding: pixels of `fill` that are added on each side before: size 32 and padding 4 for images of 32 × 32, for example.
    shape:   (height, width) or (channels, height, width) of flat rows; the result has flat rows, too.
    fill:    the value of pixels from beyond the edge.

    Raises ShapeError if the window is larger than the padded image. PyTorch's and Keras's RandomCrop.

    >>> import numpy as np
    >>> from optim.data import RandomCrop
    >>> RandomCrop(2)(np.arange(9).reshape(1, 3, 3), rng=0).tolist()
    [[[4, 5], [7, 8]]]
    """

    size: int | tuple[int, int]
    padding: int = 0
    shape: Shape | None = None
    fill: float = 0.0

    def __post_init__(self) -> None:
        size = self.size if isinstance(self.size, tuple) else (self.size, self.size)
        if len(size) != 2 or not all(isinstance(n, int) and n > 0 for n in size):
            raise ValueError(f"size must be a positive integer or a pair (height, width), got {self.size!r}")
        if not isinstance(self.padding, int) or self.padding < 0:
            raise ValueError(f"padding must be an integer number of pixels, 0 or more, got {self.padding!r}")

    def __call__(self, images: ArrayLike, rng: Rng = None) -> np.ndarray:
        x = batch(images, self)
        planes = _planes(x, self.shape, self)
        n, channels, height, width = planes.shape
        size = self.size if isinstance(self.size, tuple) else (self.size, self.size)
        last = [length + 2 * self.padding - crop for length, crop in zip((height, width), size)]
        if min(last) < 0:
            padded = f" with padding {self.padding}" if self.padding else ""
            raise ShapeError(f"{self}: images of at least {size}{padded} expected, got {(height, width)}")
        rng = np.random.default_rng(rng)
        top, left = (rng.integers(0, limit, n, endpoint=True) for limit in last)
        crops = _windows(planes, self.padding, filling(self.fill, x), size)[np.arange(n), :, top, left]
        if x.ndim == 2:  # flat rows stay flat
            return crops.reshape(n, channels * math.prod(size))
        return crops if x.ndim == 4 else crops[:, 0]


def _windows(planes: np.ndarray, padding: int, fill: "np.generic", size: tuple[int, ...]) -> np.ndarray:
    """The windows at every position of padded images, as views (n, channels, rows, columns, *size)."""
    borders = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(planes, borders, constant_values=fill)
    return np.lib.stride_tricks.sliding_window_view(padded, size, axis=(2, 3))


@dataclass(frozen=True)
class CutOut:
    """Set a square of each image to `fill`: `size` pixels wide, with its center at a random pixel.

    DeVries and Taylor (2017), Improved regularization of convolutional neural networks with cutout.

    >>> import numpy as np
    >>> from optim.data import CutOut
    >>> CutOut(2)(np.ones((1, 3, 3)), rng=0)[0].tolist()
    [[1.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]
    """

    size: int
    shape: Shape | None = None
    fill: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.size, int) or self.size < 0:
            raise ValueError(f"size must be an integer number of pixels, 0 or more, got {self.size!r}")

    def __call__(self, images: ArrayLike, rng: Rng = None) -> np.ndarray:
        x = batch(images, self)
        planes = _planes(x, self.shape, self)
        rng = np.random.default_rng(rng)
        n, _, height, width = planes.shape
        down, right = (self._covered(rng, n, length) for length in (height, width))
        hidden = down[:, None, :, None] & right[:, None, None, :]
        return np.where(hidden, filling(self.fill, x), planes).reshape(x.shape)

    def _covered(self, rng: "np.random.Generator", n: int, length: int) -> np.ndarray:
        """Which pixels along one axis the squares cover: (n, length)."""
        offset = np.arange(length) - (rng.integers(0, length, (n, 1)) - self.size // 2)
        return (offset >= 0) & (offset < self.size)


def rotate(images: ArrayLike, degrees: ArrayLike, shape: Shape | None = None, fill: float = 0.0) -> np.ndarray:
    """Rotate images counter-clockwise about their centers with bilinear interpolation.

    out(p) = Σ_q in(q) · max(0, 1 − |Δy|) · max(0, 1 − |Δx|), (Δy, Δx) = R(p − c) + c − q, with R the inverse rotation.

    degrees: one angle, or one per image; shape: of flat rows; fill: the value beyond the edge.

    >>> import numpy as np
    >>> from optim.data import rotate
    >>> rotate(np.array([[[1, 2], [3, 4]]]), 90).tolist()
    [[[2, 4], [1, 3]]]
    """
    x = batch(images, "rotate")
    planes = _planes(x, shape, "rotate")
    n, channels, height, width = planes.shape
    angles = np.asarray(degrees, float)
    if angles.shape not in ((), (n,)):
        raise ShapeError(f"rotate: one angle, or one for each of the {n} images expected, got shape {angles.shape}")
    if not np.isfinite(angles).all():
        raise ValueError(f"rotate: angles must be finite, got {degrees!r}")
    cos, sin = (function(np.radians(angles)).reshape(-1, 1, 1) for function in (np.cos, np.sin))
    down, right = np.arange(height)[:, None] - (height - 1) / 2, np.arange(width) - (width - 1) / 2
    # A border of `fill` stands for all pixels beyond the edge.
    padded = np.pad(planes, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=filling(fill, x))
    padded = padded.reshape(n, channels, (height + 2) * (width + 2))
    top, lower = _between(down * cos + right * sin + (height + 1) / 2, height + 1)
    left, further = _between(right * cos - down * sin + (width + 1) / 2, width + 1)

    def at(row: np.ndarray, column: np.ndarray) -> np.ndarray:
        position = (row * (width + 2) + column).reshape(-1, 1, height * width)
        return np.take_along_axis(padded, position, axis=2).reshape(planes.shape)

    above = at(top, left) * (1 - further) + at(top, left + 1) * further
    below = at(top + 1, left) * (1 - further) + at(top + 1, left + 1) * further
    return like(above * (1 - lower) + below * lower, x).reshape(x.shape)


def _between(position: np.ndarray, last: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixel before each position, and the distance from that pixel in [0, 1], with an axis for channels."""
    position = np.clip(position, 0, last)[:, None]
    before = np.minimum(position.astype(np.int64), last - 1)
    return before, position - before


def _planes(x: np.ndarray, shape: Shape | None, augmentation: object) -> np.ndarray:
    """Images as (n, channels, height, width)."""
    if shape is not None:
        if len(shape) not in (2, 3) or min(shape) < 1:
            raise ShapeError(f"{augmentation}: shape must be (height, width) or (channels, height, width), got {shape}")
        if math.prod(x.shape[1:]) != math.prod(shape):
            raise ShapeError(f"{augmentation}: images of {math.prod(shape)} numbers expected, got rows of {x.shape[1:]}")
        return x.reshape(len(x), *(shape if len(shape) == 3 else (1, *shape)))
    if x.ndim not in (3, 4):
        expected = "images (n, height, width) or (n, channels, height, width) expected"
        raise ShapeError(f"{augmentation}: {expected}, got {x.shape}; for flat rows give shape=(height, width)")
    return x[:, None] if x.ndim == 3 else x
