"""A model that was opened from an ONNX file exports again."""

import pytest

import nn
from tests.nn.interchange.model_cases import CLASSES, case, outputs

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from tests.nn.interchange.onnx_export.runtime import assert_close, batch, run, single


@pytest.fixture(autouse=True)
def same_weights_in_every_run():
    nn.seed(0)


@pytest.mark.parametrize("name", CLASSES)
def test_an_imported_model_exports_again(name, tmp_path):
    module, inputs = case(name)
    if inputs is None:
        return
    module.eval().astype("float32")
    inputs, axis = tuple(map(single, inputs)), 1 if name == "RNN" else 0
    nn.export_onnx(module, tmp_path / "first.onnx", inputs, batch_axis=axis)
    imported = nn.load_onnx(tmp_path / "first.onnx").eval()
    nn.export_onnx(imported, tmp_path / "second.onnx", inputs, batch_axis=axis)
    for n in (1, 7):
        arrays = [batch(x, n, axis) for x in inputs]
        assert_close(run(tmp_path / "second.onnx", *arrays), outputs(module(*arrays)))
