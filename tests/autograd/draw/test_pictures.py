"""The content of DOT and SVG; names of tensors are escaped."""

import re
import shutil
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import Tensor, gradients
from autograd.draw import Graph, simplify
from autograd.draw.reader import read_graph
from autograd.draw.style import VERTEX_STYLES, shorten
from autograd.draw.svg import to_svg

SVG = "{http://www.w3.org/2000/svg}"
WITH_GRAPHVIZ = pytest.mark.skipif(shutil.which("neato") is None, reason="Graphviz is not installed")


def worked_example(backward=True):
    x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
    f = x**2 * y / z
    f.name = "f"
    if backward:
        f.backward()
    return f


def groups(svg, name):
    """The <g> elements of an SVG that have a class."""
    return [g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if name in g.get("class", "").split()]


def text(group, name):
    """The content of the <text> of this class in a group; None if there is none."""
    texts = [t.text for t in group.iter(f"{SVG}text") if t.get("class").split()[0] == name]
    assert len(texts) < 2
    return texts[0] if texts else None


def test_dot_shows_values_gradients_and_local_derivatives():
    dot = autograd.draw(worked_example()).dot
    for vertex in (
        r"x\n3\ngrad 12",
        r"y\n4\ngrad 4.5",
        r"z\n2\ngrad -9",
        r"^\n9\ngrad 2",
        r"×\n36\ngrad 0.5",
        r"f = ÷\n18\ngrad 1",
    ):
        assert vertex in dot
    names = {name: label.split("\\n")[0] for name, label in re.findall(r'(n\d+) \[label="?(.*?)"? color', dot)}
    edges = re.findall(r'(n\d+) -> (n\d+)(?: \[label=" (.*?) "\])?', dot)
    assert [(names[start], names[end], local) for start, end, local in edges] == [
        ("x", "^", "6"),  # 2x
        ("2", "^", ""),
        ("^", "×", "4"),  # y
        ("y", "×", "9"),  # v
        ("×", "f = ÷", "0.5"),  # 1/z
        ("z", "f = ÷", "-9"),  # −u/z²
    ]


@pytest.mark.parametrize("health", [False, True])
def test_the_same_graph_gives_the_same_picture(health):
    def pictures():
        graph = Graph(read_graph(worked_example()), health)
        return graph.dot, to_svg(graph.vertices, health=health)

    assert pictures() == pictures()


def test_svg_has_a_group_with_texts_for_each_vertex_and_edge():
    svg = to_svg(read_graph(worked_example()), prefix="one")
    vertices, edges = groups(svg, "vertex"), groups(svg, "edge")
    assert [v.get("id") for v in vertices] == [f"one-v{i}" for i in range(7)]
    shown = [(text(v, "head"), text(v, "value"), text(v, "gradient")) for v in vertices]
    assert shown == [
        ("x", "3", "grad 12"),
        ("y", "4", "grad 4.5"),
        ("z", "2", "grad -9"),
        ("2", None, None),
        ("^", "9", "grad 2"),
        ("×", "36", "grad 0.5"),
        ("f = ÷", "18", "grad 1"),
    ]
    ends = {e.get("id"): (e.get("data-source"), e.get("data-target"), text(e, "local")) for e in edges}
    assert ends["one-e6-1"] == ("2", "6", "-9")
    assert ends["one-e4-1"] == ("3", "4", None)
    assert len(edges) == 6
    assert all(next(e.iter(f"{SVG}path")).get("d").startswith("M") for e in edges)


def test_pictures_on_one_page_share_no_ids():
    vertices = read_graph(worked_example())
    ids = [re.findall(r'id="([^"]+)"', to_svg(vertices, prefix=prefix)) for prefix in ("one", "two")]
    assert len(set(ids[0] + ids[1])) == len(ids[0]) + len(ids[1])
    assert "url(#one-arrow)" in to_svg(vertices, prefix="one")


def test_boxes_have_space_for_running_sums():
    x = Tensor(1.0, requires_grad=True)
    f = x + 1
    f.backward()
    box = next(groups(to_svg(read_graph(f)), "vertex")[0].iter(f"{SVG}rect"))
    assert float(box.get("width")) > len("grad -1.234e-05") * 7


def test_before_backward_there_are_no_gradients():
    graph = autograd.draw(worked_example(backward=False))
    assert "grad " not in graph.dot
    assert 'class="gradient"' not in graph.svg


def test_a_gradient_that_was_not_kept_is_a_dash():
    x = Tensor(np.ones(1000), requires_grad=True)
    f = np.exp(np.exp(x)).sum()
    f.backward()
    product = groups(to_svg(read_graph(f)), "operation")[0]
    assert text(product, "gradient") == "grad –"


def test_arrays_are_short_in_the_box_and_detailed_in_the_tooltip():
    x = Tensor(np.arange(20.0).reshape(4, 5), requires_grad=True, name="x")
    f = (x * 0.5).sum()
    f.backward()
    vertex = groups(to_svg(read_graph(f)), "input")[0]
    assert text(vertex, "shape") == "(4, 5) float64"
    assert text(vertex, "value") == "[0 1 …] 9.5 ± 5.8"
    assert text(vertex, "gradient") == "grad all 0.5, norm 2.2"
    tooltip = vertex.find(f"{SVG}title").text
    assert "[0 1 2 3 4 5 6 7 …], mean 9.5 ± 5.766, min 0, max 19, norm 49.7" in tooltip


def test_options_follow_the_symbol():
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    assert text(groups(to_svg(read_graph(x.sum(axis=0))), "operation")[0], "head") == "Σ axis=0"


