"""Data: the digits that ship with the package, generated sets, a person's own files, and batches of them for training.

>>> from optim.data import digits
>>> images, labels = digits()
>>> images.shape, labels.shape
((1797, 64), (1797,))
"""

from typing import TYPE_CHECKING

from autograd.utils import lazy
from optim.data.datasets import Arrays, DataSet, Subset, mapped
from optim.data.digits import digits
from optim.data.errors import DataFileError
from optim.data.finite import check_finite
from optim.data.loader import Loader
from optim.data.mnist import Images, mnist
from optim.data.split import k_folds, split
from optim.data.synthetic import blobs, circles, moons, spirals, xor

if TYPE_CHECKING:
    from optim.data.augmentation import Compose, Mask, Noise, Scale
    from optim.data.idx import read_idx
    from optim.data.image_augmentation import CutOut, HorizontalFlip, Rotate, Shift, rotated
    from optim.data.preprocessing import MinMax, OneHot, Standardizer, min_max, one_hot, standardize
    from optim.data.tables import Table, read_table

__all__ = [
    "Arrays",
    "Compose",
    "CutOut",
    "DataFileError",
    "DataSet",
    "HorizontalFlip",
    "Images",
    "Loader",
    "Mask",
    "MinMax",
    "Noise",
    "OneHot",
    "Rotate",
    "Scale",
    "Shift",
    "Standardizer",
    "Subset",
    "Table",
    "blobs",
    "check_finite",
    "circles",
    "digits",
    "k_folds",
    "mapped",
    "min_max",
    "mnist",
    "moons",
    "one_hot",
    "read_idx",
    "read_table",
    "rotated",
    "spirals",
    "split",
    "standardize",
    "xor",
]

#: What is imported when it is first asked for: the module → its names.
_LATER = {
    "augmentation": "Compose Mask Noise Scale",
    "idx": "read_idx",
    "image_augmentation": "CutOut HorizontalFlip Rotate Shift rotated",
    "preprocessing": "MinMax OneHot Standardizer min_max one_hot standardize",
    "tables": "Table read_table",
}
__getattr__ = lazy.importer(__name__, _LATER)


def __dir__() -> list[str]:
    return __all__
