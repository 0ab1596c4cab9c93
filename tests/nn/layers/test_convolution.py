"""Convolution layers: initial weights, PyTorch's results and options, errors by the layer's path, compiled steps, drawing."""

import re

import numpy as np
import pytest

import autograd
import nn
from autograd import ShapeError, Tensor
from nn import functional as F  # noqa: N812
from optim import SGD

LAYERS = {
    "Conv1d": lambda n=nn, **more: n.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2, **more),
    "Conv2d": lambda n=nn, **more: n.Conv2d(4, 6, (3, 2), padding=(1, 0), groups=2, **more),
    "depthwise": lambda n=nn, **more: n.Conv2d(4, 8, 3, padding="same", groups=4, **more),
    "pointwise": lambda n=nn, **more: n.Conv2d(4, 8, 1, bias=False, **more),
    "circular": lambda n=nn, **more: n.Conv2d(4, 2, 3, padding=1, padding_mode="circular", **more),
    "Conv3d": lambda n=nn, **more: n.Conv3d(4, 2, 2, **more),
    "ConvTranspose1d": lambda n=nn, **more: n.ConvTranspose1d(4, 6, 3, stride=2, groups=2, **more),
    "ConvTranspose2d": lambda n=nn, **more: n.ConvTranspose2d(4, 2, 3, 2, 1, 1, 2, dilation=2, **more),
}
each_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
SIZES = {1: (9,), 2: (6, 7), 3: (3, 4, 5)}


def sample(layer, batch=3, seed=0):
    return np.random.default_rng(seed).normal(size=(batch, 4, *SIZES[layer.weight.ndim - 2]))


@each_layer
@pytest.mark.parametrize("batch", [1, 3])
def test_values_and_gradients_agree_with_torch(torch, make, batch):
    layer, twin = make(), make(torch.nn).double()
    nn.from_pytorch(layer, twin.state_dict())
    x = sample(layer, batch)
    ours, theirs = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    for model, value in ((layer, ours), (twin, theirs)):
        out = model(value)
        (out * out).sum().backward()
    np.testing.assert_allclose(layer(x).numpy(), twin(theirs).detach().numpy(), rtol=1e-10, atol=1e-10)
    pairs = [(ours, theirs), (layer.weight, twin.weight), *([(layer.bias, twin.bias)] if layer.bias is not None else [])]
    for parameter, expected in pairs:
        np.testing.assert_allclose(parameter.grad.numpy(), expected.grad.numpy(), rtol=1e-10, atol=1e-10)


@each_layer
def test_initial_weights_have_the_range_and_shape_of_torch(torch, make):
    layer, twin = make(rng=0), make(torch.nn)
    assert {name: p.shape for name, p in layer.named_parameters()} == {
        name: tuple(p.shape) for name, p in twin.named_parameters()
    }
    r = 1 / np.sqrt(torch.nn.init._calculate_fan_in_and_fan_out(twin.weight)[0])
    for parameter in layer.parameters():
        assert abs(parameter.numpy()).max() <= r
    assert abs(layer.weight.numpy()).max() > 0.8 * r


