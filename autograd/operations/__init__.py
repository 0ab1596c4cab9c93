"""The operations, one table of forward functions and gradient formulas per family. Importing them registers them."""

from autograd.operations import composed, elementwise, indexing, linear_algebra, moving, reduction, scan, shape, statistics

__all__ = ["composed", "elementwise", "indexing", "linear_algebra", "moving", "reduction", "scan", "shape", "statistics"]
