"""Graphs written to files run again: the same results, bit for bit, at other inputs too."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import GraphError, Tensor, TraceError, UnsupportedError, gradients, load_graph, no_grad, operation, save_graph
from autograd.core.trees import leaves
from tests.autograd.operations.cases import CASES


@pytest.fixture
def path(tmp_path):
    return tmp_path / "graph.json"


def chain_rule_example():
    x, y, z = (Tensor(value, requires_grad=True, name=name) for name, value in zip("xyz", (3.0, 4.0, 2.0)))
    return x**2 * y / z


def test_the_graph_of_a_tensor_runs_at_other_inputs(path):
    save_graph(chain_rule_example(), path)
    graph = load_graph(path)
    assert graph().item() == 18
    assert graph(x=1.0, y=10.0, z=4.0).item() == 2.5
    assert graph(5.0).item() == 50
    x = Tensor(3.0, requires_grad=True)
    graph(x).backward()
    assert x.grad.item() == 12
    graph = load_graph(path)
    graph().backward()
    assert [t.grad.item() for t in graph.inputs.values()] == [12, 4.5, -9]


def test_the_file_is_read_in_an_editor(path):
    save_graph(chain_rule_example(), path)
    content = json.loads(path.read_text())
    assert [(step["operation"], step["inputs"]) for step in content["operations"]] == [
        ("power", ["x", 2]),
        ("multiply", ["v1", "y"]),
        ("divide", ["v2", "z"]),
    ]
    assert content["inputs"][0] == {"name": "x", "requires_grad": True, "array": [3.0], "dtype": "float64", "shape": []}
    assert str(load_graph(path)).splitlines()[-1] == "v3 = divide(v2, z)"


def test_the_graph_is_drawn_with_its_names(path):
    save_graph(chain_rule_example(), path)
    assert str(autograd.draw(load_graph(path)())) == str(autograd.draw(chain_rule_example()))


def results(tree):
    return [x.numpy() if isinstance(x, Tensor) else np.asarray(x) for x in leaves(tree) if hasattr(x, "dtype")]


#: Functions whose operations depend on values, that write into an array, or that are no operations.
REFUSED = {"np.interp", "np.piecewise", "x[index]=y", "np.roots", "np.polymul", "np.trim_zeros", "np.select", "np.unwrap"}
REFUSED |= {f"np.{name}" for name in ("copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask", "frexp")}
REFUSED |= {f"np.{name}" for name in ("histogram", "histogram2d", "histogramdd", "histogram_bin_edges", "geomspace")}
REFUSED |= {f"np.{name}" for name in ("unique", "unique_all", "unique_counts", "unique_inverse", "unique_values")}
REFUSED |= {f"np.{name}" for name in ("union1d", "intersect1d", "setdiff1d", "setxor1d")}


@pytest.mark.parametrize("case", [case for case in CASES if case.name in REFUSED], ids=lambda case: case.name)
@settings(max_examples=1)
@given(data=st.data())
def test_functions_that_read_values_are_refused_or_saved(case, data, tmp_path_factory):
    function, arrays = case.draw(data)
    path = tmp_path_factory.mktemp("graphs") / "graph.json"
    try:
        save_graph(function, path, *arrays)
    except (TraceError, UnsupportedError):
        assert not path.exists()
    else:
        for x, y in zip(results(load_graph(path)(*arrays)), results(function(*map(Tensor, arrays))), strict=True):
            np.testing.assert_array_equal(x, y)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case.name not in REFUSED], ids=lambda case: case.name)
@settings(max_examples=1)
@given(data=st.data())
def test_every_operation_of_a_function_and_of_a_tensor(case, data, tmp_path_factory):
    function, arrays = case.draw(data)
    path = tmp_path_factory.mktemp("graphs") / "graph.json"
    save_graph(function, path, *arrays)
    inputs = [Tensor(x, requires_grad=True) for x in arrays]
    expected, graph = function(*inputs), load_graph(path)
    for x, y in zip(results(graph(*arrays)), results(expected), strict=True):
        assert x.dtype == y.dtype
        np.testing.assert_array_equal(x, y)
    if not any(isinstance(x, Tensor) and x.requires_grad for x in leaves(expected)):
        return
    tracked = [x for x in leaves(expected) if isinstance(x, Tensor) and x.requires_grad]
    again = [x for x in leaves(graph(*inputs)) if isinstance(x, Tensor) and x.requires_grad]
    starts = [np.ones(x.shape, x.dtype) for x in tracked]
    for g, h in zip(gradients(tracked, inputs, starts), gradients(again, inputs, starts), strict=True):
        np.testing.assert_allclose(g.numpy(), h.numpy(), rtol=1e-12, atol=1e-12)
    total = sum((np.real(x) * 1.0).sum() for x in function(*inputs) if isinstance(x, Tensor) and x.requires_grad)
    save_graph(total, path)
    np.testing.assert_array_equal(load_graph(path)().numpy(), total.numpy())


def test_options_and_constants_of_all_kinds(path):
    rows, large = np.array([0, 2]), np.arange(600.0).reshape(200, 3)

    def f(x, scale):
        y = np.where(x > 0, x, x * large)[::2, None][rows, ..., -1]
        return {"sum": y.sum(axis=(0, 1)) * scale["factor"], "nan": y + np.array([np.nan, -np.inf])[:, None], "n": np.argmax(x)}

    x, scale = np.sin(large), {"factor": 2.0}
    save_graph(f, path, x, scale)
    graph = load_graph(path)
    assert list(graph.inputs) == ["x", "scale.factor"]
    expected, actual = f(Tensor(x), {"factor": Tensor(2.0)}), graph()
    assert list(actual) == ["sum", "nan", "n"]
    for key in actual:
        np.testing.assert_array_equal(np.asarray(actual[key]), np.asarray(expected[key]))


@pytest.mark.parametrize("stop", [lambda x: x.data, lambda x: x.numpy(), lambda x: x.detach(), no_grad(lambda x: x * 1)])
def test_gradients_end_where_the_function_ends_them(path, stop):
    save_graph(lambda x: x * stop(x), path, [1.0, 2.0, 3.0])
    x = Tensor([2.0, 3.0, 4.0], requires_grad=True)
    load_graph(path)(x).sum().backward()
    np.testing.assert_array_equal(x.grad, [2, 3, 4])


def test_functions_without_gradient_have_none_when_opened(path):
    save_graph(no_grad(lambda x: x * 2), path, 1.0)
    assert not load_graph(path)(Tensor(1.0, requires_grad=True)).requires_grad


def test_complex_numbers_are_kept(path):
    save_graph(lambda z: z * (1 + 2j) + np.array([1j, 2]), path, [1j, 2 - 1j])
    np.testing.assert_array_equal(load_graph(path)([1.0, 1j]).numpy(), [1 + 3j, 1j])


def test_constant_results_are_tensors(path):
    save_graph(lambda x: (x, Tensor([1.0])), path, 2.0)
    assert all(isinstance(x, Tensor) for x in load_graph(path)())


def test_own_operations_are_handed_over(path):
    @operation(lambda g, x: 3 * g * x**2)
    def cube(x, /):
        return x * x * x

    x = Tensor(2.0, requires_grad=True)
    with pytest.raises(UnsupportedError, match=r"operations without a name in files: cube; .*operations=\{'cube': cube\}"):
        save_graph(cube(x), path)
    assert not path.exists()
    save_graph(cube(x), path, operations={"cube": cube})
    with pytest.raises(UnsupportedError, match=r"graph\.json: unknown operations: cube"):
        load_graph(path)
    assert load_graph(path, operations={"cube": cube})(3.0).item() == 27


def test_graphs_that_cannot_be_saved_are_named(path):
    x = Tensor(np.ones(200), requires_grad=True, name="x")
    with pytest.raises(GraphError, match="the tensor has no graph"):
        save_graph(x, path)
    with pytest.raises(GraphError, match=r"add: the graph does not keep its constant input 2; save the function"):
        save_graph(x + np.ones(200), path)
    with pytest.raises(TraceError, match="branches on a value"):
        save_graph(lambda x: x if x.sum() > 0 else -x, path, np.ones(2))
    with pytest.raises(UnsupportedError, match="records a single call"):
        save_graph(autograd.checkpoint(np.sin)(x), path)
    with pytest.raises(TypeError, match="takes a tensor or a function, not 3"):
        save_graph(3, path)
    assert not path.exists()


def test_wrong_arguments_of_a_graph_are_named(path):
    save_graph(chain_rule_example(), path)
    graph = load_graph(path)
    with pytest.raises(TypeError, match=r"the graph has 3 inputs \(x, y, z\), but 4 were given"):
        graph(1, 2, 3, 4)
    with pytest.raises(TypeError, match=r"the graph has no input 'w'; it has x, y, z"):
        graph(w=1)
    with pytest.raises(TypeError, match="input 'x' is given twice"):
        graph(1, x=2)


def test_the_first_version_opens_for_ever():
    graph = load_graph(__file__.replace("test_saved_graph.py", "graph_version_1.json"))
    assert graph(x=1.0, y=10.0, z=4.0).item() == 2.5


def test_a_fresh_process_opens_it(path):
    save_graph(chain_rule_example(), path)
    program = f"import autograd; print(autograd.load_graph({str(path)!r})(x=1.0).item())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "2.0\n"
