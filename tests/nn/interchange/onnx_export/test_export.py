"""nn.export_onnx: the names and the contents of a file, its options, and refusals before anything is written."""

import sys

import numpy as np
import pytest

import nn
from autograd import Tensor, TraceError
from nn.interchange.onnx_export import export as exporting

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from tests.nn.interchange.onnx_export.runtime import check, export, onnx, run, session

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def model():
    hidden = nn.Sequential(nn.BatchNorm1d(4), nn.ReLU())
    return nn.Sequential(nn.Linear(3, 4, rng=0), hidden, nn.Linear(4, 2, rng=1)).astype("float32")


def test_nodes_are_named_by_modules_and_initializers_by_parameters(tmp_path):
    proto = export(model(), tmp_path / "model.onnx", X)
    assert [node.name for node in proto.graph.node] == ["0/Gemm", "1/0/BatchNormalization", "1/1/Relu", "2/Gemm"]
    assert [node.doc_string for node in proto.graph.node] == ["Linear", "BatchNorm1d", "ReLU", "Linear"]
    names = {x.name for x in proto.graph.initializer}
    assert {"0.weight", "0.bias", "1.0.running_mean", "2.weight", "2.bias"} <= names
    stored = {x.name: onnx.numpy_helper.to_array(x) for x in proto.graph.initializer}
    np.testing.assert_array_equal(stored["0.weight"], model().state_dict()["0.weight"])


def test_the_batch_is_a_symbol_and_the_mode_is_said(tmp_path):
    proto = export(model().train(), tmp_path / "model.onnx", X)
    sizes = [
        [d.dim_param or d.dim_value for d in x.type.tensor_type.shape.dim] for x in (*proto.graph.input, *proto.graph.output)
    ]
    assert sizes == [["batch", 3], ["batch", 2]]
    assert {p.key: p.value for p in proto.metadata_props} == {"mode": "evaluation"}
    assert proto.producer_name == "chainrule"


def test_the_mode_of_the_model_and_its_statistics_do_not_change(tmp_path):
    module = model().train()
    state = module.state_dict()
    for training in (False, True):
        export(module, tmp_path / "model.onnx", X, training=training)
        assert all(m.training for m in module.modules())
    for name, array in module.state_dict().items():
        np.testing.assert_array_equal(array, state[name])


def test_static_sizes(tmp_path):
    proto = export(model(), tmp_path / "model.onnx", X, dynamic_batch=False)
    assert [d.dim_value for d in proto.graph.input[0].type.tensor_type.shape.dim] == [2, 3]
    with pytest.raises(Exception, match="Got invalid dimensions"):
        run(tmp_path / "model.onnx", np.ones((3, 3), np.float32))


def test_names_of_inputs_and_outputs(tmp_path):
    def function(features, extra):
        return {"sum": features + extra["y"], "same": features, "constant": np.ones(2, np.float32)}

    example = (X, {"y": X})
    nn.export_onnx(function, tmp_path / "model.onnx", example)
    file = session(tmp_path / "model.onnx")
    assert [x.name for x in file.get_inputs()] == ["features", "extra_0"]
    assert [x.name for x in file.get_outputs()] == ["output_0", "output_1", "output_2"]
    nn.export_onnx(function, tmp_path / "model.onnx", example, names=(["a", "b"], ["c", "d", "e"]))
    file = session(tmp_path / "model.onnx")
    results = file.run(["e", "c", "d"], {"a": X, "b": X})
    for actual, expected in zip(results, (np.ones(2), 2 * X, X)):
        np.testing.assert_array_equal(actual, expected)
    with pytest.raises(ValueError, match="two lists of distinct names, of 2 inputs and 3 outputs"):
        nn.export_onnx(function, tmp_path / "model.onnx", example, names=(["a"], ["c", "d", "e"]))


def test_the_axis_of_the_batch_of_each_input(tmp_path):
    weights = np.arange(3, dtype=np.float32)
    nn.export_onnx(lambda x, w: (x.T * w).sum(axis=1), tmp_path / "model.onnx", (X.T.copy(), weights), batch_axis=(1, None))
    (result,) = run(tmp_path / "model.onnx", np.ones((3, 5), np.float32), weights)
    np.testing.assert_array_equal(result, np.full(5, 3))
    with pytest.raises(ValueError, match="the inputs need the same batch size"):
        nn.export_onnx(lambda x, w: x * w, tmp_path / "model.onnx", (X, weights))


def test_a_parameter_used_twice_is_stored_once(tmp_path):
    embedding = nn.Embedding(50, 3)
    tied = nn.Sequential(embedding, nn.TiedLinear(embedding)).astype("float32")
    proto = export(tied, tmp_path / "model.onnx", np.array([[1, 2]]))
    assert sum(np.prod(x.dims) >= 150 for x in proto.graph.initializer) == 1


def test_complex_numbers_are_refused_by_the_operation_that_makes_them(tmp_path):
    with pytest.raises(
        nn.ModelFileError, match=r"1 operation has no counterpart[^\0]*multiply \(.*it computes complex numbers"
    ):
        nn.export_onnx(lambda x: x * 1j, tmp_path / "model.onnx", np.ones((1, 4)))


