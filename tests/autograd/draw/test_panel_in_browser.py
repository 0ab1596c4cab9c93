"""The panel of a picture in a browser: formulas, paths and matrices; the tooltips of edges."""

import subprocess
import sys

from tests.autograd.draw import test_in_jupyter
from tests.autograd.draw.browser import ROOT

pytestmark = test_in_jupyter.pytestmark

PROGRAM = """
import numpy as np, autograd
from autograd import Tensor
x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
u = x**2 * y
u.name = "u"
f = u / z + x * y
f.name = "f"
f.backward()
autograd.draw(f).save({path!r})
"""
MATRICES = """
import numpy as np, autograd
from autograd import Tensor
X, W = (Tensor(np.arange(6.0).reshape(shape) - 2, requires_grad=True, name=n) for shape, n in (((2, 3), "X"), ((3, 2), "W")))
f = (X @ W).sum()
f.backward()
autograd.draw(f, matrices=True).save({path!r})
"""
NETWORK = """
import numpy as np, nn
nn.draw_network(nn.LeNet(rng=0), np.ones((1, 1, 28, 28)), np.array([1])).save({path!r})
"""


def opened(monitored, tmp_path, program):
    path = str(tmp_path / "graph.html")
    subprocess.run([sys.executable, "-c", program.format(path=path)], check=True, cwd=ROOT, capture_output=True)
    monitored.page.goto(f"file://{path}")
    return monitored.page.locator(".chainrule-steps")


def test_formulas_and_paths(monitored, tmp_path):
    view = opened(monitored, tmp_path, PROGRAM)
    view.locator("#graph-v6").click()  # ÷
    assert "z −u/z² = -9 1 -9 – → -9" in monitored.panel(view)
    titles = view.locator(".edge title").all_text_contents()
    assert any("local derivative ∂v3/∂z = −u/z² = -9" in title for title in titles)

    view.get_by_label("paths from", exact=True).select_option("x")
    lines = view.locator(".path-list > div").all_text_contents()
    assert lines[0] == "2 paths from x to f"
    assert lines[-1] == "∂f/∂x = 12 + 4 = 16"
    assert view.locator(".edge.on-path").count() == 6
    view.locator(".path").nth(1).focus()
    assert view.locator(".edge.on-path").count() == 2
    view.get_by_label("paths to", exact=True).select_option("u")
    assert view.locator(".path-list > div").last.text_content() == "∂u/∂v1 × ∂v1/∂x = 4 × 6 = 24"
    position = view.locator(".where").text_content()
    monitored.page.keyboard.press("ArrowUp")  # belongs to the list
    assert view.locator(".where").text_content() == position
    view.get_by_label("paths from", exact=True).select_option("–")
    assert view.locator(".edge.on-path").count() == 0


def test_matrices_in_boxes_and_in_the_panel(monitored, tmp_path):
    view = opened(monitored, tmp_path, MATRICES)
    view.locator("input[type=range]").fill("1")
    assert view.locator("figcaption").all_text_contents() == ["X (2, 3)", "W (3, 2)", "v1 (2, 2)"]
    assert view.locator("figure").first.locator("td").all_text_contents() == ["-2", "-1", "0", "1", "2", "3"]
    assert view.locator(".grid path").first.is_visible()
    view.locator("input[type=range]").fill("5")
    assert "Xᵀ·G" in monitored.panel(view)
    assert "G = ∂v2/∂v1" in monitored.panel(view)


CHAIN = """
import numpy as np, autograd
from autograd import Tensor
h = Tensor(0.5, requires_grad=True, name="x")
for i in range(40):
    h = np.tanh(h) if i % 10 else np.exp(h)
h.backward()
autograd.draw(h).save({path!r})
"""


def test_vertices_are_found_by_name_and_operation(monitored, tmp_path):
    view = opened(monitored, tmp_path, CHAIN)
    field = view.get_by_label("find", exact=True)
    field.fill("exp")
    assert view.locator(".vertex.found").count() == 4
    assert view.get_by_role("status").text_content() == "4 found"
    for count in ("1 of 4 found", "2 of 4 found"):
        field.press("Enter")
        assert view.get_by_role("status").text_content() == count
    monitored.page.wait_for_function(
        """() => {
            const root = document.querySelector(".chainrule-steps").shadowRoot;
            const frame = root.querySelector(".picture").getBoundingClientRect();
            const box = root.querySelectorAll(".vertex.found")[1].getBoundingClientRect();
            return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
        }"""
    )
    field.fill("v7")
    assert view.locator(".vertex.found").count() == 1
    field.fill("sinh")
    assert view.get_by_role("status").text_content() == "nothing found"


def test_a_wide_network_scrolls_to_its_active_layer(monitored, tmp_path):
    monitored.page.set_viewport_size({"width": 900, "height": 700})
    opened(monitored, tmp_path, NETWORK)
    svg, frame = monitored.page.locator(".chainrule-player .picture svg"), monitored.page.locator(".chainrule-player .picture")
    assert svg.bounding_box()["width"] >= 0.75 * float(svg.get_attribute("width"))  # its text is 9 px high
    frame.click(position={"x": 5, "y": 5})
    for key in 8 * ["ArrowLeft"]:
        monitored.page.keyboard.press(key)
        left, box = frame.bounding_box()["x"], svg.locator(".unit.active").first.bounding_box()
        assert left <= box["x"] < left + frame.bounding_box()["width"] - 20
    assert monitored.page.locator(".where").text_content() == "9 of 17"
