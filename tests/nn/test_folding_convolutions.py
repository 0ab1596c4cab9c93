"""Folding batch normalization into convolutions."""

import numpy as np
import pytest

import nn
from tests.nn.test_folding import assert_same_in_evaluation, class_names, norms, trained

IMAGE, SEQUENCE = (3, 4, 6, 5), (3, 4, 7)
FOLDABLE = {
    "after": (lambda: nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU()), IMAGE),
    "after groups": (lambda: nn.Sequential(nn.Conv2d(4, 6, 3, groups=2, bias=False), nn.BatchNorm2d(6)), IMAGE),
    "after a sequence": (lambda: nn.Sequential(nn.Conv1d(4, 6, 3, stride=2), nn.BatchNorm1d(6)), SEQUENCE),
    "after transposed": (lambda: nn.Sequential(nn.ConvTranspose2d(4, 6, 3, 2, 1, groups=2), nn.BatchNorm2d(6)), IMAGE),
    "after transposed sequence": (lambda: nn.Sequential(nn.ConvTranspose1d(4, 6, 3), nn.BatchNorm1d(6)), SEQUENCE),
    "before": (lambda: nn.Sequential(nn.BatchNorm2d(4), nn.Conv2d(4, 6, 3, groups=2)), IMAGE),
    "before valid": (lambda: nn.Sequential(nn.BatchNorm2d(4), nn.Conv2d(4, 6, 3, padding="valid", bias=False)), IMAGE),
    "before a sequence": (lambda: nn.Sequential(nn.BatchNorm1d(4), nn.Conv1d(4, 6, 3, dilation=2)), SEQUENCE),
    "before mirrored images": (
        lambda: nn.Sequential(nn.BatchNorm2d(4), nn.Conv2d(4, 6, 3, padding=1, padding_mode="reflect")),
        IMAGE,
    ),
    "a net": (
        lambda: nn.Sequential(
            nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU()),
            nn.Sequential(nn.Conv2d(6, 6, 3, padding=1, groups=6), nn.Dropout2d(0.2), nn.BatchNorm2d(6), nn.ReLU()),
            nn.Flatten(),
            nn.Linear(180, 5),
            nn.BatchNorm1d(5),
        ),
        IMAGE,
    ),
}


@pytest.mark.parametrize(("make", "shape"), FOLDABLE.values(), ids=FOLDABLE)
def test_folded_model_has_no_norms_and_the_same_outputs(make, shape):
    model, x = trained(make(), shape)
    folded = nn.fold_batch_norm(model)
    assert norms(model) > 0
    assert norms(folded) == 0
    assert len(class_names(folded)) == len(class_names(model)) - norms(model)
    assert_same_in_evaluation(folded, model, x)


STAYS = {
    "before zeros": (lambda: nn.Sequential(nn.BatchNorm2d(4), nn.Conv2d(4, 6, 3, padding=1)), IMAGE),
    "before same": (lambda: nn.Sequential(nn.BatchNorm2d(4), nn.Conv2d(4, 6, 3, padding="same")), IMAGE),
    "before transposed": (lambda: nn.Sequential(nn.BatchNorm2d(4), nn.ConvTranspose2d(4, 6, 3)), IMAGE),
    "after an activation": (lambda: nn.Sequential(nn.Conv2d(4, 6, 3), nn.ReLU(), nn.BatchNorm2d(6)), IMAGE),
}


@pytest.mark.parametrize(("make", "shape"), STAYS.values(), ids=STAYS)
def test_norm_stays_where_folding_is_not_exact(make, shape):
    model, x = trained(make(), shape)
    folded = nn.fold_batch_norm(model)
    assert norms(folded) == norms(model)
    assert_same_in_evaluation(folded, model, x)


def test_a_convolution_used_twice_is_not_changed():
    convolution = nn.Conv2d(4, 4, 3, padding=1)
    model, x = trained(nn.Sequential(convolution, nn.BatchNorm2d(4), convolution), IMAGE)
    folded = nn.fold_batch_norm(model)
    assert norms(folded) == 1
    assert_same_in_evaluation(folded, model, x)
    np.testing.assert_array_equal(folded[0].weight.numpy(), convolution.weight.numpy())
