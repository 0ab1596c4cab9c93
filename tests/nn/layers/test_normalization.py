import copy

import numpy as np
import pytest

import autograd
import nn
from autograd import DataError, ShapeError, Tensor, checkpoint, gradcheck


def sample(*shapes, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(loc=0.5, size=shape).astype(dtype) for shape in shapes]


ROWS = {
    "BatchNorm1d": (lambda: nn.BatchNorm1d(3), lambda torch: torch.nn.BatchNorm1d(3), (5, 3)),
    "BatchNorm1d of sequences": (lambda: nn.BatchNorm1d(3), lambda torch: torch.nn.BatchNorm1d(3), (2, 3, 4)),
    "BatchNorm1d of one sequence": (lambda: nn.BatchNorm1d(3), lambda torch: torch.nn.BatchNorm1d(3), (1, 3, 4)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(3), lambda torch: torch.nn.BatchNorm2d(3), (2, 3, 4, 5)),
    "BatchNorm1d with options": (
        lambda: nn.BatchNorm1d(3, eps=0.1, momentum=0.7),
        lambda torch: torch.nn.BatchNorm1d(3, eps=0.1, momentum=0.3),
        (5, 3),
    ),
    "BatchNorm2d without weights": (
        lambda: nn.BatchNorm2d(3, affine=False),
        lambda torch: torch.nn.BatchNorm2d(3, affine=False),
        (2, 3, 2, 2),
    ),
    "LayerNorm": (lambda: nn.LayerNorm(4), lambda torch: torch.nn.LayerNorm(4), (5, 4)),
    "LayerNorm of two axes": (lambda: nn.LayerNorm((2, 4)), lambda torch: torch.nn.LayerNorm((2, 4)), (5, 3, 2, 4)),
    "LayerNorm without weights": (
        lambda: nn.LayerNorm(4, elementwise_affine=False),
        lambda torch: torch.nn.LayerNorm(4, elementwise_affine=False),
        (5, 4),
    ),
    "LayerNorm without bias": (lambda: nn.LayerNorm(4, bias=False), lambda torch: torch.nn.LayerNorm(4, bias=False), (5, 4)),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), lambda torch: torch.nn.GroupNorm(2, 4), (3, 4, 2, 3)),
    "GroupNorm of vectors": (lambda: nn.GroupNorm(2, 6), lambda torch: torch.nn.GroupNorm(2, 6), (3, 6)),
    "GroupNorm without weights": (
        lambda: nn.GroupNorm(2, 4, affine=False),
        lambda torch: torch.nn.GroupNorm(2, 4, affine=False),
        (3, 4, 5),
    ),
    "RMSNorm": (lambda: nn.RMSNorm(4), lambda torch: torch.nn.RMSNorm(4), (5, 4)),
    "RMSNorm of two axes": (lambda: nn.RMSNorm((2, 4), eps=0.1), lambda torch: torch.nn.RMSNorm((2, 4), eps=0.1), (5, 2, 4)),
    "RMSNorm without weights": (
        lambda: nn.RMSNorm(4, elementwise_affine=False),
        lambda torch: torch.nn.RMSNorm(4, elementwise_affine=False),
        (5, 4),
    ),
}


each_row = pytest.mark.parametrize(("ours", "theirs", "shape"), ROWS.values(), ids=ROWS)


def randomized(layer, twin, torch, dtype):
    """Our layer and that of PyTorch, with the same random weights and running statistics."""
    layer.astype(dtype)
    twin.to(getattr(torch, dtype))
    rng = np.random.default_rng(3)
    state = {name: rng.uniform(0.5, 1.5, value.shape).astype(dtype) for name, value in layer.state_dict().items()}
    layer.load_state_dict(state)
    twin.load_state_dict({name: torch.tensor(value) for name, value in state.items()}, strict=False)


