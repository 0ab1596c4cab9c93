"""MNIST, or images in the same format, from local files; without files, the digits of the package."""

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograd import default_dtype
from optim.data.digits import digits
from optim.data.errors import DataFileError
from optim.data.split import split
from optim.data.tables.npz_file import read_npz

Pair = tuple[np.ndarray, np.ndarray]

VARIABLE = "CHAINRULE_MNIST"
STEMS = {"x_train": "train-images", "y_train": "train-labels", "x_test": "t10k-images", "y_test": "t10k-labels"}


@dataclass(frozen=True, eq=False)
class Images:
    """Training and test images; `train, test = images` unpacks them. The result of `mnist`.

    >>> import numpy as np
    >>> from optim.data import Images
    >>> pair = (np.zeros((3, 28, 28)), np.array([7, 2, 1]))
    >>> (inputs, labels), test = Images("MNIST", pair, pair)
    >>> inputs.shape, labels.shape
    ((3, 28, 28), (3,))
    """

    name: str  # "MNIST", or "digits" if the digits of the package replace it
    train: Pair  # images (n, height, width) from 0 to 1, labels (n,)
    test: Pair

    def __iter__(self) -> Iterator[Pair]:
        return iter((self.train, self.test))

    def __repr__(self) -> str:
        (x, y), (u, v) = self
        return f"Images({self.name!r}, train {x.shape} {x.dtype}, {y.shape} {y.dtype}; test {u.shape}, {v.shape})"


def mnist(path: str | Path | None = None, *, warn: bool = True) -> Images:
    """MNIST: 60 000 + 10 000 handwritten digits of 28 × 28 pixels in [0, 1] (pixel / 255), in the default dtype.

    path: a folder with the four idx files (train-images-idx3-ubyte …, also .gz), or an npz file with x_train, y_train,
          x_test, y_test; default: the environment variable CHAINRULE_MNIST. Data sets in the same format, such as
          Fashion-MNIST, can be read as well.
    warn: whether to warn if the digits of the package are used instead.

    Without a path, the function returns the 8 × 8 digits of the package, split 80 % to 20 %, and warns.
    Raises DataFileError if the files cannot be read.
    Source: LeCun, Cortes and Burges (1998), The MNIST database of handwritten digits.

    >>> from optim.data import mnist
    >>> images = mnist(warn=False)
    >>> (train_images, train_labels), (test_images, test_labels) = images
    >>> images.name in ("MNIST", "digits"), train_images.ndim
    (True, 3)
    """
    path = path or os.environ.get(VARIABLE) or None
    if path is None:
        if warn:
            warnings.warn(
                f"MNIST is not available: set {VARIABLE} to a folder with its idx files or to an npz file. "
                "The 8 × 8 digits of the package are used instead.",
                stacklevel=2,
            )
        return _digits()
    path = Path(path)
    source = path if path.suffix.lower() == ".npz" else _find_files(path)
    is_npz = source.suffix.lower() == ".npz"
    arrays = _read_npz(source) if is_npz else {name: _read_idx(source, stem) for name, stem in STEMS.items()}
    for name in ("train", "test"):
        _check(arrays[f"x_{name}"], arrays[f"y_{name}"], f"{source}, {name} data")
    if arrays["x_train"].shape[1:] != arrays["x_test"].shape[1:]:
        sizes = f"{arrays['x_train'].shape[1:]} in the training data and {arrays['x_test'].shape[1:]} in the test data"
        raise DataFileError(f"{source}: all images must have the same size, got {sizes}")
    train, test = (_scale(arrays[f"x_{name}"], arrays[f"y_{name}"]) for name in ("train", "test"))
    return Images("MNIST", train, test)


def _digits() -> Images:
    images, labels = digits()
    images = images.reshape(-1, 8, 8).astype(default_dtype())
    train, test = ((images[indices], labels[indices]) for indices in split(labels, [0.8, 0.2], rng=0))
    return Images("digits", train, test)


def _scale(images: np.ndarray, labels: np.ndarray) -> Pair:
    scaled = images.astype(default_dtype())
    scaled /= 255
    return scaled, labels.astype(np.int64)


def _find_files(path: Path) -> Path:
    """The folder of the idx files, or mnist.npz: in a folder itself, or in the subfolders that download programs make."""
    if not path.is_dir():
        raise DataFileError(f"{path}: there is no such folder and no such npz file (from path or {VARIABLE})")
    for folder in (path, path / "raw", path / "MNIST" / "raw"):
        if any(folder.glob("train-images*")):
            return folder
    if (path / "mnist.npz").is_file():
        return path / "mnist.npz"
    raise DataFileError(f"{path}: there are no files train-images-idx3-ubyte(.gz) … in this folder, and no mnist.npz")


def _read_idx(folder: Path, stem: str) -> np.ndarray:
    from optim.data.idx import read_idx

    digit = 3 if "images" in stem else 1
    names = [f"{stem}{dash}idx{digit}-ubyte{suffix}" for suffix in ("", ".gz") for dash in "-."]
    for name in names:
        if (folder / name).is_file():
            return read_idx(folder / name)
    raise DataFileError(f"{folder}: the file {names[0]} (or {names[0]}.gz) is missing")


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    if not path.is_file():
        raise DataFileError(f"{path}: there is no such file")
    arrays = read_npz(path)
    if not all(name in arrays for name in STEMS):
        raise DataFileError(f"{path.name}: the arrays {', '.join(STEMS)} expected, got {', '.join(arrays) or '(none)'}")
    return {name: arrays[name] for name in STEMS}


def _check(images: np.ndarray, labels: np.ndarray, source: str) -> None:
    if images.dtype != np.uint8 or images.ndim != 3 or not images.size:
        raise DataFileError(f"{source}: images (n, height, width) of bytes expected, got {images.dtype} {images.shape}")
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise DataFileError(f"{source}: labels (n,) of integers expected, got {labels.dtype} {labels.shape}")
    if len(images) != len(labels):
        raise DataFileError(f"{source}: {len(images)} images but {len(labels)} labels")
