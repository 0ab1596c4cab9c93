"""Files that are damaged or made with bad intent end in a one-line refusal."""

import base64
import json
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import DataError, GraphError, ShapeError, Tensor, UnsupportedError, load_graph, save_graph
from tests.nn.interchange.damage import damaged

REFUSALS = (DataError, GraphError, ShapeError, UnsupportedError)


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    path = tmp_path_factory.mktemp("graphs") / "graph.json"
    x = Tensor(np.arange(100.0).reshape(20, 5), requires_grad=True, name="x")
    save_graph((np.sin(x)[::2] @ np.ones((5, 2))).sum(axis=0), path)
    return path.read_bytes()


def load(tmp_path, content):
    path = tmp_path / "hostile.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return load_graph(path)


def graph_of(*steps, inputs=(), result="v1"):
    x = {"name": "x", "requires_grad": True, "array": [1.0], "dtype": "float64", "shape": []}
    head = {"format": "chainrule.graph", "version": 1, "parameters": []}
    return head | {"inputs": [x, *inputs], "operations": list(steps), "result": {"value": result}}


def step(name="v1", operation="sin", inputs=("x",), **options):
    return {"name": name, "operation": operation, "inputs": list(inputs), "options": options}


HUGE = {"name": "h", "requires_grad": True, "base64": "AAAA", "dtype": "float64", "shape": [2**40]}


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", DataError, "not a JSON file"),
        (b"\xff\xfe{}", DataError, "not a JSON file"),
        (b"[" * 100_000, DataError, "nested too deeply"),
        (b"{}", DataError, "not a file of save_graph"),
        (graph_of() | {"version": 2}, DataError, "version 2 of the format; this library reads up to version 1"),
        (graph_of() | {"inputs": 3}, DataError, "inputs, parameters, operations or result is missing"),
        (graph_of(step(operation="os.system")), UnsupportedError, "unknown operations: os.system"),
        (graph_of(step(operation="nn.functional.x")), UnsupportedError, "Import nn before load_graph"),
        (graph_of(step(inputs=["v1"])), GraphError, "'v1' is used before it is computed"),
        (graph_of(step(inputs=["v2"]), step("v2", inputs=["v1"])), GraphError, "'v2' is used before it is computed"),
        (graph_of(step(), step()), GraphError, "'v1' names two values"),
        (graph_of(step(), inputs=[graph_of()["inputs"][0]]), GraphError, "two inputs have the same name"),
        (graph_of(step(), result="w"), GraphError, "'w' is used before"),
        (graph_of(step(axis=0)), DataError, "sin has no option axis"),
        (graph_of(inputs=[HUGE]), DataError, "invalid array"),
        (graph_of(step(operation="broadcast_to", shape={"tuple": [2**40]})), DataError, "an option of 1099511627776"),
        (graph_of(step(operation="sum", axis={"lambda": "x"})), DataError, "invalid value"),
    ],
)
def test_refusals(tmp_path, content, error, words):
    with pytest.raises(error, match=words) as refusal:
        load(tmp_path, content)
    assert "\n" not in str(refusal.value)
    assert "hostile.json" in str(refusal.value)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_damaged_files_are_refused_or_read(data, content, tmp_path_factory):
    changed = data.draw(damaged(content))
    with suppress(*REFUSALS):
        load(tmp_path_factory.mktemp("graphs"), changed)


@pytest.mark.parametrize(
    "graph",
    [
        graph_of(*(step(f"v{i}", "add", [f"v{i - 1}" if i else "column", "row"]) for i in range(3))),
        graph_of(step("v1", "matmul", ["column", "row"])),
        graph_of(*(step(f"v{i}", "concatenate", [f"v{i - 1}" if i else "row"] * 50, axis=0) for i in range(9))),
    ],
)
def test_results_that_explode_are_refused_before_memory_is_taken(tmp_path, graph, monkeypatch):
    monkeypatch.setattr("autograd.interchange.saved_graph.MAX_ELEMENTS", 10**6)
    size = 2_000
    ones = {"requires_grad": False, "base64": base64.b64encode(np.ones(size)).decode(), "dtype": "float64"}
    graph["inputs"] = [ones | {"name": "row", "shape": [1, size]}, ones | {"name": "column", "shape": [size, 1]}]
    graph["result"] = {"value": graph["operations"][-1]["name"]}
    loaded = load(tmp_path, graph)
    tracemalloc.start()
    with pytest.raises(DataError, match=r"a result of \d+ elements; the limit is \d+"):
        loaded()
    assert tracemalloc.get_traced_memory()[1] < 2 * 8 * 10**6
    tracemalloc.stop()


def test_a_result_that_an_operation_does_not_have_is_named(tmp_path):
    graph = load(tmp_path, graph_of(step(), step("v2", inputs=["v1.7"]), result="v2"))
    with pytest.raises(GraphError, match=r"'v1\.7' is none of the results of its operation"):
        graph()


def test_memory_stays_near_the_size_of_the_file(tmp_path):
    path = tmp_path / "graph.json"
    save_graph(np.sin, path, np.random.default_rng(0).normal(size=300_000))
    tracemalloc.start()
    load_graph(path)
    assert tracemalloc.get_traced_memory()[1] < 4 * path.stat().st_size + 2**24
    tracemalloc.stop()
