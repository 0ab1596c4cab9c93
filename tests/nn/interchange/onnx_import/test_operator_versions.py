"""Older versions of operators, empty inputs, and the ways of one operator that must agree."""

import numpy as np
import pytest

pytest.importorskip("onnx")

from autograd import ShapeError, gradcheck
from nn.interchange.onnx_import import resizing
from nn.interchange.onnx_import.families import load_families
from nn.interchange.onnx_import.registry import find_operator
from tests.nn.interchange.onnx_import.single_node import Node, assert_agree

load_families()
ML = "ai.onnx.ml"
RNG = np.random.default_rng(0)


def operator(name, opset, domain=""):
    return find_operator(domain, name, opset).function


def test_statistics_of_the_batch_are_outputs_before_version_14():
    x, mean, variance = RNG.normal(size=(4, 2, 3)), np.array([1.0, 2.0]), np.array([0.5, 1.5])
    results = operator("BatchNormalization", 9)(x, np.ones(2), np.zeros(2), mean, variance, outputs=5, momentum=0.75)
    batch = x.mean(axis=(0, 2)), x.var(axis=(0, 2))
    shape = (-1, 1)
    expected = [
        (x - batch[0].reshape(shape)) / np.sqrt(batch[1].reshape(shape) + 1e-5),
        0.75 * mean + 0.25 * batch[0],
        0.75 * variance + 0.25 * batch[1],
        *batch,
    ]
    for result, value in zip(results, expected, strict=True):
        np.testing.assert_allclose(result, value)
    with pytest.raises(NotImplementedError, match="spatial"):
        operator("BatchNormalization", 7)(x, np.ones(2), np.zeros(2), mean, variance, outputs=5, spatial=0)


def test_group_normalization_of_version_18_has_weights_by_group():
    x, scale, bias = RNG.normal(size=(2, 6, 3)), np.array([1.0, 2.0]), np.array([0.5, -1.0])
    by_group = operator("GroupNormalization", 20)(x, scale, bias, num_groups=2)
    by_channel = operator("GroupNormalization", 21)(x, np.repeat(scale, 3), np.repeat(bias, 3), num_groups=2)
    np.testing.assert_array_equal(by_group, by_channel)


@pytest.mark.parametrize("mode", ["linear", "cubic"])
@pytest.mark.parametrize("antialias", [0, 1])
def test_slices_and_matrix_interpolate_alike(mode, antialias, monkeypatch):
    x, sizes = RNG.normal(size=(2, 1, 5, 7)), np.array([2, 1, 9, 3])
    options = {"mode": mode, "antialias": antialias}
    by_matrix = operator("Resize", 19)(x, None, None, sizes, **options)
    monkeypatch.setattr(resizing, "MATRIX_ELEMENTS", 0)
    np.testing.assert_allclose(operator("Resize", 19)(x, None, None, sizes, **options), by_matrix, atol=1e-12)
    gradcheck(lambda x: operator("Resize", 19)(x, None, None, sizes, **options), [x])


def test_positions_of_version_11_for_nearest_elements():
    pytest.importorskip("onnxruntime")
    x = RNG.normal(size=(1, 1, 4, 6)).astype(np.float32)
    attributes = {"mode": "nearest", "coordinate_transformation_mode": "tf_half_pixel_for_nn", "nearest_mode": "floor"}
    node = Node("Resize", [x, np.zeros(0, np.float32), np.array([1, 1, 0.5, 0.5], np.float32)], attributes, opset=11)
    assert assert_agree(node)


def test_the_first_upsample_has_two_factors():
    x = RNG.normal(size=(1, 2, 3, 2))
    first = operator("Upsample", 1)(x, height_scale=2.0, width_scale=3.0)
    np.testing.assert_array_equal(first, np.repeat(np.repeat(x, 2, axis=2), 3, axis=3))
    with pytest.raises(ShapeError, match="one for each axis"):
        operator("Upsample", 9)(x, np.ones(3))


def test_no_regions_and_empty_regions():
    x = RNG.normal(size=(1, 2, 4, 4))
    assert operator("RoiAlign", 16)(x, np.zeros((0, 4)), np.zeros(0, int), output_height=3).shape == (0, 2, 3, 1)
    assert operator("MaxRoiPool", 1)(x, np.zeros((0, 5)), pooled_shape=[2, 3]).shape == (0, 2, 2, 3)
    point = operator("RoiAlign", 16)(x, np.ones((1, 4)), np.zeros(1, int))
    np.testing.assert_array_equal(point, np.zeros((1, 2, 1, 1)))


@pytest.mark.parametrize(
    "node",
    [
        Node("FeatureVectorizer", [np.ones((2, 1), np.float32), np.zeros((2, 2), np.float32)], {"inputdimensions": [1, 2]}),
        Node("OneHotEncoder", [np.array([[1, 4], [9, 1]])], {"cats_int64s": [4, 1, 7]}),
        Node("CategoryMapper", [np.array([["a", "c"]], object)], {"cats_strings": ["a", "b"], "cats_int64s": [5, 6]}),
        Node("CategoryMapper", [np.array([[6, 7]])], {"cats_strings": ["a", "b"], "cats_int64s": [5, 6]}),
        Node("LinearRegressor", [np.ones((2, 2), np.float32)], {"coefficients": [1.0, 2.0], "intercepts": [0.5]}),
        Node("Imputer", [np.array([[1, 2]])], {"imputed_value_int64s": [9], "replaced_value_int64": 2}),
        Node("LabelEncoder", [np.array([1.5, 0.1], np.float32)], {"keys_floats": [0.1, 1.5], "values_int64s": [3, 4]}),
    ],
    ids=lambda node: node.name,
)
def test_tables_agree_with_onnxruntime(node):
    pytest.importorskip("onnxruntime")
    node.domain = ML
    assert assert_agree(node)


def test_the_first_label_encoder_translates_both_ways():
    encode = operator("LabelEncoder", 1, ML)
    assert encode(np.array(["b", "x"], object), classes_strings=["a", "b"]).tolist() == [1, -1]
    assert encode(np.array([1, 5]), classes_strings=["a", "b"]).tolist() == ["b", "_Unused"]


def test_nan_is_a_label_like_others():
    encode = operator("LabelEncoder", 4, ML)  # the comparison is bit by bit in the specification; onnxruntime finds no nan
    assert encode(np.array([1.5, np.nan]), keys_floats=[np.nan, 1.5], values_int64s=[3, 4]).tolist() == [4, 3]


class Sum:
    """A graph of a state and an element that returns their sum twice."""

    output_count = 2

    def __call__(self, state, element):
        return state + element, state + element


def test_the_first_scan_has_a_batch_and_lengths():
    scan, x = operator("Scan", 8), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    last, sums = scan(np.array([3, 1]), np.zeros(2), x, body=Sum(), num_scan_inputs=1)
    assert last.tolist() == [6.0, 4.0]
    assert sums.tolist() == [[1.0, 3.0, 6.0], [4.0, 0.0, 0.0]]
    with pytest.raises(ShapeError, match="sequence_lens"):
        scan(np.array([3, 4]), np.zeros(2), x, body=Sum(), num_scan_inputs=1)
    with pytest.raises(ValueError, match="expected 1 of 0 or 1"):
        operator("Scan", 9)(np.zeros(3), x, body=Sum(), num_scan_inputs=1, scan_input_directions=[2])
