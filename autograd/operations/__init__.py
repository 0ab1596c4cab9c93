"""The operations: one module of forward functions and gradient formulas per family. The import registers them.

The convolutions stand for no function of NumPy; they are imported when they are used.
"""

from autograd.operations import (
    complex_numbers,
    decompositions,
    diagonals,
    einsum,
    elementwise,
    indexing,
    linalg,
    matmul,
    norms,
    numeric,
    padding,
    products,
    rearrange,
    reduction,
    repetition,
    scan,
    shape,
    signal,
    sorting,
    special,
    splitting,
    statistics,
)

__all__ = [
    "complex_numbers",
    "decompositions",
    "diagonals",
    "einsum",
    "elementwise",
    "indexing",
    "linalg",
    "matmul",
    "norms",
    "numeric",
    "padding",
    "products",
    "rearrange",
    "reduction",
    "repetition",
    "scan",
    "shape",
    "signal",
    "sorting",
    "special",
    "splitting",
    "statistics",
]
