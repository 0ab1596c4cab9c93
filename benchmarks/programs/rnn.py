"""A recurrent network that predicts the next character."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import value_and_grad
from autograd.scipy.special import logsumexp

CHARACTERS, STATE, SEQUENCES, LENGTH = 64, 40, 20, 30


def affine(weights, *inputs):
    joined = np.hstack(inputs + (np.ones((inputs[0].shape[0], 1)),))
    return np.dot(joined, weights)


def predict(parameters, texts):
    hidden = np.repeat(parameters["initial"], texts.shape[1], axis=0)
    outputs = []
    for characters in texts:
        hidden = np.tanh(affine(parameters["change"], characters, hidden))
        scores = affine(parameters["predict"], hidden)
        outputs.append(scores - logsumexp(scores, axis=1, keepdims=True))
    return outputs


def loss(parameters, texts):
    outputs = predict(parameters, texts)
    log_likelihood = 0.0
    for t in range(LENGTH - 1):
        log_likelihood = log_likelihood + np.sum(outputs[t] * texts[t + 1])
    return -log_likelihood / (LENGTH * SEQUENCES)


def prepare():
    rng = npr.RandomState(0)
    parameters = {
        "initial": 0.1 * rng.randn(1, STATE),
        "change": 0.1 * rng.randn(CHARACTERS + STATE + 1, STATE),
        "predict": 0.1 * rng.randn(STATE + 1, CHARACTERS),
    }
    texts = np.eye(CHARACTERS)[rng.randint(0, CHARACTERS, (LENGTH, SEQUENCES))]
    loss_and_gradient = value_and_grad(loss)

    def step():
        value, gradient = loss_and_gradient(parameters, texts)
        return value + np.sum(gradient["change"] ** 2)

    return step
