"""The HTML of a graph and the pictures of single steps; test_in_jupyter.py tests the HTML in browsers."""

import base64
import json
import re
import shutil

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
from autograd import Tensor
from autograd.__main__ import main
from autograd.draw.style import ACTIVE

HOSTILE = [
    "<b>",
    "\"'",
    "a\nb",
    "😀",
    "</script>",
    "<!--<script>",
    "\u2028",
    "\ud800",
    "x" * 10_000,
    "&lt;",
    "\\u003c",
    "`${x}`",
]


def worked_example():
    x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
    f = x**2 * y / z
    f.name = "f"
    f.backward()
    return f


def read_data(html):
    """The data that is passed to the script."""
    (data,) = re.findall(r"\(document\.currentScript, (\{.*\}), \(svg, \.\.\.others\) =>", html)
    return json.loads(data)


def stepper_data(graph):
    return read_data(graph._repr_html_())


def rows(graph):
    """For every backward step: the title of the vertex, upstream, and the rows of its table with titles."""
    data = stepper_data(graph)
    title = data["titles"].__getitem__
    steps = [step for step in data["steps"] if step["phase"] == "backward"]
    return [(title(step["vertex"]), step["upstream"], [[title(i), *rest] for i, *rest in step["rows"]]) for step in steps]


def test_worked_example_step_by_step():
    graph = autograd.draw(worked_example())
    data = stepper_data(graph)
    forward = [step for step in data["steps"] if step["phase"] == "forward"]
    assert [(step["formula"], step["numbers"], step["value"]) for step in forward] == [
        ("x ^ 2", "3 ^ 2", "9"),
        ("v1 × y", "9 × 4", "36"),
        ("v2 ÷ z", "36 ÷ 2", "18"),
    ]
    assert rows(graph) == [
        (
            "f",
            "1",
            [
                ["v2", "1/z = 0.5", "0.5", "–", "0.5", "∂f/∂f × ∂f/∂v2 = 1 × 1/z = 1 × 0.5 = 0.5"],
                ["z", "−v2/z² = -9", "-9", "–", "-9", "∂f/∂f × ∂f/∂z = 1 × (−v2/z²) = 1 × -9 = -9"],
            ],
        ),
        (
            "v2",
            "0.5",
            [
                ["v1", "y = 4", "2", "–", "2", "∂f/∂v2 × ∂v2/∂v1 = 0.5 × y = 0.5 × 4 = 2"],
                ["y", "v1 = 9", "4.5", "–", "4.5", "∂f/∂v2 × ∂v2/∂y = 0.5 × v1 = 0.5 × 9 = 4.5"],
            ],
        ),
        ("v1", "2", [["x", "2·x = 6", "12", "–", "12", "∂f/∂v1 × ∂v1/∂x = 2 × 2·x = 2 × 6 = 12"]]),
    ]
    assert data["leaves"] == [["∂f/∂x", "12"], ["∂f/∂y", "4.5"], ["∂f/∂z", "-9"]]


def test_sums_start_with_the_gradient_of_an_earlier_backward_pass():
    x = Tensor(3.0, requires_grad=True, name="x")
    (x * 10).backward()
    f = x * x
    f.backward()
    graph = autograd.draw(f)
    chain_rule = "∂v1/∂v1 × ∂v1/∂x = 1 × x = 1 × 3 = 3"
    assert rows(graph) == [
        ("v1", "1", [["x", "x = 3", "3", "10", "13", chain_rule], ["x", "x = 3", "3", "13", "16", chain_rule]])
    ]
    assert stepper_data(graph)["initialGradients"] == {"0": "grad 10"}


def test_before_backward_there_are_only_forward_steps():
    x = Tensor(3.0, requires_grad=True, name="x")
    graph = autograd.draw(x * x)
    data = stepper_data(graph)
    assert [step["phase"] for step in data["steps"]] == ["forward"]
    assert data["leaves"] == []


