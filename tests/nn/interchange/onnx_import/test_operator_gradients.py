"""The operators of ONNX that have a gradient, against differences."""

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx import TensorProto, helper

from autograd import Tensor, gradcheck
from nn.interchange.onnx_import.families import load_families
from nn.interchange.onnx_import.model import module_of
from nn.interchange.onnx_import.registry import find_operator

load_families()
DOMAINS = {"FlexAttention": "ai.onnx.preview", "Adam": "ai.onnx.preview.training"}


def drawn(*shape, low=-2.0, high=2.0, seed=0):
    """Distinct numbers in an order that a seed decides, so that no two are equal."""
    count = int(np.prod(shape))
    order = np.random.default_rng(count + seed).permutation(count)
    return (low + (high - low) * (order + 0.5) / max(count, 1)).reshape(shape)


def lstm(features, hidden, directions, gates):
    return [drawn(directions, gates * hidden, n, low=-1, high=1, seed=n) for n in (features, hidden)]


LENGTHS = np.array([3, 1], np.int32)
CASES = {
    "Conv same": ("Conv", [drawn(2, 4, 5, 4), drawn(4, 2, 3, 2), drawn(4)], {"auto_pad": "SAME_LOWER", "group": 2}),
    "Conv strided": (
        "Conv",
        [drawn(1, 2, 7), drawn(3, 2, 2)],
        {"pads": [2, 1], "strides": [2], "dilations": [2]},
    ),
    "ConvTranspose": (
        "ConvTranspose",
        [drawn(1, 4, 3, 3), drawn(4, 1, 2, 3), drawn(2)],
        {"group": 2, "strides": [2, 3], "pads": [0, 1, 1, 0], "output_padding": [1, 2]},
    ),
    "ConvTranspose shape": (
        "ConvTranspose",
        [drawn(1, 2, 3, 3), drawn(2, 1, 2, 2)],
        {"strides": [2, 2], "output_shape": [8, 5], "auto_pad": "SAME_UPPER"},
    ),
    "CausalConvWithState": (
        "CausalConvWithState",
        [drawn(2, 3, 4), drawn(3, 1, 3), drawn(3), drawn(2, 3, 2)],
        {"activation": "silu"},
    ),
    "DeformConv": (
        "DeformConv",
        [drawn(1, 2, 4, 4), drawn(2, 2, 2, 2), drawn(1, 8, 3, 3, low=0.1, high=0.4), drawn(2), drawn(1, 4, 3, 3)],
        {},
    ),
    "AveragePool": (
        "AveragePool",
        [drawn(1, 2, 5, 4)],
        {"kernel_shape": [3, 2], "strides": [2, 2], "pads": [1, 0, 0, 1], "ceil_mode": 1},
    ),
    "AveragePool dilated": ("AveragePool", [drawn(1, 1, 3, 4, 5)], {"kernel_shape": [2, 2, 2], "dilations": [1, 2, 3]}),
    "MaxPool": ("MaxPool", [drawn(2, 2, 5, 4)], {"kernel_shape": [3, 3], "strides": [2, 1], "auto_pad": "SAME_UPPER"}),
    "LpPool": ("LpPool", [drawn(1, 2, 4, 4)], {"kernel_shape": [2, 2], "p": 3}),
    "GlobalLpPool": ("GlobalLpPool", [drawn(2, 2, 3)], {}),
    "GlobalMaxPool": ("GlobalMaxPool", [drawn(2, 2, 3)], {}),
    "MaxUnpool": (
        "MaxUnpool",
        [drawn(1, 1, 2, 2), np.array([[[[5, 7], [13, 15]]]])],
        {"kernel_shape": [2, 2], "strides": [2, 2]},
    ),
    "BatchNormalization": (
        "BatchNormalization",
        [drawn(3, 2, 4), drawn(2), drawn(2), np.array([0.1, 0.2]), np.array([0.5, 1.5])],
        {},
    ),
    "InstanceNormalization": ("InstanceNormalization", [drawn(2, 2, 4), drawn(2), drawn(2)], {}),
    "GroupNormalization": ("GroupNormalization", [drawn(2, 4, 3), drawn(4), drawn(4)], {"num_groups": 2}),
    "LayerNormalization": ("LayerNormalization", [drawn(3, 2, 4), drawn(4), drawn(2, 4)], {"axis": 1}),
    "RMSNormalization": ("RMSNormalization", [drawn(3, 4), drawn(4)], {}),
    "LRN": ("LRN", [drawn(2, 4, 3)], {"size": 4, "alpha": 0.5}),
    "LpNormalization": ("LpNormalization", [drawn(2, 3, 2)], {"axis": 1, "p": 2}),
    "MeanVarianceNormalization": ("MeanVarianceNormalization", [drawn(2, 2, 3, 2)], {}),
    "RNN": ("RNN", [drawn(3, 2, 2), *lstm(2, 3, 1, 1), drawn(1, 6)], {"activations": ["Softsign"]}),
    "GRU": (
        "GRU",
        [drawn(3, 2, 2), *lstm(2, 2, 2, 3), drawn(2, 12), LENGTHS, drawn(2, 2, 2)],
        {"direction": "bidirectional"},
    ),
    "GRU fused": ("GRU", [drawn(3, 2, 2), *lstm(2, 2, 1, 3), drawn(1, 12)], {"linear_before_reset": 1}),
    "LSTM": (
        "LSTM",
        [drawn(3, 2, 2), *lstm(2, 2, 1, 4), drawn(1, 16), LENGTHS, drawn(1, 2, 2), drawn(1, 2, 2), drawn(1, 6)],
        {"direction": "reverse", "input_forget": 1, "clip": 9.0},
    ),
    "LSTM fused": (
        "LSTM",
        [drawn(2, 3, 2), *lstm(2, 2, 2, 4), drawn(2, 16), np.array([2, 3])],
        {"direction": "bidirectional", "layout": 1},
    ),
    "Resize linear": (
        "Resize",
        [drawn(1, 2, 3, 4), None, np.array([1, 1, 2.5, 0.5])],
        {"mode": "linear"},
    ),
    "Resize cubic": (
        "Resize",
        [drawn(1, 1, 4, 4), None, None, np.array([3, 6])],
        {"mode": "cubic", "axes": [2, 3], "exclude_outside": 1},
    ),
    "Resize antialias": ("Resize", [drawn(1, 1, 6), None, None, np.array([1, 1, 4])], {"mode": "linear", "antialias": 1}),
    "Resize nearest": ("Resize", [drawn(1, 1, 3), None, np.array([1, 1, 2.6])], {}),
    "GridSample": (
        "GridSample",
        [drawn(2, 2, 3, 4), drawn(2, 2, 2, 2, low=-0.8, high=0.75)],
        {"mode": "cubic", "padding_mode": "reflection"},
    ),
    "GridSample volume": ("GridSample", [drawn(1, 2, 2, 3, 2), drawn(1, 2, 1, 2, 3, low=-1.3, high=1.2)], {}),
    "AffineGrid": ("AffineGrid", [drawn(2, 2, 3), np.array([2, 1, 3, 2])], {"align_corners": 1}),
    "Col2Im": (
        "Col2Im",
        [drawn(1, 8, 9), np.array([4, 4]), np.array([2, 2])],
        {"pads": [0, 0, 1, 1], "dilations": [2, 2]},
    ),
    "RoiAlign": (
        "RoiAlign",
        [drawn(2, 2, 5, 6), np.array([[0.3, 0.7, 3.1, 4.2], [-2, 1, 9, 3]]), np.array([1, 0])],
        {"output_height": 2, "output_width": 2, "spatial_scale": 0.5},
    ),
    "MaxRoiPool": (
        "MaxRoiPool",
        [drawn(2, 2, 5, 6), np.array([[1, 0, 1, 4, 4], [0, 2, 2, 2, 2]])],
        {"pooled_shape": [2, 2]},
    ),
    "Attention": (
        "Attention",
        [drawn(2, 4, 2, 3), drawn(2, 2, 3, 3), drawn(2, 2, 3, 2), drawn(2, 4), drawn(2, 2, 1, 3), drawn(2, 2, 1, 2)],
        {"is_causal": 1},
    ),
    "Attention limited": (
        "Attention",
        [drawn(1, 2, 4), drawn(1, 3, 4), drawn(1, 3, 4)],
        {"softcap": 1.5, "q_num_heads": 2, "kv_num_heads": 2},
    ),
    "FlexAttention": ("FlexAttention", [drawn(1, 2, 2, 3), drawn(1, 1, 3, 3), drawn(1, 1, 3, 2)], {"softmax_precision": 11}),
    "LinearAttention": (
        "LinearAttention",
        [drawn(1, 3, 4), drawn(1, 3, 2, low=-1, high=1), drawn(1, 3, 2), drawn(1, 1, 2, 2), drawn(1, 3, 2), drawn(1, 3, 1)],
        {"q_num_heads": 2, "kv_num_heads": 1},
    ),
    "RotaryEmbedding": (
        "RotaryEmbedding",
        [drawn(2, 2, 3, 6), drawn(4, 2), drawn(4, 2, seed=1), np.array([[0, 2, 1], [3, 0, 0]])],
        {"rotary_embedding_dim": 4, "interleaved": 1},
    ),
    "NegativeLogLikelihoodLoss": (
        "NegativeLogLikelihoodLoss",
        [drawn(2, 3, 2), np.array([[0, 2], [1, 1]]), drawn(3, low=0.2)],
        {"ignore_index": 2},
    ),
    "SoftmaxCrossEntropyLoss": ("SoftmaxCrossEntropyLoss", [drawn(3, 4), np.array([0, 3, 1])], {"reduction": "sum"}),
    "DequantizeLinear": ("DequantizeLinear", [np.array([[1, 200], [7, 9]], np.uint8), drawn(2), np.uint8([3, 4])], {"axis": 0}),
    "DFT": ("DFT", [drawn(2, 5, 2), np.array(6), np.array(1)], {"inverse": 1}),
    "DFT one-sided": ("DFT", [drawn(2, 4, 2), None, np.array(1)], {"inverse": 1, "onesided": 1}),
    "STFT": ("STFT", [drawn(2, 7, 1), np.array(2), drawn(4)], {}),
    "Adam": ("Adam", [np.array(0.1), np.array(3), *(drawn(3, low=0.5, seed=k) for k in range(4))], {}),
}
#: Positions of inputs of floats that have no gradient: scales and regions.
CONSTANTS = {"Resize": [2], "RoiAlign": [1]}


