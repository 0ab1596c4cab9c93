"""Gradient checks, purity of formulas, and the origin of the first nan or infinity."""