def test_graph_of_a_leaf():
    x = Tensor(3.0, requires_grad=True, name="x")
    assert stepper_data(autograd.draw(x))["steps"] == []
    x.backward()
    assert [step["phase"] for step in stepper_data(autograd.draw(x))["steps"]] == ["start"]


def test_contributions_are_summed_over_broadcast_axes():
    x, b = Tensor(np.ones((2, 3)), requires_grad=True, name="x"), Tensor(2.0, requires_grad=True, name="b")
    f = (x * b).sum()
    f.backward()
    _, (_, upstream, table) = rows(autograd.draw(f))
    assert upstream == "[[1 1 1] [1 1 1]]"
    assert [(row[0], row[-1].partition("  ")[2]) for row in table] == [
        ("x", "(element by element)"),
        ("b", "(element by element, Σ over axes 0, 1)"),
    ]


def test_gradient_that_was_not_kept_is_not_a_number():
    w = Tensor(np.ones((200, 200)), requires_grad=True, name="w")
    f = ((w * 2) * w).sum()
    f.backward()
    tables = {title: table for title, _, table in rows(autograd.draw(f))}
    assert set(tables) == {"v1", "v2", "v3"}
    w_rows = [row for table in tables.values() for row in table if row[0] == "w"]
    assert [row[2] for row in w_rows] == ["not kept", "not kept"]
    assert w_rows[0][4] == "not kept"
    assert w_rows[-1][4] == "all 4"  # after the last use the sum is the gradient of the leaf


def test_source_lines_recorded_by_watch_are_shown():
    x = Tensor(3.0, requires_grad=True, name="x")
    with autograd.draw.watch():
        f = x * x  # this line
    assert stepper_data(autograd.draw(f))["steps"][0]["line"].endswith("f = x * x  # this line")


def test_formulas_of_a_subgraph_name_hidden_operands():
    x, y = (Tensor(v, requires_grad=True, name=n) for v, n in ((-3.0, "x"), (2.0, "y")))
    u = x**2
    f = u[None][:, None] * y
    f.backward()
    step, *_, last = stepper_data(autograd.draw(f, since=u, constants=False))["steps"][:4]
    assert (step["formula"], step["numbers"]) == ("x ^ 2", "(-3) ^ 2")
    assert (last["formula"], last["numbers"]) == ("v3 × y", "[[9]] × 2")
    assert stepper_data(autograd.draw(f, since=u))["leaves"] == [["∂v4/∂v1", "2"]]


def test_group_has_one_forward_and_one_backward_step():
    y = x = Tensor(0.9, requires_grad=True, name="x")
    for _ in range(400):
        y = y * x
    y.backward()
    graph = autograd.draw(y)
    steps = stepper_data(graph)["steps"]
    groups = [i for i, vertex in enumerate(graph.vertices) if vertex.kind == "group"]
    assert groups
    for i in groups:
        assert [step["phase"] for step in steps if step["vertex"] == i if step["phase"] != "start"] == ["forward", "backward"]


@settings(max_examples=30)
@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_any_name_is_escaped(name):
    f = Tensor(2.0, requires_grad=True, name=name) * Tensor(3.0, requires_grad=True, name=f"{name}{name}")
    f.name = name
    f.backward()
    html = autograd.draw(f)._repr_html_()
    assert html.lower().count("<script") == html.lower().count("</script") == 1
    assert "<!--" not in html
    data = html[html.index("(document.currentScript, ") : html.index(", (svg, ...others) =>")]
    assert data.isascii()
    assert "<" not in data
    assert all(len(title) <= 40 for title in stepper_data(autograd.draw(f))["titles"])


def test_html_has_no_external_links():
    html = autograd.draw(worked_example())._repr_html_()
    assert set(re.findall(r"https?://[\w./]+", html)) == {"http://www.w3.org/2000/svg"}


