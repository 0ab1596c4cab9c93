"""The models of the course as files that a program runs which has onnxruntime and not this project."""

import subprocess
import sys

import numpy as np
import pytest

import nn

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from tests.nn.interchange.onnx_export.runtime import batch, single

rng = np.random.default_rng(3)
IMAGES, SEQUENCES = rng.normal(size=(4, 1, 28, 28)), rng.normal(size=(4, 12, 5))
TOKENS = rng.integers(0, 65, (4, 16))
#: A program that has onnxruntime and can import none of our packages.
PROGRAM = """
import sys
sys.modules.update({"autograd": None, "nn": None, "optim": None})
import numpy as np
import onnxruntime

file = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
data = np.load(sys.argv[2])
for key in [key for key in data if key.startswith("x")]:
    (result,) = file.run(None, {file.get_inputs()[0].name: data[key]})
    expected = data["y" + key[1:]]
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6 * abs(expected).max())
    print(key[1:], result.shape)
"""


class Classifier(nn.Module):
    """The last state of an LSTM, then an affine map."""

    def __init__(self):
        self.recurrent = nn.LSTM(5, 8, num_layers=2, batch_first=True, rng=0)
        self.head = nn.Linear(8, 3, rng=0)

    def forward(self, x):
        out, _ = self.recurrent(x)
        return self.head(out[:, -1])


MODELS = {
    "MLP": (lambda: nn.MLP([784, 32, 10], "relu", batch_norm=True, dropout=0.3, rng=0), IMAGES.reshape(4, -1)),
    "LeNet": (lambda: nn.LeNet(28, rng=0), IMAGES),
    "LSTM": (Classifier, SEQUENCES),
    "GPT": (lambda: nn.GPT(vocabulary=65, width=32, layers=2, heads=4, context=16, rng=0), TOKENS),
    "rotary GPT": (lambda: nn.GPT(65, 32, 2, 4, 16, tied=False, positions="rotary", rng=0), TOKENS),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_the_course_runs_where_this_project_is_not(name, tmp_path):
    make, x = MODELS[name]
    model, x = make().astype("float32"), single(x)
    if name != "GPT":
        model(x)  # running statistics of a training step
    model.train()
    nn.export_onnx(model, tmp_path / "model.onnx", x)
    model.eval()
    arrays = {}
    for n in (1, 7):
        arrays |= {f"x{n}": batch(x, n), f"y{n}": model(batch(x, n)).numpy()}
    np.savez(tmp_path / "data.npz", **arrays)
    command = [sys.executable, "-I", "-c", PROGRAM, tmp_path / "model.onnx", tmp_path / "data.npz"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["1", "7"]
