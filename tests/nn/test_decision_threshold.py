"""Scores of one output per example: no threshold is guessed; `fit` and `evaluate` pass the one that the loss declares."""

from functools import partial

import numpy as np
import pytest

import nn
from autograd import DataError, ShapeError
from nn import metrics
from nn.losses.base import Loss
from optim import SGD, evaluate, fit

LOGITS, LABELS = np.array([0.9, 0.2, 0.7, 0.1, -0.3]), np.array([1, 0, 1, 0, 0])
BINARY_METRICS = ["accuracy", "confusion_matrix", "precision", "recall", "f1"]
LABEL_METRICS = ["multilabel_accuracy", "precision", "recall", "f1"]
THRESHOLDS = {"BCELoss": 0.5, "BCEWithLogitsLoss": 0, "HingeLoss": 0}


@pytest.mark.parametrize("name", BINARY_METRICS)
@pytest.mark.parametrize(
    "scores", [LOGITS, LOGITS[:4], LOGITS[:4].tolist(), LOGITS[:4, None], np.array([0.5]), np.array([1.0, 0.0])]
)
def test_floats_without_a_threshold_are_refused(name, scores):
    with pytest.raises(ValueError, match=f"{name}: .*threshold=0.5 for probabilities, 0 for logits"):
        getattr(metrics, name)(scores, LABELS[: len(scores)])


@pytest.mark.parametrize("name", LABEL_METRICS)
def test_floats_of_several_labels_without_a_threshold_are_refused(name):
    options = {} if name == "multilabel_accuracy" else {"average": "macro"}
    with pytest.raises(ValueError, match=f"{name}: .*threshold"):
        getattr(metrics, name)(LOGITS[:4].reshape(2, 2), LABELS[:4].reshape(2, 2), **options)


def test_logits_between_0_and_1_are_compared_with_the_threshold_given():
    assert metrics.accuracy(LOGITS[:4], LABELS[:4], threshold=0.5) == 1.0
    assert metrics.accuracy(LOGITS[:4], LABELS[:4], threshold=0) == 0.5


def test_targets_of_minus_1_are_class_0():
    assert metrics.accuracy(LOGITS, 2 * LABELS - 1, threshold=0) == metrics.accuracy(LOGITS, LABELS, threshold=0) == 0.6
    assert metrics.recall(LOGITS, 2 * LABELS - 1, threshold=0) == 1.0


@pytest.mark.parametrize("name", [name for name, cls in vars(nn).items() if isinstance(cls, type) and issubclass(cls, Loss)])
def test_losses_of_one_score_declare_a_threshold(name):
    assert getattr(nn, name).decision_threshold == THRESHOLDS.get(name)


@pytest.mark.parametrize("name", [name for name, cls in vars(nn).items() if isinstance(cls, type) and issubclass(cls, Loss)])
def test_losses_that_compare_elements_declare_it(name):
    cls = getattr(nn, name)
    column = np.array([[1.0], [1.0]])  # valid as probabilities, numbers and signs
    try:
        cls()(column, column)
        with pytest.raises(ShapeError, match="shape"):
            cls()(column, column[:, 0])
        compares_elements = True
    except (TypeError, ShapeError, DataError):
        compares_elements = False
    assert cls.is_elementwise is compares_elements


@pytest.mark.parametrize("name", THRESHOLDS)
@pytest.mark.parametrize("metric", BINARY_METRICS[:1] + BINARY_METRICS[2:])
def test_evaluate_and_fit_pass_the_threshold_of_the_loss(name, metric):
    loss, f = getattr(nn, name)(), getattr(metrics, metric)
    scores = LOGITS[:4, None]
    targets = LABELS[:4, None].astype(float) * (2 if name == "HingeLoss" else 1) - (name == "HingeLoss")
    expected = f(scores, LABELS[:4], threshold=THRESHOLDS[name])
    assert evaluate(nn.Sequential(), loss, (scores, targets), {metric: f})[metric] == expected
    model = nn.Sequential(nn.Linear(1, 1))
    model[0].weight.data[:], model[0].bias.data[:] = 1, 0
    history = fit(model, loss, (scores, targets), optimizer=SGD(model.parameters(), lr=1e-12), epochs=1, metrics={metric: f})
    assert history[metric] == [expected]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (partial(metrics.accuracy, threshold=0.15), 0.15),
        (lambda p, t, threshold=0.3: threshold, 0.3),
        (lambda p, t, threshold=None: threshold, 0),
        (lambda p, t, *, threshold: threshold, 0),
        (lambda p, t: 7, 7),
    ],
)
def test_a_threshold_of_the_metric_prevails(metric, expected):
    result = evaluate(nn.Sequential(), nn.BCEWithLogitsLoss(), (LOGITS[:4, None], LABELS[:4, None] * 1.0), {"m": metric})["m"]
    assert result == (0.75 if isinstance(metric, partial) else expected)


def test_a_loss_without_a_threshold_passes_none():
    data = LOGITS[:4, None], LABELS[:4, None] * 1.0
    with pytest.raises(ValueError, match=r"accuracy: .*threshold=0.5"):
        evaluate(nn.Sequential(), nn.MSELoss(), data, {"accuracy": metrics.accuracy})
