"""MNIST, or images in its format, from a person's own copy; without one, the digits inside the package."""

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

Pair = tuple[np.ndarray, np.ndarray]

VARIABLE = "CHAINRULE_MNIST"
PARTS = {"x_train": "train-images", "y_train": "train-labels", "x_test": "t10k-images", "y_test": "t10k-labels"}


@dataclass(frozen=True, eq=False)
class Images:
    """Images to train on and to test on; `train, test = images` unpacks them."""

    name: str  # "MNIST", or "digits" if the digits of the package took its place
    train: Pair  # images (n, height, width) from 0 to 1, labels (n,)
    test: Pair

    def __iter__(self) -> Iterator[Pair]:
        return iter((self.train, self.test))

    def __repr__(self) -> str:
        (x, y), (u, v) = self
        return f"Images({self.name!r}, train {x.shape} {x.dtype}, {y.shape} {y.dtype}; test {u.shape}, {v.shape})"


def mnist(path: str | Path | None = None, *, warn: bool = True) -> Images:
    """MNIST's 60 000 + 10 000 handwritten digits of 28 × 28 pixels from 0 to 1 = pixel / 255, in the default dtype.

    path: a folder with the four idx files (train-images-idx3-ubyte …, also .gz), or an npz file with x_train, y_train,
          x_test, y_test; by default what the environment variable CHAINRULE_MNIST names. Other images in the same
          format, such as Fashion-MNIST, are read alike.
    warn: whether to warn where the digits take its place.

    Where neither is given, the 8 × 8 digits of the package take its place, in 4 + 1 parts, with a warning.
    Raises DataFileError if what is given cannot be read.
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
                f"MNIST is not here: {VARIABLE} names no folder with its idx files and no npz file. "
                "The 8 × 8 digits of the package take its place.",
                stacklevel=2,
            )
        return _digits()
    path = Path(path)
    where = path if path.suffix.lower() == ".npz" else _folder(path)
    arrays = _npz(where) if where.suffix.lower() == ".npz" else {part: _idx(where, stem) for part, stem in PARTS.items()}
    for kind in ("train", "test"):
        _check(arrays[f"x_{kind}"], arrays[f"y_{kind}"], f"{where}, {kind} part")
    if arrays["x_train"].shape[1:] != arrays["x_test"].shape[1:]:
        sizes = f"{arrays['x_train'].shape[1:]} to train and {arrays['x_test'].shape[1:]} to test"
        raise DataFileError(f"{where}: images are of one size, not {sizes}")
    train, test = (_pair(arrays[f"x_{kind}"], arrays[f"y_{kind}"]) for kind in ("train", "test"))
    return Images("MNIST", train, test)


def _digits() -> Images:
    images, labels = digits()
    images = images.reshape(-1, 8, 8).astype(default_dtype())
    train, test = ((images[part], labels[part]) for part in split(labels, [0.8, 0.2], rng=0))
    return Images("digits", train, test)


def _pair(images: np.ndarray, labels: np.ndarray) -> Pair:
    scaled = images.astype(default_dtype())
    scaled /= 255
    return scaled, labels.astype(np.int64)


def _folder(path: Path) -> Path:
    """Where in a folder the data is: there, or where programs that download it put it."""
    if not path.is_dir():
        raise DataFileError(f"{path}: there is no such folder and no such npz file ({VARIABLE} or path names it)")
    for folder in (path, path / "raw", path / "MNIST" / "raw"):
        if any(folder.glob("train-images*")):
            return folder
    if (path / "mnist.npz").is_file():
        return path / "mnist.npz"
    raise DataFileError(f"{path}: there are no files train-images-idx3-ubyte(.gz) … in this folder, and no mnist.npz")


def _idx(folder: Path, stem: str) -> np.ndarray:
    from optim.data.idx import read_idx

    digit = 3 if "images" in stem else 1
    names = [f"{stem}{dash}idx{digit}-ubyte{suffix}" for suffix in ("", ".gz") for dash in "-."]
    for name in names:
        if (folder / name).is_file():
            return read_idx(folder / name)
    raise DataFileError(f"{folder}: the file {names[0]} (or {names[0]}.gz) is missing")


def _npz(path: Path) -> dict[str, np.ndarray]:
    if not path.is_file():
        raise DataFileError(f"{path}: there is no such file")
    try:
        with np.load(path, allow_pickle=False) as file:
            missing = [part for part in PARTS if part not in file.files]
            arrays = {} if missing else {part: file[part] for part in PARTS}
            held = ", ".join(file.files) or "none"
    except Exception as error:
        raise DataFileError(f"{path.name}: not an npz file of plain arrays ({error})") from None
    if missing:
        raise DataFileError(f"{path.name}: the arrays {', '.join(PARTS)} expected; there are {held}")
    return arrays


def _check(images: np.ndarray, labels: np.ndarray, where: str) -> None:
    if images.dtype != np.uint8 or images.ndim != 3 or not images.size:
        raise DataFileError(f"{where}: images (n, height, width) of bytes expected, got {images.dtype} {images.shape}")
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise DataFileError(f"{where}: labels (n,) of whole numbers expected, got {labels.dtype} {labels.shape}")
    if len(images) != len(labels):
        raise DataFileError(f"{where}: {len(images)} images but {len(labels)} labels")
