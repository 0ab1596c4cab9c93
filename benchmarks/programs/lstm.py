"""An LSTM that predicts the next character."""

import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import value_and_grad
from autograd.scipy.special import logsumexp
from benchmarks.programs.rnn import affine

CHARACTERS, STATE, SEQUENCES, LENGTH = 64, 40, 20, 30


def sigmoid(x):
    return 0.5 * (np.tanh(x) + 1.0)


def predict(parameters, texts):
    hidden = np.repeat(parameters["hidden"], texts.shape[1], axis=0)
    cell = np.repeat(parameters["cell"], texts.shape[1], axis=0)
    outputs = []
    for characters in texts:
        change = np.tanh(affine(parameters["change"], characters, hidden))
        forget = sigmoid(affine(parameters["forget"], characters, hidden))
        ingate = sigmoid(affine(parameters["ingate"], characters, hidden))
        outgate = sigmoid(affine(parameters["outgate"], characters, hidden))
        cell = cell * forget + ingate * change
        hidden = outgate * np.tanh(cell)
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
    parameters = {name: 0.1 * rng.randn(1, STATE) for name in ("hidden", "cell")}
    for name in ("change", "forget", "ingate", "outgate"):
        parameters[name] = 0.1 * rng.randn(CHARACTERS + STATE + 1, STATE)
    parameters["predict"] = 0.1 * rng.randn(STATE + 1, CHARACTERS)
    texts = np.eye(CHARACTERS)[rng.randint(0, CHARACTERS, (LENGTH, SEQUENCES))]
    loss_and_gradient = value_and_grad(loss)

    def step():
        value, gradient = loss_and_gradient(parameters, texts)
        return value + np.sum(gradient["change"] ** 2)

    return step
