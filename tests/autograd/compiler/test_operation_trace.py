"""The operation trace: operations as whole calls, names of tensors, pruning, and refusals by line."""

from functools import partial

import numpy as np
import pytest

import nn
from autograd import Tensor, TraceError, enable_grad, gradients
from autograd.compiler.operation_trace import TracedValue
from autograd.core.operation import Operation
from autograd.core.trees import leaves, map_leaves
from autograd.extend import side_effect, trace_operations
from tests.nn.interchange.model_cases import CLASSES, case, outputs


def replay(trace, *args):
    """The result of the calls of a trace at other arguments."""
    values = {value.number: np.asarray(x)[()] for value, x in zip(leaves(trace.inputs), leaves(args), strict=True)}
    values |= {p.value.number: p.tensor.data for p in trace.parameters.values()}

    def arrays(tree):
        return map_leaves(lambda x: values[x.number] if isinstance(x, TracedValue) else x, tree)

    for call in trace.calls:
        if not call.has_effect:
            function = call.function.forward if isinstance(call.function, Operation) else call.function
            out = function(*arrays(call.inputs), **arrays(call.options))
            out = out[0] if call.residuals else out
            values |= {value.number: x for value, x in zip(leaves(call.result), leaves(out), strict=True)}
    return arrays(trace.result)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("training", [False, True])
def test_a_replayed_trace_gives_the_result_of_the_module_at_other_inputs(name, training):
    module, inputs = case(name)
    if inputs is None:
        return
    module.train(training)
    trace = trace_operations(module, *inputs)
    others = [x if x.dtype.kind in "iu" or name == "CosineEmbeddingLoss" else np.flip(x, 0).copy() for x in inputs]
    if not any(call.is_random for call in trace.calls):
        expected = outputs(module(*others))
        for actual, array in zip(outputs(replay(trace, *others)), expected, strict=True):
            np.testing.assert_array_equal(actual, array)


def test_a_fused_operation_is_one_call_with_the_path_and_the_class_of_its_module_and_all_options():
    model = nn.Sequential(nn.Linear(3, 2), nn.LayerNorm(2), nn.LeakyReLU(0.3), nn.Softmax())
    trace = trace_operations(model, np.ones((4, 3)))
    assert [(call.name, call.module, call.module_class) for call in trace.calls] == [
        ("linear", "0", nn.Linear),
        ("layer_norm", "1", nn.LayerNorm),
        ("leaky_relu", "2", nn.LeakyReLU),
        ("softmax", "3", nn.Softmax),
    ]
    assert [call.options for call in trace.calls] == [{}, {"eps": 1e-5}, {"negative_slope": 0.3}, {"axis": -1}]
    assert list(trace.parameters) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert trace.calls[0].inputs[1] is trace.parameters["0.weight"].value
    assert trace.calls[-1].result is trace.result
    assert trace.result.shape == (4, 2)
    assert "trace_operations(model" in trace.calls[0].line.text


def test_parameters_of_closures_and_partial_functions_are_named_and_keep_their_data():
    weight, model = Tensor([1.0, 2.0], requires_grad=True), nn.Linear(2, 2)
    arrays = weight.data, model.weight.data

    def scaled(layer, x):
        return layer(x) * weight

    trace = trace_operations(partial(scaled, model), Tensor([[1.0, 2.0]]))
    assert sorted(p.tensor.shape for p in trace.parameters.values()) == [(2,), (2,), (2, 2)]
    assert trace.parameters["weight"].tensor is weight
    assert weight.data is arrays[0]
    assert model.weight.data is arrays[1]


def test_an_operation_on_parameters_alone_is_recorded():
    model = nn.Sequential(nn.Embedding(5, 3), nn.BatchNorm1d(3).eval())
    assert "sqrt" in [call.name for call in trace_operations(model, np.array([1, 2])).calls]


