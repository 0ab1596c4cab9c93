"""Operations that few programs use; the protocol imports them when NumPy calls a function that no other module implements."""

from autograd.operations import (
    application,
    assignment,
    complex_domain,
    eigenvalues,
    finite_differences,
    histograms,
    polynomials,
    sets,
)

__all__ = [
    "application",
    "assignment",
    "complex_domain",
    "eigenvalues",
    "finite_differences",
    "histograms",
    "polynomials",
    "sets",
]
