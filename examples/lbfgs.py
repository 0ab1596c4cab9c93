"""Train a small network on handwritten digits by L-BFGS: SciPy's, on the nested parameters of the model, and ours.

    python examples/lbfgs.py [--hidden 16] [--iterations 100]

Both start from the same weights and minimize the same loss, cross-entropy with an L2 penalty on all training images. SciPy gets
the weights of the model as a dict of arrays: `autograd.scipy.optimize.minimize` flattens it and computes the gradient. Needs
SciPy: pip install 'chainrule[scipy]'.
"""

import argparse
import copy
import sys
import time

import numpy as np

import nn
from autograd.misc import flatten
from autograd.scipy.optimize import minimize
from nn.metrics import accuracy
from optim import LBFGS
from optim.data import digits, split

PENALTY = 1e-3


def main(arguments):
    """Train twice, and print loss, evaluations, time and held-out accuracy of both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hidden", type=int, default=16, help="units of the hidden layer (default: 16)")
    parser.add_argument("--iterations", type=int, default=100, help="the largest number of iterations (default: 100)")
    options = parser.parse_args(arguments)

    inputs, labels = digits()
    training, held_out = split(labels, [0.8, 0.2], rng=0)
    data = inputs[training], labels[training]
    start = nn.MLP([inputs.shape[1], options.hidden, 10], "tanh", rng=0)
    weights = {}
    for name, train in (("SciPy", train_by_scipy), ("ours", train_by_optim)):
        model, started = copy.deepcopy(start), time.perf_counter()
        evaluations = train(model, data, options.iterations)
        seconds = time.perf_counter() - started
        loss = objective(model, model.parameters(), *data).item()
        correct = accuracy(model(inputs[held_out]), labels[held_out])
        print(f"{name + ':':7}loss {loss:.4f} after {evaluations} evaluations in {seconds:.1f} s; held-out {correct:.2%}")
        weights[name], _ = flatten(model.state_dict())
    distance = np.linalg.norm(weights["SciPy"] - weights["ours"]) / np.linalg.norm(weights["ours"])
    print(f"relative distance of the weights: {distance:.2f}, between two of many minima")


def objective(model, weights, inputs, labels):
    """Cross-entropy and the penalty ½ λ Σ w² of the model's weights."""
    return nn.functional.cross_entropy(model(inputs), labels) + 0.5 * PENALTY * sum((w**2).sum() for w in weights)


def train_by_scipy(model, data, iterations):
    """Set the weights to those of SciPy's L-BFGS-B; returns the number of evaluations."""
    loss_of_weights = lambda weights: objective(with_weights(model, weights), weights.values(), *data)
    result = minimize(loss_of_weights, model.state_dict(), method="L-BFGS-B", options={"maxiter": iterations})
    model.load_state_dict(result.x)
    return result.nfev


def with_weights(model, weights):
    """A copy of the model that computes with these tensors, so that the loss depends on them."""
    model = copy.deepcopy(model)
    modules = dict(model.named_modules())
    for name, tensor in weights.items():
        path, _, attribute = name.rpartition(".")
        setattr(modules[path], attribute, tensor)
    return model


def train_by_optim(model, data, iterations):
    """Train by optim.LBFGS; returns the number of evaluations."""
    optimizer = LBFGS(list(model.parameters()), max_iter=iterations, history_size=10, line_search_fn="strong_wolfe")
    evaluations = 0

    def closure():
        nonlocal evaluations
        evaluations += 1
        optimizer.zero_grad()
        loss = objective(model, model.parameters(), *data)
        loss.backward()
        return loss

    optimizer.step(closure)
    return evaluations


if __name__ == "__main__":
    main(sys.argv[1:])