def test_integers_booleans_constants_and_trees():
    def function(tree, scale):
        index = np.argmax(tree["x"], axis=1)
        return [tree["y"][index] * scale, (tree["x"] > 0) & True, 7]

    tree = {"x": np.array([[1, 5], [7, 2]]), "y": Tensor([1.0, 2.0])}
    trace = trace_operations(function, tree, 3.0)
    assert [call.name for call in trace.calls] == ["argmax", "getitem", "multiply", "greater", "bitwise_and"]
    assert trace.calls[1].options["index"] is trace.calls[0].result
    assert trace.calls[2].inputs[1] == 3.0
    assert trace.inputs[0]["x"].dtype == int
    assert [getattr(leaf, "dtype", leaf) for leaf in trace.result] == [float, bool, 7]


def test_unused_calls_are_left_out_and_side_effects_are_recorded_but_not_made():
    changed = []

    @side_effect
    def observe(x):
        changed.append(x)

    def function(x):
        np.exp(x)
        observe(x * 2)
        return x + 1

    trace = trace_operations(function, Tensor([1.0]))
    assert [(call.name, call.has_effect) for call in trace.calls] == [("multiply", False), ("observe", True), ("add", False)]
    assert not changed


def test_training_mode_leaves_statistics_and_generators_as_they_were():
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5, rng=3))
    before = model.state_dict(), model.random_state()
    trace = trace_operations(model, np.arange(6.0).reshape(2, 3))
    assert [call.name for call in trace.calls if call.is_random]
    assert model.random_state() == before[1]
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[0][name])


def test_a_tensor_that_outlives_the_run_holds_an_array():
    leaked = []

    def function(x):
        leaked.append(x * 2)
        return leaked[-1] + 1

    trace_operations(function, Tensor([1.0, 2.0]))
    assert type(leaked[0].data) is np.ndarray
    np.testing.assert_array_equal((leaked[0] + 1).numpy(), [3.0, 5.0])


def in_place(x):
    x += 1
    return x


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x: x if (x > 0).all() else -x, "branches on a value"),
        (lambda x: x * max(x[0], x[1]), "branches on a value"),
        (lambda x: x * float(x[0]), "converted to a Python number"),
        (lambda x: x * x[0].item(), "converted to a Python number"),
        (lambda x: x * np.array(x.tolist()), "converted to lists"),
        (lambda x: x[int(x[0]) :], "converted to a Python number"),
        (in_place, "was replaced"),
    ],
)
def test_python_code_that_reads_values_is_refused_by_line(function, reason):
    with pytest.raises(TraceError, match=reason) as error:
        trace_operations(function, Tensor([1.0, 2.0]))
    assert "test_operation_trace.py" in str(error.value)


def test_after_a_refusal_parameters_have_their_arrays():
    model = nn.Linear(2, 1)
    array = model.weight.data
    with pytest.raises(TraceError):
        trace_operations(lambda x: float(model(x).sum()), np.ones((1, 2)))
    assert model.weight.data is array


def test_a_gradient_is_refused_or_recorded():
    def slope(x):
        x = Tensor(x, requires_grad=True)
        return gradients((x * x).sum(), x)

    with pytest.raises((TraceError, RuntimeError)):
        trace_operations(slope, Tensor([1.0, 2.0]))


def test_a_gradient_inside_of_the_function_is_recorded():
    def slope(x):
        with enable_grad():
            y = Tensor(x, requires_grad=True)
            return gradients((np.exp(y) * nn.functional.softmax(y)).sum(), y)

    a, b = np.array([1.0, 2.0]), np.array([-1.0, 3.0])
    np.testing.assert_allclose(replay(trace_operations(slope, a), b)[0], slope(b)[0].numpy(), rtol=1e-12)


def test_a_detached_value_is_detached_once():
    trace = trace_operations(lambda x: x.detach() * x, Tensor([1.0, 2.0]))
    assert [call.name for call in trace.calls] == ["detach", "multiply"]
