import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import DataError, ShapeError, Tensor
from nn import metrics

AVERAGES = ["macro", "micro", None]
RATES = ["precision", "recall", "f1"]
# Six examples of three classes. Rows of the confusion matrix are true classes, columns are predicted classes.
TRUE = np.array([0, 0, 1, 1, 2, 2])
PREDICTED = np.array([0, 1, 1, 1, 2, 0])
MATRIX = [[1, 1, 0], [0, 2, 0], [1, 0, 1]]


@pytest.fixture(scope="module")
def sklearn():
    return pytest.importorskip("sklearn.metrics")


@st.composite
def classifications(draw):
    """Scores and true classes, with some equal scores and classes that do not occur."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, classes = draw(st.integers(1, 12)), draw(st.integers(2, 5))
    return rng.integers(0, 4, (n, classes)).astype(float), rng.integers(0, classes, n)


@st.composite
def labelings(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.integers(0, 2, (2, draw(st.integers(1, 8)), draw(st.integers(2, 4))))


# Values computed by hand


def test_accuracy_and_confusion_matrix_by_hand():
    assert metrics.accuracy(PREDICTED, TRUE) == 4 / 6
    assert metrics.confusion_matrix(PREDICTED, TRUE).tolist() == MATRIX


def test_rates_by_hand():
    assert metrics.precision(PREDICTED, TRUE, average=None).tolist() == [1 / 2, 2 / 3, 1.0]
    assert metrics.recall(PREDICTED, TRUE, average=None).tolist() == [1 / 2, 1.0, 1 / 2]
    assert metrics.f1(PREDICTED, TRUE, average=None).tolist() == [1 / 2, 4 / 5, 2 / 3]
    assert metrics.f1(PREDICTED, TRUE, average="macro") == pytest.approx((1 / 2 + 4 / 5 + 2 / 3) / 3, rel=1e-15)
    assert metrics.f1(PREDICTED, TRUE, average="micro") == 4 / 6


def test_binary_rates_are_those_of_class_one():
    predicted, true = [1, 1, 1, 0, 0], [1, 0, 0, 1, 0]
    assert metrics.precision(predicted, true) == 1 / 3
    assert metrics.recall(predicted, true) == 1 / 2
    assert metrics.f1(predicted, true) == 2 / 5


def test_rates_of_labels_by_hand():
    predicted, true = [[1, 0, 1], [1, 1, 0]], [[1, 0, 0], [0, 1, 0]]
    assert metrics.precision(predicted, true, average=None).tolist() == [1 / 2, 1.0, 0.0]
    assert metrics.recall(predicted, true, average=None).tolist() == [1.0, 1.0, 0.0]
    assert metrics.precision(predicted, true, average="micro") == 2 / 4
    assert metrics.multilabel_accuracy(predicted, true) == 0.0
    assert metrics.multilabel_accuracy(predicted, true, average=None).tolist() == [1 / 2, 1.0, 1 / 2]
    assert metrics.multilabel_accuracy(predicted, true, average="macro") == 4 / 6


def test_top_k_by_hand():
    scores, true = [[0.1, 0.2, 0.7], [0.5, 0.3, 0.2], [0.3, 0.3, 0.4]], [1, 2, 1]
    assert [metrics.top_k_accuracy(scores, true, k=k) for k in (1, 2, 3)] == [0.0, 1 / 3, 1.0]


def test_r2_by_hand():
    assert metrics.r2_score([1.0, 2.0, 4.0], [1.0, 2.0, 3.0]) == 1 - 1 / 2
    assert metrics.r2_score([[1.0, 0.0], [3.0, 0.0]], [[1.0, 0.0], [3.0, 2.0]]) == (1 + (1 - 4 / 2)) / 2


def test_predicting_the_mean_explains_nothing():
    assert metrics.r2_score([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]) == 0.0


@pytest.mark.parametrize(("predictions", "expected"), [([0.1, 0.1, 0.1], 1.0), ([0.1, 0.1, 0.2], 0.0)])
def test_r2_of_equal_targets_is_one_or_zero(predictions, expected):
    assert metrics.r2_score(predictions, [0.1, 0.1, 0.1]) == expected


@pytest.mark.parametrize("rate", RATES)
def test_ratio_with_denominator_0_is_0(rate):
    assert getattr(metrics, rate)([0, 0], [0, 0]) == 0.0
    assert getattr(metrics, rate)([0, 0], [1, 1]) == 0.0
    assert getattr(metrics, rate)([1, 1], [0, 0]) == 0.0


def test_classes_that_never_occur_do_not_lower_the_macro_average():
    assert metrics.recall([0, 2], [0, 2], average="macro") == 1.0
    assert metrics.recall([0, 2], [0, 2], average=None).tolist() == [1.0, 0.0, 1.0]


# Against scikit-learn


@settings(max_examples=30)
@given(case=classifications())
def test_classification_agrees_with_scikit_learn(sklearn, case):
    scores, true = case
    predicted, classes = scores.argmax(axis=1), range(scores.shape[1])
    assert metrics.accuracy(scores, true) == sklearn.accuracy_score(true, predicted)
    ours = metrics.confusion_matrix(scores, true)
    np.testing.assert_array_equal(ours, sklearn.confusion_matrix(true, predicted, labels=classes))
    for rate in RATES:
        theirs = getattr(sklearn, f"{rate}_score")
        f = getattr(metrics, rate)
        for average in ("macro", "micro"):
            expected = theirs(true, predicted, average=average, zero_division=0)
            assert f(scores, true, average) == pytest.approx(expected, rel=1e-12)
        each = theirs(true, predicted, labels=classes, average=None, zero_division=0)
        np.testing.assert_allclose(f(scores, true, None), each, rtol=1e-12)


@settings(max_examples=30)
@given(case=labelings())
def test_labels_agree_with_scikit_learn(sklearn, case):
    predicted, true = case
    assert metrics.multilabel_accuracy(predicted, true) == sklearn.accuracy_score(true, predicted)
    hamming = sklearn.hamming_loss(true, predicted)
    assert metrics.multilabel_accuracy(predicted, true, average="macro") == pytest.approx(1 - hamming, rel=1e-12)
    for rate in RATES:
        for average in AVERAGES:
            expected = getattr(sklearn, f"{rate}_score")(true, predicted, average=average, zero_division=0)
            np.testing.assert_allclose(getattr(metrics, rate)(predicted, true, average), expected, rtol=1e-12)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 12))
def test_binary_decisions_agree_with_scikit_learn(sklearn, seed, n):
    rng = np.random.default_rng(seed)
    probabilities, true = rng.uniform(size=n), rng.integers(0, 2, n)
    for threshold in (0.5, 0.2):
        predicted = probabilities > threshold
        assert metrics.accuracy(probabilities, true, threshold) == sklearn.accuracy_score(true, predicted)
        for rate in RATES:
            expected = getattr(sklearn, f"{rate}_score")(true, predicted, zero_division=0)
            actual = getattr(metrics, rate)(probabilities, true, threshold=threshold)
            assert actual == pytest.approx(expected, rel=1e-12)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 12), k=st.integers(1, 3))
def test_top_k_agrees_with_scikit_learn(sklearn, seed, n, k):
    rng = np.random.default_rng(seed)
    scores, true = rng.normal(size=(n, 4)), rng.integers(0, 4, n)
    expected = sklearn.top_k_accuracy_score(true, scores, k=k, labels=range(4))
    assert metrics.top_k_accuracy(scores, true, k=k) == pytest.approx(expected, rel=1e-12)


@given(seed=st.integers(0, 2**32 - 1), shape=st.sampled_from([(2,), (7,), (5, 1), (6, 3)]))
def test_r2_agrees_with_scikit_learn(sklearn, seed, shape):
    predictions, targets = np.random.default_rng(seed).normal(size=(2, *shape))
    expected = sklearn.r2_score(targets, predictions)
    assert metrics.r2_score(predictions, targets) == pytest.approx(expected, rel=1e-10)


@given(seed=st.integers(0, 2**32 - 1), shape=st.sampled_from([(1,), (7,), (5, 1), (6, 3)]))
def test_errors_of_regression_agree_with_scikit_learn(sklearn, seed, shape):
    predictions, targets = np.random.default_rng(seed).normal(size=(2, *shape))
    for name in ("root_mean_squared_error", "mean_absolute_error"):
        expected = getattr(sklearn, name)(targets, predictions)
        assert getattr(metrics, name)(predictions, targets) == pytest.approx(expected, rel=1e-12)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 20), levels=st.sampled_from([2, 5, 10**6]))
def test_area_under_the_curve_agrees_with_scikit_learn(sklearn, seed, n, levels):
    rng = np.random.default_rng(seed)
    scores, true = rng.integers(0, levels, (n, 3)) / 2.0, rng.integers(0, 2, (n, 3))
    true[:2] = [[0], [1]]  # both classes occur
    expected = sklearn.roc_auc_score(true[:, 0], scores[:, 0])
    assert metrics.roc_auc(scores[:, 0], true[:, 0]) == pytest.approx(expected, rel=1e-12)
    assert metrics.roc_auc(scores[:, :1], true[:, 0]) == metrics.roc_auc(scores[:, 0], true[:, :1])
    assert metrics.roc_auc(scores, true) == pytest.approx(sklearn.roc_auc_score(true, scores), rel=1e-12)
    difference = scores[:, 1] - scores[:, 0]
    assert metrics.roc_auc(scores[:, :2], true[:, 0]) == metrics.roc_auc(difference, true[:, 0])


# Relations between metrics


@given(classifications())
def test_one_hot_targets_are_their_classes(case):
    scores, true = case
    rows = np.eye(scores.shape[1])[true]
    assert metrics.accuracy(scores, rows) == metrics.accuracy(scores, true)
    assert metrics.accuracy(scores, rows.astype(int)) == metrics.accuracy(scores, 0.9 * rows + 0.1 / scores.shape[1])
    assert metrics.top_k_accuracy(scores, rows, k=2) == metrics.top_k_accuracy(scores, true, k=2)
    np.testing.assert_array_equal(metrics.confusion_matrix(scores, rows), metrics.confusion_matrix(scores, true))


@given(classifications())
def test_accuracy_is_the_top_one_and_all_classes_are_the_top(case):
    scores, true = case
    assert metrics.top_k_accuracy(scores, true, k=1) == metrics.accuracy(scores, true)
    assert metrics.top_k_accuracy(scores, true, k=scores.shape[1]) == 1.0


@given(classifications())
def test_rates_are_those_of_the_confusion_matrix(case):
    matrix = metrics.confusion_matrix(*case)
    right = np.diag(matrix)
    np.testing.assert_allclose(metrics.recall(*case, None) * matrix.sum(axis=1), right, rtol=1e-12)
    np.testing.assert_allclose(metrics.precision(*case, None) * matrix.sum(axis=0), right, rtol=1e-12)


# Inputs


@pytest.mark.parametrize(
    "make", [list, np.array, Tensor, lambda x: np.array(x)[:, None], lambda x: np.array(x, float), lambda x: np.array(x) == 1]
)
def test_targets_may_be_any_integers(make):
    probabilities = Tensor([0.9, 0.2, 0.6], requires_grad=True)
    assert metrics.accuracy(probabilities, make([1, 0, 0]), threshold=0.5) == 2 / 3
    assert metrics.precision(probabilities, make([1, 0, 0]), threshold=0.5) == 1 / 2


def test_results_are_python_floats():
    for metric in (metrics.accuracy, metrics.precision, metrics.recall, metrics.f1, metrics.r2_score):
        assert type(metric(Tensor([1, 0, 1]), Tensor([1, 0, 0]))) is float
    assert metrics.confusion_matrix([0, 1], [1, 1]).dtype.kind == "i"


def test_threshold_of_logits_is_0():
    assert metrics.accuracy([-3.0, 0.2], [0, 1], threshold=0) == 1.0
    assert metrics.multilabel_accuracy([[-3.0, 0.2]], [[0, 1]], threshold=0) == 1.0


def test_number_of_classes_of_the_confusion_matrix():
    assert metrics.confusion_matrix([0, 1], [1, 1], classes=3).tolist() == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert metrics.confusion_matrix([0], [0]).tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize("metric", [metrics.accuracy, metrics.confusion_matrix, metrics.precision, metrics.recall, metrics.f1])
@pytest.mark.parametrize(
    ("predictions", "targets", "error", "message"),
    [
        ([0, 1, 1], [0, 1], ShapeError, r"\(3,\) and .*\(2,\)"),
        (np.zeros((2, 3)), [0, 1, 1], ShapeError, r"\(2, 3\) and .*\(3,\)"),
        (np.zeros((2, 3, 4)), [0, 1], ShapeError, r"\(2, 3, 4\) and .*\(2,\)"),
        (1.0, 1, ShapeError, r"\(\) and .*\(\)"),
        ([], [], ShapeError, r"n ≥ 1"),
        (np.zeros((2, 3)), [0, 3], DataError, r"target 3 at index 1 is not a class index from 0 to 2"),
        ([0, 1], [0, -1], DataError, r"target -1 at index 1"),
        ([0, 1], [0.5, 1.0], DataError, r"target 0.5 at index 0"),
        ([0, 1], [0.0, np.inf], DataError, r"target inf at index 1"),
        ([0, -1], [0, 1], DataError, r"prediction -1 at index 1"),
        ([0.5, 0.7], [0, 2], DataError, r"target 2 at index 1 is not 0 or 1"),
        ([0.5, 1.7], [0, 1], DataError, r"prediction 1.7 at index 1 is not a probability; .*threshold=0"),
        ([0.5, np.nan], [0, 1], DataError, r"prediction nan at index 1"),
        ([["a"], ["b"]], [0, 1], DataError, r"expected numbers"),
    ],
)
def test_invalid_inputs_are_rejected(metric, predictions, targets, error, message):
    with pytest.raises(error, match=rf"^{metric.__name__}: .*{message}"):
        metric(predictions, targets, threshold=0.5)


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (
            ShapeError,
            r"accuracy: .*\(2, 2\) .* multilabel_accuracy",
            lambda: metrics.accuracy(np.eye(2), np.eye(2), threshold=0),
        ),
        (
            DataError,
            r"accuracy: sum of the target 2.0 at index 0",
            lambda: metrics.accuracy(np.eye(2), np.ones((2, 2))),
        ),
        (ShapeError, r"accuracy: .*\(2, 2\) and .*\(2, 3\)", lambda: metrics.accuracy(np.eye(2), np.ones((2, 3)))),
        (ValueError, r"f1: average='binary' .* 3 classes", lambda: metrics.f1([0, 2], [0, 1])),
        (ValueError, r"recall: average='binary' .* 2 labels", lambda: metrics.recall([[0, 1]], [[0, 1]])),
        (ValueError, r"recall: average must be .*'weighted'", lambda: metrics.recall([0, 1], [0, 1], average="weighted")),
        (ShapeError, r"precision: .*\(1, 2\)", lambda: metrics.precision([0], [[0, 1]], average="macro")),
        (DataError, r"confusion_matrix: prediction 2 at index 1", lambda: metrics.confusion_matrix([0, 2], [0, 1], classes=2)),
        (
            ValueError,
            r"top_k_accuracy: k must be from 1 .* 2, not 3",
            lambda: metrics.top_k_accuracy(np.eye(2), [0, 1], k=3),
        ),
        (ValueError, r"top_k_accuracy: k .* not 0", lambda: metrics.top_k_accuracy(np.eye(2), [0, 1], k=0)),
        (ShapeError, r"top_k_accuracy: .*\(2,\)", lambda: metrics.top_k_accuracy([0, 1], [0, 1], k=1)),
        (ShapeError, r"top_k_accuracy: .*\(2, 1\)", lambda: metrics.top_k_accuracy([[0.1], [0.3]], [0, 1], k=1)),
        (ShapeError, r"multilabel_accuracy: .*\(2,\) and .*\(2,\)", lambda: metrics.multilabel_accuracy([0, 1], [0, 1])),
        (
            DataError,
            r"multilabel_accuracy: target 2 at index \(0, 1\)",
            lambda: metrics.multilabel_accuracy([[0, 1]], [[0, 2]]),
        ),
        (DataError, r"multilabel_accuracy: prediction 3 at", lambda: metrics.multilabel_accuracy([[0, 3]], [[0, 1]])),
        (ValueError, r"multilabel_accuracy: average .*'micro'", lambda: metrics.multilabel_accuracy([[0]], [[0]], "micro")),
        (ShapeError, r"r2_score: .*\(2, 1\) and .*\(2,\)", lambda: metrics.r2_score([[1.0], [2.0]], [1.0, 2.0])),
        (ShapeError, r"r2_score: .*\(1,\).*n ≥ 2", lambda: metrics.r2_score([1.0], [1.0])),
        (ShapeError, r"root_mean_squared_error: .*n ≥ 1", lambda: metrics.root_mean_squared_error([], [])),
        (ShapeError, r"mean_absolute_error: .*\(1, 2\)", lambda: metrics.mean_absolute_error([[1.0, 2.0]], [1.0, 2.0])),
        (ShapeError, r"roc_auc: .*\(2, 3\) and .*\(2,\)", lambda: metrics.roc_auc(np.ones((2, 3)), [0, 1])),
        (DataError, r"roc_auc: all targets are 1; positive and negative", lambda: metrics.roc_auc([0.1, 0.2], [1, 1])),
        (DataError, r"roc_auc: target 2 at index 1 is not 0 or 1", lambda: metrics.roc_auc([0.1, 0.2], [1, 2])),
        (DataError, r"r2_score: target nan at index 0", lambda: metrics.r2_score([1.0, 2.0], [np.nan, 2.0])),
    ],
)
def test_other_invalid_inputs_are_rejected(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()
