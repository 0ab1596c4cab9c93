"""ONNX models for tests, from ONNX's text syntax."""

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx import helper, numpy_helper, parser

HEAD = '<ir_version: 8, opset_import: ["": 18, "local": 1]>'


def parse(text, initializers=None, head=HEAD):
    """A ModelProto from the text of its graph, with initializers by name."""
    model = parser.parse_model(f"{head}\n{text}")
    for name, array in (initializers or {}).items():
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(array), name))
    return model


def write(model, path):
    path.write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
    return path


def samples():
    """Models that together use all parts of a file: initializers, functions, graphs in nodes, strings, sparse tensors."""
    rng = np.random.default_rng(0)
    network = parse(
        """network (float[n, 4] x) => (float[n, 3] y) {
            hidden = Gemm <transB = 1> (x, weight, bias)
            active = Relu(hidden)
            scaled = Mul(active, scale)
            y = Softmax <axis = -1> (scaled)
        }""",
        {
            "weight": rng.normal(size=(3, 4)).astype(np.float32),
            "bias": np.zeros(3, np.float32),
            "scale": np.float32(2),
        },
    )
    control = parse(
        """control (float[2] x) => (float[2] y, float[3, 2] history) {
            steps = Constant <value_int = 3> ()
            condition = Constant <value = bool {1}> ()
            y, history = Loop <body = step (int64 i, bool c, float[2] state) => (bool d, float[2] next, float[2] out) {
                d = Identity(c)
                next = local.double(state)
                out = Add(next, x)
            }> (steps, condition, x)
        }
        <domain: "local", opset_import: ["": 18]> double (a) => (b) { b = Add(a, a) }""",
    )
    texts = parse(
        """texts (int64[n] x) => (float[6] y) {
            table = Constant <value_floats = [1.0, 2.0, 3.0]> ()
            picked = Gather(table, x)
            doubled = Concat <axis = 0> (picked, picked)
            y = Expand(doubled, six)
        }""",
        {"six": np.array([6])},
    )
    dense = numpy_helper.from_array(np.array([1.0, 2.0], np.float32), "sparse")
    texts.graph.sparse_initializer.append(
        helper.make_sparse_tensor(dense, numpy_helper.from_array(np.array([0, 2]), "indices"), [6])
    )
    texts.graph.node[-1].output[0] = "expanded"
    texts.graph.node.append(helper.make_node("Add", ["expanded", "sparse"], ["y"]))
    return [
        (network, [np.ones((2, 4), np.float32)]),
        (control, [np.ones(2, np.float32)]),
        (texts, [np.array([0, 1, 2])]),
    ]
