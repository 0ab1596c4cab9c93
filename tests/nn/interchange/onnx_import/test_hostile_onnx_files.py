"""Damaged and hostile ONNX files: a refusal of one line, before memory is taken."""

import os
import tracemalloc

import numpy as np
import pytest

pytest.importorskip("onnx")

import onnx
from hypothesis import given, settings, strategies as st
from onnx import TensorProto, helper, numpy_helper

import nn
from autograd import DataError, ShapeError, UnsupportedError, no_grad
from tests.nn.interchange.damage import damaged
from tests.nn.interchange.onnx_import.models import parse, samples, write

REFUSALS = (nn.ModelFileError, DataError, ShapeError, UnsupportedError)
SAMPLES = samples()
MEBIBYTE = 2**20


def run(content, path, inputs=()):
    """The outputs of a model, or the message of its refusal; no other error, and no more than 64 MiB of memory."""
    write(content, path)
    tracemalloc.start()
    try:
        with no_grad():
            return nn.load_onnx(path)(*inputs)
    except REFUSALS as error:
        message = str(error)
        assert "\n" not in message
        assert len(message) < 4000
        return message
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 64 * MEBIBYTE


@pytest.mark.parametrize("index", range(len(SAMPLES)))
def test_the_samples_run(index, tmp_path):
    model, inputs = SAMPLES[index]
    assert not isinstance(run(model, tmp_path / "model.onnx", inputs), str)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files(tmp_path_factory, data):
    model, inputs = data.draw(st.sampled_from(SAMPLES))
    content = data.draw(damaged(model.SerializeToString()))
    run(content, tmp_path_factory.mktemp("damaged") / "model.onnx", inputs)


def messages(message):
    """A protobuf message and all messages in it."""
    yield message
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for inner in value if hasattr(value, "add") else [value]:
                yield from messages(inner)


def mutate(model, draw):
    """Change a field of a message: a number, a name of another place, a repeated or missing element."""
    message = draw(st.sampled_from([m for m in messages(model) if m.ListFields()]))
    field, value = draw(st.sampled_from(message.ListFields()))
    is_repeated = hasattr(value, "extend")
    numbers = {field.TYPE_INT64, field.TYPE_INT32, field.TYPE_UINT64}
    if is_repeated and len(value) and draw(st.booleans()):
        index = draw(st.integers(0, len(value) - 1))
        value.extend([value[index]]) if draw(st.booleans()) else value.__delitem__(index)
    elif field.type in numbers:
        number = draw(st.sampled_from([0, 1, 2, 7, 2**20, 2**31 - 1] + ([-1, -7] if field.type != field.TYPE_UINT64 else [])))
        number = draw(st.sampled_from([number, 2**62])) if field.type == field.TYPE_INT64 else number
        if is_repeated and len(value):
            value[draw(st.integers(0, len(value) - 1))] = number
        elif not is_repeated:
            setattr(message, field.name, number)
    elif field.type == field.TYPE_STRING and not is_repeated:
        setattr(
            message, field.name, draw(st.sampled_from(["", "x", "y", "Add", "Loop", "Expand", "Gather", "double", "a" * 99]))
        )
    elif not is_repeated:
        message.ClearField(field.name)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_changed_fields(tmp_path_factory, data):
    sample, inputs = data.draw(st.sampled_from(SAMPLES))
    model = onnx.ModelProto()
    model.CopyFrom(sample)
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(model, data.draw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nn.interchange.onnx_import.limits.MAX_STEPS", 2000)  # a million steps take half a minute
        run(model, tmp_path_factory.mktemp("changed") / "model.onnx", inputs)


def tensor(**fields):
    return TensorProto(name="w", **fields)


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (tensor(dims=[2**40], data_type=1, raw_data=b"1234"), "4 bytes are not those of shape"),
        (tensor(dims=[2**31, 2**31, 2**31], data_type=1), "impossible shape"),
        (tensor(dims=[-1], data_type=1), "impossible shape"),
        (tensor(dims=[2**62, 0], data_type=1), "impossible shape"),
        (tensor(dims=[1] * 70, data_type=1, float_data=[1.0]), "impossible shape"),
        (tensor(dims=[3], data_type=1, float_data=[1.0]), "1 numbers are not those"),
        (tensor(dims=[1], data_type=77, raw_data=b"1"), "unknown type 77"),
        (tensor(dims=[1], data_type=0, raw_data=b"1"), "unknown type 0"),
    ],
)
def test_tensors_that_claim_too_much(claim, message, tmp_path):
    model = parse("g (float[n] x) => (float[n] y) { y = Add(x, w) }")
    model.graph.initializer.append(claim)
    assert message in run(model, tmp_path / "model.onnx", [np.ones(1, np.float32)])


