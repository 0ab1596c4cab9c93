"""Hypothesis strategies of nodes: an operator with drawn sizes, attributes and inputs.

python -m tests.nn.interchange.onnx_import.drawn_nodes 500 [FAMILY …]    compare so many of each family with onnxruntime
"""

import sys

import numpy as np
from hypothesis import HealthCheck, given, seed, settings, strategies as st

from tests.nn.interchange.onnx_import.single_node import Node, assert_agree

sizes = st.integers(1, 4)
flags = st.integers(0, 1)


@st.composite
def arrays(draw, shape, dtype=np.float32, low=-2.0, high=2.0):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if np.dtype(dtype).kind in "iu":
        return rng.integers(int(low), int(high) + 1, shape).astype(dtype)
    return rng.uniform(low, high, shape).astype(dtype)


def per_axis(axes, low=1, high=3):
    return st.lists(st.integers(low, high), min_size=axes, max_size=axes)


@st.composite
def paddings(draw, axes, kernel, same=True):
    """The attributes of padding: none, pads less than the kernel, or auto_pad."""
    choice = draw(st.sampled_from(["none", "pads", "SAME_UPPER", "SAME_LOWER", "VALID"] if same else ["none", "pads"]))
    if choice == "none":
        return {}
    if choice == "pads":
        return {"pads": [draw(st.integers(0, k - 1)) for k in [*kernel, *kernel]]}
    return {"auto_pad": choice}


