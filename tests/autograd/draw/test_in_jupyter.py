"""The HTML of a graph in a browser: as a page, in JupyterLab, in an untrusted notebook, and in an exported notebook."""

import importlib.util
import json
import subprocess
import sys

import pytest

from tests.autograd.draw.browser import CHROMIUM, ROOT, run_notebook, wait_until

NEEDED = ["playwright", "jupyterlab", "nbclient", "nbconvert", "ipykernel"]
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None] + ["chromium"] * (CHROMIUM is None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs a browser and JupyterLab; missing: {', '.join(MISSING)}"),
]

EXAMPLE = """
import autograd
from autograd import Tensor
x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
with autograd.draw.watch():
    f = x**2 * y / z
f.name = "f"
f.backward()
autograd.draw(f)
"""
MODEL = """
import nn
model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
with autograd.draw.watch():
    loss = (model(Tensor([[1.0, 2.0]], name="x")) ** 2).mean()
loss.backward()
autograd.draw(loss, names=model.named_parameters())
"""
SENTINEL = "from IPython.display import HTML\nHTML('<p id=\"finished\">all cells ran</p>')"


@pytest.fixture
def notebook(tmp_path):
    import nbformat

    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (EXAMPLE, MODEL, SENTINEL)]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = tmp_path / "work" / "graphs.ipynb"
    path.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=spec), path)
    return path


def check_stepping(monitored, view):
    """Step through the worked example by buttons, keys, the slider, playing, and a click on a vertex."""
    view.locator(".view").focus()
    monitored.page.keyboard.press("Home")
    assert monitored.box(view, 0, "gradient") == "grad –"
    assert not view.locator("#graph-v4 .value").is_visible()
    monitored.page.keyboard.press("ArrowRight")
    assert view.locator("#graph-v4 .value").is_visible()
    assert "v1 = x ^ 2 v1 = 3 ^ 2 = 9" in monitored.panel(view)
    assert "f = x**2 * y / z" in monitored.panel(view)
    view.locator(".next").click()
    view.locator("input[type=range]").fill("6")
    assert "Backward through v2" in monitored.panel(view)
    assert "y v1 = 9 0.5 4.5 – → 4.5" in monitored.panel(view)
    assert "to y: ∂f/∂v2 × ∂v2/∂y = 0.5 × v1 = 0.5 × 9 = 4.5" in monitored.panel(view)
    assert (monitored.box(view, 1, "gradient"), monitored.box(view, 0, "gradient")) == ("grad 4.5", "grad –")
    view.locator("#graph-v4").click()
    assert "x 2·x = 6 2 12 – → 12" in monitored.panel(view)
    monitored.page.keyboard.press("ArrowLeft")
    assert "Backward through v2" in monitored.panel(view)
    view.locator(".play").click()
    wait_until(lambda: monitored.panel(view).startswith("All gradients are there. ∂f/∂x = 12"))
    assert view.locator(".next").is_disabled()


# Pairs of visible boxes, titles and edge labels that overlap, and those outside of the picture.
COLLISIONS = """svg => {
  const front = vertex => [...vertex.querySelectorAll("rect:not([fill=none])")].pop();
  const isVisible = element => getComputedStyle(element).visibility === "visible";
  const nameOf = element => `${element.parentNode.textContent} (${element.tagName})`;
  const all = [...[...svg.querySelectorAll(".vertex")].map(front), ...svg.querySelectorAll(".cover rect, .title, text.local")];
  const boxes = all.filter(isVisible).map(element => [nameOf(element), element.getBoundingClientRect()]);
  const overlap = (a, b) => a.right > b.left + 1 && b.right > a.left + 1 && a.bottom > b.top + 1 && b.bottom > a.top + 1;
  const picture = svg.getBoundingClientRect();
  const isOut = a => a.left < picture.left || a.right > picture.right || a.top < picture.top || a.bottom > picture.bottom;
  const overlaps = ([name, a], i) => boxes.slice(i + 1).filter(([_, b]) => overlap(a, b)).map(([other]) => [name, other]);
  return [...boxes.flatMap(overlaps), ...boxes.filter(([_, a]) => isOut(a))];
}"""


# Whether no visible line has an end inside a cover, and some end on the border of one.
ENDS_AT_COVERS = """svg => {
  const isVisible = element => getComputedStyle(element).visibility === "visible";
  const boxes = [...svg.querySelectorAll(".cover rect")].filter(isVisible).map(rect => rect.getBBox());
  const lines = [...svg.querySelectorAll(".line")].filter(isVisible);
  const ends = lines.flatMap(line => [line.getPointAtLength(0), line.getPointAtLength(line.getTotalLength())]);
  const depth = ({ x, y }, box) => Math.min(x - box.x, box.x + box.width - x, y - box.y, box.y + box.height - y);
  const depths = ends.flatMap(end => boxes.map(box => depth(end, box)));
  return depths.every(distance => distance < 0.3) && depths.some(distance => Math.abs(distance) < 0.3);
}"""


