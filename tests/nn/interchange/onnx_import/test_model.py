"""Modules of `load_onnx`: parameters and buffers, inputs and outputs, what modules can do."""

import copy
import pickle
import sys

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx import TensorProto, numpy_helper

import autograd
import nn
from autograd import DataError, Tensor, gradcheck, no_grad
from nn.interchange.onnx_import.model import module_of
from tests.nn.interchange.onnx_import.models import parse, samples, write

NETWORK = """network (float[n, 2] x) => (float[n, 3] y) {
    [hidden] z = Gemm <transB = 1> (x, net__0__weight, net__0__bias)
    [norm] u = BatchNormalization(z, norm__weight, norm__bias, norm__running_mean, norm__running_var)
    [net__1__act] v = Relu(u)
    [scale] s = Mul(v, temperature)
    [again] y = Gemm(s, tied)
    [tie] unused = MatMul(s, tied)
}"""


def dotted(text, weights):
    """A model with a dot for each double underline, which ONNX's text syntax does not allow in names."""
    model = parse(text)
    for node in model.graph.node:
        node.name = node.name.replace("__", ".")
        for i, name in enumerate(node.input):
            node.input[i] = name.replace("__", ".")
    model.graph.initializer.extend(numpy_helper.from_array(np.asarray(array), name) for name, array in weights.items())
    return model


def network_weights(rng):
    return {
        "net.0.weight": rng.normal(size=(3, 2)).astype(np.float32),
        "net.0.bias": rng.normal(size=3).astype(np.float32),
        "norm.weight": np.ones(3, np.float32),
        "norm.bias": np.zeros(3, np.float32),
        "norm.running_mean": rng.normal(size=3).astype(np.float32),
        "norm.running_var": np.full(3, 2, np.float32),
        "temperature": np.float32(2),
        "tied": rng.normal(size=(3, 3)).astype(np.float32),
    }


@pytest.fixture
def weights():
    return network_weights(np.random.default_rng(0))


@pytest.fixture
def network(weights, tmp_path):
    return nn.load_onnx(write(dotted(NETWORK, weights), tmp_path / "network.onnx"))


X = np.array([[1, 2], [-1, 0.5]], np.float32)


def test_parameters_and_buffers_belong_to_the_operator_that_uses_them(network, weights):
    parameters, buffers = dict(network.named_parameters()), dict(network.named_buffers())
    assert list(parameters) == ["hidden.weight", "hidden.bias", "norm.weight", "norm.bias", "again.tied"]
    assert list(buffers) == ["norm.running_mean", "norm.running_var", "scale.temperature"]
    assert network.initializer_names["hidden.weight"] == "net.0.weight"
    for name, tensor in (parameters | buffers).items():
        np.testing.assert_array_equal(tensor.data, weights[network.initializer_names[name]])
    assert [name for name, _ in network.named_children()] == ["hidden", "norm", "net_1_act", "scale", "again", "tie"]


def test_outputs(network, weights):
    z = X @ weights["net.0.weight"].T + weights["net.0.bias"]
    u = (z - weights["norm.running_mean"]) / np.sqrt(2 + 1e-5)
    expected = 2 * np.maximum(u, 0) @ weights["tied"]
    np.testing.assert_allclose(network(X).data, expected, rtol=1e-5)
    np.testing.assert_array_equal(network(x=X).data, network(X).data)
    np.testing.assert_array_equal(network.train()(X).data, network.eval()(X).data)
    assert network(X).dtype == np.float32


def test_an_array_that_is_a_weight_and_a_statistic_becomes_two():
    text = """g (float[n, 2] x) => (float[n, 2] y) {
        var = Identity(one)
        [norm] y = BatchNormalization(x, one, zero, zero, var)
    }"""
    model = module_of(parse(text, {"one": np.ones(2, np.float32), "zero": np.zeros(2, np.float32)}))
    assert [name for name, _ in model.named_parameters()] == ["norm.one", "norm.zero"]
    assert [name for name, _ in model.named_buffers()] == ["norm.zero_2", "norm.one_2"]
    assert model.initializer_names == {"norm.one": "one", "norm.zero": "zero", "norm.zero_2": "zero", "norm.one_2": "one"}
    model.norm.one.data = np.full(2, 3, np.float32)
    np.testing.assert_allclose(model(X).data, 3 * X, rtol=1e-4)


def test_several_outputs_are_a_tuple():
    model = module_of(parse("g (float[n] x) => (float[n] y, int64 size) { y = Neg(x) size = Size(x) }"))
    y, size = model([1.0, 2.0])
    assert y.tolist() == [-1, -2]
    assert isinstance(size, Tensor)
    assert size.item() == 2


def test_gradients_of_all_parameters(network):
    network.astype("float64")
    x = np.array([[1, 2], [-1, 0.5], [0.3, -0.7]])
    names, parameters = zip(*network.named_parameters())
    children = [name.split(".") for name in names]

    def call(x, *tensors):
        for (child, attribute), tensor in zip(children, tensors):
            vars(getattr(network, child))[attribute] = tensor
        return network(x)

    gradcheck(call, [x, *[parameter.data for parameter in parameters]])


def test_weights_load_and_save(network, weights, tmp_path):
    nn.save(network, tmp_path / "weights.safetensors")
    twin = module_of(dotted(NETWORK, network_weights(np.random.default_rng(1))))
    assert (twin(X).data != network(X).data).any()
    twin.load_state_dict(nn.load(tmp_path / "weights.safetensors"))
    np.testing.assert_array_equal(twin(X).data, network(X).data)


