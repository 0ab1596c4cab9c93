"""Training: gradient descent, batchings, penalties, clipping, data and the loop.

>>> import nn
>>> from optim import MiniBatch, SGD, fit
>>> from optim.data import xor
>>> inputs, labels = xor(n=200, rng=0)
>>> model = nn.MLP([2, 8, 2], rng=0)
>>> history = fit(model, nn.CrossEntropyLoss(), (inputs, labels), epochs=10, batching=MiniBatch(20), rng=0)
>>> history["loss"][-1] < 0.1
True
"""

try:
    from autograd.extend import lazy_attributes
except ImportError:
    import autograd

    raise ImportError(
        f"optim needs chainrule's package autograd, but {next(iter(autograd.__path__))} is incomplete or another one, such as "
        "HIPS autograd; to repair: pip uninstall -y autograd chainrule, then pip install chainrule"
    ) from None

__getattr__, __dir__, __all__ = lazy_attributes(__name__, __file__)
