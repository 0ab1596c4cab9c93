"""Data: built-in and synthetic data sets, files, preprocessing, augmentation, and batches for training.

>>> from optim.data import digits
>>> images, labels = digits()
>>> images.shape, labels.shape
((1797, 64), (1797,))
"""

from autograd.extend import lazy_attributes
from optim.data.digits import digits as digits  # eager, or the module of this name hides the function
from optim.data.mnist import mnist as mnist
from optim.data.split import split as split

__getattr__, __dir__, __all__ = lazy_attributes(__name__, __file__)