def test_copies_and_pickles_are_independent(network):
    for twin in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        np.testing.assert_array_equal(twin(X).data, network(X).data)
        twin.hidden.weight.data = np.zeros((3, 2), np.float32)
        assert (twin(X).data != network(X).data).any()


@pytest.mark.parametrize("index", range(len(samples())))
def test_graphs_in_nodes_pickle(index):
    model, inputs = samples()[index]
    module = module_of(model)
    twin = pickle.loads(pickle.dumps(module))
    outputs = [m(*inputs) if isinstance(m(*inputs), tuple) else (m(*inputs),) for m in (module, twin)]
    for first, second in zip(*outputs):
        np.testing.assert_array_equal(first.data, second.data)


def test_summary(network):
    summary = nn.summary(network, 2)
    assert summary.parameters == 6 + 3 + 6 + 9
    assert summary.multiply_adds == 6 + 3 + 3 + 9 + 9
    assert "hidden OnnxOperator(Gemm)" in str(summary)


def test_the_graph_is_drawn(network):
    text = str(autograd.draw(network(X).sum()))
    assert "relu" in text
    assert network.hidden.qualified_name() == "OnnxOperator 'hidden'"


def test_a_whole_model_file_names_the_way_out(network, tmp_path):
    with pytest.raises(nn.ModelFileError, match=r"export it with nn\.export_onnx, or write its weights with nn.save"):
        nn.save_model(network, tmp_path / "model.safetensors")


def test_wrong_inputs_are_named(network):
    with pytest.raises(TypeError, match="the input 'x' is missing, expected 1: x"):
        network()
    with pytest.raises(TypeError, match="got 2 inputs, expected 1: x"):
        network(X, X)
    with pytest.raises(TypeError, match="'z' is no input, expected 1: x"):
        network(z=X)
    with pytest.raises(TypeError, match="'x' is given twice"):
        network(X, x=X)
    with pytest.raises(DataError, match=r"has shape \(2, 3\), the file says \(any, 2\)"):
        network(np.zeros((2, 3), np.float32))
    with pytest.raises(DataError, match="has dtype int64, expected float32"):
        network(np.zeros((2, 2), int))


def test_errors_name_the_node(network):
    network.again.tied = nn.Parameter(np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match=r"node 'again' \(Gemm\)"):
        network(X)


def test_functions_of_a_model_take_attributes_and_defaults():
    text = """g (float[n] x) => (float[n] y, float[n] z) { y = local.leaky(x) z = local.leaky <slope = 0.5> (x) }
        <domain: "local", opset_import: ["": 18]> leaky <slope: float = 0.25> (a) => (b) {
            b = LeakyRelu <alpha: float = @slope> (a)
        }"""
    y, z = module_of(parse(text))(np.array([-4, 4], np.float32))
    assert (y.tolist(), z.tolist()) == ([-1, 4], [-2, 4])


def test_constants_are_computed_once():
    text = """g (float[n] x) => (float[n] y) {
        shape = Constant <value_ints = [4]> ()
        w = ConstantOfShape <value = float {2}> (shape)
        v = Neg(w)
        noise = RandomUniformLike(v)
        quiet = Mul(noise, zero)
        u = Add(v, quiet)
        y = Mul(x, u)
    }"""
    model = module_of(parse(text, {"zero": np.float32(0)}))
    assert [name for name, _ in model.named_children()] == ["RandomUniformLike", "Mul", "Add", "Mul_2"]
    assert model(np.ones(4, np.float32)).tolist() == [-2] * 4


def test_names_that_modules_have_themselves_are_changed():
    model = module_of(parse("g (float[1] x) => (float[1] y) { [forward] a = Add(x, training) [train] y = Neg(a) }",
                            {"training": np.ones(1, np.float32)}))  # fmt: skip
    assert model(np.ones(1, np.float32)).tolist() == [-2]
    assert list(model.initializer_names.values()) == ["training"]


def test_floats_of_other_kinds():
    model = parse("g (bfloat16[2] x) => (bfloat16[2] y) { y = Add(x, x) }")
    import ml_dtypes

    y = module_of(model)(np.array([1, 2], ml_dtypes.bfloat16))
    assert y.dtype == ml_dtypes.bfloat16
    assert y.tolist() == [2, 4]
    assert model.graph.input[0].type.tensor_type.elem_type == TensorProto.BFLOAT16


def test_a_network_in_training_mode_normalizes_by_the_batch():
    text = """g (float[n, 2] x) => (float[n, 2] y, float[2] mean) {
        y, mean, var = BatchNormalization <training_mode = 1> (x, w, b, m, v)
    }"""
    arrays = {"w": np.ones(2), "b": np.zeros(2), "m": np.zeros(2), "v": np.ones(2)}
    model = module_of(parse(text, {name: array.astype(np.float32) for name, array in arrays.items()}))
    y, mean = model(np.array([[1, 2], [3, 6]], np.float32))
    np.testing.assert_allclose(y.data.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(mean.data, [0.2, 0.4], rtol=1e-6)


def test_nothing_is_recorded_without_gradients(network):
    with no_grad():
        assert not network(X).requires_grad


def test_the_package_onnx_is_needed(monkeypatch, tmp_path):
    path = write(parse("g (float x) => (float y) { y = Neg(x) }"), tmp_path / "model.onnx")
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install chainrule\[onnx\]"):
        nn.load_onnx(path)
