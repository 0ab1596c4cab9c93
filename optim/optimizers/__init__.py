"""Optimizers: gradient descent and its variants."""
