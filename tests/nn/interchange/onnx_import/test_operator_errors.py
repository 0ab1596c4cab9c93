"""Inputs and attributes that an operator does not take are refused by name and shape."""

import numpy as np
import pytest

pytest.importorskip("onnx")

from autograd import DataError, ShapeError, UnsupportedError
from nn.interchange.onnx_import.families import load_families
from nn.interchange.onnx_import.registry import find_operator

load_families()
ML, TRAINING = "ai.onnx.ml", "ai.onnx.preview.training"
IMAGES, ROWS, SEQUENCES = np.ones((2, 2, 4, 4)), np.ones((2, 3)), np.ones((3, 2, 2))
WEIGHT, ONES = np.ones((3, 2, 2, 2)), np.ones(2)
QUERIES = np.ones((1, 2, 3, 4))
BYTES, ZERO = np.ones((2, 3), np.uint8), np.uint8([0])
RNN = [SEQUENCES, np.ones((1, 4, 2)), np.ones((1, 4, 4))]
LSTM = [SEQUENCES, np.ones((1, 4, 2)), np.ones((1, 4, 1))]
TREE = {
    "nodes_treeids": [0, 0, 0],
    "nodes_nodeids": [0, 1, 2],
    "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
    "nodes_featureids": [0, 0, 0],
    "nodes_values": [0.5, 0.0, 0.0],
    "nodes_truenodeids": [1, 0, 0],
    "nodes_falsenodeids": [2, 0, 0],
    "target_treeids": [0, 0],
    "target_nodeids": [1, 2],
    "target_ids": [0, 0],
    "target_weights": [1.0, 2.0],
}
GRAMS = {"min_gram_length": 1, "max_gram_length": 1, "max_skip_count": 0, "ngram_counts": [0], "ngram_indexes": [0]}
ERRORS = [
    ("Conv", [IMAGES, np.ones((3, 2, 2))], {}, "weights with as many axes"),
    ("Conv", [IMAGES, WEIGHT], {"kernel_shape": [3, 3]}, "the kernel \\[3, 3\\]"),
    ("Conv", [IMAGES, WEIGHT], {"strides": [1]}, "expected 2 integers of 1 or more"),
    ("Conv", [IMAGES, WEIGHT], {"auto_pad": "SAME"}, "auto_pad must be"),
    ("ConvTranspose", [IMAGES, WEIGHT], {}, "in 1 groups"),
    ("ConvTranspose", [IMAGES, np.ones((2, 1, 2, 2))], {"pads": [9, 9, 9, 9]}, "leave no elements"),
    ("CausalConvWithState", [IMAGES, WEIGHT], {}, "expected \\(N, C, L\\)"),
    ("CausalConvWithState", [SEQUENCES, np.ones((2, 1, 2))], {"activation": "relu"}, "none, silu or swish"),
    ("DeformConv", [IMAGES, WEIGHT, np.ones((2, 8, 9, 9))], {}, "expected offsets"),
    ("DeformConv", [IMAGES, np.ones((3, 1, 2, 2)), np.ones((2, 8, 3, 3))], {}, "in 1 groups"),
    ("MaxPool", [ROWS], {"kernel_shape": [2]}, "expected \\(N, C, \\*size\\)"),
    ("MaxPool", [IMAGES], {"kernel_shape": [9, 9]}, "expected 9 elements or more"),
    ("MaxUnpool", [IMAGES, np.full(IMAGES.shape, 99999)], {"kernel_shape": [2, 2]}, "expected one for each element"),
    ("InstanceNormalization", [ROWS, np.ones(3), np.ones(3)], {}, "expected \\(N, C, \\*size\\)"),
    ("LayerNormalization", [ROWS, np.ones(3)], {"axis": 2}, "got axis 2"),
    ("LRN", [IMAGES], {"size": 0}, "a size of 1 or more"),
    ("LpNormalization", [ROWS], {"p": 3}, "p must be 1 or 2"),
    ("NegativeLogLikelihoodLoss", [ROWS, np.array([0])], {}, "got targets of shape"),
    ("NegativeLogLikelihoodLoss", [ROWS, np.array([0, 3])], {}, "expected 0 to 2"),
    ("NegativeLogLikelihoodLoss", [ROWS, np.array([0, 1])], {"reduction": "max"}, "none, sum or mean"),
    ("RNN", [ROWS, *RNN[1:]], {}, "got an input of shape"),
    ("RNN", RNN, {"direction": "both"}, "direction must be"),
    ("RNN", [*RNN, np.ones((1, 3))], {}, "got a bias of shape"),
    ("RNN", [SEQUENCES[:0], *RNN[1:]], {}, "one step or more"),
    ("RNN", [*RNN, None, np.array([9, 9])], {}, "sequence_lens"),
    ("RNN", [*RNN, None, None, np.ones((1, 1, 1))], {}, "got an initial state"),
    ("RNN", RNN, {"activations": ["Swish"]}, "unknown activation"),
    (
        "RNN",
        [SEQUENCES, *(np.ones((2, 4, n)) for n in (2, 4))],
        {"direction": "bidirectional", "activations": ["Tanh"]},
        "for 2 ",
    ),
    ("LSTM", [*LSTM, None, None, None, None, np.ones((1, 2))], {}, "got peepholes"),
    ("Resize", [IMAGES], {}, "expected either"),
    ("Resize", [IMAGES, None, np.ones(4)], {"mode": "lanczos"}, "mode must be"),
    ("Resize", [IMAGES, None, np.full(4, 2.0)], {"nearest_mode": "up"}, "nearest_mode must be"),
    ("Resize", [IMAGES, None, np.full(4, 2.0)], {"coordinate_transformation_mode": "none"}, "unknown coordinate"),
    ("Resize", [IMAGES, None, None, np.full(4, 2)], {"keep_aspect_ratio_policy": "none"}, "unknown keep_aspect"),
    ("Resize", [IMAGES[:, :0], None, None, np.array([2, 2, 4, 4])], {}, "sizes of 1 or more"),
    ("GridSample", [IMAGES, np.ones((2, 3, 3, 3))], {}, "a grid of shape"),
    ("GridSample", [IMAGES, np.ones((2, 3, 3, 2))], {"mode": "area"}, "unknown mode"),
    ("AffineGrid", [ROWS, np.array([1, 1, 2, 2])], {}, "got θ of shape"),
    ("Col2Im", [SEQUENCES, np.array([4, 4]), np.array([2, 2])], {}, "got columns of shape"),
    ("Attention", [QUERIES[0], QUERIES[0], QUERIES[0]], {}, "are required for inputs"),
    ("Attention", [QUERIES, np.ones((1, 3, 3, 4)), QUERIES], {}, "expected \\(N, heads, T, d\\)"),
    ("RotaryEmbedding", [QUERIES[0], ROWS, ROWS], {}, "num_heads is required"),
    ("RotaryEmbedding", [QUERIES, ROWS, ROWS], {}, "expected 2 angles"),
    ("LinearAttention", [SEQUENCES] * 3, {"q_num_heads": 1, "kv_num_heads": 1, "update_rule": "none"}, "update_rule"),
    ("LinearAttention", [SEQUENCES] * 3, {"q_num_heads": 1, "kv_num_heads": 1}, "takes decay"),
    ("LinearAttention", [ROWS] * 3, {"q_num_heads": 1, "kv_num_heads": 1, "update_rule": "linear"}, "got queries"),
    ("If", [ONES], {"then_branch": None, "else_branch": None}, "a single condition"),
    ("Scan", [ROWS, SEQUENCES], {"body": None, "num_scan_inputs": 2}, "expected one length"),
    ("SequenceMap", [[ROWS], [ROWS, ROWS]], {"body": None}, "expected one length"),
    ("SequenceAt", [[ROWS], np.array(1)], {}, "for a sequence of 1 elements"),
    ("ConcatFromSequence", [[]], {"axis": 0}, "got an empty sequence"),
    ("SplitToSequence", [ROWS, np.array(0)], {}, "expected 1 or more"),
    ("SplitToSequence", [ROWS, np.array([1, 2])], {}, "for an axis of size 2"),
    ("OptionalGetElement", [None], {}, "is empty"),
    ("QuantizeLinear", [ROWS, np.ones(2), np.uint8([0, 0])], {}, "expected one for each index"),
    ("QuantizeLinear", [ROWS, np.ones((2, 3)), np.zeros((2, 3), np.uint8)], {"block_size": 2}, "expected 2 blocks"),
    ("DFT", [ROWS], {}, "a last axis of size 1 or 2"),
    ("DFT", [SEQUENCES, np.array(0)], {}, "got a length of 0"),
    ("DFT", [SEQUENCES, None, np.array(-1)], {}, "must not be the last one"),
    ("STFT", [SEQUENCES, np.array(0)], {}, "a step of 0"),
    ("MelWeightMatrix", [np.array(n) for n in (4, 8, 10, 0, 4000)], {}, "edges at the elements"),
    ("RoiAlign", [IMAGES, ROWS, np.array([0, 0])], {}, "regions of shape"),
    ("RoiAlign", [IMAGES, np.ones((1, 4)), np.array([5])], {}, "the index of an image"),
    ("RoiAlign", [IMAGES, np.ones((1, 4)), np.array([0])], {"mode": "sum"}, "avg or max"),
    ("NonMaxSuppression", [ROWS, ROWS], {}, "got boxes of shape"),
    ("StringNormalizer", [np.array(["a"], object)], {"case_change_action": "TITLE"}, "case_change_action"),
    ("StringNormalizer", [np.array([["a"], ["b"]], object)], {}, "expected \\(C,\\)"),
    ("RegexFullMatch", [np.array(["a"], object)], {"pattern": "("}, "is invalid"),
    ("RegexFullMatch", [np.array(["a"], object)], {"pattern": "(a|a)*"}, "may take forever"),
    ("RegexFullMatch", [np.array(["a"], object)], {"pattern": "(a)\\1"}, "refers back"),
    ("TfIdfVectorizer", [np.array([1])], {**GRAMS, "mode": "DF"}, "got mode 'DF'"),
    ("Normalizer", [ROWS], {"norm": "L3"}, "norm must be"),
    ("Imputer", [ROWS], {}, "no imputed values"),
    ("OneHotEncoder", [ROWS], {"cats_int64s": [3], "zeros": 0}, "is of no category"),
    ("LabelEncoder", [ROWS], {"keys_int64s": [1], "values_int64s": [1, 2]}, "as many of each"),
    ("LinearRegressor", [ROWS], {"coefficients": [1.0] * 3, "post_transform": "PROBIT"}, "post_transform must be"),
    ("LinearClassifier", [ROWS], {"coefficients": [1.0] * 3, "classlabels_ints": [1, 2]}, "for 2 labels"),
    ("TreeEnsembleRegressor", [ROWS], {**TREE, "nodes_modes": ["NEAR", "LEAF", "LEAF"]}, "the modes of nodes"),
    ("TreeEnsembleRegressor", [ROWS], {**TREE, "nodes_falsenodeids": [0, 0, 0]}, "in a cycle"),
    ("TreeEnsembleRegressor", [ROWS], {**TREE, "nodes_featureids": [7, 0, 0]}, "does not exist"),
    ("TreeEnsembleRegressor", [ROWS], {**TREE, "nodes_values": [0.5]}, "different lengths"),
    ("TreeEnsembleRegressor", [ROWS], {**TREE, "target_ids": [0, 5]}, "targets be from 0"),
    ("TreeEnsembleRegressor", [ROWS], {**TREE, "aggregate_function": "MIN", "n_targets": 2}, "are unsupported"),
    ("Adam", [ONES, np.array(1), ONES, ONES], {}, "expected 4 for each tensor"),
    (
        "Momentum",
        [ONES, np.array(1), ONES, ONES, ONES],
        {"mode": "fast", "alpha": 0.9, "beta": 1.0, "norm_coefficient": 0.0},
        "standard or nesterov",
    ),
]


def domain_of(name):
    return next(domain for domain in ("", ML, TRAINING) if find_operator(domain, name, 28))


@pytest.mark.parametrize(("name", "inputs", "attributes", "message"), ERRORS, ids=[f"{e[0]}-{e[3][:20]}" for e in ERRORS])
def test_the_message_says_what_does_not_fit(name, inputs, attributes, message):
    function = find_operator(domain_of(name), name, 28).function
    with pytest.raises((DataError, ShapeError, UnsupportedError, ValueError), match=message):
        function(*inputs, **attributes)
