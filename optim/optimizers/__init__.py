"""Gradient descent in its variants: how parameters move."""