def test_broadcasts_and_contributions_are_marked():
    a, b = Tensor([[1.0, 2.0], [0.0, 1.0]], requires_grad=True), Tensor(3.0, requires_grad=True)
    f = ((a @ a) * b).sum()
    f.backward()
    graph = autograd.draw(f)
    edges = groups(graph.svg, "edge")
    assert [text(edge, "local") for edge in edges] == [
        "← [[9 3] [9 3]]",
        "← [[3 3] [9 9]]",
        "[[3 3] [3 3]]",
        "[[1 4] [0 1]] ⇉",
        "[[1 1] [1 1]]",
    ]
    assert ["broadcast" in edge.get("class") for edge in edges] == [False, False, False, True, False]
    assert "⇉ dashed: broadcast" in graph.svg
    assert "style=dashed" in graph.dot


def vertices_of_all_kinds():
    w = Tensor(2.0, requires_grad=True, name="w")
    x, c = Tensor(1.0, requires_grad=True, name="x"), Tensor(5.0, name="c")
    y = x * w + c
    for _ in range(6):
        y = np.sin(y) * 2
    vertices = simplify.group_repetitions(read_graph(y))
    vertices[0].kind = "parameter"  # a kind that only modules create
    return vertices


def test_kinds_differ_by_more_than_color():
    shapes = {(s.corner, s.dash, s.double, s.stacked) for s in VERTEX_STYLES.values()}
    assert len(shapes) == len(VERTEX_STYLES)
    assert len({tuple(s.dot.values()) for s in VERTEX_STYLES.values()}) == len(VERTEX_STYLES)
    svg = to_svg(vertices_of_all_kinds())
    for kind in ("input", "parameter", "frozen", "operation", "group"):
        assert groups(svg, kind), kind
        assert f">{VERTEX_STYLES[kind].meaning}<" in svg  # in the legend
    assert f">{VERTEX_STYLES['constant'].meaning}<" not in svg  # there is no constant


def test_vertices_of_a_backward_pass_have_their_own_style():
    x = Tensor(2.0, requires_grad=True, name="x")
    f = np.tanh(x * x)
    assert "backward pass" not in autograd.draw(f).svg + autograd.draw(f).dot
    (derivative,) = gradients(f, [x], create_graph=True)
    graph = autograd.draw(derivative)
    forward = [g.get("class") for g in groups(graph.svg, "operation") if "backward" not in g.get("class").split()]
    assert len(forward) == 2  # × and tanh
    assert "computed by a backward pass" in graph.svg
    assert "computed by a backward pass" in graph.dot


def vertices_in_modules():
    vertices = read_graph(worked_example())
    vertices[4].module = ("Net", "0: Square")
    vertices[5].module = ("Net",)
    return vertices


def test_modules_are_nested_clusters():
    svg, dot = to_svg(vertices_in_modules()), Graph(vertices_in_modules()).dot
    assert [g.get("data-module") for g in groups(svg, "cluster")] == ["Net", "Net › 0: Square"]
    net, square = dot.index("label=Net"), dot.index('label="0: Square"')
    assert net < dot.index("n5 [") < square < dot.index("n4 [") < dot.index("n4 ->")
    assert dot.count("subgraph") == 2


def test_direction():
    vertices = vertices_in_modules()
    assert 'class="chainrule down"' in to_svg(vertices, down=True)
    assert "rankdir=TB" in Graph(vertices, down=True).dot
    assert 'class="chainrule"' in to_svg(vertices)  # narrow enough
    x = Tensor(1.0, requires_grad=True)
    for _ in range(12):
        x = np.sin(x)
    assert 'class="chainrule down"' in autograd.draw(x).svg
    assert "rankdir=TB" in autograd.draw(x).dot


NAMES = [
    "<b>",
    '"',
    "\\",
    "a\nb",
    "é→🙂",
    "<",
    "&amp;",
    "\\N",
    "x" * 10_000,
    "",
    "</text><script>alert(1)</script>",
    "]]>",
    "\x00",
    "\ud800",
]
HOSTILE = [
    "' onload='alert(1)",
    '"/><script>alert(1)</script>',
    "javascript:alert(1)",
    "%s{0}\\l",
    "#{x}",
    "<TABLE>",
    "\u202eabc",
]


def check_name(name, svg):
    vertex = groups(svg, "vertex")[0]
    shown = text(vertex, "head") or ""
    assert shown.strip() == (shorten(name).strip() if name else "input")
    assert len(shown) <= 28
    tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}
    assert tags <= {"svg", "style", "defs", "marker", "path", "rect", "g", "text", "title"}
    attributes = {key for element in ElementTree.fromstring(svg).iter() for key in element.attrib}
    assert not any(key.startswith("on") or key.endswith("href") for key in attributes)


@settings(max_examples=60)
@given(st.text(st.characters(), max_size=60))
def test_any_name_is_shown_as_text(name):
    x = Tensor(1.0, requires_grad=True, name=name)
    vertices = read_graph(x * x)
    vertices[-1].module = (name,)
    check_name(name, to_svg(vertices))
    Graph(vertices).dot.encode()
    str(Graph(vertices))


@pytest.mark.parametrize("name", [*NAMES, *HOSTILE])
def test_hostile_names_are_shown_as_text(name):
    x = Tensor(1.0, requires_grad=True, name=name)
    f = x * x
    f.name = name
    check_name(name, to_svg(read_graph(f)))


@WITH_GRAPHVIZ
def test_graphviz_accepts_any_names(tmp_path):
    total = Tensor(0.0)
    for name in (*NAMES, *HOSTILE):
        total = total + Tensor(1.0, requires_grad=True, name=name)
    vertices = read_graph(total)
    for vertex, name in zip(vertices[-10:], (*HOSTILE, *NAMES)):
        vertex.module = (name,)
    Graph(vertices).save(tmp_path / "graph.png")
