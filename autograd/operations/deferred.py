"""The operations of few programs: imported when NumPy first calls a function that no other module implements."""

from autograd.operations import (
    application,
    assignment,
    complex_domain,
    eigenvalues,
    finite_differences,
    histograms,
    polynomials,
    repetition,
    sets,
    sorting,
    splitting,
)

__all__ = [
    "application",
    "assignment",
    "complex_domain",
    "eigenvalues",
    "finite_differences",
    "histograms",
    "polynomials",
    "repetition",
    "sets",
    "sorting",
    "splitting",
]
