"""HIPS autograd's helpers: trees as vectors, simple optimizers, fixed points."""

from autograd.misc.flatten import flatten

__all__ = ["flatten"]