@pytest.mark.parametrize("cls", [nn.Conv2d, nn.ConvTranspose2d])
@pytest.mark.parametrize("groups", [1, 4])
def test_an_initializer_sees_the_fans_of_a_group(cls, groups):
    layer = cls(16, 32, 5, groups=groups, init="he_normal", rng=0)
    fan_in = 16 // groups * 25
    np.testing.assert_allclose(layer.weight.numpy().std(), np.sqrt(2 / fan_in), rtol=0.05)
    assert not layer.bias.numpy().any()
    layer = cls(16, 32, 5, groups=groups, init="xavier_uniform", rng=0)
    np.testing.assert_allclose(layer.weight.numpy().std(), np.sqrt(2 / (fan_in + 32 // groups * 25)), rtol=0.05)


@each_layer
def test_a_seed_repeats_the_weights(make):
    first, second = make(rng=3), make(rng=3)
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@each_layer
def test_its_text_builds_an_equal_layer(make):
    layer = make()
    assert repr(eval(f"nn.{layer!r}")) == repr(layer)
    copy = eval(f"nn.{layer!r}")
    copy.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(copy(sample(layer)).numpy(), layer(sample(layer)).numpy())


@each_layer
def test_an_empty_batch_passes(make):
    layer = make()
    x = Tensor(sample(layer, 0), requires_grad=True)
    out = layer(x)
    out.sum().backward()
    assert out.shape == (0, *layer(sample(layer)).shape[1:])
    assert x.grad.shape == x.shape
    assert not layer.weight.grad.numpy().any()


@each_layer
def test_single_precision_stays_single(make):
    layer = make().astype("float32")
    x = Tensor(sample(layer).astype("float32"), requires_grad=True)
    layer(x).sum().backward()
    assert {layer(x).dtype, x.grad.dtype, layer.weight.grad.dtype} == {np.dtype("float32")}


@each_layer
def test_compiled_step_equals_the_eager_one(make):
    results = []
    for transform in (lambda step: step, autograd.compile):
        model = nn.Sequential(make(rng=0), nn.Tanh())
        optimizer = SGD(model.parameters(), lr=0.1)

        def step(x, model=model, optimizer=optimizer):
            optimizer.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            optimizer.step()
            return loss

        step = transform(step)
        losses = [step(Tensor(sample(model[0], seed=i))).item() for i in range(6)]
        results.append((losses, [p.numpy() for p in model.parameters()]))
        assert getattr(step, "fallback_reason", None) in (None, "")
    (eager, weights), (compiled, compiled_weights) = results
    assert eager == compiled
    for a, b in zip(weights, compiled_weights):
        np.testing.assert_array_equal(a, b)


def test_drawing_shows_a_layer_as_one_box():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 2, 1))
    with autograd.draw.watch():
        out = model(Tensor(np.ones((1, 1, 4, 4)), requires_grad=True))
    text = autograd.draw(out, depth=1).dot
    assert len(re.findall("Conv2d", text)) == 2
    assert "∗" not in text


# Unfold and Fold


@pytest.mark.parametrize("options", [(2,), ((3, 2), 2, 1, 2), (3, 1, (2, 0), 1)])
def test_unfold_and_fold_agree_with_torch(torch, options):
    x = np.random.default_rng(0).normal(size=(2, 3, 6, 7))
    ours, theirs = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    columns, expected = nn.Unfold(*options)(ours), torch.nn.Unfold(*options)(theirs)
    images, expected_images = nn.Fold((6, 7), *options)(columns), torch.nn.Fold((6, 7), *options)(expected)
    (images * images).sum().backward()
    (expected_images * expected_images).sum().backward()
    for actual, like in ((columns, expected), (images, expected_images), (ours.grad, theirs.grad)):
        np.testing.assert_allclose(actual.numpy(), like.detach().numpy(), rtol=1e-12, atol=1e-12)


def test_unfold_and_fold_of_an_empty_batch():
    x = Tensor(np.empty((0, 3, 6, 7)), requires_grad=True)
    columns = nn.Unfold((3, 2), stride=2)(x)
    images = nn.Fold((6, 7), (3, 2), stride=2)(columns)
    images.sum().backward()
    assert (columns.shape, images.shape, x.grad.shape) == ((0, 18, 6), x.shape, x.shape)


def test_a_convolution_is_a_product_with_unfolded_windows():
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 2, 3))
    product = weight.reshape(4, -1) @ F.unfold(x, (2, 3), padding=1, stride=2)
    np.testing.assert_allclose(product, F.conv2d(x, weight, padding=1, stride=2).reshape(2, 4, -1), rtol=1e-12)


def test_gradients_of_unfold_and_fold_are_right_to_second_order():
    rng = np.random.default_rng(0)
    x, columns = (Tensor(rng.normal(size=shape), requires_grad=True) for shape in ((1, 2, 3, 4), (1, 8, 6)))
    assert autograd.gradcheck(lambda x: F.unfold(x * x, 2, padding=1, stride=2), [x], order=2)
    assert autograd.gradcheck(lambda x: F.fold(x * x, (3, 4), 2), [columns], order=2)


# Errors


class Net(nn.Module):
    def __init__(self, layer):
        self.body = nn.Sequential(nn.Identity(), layer)

    def forward(self, x):
        return self.body(x)