EXPLOSIONS = {
    "Expand": "y = Expand(x, big)",
    "Tile": "y = Tile(x, big)",
    "ConstantOfShape": "y = ConstantOfShape(big)",
    "Range": "zero = Constant <value_int = 0> () n = Gather(big, zero) y = Range(zero, n, one)",
    "Pad": "two = Concat <axis = 0> (big, big) y = Pad(x, two)",
    "RandomNormal": "y = RandomNormal <shape = [1000000, 1000000]> ()",
    "OneHot": "i = Constant <value_ints = [1, 2]> () v = Constant <value_floats = [0.0, 1.0]> () "
    "zero = Constant <value_int = 0> () n = Gather(big, zero) y = OneHot(i, n, v)",
    "CenterCropPad": "y = CenterCropPad(x, big)",
    "Add": "row = Range(a, b, c) t = Constant <value_ints = [-1, 1]> () column = Reshape(row, t) y = Add(row, column)",
    "MatMul": "row = Range(a, b, c) t = Constant <value_ints = [-1, 1]> () column = Reshape(row, t) "
    "flat = Reshape(row, u) y = MatMul(column, flat)",
    "Einsum": 'row = Range(a, b, c) y = Einsum <equation = "i,j->ij"> (row, row)',
    "Resize": "scales = Constant <value_floats = [1e9]> () y = Resize(x, , scales)",
    "Gather": "row = Range(a, b, c) wide = Reshape(row, u) i = Cast <to = 7> (row) z = Mod(i, one) y = Gather(wide, z)",
}


@pytest.mark.parametrize("name", EXPLOSIONS)
def test_shapes_that_explode(name, tmp_path):
    constants = {
        "big": np.array([2**40]),
        "a": np.float32(0),
        "b": np.float32(100_000),
        "c": np.float32(1),
        "u": np.array([1, -1]),
        "one": np.array(1),
    }
    model = parse(f"g (float[n] x) => (float y) {{ {EXPLOSIONS[name]} }}", constants)
    assert "exceeds the limit of 1024 MiB" in run(model, tmp_path / "model.onnx", [np.ones(1, np.float32)])


def test_values_that_grow_step_by_step(tmp_path, monkeypatch):
    monkeypatch.setattr("nn.interchange.onnx_import.limits.MIN_BYTES", 2**20)
    doublings = "\n".join(f"x{i + 1} = Concat <axis = 0> (x{i}, x{i})" for i in range(40))
    model = parse(f"g (float[n] x0) => (float[m] x40) {{ {doublings} }}")
    assert "exceeds the limit of 1 MiB" in run(model, tmp_path / "model.onnx", [np.ones(1, np.float32)])


LOOP = """g (float[1] x) => (float[1] y) {
    steps = Constant <value_int = 9223372036854775807> ()
    yes = Constant <value = bool {1}> ()
    y = Loop <body = step (int64 i, bool c, float[1] s) => (bool d, float[1] t) {
        d = Identity(c)
        t = Add(s, s)
    }> (steps, yes, x)
}"""


def test_loops_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("nn.interchange.onnx_import.limits.MAX_STEPS", 2000)
    message = run(parse(LOOP), tmp_path / "model.onnx", [np.ones(1, np.float32)])
    assert "takes more than 2000 steps; a loop in it may have no end" in message


FUNCTION = '<domain: "local", opset_import: ["": 18, "local": 1]> {name} (a) => (b) {{ {body} }}'


