import math

import numpy as np
import pytest

from autograd import Tensor, gradcheck
from nn import functional as F  # noqa: N812
from tests.nn.losses.loss_cases import ALL, LOG_P, TWINS, D, N, each_loss, each_reduction, each_twin, ours, theirs


def assert_agree_with_torch(torch, case, dtype, rtol, atol, **more):
    loss, inputs = case.call(F, ours(dtype), **more)
    expected, twins = case.call(torch.nn.functional, theirs(torch, dtype), **more)
    np.testing.assert_allclose(loss.numpy(), expected.detach().numpy(), rtol=rtol, atol=atol)
    arriving = np.random.default_rng(1).normal(size=loss.shape).astype(dtype)
    loss.backward(arriving)
    expected.backward(torch.tensor(arriving))
    for x, twin in zip(inputs, twins):
        np.testing.assert_allclose(x.grad.data, twin.grad.numpy(), rtol=rtol, atol=atol)


@each_twin
@each_reduction
@pytest.mark.filterwarnings("ignore:reduction")
def test_values_and_gradients_agree_with_torch(torch, case, reduction):
    assert_agree_with_torch(torch, case, np.float64, 1e-10, 1e-12, reduction=reduction)


@each_twin
@pytest.mark.filterwarnings("ignore:reduction")
def test_values_and_gradients_agree_with_torch_in_single_precision(torch, case):
    assert_agree_with_torch(torch, case, np.float32, 1e-5, 1e-5)


def test_batchmean_agrees_with_torch(torch):
    assert_agree_with_torch(torch, TWINS["kl"], np.float64, 1e-10, 1e-12, reduction="batchmean")


# Below eps the gradient passes although the loss does not change: there PyTorch is the only oracle.
@pytest.mark.parametrize("case", [case for name, case in ALL.items() if name != "gauss below eps"], ids=lambda case: case.name)
def test_derivatives_agree_with_finite_differences_to_second_order(case):
    constants = [Tensor(x) for x in case.constants]
    inputs = [Tensor(x, requires_grad=True) for x in case.inputs]
    assert gradcheck(lambda *xs: getattr(F, case.name)(*xs, *constants, **case.options), inputs, order=2)


@each_loss
@each_reduction
def test_float32_stays_float32_with_weights_of_any_dtype(case, reduction):
    make = ours(np.float32)
    inputs = [make(x, True) for x in case.inputs]
    constants = [make(x, False) for x in case.constants]
    loss = getattr(F, case.name)(*inputs, *constants, **case.options, reduction=reduction)
    loss.sum().backward()
    assert loss.dtype == np.float32
    assert {x.grad.dtype for x in inputs} == {np.dtype(np.float32)}


@each_loss
@each_reduction
def test_arrays_give_the_same_numbers_without_tensors(case, reduction):
    loss, _ = case.call(F, ours(np.float64), reduction=reduction)
    plain, _ = case.call(F, lambda x, requires_grad: x, reduction=reduction)
    assert not isinstance(plain, Tensor)
    np.testing.assert_array_equal(loss.numpy(), plain)


@each_loss
def test_lists_take_the_precision_of_the_input(case):
    first, *others = case.inputs
    make = ours(np.float32)
    rest = [x.tolist() for x in (*others, *case.constants)]
    loss = getattr(F, case.name)(make(first, True), *rest, **case.options)
    assert loss.dtype == np.float32


@pytest.mark.parametrize("case", [c for c in ALL.values() if c.name not in ("nll_loss", "cross_entropy")], ids=lambda c: c.name)
def test_the_mean_and_the_sum_are_those_of_the_elements(case):
    every = case.call(F, ours(np.float64), reduction="none")[0].numpy()
    assert case.call(F, ours(np.float64), reduction="sum")[0].item() == pytest.approx(every.sum(), rel=1e-12)
    assert case.call(F, ours(np.float64), reduction="mean")[0].item() == pytest.approx(every.mean(), rel=1e-12)


def test_batchmean_is_the_divergence_averaged_over_distributions():
    total = sum(d * (math.log(d) - x) for d, x in zip(D.ravel(), LOG_P.ravel()))
    assert F.kl_div(LOG_P, D, reduction="batchmean") == pytest.approx(total / N, rel=1e-12)
