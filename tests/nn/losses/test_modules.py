import numpy as np
import pytest

from autograd import Tensor
from nn import (
    functional as F,  # noqa: N812
    losses,
)
from tests.nn.losses.loss_cases import LABELS, X, each_loss, each_reduction, ours

MODULES = {
    "mse_loss": losses.MSELoss,
    "l1_loss": losses.L1Loss,
    "huber_loss": losses.HuberLoss,
    "smooth_l1_loss": losses.SmoothL1Loss,
    "binary_cross_entropy": losses.BCELoss,
    "binary_cross_entropy_with_logits": losses.BCEWithLogitsLoss,
    "poisson_nll_loss": losses.PoissonNLLLoss,
    "gaussian_nll_loss": losses.GaussianNLLLoss,
    "kl_div": losses.KLDivLoss,
    "nll_loss": losses.NLLLoss,
    "cross_entropy": losses.CrossEntropyLoss,
    "multi_margin_loss": losses.MultiMarginLoss,
    "cosine_embedding_loss": losses.CosineEmbeddingLoss,
    "triplet_margin_loss": losses.TripletMarginLoss,
    "sum_of_squares_loss": losses.SumOfSquaresLoss,
    "quadratic_loss": losses.QuadraticLoss,
    "hinge_loss": losses.HingeLoss,
}


@each_loss
@each_reduction
def test_modules_equal_their_functions(case, reduction):
    module = MODULES[case.name](**case.options, reduction=reduction)
    expected, inputs = case.call(F, ours(np.float64), reduction=reduction)
    np.testing.assert_array_equal(module(*inputs, *case.constants).numpy(), expected.numpy())


@each_loss
def test_modules_and_functions_have_the_same_default_reduction(case):
    expected, inputs = case.call(F, ours(np.float64))
    assert MODULES[case.name](**case.options)(*inputs, *case.constants).item() == expected.item()


@pytest.mark.parametrize("cls", MODULES.values())
def test_losses_have_no_parameters_and_a_repr(cls):
    assert not list(cls().parameters())
    assert repr(cls()) == f"{cls.__name__}()"


@pytest.mark.parametrize(
    "name", [name for name in MODULES if name not in ("sum_of_squares_loss", "quadratic_loss", "hinge_loss")]
)
def test_modules_have_the_names_and_defaults_of_torch(torch, name):
    kind = MODULES[name]
    twin = getattr(torch.nn, kind.__name__)()
    assert repr(twin) == repr(kind())
    assert {key: getattr(twin, key) for key in vars(kind())} == vars(kind())


def test_weights_are_buffers():
    module = losses.BCEWithLogitsLoss(weight=[1.0, 2.0], pos_weight=3.0)
    assert {name: value.tolist() for name, value in module.state_dict().items()} == {"weight": [1.0, 2.0], "pos_weight": 3.0}
    assert not list(module.parameters())


def test_options_can_be_changed_after_construction():
    loss = losses.CrossEntropyLoss()
    loss.reduction = "sum"
    assert loss(Tensor(X), LABELS).item() == F.cross_entropy(X, LABELS, reduction="sum")
