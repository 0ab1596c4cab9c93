"""The functions of scipy.special beyond those that autograd has without SciPy. The import registers them for SciPy's ufuncs."""

from autograd.operations import bessel, entropies, error_functions, gamma_functions, incomplete_beta, incomplete_gamma

__all__ = ["bessel", "entropies", "error_functions", "gamma_functions", "incomplete_beta", "incomplete_gamma"]