@pytest.mark.parametrize("case", CASES)
def test_gradients_agree_with_differences(case):
    name, inputs, attributes = CASES[case]
    function = find_operator(DOMAINS.get(name, ""), name, 28).function
    variables = [
        i
        for i, value in enumerate(inputs)
        if value is not None and value.dtype.kind == "f" and i not in CONSTANTS.get(name, ())
    ]

    def call(*values):
        arguments = list(inputs)
        for i, value in zip(variables, values):
            arguments[i] = value
        out = function(*arguments, **attributes)
        return [value for value in out if isinstance(value, Tensor)] if isinstance(out, tuple) else out

    gradcheck(call, [inputs[i] for i in variables])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("case", CASES)
def test_floats_keep_their_dtype(case, dtype):
    name, inputs, attributes = CASES[case]
    if "softmax_precision" in attributes:
        attributes = {}
    function = find_operator(DOMAINS.get(name, ""), name, 28).function
    narrow = [value.astype(dtype) if value is not None and value.dtype.kind == "f" else value for value in inputs]
    for exact, rounded in zip(*(as_list(function(*values, **attributes)) for values in (inputs, narrow)), strict=True):
        assert np.asarray(rounded).dtype == dtype
        np.testing.assert_allclose(rounded, exact, rtol=0.1, atol=100 * np.finfo(dtype).eps * max(1, np.abs(exact).max()))


