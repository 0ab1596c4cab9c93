"""ONNX files whose parts contradict each other: functions, attributes, tensors."""

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx import AttributeProto, TensorProto, helper

import nn
from autograd import DataError, no_grad
from nn.interchange.onnx_import.limits import check_size
from nn.interchange.onnx_import.model import module_of
from nn.interchange.onnx_import.values import as_integer, as_integers, as_number, normalize_axes, normalize_axis
from tests.nn.interchange.onnx_import.models import parse

FUNCTION = '<domain: "local", opset_import: ["": 18]> f (a) => (b) { b = Neg(a) }'
CALL = f"g (float x) => (float y) {{ y = local.f(x) }}\n{FUNCTION}"


def refusal(model):
    with pytest.raises(nn.ModelFileError) as caught:
        module_of(model)
    return str(caught.value)


def test_functions():
    model = parse(CALL)
    model.functions.append(model.functions[0])
    assert "defines a function twice" in refusal(model)
    model = parse(CALL)
    model.graph.node[0].input.append("x")
    assert "more inputs or outputs than the function" in refusal(model)
    model = parse(CALL)
    model.functions[0].node[0].input[0] = "outside"
    assert "'outside' is defined nowhere" in refusal(model)


def test_attributes():
    model = parse("g (float x) => (float y) { y = Elu <alpha = 2.0> (x) }")
    model.graph.node[0].attribute.append(model.graph.node[0].attribute[0])
    assert "the attribute 'alpha' twice" in refusal(model)
    model = parse("g (float x) => (float y) { y = Elu <alpha = 2.0> (x) }")
    model.graph.node[0].attribute[0].type = AttributeProto.UNDEFINED
    assert "has an unknown type, 0" in refusal(model)


def test_attributes_of_all_types():
    sparse = helper.make_sparse_tensor(helper.make_tensor("v", 1, [1], [5.0]), helper.make_tensor("i", 7, [1, 1], [2]), [3])
    node = helper.make_node("Constant", [], ["y"], sparse_value=sparse)
    graph = helper.make_graph([node], "g", [], [helper.make_tensor_value_info("y", 1, [3])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    assert module_of(model)().tolist() == [0, 0, 5]
    graph.node[0].CopyFrom(helper.make_node("Constant", [], ["y"], value_strings=["a", b"\xff"]))
    model.graph.CopyFrom(graph)
    assert module_of(model)().tolist() == ["a", b"\xff"]
    graph.node[0].attribute.append(helper.make_attribute("value_int", 3))
    model.graph.CopyFrom(graph)
    with pytest.raises(DataError, match="expected one value, got 2"):
        module_of(model)


def test_tensors():
    model = parse("g (float[1] x) => (float[1] y) { y = Add(x, w) }")
    tensor = TensorProto(name="w", dims=[1], data_type=1, float_data=[1.0])
    tensor.segment.begin = 0
    model.graph.initializer.append(tensor)
    assert "has segments" in refusal(model)
    tensor = TensorProto(name="w", dims=[1], data_type=TensorProto.STRING, data_location=TensorProto.EXTERNAL)
    model.graph.initializer[0].CopyFrom(tensor)
    assert "strings cannot stand in another file" in refusal(model)
    tensor = TensorProto(name="w", dims=[1], data_type=1, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="weights")
    model.graph.initializer[0].CopyFrom(tensor)
    assert "must stand in a file of the model's folder" in refusal(model)  # a model without a file has no folder


def test_texts_of_other_encodings():
    model = parse('g (float x) => (string[1] y) { y = Constant <value_strings = ["a"]> () }')
    tensor = TensorProto(dims=[1], data_type=TensorProto.STRING, string_data=[b"\xff"])
    model.graph.node[0].CopyFrom(helper.make_node("Constant", [], ["y"], value=tensor))
    assert "cannot be read" in refusal(model)


def test_integers_of_four_bits():
    for data_type, values in ((TensorProto.INT4, [-8, 7, 1]), (TensorProto.UINT4, [15, 0, 1])):
        model = parse("g (float x) => (float y) { y = Cast <to = 1> (w) }")
        model.graph.initializer.append(helper.make_tensor("w", data_type, [3], values))
        assert module_of(model)(np.float32(0)).tolist() == values


@pytest.mark.parametrize(
    ("function", "argument", "message"),
    [
        (check_size, [-1], "must not be negative"),
        (check_size, [1] * 65, "at most 64 axes"),
        (as_integers, np.zeros(2), "expected a vector of integers"),
        (as_integer, np.zeros(2, int), "expected one integer, got 2"),
        (as_number, np.zeros(2), "expected one number"),
        (lambda axis: normalize_axis(axis, 2), 2, "axis 2 is out of range for 2 axes"),
        (lambda axes: normalize_axes(axes, 2), [0, -2], "name an axis twice"),
    ],
)
def test_values_that_operators_refuse(function, argument, message):
    with no_grad(), pytest.raises(DataError, match=message):
        function(argument)