def test_html_is_small():
    y = x = Tensor(0.9, requires_grad=True, name="x")
    assert len(autograd.draw(worked_example())._repr_html_()) < 52_000
    for i in range(1025):
        y = y * x if i % 3 else y + x
    y.backward()
    assert len(autograd.draw(y, limit=2000)._repr_html_()) < 3_000_000


def test_image_is_the_svg():
    graph = autograd.draw(worked_example())
    (picture,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', graph._repr_html_())
    assert base64.b64decode(picture).decode() == graph.svg


def test_html_page_is_written(tmp_path, capsys):
    assert main(["x**2 * y / z", "x=3", "y=4", "z=2", "-o", str(tmp_path / "g.html")]) == 0
    page = (tmp_path / "g.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert read_data(page) == stepper_data(autograd.draw(worked_example()))


def gradient_texts(graph):
    """The gradient text in each vertex of the picture."""
    return re.findall(r'class="gradient"[^>]*>([^<]*)<', graph.svg)


def test_frames_show_running_sums_of_gradients():
    graph = autograd.draw(worked_example())
    assert graph.steps == 7
    assert str(graph.at(0)).startswith("x = 3, grad –; y = 4, grad –; z = 2, grad –; v1 is not computed yet")
    assert (
        str(graph.at(6)) == "x = 3, grad –; y = 4, grad 4.5; z = 2, grad -9; v1 = 9, grad 2; v2 = 36, grad 0.5; f = 18, grad 1"
    )
    assert gradient_texts(graph.at(6)) == ["grad –", "grad 4.5", "grad -9", "grad 2", "grad 0.5", "grad 1"]
    assert gradient_texts(graph.at(7)) == gradient_texts(graph)


def test_all_frames_have_the_same_layout():
    graph = autograd.draw(worked_example())
    layouts = {tuple(re.findall(r'<rect x="[^"]*" y="[^"]*" width="[^"]*"', graph.at(i).svg)) for i in range(graph.steps + 1)}
    assert len(layouts) == 1


def test_frame_is_a_graph_that_is_saved_and_displayed(tmp_path):
    frame = autograd.draw(worked_example()).at(5)
    assert "chainrule-still" in frame._repr_html_()
    for suffix in ("svg", "html", "dot", "txt"):
        frame.save(tmp_path / f"frame.{suffix}")
    assert "grad 4.5" not in (tmp_path / "frame.dot").read_text()
    assert "grad -9" in (tmp_path / "frame.dot").read_text()


def test_dot_of_frames_marks_the_step_and_reserves_space():
    graph = autograd.draw(worked_example())
    marked = {}
    for step in range(graph.steps + 1):
        dot = graph.at(step).dot
        marked[step] = re.findall(rf'^\t+(n\d+(?: -> n\d+)?) \[[^\n]*color="{ACTIVE}"', dot, re.MULTILINE)
    assert marked[0] == marked[4][1:] == []
    assert marked[2] == ["n5", "n4 -> n5", "n1 -> n5"]  # v2 = v1 × y
    assert marked[4] == ["n6"]  # backward starts
    assert marked[7] == ["n4", "n0 -> n4"]
    assert 'n0 -> n4 [label=" 6 " fontcolor="#FFFFFF00"]' in graph.at(2).dot  # not visible yet
    assert len(set(re.findall(r"width=[\d.]+", graph.at(2).dot))) == len(set(re.findall(r"width=[\d.]+", graph.at(7).dot)))


@pytest.mark.skipif(shutil.which("neato") is None, reason="Graphviz is not installed")
def test_png_of_frames_have_one_size(tmp_path):
    graph = autograd.draw(worked_example())
    sizes = set()
    for step in range(graph.steps + 1):
        graph.at(step).save(tmp_path / "frame.png")
        sizes.add((tmp_path / "frame.png").read_bytes()[16:24])  # width and height in the PNG header
    assert len(sizes) == 1


@pytest.mark.parametrize("step", [-1, 8])
def test_step_out_of_range_raises(step):
    with pytest.raises(ValueError, match="7 steps"):
        autograd.draw(worked_example()).at(step)
