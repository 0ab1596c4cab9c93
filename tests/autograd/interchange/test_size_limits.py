"""The bounds on results hold for every operation, and graphs that explode are refused before memory is allocated."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autograd import DataError, TraceError, UnsupportedError, load_graph, save_graph
from autograd.core.trees import leaves
from autograd.interchange import saved_graph
from autograd.interchange.operation_names import OperationNames
from autograd.interchange.size_limits import count_elements
from tests.autograd.interchange.test_hostile_graphs import graph_of, load, step
from tests.autograd.operations.cases import CASES


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case.name != "np.interp"], ids=lambda case: case.name)
@settings(max_examples=1)
@given(data=st.data())
def test_no_result_exceeds_its_bound(case, data, tmp_path_factory):
    function, arrays = case.draw(data)
    path = tmp_path_factory.mktemp("graphs") / "graph.json"
    try:
        save_graph(function, path, *arrays)
    except (TraceError, UnsupportedError):  # values decide, or a function of NumPy is no operation: there is no graph
        return
    graph, run = load_graph(path), saved_graph._run

    def check(step, inputs, options, limit):
        out = run(step, inputs, options, limit)
        bound = count_elements(step.title, step.function, inputs, options)
        sizes = [np.size(x) for x in leaves(out)]
        total = sum(np.size(x) for x in leaves((inputs, options)))
        assert max(sizes, default=0) <= max(bound, 1)
        assert bound <= max(4 * sum(sizes), total**2 if step.title == "roots" else 4 * total) + 64
        return out

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saved_graph, "_run", check)
        graph()


VECTOR = {"name": "v", "requires_grad": False, "array": [1.0] * 30, "dtype": "float64", "shape": [30]}


@pytest.mark.parametrize(
    "last",
    [
        step(operation="outer", inputs=["v", "v"]),
        step(operation="tile", inputs=["v"], reps={"tuple": [30, 30]}),
        step(operation="repeat", inputs=["v"], repeats=30, axis=None),
        step(operation="einsum", inputs=["v", "v"], subscripts="i,j->ij", optimize=False),
        step(operation="pad_constant", inputs=["v"], widths={"tuple": [{"tuple": [0, 10**6]}]}, value=0.0),
        step(operation="np.zeros_like", inputs=["v"], shape=[1000, 1000]),
        step(operation="broadcast_to", inputs=["v"], shape={"tuple": [10**6, 30]}),
        step(operation="irfft", inputs=["v"], n=10**6, axis=-1, norm="backward"),
        step(operation="diagonal_matrix", inputs=["v"], k=10**6),
    ],
    ids=lambda last: last["operation"],
)
def test_options_that_explode_are_refused(tmp_path, last):
    graph = load(tmp_path, graph_of(last, inputs=[VECTOR]))
    graph.max_elements = 800
    with pytest.raises(DataError, match=r"a result of \d+ elements; the limit is 800 \(max_elements\)"):
        graph()


def test_all_results_count_together(tmp_path):
    steps = [step(f"v{i}", "sin", ["v" if i == 0 else f"v{i - 1}"]) for i in range(100)]
    graph = load(tmp_path, graph_of(*steps, inputs=[VECTOR], result="v99"))
    graph.max_elements = 800
    with pytest.raises(DataError, match=r"v26 = sin.*a result of 30 elements; the limit is 20 "):
        graph()


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (step(operation="power", inputs=[3, 2**28]), "v1: power has no value of the graph among its inputs"),
        (step(operation="tile"), "tile lacks the option reps"),
        (step(operation="np.greater", inputs=["x", "x"], out={"value": "x"}), "np.greater: the option out is not supported"),
        (step(operation="np.isin", inputs=["x", "x"], kind="table"), 'the option kind="table" is not supported'),
        (step(operation="sum", axis="rows", keepdims=False), "v1 = sum.*TypeError"),
        (step(operation="multiply", inputs=["x", 1j, 2]), "v1 = multiply.*TypeError"),
    ],
)
def test_wrong_calls_are_refused(tmp_path, last, words):
    if 1j in last["inputs"]:
        last["inputs"][1] = {"complex": "1j"}
    with pytest.raises(DataError, match=words):
        load(tmp_path, graph_of(last))()


def test_no_function_that_reads_or_writes_files_has_a_name():
    names = set(OperationNames().functions)
    forbidden = (
        "save savetxt savez savez_compressed load loadtxt genfromtxt fromfile memmap array2string shares_memory empty_like"
    )
    assert not names & {f"np.{name}" for name in forbidden.split()}
