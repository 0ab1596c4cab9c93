"""A hidden Markov model by expectation maximization: the expected statistics are gradients of the log partition function."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import value_and_grad
from autograd.scipy.special import logsumexp

STATES, SYMBOLS, SEQUENCES, LENGTH = 5, 12, 4, 60


def log_partition_function(natural_parameters, sequences):
    log_initial, log_transitions, log_emissions = natural_parameters
    log_z = 0.0
    for symbols in sequences:
        log_alpha = log_initial
        for symbol in symbols:
            log_alpha = logsumexp(log_alpha[:, None] + log_transitions, axis=0) + log_emissions[:, symbol]
        log_z = log_z + logsumexp(log_alpha)
    return log_z


def normalized(counts):
    return counts / counts.sum(axis=-1, keepdims=True)


def prepare():
    rng = npr.RandomState(0)
    sequences = rng.randint(0, SYMBOLS, (SEQUENCES, LENGTH))
    start = tuple(normalized(rng.rand(*shape)) for shape in ((STATES,), (STATES, STATES), (STATES, SYMBOLS)))
    value_and_statistics = value_and_grad(log_partition_function)

    def step():
        parameters = start
        for _ in range(2):
            log_likelihood, statistics = value_and_statistics(tuple(np.log(p) for p in parameters), sequences)
            parameters = tuple(normalized(counts + 1e-12) for counts in statistics)
        return log_likelihood

    return step
