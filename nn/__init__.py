"""Neural networks on autograd: modules, layers, activations, losses and initializers.

>>> import nn
>>> nn.MLP([2, 8, 1], activation="tanh")
MLP(
  (0): Linear(2, 8)
  (1): Tanh()
  (2): Linear(8, 1)
)
"""

try:
    from autograd.extend import lazy_attributes
except ImportError:
    import autograd

    raise ImportError(
        f"nn needs chainrule's package autograd, but {next(iter(autograd.__path__))} is incomplete or another one, such as "
        "HIPS autograd; to repair: pip uninstall -y autograd chainrule, then pip install chainrule"
    ) from None

__getattr__, __dir__, __all__ = lazy_attributes(__name__, __file__)
