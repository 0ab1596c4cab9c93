import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from autograd import Tensor
from optim import adaptive_clip, clip_each_grad_norm, clip_grad_norm, clip_grad_value

gradients = st.lists(arrays(np.float64, st.integers(1, 4), elements=st.floats(-1e6, 1e6)), min_size=1, max_size=3)
limits = st.floats(1e-3, 1e3)


def parameters_with(grads):
    parameters = []
    for grad in grads:
        p = Tensor(np.zeros_like(grad), requires_grad=True)
        p.grad = grad
        parameters.append(p)
    return parameters


def joint_gradient(parameters):
    return np.concatenate([p.grad.numpy() for p in parameters])


@given(gradients, limits)
def test_norm_is_at_most_the_limit(grads, limit):
    parameters = parameters_with(grads)
    clip_grad_norm(parameters, limit)
    assert np.linalg.norm(joint_gradient(parameters)) <= limit * (1 + 1e-12)


@given(gradients, limits)
def test_clipping_by_norm_keeps_the_direction(grads, limit):
    parameters, before = parameters_with(grads), np.concatenate(grads)
    norm = clip_grad_norm(parameters, limit)
    np.testing.assert_allclose(joint_gradient(parameters), before * min(1, limit / norm if norm else 1), rtol=1e-12)


@given(gradients, limits)
def test_clip_by_norm_returns_the_norm_before(grads, limit):
    assert clip_grad_norm(parameters_with(grads), limit) == pytest.approx(np.linalg.norm(np.concatenate(grads)))


def test_gradient_below_the_limit_is_unchanged():
    grads = [np.array([0.1, 0.2]), np.array([-0.3])]
    for clip in (clip_grad_norm, clip_grad_value):
        parameters = parameters_with(grads)
        clip(parameters, 1.0)
        np.testing.assert_array_equal(joint_gradient(parameters), np.concatenate(grads))


@pytest.mark.parametrize(("dtype", "huge"), [(np.float32, 1e25), (np.float64, 1e200)])
def test_direction_is_kept_where_squares_overflow(dtype, huge):
    (w,) = parameters_with([np.array([3 * huge, 4 * huge], dtype)])
    assert clip_grad_norm([w], 1.0) == pytest.approx(5 * huge)
    np.testing.assert_allclose(w.grad.numpy(), [0.6, 0.8], rtol=1e-6)


def test_norm_of_an_infinite_gradient_is_infinite():
    assert clip_grad_norm(parameters_with([np.array([1.0, -np.inf])]), 1.0) == np.inf


@given(gradients, limits)
def test_clip_by_value_bounds_every_element_and_moves_no_other(grads, limit):
    parameters, before = parameters_with(grads), np.concatenate(grads)
    clip_grad_value(parameters, limit)
    after = joint_gradient(parameters)
    assert (abs(after) <= limit).all()
    inside = abs(before) <= limit
    np.testing.assert_array_equal(after[inside], before[inside])
    np.testing.assert_array_equal(after[~inside], limit * np.sign(before[~inside]))


@given(gradients, limits)
def test_clip_by_value_returns_the_largest_element_before(grads, limit):
    assert clip_grad_value(parameters_with(grads), limit) == abs(np.concatenate(grads)).max()


def test_norm_agrees_with_torch(torch):
    grads = [np.array([3.0, -7.0]), np.array([11.0])]
    ours, theirs = parameters_with(grads), [torch.zeros(len(g), dtype=torch.float64, requires_grad=True) for g in grads]
    for p, g in zip(theirs, grads):
        p.grad = torch.tensor(g)
    expected = torch.nn.utils.clip_grad_norm_(theirs, 2.0)
    assert clip_grad_norm(ours, 2.0) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(joint_gradient(ours), np.concatenate([p.grad.numpy() for p in theirs]), rtol=1e-6)


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
def test_parameters_without_gradient_are_skipped(clip):
    (w,) = parameters_with([np.array([30.0])])
    frozen = Tensor([1.0], requires_grad=True)
    assert clip(iter([frozen, w]), 2.0) == 30.0
    assert frozen.grad is None
    assert w.grad.tolist() == [2.0]


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
def test_missing_and_zero_gradients_have_norm_zero(clip):
    assert clip([Tensor([1.0], requires_grad=True)], 1.0) == 0.0
    assert clip(parameters_with([np.zeros(3)]), 1.0) == 0.0


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
def test_clipped_gradients_keep_their_dtype(clip):
    (w,) = parameters_with([np.array([30.0, 40.0], np.float32)])
    clip([w], 1.0)
    assert w.grad.dtype == np.float32


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_limit_must_be_above_zero(clip, limit):
    with pytest.raises(ValueError, match=str(limit)):
        clip(parameters_with([np.ones(1)]), limit)


orders = st.sampled_from([0.5, 1.0, 2.0, 3.0, np.inf])


def norm_of(grads, p):
    return np.linalg.norm(np.concatenate(grads), p)


@given(gradients, limits, orders)
def test_norm_of_any_order_is_limited_and_returned(grads, limit, p):
    parameters = parameters_with(grads)
    assert clip_grad_norm(parameters, limit, p) == pytest.approx(norm_of(grads, p), rel=1e-9)
    assert np.linalg.norm(joint_gradient(parameters), p) <= limit * (1 + 1e-9)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, np.inf])
