"""Networks that PyTorch exports to ONNX: outputs, and gradients of all parameters, as PyTorch's."""

import io

import numpy as np
import pytest

import nn
from autograd import Tensor

pytest.importorskip("onnx")
torch = pytest.importorskip("torch")
tn = torch.nn

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]


class Last(tn.Module):
    """The last output of a recurrent layer."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0][:, -1]


class Attention(tn.Module):
    def __init__(self):
        super().__init__()
        self.queries, self.keys, self.values = (tn.Linear(8, 8) for _ in range(3))

    def forward(self, x):
        q, k, v = (layer(x).unflatten(-1, (2, 4)).transpose(1, 2) for layer in (self.queries, self.keys, self.values))
        scores = (q @ k.transpose(-1, -2) / 2).masked_fill(torch.ones(5, 5).triu(1).bool(), -torch.inf)
        return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


class Shapes(tn.Module):
    """Sizes that are computed in the graph."""

    def __init__(self):
        super().__init__()
        self.weight = tn.Parameter(torch.randn(3, 4))

    def forward(self, x):
        rows = x.reshape(x.shape[0], -1, 4)
        picked = torch.gather(rows, 1, torch.zeros(x.shape[0], 1, 4, dtype=torch.long))
        return torch.cat([torch.einsum("nij,kj->nik", rows, self.weight), picked[..., :3]], 1).clamp(-1, 2).cumsum(1)


class Residual(tn.Module):
    def __init__(self):
        super().__init__()
        self.down = tn.Sequential(tn.Conv2d(4, 4, 3, 2, 1, groups=2, bias=False), tn.BatchNorm2d(4), tn.SiLU())
        self.up = tn.ConvTranspose2d(4, 4, 2, 2)

    def forward(self, x):
        y = self.up(self.down(x)) + x
        wide = tn.functional.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
        return tn.functional.adaptive_avg_pool2d(wide, 1).flatten(1)


IMAGES, SEQUENCES = (2, 4, 6, 6), (2, 5, 8)
NETWORKS = {
    "multilayer perceptron": (lambda: tn.Sequential(tn.Linear(8, 6), tn.GELU(), tn.Linear(6, 3), tn.LogSoftmax(-1)), (2, 8)),
    "activations": (
        lambda: tn.Sequential(
            tn.Linear(8, 6), tn.ELU(), tn.Hardswish(), tn.LeakyReLU(0.2), tn.PReLU(6), tn.Softplus(), tn.SELU(), tn.Mish()
        ),
        (2, 8),
    ),
    "convolutions": (
        lambda: tn.Sequential(
            tn.Conv2d(4, 6, 3, padding="same", dilation=2), tn.ReLU(), tn.MaxPool2d(3, 2, 1), tn.AvgPool2d(2, ceil_mode=True)
        ),
        IMAGES,
    ),
    "residual": (Residual, IMAGES),
    "normalizations": (
        lambda: tn.Sequential(tn.GroupNorm(2, 4), tn.InstanceNorm2d(4, affine=True), tn.ReflectionPad2d(1), tn.LayerNorm(8)),
        IMAGES,
    ),
    "lstm": (lambda: Last(tn.LSTM(8, 3, num_layers=2, bidirectional=True, batch_first=True)), SEQUENCES),
    "gru": (lambda: Last(tn.GRU(8, 3, batch_first=True)), SEQUENCES),
    "rnn": (lambda: Last(tn.RNN(8, 3, batch_first=True)), SEQUENCES),
    "attention": (Attention, SEQUENCES),
    "shapes": (Shapes, (2, 8)),
}


def export(network, x, path, **options):
    content = io.BytesIO()
    torch.onnx.export(network, (x,), content, dynamo=False, do_constant_folding=False, input_names=["x"], **options)
    path.write_bytes(content.getvalue())
    return nn.load_onnx(path)


@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_and_gradients(name, tmp_path):
    torch.manual_seed(0)
    make, shape = NETWORKS[name]
    network = make().eval()
    x = torch.randn(shape, requires_grad=True)
    y = network(x)
    weights = torch.linspace(-1, 1, y.numel()).reshape(y.shape)
    (y * weights).sum().backward()

    model = export(network, x.detach(), tmp_path / "model.onnx")
    own_x = Tensor(x.detach().numpy(), requires_grad=True)
    own_y = model(own_x)
    np.testing.assert_allclose(own_y.data, y.detach().numpy(), rtol=1e-4, atol=1e-5)
    (own_y * weights.numpy()).sum().backward()
    np.testing.assert_allclose(own_x.grad.data, x.grad.numpy(), rtol=1e-3, atol=1e-5)
    expected = {name: p.grad.numpy() for name, p in network.named_parameters()}
    parameters, compared = dict(model.named_parameters()), 0
    for own_name, original in model.initializer_names.items():
        if original in expected and own_name in parameters:
            np.testing.assert_allclose(parameters[own_name].grad.data, expected[original], rtol=1e-3, atol=1e-4)
            compared += 1
    assert compared > 0 or name in ("lstm", "gru", "rnn")  # whose weights ONNX orders in another way


def test_an_embedding_takes_integers(tmp_path):
    torch.manual_seed(0)
    network = tn.Sequential(tn.Embedding(10, 4), tn.Linear(4, 2))
    tokens = torch.tensor([[1, 2, 9], [0, 0, 3]])
    model = export(network, tokens, tmp_path / "model.onnx", dynamic_axes={"x": {0: "n", 1: "length"}})
    np.testing.assert_allclose(model(tokens.numpy()).data, network(tokens).detach().numpy(), rtol=1e-5)
    longer = torch.tensor([[1, 2, 9, 4]])
    np.testing.assert_allclose(model(longer.numpy()).data, network(longer).detach().numpy(), rtol=1e-5)
    model(tokens.numpy()).sum().backward()
    network(tokens).sum().backward()
    weight = next(p for name, p in model.named_parameters() if model.initializer_names[name] == "0.weight")
    np.testing.assert_allclose(weight.grad.data, network[0].weight.grad.numpy(), rtol=1e-4)
