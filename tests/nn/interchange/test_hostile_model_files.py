"""A damaged or hostile model file is refused in one line, and takes little memory."""

import json
import struct
import time
import tracemalloc
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nn
from tests.nn.interchange.damage import damaged

MODEL = "chainrule.model"
ALLOWANCE = 2**20  # bytes that reading a small file takes in any case


def architecture(*modules, **entries):
    return {"version": 1, "library": "0.1.0", "dtype": [], "modules": list(modules), "frozen": [], "metadata": {}} | entries


def file_of(description, shapes=None):
    """A safetensors file of zeros with an architecture, which may be any text."""
    text = description if isinstance(description, str) else json.dumps(description)
    header = {"__metadata__": {MODEL: text}}
    end = 0
    for name, shape in (shapes or {}).items():
        begin, end = end, end + 8 * int(np.prod(shape))
        header[name] = {"dtype": "F64", "shape": list(shape), "data_offsets": [begin, end]}
    content = json.dumps(header).encode()
    return struct.pack("<Q", len(content)) + content + bytes(end)


def module(cls, /, **entries):
    return {"class": cls} | entries


def linear(inputs, outputs, **arguments):
    names = {"parameters": {"weight": "weight", "bias": "bias"}}
    return module("Linear", arguments={"in_features": inputs, "out_features": outputs} | arguments, **names)


SMALL = {"weight": (2, 3), "bias": (3,)}
LARGE = 10**9
NESTED = [module("Tanh"), *[module("Residual", arguments={"module": {"module": i}}) for i in range(10**5)]]
SEQUENTIAL = [module("Tanh"), *[module("Sequential", layers=[i]) for i in range(200)]]

