"""Validation of the inputs of losses."""

import numpy as np
import pytest

from autograd import DataError, ShapeError, Tensor
from nn import functional as F  # noqa: N812
from tests.nn.losses.loss_cases import LABELS, P, X


@pytest.mark.parametrize(
    "labels", [LABELS.tolist(), LABELS.astype(np.uint8), LABELS.astype(np.int32), LABELS.astype(np.uint64), Tensor(LABELS)]
)
@pytest.mark.parametrize("f", [F.cross_entropy, F.nll_loss, F.multi_margin_loss])
def test_labels_may_be_any_integers(f, labels):
    assert f(Tensor(X), labels).item() == f(Tensor(X), LABELS).item()


@pytest.mark.parametrize("f", [F.mse_loss, F.l1_loss, F.huber_loss, F.binary_cross_entropy_with_logits])
def test_targets_may_be_integers_and_booleans(f):
    x = np.array([0.5, 0.25], np.float32)
    expected = f(Tensor(x), np.array([0.0, 1.0], np.float32))
    for target in (np.array([0, 1]), np.array([0, 1], np.uint8), np.array([False, True]), [0, 1], Tensor([0, 1])):
        loss = f(Tensor(x), target)
        assert loss.item() == expected.item()
        assert loss.dtype == np.float32


def test_scores_may_be_integers():
    whole = np.array([[1, 3], [2, 0]])
    for options in ({}, {"reduction": "sum"}):
        exact = F.cross_entropy(Tensor(whole.astype(float)), [1, 0], **options)
        assert F.cross_entropy(Tensor(whole), [1, 0], **options).item() == pytest.approx(exact.item(), rel=1e-12)


PAIRS = [F.mse_loss, F.l1_loss, F.huber_loss, F.smooth_l1_loss, F.sum_of_squares_loss, F.quadratic_loss, F.hinge_loss]
PAIRS += [F.binary_cross_entropy, F.binary_cross_entropy_with_logits, F.kl_div, F.poisson_nll_loss]


@pytest.mark.parametrize("f", PAIRS)
@pytest.mark.parametrize(("input", "target"), [((3, 1), (3,)), ((3,), (3, 1)), ((2, 3), (3,)), ((2,), ()), ((1,), (3,))])
def test_different_shapes_are_rejected_with_both_shapes(f, input, target):
    with pytest.raises(ShapeError) as caught:
        f(Tensor(np.ones(input)), np.ones(target))
    assert str(caught.value) == f"{f.__name__}: got input of shape {input} and target of shape {target}, expected equal shapes"


@pytest.mark.parametrize("f", [F.cross_entropy, F.nll_loss])
@pytest.mark.parametrize("labels", [[0], [0, 1, 2], [[0], [1]], 1])
@pytest.mark.parametrize("options", [{}, {"reduction": "sum"}])
def test_labels_of_another_shape_are_rejected_with_both_shapes(f, labels, options):
    with pytest.raises(ShapeError) as caught:
        f(Tensor(np.zeros((2, 3))), labels, **options)
    message = f"got scores of shape (2, 3) and labels of shape {np.shape(labels)}, expected labels of shape (2,)"
    assert str(caught.value) == f"{f.__name__}: {message}"


@pytest.mark.parametrize("f", [F.cross_entropy, F.nll_loss, F.multi_margin_loss])
@pytest.mark.parametrize("wrong", [-1, -3, 3, 100])
def test_label_out_of_range_is_reported_with_its_index(f, wrong):
    with pytest.raises(DataError, match=rf"^{f.__name__}: label {wrong} at index 2 is not a class index from 0 to 2$"):
        f(Tensor(np.zeros((4, 3))), [0, 1, wrong, 2])


@pytest.mark.parametrize("f", [F.cross_entropy, F.nll_loss])
@pytest.mark.parametrize(("labels", "shown"), [([0.0, 1.0], "float64"), ([True, False], "bool"), (["a", "b"], "'a', 'b'")])
def test_labels_that_are_not_integers_are_rejected(f, labels, shown):
    with pytest.raises(DataError, match=rf"^{f.__name__}: .*{shown}"):
        f(Tensor(np.zeros((2, 3))), labels)


def rejected(error, f, message, *args, **options):
    return pytest.param(error, f, message, args, options, id=f"{f.__name__}: {message}")


