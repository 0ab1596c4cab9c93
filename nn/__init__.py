"""Neural networks on autograd: modules, layers, activations, losses and initializers.

>>> import nn
>>> nn.MLP([2, 8, 1], activation="tanh")
MLP(
  (0): Linear(2, 8)
  (1): Tanh()
  (2): Linear(8, 1)
)
"""

from autograd.extend import lazy_attributes

__getattr__, __dir__, __all__ = lazy_attributes(__name__, __file__)
