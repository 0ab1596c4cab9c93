"""Arguments in PyTorch's order, or swapped, are refused where they can be told apart; none gives a wrong number in silence."""

import numpy as np
import pytest

import nn
from autograd import DataError, ShapeError, Tensor
from nn import functional as F  # noqa: N812

RNG = np.random.default_rng(0)
SCORES = Tensor(RNG.normal(size=(4, 3)), requires_grad=True)
SCORE = Tensor(RNG.normal(size=4), requires_grad=True)
CLASSES, LABELS = np.array([0, 2, 1, 1]), np.array([0, 1, 1, 0])
DISTRIBUTIONS = RNG.dirichlet(np.ones(3), 4)
WEIGHT, BIAS = np.full(3, 2.0), np.full(3, 5.0)

SWAPPED_LOSSES = {
    "cross entropy of classes": lambda: F.cross_entropy(CLASSES, SCORES),
    "cross entropy of distributions": lambda: F.cross_entropy(DISTRIBUTIONS, SCORES),
    "negative log-likelihood": lambda: F.nll_loss(CLASSES, F.log_softmax(SCORES)),
    "margin": lambda: F.multi_margin_loss(CLASSES, SCORES),
    "binary cross-entropy": lambda: F.binary_cross_entropy(LABELS, F.sigmoid(SCORE)),
    "binary cross-entropy, labels as floats": lambda: F.binary_cross_entropy(LABELS * 1.0, F.sigmoid(SCORE)),
    "binary cross-entropy, labels as a tensor": lambda: F.binary_cross_entropy(Tensor(LABELS * 1.0), F.sigmoid(SCORE)),
    "binary cross-entropy of logits": lambda: F.binary_cross_entropy_with_logits(LABELS * 1.0, SCORE),
    "hinge": lambda: F.hinge_loss(2.0 * LABELS - 1, SCORE),
    "divergence": lambda: F.kl_div(DISTRIBUTIONS, F.log_softmax(SCORES)),
    "Poisson": lambda: F.poisson_nll_loss(np.array([1, 2, 3, 0]), SCORE),
    "cosine": lambda: F.cosine_embedding_loss(2 * LABELS - 1, SCORES, SCORES),
    "embedding": lambda: F.embedding(SCORES, CLASSES),
}


@pytest.mark.parametrize("name", SWAPPED_LOSSES)
def test_swapped_input_and_target_are_refused(name):
    with pytest.raises((DataError, ShapeError)):
        SWAPPED_LOSSES[name]()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_binary_cross_entropy_of_saturated_probabilities_is_not_refused(dtype):
    saturated = F.sigmoid(Tensor(np.array([-800, 800], dtype), requires_grad=True))
    assert np.isfinite(F.binary_cross_entropy(saturated, np.array([0.05, 0.95], dtype)).item())
    assert np.isfinite(F.binary_cross_entropy(saturated, Tensor(np.array([0.05, 0.95], dtype), requires_grad=True)).item())
    assert F.binary_cross_entropy(np.array([0.0, 1.0]), np.array([0.05, 0.95])) > 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: F.kl_div(F.softmax(SCORES), DISTRIBUTIONS),
        lambda: F.kl_div(DISTRIBUTIONS, DISTRIBUTIONS),
        lambda: F.nll_loss(F.softmax(SCORES), CLASSES),
        lambda: nn.NLLLoss()(F.softmax(SCORES), CLASSES),
    ],
)
def test_probabilities_for_log_probabilities_are_refused(call):
    with pytest.raises(DataError, match="expected log-probabilities"):
        call()


def test_log_probabilities_of_certain_events_are_accepted():
    assert F.kl_div(np.zeros((2, 1)), np.ones((2, 1))) == 0
    assert F.nll_loss(np.zeros((2, 1)), [0, 0]) == 0
    assert F.nll_loss(np.array([[0.0, -np.inf]]), [0]) == 0


@pytest.mark.parametrize("shape", [(3,), [3], np.array([3])], ids=repr)
@pytest.mark.parametrize("rest", [(WEIGHT, BIAS), (WEIGHT, BIAS, 1e-5), (WEIGHT,)], ids=len)
def test_a_shape_for_the_weights_of_layer_norm_is_refused(shape, rest):
    if len(rest) < 3:  # with eps as well there is one argument too many
        with pytest.raises((ShapeError, TypeError), match="layer_norm"):
            F.layer_norm(SCORES, shape, *rest)
    with pytest.raises(ShapeError, match=r"rms_norm: .*PyTorch"):
        F.rms_norm(SCORES, shape)
    with pytest.raises((ShapeError, TypeError), match="rms_norm"):
        F.rms_norm(SCORES, shape, WEIGHT)


@pytest.mark.parametrize("width", [1, 2, 3])
def test_weights_of_norms_have_the_shape_of_the_features(width):
    x = Tensor(RNG.normal(size=(4, width)))
    for wrong in {1, 2, 3} - {width}:
        with pytest.raises(ShapeError, match="expected the shape of its last axes"):
            F.layer_norm(x, np.ones(wrong), np.ones(wrong))
        with pytest.raises(ShapeError, match="expected the shape of its last axes"):
            F.rms_norm(x, np.ones(wrong))


def test_arrays_for_eps_are_refused():
    x = Tensor(RNG.normal(size=(4, 1)))
    with pytest.raises(TypeError, match="eps must be a number"):
        F.layer_norm(x, (1.0,), np.ones(1), np.ones(1))
    with pytest.raises(TypeError, match="eps must be a number"):
        F.rms_norm(x, (1.0,), np.ones(1))


def test_orders_of_batch_and_group_norm_of_pytorch_are_refused():
    with pytest.raises(TypeError, match="running_mean, running_var"):
        F.batch_norm(SCORES, np.zeros(3), np.ones(3), WEIGHT, BIAS)
    with pytest.raises(TypeError, match="x, weight, bias, groups"):
        F.group_norm(SCORES, 3, WEIGHT, BIAS)


@pytest.mark.parametrize("value", [True, False, None, 0.5])
def test_size_average_in_the_place_of_ignore_index_is_refused(value):
    with pytest.raises(TypeError, match="cross_entropy: ignore_index must be an integer"):
        F.cross_entropy(SCORES, CLASSES, None, value)
    with pytest.raises(TypeError, match="nll_loss: ignore_index must be an integer"):
        F.nll_loss(F.log_softmax(SCORES), CLASSES, None, value)


def test_training_in_the_place_of_p_is_refused():
    with pytest.raises(TypeError, match="dropout: p must be a number"):
        F.dropout(SCORES, False)
