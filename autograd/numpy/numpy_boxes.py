"""The class of traced arrays under HIPS autograd's name: a tensor."""

from autograd.core.tensor import Tensor as ArrayBox

__all__ = ["ArrayBox"]