HOSTILE = {
    "no JSON": (file_of("{"), "the architecture is not JSON"),
    "no object": (file_of("[]"), "the architecture lacks version, modules"),
    "no modules": (file_of(architecture()), "the architecture has no modules"),
    "module without class": (file_of(architecture({})), "module 0 has no class"),
    "class of another type": (file_of(architecture(module(3))), "module 0, a 3: invalid entry 'class'"),
    "unknown entry": (file_of(architecture(module("Tanh", code="x"))), "invalid entry 'code'"),
    "unknown class": (file_of(architecture(module("Exploit"))), "unknown class 'Exploit'; register the class"),
    "function of nn as class": (file_of(architecture(module("seed"))), "unknown class 'seed'"),
    "module path as class": (file_of(architecture(module("os.system"))), "unknown class 'os.system'"),
    "newer version": (
        file_of(architecture(module("Tanh"), version=2)),
        r"format 2, by version '0.1.0' of this library, is newer",
    ),
    "version of another type": (file_of(architecture(module("Tanh"), version="1")), "lacks version"),
    "cycle": (file_of(architecture(module("Sequential", layers=[0]))), "module 0, a 'Sequential', contains module 0, which is"),
    "cycle of arguments": (
        file_of(architecture(module("Residual", arguments={"module": {"module": 1}}), module("Tanh"))),
        "contains module 1, which is not before it",
    ),
    "negative index": (file_of(architecture(module("Tanh"), module("Sequential", layers=[-1]))), "contains module -1"),
    "index that is no integer": (file_of(architecture(module("Sequential", layers=[True]))), "contains module True"),
    "deep Sequential": (file_of(architecture(*SEQUENTIAL)), "modules are nested more than 100 deep"),
    "100000 nested modules": (file_of(architecture(*NESTED)), "the header has more than|nested more than 100 deep"),
    "nested JSON": (file_of("[" * 10**5), "the header has more than"),
    "nested lists as argument": (
        file_of(json.dumps(architecture(linear(2, 3, init="X"))).replace('"X"', "[" * 900 + "]" * 900), SMALL),
        "nested too deeply|cannot be constructed",
    ),
    "large layer": (
        file_of(architecture(linear(LARGE, LARGE)), SMALL),
        "Linear cannot be constructed: weights of .* much larger",
    ),
    "sizes beyond every integer": (file_of(architecture(linear(10**300, 1)), SMALL), "Linear cannot be constructed"),
    "layer of another shape": (file_of(architecture(linear(3, 2)), SMALL), r"'weight' has shape \(2, 3\), its module expects"),
    "large initializer": (file_of(architecture(linear(LARGE, 2, init="zeros")), SMALL), "Linear cannot be constructed"),
    "large MLP": (file_of(architecture(module("MLP", arguments={"sizes": [LARGE, LARGE, 1]}))), "MLP cannot be constructed"),
    "many layers": (
        file_of(architecture(module("GPT", arguments={"vocabulary": 2, "layers": LARGE, "width": 8}))),
        "more modules are constructed than the file describes",
    ),
    "many recurrent layers": (
        file_of(architecture(module("LSTM", arguments={"input_size": 1, "hidden_size": 1, "num_layers": LARGE}))),
        "more modules are constructed than the file describes",
    ),
    "many groups": (
        file_of(
            architecture(
                module("Conv2d", arguments={"in_channels": LARGE, "out_channels": LARGE, "kernel_size": 1, "groups": LARGE})
            )
        ),
        "Conv2d cannot be constructed",
    ),
    "tensor that no module has": (file_of(architecture(module("Tanh")), SMALL), "no module has the tensor 'weight'"),
    "module without its tensor": (file_of(architecture(linear(2, 3)), {"weight": (2, 3)}), "there is no tensor 'bias'"),
    "tensors that are not described": (
        file_of(architecture(module("Linear", arguments={"in_features": 2, "out_features": 3}))),
        "Linear has weight, which the file does not describe",
    ),
    "unknown argument": (file_of(architecture(module("Tanh", arguments={"x": 1}))), "Tanh cannot be constructed"),
    "missing argument": (file_of(architecture(module("Linear"))), "Linear cannot be constructed"),
    "argument of another type": (file_of(architecture(linear([], {"dict": {}})), SMALL), "Linear cannot be constructed"),
    "unknown kind of argument": (file_of(architecture(linear({"eval": "1"}, 3)), SMALL), "invalid value"),
    "unknown function": (
        file_of(architecture(linear(2, 3, init={"function": "os.system"})), SMALL),
        "unknown function 'os.sys",
    ),
    "function that is no initializer": (
        file_of(
            architecture(linear(2, 3, init={"partial": {"function": "numpy.exp"}, "arguments": [], "keywords": {}})), SMALL
        ),
        "invalid function",
    ),
    "partial with a shape": (
        file_of(
            architecture(
                module(
                    "MLP",
                    arguments={
                        "sizes": [1, 1, 1],
                        "activation": {"partial": {"function": "nn.init.ones"}, "arguments": [[LARGE]], "keywords": {}},
                    },
                )
            )
        ),
        "invalid function",
    ),
    "large class of an argument": (
        file_of(
            architecture(
                module(
                    "MLP",
                    arguments={
                        "sizes": [1, 1, 1],
                        "activation": {"partial": {"class": "Linear"}, "arguments": [LARGE, LARGE], "keywords": {}},
                    },
                )
            )
        ),
        "MLP cannot be constructed",
    ),
    "attribute of the class": (file_of(architecture(module("Tanh", attributes={"forward": 1}))), "no attribute 'forward' that"),
    "class as attribute": (file_of(architecture(module("Tanh", attributes={"__class__": 1}))), "no attribute '__class__'"),
    "hooks as attribute": (file_of(architecture(module("Tanh", attributes={"_has_hooks": 1}))), "no attribute '_has_hooks'"),
    "method as child": (file_of(architecture(module("Tanh"), module("ReLU", children={"eval": 0}))), "no attribute 'eval'"),
    "parameter without attribute": (
        file_of(architecture(module("Tanh", parameters={"no name": "weight"})), {"weight": (1,)}),
        "no attribute 'no name'",
    ),
    "module that is not used": (file_of(architecture(module("Tanh"), module("ReLU"))), "does not contain module 0, a Tanh"),
    "frozen without parameter": (file_of(architecture(module("Tanh"), frozen=["w"])), "no parameter 'w' to freeze"),
    "parameter as buffer": (
        file_of(architecture(module("PReLU", buffers={"weight": "weight"})), {"weight": (1,)}),
        "'weight' has shape",
    ),
    "layers as dict": (file_of(architecture(module("Sequential", layers={}))), "invalid layers of a Sequential"),
}


@pytest.fixture(scope="module", autouse=True)
def all_imported(tmp_path_factory):
    """Modules that are imported on first use take memory, too."""
    for name in nn.__all__:
        getattr(nn, name)
    path = tmp_path_factory.mktemp("first") / "model.safetensors"
    nn.save_model(nn.Sequential(nn.Linear(1, 1, init=nn.init.ones), nn.Lambda(np.sin)), path)
    nn.load_model(path)