def test_functions_that_call_themselves(tmp_path):
    first = FUNCTION.format(name="first", body="b = local.second(a)")
    second = FUNCTION.format(name="second", body="b = local.first(a)")
    model = parse(f"g (float x) => (float y) {{ y = local.first(x) }}\n{first}\n{second}")
    assert "calls itself" in run(model, tmp_path / "model.onnx", [np.float32(1)])


def test_functions_that_multiply(tmp_path, monkeypatch):
    monkeypatch.setattr("nn.interchange.onnx_import.construction.MAX_NODES", 2000)
    functions = [FUNCTION.format(name=f"f{i}", body=f"c = local.f{i + 1}(a) b = local.f{i + 1}(c)") for i in range(25)]
    functions.append(FUNCTION.format(name="f25", body="b = Neg(a)"))
    model = parse("g (float x) => (float y) { y = local.f0(x) }\n" + "\n".join(functions))
    assert "more than 2000 nodes" in run(model, tmp_path / "model.onnx", [np.float32(1)])


def test_functions_that_are_deep(tmp_path):
    functions = [FUNCTION.format(name=f"f{i}", body=f"b = local.f{i + 1}(a)") for i in range(2000)]
    functions.append(FUNCTION.format(name="f2000", body="b = Neg(a)"))
    model = parse("g (float x) => (float y) { y = local.f0(x) }\n" + "\n".join(functions))
    assert "more than 30 deep" in run(model, tmp_path / "model.onnx", [np.float32(1)])


def test_protobuf_messages_that_are_deep(tmp_path):
    content = b""
    for _ in range(20_000):  # GraphProto.node.attribute.g, in each other
        attribute = b"\x32" + varint(len(content)) + content
        node = b"\x2a" + varint(len(attribute)) + attribute
        content = b"\x0a" + varint(len(node)) + node
    assert "100 levels" in run(b"\x3a" + varint(len(content)) + content, tmp_path / "model.onnx")


@pytest.mark.parametrize("field", [b"\x0a", b"\x2a", b"\x5a"])  # nodes, initializers, inputs
def test_many_messages(field, tmp_path, monkeypatch):
    monkeypatch.setattr("nn.interchange.onnx_import.protobuf.MAX_MESSAGES", 1000)
    content = field + b"\x00"
    graph = content * 2000
    assert "more than 1000 messages" in run(b"\x3a" + varint(len(graph)) + graph, tmp_path / "model.onnx")


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = Neg(b) b = Neg(a) y = Add(a, x)", "in a cycle"),
        ("y = Add(x, nowhere)", "'nowhere' is defined nowhere"),
        ("y = Neg(x) y = Abs(x)", "'y', which is already defined"),
        ("x = Neg(x) y = Abs(x)", "'x', which is already defined"),
        ("z = Neg(x)", "'y' is defined nowhere"),
        ("y = Neg <alpha = 1.0> (x)", "unknown attribute 'alpha'"),
        ("y = Concat (x)", "lacks the attribute 'axis'"),
        ("y = Add(x)", "has 1 inputs, expected 2 to 2"),
        ("y, z = Neg(x)", "has 1 outputs, but the model uses 2"),
        ("y = elsewhere.Neg(x)", "does not import its domain 'elsewhere'"),
        (
            "a = NoSuch(x) b = Other(a) y = ImageDecoder(b)",
            "not supported: NoSuch of opset 18, Other of opset 18, ImageDecoder",
        ),
        ("i = Constant <value_ints = [5]> () y = Gather(x, i)", "out of range for size 1"),
        ("s = Constant <value_ints = [5, -1]> () y = Reshape(x, s)", "Reshape"),
    ],
)
def test_graphs_that_make_no_sense(text, message, tmp_path):
    model = parse(f"g (float[1] x) => (float[1] y) {{ {text} }}")
    assert message in run(model, tmp_path / "model.onnx", [np.ones(1, np.float32)])


