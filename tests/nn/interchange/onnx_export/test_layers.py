"""Every class of nn as an ONNX file: onnxruntime computes the same at batch sizes 1 and 7."""

import numpy as np
import pytest

import nn
from tests.nn.interchange.model_cases import CLASSES, case

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from tests.nn.interchange.onnx_export.runtime import check, onnx, single

RANDOM = {"Dropout", "Dropout1d", "Dropout2d", "MLP", "RReLU", "TransformerEncoder", "TransformerEncoderLayer"}
rng = np.random.default_rng(1)


@pytest.fixture(autouse=True)
def same_weights_in_every_run():
    nn.seed(0)


@pytest.mark.parametrize("name", CLASSES)
def test_a_module_runs_in_onnxruntime(name, tmp_path):
    module, inputs = case(name)
    if inputs is None:
        return
    module.eval().astype("float32")
    check(module, tmp_path / "model.onnx", *map(single, inputs), axis=1 if name == "RNN" else 0)


@pytest.mark.parametrize("name", ["GELU", "RMSNorm", "LayerNorm", "GPT", "LSTM", "AvgPool2d", "GroupNorm", "CrossEntropyLoss"])
@pytest.mark.parametrize("opset", [20, 23])
def test_later_versions_of_the_operators(name, opset, tmp_path):
    module, inputs = case(name)
    model = check(module.eval().astype("float32"), tmp_path / "model.onnx", *map(single, inputs), opset=opset)
    assert model.proto.opset_import[0].version == opset
    assert ("Gelu" in model.operators) == (name in ("GELU", "GPT"))


@pytest.mark.parametrize("name", sorted(set(CLASSES) - RANDOM - {"GPT"}))
def test_training_mode(name, tmp_path):
    module, inputs = case(name)
    if inputs is None or not any("Norm" in type(m).__name__ for m in module.modules()):
        return
    module.astype("float32").train()
    model = check(module, tmp_path / "model.onnx", *map(single, inputs), sizes=(4, 7), training=True)
    assert {p.key: p.value for p in model.proto.metadata_props} == {"mode": "training"}


@pytest.mark.parametrize("name", sorted(RANDOM))
def test_random_numbers_in_training_mode_are_refused(name, tmp_path):
    module, inputs = case(name)
    with pytest.raises(nn.ModelFileError, match="it draws random numbers; export in evaluation mode"):
        nn.export_onnx(module, tmp_path / "model.onnx", tuple(inputs), training=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("lengths", [None, [3, 1, 5]])
@pytest.mark.parametrize("cls", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("layers", [1, 2])
def test_recurrent_layers_are_recurrent_operators(cls, lengths, layers, tmp_path):
    layer = cls(2, 4, num_layers=layers, bidirectional=True, batch_first=True, rng=0).astype("float32")
    x = rng.normal(size=(3, 5, 2)).astype(np.float32)
    inputs = (x,) if lengths is None else (x, np.array(lengths))
    call = layer if lengths is None else lambda x, lengths: layer(x, lengths=lengths)
    model = check(call, tmp_path / "model.onnx", *inputs)
    assert model.operators.count(cls.__name__) == 2 * layers


def test_recurrent_layers_with_initial_states(tmp_path):
    layer = nn.LSTM(2, 4, rng=0).astype("float32")
    x, h, c = (rng.normal(size=shape).astype(np.float32) for shape in ((5, 3, 2), (1, 3, 4), (1, 3, 4)))
    check(lambda x, h, c: layer(x, (h, c)), tmp_path / "model.onnx", x, h, c, axis=1)


@pytest.mark.parametrize("inputs", [(6,), (4, 5, 5), (4, 5)])
def test_batch_normalization_is_one_operator_in_evaluation_mode(inputs, tmp_path):
    layer = (nn.BatchNorm2d if len(inputs) == 3 else nn.BatchNorm1d)(inputs[0]).astype("float32")
    x = rng.normal(size=(8, *inputs)).astype(np.float32)
    layer(x)
    model = check(layer.eval(), tmp_path / "model.onnx", x)
    assert model.operators == ["BatchNormalization"]
    assert {x.name for x in model.proto.graph.initializer} == {"weight", "bias", "running_mean", "running_var"}


def test_fused_layers_are_single_operators(tmp_path):
    model = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.LeakyReLU(), nn.Softmax()).astype("float32")
    exported = check(model, tmp_path / "model.onnx", np.ones((2, 4), np.float32))
    assert exported.operators == ["Gemm", "LayerNormalization", "LeakyRelu", "Softmax"]
    assert exported.nodes == ["0/Gemm", "1/LayerNormalization", "2/LeakyRelu", "3/Softmax"]


@pytest.mark.parametrize("mask", [False, True])
def test_attention_with_masks(mask, tmp_path):
    layer = nn.MultiheadAttention(8, 2).astype("float32").eval()
    x = rng.normal(size=(3, 5, 8)).astype(np.float32)
    allowed = rng.random((3, 5, 5)) < 0.6
    allowed[0, 2] = False  # a query that may attend to no key
    if mask:
        check(lambda x, allowed: layer(x, mask=allowed), tmp_path / "model.onnx", x, allowed)
    else:
        check(lambda x: layer(x, causal=True), tmp_path / "model.onnx", x)


def test_the_checker_accepts_a_file_of_every_class_with_full_shape_inference(tmp_path):
    for name in ("LeNet", "GPT", "LSTM", "TransformerDecoder", "Upsample"):
        module, inputs = case(name)
        nn.export_onnx(module.eval(), tmp_path / "model.onnx", tuple(inputs))
        onnx.checker.check_model(str(tmp_path / "model.onnx"), full_check=True)
