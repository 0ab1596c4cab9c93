"""A negative binomial distribution by maximum likelihood, with Newton's method and Hessian products."""

from scipy.optimize import minimize

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad, hessian_vector_product
from autograd.scipy.special import gammaln

COUNTS = 1000


def log_likelihood(r, p, counts):
    return np.sum(gammaln(counts + r) - gammaln(r) - gammaln(counts + 1) + counts * np.log(1 - p) + r * np.log(p))


def prepare():
    counts = npr.RandomState(0).negative_binomial(5, 0.5, COUNTS)

    def objective(x):
        return -log_likelihood(np.exp(x[0]), 1 / (1 + np.exp(-x[1])), counts) / COUNTS

    gradient, product = grad(objective), hessian_vector_product(objective)
    return lambda: minimize(objective, np.zeros(2), jac=gradient, hessp=product, method="Newton-CG").fun