def check_collapsing(view):
    """Modules collapse to a box with title and size, which makes the picture smaller, and expand again."""
    weight, picture = view.locator(".vertex.parameter").first, view.locator(".picture svg")
    full_size = picture.bounding_box()
    assert picture.evaluate(COLLISIONS) == []
    assert weight.is_visible()
    view.get_by_role("button", name="collapse 0: Linear").click()
    assert not weight.is_visible()
    assert picture.bounding_box()["height"] < full_size["height"] - 100
    assert picture.evaluate(COLLISIONS) == []
    cover = view.locator(".cover:not(.hidden)")
    assert cover.text_content().startswith("▸ 0: Linear(1, 3) float641 operation9 parametersgrad [[")
    assert picture.evaluate(ENDS_AT_COVERS)
    cover.press("Enter")
    assert weight.is_visible()
    view.locator(".collapse").click()
    assert (
        view.locator(".cover:not(.hidden)")
        .text_content()
        .startswith("▸ Sequential(1, 1) float643 operations13 parametersgrad [[")
    )
    assert picture.evaluate(ENDS_AT_COVERS)
    assert picture.bounding_box()["height"] < full_size["height"] / 2
    assert picture.evaluate(COLLISIONS) == []
    view.locator(".expand").click()
    assert view.locator(".cover:not(.hidden)").count() == 0
    assert picture.bounding_box()["height"] == full_size["height"]
    assert picture.evaluate(COLLISIONS) == []
    view.locator(".fit").click()


def test_html_page(monitored, tmp_path):
    command = [sys.executable, "-m", "autograd", "x**2 * y / z", "x=3", "y=4", "z=2", "-o", str(tmp_path / "g.html")]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    monitored.page.goto(f"file://{tmp_path / 'g.html'}")
    view = monitored.page.locator(".chainrule-steps")
    assert monitored.panel(view) == "All gradients are there. ∂f/∂x = 12 ∂f/∂y = 4.5 ∂f/∂z = -9"
    view.locator("#graph-v4").click()
    assert "to x: ∂f/∂v1 × ∂v1/∂x = 2 × 2·x = 2 × 6 = 12" in monitored.panel(view)


def test_narrow_window_shows_the_complete_table(monitored, tmp_path):
    import autograd
    from autograd import Tensor

    f = Tensor(3.0, requires_grad=True, name="x") * Tensor(-0.0012345, requires_grad=True, name="weight")
    f.backward()
    autograd.draw(f).save(tmp_path / "g.html")
    monitored.page.set_viewport_size({"width": 400, "height": 800})
    monitored.page.goto(f"file://{tmp_path / 'g.html'}")
    view = monitored.page.locator(".chainrule-steps")
    view.locator("input[type=range]").fill("3")
    assert "before → after" in monitored.panel(view)
    assert view.locator(".panel").evaluate("panel => panel.scrollWidth <= panel.clientWidth")
    assert monitored.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def is_in_view(picture, name):
    """Whether an element is completely visible in the frame around the picture."""
    return picture.evaluate(
        """(frame, name) => {
          const box = frame.querySelector(name).getBoundingClientRect(), view = frame.getBoundingClientRect();
          return box.left >= view.left && box.right <= view.right && box.top >= view.top && box.bottom <= view.bottom;
        }""",
        name,
    )


