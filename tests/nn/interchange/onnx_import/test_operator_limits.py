"""Attributes and inputs that ask for more memory or time than a model may take are refused at once."""

import time
import tracemalloc

import numpy as np
import pytest

pytest.importorskip("onnx")

from autograd import DataError, ShapeError, UnsupportedError
from tests.nn.interchange.onnx_import.single_node import Node, run_ours

HUGE = 2**40
X = np.ones((1, 1, 4, 4), np.float32)
NODES = {
    "Conv pads": Node("Conv", [X, np.ones((1, 1, 2, 2), np.float32)], {"pads": [HUGE] * 4}),
    "ConvTranspose strides": Node("ConvTranspose", [X, np.ones((1, 1, 2, 2), np.float32)], {"strides": [HUGE, HUGE]}),
    "ConvTranspose shape": Node("ConvTranspose", [X, np.ones((1, 1, 2, 2), np.float32)], {"output_shape": [HUGE, 4]}),
    "MaxPool pads": Node("MaxPool", [X], {"kernel_shape": [HUGE, 2], "pads": [HUGE, 0, HUGE, 0]}),
    "AveragePool kernel": Node("AveragePool", [X], {"kernel_shape": [2**25, 1], "pads": [2**24, 0, 2**24, 0]}),
    "AveragePool pads": Node("AveragePool", [X], {"kernel_shape": [2, 2], "pads": [HUGE, 0, HUGE, 0]}),
    "MaxUnpool": Node("MaxUnpool", [X, np.zeros(X.shape, np.int64)], {"kernel_shape": [2, 2], "strides": [HUGE, 2]}),
    "LRN size": Node("LRN", [X], {"size": 2**62}),
    "Resize scales": Node("Resize", [X, None, np.array([1, 1, 1e9, 1e9], np.float32)]),
    "Resize sizes": Node("Resize", [X, None, None, np.array([1, 1, HUGE, 4])], {"mode": "linear"}),
    "Upsample": Node("Upsample", [X, np.array([1, 1, 1e9, 1e9], np.float32)], opset=9),
    "AffineGrid": Node("AffineGrid", [np.ones((1, 2, 3), np.float32), np.array([1, 1, HUGE, HUGE])]),
    "Col2Im": Node("Col2Im", [np.ones((1, 4, 9), np.float32), np.array([HUGE, HUGE]), np.array([2, 2])]),
    "RoiAlign": Node(
        "RoiAlign",
        [X, np.ones((1, 4), np.float32), np.zeros(1, np.int64)],
        {"output_height": HUGE, "output_width": HUGE},
    ),
    "RoiAlign samples": Node("RoiAlign", [X, np.array([[0, 0, 1e12, 1e12]], np.float32), np.zeros(1, np.int64)]),
    "HannWindow": Node("HannWindow", [np.array(HUGE)]),
    "DFT": Node("DFT", [np.ones((1, 4, 1), np.float32), np.array(HUGE)], {"axis": 1}, opset=17),
    "MelWeightMatrix": Node(
        "MelWeightMatrix",
        [np.array(HUGE), np.array(64), np.array(8000), np.array(0, np.float32), np.array(4000, np.float32)],
    ),
    "TfIdfVectorizer": Node(
        "TfIdfVectorizer",
        [np.array([1, 2, 3])],
        {
            "mode": "TF",
            "min_gram_length": 1,
            "max_gram_length": HUGE,
            "max_skip_count": HUGE,
            "ngram_counts": [0],
            "ngram_indexes": [HUGE],
            "pool_int64s": [1],
        },
    ),
    "RegexFullMatch": Node("RegexFullMatch", [np.array(["a" * 40 + "b"], object)], {"pattern": "(a+)+c"}),
}


@pytest.mark.parametrize("name", NODES)
def test_too_much_is_refused_before_it_is_allocated(name):
    start = time.perf_counter()
    tracemalloc.start()
    try:
        if name == "LRN size":  # every channel is a neighbor
            assert np.isfinite(run_ours(NODES[name])[0]).all()
        else:
            with pytest.raises((DataError, ShapeError, UnsupportedError)):
                run_ours(NODES[name])
        assert tracemalloc.get_traced_memory()[1] < 2**25
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - start < 5
