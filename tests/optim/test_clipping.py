import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from autograd import Tensor
from optim import clip_by_norm, clip_by_value

gradients = st.lists(arrays(np.float64, st.integers(1, 4), elements=st.floats(-1e6, 1e6)), min_size=1, max_size=3)
limits = st.floats(1e-3, 1e3)


def parameters_with(grads):
    parameters = []
    for grad in grads:
        p = Tensor(np.zeros_like(grad), requires_grad=True)
        p.grad = grad
        parameters.append(p)
    return parameters


def together(parameters):
    return np.concatenate([p.grad.numpy() for p in parameters])


@given(gradients, limits)
def test_norm_is_at_most_the_limit(grads, limit):
    parameters = parameters_with(grads)
    clip_by_norm(parameters, limit)
    assert np.linalg.norm(together(parameters)) <= limit * (1 + 1e-12)


@given(gradients, limits)
def test_clipping_by_norm_keeps_the_direction(grads, limit):
    parameters, before = parameters_with(grads), np.concatenate(grads)
    norm = clip_by_norm(parameters, limit)
    np.testing.assert_allclose(together(parameters), before * min(1, limit / norm if norm else 1), rtol=1e-12)


@given(gradients, limits)
def test_clip_by_norm_returns_the_norm_before(grads, limit):
    assert clip_by_norm(parameters_with(grads), limit) == pytest.approx(np.linalg.norm(np.concatenate(grads)))


def test_gradient_below_the_limit_is_left_exactly():
    grads = [np.array([0.1, 0.2]), np.array([-0.3])]
    for clip in (clip_by_norm, clip_by_value):
        parameters = parameters_with(grads)
        clip(parameters, 1.0)
        np.testing.assert_array_equal(together(parameters), np.concatenate(grads))


@pytest.mark.parametrize(("dtype", "huge"), [(np.float32, 1e25), (np.float64, 1e200)])
def test_direction_is_kept_where_squares_overflow(dtype, huge):
    (w,) = parameters_with([np.array([3 * huge, 4 * huge], dtype)])
    assert clip_by_norm([w], 1.0) == pytest.approx(5 * huge)
    np.testing.assert_allclose(w.grad.numpy(), [0.6, 0.8], rtol=1e-6)


def test_norm_of_an_infinite_gradient_is_infinite():
    assert clip_by_norm(parameters_with([np.array([1.0, -np.inf])]), 1.0) == np.inf


@given(gradients, limits)
def test_clip_by_value_bounds_every_element_and_moves_no_other(grads, limit):
    parameters, before = parameters_with(grads), np.concatenate(grads)
    clip_by_value(parameters, limit)
    after = together(parameters)
    assert (abs(after) <= limit).all()
    inside = abs(before) <= limit
    np.testing.assert_array_equal(after[inside], before[inside])
    np.testing.assert_array_equal(after[~inside], limit * np.sign(before[~inside]))


@given(gradients, limits)
def test_clip_by_value_returns_the_largest_element_before(grads, limit):
    assert clip_by_value(parameters_with(grads), limit) == abs(np.concatenate(grads)).max()


def test_norm_agrees_with_torch(torch):
    grads = [np.array([3.0, -7.0]), np.array([11.0])]
    ours, theirs = parameters_with(grads), [torch.zeros(len(g), dtype=torch.float64, requires_grad=True) for g in grads]
    for p, g in zip(theirs, grads):
        p.grad = torch.tensor(g)
    expected = torch.nn.utils.clip_grad_norm_(theirs, 2.0)
    assert clip_by_norm(ours, 2.0) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(together(ours), np.concatenate([p.grad.numpy() for p in theirs]), rtol=1e-6)


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_parameters_without_gradient_are_skipped(clip):
    (w,) = parameters_with([np.array([30.0])])
    frozen = Tensor([1.0], requires_grad=True)
    assert clip(iter([frozen, w]), 2.0) == 30.0
    assert frozen.grad is None
    assert w.grad.tolist() == [2.0]


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_nothing_to_clip_has_size_zero(clip):
    assert clip([Tensor([1.0], requires_grad=True)], 1.0) == 0.0
    assert clip(parameters_with([np.zeros(3)]), 1.0) == 0.0


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_clipped_gradients_keep_their_dtype(clip):
    (w,) = parameters_with([np.array([30.0, 40.0], np.float32)])
    clip([w], 1.0)
    assert w.grad.dtype == np.float32


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_limit_must_be_above_zero(clip, limit):
    with pytest.raises(ValueError, match=str(limit)):
        clip(parameters_with([np.ones(1)]), limit)
