"""Data: the digits that ship with the package, generated sets, and a person's own files.

>>> from optim.data import digits
>>> images, labels = digits()
>>> images.shape, labels.shape
((1797, 64), (1797,))
"""

from optim.data.digits import digits
from optim.data.generated import blobs, circles, moons, spirals, xor
from optim.data.split import split
from optim.data.tables import DataFileError, read_table

__all__ = ["DataFileError", "blobs", "circles", "digits", "moons", "read_table", "spirals", "split", "xor"]