@st.composite
def convolutions(draw):
    axes, groups = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    channels, outputs = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, strides, dilations = draw(per_axis(axes)), draw(per_axis(axes)), draw(per_axis(axes, 1, 2))
    padding = draw(paddings(axes, kernel))
    if padding.get("auto_pad", "").startswith("SAME"):
        dilations = [1] * axes  # onnxruntime refuses others
    size = [draw(st.integers(d * (k - 1) + 1, 7)) for k, d in zip(kernel, dilations)]
    x = draw(arrays((draw(sizes), channels, *size)))
    weight = draw(arrays((outputs, channels // groups, *kernel)))
    bias = draw(st.none() | arrays((outputs,)))
    attributes = {"strides": strides, "dilations": dilations, "group": groups, **padding}
    if draw(st.booleans()):
        attributes["kernel_shape"] = kernel
    return Node("Conv", [x, weight, bias], attributes)


@st.composite
def transposed_convolutions(draw):
    axes, groups = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    channels, outputs = groups * draw(st.integers(1, 2)), draw(st.integers(1, 2))
    kernel, strides, dilations = draw(per_axis(axes)), draw(per_axis(axes)), draw(per_axis(axes, 1, 2))
    x = draw(arrays((draw(sizes), channels, *draw(per_axis(axes, 2, 4)))))
    weight = draw(arrays((channels, outputs, *kernel)))
    bias = draw(st.none() | arrays((outputs * groups,)))
    attributes = {"strides": strides, "dilations": dilations, "group": groups, **draw(paddings(axes, kernel, same=False))}
    extra = [draw(st.integers(0, s - 1)) for s in strides]
    if any(extra):
        attributes["output_padding"] = extra
    return Node("ConvTranspose", [x, weight, bias], attributes)


@st.composite
def poolings(draw):
    name = draw(st.sampled_from(["MaxPool", "AveragePool", "LpPool"]))
    axes = draw(st.integers(1, 3))
    kernel, strides, dilations = draw(per_axis(axes)), draw(per_axis(axes)), draw(per_axis(axes, 1, 2))
    padding = draw(paddings(axes, kernel))
    if "auto_pad" in padding:  # onnxruntime pools with padding below 0 where the stride is larger than the kernel
        strides = [min(s, k) for s, k in zip(strides, kernel)]
    size = [draw(st.integers(d * (k - 1) + 1, 8)) for k, d in zip(kernel, dilations)]
    attributes = {"kernel_shape": kernel, "strides": strides, **padding}
    if "auto_pad" not in padding:
        attributes |= {"dilations": dilations, "ceil_mode": draw(flags)}
    if name == "AveragePool":
        attributes["count_include_pad"] = draw(flags)
    if name == "LpPool":
        attributes["p"] = draw(st.integers(1, 3))
    if name == "MaxPool" and draw(st.booleans()):
        # onnxruntime leaves out the image in its column-wise positions of several axes
        attributes["storage_order"] = 0
        return Node(name, [draw(arrays((2, 2, *size)))], attributes, outputs=2)
    return Node(name, [draw(arrays((draw(sizes), draw(sizes), *size)))], attributes)


@st.composite
def normalizations(draw):
    name = draw(
        st.sampled_from(["BatchNormalization", "InstanceNormalization", "LayerNormalization", "LRN", "LpNormalization"])
    )
    shape = (draw(sizes), draw(sizes), *draw(per_axis(draw(st.integers(1, 2)), 1, 4)))
    x, channels = draw(arrays(shape)), shape[1]
    epsilon = {"epsilon": draw(st.sampled_from([1e-5, 1e-2]))}
    scale, bias = draw(arrays((channels,))), draw(arrays((channels,)))
    if name == "BatchNormalization":
        statistics = [draw(arrays((channels,))), draw(arrays((channels,), low=0.5))]
        return Node(name, [x, scale, bias, *statistics], epsilon, opset=draw(st.sampled_from([9, 14, 15])))
    if name == "InstanceNormalization":
        return Node(name, [x, scale, bias], epsilon)
    if name == "LayerNormalization":
        axis = draw(st.integers(-len(shape) + 1, len(shape) - 1))
        features = shape[axis:]
        inputs = [x, draw(arrays(features)), draw(st.none() | arrays(features))]
        return Node(name, inputs, {**epsilon, "axis": axis}, outputs=draw(st.sampled_from([1, 3])), tolerance=1e-3)
    if name == "LRN":
        size = 2 * draw(st.integers(0, 2)) + 1  # onnxruntime takes odd sizes only
        attributes = {"size": size, "alpha": 0.5, "beta": draw(st.sampled_from([0.5, 0.75])), "bias": 2.0}
        return Node(name, [draw(arrays((*shape[:2], 3, 3)))], attributes)
    return Node(name, [x], {"axis": draw(st.integers(-1, len(shape) - 1)), "p": draw(st.integers(1, 2))})


@st.composite
def recurrent_layers(draw):
    name = draw(st.sampled_from(["RNN", "GRU", "LSTM"]))
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[name]
    direction = draw(st.sampled_from(["forward", "reverse", "bidirectional"]))
    directions = 1 + (direction == "bidirectional")
    steps, batch, features, hidden = draw(sizes), draw(sizes), draw(sizes), draw(sizes)
    x = draw(arrays((steps, batch, features)))
    weights = [draw(arrays((directions, gates * hidden, width))) for width in (features, hidden)]
    bias = draw(st.none() | arrays((directions, 2 * gates * hidden)))
    lengths = draw(st.none() | arrays((batch,), np.int32, 1, steps))
    states = [draw(st.none() | arrays((directions, batch, hidden))) for _ in range(1 + (name == "LSTM"))]
    attributes = {"direction": direction, "hidden_size": hidden}
    if name == "GRU":
        attributes["linear_before_reset"] = draw(flags)
    inputs = [x, *weights, bias, lengths, *states]
    if name == "LSTM" and draw(st.booleans()):
        inputs.append(draw(arrays((directions, 3 * hidden))))
    if draw(st.booleans()):
        per_direction = {"RNN": 1, "GRU": 2, "LSTM": 3}[name]
        choices = st.sampled_from(["Tanh", "Sigmoid", "Relu", "Softsign", "HardSigmoid", "LeakyRelu"])
        attributes["activations"] = [draw(choices) for _ in range(per_direction * directions)]
    if name != "LSTM" and draw(st.booleans()):
        attributes["clip"] = 0.7
    return Node(name, inputs, attributes, outputs=3 if name == "LSTM" else 2)


@st.composite
def resizings(draw):
    mode = draw(st.sampled_from(["nearest", "linear", "cubic"]))
    shape = (draw(sizes), draw(sizes), *draw(per_axis(2, 2, 5)))
    coordinates = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"]
    attributes = {"mode": mode, "coordinate_transformation_mode": draw(st.sampled_from(coordinates))}
    if mode == "nearest":
        rounding = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]
        attributes["nearest_mode"] = draw(st.sampled_from(rounding))
    if mode == "cubic":
        attributes |= {"cubic_coeff_a": draw(st.sampled_from([-0.75, -0.5])), "exclude_outside": draw(flags)}
    # Sizes and their quotients are powers of 2 times each other, so that single and double precision have the same
    # positions; where size times factor is no integer, onnxruntime aligns the corners by another size than the suite of onnx.
    choices = st.sampled_from([0.5, 1.0, 2.0, 4.0])
    factors = [1.0, 1.0, *(factor if n % 2 == 0 or factor > 0.5 else 1.0 for n in shape[2:] for factor in [draw(choices)])]
    if draw(st.booleans()):
        return Node("Resize", [draw(arrays(shape)), None, np.array(factors, np.float32)], attributes)
    outputs = np.array([int(n * f) for n, f in zip(shape, factors)], np.int64)
    return Node("Resize", [draw(arrays(shape)), None, None, outputs], attributes)


@st.composite
def samplings(draw):
    shape = (draw(sizes), draw(sizes), *draw(per_axis(2, 1, 5)))
    grid = draw(arrays((shape[0], *draw(per_axis(2, 1, 4)), 2), low=-1.4, high=1.4))
    attributes = {
        "mode": draw(st.sampled_from(["linear", "nearest", "cubic"])),
        "padding_mode": draw(st.sampled_from(["zeros", "border", "reflection"])),
        "align_corners": draw(flags),
    }
    return Node("GridSample", [draw(arrays(shape)), grid], attributes, tolerance=1e-3)


@st.composite
def quantizations(draw):
    dtype = draw(st.sampled_from([np.uint8, np.int8, np.int16, np.uint16]))
    bounds = np.iinfo(dtype)
    shape = (draw(sizes), draw(sizes), draw(sizes))
    is_per_axis = draw(st.booleans())
    axis = draw(st.integers(-3, 2))
    parameters = (shape[axis],) if is_per_axis else ()
    scale = draw(arrays(parameters, low=0.01, high=0.3))
    zero_point = draw(arrays(parameters, dtype, bounds.min // 2, bounds.max // 2))
    attributes = {"axis": axis} if is_per_axis else {}
    choice = draw(st.sampled_from(["QuantizeLinear", "DequantizeLinear", "MatMulInteger", "QLinearConv", "ConvInteger"]))
    if choice == "QuantizeLinear":
        return Node(choice, [draw(arrays(shape, high=20)), scale, zero_point], attributes)
    if choice == "DequantizeLinear":
        return Node(choice, [draw(arrays(shape, dtype, bounds.min, bounds.max)), scale, zero_point], attributes)
    n, k, m = shape
    if choice == "MatMulInteger":
        a, b = draw(arrays((n, k), np.uint8, 0, 255)), draw(arrays((k, m), np.int8, -128, 127))
        return Node(choice, [a, b, draw(arrays((), np.uint8, 0, 255)), draw(arrays((), np.int8, -128, 127))])
    x, weight = draw(arrays((n, k, 5, 4), np.uint8, 0, 255)), draw(arrays((m, k, 3, 2), np.uint8, 0, 255))
    zeros = [draw(arrays((), np.uint8, 0, 255)) for _ in range(3)]
    attributes = {"pads": [draw(flags) for _ in range(4)], "strides": draw(per_axis(2, 1, 2))}
    if choice == "ConvInteger":
        return Node(choice, [x, weight, *zeros[:2]], attributes)
    scales = [draw(arrays((), low=0.01, high=0.1)), draw(arrays((), low=0.01, high=0.1)), draw(arrays((), low=1, high=9))]
    inputs = [x, scales[0], zeros[0], weight, scales[1], zeros[1], scales[2], zeros[2]]
    return Node(choice, [*inputs, draw(st.none() | arrays((m,), np.int32, -999, 999))], attributes)


@st.composite
def attentions(draw):
    batch, heads, repeats, queries, keys, width, values = (draw(sizes) for _ in range(7))
    shapes = [(batch, heads * repeats, queries, width), (batch, heads, keys, width), (batch, heads, keys, values)]
    attributes = {"is_causal": draw(flags), "softcap": draw(st.sampled_from([0.0, 2.0]))}
    past = draw(st.integers(0, 2))
    if past and attributes["is_causal"]:  # with fewer queries than new keys onnxruntime counts from the last key
        shapes[1:] = [(batch, heads, queries, width), (batch, heads, queries, values)]
        keys = queries
    mask = draw(st.none() | arrays((queries, keys + past)))
    inputs = [*(draw(arrays(shape)) for shape in shapes), mask]
    outputs = 1
    if past:
        inputs += [draw(arrays((batch, heads, past, width))), draw(arrays((batch, heads, past, values)))]
        outputs = 3
    if draw(st.booleans()):
        attributes["scale"] = 0.5
    return Node("Attention", inputs, attributes, outputs=outputs, opset=24, tolerance=1e-3)


@st.composite
def spectra(draw):
    shape = (draw(sizes), draw(st.integers(2, 9)))
    if draw(st.booleans()):
        length = draw(st.integers(1, shape[1]))
        window = draw(st.none() | arrays((length,)))
        inputs = [draw(arrays((*shape, 1))), np.array(draw(st.integers(1, 3))), window, np.array(length)]
        return Node("STFT", inputs, {"onesided": draw(flags)}, opset=17)
    is_complex = draw(st.booleans())
    inverse = draw(flags) if is_complex else 0
    length = draw(st.none() | st.integers(1, 10).map(np.array))
    inputs = [draw(arrays((*shape, 1 + is_complex))), length]
    return Node("DFT", inputs, {"axis": 1, "inverse": inverse, "onesided": 0 if is_complex else draw(flags)}, opset=17)


@st.composite
def losses(draw):
    shape = (draw(sizes), draw(st.integers(2, 4)), *draw(per_axis(draw(st.integers(0, 2)))))
    target = draw(arrays((shape[0], *shape[2:]), np.int64, 0, shape[1] - 1))
    weight = draw(st.none() | arrays((shape[1],), low=0.1))
    attributes = {"reduction": draw(st.sampled_from(["none", "mean", "sum"]))}
    if draw(st.booleans()):
        attributes["ignore_index"] = draw(st.integers(0, shape[1] - 1))
        if attributes["reduction"] == "mean" and (target == attributes["ignore_index"]).all():
            attributes["reduction"] = "sum"  # the mean of nothing
    name = draw(st.sampled_from(["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"]))
    return Node(name, [draw(arrays(shape)), target, weight], attributes, opset=13)


@st.composite
def regions(draw):
    if draw(st.booleans()):
        count, classes = draw(st.integers(1, 8)), draw(sizes)
        corners = draw(arrays((1, count, 4), low=0, high=8))
        scores = draw(arrays((1, classes, count), low=0, high=1))
        limits = [np.array([draw(st.integers(0, 6))]), np.array([0.3], np.float32), np.array([0.2], np.float32)]
        return Node("NonMaxSuppression", [corners, scores, *limits], {"center_point_box": draw(flags)}, opset=11)
    x = draw(arrays((2, draw(sizes), 6, 5)))
    count = draw(sizes)
    start, size = draw(arrays((count, 2), low=0, high=6)), draw(arrays((count, 2), low=0.5, high=5))
    rois = np.concatenate([start, start + size], axis=1)
    batch = draw(arrays((count,), np.int64, 0, 1))
    attributes = {
        "output_height": draw(sizes),
        "output_width": draw(sizes),
        "sampling_ratio": draw(st.integers(0, 3)),
        "spatial_scale": draw(st.sampled_from([0.5, 1.0])),
        "coordinate_transformation_mode": draw(st.sampled_from(["half_pixel", "output_half_pixel"])),
    }
    return Node("RoiAlign", [x, rois, batch], attributes, opset=16)


@st.composite
def tables(draw):
    rows, columns, domain = draw(sizes), draw(sizes), "ai.onnx.ml"
    x = draw(arrays((rows, columns)))
    labels = [3, 1, 7][: draw(st.integers(2, 3))]
    transform = draw(st.sampled_from(["NONE", "LOGISTIC", "SOFTMAX"]))
    name = draw(st.sampled_from(["Scaler", "Normalizer", "Imputer", "LabelEncoder", "LinearRegressor", "LinearClassifier"]))
    if name == "Scaler":
        return Node(name, [x], {"offset": [0.5] * columns, "scale": [2.0] * columns}, domain=domain)
    if name == "Normalizer":
        return Node(name, [np.abs(x)], {"norm": draw(st.sampled_from(["MAX", "L1", "L2"]))}, domain=domain)
    if name == "Imputer":
        x[draw(arrays((rows, columns), np.int32, 0, 1)) > 0] = np.nan
        return Node(name, [x], {"imputed_value_floats": [1.5], "replaced_value_float": float("nan")}, domain=domain)
    if name == "LabelEncoder":
        attributes = {"keys_int64s": labels, "values_strings": ["a", "b", "c"][: len(labels)], "default_string": "?"}
        return Node(name, [draw(arrays((rows, columns), np.int64, 0, 8))], attributes, domain=domain)
    if name == "LinearRegressor":
        attributes = {"coefficients": draw(arrays((2 * columns,))).tolist(), "intercepts": [0.5, 1.0], "targets": 2}
        return Node(name, [x], attributes, domain=domain)
    attributes = {
        "coefficients": draw(arrays((len(labels) * columns,))).tolist(),
        "intercepts": draw(arrays((len(labels),))).tolist(),
        "classlabels_ints": labels,
        "post_transform": transform,
    }
    return Node(name, [x], attributes, outputs=2, domain=domain)


@st.composite
def trees(draw):
    """Trees of random nodes: a node is a leaf, or has two children with larger numbers."""
    columns, count = draw(sizes), draw(st.integers(1, 4))
    nodes, votes = [], []
    is_binary = draw(st.booleans())  # votes for the first of two labels; else for one of three
    labels = [3, 1] if is_binary else [3, 1, 7]
    for tree in range(count):
        total, number = 1, 0
        while number < total:
            is_leaf = total > 12 or draw(st.booleans())
            mode = "LEAF" if is_leaf else draw(st.sampled_from(["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"]))
            children = (0, 0) if is_leaf else (total, total + 1)
            value = float(draw(arrays(())))
            nodes.append((tree, number, mode, draw(st.integers(0, columns - 1)), value, *children))
            if is_leaf:
                target = 0 if is_binary else draw(st.integers(0, len(labels) - 1))
                votes.append((tree, number, target, abs(value) + 0.01 * len(votes)))  # no ties
            total += 0 if is_leaf else 2
            number += 1
    keys = ("treeids", "nodeids", "modes", "featureids", "values", "truenodeids", "falsenodeids")
    attributes = {f"nodes_{key}": list(column) for key, column in zip(keys, zip(*nodes))}
    is_classifier = draw(st.booleans())
    keys = ("treeids", "nodeids", "ids", "weights")
    attributes |= {f"{'class' if is_classifier else 'target'}_{key}": list(column) for key, column in zip(keys, zip(*votes))}
    x = draw(arrays((draw(sizes), columns)))
    if is_classifier:
        attributes["classlabels_int64s"] = labels
        return Node("TreeEnsembleClassifier", [x], attributes, outputs=2, domain="ai.onnx.ml")
    attributes |= {"n_targets": len(labels), "aggregate_function": draw(st.sampled_from(["SUM", "AVERAGE"]))}
    return Node("TreeEnsembleRegressor", [x], attributes, domain="ai.onnx.ml")


@st.composite
def older_versions(draw):
    shape = (draw(sizes), draw(sizes), *draw(per_axis(2, 1, 4)))
    x, channels = draw(arrays(shape)), shape[1]
    scales = [1.0, 1.0, *(draw(st.sampled_from([1.0, 2.0, 3.0])) for _ in range(2))]
    mode = {"mode": draw(st.sampled_from(["nearest", "linear"]))}
    statistics = [draw(arrays((channels,), low=0.5, high=2)) for _ in range(4)]
    return draw(
        st.sampled_from(
            [
                Node("Upsample", [x], {"scales": scales, **mode}, opset=8),
                Node("Upsample", [x, np.array(scales, np.float32)], mode, opset=9),
                Node("Resize", [x, np.array(scales, np.float32)], mode, opset=10),
                Node("BatchNormalization", [x, *statistics], {"epsilon": 1e-3}, opset=8),
                Node("AveragePool", [x], {"kernel_shape": [1, 1], "strides": [2, 2]}, opset=7),
                Node("MaxPool", [x], {"kernel_shape": [1, 1], "strides": [2, 1]}, opset=8),
            ]
        )
    )


@st.composite
def rearrangements(draw):
    """Operators that move elements, count them or reduce regions."""
    name = draw(st.sampled_from(["MaxRoiPool", "MaxUnpool", "Col2Im", "TfIdfVectorizer", "ReverseSequence", "GlobalLpPool"]))
    shape = (2, draw(sizes), draw(st.integers(2, 5)), draw(st.integers(2, 5)))
    x = draw(arrays(shape))
    if name == "MaxRoiPool":
        corners = np.sort(draw(arrays((3, 2, 2), low=0, high=6)), axis=1)
        batch = draw(arrays((3, 1), low=0, high=1.9)).astype(int)
        rois = np.concatenate([batch, corners.reshape(3, 4)], axis=1).astype(np.float32)
        return Node(name, [x, rois], {"pooled_shape": draw(per_axis(2)), "spatial_scale": 0.75})
    if name == "MaxUnpool":
        order = np.random.default_rng(x.size).permutation(4 * x.size)[: x.size].reshape(shape)
        return Node(name, [x, order], {"kernel_shape": [2, 2], "strides": [2, 2]})
    if name == "Col2Im":
        kernel, size = draw(per_axis(2, 1, 2)), draw(per_axis(2, 2, 4))
        attributes = {"strides": draw(per_axis(2, 1, 2)), "pads": [draw(flags) for _ in range(4)]}
        pads = attributes["pads"]
        counts = [(n + a + b - k) // s + 1 for n, a, b, k, s in zip(size, pads[:2], pads[2:], kernel, attributes["strides"])]
        columns = draw(arrays((2, 3 * kernel[0] * kernel[1], counts[0] * counts[1])))
        return Node(name, [columns, np.array(size), np.array(kernel)], attributes)
    if name == "TfIdfVectorizer":
        attributes = {
            "mode": draw(st.sampled_from(["TF", "IDF", "TFIDF"])),
            "min_gram_length": draw(st.integers(1, 2)),
            "max_gram_length": draw(st.integers(2, 3)),
            "max_skip_count": draw(st.integers(0, 3)),
            "ngram_counts": [0, 2, 8],
            "ngram_indexes": [0, 1, 2, 3, 4, 5],
            "pool_int64s": [0, 1, 0, 0, 0, 1, 1, 2, 2, 0, 1],
            "weights": [1.0, 2.0, 0.5, 3.0, 1.5, 2.5],
        }
        return Node(name, [draw(arrays((2, draw(st.integers(1, 9))), np.int64, 0, 2))], attributes)
    if name == "ReverseSequence":
        batch_axis = draw(flags)
        attributes = {"batch_axis": batch_axis, "time_axis": 1 - batch_axis}
        lengths = draw(arrays((shape[batch_axis],), np.int64, 1, shape[1 - batch_axis]))
        return Node(name, [x, lengths], attributes)
    return Node(name, [x], {"p": draw(st.integers(1, 3))})


FAMILIES = {
    "convolutions": convolutions(),
    "transposed_convolutions": transposed_convolutions(),
    "poolings": poolings(),
    "normalizations": normalizations(),
    "recurrent_layers": recurrent_layers(),
    "resizings": resizings(),
    "samplings": samplings(),
    "quantizations": quantizations(),
    "attentions": attentions(),
    "spectra": spectra(),
    "losses": losses(),
    "regions": regions(),
    "tables": tables(),
    "trees": trees(),
    "older_versions": older_versions(),
    "rearrangements": rearrangements(),
}


def compare(strategy, examples):
    """Compare so many nodes with onnxruntime; returns how many it refused and how many agreed."""
    counts = [0, 0]

    @seed(0)
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None, database=None)
    @given(strategy)
    def check(node):
        counts[assert_agree(node)] += 1

    check()
    return counts


def main():
    examples, names = int(sys.argv[1]), sys.argv[2:] or list(FAMILIES)
    for name in names:
        try:
            refused, agreed = compare(FAMILIES[name], examples)
            print(f"{name}: {agreed} agree, {refused} refused by onnxruntime", flush=True)
        except Exception as error:
            print(f"{name}: {error}"[:1500], *getattr(error, "__notes__", ())[:1], flush=True)


if __name__ == "__main__":
    main()
