"""Training a linear layer on the line y = 3x + 1."""

import numpy as np

import nn
from optim import MiniBatch, fit

LINE = np.linspace(-1, 1, 20)[:, None]
DATA = (LINE, 3 * LINE + 1)


def train_on_line(callbacks=(), epochs=3, **options):
    model = options.pop("model", None) or nn.Linear(1, 1, rng=0)
    return fit(model, nn.MSELoss(), DATA, epochs=epochs, batching=MiniBatch(8), rng=0, callbacks=callbacks, **options)
