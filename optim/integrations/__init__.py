"""What joins `optim` with `nn` and with other libraries: trained runs, and scikit-learn's estimators (extra `sklearn`)."""

from autograd.extend import lazy_attributes

__getattr__, __dir__, __all__ = lazy_attributes(__name__, __file__)
