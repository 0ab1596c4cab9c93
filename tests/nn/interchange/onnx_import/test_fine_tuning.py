"""A network of PyTorch, exported to ONNX, is fine-tuned by `optim.fit` and exported again; onnxruntime agrees."""

import io

import numpy as np
import pytest

import nn
from autograd import Tensor, no_grad
from optim import Adam, MiniBatch, fit
from optim.data import digits

pytest.importorskip("onnx")
torch = pytest.importorskip("torch")
runtime = pytest.importorskip("onnxruntime")
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]


def pretrained():
    """A convolutional network that PyTorch trained to tell the digits 0 to 4, with ten outputs."""
    torch.manual_seed(0)
    images, labels = digits()
    x = torch.tensor(images[labels < 5].reshape(-1, 1, 8, 8), dtype=torch.float32)
    y = torch.tensor(labels[labels < 5])
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3, padding=1),
        torch.nn.BatchNorm2d(8),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(128, 32),
        torch.nn.Tanh(),
        torch.nn.Linear(32, 10),
    )
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(30):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(x), y).backward()
        optimizer.step()
    return network.eval()


def test_fine_tuning(tmp_path):
    network, path = pretrained(), tmp_path / "pretrained.onnx"
    content, dynamic = io.BytesIO(), {"x": {0: "n"}, "y": {0: "n"}}
    options = {"input_names": ["x"], "output_names": ["y"], "dynamic_axes": dynamic, "dynamo": False}
    torch.onnx.export(network, (torch.zeros(2, 1, 8, 8),), content, do_constant_folding=False, **options)
    path.write_bytes(content.getvalue())

    images, labels = digits()
    images = images.reshape(-1, 1, 8, 8).astype(np.float32)
    train, test = slice(0, 600), slice(1200, None)
    model = nn.load_onnx(path)
    with no_grad():
        before = model(images[test]).data
    np.testing.assert_allclose(before, network(torch.tensor(images[test])).detach().numpy(), rtol=1e-4, atol=1e-5)

    loss, optimizer = nn.CrossEntropyLoss(), Adam(model.parameters(), lr=0.003)
    fit(
        model,
        loss,
        (images[train], labels[train]),
        optimizer=optimizer,
        batching=MiniBatch(50),
        epochs=8,
        rng=0,
        progress=False,
    )
    with no_grad():
        after = model(images[test]).data
    accuracies = [float((scores.argmax(axis=1) == labels[test]).mean()) for scores in (before, after)]
    assert accuracies[0] < 0.55
    assert accuracies[1] > 0.88

    nn.export_onnx(model, tmp_path / "tuned.onnx", images[:1])
    session = runtime.InferenceSession(str(tmp_path / "tuned.onnx"), providers=["CPUExecutionProvider"])
    (scores,) = session.run(None, {session.get_inputs()[0].name: images[test]})
    np.testing.assert_allclose(scores, after, rtol=1e-4, atol=1e-5)
    twin = nn.load_onnx(tmp_path / "tuned.onnx")
    np.testing.assert_allclose(twin(Tensor(images[test])).data, after, rtol=1e-4, atol=1e-5)