ERRORS = {
    "channels": (
        nn.Conv2d(3, 2, 3),
        (1, 4, 5, 5),
        r"Conv2d 'body\.1': got an input of shape \(1, 4, 5, 5\), expected \(N, 3, H, W\)",
    ),
    "axes": (nn.Conv1d(3, 2, 3), (3, 5), r"Conv1d 'body\.1': got an input of shape \(3, 5\), expected \(N, 3, L\)"),
    "kernel": (nn.Conv2d(3, 2, 5), (1, 3, 4, 6), r"Conv2d 'body\.1': got a kernel of size 5 × 5 for an input of size 4 × 6"),
    "padded": (nn.Conv2d(3, 2, 5, padding=1), (1, 3, 2, 6), r"input of size 4 × 8 with its padding, expected one that fits"),
    "volume": (nn.Conv3d(3, 2, 5), (1, 2, 4, 6, 6), r"Conv3d 'body\.1': .* expected \(N, 3, D, H, W\)"),
    "transposed": (nn.ConvTranspose2d(3, 2, 5), (1, 2, 4, 6), r"ConvTranspose2d 'body\.1': .* expected \(N, 3, H, W\)"),
    "empty": (nn.ConvTranspose1d(3, 2, 2, padding=2), (1, 3, 2), r"ConvTranspose1d 'body\.1': .*leave no elements"),
    "unfold": (nn.Unfold(3), (1, 2, 4), r"Unfold 'body\.1': got an input of shape \(1, 2, 4\), expected \(N, C, H, W\)"),
    "window": (nn.Unfold(5), (1, 2, 4, 4), r"Unfold 'body\.1': got a kernel of size \(5, 5\).*none fits"),
    "fold": (nn.Fold(4, 2), (1, 8, 7), r"Fold 'body\.1': got columns of shape \(1, 8, 7\), expected \(N, C · 4, 9\)"),
}


@pytest.mark.parametrize(("layer", "shape", "message"), ERRORS.values(), ids=ERRORS)
def test_errors_name_the_layer_by_its_path(layer, shape, message):
    with pytest.raises(ShapeError, match=message):
        Net(layer)(np.ones(shape))


OPTIONS = {
    "groups": (lambda: nn.Conv2d(3, 4, 3, groups=2), ValueError, "Conv2d: groups must divide in_channels, got 2 and 3"),
    "outputs": (lambda: nn.Conv1d(4, 3, 3, groups=2), ValueError, "Conv1d: groups must divide out_channels, got 2 and 3"),
    "kernel": (lambda: nn.Conv2d(3, 4, 0), ValueError, "Conv2d: kernel_size must be 1 or more, not 0"),
    "kernels": (
        lambda: nn.Conv2d(3, 4, (3, 3, 3)),
        ValueError,
        r"kernel_size must be an integer or 2 of them.*not \(3, 3, 3\)",
    ),
    "float": (lambda: nn.Conv2d(3, 4, 2.5), TypeError, "kernel_size must be an integer or 2 of them, not 2.5"),
    "channels": (lambda: nn.Conv2d(0, 4, 3), ValueError, "Conv2d: in_channels must be 1 or more, not 0"),
    "stride": (lambda: nn.Conv2d(3, 4, 3, stride=0), ValueError, "Conv2d: stride must be 1 or more, not 0"),
    "padding": (lambda: nn.Conv2d(3, 4, 3, padding="full"), ValueError, "Conv2d: padding must be numbers"),
    "same": (lambda: nn.Conv2d(3, 4, 3, stride=2, padding="same"), ValueError, 'Conv2d: padding "same" needs stride 1'),
    "mode": (lambda: nn.Conv2d(3, 4, 3, padding_mode="wrap"), ValueError, "no padding mode 'wrap'"),
    "transposed mode": (
        lambda: nn.ConvTranspose1d(3, 4, 3, padding_mode="reflect"),
        ValueError,
        'padding_mode must be "zeros"',
    ),
    "bias": (lambda: nn.Conv2d(3, 4, 3, bias="relu"), TypeError, "Conv2d: bias must be True or False, not 'relu'"),
    "filters": (lambda: nn.Conv2d(3, filters=4, kernel_size=3), TypeError, "out_channels"),
    "strides": (lambda: nn.Conv2d(3, 4, 3, strides=2), TypeError, "stride"),
    "surplus": (
        lambda: nn.ConvTranspose2d(3, 4, 3, output_padding=1),
        ValueError,
        "^ConvTranspose2d: output_padding must be",
    ),
    "transposed same": (
        lambda: nn.ConvTranspose1d(3, 4, 3, padding="same"),
        ValueError,
        "^ConvTranspose1d: padding must be numbers",
    ),
}


@pytest.mark.parametrize(("make", "error", "message"), OPTIONS.values(), ids=OPTIONS)
def test_errors_of_options(make, error, message):
    with pytest.raises(error, match=message):
        make()