def test_names_that_are_there_twice(tmp_path):
    model = parse("g (float x) => (float y) { y = Add(x, w) }", {"w": np.float32(1)})
    model.graph.initializer.append(numpy_helper.from_array(np.float32(2), "w"))
    assert "two initializers of one name" in run(model, tmp_path / "model.onnx")
    model = parse("g (float x, float x) => (float y) { y = Neg(x) }")
    assert "two inputs of one name" in run(model, tmp_path / "model.onnx")


def test_newer_versions_are_refused(tmp_path):
    model = parse("g (float x) => (float y) { y = Neg(x) }")
    model.opset_import[0].version = 99
    assert "opset 99" in run(model, tmp_path / "model.onnx")


@pytest.mark.parametrize("content", [b"", b"\x80", b"PK\x03\x04 no model", bytes(range(64))])
def test_other_files(content, tmp_path):
    assert run(content, tmp_path / "model.onnx").startswith("model.onnx: ")


def external(location, offset="0", length="8"):
    """A model of one weight of two floats, in a file beside it."""
    weight = tensor(dims=[2], data_type=1, data_location=TensorProto.EXTERNAL)
    for key, value in {"location": location, "offset": offset, "length": length}.items():
        weight.external_data.add(key=key, value=value)
    model = parse("g (float[2] x) => (float[2] y) { y = Add(x, w) }")
    model.graph.initializer.append(weight)
    return model


@pytest.fixture
def folder(tmp_path):
    """A folder with weights, and a file outside of it."""
    inside = tmp_path / "inside"
    (inside / "data").mkdir(parents=True)
    for path in (inside / "weights", inside / "data" / "weights", tmp_path / "outside"):
        path.write_bytes(np.array([1, 2], "<f4").tobytes())
    (inside / "link").symlink_to(tmp_path / "outside")
    (inside / "linked_folder").symlink_to(tmp_path)
    os.mkfifo(inside / "pipe")
    return inside


@pytest.mark.parametrize("location", ["weights", "data/weights", "./weights"])
def test_external_data(location, folder):
    assert run(external(location), folder / "model.onnx", [np.zeros(2, np.float32)]).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (["../outside"], "must stand in a file of the model's folder"),
        (["data/../../outside"], "must stand in a file of the model's folder"),
        (["..\\outside"], "must stand in a file of the model's folder"),
        (["/etc/passwd"], "must stand in a file of the model's folder"),
        (["C:\\weights"], "must stand in a file of the model's folder"),
        ([""], "must stand in a file of the model's folder"),
        (["link"], "is a symbolic link"),
        (["linked_folder/outside"], "is a symbolic link"),
        (["pipe"], "is not a regular file"),
        (["data"], "is not a regular file"),
        (["missing"], "there is no file 'missing'"),
        (["weights", "4"], "its data end at byte 12 of a file of 8 bytes"),
        (["weights", "-4"], "are not the 8 bytes"),
        (["weights", "0", "4"], "are not the 8 bytes"),
        (["weights", "x"], "must be integers"),
    ],
)
def test_external_data_of_other_places(fields, message, folder):
    assert message in run(external(*fields), folder / "model.onnx")


def test_external_data_that_overlap(folder):
    model = external("weights")
    model.graph.initializer.append(external("weights", "4", "4").graph.initializer[0])
    model.graph.initializer[1].name = "v"
    model.graph.initializer[1].dims[0] = 1
    assert "overlap" in run(model, folder / "model.onnx")


def test_sparse_tensors_that_explode(tmp_path):
    model = parse("g (float[n] x) => (float[n] y) { y = Add(x, w) }")
    values = helper.make_tensor("w", 1, [1], [1.0])
    model.graph.sparse_initializer.append(
        helper.make_sparse_tensor(values, numpy_helper.from_array(np.array([0]), "i"), [2**40])
    )
    assert "exceeds the limit" in run(model, tmp_path / "model.onnx")
    model.graph.sparse_initializer[0].dims[0] = 1
    model.graph.sparse_initializer[0].indices.CopyFrom(numpy_helper.from_array(np.array([5]), "i"))
    assert "do not fit" in run(model, tmp_path / "model.onnx")
