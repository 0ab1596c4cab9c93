"""The operations, one table of forward functions and gradient formulas per family. Importing them registers them."""

from autograd.operations import (
    decompositions,
    einsum,
    elementwise,
    indexing,
    linalg,
    matmul,
    norms,
    numeric,
    products,
    rearrange,
    reduction,
    scan,
    shape,
    signal,
    special,
    statistics,
)

__all__ = [
    "decompositions",
    "einsum",
    "elementwise",
    "indexing",
    "linalg",
    "matmul",
    "norms",
    "numeric",
    "products",
    "rearrange",
    "reduction",
    "scan",
    "shape",
    "signal",
    "special",
    "statistics",
]
