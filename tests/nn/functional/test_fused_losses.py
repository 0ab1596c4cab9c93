"""Fused losses compared with compositions of elementary operations."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from autograd import Tensor, log, sigmoid
from autograd.core.graph import nodes
from nn import (
    functional as F,  # noqa: N812
    losses,
)
from tests.nn.derivatives import value_and_two_derivatives
from tests.nn.losses.loss_cases import CLASSES, LABELS, LOG_P, WEIGHT, N, P, Q, X, distributions


def one_hot_mean(x):
    return -(x * np.eye(CLASSES)[LABELS]).sum() / N


def log_sum(x):
    return log(np.exp(x).sum(axis=1, keepdims=True))


FUSED = {
    "cross_entropy": (lambda x: F.cross_entropy(x, LABELS), lambda x: one_hot_mean(x - log_sum(x)), [X]),
    "general cross_entropy": (
        lambda x: F.cross_entropy(x, LABELS, reduction="none"),
        lambda x: -((x - log_sum(x)) * np.eye(CLASSES)[LABELS]).sum(axis=1),
        [X],
    ),
    "nll_loss": (lambda x: F.nll_loss(x, LABELS), one_hot_mean, [LOG_P]),
    "binary_cross_entropy": (
        lambda p, y: F.binary_cross_entropy(p, y, reduction="none"),
        lambda p, y: -(y * log(p) + (1 - y) * log(1 - p)),
        [P, Q],
    ),
    "binary_cross_entropy_with_logits": (
        lambda x, y, w: F.binary_cross_entropy_with_logits(x, y, pos_weight=w, reduction="none"),
        lambda x, y, w: -(w * y * log(sigmoid(x)) + (1 - y) * log(1 - sigmoid(x))),
        [X, Q, WEIGHT],
    ),
}


@pytest.mark.parametrize(("fused", "composed", "inputs"), FUSED.values(), ids=FUSED)
def test_fused_and_composed_agree_to_second_order(fused, composed, inputs):
    for a, b in zip(value_and_two_derivatives(fused, inputs), value_and_two_derivatives(composed, inputs)):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_all_forms_of_cross_entropy_agree(n, classes, seed):
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(n, classes)) * 5, rng.integers(0, classes, n)
    fused = value_and_two_derivatives(lambda x: F.cross_entropy(x, labels), [x])
    others = (
        lambda x: F.cross_entropy(x, labels, weight=np.ones(classes)),
        lambda x: F.cross_entropy(x, np.eye(classes)[labels]),
        lambda x: F.cross_entropy(x, labels, reduction="sum") / n,
        lambda x: F.nll_loss(F.log_softmax(x), labels),
    )
    for other in others:
        for a, b in zip(fused, value_and_two_derivatives(other, [x])):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("loss", [F.cross_entropy, losses.CrossEntropyLoss()])
def test_cross_entropy_by_default_is_one_operation(loss):
    x = Tensor(X, requires_grad=True)
    out = loss(x, LABELS)
    assert [node.operation.name for node in nodes([out._node]) if node.operation] == ["cross_entropy"]


def test_cross_entropy_gradient_is_probability_minus_one_hot():
    x = Tensor(X, requires_grad=True)
    F.cross_entropy(x, LABELS).backward()
    np.testing.assert_allclose(x.grad.data, (distributions(X) - np.eye(CLASSES)[LABELS]) / N, rtol=1e-12)