@pytest.mark.parametrize(("content", "words"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_refused_in_one_line_and_takes_little_memory(tmp_path, content, words):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    started = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(nn.WeightsFileError, match=words) as caught:
            nn.load_model(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(content) + ALLOWANCE
    assert time.process_time() - started < 5
    assert str(caught.value).startswith("model.safetensors: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_large_file_with_a_wrong_checksum_takes_less_than_twice_its_size(tmp_path):
    path = tmp_path / "model.safetensors"
    nn.save_model(nn.Sequential(nn.Linear(1000, 1000), nn.Linear(1000, 1000)), path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(nn.WeightsFileError, match="checksum of the weights differs"):
            nn.load_model(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * len(content)


def test_wide_file_takes_a_limited_amount_of_memory(tmp_path):
    path = tmp_path / "model.safetensors"
    for text in ("[" + "[]," * 49_000 + "[]]", json.dumps(architecture(*[module("Tanh")] * 24_000))):
        path.write_bytes(file_of(text))
        tracemalloc.start()
        try:
            with pytest.raises(nn.ModelFileError):
                nn.load_model(path)
            assert tracemalloc.get_traced_memory()[1] < 2 * path.stat().st_size + 16 * 2**20
        finally:
            tracemalloc.stop()


def saved():
    return nn.Sequential(nn.Embedding(3, 2), nn.MLP([2, 2, 1], "tanh", batch_norm=True, dropout=0.5)).eval()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@settings(max_examples=150)
@given(data=st.data())
def test_damaged_file_is_refused_or_gives_the_same_model(folder, data):
    path = folder / "damaged.safetensors"
    nn.seed(0)
    model = saved()
    nn.save_model(model, path)
    path.write_bytes(data.draw(damaged(path.read_bytes())))
    try:
        actual = nn.load_model(path)
    except nn.WeightsFileError as error:
        assert "\n" not in str(error)
        return
    assert repr(actual) == repr(model)
    assert actual([0, 1]).numpy().tobytes() == model([0, 1]).numpy().tobytes()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 10**10) | st.floats() | st.sampled_from(["weight", "Linear", "x", "tanh"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["module", "tuple", "dict", "array", "shape", "dtype", "class", "function", "partial", "parameter"]
            ),
            children,
            max_size=3,
        )
    ),
    max_leaves=8,
)
records = st.fixed_dictionaries(
    {"class": st.sampled_from(["Linear", "MLP", "Sequential", "Residual", "Tanh", "ModuleDict", "LSTM", "PReLU"])},
    optional={
        "arguments": st.dictionaries(st.sampled_from(["in_features", "out_features", "sizes", "module", "init"]), json_values),
        "layers": json_values,
        "children": json_values,
        "parameters": st.dictionaries(st.sampled_from(["weight", "bias"]), st.sampled_from(["weight", "bias", "x"]))
        | json_values,
        "attributes": json_values,
        "training": json_values,
    },
)


@settings(max_examples=300)
@given(modules=st.lists(records, max_size=3), shapes=st.sampled_from([{}, SMALL, {"weight": (1,)}]))
def test_any_architecture_is_refused_or_a_model(folder, modules, shapes):
    path = folder / "any.safetensors"
    path.write_bytes(file_of(architecture(*modules), shapes))
    try:
        model = nn.load_model(path)
    except nn.WeightsFileError as error:
        assert "\n" not in str(error)
        return
    assert {name: array.shape for name, array in model.state_dict().items()} == shapes


def test_registered_class_of_another_program_is_refused_until_it_is_registered(tmp_path):
    cls = type("OfAnotherProgram", (nn.Module,), {})
    path = tmp_path / "model.safetensors"
    path.write_bytes(file_of(architecture(module("OfAnotherProgram"))))
    with pytest.raises(nn.ModelFileError, match="unknown class 'OfAnotherProgram'"):
        nn.load_model(path)
    nn.register(cls)
    assert type(nn.load_model(path)) is cls


def test_partial_initializers_are_read(tmp_path):
    nn.save_model(nn.Linear(2, 3, init=partial(nn.init.normal, std=0.5)), tmp_path / "model.safetensors")
    assert nn.load_model(tmp_path / "model.safetensors").out_features == 3
