"""Mathematics, reductions, shapes, indexing, matrices and activations of ONNX: gradients against differences."""

import numpy as np
import pytest

pytest.importorskip("onnx")

from autograd import Tensor, UnsupportedError, gradcheck, no_grad
from nn.interchange.onnx_import.construction import LAST_OPSET
from nn.interchange.onnx_import.families import load_families
from nn.interchange.onnx_import.registry import find_operator

load_families()


def drawn(*shape, low=-2.0, high=2.0, seed=0):
    """Distinct numbers, none of them near 0 or another one."""
    count = int(np.prod(shape))
    order = np.random.default_rng(count + seed).permutation(count)
    return (low + (high - low) * (order + 0.37) / count).reshape(shape)


X, Y, ROW = drawn(3, 4), drawn(3, 4, seed=1), drawn(4, seed=2)
POSITIVE, FRACTION, ABOVE = drawn(3, 4, low=0.2), drawn(3, 4, low=-0.9, high=0.9), drawn(3, 4, low=1.2)
IMAGE = drawn(2, 4, 2, 4)
INDEX = np.array([2, 0, -1])
UNARY = {
    "Neg": X, "Abs": X, "Reciprocal": POSITIVE, "Sqrt": POSITIVE, "Exp": X, "Log": POSITIVE, "Erf": X, "Sin": X, "Cos": X,
    "Tan": FRACTION, "Asin": FRACTION, "Acos": FRACTION, "Atan": X, "Sinh": X, "Cosh": X, "Asinh": X, "Acosh": ABOVE,
    "Atanh": FRACTION, "Relu": X, "Sigmoid": X, "Tanh": X, "LeakyRelu": X, "ThresholdedRelu": X, "Elu": X, "Selu": X, "Celu": X,
    "Gelu": X, "Mish": X, "Swish": X, "HardSigmoid": X, "HardSwish": X, "Softplus": X, "Softsign": X, "Softmax": X,
    "LogSoftmax": X, "ReduceSum": X, "ReduceMean": X, "ReduceProd": X, "ReduceMax": X, "ReduceMin": X, "ReduceL1": X,
    "ReduceL2": X, "ReduceSumSquare": X, "ReduceLogSum": POSITIVE, "ReduceLogSumExp": X, "Identity": X, "Flatten": IMAGE,
    "Transpose": X, "Trilu": X, "Det": drawn(2, 3, 3),
}  # fmt: skip
CASES = {
    **{name: (name, [x], {}) for name, x in UNARY.items()},
    "Add": ("Add", [X, ROW], {}),
    "Sub": ("Sub", [X, ROW], {}),
    "Mul": ("Mul", [X, ROW], {}),
    "Div": ("Div", [X, POSITIVE], {}),
    "Pow": ("Pow", [POSITIVE, Y], {}),
    "Pow of integers": ("Pow", [X, np.array(3)], {}),
    "Mod": ("Mod", [X, drawn(3, 4, low=2.5, high=4)], {"fmod": 1}),
    "Sum": ("Sum", [X, ROW, Y], {}),
    "Max": ("Max", [X, Y], {}),
    "Min": ("Min", [X, Y], {}),
    "Mean": ("Mean", [X, ROW, Y], {}),
    "Clip": ("Clip", [X, np.array(-1.0), np.array(1.1)], {}),
    "PRelu": ("PRelu", [X, ROW], {}),
    "SwiGLU": ("SwiGLU", [X, Y], {"alpha": 0.7}),
    "Shrink": ("Shrink", [X], {"bias": 0.3, "lambd": 0.6}),
    "Gelu by tanh": ("Gelu", [X], {"approximate": "tanh"}),
    "Softmax of an axis": ("Softmax", [X], {"axis": 0}),
    "Where": ("Where", [X > 0, X, ROW], {}),
    "Cast": ("Cast", [X], {"to": 11}),
    "ReduceMean of axes": ("ReduceMean", [X, np.array([-1])], {"keepdims": 0}),
    "ReduceSum of none": ("ReduceSum", [X, np.array([], int)], {"noop_with_empty_axes": 1}),
    "CumSum": ("CumSum", [X, np.array(1)], {"exclusive": 1, "reverse": 1}),
    "CumProd": ("CumProd", [X, np.array(0)], {}),
    "Reshape": ("Reshape", [X, np.array([2, -1])], {}),
    "Squeeze": ("Squeeze", [drawn(3, 1, 2), np.array([1])], {}),
    "Unsqueeze": ("Unsqueeze", [X, np.array([0, -1])], {}),
    "Expand": ("Expand", [ROW, np.array([3, 1])], {}),
    "Tile": ("Tile", [X, np.array([2, 3])], {}),
    "Concat": ("Concat", [X, Y], {"axis": 1}),
    "Split": ("Split", [X, np.array([1, 3])], {"axis": 1, "outputs": 2}),
    "Slice": ("Slice", [X, np.array([-1, 0]), np.array([-9, 9]), np.array([0, 1]), np.array([-1, 2])], {}),
    "Pad": ("Pad", [X, np.array([1, 0, -1, 2])], {}),
    "Pad by reflection": ("Pad", [X, np.array([1, 0, 2, 2])], {"mode": "reflect"}),
    "CenterCropPad": ("CenterCropPad", [X, np.array([5, 2])], {}),
    "DepthToSpace": ("DepthToSpace", [IMAGE], {"blocksize": 2, "mode": "CRD"}),
    "SpaceToDepth": ("SpaceToDepth", [IMAGE], {"blocksize": 2}),
    "ReverseSequence": ("ReverseSequence", [X, np.array([1, 2, 3, 2])], {}),
    "Gather": ("Gather", [X, np.array([[2, 0], [2, -1]])], {"axis": 0}),
    "GatherElements": ("GatherElements", [X, np.array([[0, 1, 2, -1]])], {}),
    "GatherND": ("GatherND", [X, np.array([[0, 1], [2, -1], [0, 1]])], {}),
    "ScatterElements": ("ScatterElements", [X, np.array([[0, 1, 2, 0]]), ROW[None]], {}),
    "ScatterElements that add": ("ScatterElements", [X, np.array([[0, 0, 2, 0]]), ROW[None]], {"reduction": "add"}),
    "ScatterND": ("ScatterND", [X, np.array([[2], [0]]), drawn(2, 4, seed=3)], {}),
    "TensorScatter": ("TensorScatter", [drawn(2, 3, 2), drawn(2, 1, 2, seed=1), np.array([2, 1])], {}),
    "TopK": ("TopK", [X, np.array([2])], {}),
    "Compress": ("Compress", [X, np.array([True, False, True])], {"axis": 0}),
    "Unique": ("Unique", [ROW], {}),
    "MatMul": ("MatMul", [drawn(2, 3, 4), drawn(4, 2)], {}),
    "Gemm": ("Gemm", [X, drawn(2, 3, seed=4), drawn(2, seed=5)], {"transA": 1, "transB": 1, "alpha": 0.5, "beta": 2.0}),
    "Einsum": ("Einsum", [X, Y, ROW], {"equation": "ij,kj,j->ik"}),
    "Dropout in evaluation": ("Dropout", [X], {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_gradient(case):
    name, inputs, attributes = CASES[case]
    function = find_operator("", name, LAST_OPSET).function
    floats = [i for i, x in enumerate(inputs) if x.dtype.kind == "f" and not (name == "Clip" and i)]

    def outputs(*values):
        filled = list(inputs)
        for i, value in zip(floats, values):
            filled[i] = value
        result = function(*filled, **attributes)
        return [y for y in (result if isinstance(result, tuple) else (result,)) if isinstance(y, Tensor)]

    gradcheck(outputs, [inputs[i] for i in floats])


@pytest.mark.parametrize("case", CASES)
def test_floats_keep_their_dtype(case):
    name, inputs, attributes = CASES[case]
    if name == "Cast":
        return
    row = find_operator("", name, LAST_OPSET)
    halves = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in inputs]
    for values in (halves, [Tensor(x) if x.dtype.kind == "f" else x for x in halves]):
        result = row.function(*values, **attributes)
        first = result[0] if isinstance(result, tuple) else result
        assert first.dtype == np.float32


@pytest.mark.parametrize(
    "name", ["Floor", "Ceil", "Round", "Sign", "Hardmax", "ArgMax", "NonZero", "Shape", "IsNaN", "EyeLike"]
)
def test_results_that_do_not_change_with_the_input_are_constant(name):
    result = find_operator("", name, LAST_OPSET).function(Tensor(X, requires_grad=True))
    assert not getattr(result, "requires_grad", False)


def test_a_gradient_that_does_not_exist_is_refused():
    scatter = find_operator("", "ScatterElements", LAST_OPSET).function
    x = Tensor(X, requires_grad=True)
    with pytest.raises(UnsupportedError, match="no_grad"):
        scatter(x, np.array([[0]]), np.array([[2.0]]), reduction="mul")
    with no_grad():
        assert scatter(x, np.array([[0]]), np.array([[2.0]]), reduction="mul")[0, 0] == 2 * X[0, 0]
