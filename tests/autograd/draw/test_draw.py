"""autograd.draw: files, the notebook, installations without Graphviz, wrong arguments; drawing does not change the graph."""

import gc
import os
import shutil
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

import autograd
from autograd import GraphError, Tensor, gradients
from autograd.core import in_place
from autograd.core.graph import nodes
from autograd.draw import Graph
from autograd.draw.reader import read_graph
from autograd.draw.shapes import read_shapes
from autograd.draw.svg import to_svg
from autograd.draw.vertex import Vertex

WITH_GRAPHVIZ = pytest.mark.skipif(shutil.which("neato") is None, reason="Graphviz is not installed")


def worked_example():
    x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
    f = x**2 * y / z
    f.name = "f"
    f.backward()
    return f


@pytest.fixture
def without_graphviz(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def test_constant_alone_cannot_be_drawn():
    with pytest.raises(GraphError, match="no graph"):
        autograd.draw(Tensor(1.0))


def test_graph_of_a_leaf_has_one_box():
    graph = autograd.draw(Tensor(1.0, requires_grad=True, name="x"))
    assert graph.svg.count('class="head"') == 1
    assert "x" in str(graph)


def test_drawing_does_not_change_the_graph():
    x = Tensor(np.linspace(-1, 1, 5), requires_grad=True, name="x")
    f = (np.tanh(x * x) / (1 + x**2)).sum()
    (derivative,) = gradients(f, [x], create_graph=True)
    energy = (derivative**2).sum()
    energy.backward(retain_graph=True)

    def state():
        """Every attribute of every node in full precision, the last in-place change, and the gradient of x."""
        attributes = [
            [getattr(node, name, None) for name in type(node).__slots__ if name != "__weakref__"]
            for node in nodes([energy._node])
        ]
        with np.printoptions(floatmode="unique", threshold=sys.maxsize):
            return repr([attributes, in_place.last_change, x.grad.data])

    before = state()
    graph = autograd.draw(energy)
    frame, health = graph.at(3), autograd.draw(energy, health=True)
    for output in (graph.svg, graph.dot, str(graph), graph._repr_html_(), frame.svg, frame.dot, health.svg):
        assert output
    assert state() == before
    number = Tensor(1.0, requires_grad=True)._node.number
    assert number == min(n.number for n in nodes([energy._node])) - 1  # drawing created no node
    gradient = x.grad.data.copy()
    energy.backward()
    np.testing.assert_array_equal(x.grad.data, 2 * gradient)


def test_deleted_pictures_release_their_memory():
    x = Tensor(np.ones(50), requires_grad=True)
    f = x
    for _ in range(40):
        f = np.tanh(f * x)
    f = f.sum()
    f.backward()

    def draw():
        graph = autograd.draw(f)
        assert len(to_svg(graph.vertices) + graph.dot + str(graph)) > 10_000

    def traced_memory(times):
        for _ in range(times):
            draw()
        gc.collect()
        return tracemalloc.get_traced_memory()

    gc.collect()
    count = sum(type(obj) is Vertex for obj in gc.get_objects())
    tracemalloc.start()
    try:
        before, peak = traced_memory(2)
        after, _ = traced_memory(3)
    finally:
        tracemalloc.stop()
    assert after - before < (peak - before) / 20  # Python itself retains a little
    assert sum(type(obj) is Vertex for obj in gc.get_objects()) == count


def test_installation_without_graphviz_draws(tmp_path):
    """In a separate process without PATH and pygraphviz."""
    code = """
import sys
sys.modules["pygraphviz"] = None
import autograd
x = autograd.Tensor(3.0, requires_grad=True, name="x")
f = x * x
f.backward()
for name in ("g.svg", "g.html", "g.dot", "g.txt"):
    autograd.draw(f).save(name)
"""
    environment = {**os.environ, "PATH": "", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
    assert "grad 6" in (tmp_path / "g.svg").read_text()
    assert "data:image/svg+xml;base64," in (tmp_path / "g.html").read_text()


@pytest.mark.usefixtures("without_graphviz")
def test_only_png_needs_graphviz(tmp_path):
    graph = autograd.draw(worked_example())
    graph.save(tmp_path / "graph.pdf")
    assert "data:image/svg+xml;base64," in graph._repr_html_()
    with pytest.raises(RuntimeError, match="Graphviz"):
        graph.save(tmp_path / "graph.png")
    assert not (tmp_path / "graph.png").exists()


@pytest.mark.parametrize("script", ["exit 1", "echo text"])
def test_failing_graphviz_is_reported(tmp_path, monkeypatch, script):
    broken = tmp_path / "neato"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="Graphviz"):
        autograd.draw(worked_example()).save(tmp_path / "graph.png")


@WITH_GRAPHVIZ
@pytest.mark.parametrize("health", [False, True])
def test_png_is_the_picture_at_twice_its_size(tmp_path, health):
    graph = Graph(read_graph(worked_example()), health)
    graph.save(tmp_path / "graph.png")
    header = (tmp_path / "graph.png").read_bytes()[:24]
    assert header[:4] == b"\x89PNG"
    picture = read_shapes(graph.svg)
    size = [int.from_bytes(header[16:20]) / 2, int.from_bytes(header[20:24]) / 2]
    assert size == pytest.approx([picture.width, picture.height], abs=2)


def test_files_of_text(tmp_path):
    graph = autograd.draw(worked_example())
    for suffix, content in (("svg", graph.svg), ("dot", graph.dot), ("txt", f"{graph}\n")):
        graph.save(tmp_path / f"graph.{suffix}")
        assert (tmp_path / f"graph.{suffix}").read_text() == content
    with pytest.raises(ValueError, match=r"graph\.gif.*\.svg"):
        graph.save(tmp_path / "graph.gif")


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda f, x: autograd.draw(3), TypeError, r"a tensor, or a model and its inputs, not 3 \(int\)"),
        (lambda f, x: autograd.draw(f, x), TypeError, "takes no inputs: only a model"),
        (lambda f, x: autograd.draw(lambda x: (x * x, x), x), TypeError, r"returns a tensor; .*\(tuple\).*model\(x\)\[0\]"),
        (lambda f, x: autograd.draw(f, names={"x": 3}), TypeError, r"names: \('x', 3\) is not \(name, tensor\)"),
        (lambda f, x: autograd.draw(f, since=3), TypeError, r"since: 3 \(int\) is not a tensor"),
        (lambda f, x: autograd.draw(f, since=Tensor(1.0, requires_grad=True)), GraphError, "not computed from any"),
        (lambda f, x: autograd.draw(f, depth=-1), ValueError, "depth=-1"),
        (lambda f, x: autograd.draw(f, depth=1), GraphError, r"modules are not known; .*watch\(\)"),
        (lambda f, x: autograd.draw(f, limit=0), ValueError, "limit=0: must be at least 3"),
    ],
)
def test_wrong_arguments_raise(wrong, error, message):
    x = Tensor(3.0, requires_grad=True)
    with pytest.raises(error, match=message):
        wrong(x * x, x)