def test_norms_of_any_order_agree_with_torch(torch, p):
    grads = [np.array([3.0, -7.0]), np.array([11.0])]
    tensors = [torch.tensor(g) for g in grads]
    assert clip_grad_norm(parameters_with(grads), 2.0, p) == pytest.approx(torch.nn.utils.get_total_norm(tensors, p).item())


@given(gradients, limits, orders)
def test_each_gradient_is_limited_separately(grads, limit, p):
    parameters = parameters_with(grads)
    norms = clip_each_grad_norm(parameters, limit, p)
    np.testing.assert_allclose(norms, [norm_of([g], p) for g in grads], rtol=1e-9, atol=1e-100)
    for parameter, grad, norm in zip(parameters, grads, norms):
        np.testing.assert_allclose(parameter.grad.numpy(), grad * (min(1, limit / norm) if norm else 1), rtol=1e-9)


def test_norms_are_those_of_parameters_with_a_gradient():
    w, b = parameters_with([np.array([3.0, 4.0]), np.array([0.5])])
    assert clip_each_grad_norm([w, Tensor([1.0], requires_grad=True), b], 1.0) == [5.0, 0.5]


@given(gradients, st.floats(-10, 0), st.floats(0.5, 10))
def test_two_bounds_limit_from_both_sides(grads, low, high):
    parameters = parameters_with(grads)
    clip_grad_value(parameters, low, high)
    np.testing.assert_array_equal(joint_gradient(parameters), np.clip(np.concatenate(grads), low, high))


@pytest.mark.parametrize("bounds", [(1, 0), (1, 1), (float("nan"), 1)])
def test_bounds_must_be_in_order(bounds):
    with pytest.raises(ValueError, match=f"must be low < high, not {bounds[0]} and {bounds[1]}"):
        clip_grad_value(parameters_with([np.ones(1)]), *bounds)


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_each_grad_norm])
@pytest.mark.parametrize("p", [0, -2, float("nan")])
def test_order_of_a_norm_must_be_above_zero(clip, p):
    with pytest.raises(ValueError, match=f"order p .* not {p}"):
        clip(parameters_with([np.ones(1)]), 1.0, p)


def parameter_with_gradient(weights, gradient):
    w = Tensor(weights, requires_grad=True)
    w.grad = gradient
    return w


@pytest.mark.parametrize(
    ("shape", "axis", "axes"),
    [((4, 3), None, 0), ((5, 2, 3, 3), None, (1, 2, 3)), ((4,), None, 0), ((4, 3), 1, 1), ((3, 3, 2, 5), (0, 1, 2), (0, 1, 2))],
)
def test_gradient_of_each_unit_is_limited_in_proportion_to_its_weights(shape, axis, axes):
    rng = np.random.default_rng(0)
    w = parameter_with_gradient(rng.normal(size=shape), rng.normal(size=shape) * np.exp(rng.normal(size=shape)))
    before = w.grad.numpy().copy()
    ratio = np.sqrt((before**2).sum(axis=axes, keepdims=True) / (w.data**2).sum(axis=axes, keepdims=True))
    limit = float(np.median(ratio))
    assert adaptive_clip([w], limit, axis=axis) == pytest.approx(ratio.max())
    np.testing.assert_allclose(w.grad.numpy(), before * np.minimum(1, limit / ratio), rtol=1e-12)
    np.testing.assert_array_equal(
        w.grad.numpy()[np.broadcast_to(ratio < limit, shape)], before[np.broadcast_to(ratio < limit, shape)]
    )


def test_weights_of_zero_may_still_grow():
    w = parameter_with_gradient(np.zeros((2, 1)), [[3.0], [4.0]])
    assert adaptive_clip([w], 0.1, eps=0.5) == pytest.approx(10.0)
    np.testing.assert_allclose(w.grad.numpy(), [[0.03], [0.04]])


def test_adaptive_clip_of_a_scalar():
    w = parameter_with_gradient(2.0, 5.0)
    assert adaptive_clip([w, Tensor(1.0, requires_grad=True)], 0.5) == 2.5
    assert w.grad.item() == 1.0


def test_ratio_needs_positive_bounds_and_keeps_the_dtype():
    w = parameter_with_gradient(np.ones((2, 2), np.float32), np.full((2, 2), 9.0, np.float32))
    for options in ({"limit": 0}, {"eps": 0}):
        with pytest.raises(ValueError, match="must be above 0, not 0"):
            adaptive_clip([w], **options)
    adaptive_clip([w])
    assert w.grad.dtype == np.float32


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value, adaptive_clip])
def test_a_single_tensor_is_clipped_as_a_list_of_it(clip):
    single, listed = (Tensor(np.eye(3), requires_grad=True) for _ in range(2))
    single.grad, listed.grad = np.full((3, 3), 5.0), np.full((3, 3), 5.0)
    assert clip(single, 0.1) == clip([listed], 0.1) > 0
    assert np.array_equal(single.grad.numpy(), listed.grad.numpy())
    assert np.abs(single.grad.numpy()).max() <= 0.1