def test_all_operations_without_counterpart_are_listed_by_name_module_and_line(tmp_path):
    class Odd(nn.Module):
        def forward(self, x):
            return np.linalg.inv(x @ x.T)

    path = tmp_path / "model.onnx"
    module = nn.Sequential(Odd(), nn.Lambda(lambda x: np.linalg.cholesky(x)))
    with pytest.raises(nn.ModelFileError) as error:
        nn.export_onnx(module, path, np.eye(2, 3, dtype=np.float32), dynamic_batch=False)
    lines = str(error.value).splitlines()
    assert lines[0] == "export_onnx: 2 operations have no counterpart in ONNX:"
    assert lines[1].strip().startswith("inv in Odd '0' (")
    assert "return np.linalg.inv(x @ x.T)" in lines[1]
    assert lines[2].strip().startswith("cholesky in Lambda '1' (")
    assert not path.exists()


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (lambda x: sum(row * row.sum() for row in x), nn.ModelFileError, "the operations depend on the batch size"),
        (lambda x: x * np.float32(1 / len(x)), nn.ModelFileError, r"is not a n \+ c"),
        (
            lambda x: x + np.random.default_rng(0).normal(size=x.shape).astype("f"),
            nn.ModelFileError,
            "from example to example",
        ),
        (lambda x: x[x > 1], nn.ModelFileError, "depends on the batch size|depends on values"),
        (lambda x: x if (x > 0).all() else -x, TraceError, "branches on a value"),
        (lambda x: x * float(x.sum()), TraceError, "converted to a Python number"),
        (lambda x: [x] * len(x), nn.ModelFileError, "the results depend on the batch size: lists of 2, 3, 17 elements"),
        (lambda x: (x, "text"), nn.ModelFileError, "the function must return tensors, not 'text'"),
        (lambda x: None, nn.ModelFileError, "the function returns no tensors"),
        (lambda x: x + np.eye(len(x), 3, dtype=np.float32), nn.ModelFileError, "from example to example"),
        (lambda x: x + (np.arange(len(x)) == 1)[:, None], nn.ModelFileError, "from example to example"),
        (lambda x: x @ x.T + np.ones((len(x), len(x)), "f"), nn.ModelFileError, "follows the batch along 2 axes"),
        (lambda x: np.sum(x, axis=0 if len(x) == 2 else 1), nn.ModelFileError, "batch size"),
        (lambda x: np.transpose(x, (0, 1) if len(x) == 2 else None), nn.ModelFileError, "batch size"),
        (lambda x: np.concatenate([x] * len(x)), nn.ModelFileError, "lists of 2, 3, 17 elements"),
        (lambda x: x.reshape((2, 3) if len(x) == 2 else (-1, 1, 3)), nn.ModelFileError, "number of axes|elements"),
    ],
    ids=[
        "loop",
        "quotient",
        "random",
        "mask",
        "branch",
        "number",
        "list",
        "text",
        "none",
        "eye",
        "examples",
        "square",
        "axis",
        "order",
        "pieces",
        "axes",
    ],
)
def test_what_depends_on_the_batch_or_on_values_is_refused(function, error, message, tmp_path):
    with pytest.raises(error, match=message):
        nn.export_onnx(function, tmp_path / "model.onnx", X)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"path": "model.pt"}, ValueError, "the path must end with .onnx"),
        ({"opset": 9}, ValueError, "opset must be 18 to 23, got 9"),
        ({"model": 3}, TypeError, "model must be a module or a function of tensors, not 3"),
        ({"batch_axis": (0, 1)}, ValueError, "batch_axis has 2 axes for 1 inputs"),
        ({"example": [[1.0, 2.0]]}, TypeError, "example must hold arrays or tensors"),
        ({"example": np.zeros((0, 3))}, ValueError, "1 or more"),
        ({"opset_version": 18}, TypeError, "opset"),
        ({"dynamic_axes": {}}, TypeError, "dynamic_batch"),
    ],
)
def test_wrong_arguments(options, error, message, tmp_path):
    arguments = {"model": nn.ReLU(), "path": tmp_path / "model.onnx", "example": X, **options}
    with pytest.raises(error, match=message):
        nn.export_onnx(**arguments)


def test_a_file_of_2_gib_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "MAX_BYTES", 10)
    with pytest.raises(nn.ModelFileError, match="an ONNX file holds 2 GiB"):
        nn.export_onnx(nn.Linear(3, 2), tmp_path / "model.onnx", X)


def test_without_the_package_the_error_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r'pip install "chainrule\[onnx\]"'):
        nn.export_onnx(nn.ReLU(), tmp_path / "model.onnx", X)


def test_an_error_leaves_an_older_file_as_it_is(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"older")
    with pytest.raises(nn.ModelFileError):
        nn.export_onnx(lambda x: np.linalg.pinv(x), path, X, dynamic_batch=False)
    assert path.read_bytes() == b"older"
    assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]


def test_a_refusal_of_the_checker_is_an_export_error():
    with pytest.raises(nn.ModelFileError, match=r"ONNX's checker refuses the file"):
        exporting._check(onnx, onnx.ModelProto())


def test_constants_and_parameters_of_a_closure(tmp_path):
    weight, shift = Tensor(X.T.copy(), requires_grad=True), np.float32(2)
    proto = check(lambda x: x @ weight + shift, tmp_path / "model.onnx", X).proto
    assert "weight" in [x.name for x in proto.graph.initializer]


def test_double_precision(tmp_path):
    module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.LayerNorm(4))
    check(module, tmp_path / "model.onnx", X.astype(np.float64))