def as_list(out):
    return [out] if not isinstance(out, tuple) else [value for value in out if value is not None]


def test_training_mode_differentiates_the_statistics():
    function = find_operator("", "BatchNormalization", 15).function
    statistics = np.zeros(2), np.ones(2)
    gradcheck(
        lambda x, w, b: function(x, w, b, *statistics, training_mode=1, outputs=1)[0], [drawn(3, 2, 2), drawn(2), drawn(2)]
    )


def graph(nodes, inputs, outputs):
    """A graph of doubles; inputs and outputs: shapes by name, or types where they are no doubles."""
    infos = [
        [
            helper.make_tensor_value_info(name, *(shape if isinstance(shape, tuple) else (TensorProto.DOUBLE, shape)))
            for name, shape in items.items()
        ]
        for items in (inputs, outputs)
    ]
    return helper.make_graph(nodes, "body", *infos)


def module(nodes, inputs, outputs):
    model = helper.make_model(graph(nodes, inputs, outputs), opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return module_of(model)


CONDITION = (TensorProto.BOOL, [])


def test_both_branches_of_if_have_gradients():
    branches = [graph([helper.make_node(operator, ["x"], ["y"])], {}, {"y": [3]}) for operator in ("Tanh", "Exp")]
    node = helper.make_node("If", ["c"], ["y"], then_branch=branches[0], else_branch=branches[1])
    choose = module([node], {"c": CONDITION, "x": [3]}, {"y": [3]})
    for condition, function in ((True, np.tanh), (False, np.exp)):
        x = drawn(3)
        np.testing.assert_allclose(choose(np.array(condition), x).data, function(x))
        gradcheck(lambda x, c=condition: choose(np.array(c), x), [x])


def test_a_loop_differentiates_through_its_iterations():
    body = graph(
        [
            helper.make_node("Mul", ["h", "w"], ["hw"]),
            helper.make_node("Tanh", ["hw"], ["h2"]),
            helper.make_node("Identity", ["c"], ["c2"]),
            helper.make_node("Identity", ["h2"], ["scan"]),
        ],
        {"i": (TensorProto.INT64, []), "c": CONDITION, "h": [3]},
        {"c2": CONDITION, "h2": [3], "scan": [3]},
    )
    loop = module(
        [helper.make_node("Loop", ["n", "", "x"], ["y", "all"], body=body)],
        {"n": (TensorProto.INT64, []), "x": [3], "w": [3]},
        {"y": [3], "all": [None, 3]},
    )
    x, w = drawn(3), drawn(3, seed=1)
    last, rows = loop(np.array(4), x, w)
    assert rows.shape == (4, 3)
    np.testing.assert_array_equal(rows.data[-1], last.data)
    gradcheck(lambda x, w: list(loop(np.array(4), x, w)), [x, w])


def test_a_scan_differentiates_states_and_sequences():
    body = graph(
        [
            helper.make_node("Mul", ["h", "x"], ["p"]),
            helper.make_node("Sin", ["p"], ["h2"]),
            helper.make_node("Exp", ["h2"], ["y"]),
        ],
        {"h": [2], "x": [2]},
        {"h2": [2], "y": [2]},
    )
    node = helper.make_node(
        "Scan",
        ["h", "x"],
        ["last", "ys"],
        body=body,
        num_scan_inputs=1,
        scan_input_directions=[1],
        scan_output_axes=[1],
    )
    scan = module([node], {"h": [2], "x": [3, 2]}, {"last": [2], "ys": [2, 3]})
    h, x = drawn(2), drawn(3, 2)
    state, rows = h, []
    for row in x[::-1]:
        state = np.sin(state * row)
        rows.append(np.exp(state))
    last, ys = scan(h, x)
    np.testing.assert_allclose(last.data, state)
    np.testing.assert_allclose(ys.data, np.stack(rows, axis=1))
    gradcheck(lambda h, x: list(scan(h, x)), [h, x])


def test_a_loop_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("nn.interchange.onnx_import.limits.MAX_STEPS", 1000)
    body = graph(
        [helper.make_node("Identity", ["c"], ["c2"]), helper.make_node("Identity", ["h"], ["h2"])],
        {"i": (TensorProto.INT64, []), "c": CONDITION, "h": [1]},
        {"c2": CONDITION, "h2": [1]},
    )
    loop = module([helper.make_node("Loop", ["", "go", "x"], ["y"], body=body)], {"go": CONDITION, "x": [1]}, {"y": [1]})
    with pytest.raises(Exception, match="a loop in it may have no end"):
        loop(np.array(True), np.ones(1))