@each_row
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
def test_values_and_gradients_agree_with_torch(torch, ours, theirs, shape, training, dtype, tolerance):
    layer, twin = ours().train(training), theirs(torch).train(training)
    randomized(layer, twin, torch, dtype)
    x, g = sample(shape, shape, dtype=dtype)
    x_tensor, other = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    out, expected = layer(x_tensor), twin(other)
    out.backward(g)
    expected.backward(torch.tensor(g))
    pairs = [(out.data, expected.detach()), (x_tensor.grad.data, other.grad)]
    weights = dict(twin.named_parameters())
    assert sorted(weights) == sorted(name for name, _ in layer.named_parameters())
    pairs += [(weight.grad.data, weights[name].grad) for name, weight in layer.named_parameters()]
    for actual, expected in pairs:
        assert actual.dtype == dtype
        np.testing.assert_allclose(actual, expected.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", [name for name in ROWS if name.startswith("Batch")])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_running_statistics_agree_with_torch_but_for_the_unbiased_variance(torch, name, dtype):
    ours, theirs, shape = ROWS[name]
    layer, twin = ours(), theirs(torch)
    randomized(layer, twin, torch, dtype)
    start = layer.running_var.data.copy()
    n = np.prod(shape) // 3
    for seed in range(3):
        (x,) = sample(shape, dtype=dtype, seed=seed)
        layer(Tensor(x))
        twin(torch.tensor(x))
    tolerance = 1e-10 if dtype == "float64" else 1e-5
    kept = layer.momentum**3 * start  # what is left of the start is the same in both
    unbiased = kept + (layer.running_var.data - kept) * n / (n - 1)
    np.testing.assert_allclose(layer.running_mean.data, twin.running_mean.numpy(), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(unbiased, twin.running_var.numpy(), rtol=tolerance, atol=tolerance)
    assert layer.running_mean.dtype == layer.running_var.dtype == dtype


@each_row
@pytest.mark.parametrize("training", [True, False])
def test_layers_are_differentiable_twice(ours, theirs, shape, training):
    layer = ours().train(training)
    names = [name for name, _ in layer.named_parameters()]

    def output(x, *weights):
        for name, weight in zip(names, weights):
            setattr(layer, name, weight)
        return layer(x)

    inputs = [Tensor(sample(shape)[0], requires_grad=True), *layer.parameters()]
    assert gradcheck(output, inputs, order=2, fast=True)


@each_row
def test_layers_take_plain_arrays_and_lists(ours, theirs, shape):
    (x,) = sample(shape)
    layer = ours()
    expected = copy.deepcopy(layer)(Tensor(x)).tolist()
    assert layer(x).tolist() == expected
    assert layer(x.tolist()).tolist() == expected


@each_row
def test_parameters_and_buffers_have_the_default_dtype(single_precision, ours, theirs, shape):
    layer = ours()
    assert {tensor.dtype for tensor in (*layer.parameters(), *layer.buffers())} <= {np.dtype(np.float32)}
    assert layer(sample(shape, dtype=np.float32)[0]).dtype == np.float32


def test_equal_values_become_the_bias():
    for layer in (nn.BatchNorm1d(3), nn.LayerNorm(3), nn.GroupNorm(1, 3)):
        layer.bias.data = np.full(3, 7.0)
        x = Tensor(np.full((4, 3), 2.0), requires_grad=True)
        out = layer(x)
        out.sum().backward()
        assert (out.data == 7).all()
        assert np.isfinite(x.grad.data).all()


WRONG = [
    (lambda: nn.BatchNorm1d(3), (4, 2), "(N, 3) or (N, 3, L)"),
    (lambda: nn.BatchNorm1d(3), (3,), "(N, 3) or (N, 3, L)"),
    (lambda: nn.BatchNorm1d(3), (4, 3, 2, 2), "(N, 3) or (N, 3, L)"),
    (lambda: nn.BatchNorm1d(3), (1, 3), "at least 2 values for each channel in training"),
    (lambda: nn.BatchNorm1d(3), (1, 3, 1), "at least 2 values for each channel in training"),
    (lambda: nn.BatchNorm1d(3), (0, 3), "at least 2 values for each channel in training"),
    (lambda: nn.BatchNorm1d(3), (0, 3, 5), "at least 2 values for each channel in training"),
    (lambda: nn.BatchNorm2d(3), (4, 3), "(N, 3, H, W)"),
    (lambda: nn.BatchNorm2d(3), (4, 2, 5, 5), "(N, 3, H, W)"),
    (lambda: nn.BatchNorm2d(3), (1, 3, 1, 1), "at least 2 values for each channel in training"),
    (lambda: nn.LayerNorm(3), (4, 2), "(…, 3)"),
    (lambda: nn.LayerNorm(3), (), "(…, 3)"),
    (lambda: nn.LayerNorm((2, 3)), (3,), "(…, 2, 3)"),
    (lambda: nn.RMSNorm(3), (4, 2), "(…, 3)"),
    (lambda: nn.GroupNorm(2, 4), (4, 2), "(N, 4, …)"),
    (lambda: nn.GroupNorm(2, 4), (4,), "(N, 4, …)"),
]


@pytest.mark.parametrize(("make", "shape", "expected"), WRONG)
def test_input_of_another_shape_is_rejected_by_path_and_changes_nothing(make, shape, expected):
    layer = make()
    model = nn.Sequential(nn.Sequential(layer))
    before = model.state_dict()
    with pytest.raises(ShapeError) as caught:
        model(np.ones(shape))
    assert str(caught.value).startswith(f"{type(layer).__name__} '0.0': got an input of shape {shape}, expected {expected}")
    assert all((model.state_dict()[name] == value).all() for name, value in before.items())


@pytest.mark.parametrize(
    "layer", [nn.BatchNorm1d(3), nn.BatchNorm1d(3).eval(), nn.LayerNorm(3), nn.RMSNorm(3), nn.GroupNorm(1, 3)]
)
@pytest.mark.parametrize("x", [np.ones((4, 3), np.uint8), Tensor(np.ones((4, 3), int)), [[1, 2, 3], [3, 2, 1]]])
def test_integers_are_rejected(layer, x):
    with pytest.raises(DataError, match=rf"^{type(layer).__name__}: got u?int.*floats"):
        layer(x)


@pytest.mark.parametrize("n", [0, 1])
def test_small_batches_are_fine_in_evaluation(n):
    assert nn.BatchNorm1d(3).eval()(np.ones((n, 3))).shape == (n, 3)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(nn.LayerNorm(3), (0, 3)), (nn.LayerNorm((4, 3)), (0, 4, 3)), (nn.RMSNorm(3), (0, 3)), (nn.GroupNorm(2, 4), (0, 4, 3))],
)
def test_empty_batches_stay_empty_where_examples_are_normalized(layer, shape):
    x = Tensor(np.ones(shape), requires_grad=True)
    layer(x).sum().backward()
    assert x.grad.shape == shape


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.BatchNorm1d(0), "0"),
        (lambda: nn.BatchNorm2d(3, momentum=1.5), r"momentum.*1\.5"),
        (lambda: nn.LayerNorm(0), "0"),
        (lambda: nn.LayerNorm(()), r"\(\)"),
        (lambda: nn.RMSNorm((2, -1)), "-1"),
        (lambda: nn.GroupNorm(3, 4), "num_groups must divide num_channels, got 3 and 4"),
        (lambda: nn.GroupNorm(0, 4), "0"),
    ],
)
def test_invalid_sizes_are_rejected(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shown"),
    [
        (nn.BatchNorm1d(8), "BatchNorm1d(8)"),
        (nn.BatchNorm2d(8, eps=0.001, momentum=0.99, affine=False), "BatchNorm2d(8, eps=0.001, momentum=0.99, affine=False)"),
        (nn.LayerNorm(8), "LayerNorm(8)"),
        (nn.LayerNorm([4, 8], bias=False), "LayerNorm((4, 8), bias=False)"),
        (nn.LayerNorm(8, elementwise_affine=False), "LayerNorm(8, elementwise_affine=False)"),
        (nn.GroupNorm(2, 8), "GroupNorm(2, 8)"),
        (nn.RMSNorm(8, eps=1e-6), "RMSNorm(8, eps=1e-06)"),
    ],
)
def test_repr_shows_sizes_and_non_default_options(layer, shown):
    assert repr(layer) == shown


@pytest.mark.parametrize("compiled", [False, True])
def test_running_statistics_move_once_under_checkpoint(compiled):
    states = []
    for wrap in (lambda layer: layer, checkpoint):
        layer = nn.BatchNorm1d(3)
        f = wrap(layer)

        def step(x, f=f, layer=layer):
            layer.zero_grad()
            (f(x) ** 3).sum().backward()

        step = autograd.compile(step) if compiled else step
        for (x,) in (sample((5, 3), seed=seed) for seed in range(5)):
            step(Tensor(x))
        states.append({**layer.state_dict(), "gradient": layer.weight.grad.numpy()})
    for name, value in states[0].items():
        np.testing.assert_array_equal(states[1][name], value, err_msg=name)


def test_running_statistics_stay_when_a_second_derivative_recomputes_a_checkpoint():
    layer = nn.BatchNorm1d(3)
    x = Tensor(sample((5, 3))[0], requires_grad=True)
    loss = (checkpoint(layer)(x) ** 3).sum()
    before = layer.state_dict()
    loss.backward(create_graph=True)
    (x.grad**2).sum().backward()
    for name in ("running_mean", "running_var"):
        np.testing.assert_array_equal(layer.state_dict()[name], before[name])
