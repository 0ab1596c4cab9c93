"""scikit-learn's MLPClassifier. With two classes its network has one output, so that case needs a little less work."""

import time
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.inputs import mlp_inputs
from benchmarks.measurement import serve
from benchmarks.workloads import ADAM_RATE, MLP, SGD_RATE, Digits


def mlp(workload, steps=100):
    """`steps` steps per call of fit, because each call first validates all its data, which takes longer than a small step."""
    x, y, layers = mlp_inputs(workload)
    rate = ADAM_RATE if workload.optimizer == "adam" else SGD_RATE
    model = MLPClassifier(
        workload.sizes[1:-1],
        solver=workload.optimizer,
        learning_rate_init=rate,
        momentum=0,
        alpha=0,
        batch_size=workload.batch,
        shuffle=False,
        warm_start=True,
        max_iter=steps,
        n_iter_no_change=np.inf,
    )
    model.partial_fit(x, y, classes=np.arange(workload.sizes[-1]))
    for (w, b), weights, biases in zip(layers, model.coefs_, model.intercepts_):
        weights[...] = w[:, -weights.shape[1] :]
        biases[...] = b[-len(biases) :]

    def run():
        model.fit(x, y)
        return model.loss_

    return run, steps


def digits_epoch(workload):
    from optim.data import digits

    inputs, labels = digits()
    inputs, epochs = inputs.astype("float32"), workload.epochs
    model = MLPClassifier((100,), batch_size=workload.batch, alpha=0, max_iter=epochs, n_iter_no_change=np.inf, random_state=0)

    def run():
        start = time.perf_counter()
        model.fit(inputs, labels)
        return (time.perf_counter() - start) / epochs

    return run


WORKLOADS = {MLP: mlp, Digits: digits_epoch}

if __name__ == "__main__":
    warnings.simplefilter("ignore")  # too few steps to converge
    serve(WORKLOADS)
