"""Data-parallel training: communicators between ranks, and a batch divided among them.

>>> from optim.distributed import SingleProcess
>>> SingleProcess().gather("a value of this rank")
['a value of this rank']
"""

from autograd.extend import lazy_attributes

__getattr__, __dir__, __all__ = lazy_attributes(__name__, __file__)
