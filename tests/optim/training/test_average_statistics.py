"""The statistics of BatchNorm layers follow averaged weights."""

import numpy as np
import pytest

import nn
from optim import SWA, update_statistics
from tests.optim.array_asserts import assert_close_arrays


def batches(count=7):
    rng = np.random.default_rng(3)
    return [rng.normal(1.0, 2.0, size=(size, 3)) for size in (4, 9, 5, 8, 6, 7, 3)[:count]]


def test_statistics_are_the_means_over_the_batches():
    layer = nn.BatchNorm1d(3)
    layer(100 + batches(1)[0])
    update_statistics(nn.Sequential(layer), batches())
    np.testing.assert_allclose(layer.running_mean.numpy(), np.mean([b.mean(axis=0) for b in batches()], axis=0), rtol=1e-12)
    np.testing.assert_allclose(layer.running_var.numpy(), np.mean([b.var(axis=0) for b in batches()], axis=0), rtol=1e-12)


def test_statistics_are_those_of_torch(torch):
    layer, theirs = nn.BatchNorm1d(3), torch.nn.BatchNorm1d(3, dtype=torch.float64)
    same_size = [b[:3] for b in batches()]
    update_statistics(layer, same_size)
    torch.optim.swa_utils.update_bn([torch.tensor(b) for b in same_size], theirs)
    np.testing.assert_allclose(layer.running_mean.numpy(), theirs.running_mean.numpy(), rtol=1e-12)
    unbiased = layer.running_var.numpy() * 3 / 2
    np.testing.assert_allclose(unbiased, theirs.running_var.numpy(), rtol=1e-12)


def test_statistics_of_inner_layers_follow_the_averaged_weights():
    model = nn.Sequential(nn.Linear(3, 2, rng=0), nn.BatchNorm1d(2))
    average = SWA(model.parameters())
    average.update()
    for p in model.parameters():
        p.data = p.data + 1
    average.update()
    average.copy_to()
    update_statistics(model, ((b, None) for b in batches()))
    hidden = [model[0](b).numpy() for b in batches()]
    np.testing.assert_allclose(model[1].running_mean.numpy(), np.mean([h.mean(axis=0) for h in hidden], axis=0), rtol=1e-12)


def test_modes_momentum_and_weights_are_as_before_also_after_an_error():
    model = nn.Sequential(nn.BatchNorm1d(3, momentum=0.7), nn.Dropout(0.5, rng=0))
    model.eval()
    model[1].train()
    before = [p.data.copy() for p in model.parameters()]
    update_statistics(model, batches())
    with pytest.raises(ValueError, match="BatchNorm1d"):
        update_statistics(model, [np.ones((4, 5))])
    assert (model.training, model[0].training, model[1].training) == (False, False, True)
    assert model[0].momentum == 0.7
    assert_close_arrays([p.data for p in model.parameters()], before, rtol=0)
    assert all(p.grad is None for p in model.parameters())
