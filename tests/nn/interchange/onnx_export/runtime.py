"""Exported files run by onnxruntime, beside the module or function itself."""

from types import SimpleNamespace

import numpy as np
import pytest

import nn
from autograd import Tensor
from tests.nn.interchange.model_cases import outputs

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
runtime.set_default_logger_severity(3)


def single(x):
    """Floats in single precision."""
    x = np.asarray(x)
    return x.astype(np.float32) if x.dtype == np.float64 else x


def batch(x, n, axis=0):
    """An array with n examples, repeated from those of x."""
    return np.take(x, np.arange(n) % x.shape[axis], axis)


def session(path):
    """The file opened by onnxruntime."""
    return runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def run(path, *inputs):
    """The results of a file."""
    file = session(path)
    return file.run(None, dict(zip([x.name for x in file.get_inputs()], inputs, strict=True)))


def export(function, path, *inputs, **options):
    """Export a module or a function and load the file."""
    nn.export_onnx(function, path, inputs, **options)
    return onnx.load(path)


def assert_close(actual, expected):
    """Results equal to 1e-5, relative to each element and to a tenth of the largest."""
    assert len(actual) == len(expected)
    for x, y in zip(actual, expected):
        y = np.asarray(y)
        assert (x.shape, x.dtype) == (y.shape, y.dtype)
        finite = np.abs(y[np.isfinite(y)]) if y.dtype.kind == "f" else y[:0]
        np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-6 * finite.max(initial=0))


def check(function, path, *inputs, sizes=(1, 7), axis=0, **options):
    """Export, and compare the file's results with those of the function at several batch sizes."""
    model = export(function, path, *inputs, batch_axis=axis, **options)
    for n in sizes:
        arrays = [batch(x, n, axis) for x in inputs]
        expected = outputs(function(*map(Tensor, arrays)))
        assert_close(run(path, *arrays), expected)
    nodes = model.graph.node
    return SimpleNamespace(proto=model, operators=[node.op_type for node in nodes], nodes=[node.name for node in nodes])