@pytest.mark.parametrize("width", [420, 820, 1280])
def test_pictures_open_readable_and_show_the_result(monitored, tmp_path, width):
    import numpy as np

    import autograd
    from autograd import Tensor

    x = y = Tensor(0.5, requires_grad=True, name="x")
    for _ in range(40):
        y = np.tanh(y * x)
    y.backward()
    autograd.draw(y).save(tmp_path / "g.html")
    monitored.page.set_viewport_size({"width": width, "height": 800})
    monitored.page.goto(f"file://{tmp_path / 'g.html'}")
    view = monitored.page.locator(".chainrule-steps")
    picture = view.locator(".picture")
    assert is_in_view(picture, ".vertex.result")
    text = picture.locator(".vertex.result .head")
    assert text.bounding_box()["height"] >= 9
    view.locator(".fit").click()
    assert text.bounding_box()["height"] >= 9
    assert view.locator(".bar").evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    if width >= 820:
        assert view.locator(".bar").bounding_box()["height"] < 50  # one row
        map_of_graph = view.locator(".map")
        assert map_of_graph.locator("rect").count() == 82  # every vertex, and the frame
        box = map_of_graph.bounding_box()
        monitored.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 1)
        assert is_in_view(picture, "#graph-v0")
        view.locator(".map-button").press("Enter")
        assert not map_of_graph.is_visible()
    view.locator(".full-screen").press("Enter")
    wait_until(lambda: view.locator(".view").evaluate("view => view.getRootNode().fullscreenElement === view"))
    wait_until(lambda: view.locator(".view").bounding_box()["height"] >= 799)
    assert is_in_view(picture, ".vertex.result")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_of_the_browser_and_of_the_page(monitored, tmp_path, theme):
    import autograd
    from autograd import Tensor
    from autograd.draw.html import page_html
    from autograd.draw.style import PAPER
    from autograd.draw.theme import DARK_PAPER

    x = Tensor(3.0, requires_grad=True, name="x")
    f = x * x
    f.backward()
    graph = autograd.draw(f)
    page = monitored.page
    (tmp_path / "g.html").write_text(page_html(graph._repr_html_() + graph.at(1)._repr_html_()), encoding="utf-8")
    page.emulate_media(color_scheme=theme)
    page.goto(f"file://{tmp_path / 'g.html'}")
    fills = "host => getComputedStyle(host.shadowRoot.querySelector('.paper')).fill"

    def papers():
        colors = page.evaluate(f"[...document.querySelectorAll('.chainrule-steps, .chainrule-still')].map({fills})")
        return {"#" + "".join(f"{int(part):02X}" for part in color[4:-1].split(",")) for color in colors}

    assert papers() == {DARK_PAPER if theme == "dark" else PAPER}
    page.emulate_media(color_scheme=theme, media="print")
    assert papers() == {PAPER}
    page.emulate_media(color_scheme=theme, media="screen")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # as JupyterLab's dark theme
    wait_until(lambda: papers() == {DARK_PAPER})
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    wait_until(lambda: papers() == {PAPER})


def test_names_are_escaped(monitored, tmp_path):
    import autograd
    from autograd import Tensor

    names = ["</script><script>document.title = 'broken'</script>", "<b>bold</b> \"'&", "😀\u2028\n", "w" * 10_000]
    f = Tensor(1.0, requires_grad=True, name="<img src=x onerror=\"document.title='broken'\">")
    for name in names:
        f = f * Tensor(2.0, requires_grad=True, name=name)
    f.backward()
    autograd.draw(f).save(tmp_path / "g.html")
    monitored.page.goto(f"file://{tmp_path / 'g.html'}")
    view = monitored.page.locator(".chainrule-steps")
    assert monitored.page.title() == "computation graph"
    assert "<b>bold</b> \"'&" in monitored.panel(view)
    assert view.locator("b, img, script").count() == 0


def test_graph_in_trusted_untrusted_and_exported_notebooks(monitored, notebook, jupyter, tmp_path):
    page = monitored.page
    run_notebook(page, jupyter, notebook)
    views = page.locator(".chainrule-steps")
    assert views.count() == 2
    before = monitored.panel(views.nth(1))
    check_stepping(monitored, views.nth(0))
    assert monitored.panel(views.nth(1)) == before
    check_collapsing(views.nth(1))
    assert page.locator(".jp-Cell").count() == 3  # no key reached JupyterLab
    page.keyboard.press("Control+s")
    wait_until(lambda: all(cell["outputs"] for cell in json.loads(notebook.read_text())["cells"]))

    untrusted = notebook.with_name("untrusted.ipynb")
    content = json.loads(notebook.read_text())
    content["cells"][0]["source"] = [*content["cells"][0]["source"], "  # changed by somebody else"]
    untrusted.write_text(json.dumps(content))
    page.goto(f"{jupyter}/lab/tree/{untrusted.name}?reset")
    pictures = page.locator('.jp-OutputArea img[alt="computation graph"]')
    pictures.nth(1).wait_for(timeout=60_000)
    assert all(picture.evaluate("image => image.complete && image.naturalWidth > 100") for picture in pictures.all())
    assert page.locator(".chainrule-steps").count() == 0
    assert "stepper" not in page.locator(".jp-OutputArea").first.inner_text()

    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output", str(tmp_path / "out.html"), str(notebook)]
    command += ["--HTMLExporter.mathjax_url=", "--HTMLExporter.require_js_url="]  # which nbconvert loads by default
    subprocess.run(command, check=True, capture_output=True)
    command = [sys.executable, "-m", "nbconvert", "--to", "latex", "--output", str(tmp_path / "out.tex"), str(notebook)]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "out.tex").read_text().count(r"\adjustimage") == 2
    assert [path.read_bytes()[:4] for path in tmp_path.rglob("*.pdf")] == [b"%PDF"] * 2
    page.goto("about:blank")
    page.context.set_offline(True)
    page.goto(f"file://{tmp_path / 'out.html'}")
    check_stepping(monitored, page.locator(".chainrule-steps").nth(0))
    check_collapsing(page.locator(".chainrule-steps").nth(1))
