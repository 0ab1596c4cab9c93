"""scikit-learn's MLPClassifier; with two classes its network has one output, so that row is a little less work."""

import time
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.inputs import problem
from benchmarks.measurement import serve
from benchmarks.workloads import ADAM_RATE, MLP, SGD_RATE, Digits


def mlp(work, steps=100):
    """So many steps by one call of fit, because a call first looks at all its data, which takes longer than a small step."""
    x, y, layers = problem(work)
    rate = ADAM_RATE if work.optimizer == "adam" else SGD_RATE
    model = MLPClassifier(
        work.sizes[1:-1],
        solver=work.optimizer,
        learning_rate_init=rate,
        momentum=0,
        alpha=0,
        batch_size=work.batch,
        shuffle=False,
        warm_start=True,
        max_iter=steps,
        n_iter_no_change=np.inf,
    )
    model.partial_fit(x, y, classes=np.arange(work.sizes[-1]))
    for (w, b), weights, biases in zip(layers, model.coefs_, model.intercepts_):
        weights[...] = w[:, -weights.shape[1] :]
        biases[...] = b[-len(biases) :]

    def run():
        model.fit(x, y)
        return model.loss_

    return run, steps


def digits_epoch(work):
    from optim.data import digits

    inputs, labels = digits()
    inputs, epochs = inputs.astype("float32"), work.epochs
    model = MLPClassifier((100,), batch_size=work.batch, alpha=0, max_iter=epochs, n_iter_no_change=np.inf, random_state=0)

    def run():
        start = time.perf_counter()
        model.fit(inputs, labels)
        return (time.perf_counter() - start) / epochs

    return run


WORKS = {MLP: mlp, Digits: digits_epoch}

if __name__ == "__main__":
    warnings.simplefilter("ignore")  # that so few steps do not converge
    serve(WORKS)
