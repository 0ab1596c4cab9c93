"""Programs in the style of HIPS autograd's examples, the same source for both engines.

Each module has a function `prepare`, which returns a step without arguments; a step returns one number.
"""

import importlib

PROGRAMS = {
    "neural_net": "neural network 784-200-100-10, four steps of Adam",
    "convnet": "convolutional network, 16 images of 28×28",
    "rnn": "recurrent network, 20 texts of 30 characters",
    "lstm": "LSTM, 20 texts of 30 characters",
    "gaussian_process": "Gaussian process, 40 points, conjugate gradients",
    "bayesian_net": "Bayesian network, ten steps of variational inference",
    "hmm_em": "hidden Markov model, two steps of expectation maximization",
    "ode_net": "neural differential equation, gradient by the adjoint",
    "rosenbrock": "Rosenbrock function, BFGS",
    "negative_binomial": "negative binomial distribution, 1000 counts, Newton-CG",
    "fluid": "fluid simulation, 40×40 cells, ten steps",
    "wing": "wing in a flow, 30×40 cells, eight steps",
}


def program(workload):
    """The step of the program that a workload names."""
    return importlib.import_module(f"{__name__}.{workload.name}").prepare()
