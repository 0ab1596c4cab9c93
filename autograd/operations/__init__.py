"""The operations: one module of forward functions and gradient formulas per family. The import registers them.

The convolutions stand for no function of NumPy; they and the modules of `deferred` are imported when they are used.
"""

from autograd.operations import (
    complex_numbers,
    einsum,
    elementwise,
    indexing,
    matmul,
    norms,
    numeric,
    padding,
    products,
    rearrange,
    reduction,
    scan,
    shape,
)

__all__ = [
    "complex_numbers",
    "einsum",
    "elementwise",
    "indexing",
    "matmul",
    "norms",
    "numeric",
    "padding",
    "products",
    "rearrange",
    "reduction",
    "scan",
    "shape",
]