@pytest.mark.parametrize(
    ("error", "f", "message", "args", "options"),
    [
        rejected(DataError, F.cross_entropy, r"got a target of int64 with the shape .* \(2,\)", np.eye(2), [[1, 0], [0, 1]]),
        rejected(ShapeError, F.cross_entropy, r".*\(2, 3\).*\(2, 2\)", np.zeros((2, 3)), np.eye(2)),
        rejected(ShapeError, F.cross_entropy, r"got scores of shape \(2, 0\), .* at least one class", np.zeros((2, 0)), [0, 1]),
        rejected(ShapeError, F.cross_entropy, r"got scores of shape \(\)", 1.0, [0]),
        rejected(DataError, F.cross_entropy, "the mean is undefined", np.zeros((0, 3)), np.zeros(0, int)),
        rejected(DataError, F.cross_entropy, "the mean is undefined", np.zeros((1, 3)), [-100]),
        rejected(DataError, F.cross_entropy, r"target 1.5 at index \(0, 1\)", np.eye(2), [[0.0, 1.5], [0.0, 1.0]]),
        rejected(ShapeError, F.cross_entropy, r"got weight .*\(2,\).*\(3,\)", np.eye(3), [0, 1, 2], weight=[1.0, 2.0]),
        rejected(ValueError, F.cross_entropy, "ignore_index=1", np.eye(2), np.eye(2), ignore_index=1),
        rejected(ValueError, F.cross_entropy, r"label_smoothing .* 2", np.eye(2), [0, 1], label_smoothing=2),
        rejected(ValueError, F.cross_entropy, r"reduction .*'total'", np.eye(2), [0, 1], reduction="total"),
        rejected(DataError, F.nll_loss, "got int64, expected log-probabilities, which are floats", [[1, 2]], [0]),
        rejected(ShapeError, F.multi_margin_loss, r".*\(1, 2, 3\)", np.ones((1, 2, 3)), [[0, 0, 0]]),
        rejected(ValueError, F.multi_margin_loss, "p must be 1 or 2, not 3", np.eye(2), [0, 1], p=3),
        rejected(DataError, F.binary_cross_entropy, r"probability -0.1 at index 1", [0.5, -0.1], [1, 0]),
        rejected(DataError, F.binary_cross_entropy, r"probability 2.0 is", 2.0, 1.0),
        rejected(DataError, F.binary_cross_entropy, r"target -1.0 at index 0", [0.5, 0.1], [-1, 1]),
        rejected(DataError, F.binary_cross_entropy, "got int64, expected probabilities", [1, 0], [0.3, 0.2]),
        rejected(ShapeError, F.binary_cross_entropy, r"got weight .*\(3,\).*\(2,\)", P[0, :2], [1, 0], weight=P[0, :3]),
        rejected(
            ShapeError,
            F.binary_cross_entropy_with_logits,
            r"got pos_weight .*\(2, 2\).*\(2,\)",
            [0.5, 0.1],
            [1, 0],
            pos_weight=np.eye(2),
        ),
        rejected(DataError, F.binary_cross_entropy_with_logits, r"target 2.0 at index 1", [0.5, 0.1], [1, 2]),
        rejected(DataError, F.hinge_loss, r"target 0.0 at index 1 is not −1 or 1", [0.5, 0.1], [1, 0]),
        rejected(DataError, F.kl_div, r"target 1.5 at index \(0, 1\)", [[-1.0, -2.0]], [[0.5, 1.5]]),
        rejected(DataError, F.kl_div, "got int64, expected log-probabilities", [[1, 0]], [[0.5, 0.5]]),
        rejected(ValueError, F.kl_div, r"reduction .*'batchmean', not 'sums'", [[-1.0]], [[1.0]], reduction="sums"),
        rejected(ShapeError, F.kl_div, "reduction 'batchmean'", -1.0, 1.0, reduction="batchmean"),
        rejected(DataError, F.poisson_nll_loss, r"target -1.0 at index 0", [0.5], [-1]),
        rejected(DataError, F.poisson_nll_loss, r"rate -0.5 at index 0", [-0.5], [1], log_input=False),
        rejected(DataError, F.gaussian_nll_loss, r"variance -1.0 at index 0", [0.5], [1.0], [-1.0]),
        rejected(ShapeError, F.gaussian_nll_loss, r"got var .*\(3,\).*\(2, 3\)", X[:2, :3], X[:2, :3], P[0, :3]),
        rejected(ShapeError, F.gaussian_nll_loss, r"got var .*\(2, 2\).*\(2, 3\)", X[:2, :3], X[:2, :3], P[:2, :2]),
        rejected(ValueError, F.gaussian_nll_loss, "eps", [0.5], [1.0], [1.0], eps=0),
        rejected(ValueError, F.huber_loss, r"delta .* 0", [0.5], [1.0], delta=0),
        rejected(ValueError, F.smooth_l1_loss, r"beta .* -1", [0.5], [1.0], beta=-1),
        rejected(DataError, F.cosine_embedding_loss, "target 0 at index 1", np.eye(2), np.eye(2), [1, 0]),
        rejected(ShapeError, F.cosine_embedding_loss, "got input1", np.eye(2), np.eye(3), [1, 1]),
        rejected(ShapeError, F.cosine_embedding_loss, r".*\(2, 2\) and .*\(3,\)", np.eye(2), np.eye(2), [1, 1, 1]),
        rejected(ValueError, F.cosine_embedding_loss, "margin", np.eye(2), np.eye(2), [1, 1], margin=2),
        rejected(ShapeError, F.triplet_margin_loss, r"got anchor .* negative", np.eye(2), np.eye(2), np.eye(3)),
        rejected(ShapeError, F.triplet_margin_loss, "got scalars, expected vectors", 1.0, 2.0, 3.0),
        rejected(ValueError, F.triplet_margin_loss, "margin", np.eye(2), np.eye(2), np.eye(2), margin=0),
        rejected(ShapeError, F.mse_loss, r"the mean of no elements .*\(0, 2\)", np.ones((0, 2)), np.ones((0, 2))),
        rejected(ValueError, F.mse_loss, "reduction must be 'mean', 'sum' or 'none', not 'avg'", [1.0], [1.0], reduction="avg"),
        rejected(DataError, F.mse_loss, r"expected numbers, got \['a'\]", [1.0], ["a"]),
        rejected(DataError, F.l1_loss, "expected numbers, got rows", [[1.0], [1.0, 2.0]], [1.0]),
    ],
)
def test_invalid_inputs_raise_errors(error, f, message, args, options):
    with pytest.raises(error, match=f"^{f.__name__}: {message}"):
        f(*args, **options)
