"""Models of one node, run by onnxruntime and by the module that `load_onnx` makes of them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx import helper

from autograd import Tensor
from nn.interchange.onnx_import.model import module_of

IR_VERSION = 10


@dataclass
class Node:
    """An operator, its inputs (None for absent ones) and attributes."""

    name: str
    inputs: list[Any]
    attributes: dict[str, Any] = field(default_factory=dict)
    outputs: int = 1
    opset: int = 21
    domain: str = ""
    tolerance: float = 1e-4  # of the largest element

    def model(self):
        """The model, whose inputs are those of the node."""
        names = [f"x{i}" if value is not None else "" for i, value in enumerate(self.inputs)]
        infos = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
            for name, value in zip(names, self.inputs)
            if value is not None
        ]
        while not names[-1]:  # onnxruntime 1.32 crashes where the last input of LayerNormalization is named ""
            names.pop()
        outputs = [f"y{i}" for i in range(self.outputs)]
        node = helper.make_node(self.name, names, outputs, domain=self.domain, **self.attributes)
        graph = helper.make_graph([node], "one", infos, [helper.make_empty_tensor_value_info(name) for name in outputs])
        opsets = [helper.make_opsetid("", self.opset)]
        if self.domain:
            opsets.append(helper.make_opsetid(self.domain, 3))
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)

    def values(self):
        """The inputs that are there."""
        return [value for value in self.inputs if value is not None]


def run_onnxruntime(node):
    """The outputs by onnxruntime, or None where it refuses the node."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(node.model().SerializeToString(), options, providers=["CPUExecutionProvider"])
        names = [item.name for item in session.get_inputs()]
        return session.run(None, dict(zip(names, node.values())))
    except Exception as error:  # its exceptions have no public base class
        if type(error).__module__.startswith("onnxruntime"):
            return None
        raise


def run_ours(node):
    """The outputs by our module, as arrays."""
    outputs = module_of(node.model())(*node.values())
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    return [np.asarray(value.data if isinstance(value, Tensor) else value) for value in outputs]


def assert_agree(node):
    """Compare the outputs of both; returns False where onnxruntime refuses the node."""
    expected = run_onnxruntime(node)
    if expected is None:
        return False
    actual = run_ours(node)
    for ours, theirs in zip(actual, expected, strict=True):
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
        if theirs.dtype.kind != "f":
            np.testing.assert_array_equal(ours, theirs)
        else:
            finite = np.abs(theirs[np.isfinite(theirs)])
            atol = node.tolerance * max(1e-3, finite.max(initial=0))
            np.testing.assert_allclose(ours, theirs, rtol=node.tolerance, atol=atol)
    return True
