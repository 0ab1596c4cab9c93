"""The formula on every edge of the layers' functions: its text evaluates to the derivative that is shown, or it has a place."""

import numpy as np
import pytest

from autograd import Tensor
from nn import functional
from nn.functional.pooling import _add_windows, _share_among_maxima
from nn.functional.recurrent.rnn import rnn_adjoint
from nn.functional.resampling import _blend_transposed
from nn.functional.unfold import _fold
from tests.autograd.draw.formula_parser import FUNCTIONS
from tests.autograd.draw.test_formula import check, edges

RNG = np.random.default_rng(0)
TOKENS = np.array([[0, 3], [3, 1]])


def leaf(name, *shape):
    return Tensor(RNG.normal(size=shape), requires_grad=True, name=name)


def images():
    return leaf("X", 2, 4, 6, 6)


def heads():
    return [leaf(name, 2, 2, 5, 4) for name in "QKV"]


def recurrent(gates):
    return leaf("X", 2, 3, 4), leaf("h", 3, 5), leaf("W", 4, gates * 5), leaf("U", 5, gates * 5)


def _lstm(x, h, *weights):
    return functional.lstm(x, (h, leaf("c", 3, 5)), *weights)[0]


#: By name: a call, and the formulas of its first operation; None for a formula that is too long.
CALLS = {
    "conv1d": (
        lambda: functional.conv1d(leaf("X", 2, 3, 6), leaf("W", 4, 3, 3)),
        ["convolution_transpose(G, W, size=(6,))", "convolution_weight(X, G, kernel_size=(3,))"],
    ),
    "conv2d": (
        lambda: functional.conv2d(images(), leaf("W", 6, 2, 3, 3), leaf("b", 6), stride=2, padding=1, groups=2),
        ["convolution_transpose(G, W, size=(6, 6), …)", "convolution_weight(X, G, kernel_size=(3, 3), …)", "Σ₀₂₃ G"],
    ),
    "conv_transpose2d": (
        lambda: functional.conv_transpose2d(images(), leaf("W", 4, 2, 3, 3), stride=2),
        ["convolution(G, W, …)", "convolution_weight(G, X, kernel_size=(3, 3), …)"],
    ),
    "max_pool2d": (lambda: functional.max_pool2d(images(), 2), ["share_among_maxima(G, X, v1, …)"]),
    "avg_pool2d": (lambda: functional.avg_pool2d(images(), 2), ["add_windows(G, …)"]),
    "unfold": (lambda: functional.unfold(images(), 2), ["fold(G, size=(6, 6), …)"]),
    "interpolate": (
        lambda: functional.interpolate(images(), scale_factor=2, mode="bilinear"),
        ["blend_transposed(G, size=6, …)"],
    ),
    "zero_pad2d": (lambda: functional.zero_pad2d(images(), 1), ["G[…, 1:7, 1:7]"]),
    "linear": (lambda: functional.linear(leaf("X", 3, 4), leaf("W", 4, 2), leaf("b", 2)), ["G·Wᵀ", "Xᵀ·G", "Σ₀ G"]),
    "embedding": (lambda: functional.embedding(TOKENS, leaf("E", 4, 3)), ["scatter(G, index=input, shape=(4, 3))"]),
    "dropout": (lambda: functional.dropout(leaf("X", 4, 3), 0.5), ["mask"]),
    "batch_norm": (
        lambda: functional.batch_norm(leaf("X", 6, 3), leaf("γ", 3), leaf("β", 3)),
        [None, "Σ₀ (G⊙(X − mean))⊙inv_std", "Σ₀ G"],
    ),
    "layer_norm": (lambda: functional.layer_norm(leaf("X", 6, 3), leaf("γ", 3), leaf("β", 3)), [None, "Σ₀ (G⊙x_hat)", "Σ₀ G"]),
    "attention": (lambda: functional.scaled_dot_product_attention(*heads()), [None, None, "weightsᵀ·G"]),
    "rnn": (
        lambda: functional.rnn(*recurrent(1))[0],
        [None] * 3 + ["rnn_adjoint(G, X, W, U, constant, h, states=states, …)[-1]"],
    ),
    "lstm": (lambda: _lstm(*recurrent(4)), [None] * 5),
    "gru": (lambda: functional.gru(*recurrent(3))[0], [None] * 4),
    "softmax": (lambda: functional.softmax(leaf("X", 3, 4), 1), ["v1⊙(G − (Σ₁ (G⊙v1)))"]),
    "cross_entropy": (lambda: functional.cross_entropy(leaf("X", 3, 4), np.array([0, 3, 1])), ["error/3"]),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_formula_gives_the_derivative(name, monkeypatch):
    for function in (_add_windows, _blend_transposed, _fold, _share_among_maxima, rnn_adjoint):
        monkeypatch.setitem(FUNCTIONS, function.operation.name, function)
    call, expected = CALLS[name]
    out = call()
    all_edges = edges(out)
    for edge in all_edges:
        if edge.formula.expression is None:
            assert ".py:" in edge.formula.place
        else:
            check(edge)
    first = [edge.formula.text or None for edge in all_edges if edge.target is all_edges[0].target]
    assert first == expected
