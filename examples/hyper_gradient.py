"""Tune hyperparameters by their gradients: the validation loss is differentiated through the whole training.

    python examples/hyper_gradient.py [--rounds 15]

A logistic regression has 5 useful features and 45 random ones. The L2 penalties of both groups and the learning rate are
learned: every update of the weights is recorded, and `backward` goes through all of them. Maclaurin, Duvenaud and Adams
(2015), Gradient-based hyperparameter optimization through reversible learning.
"""

import argparse
import sys

import numpy as np

from autograd import Tensor, gradients
from nn.functional import binary_cross_entropy_with_logits
from optim import Adam

USEFUL, USELESS = 5, 45


def make_data(n, rng):
    """Features and classes; only the first features count."""
    inputs = rng.normal(size=(n, USEFUL + USELESS))
    scores = inputs[:, :USEFUL] @ np.linspace(1, 2, USEFUL) + rng.logistic(size=n)
    return inputs, (scores > 0).astype(float)


def train(hyper, inputs, targets, steps=30):
    """Weights after gradient descent with penalties; the updates are part of the graph."""
    rate, penalties = np.exp(hyper["log_rate"]), np.exp(hyper["log_penalties"])
    strengths = np.concatenate([penalties[0] * np.ones(USEFUL), penalties[1] * np.ones(USELESS)])
    weights = Tensor(np.zeros(USEFUL + USELESS), requires_grad=True)
    for _ in range(steps):
        loss = binary_cross_entropy_with_logits(inputs @ weights, targets) + 0.5 * (strengths * weights**2).sum()
        (slope,) = gradients(loss, [weights], create_graph=True)
        weights = weights - rate * slope
    return weights


def main(arguments):
    """Improve the hyperparameters, and print the validation and the test loss."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="updates of the hyperparameters (default: 15)")
    options = parser.parse_args(arguments)

    rng = np.random.default_rng(0)
    training, validation, test = make_data(100, rng), make_data(200, rng), make_data(2000, rng)
    hyper = {
        "log_rate": Tensor(np.log(0.3), requires_grad=True),
        "log_penalties": Tensor(np.log([0.1, 0.1]), requires_grad=True),
    }
    optimizer = Adam(list(hyper.values()), lr=0.2)

    for number in range(options.rounds + 1):
        optimizer.zero_grad()
        weights = train(hyper, *training)
        loss = binary_cross_entropy_with_logits(validation[0] @ weights, validation[1])
        loss.backward()
        if number in (0, options.rounds):
            test_loss = binary_cross_entropy_with_logits(test[0] @ weights, test[1])
            rate, (useful, useless) = np.exp(hyper["log_rate"].item()), np.exp(hyper["log_penalties"].numpy())
            print(f"round {number}: validation loss {loss.item():.3f}, test loss {test_loss.item():.3f}")
            print(f"    rate {rate:.2f}, penalty of the useful features {useful:.3f}, of the others {useless:.3f}")
        optimizer.step()


if __name__ == "__main__":
    main(sys.argv[1:])
