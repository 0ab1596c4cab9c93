"""The pictures of networks and trainings in JupyterLab, light and dark, used by the keyboard alone."""

import importlib.util
import re

import pytest

from autograd.draw.style import PAPER
from autograd.draw.theme import DARK_PAPER
from tests.autograd.draw.browser import CHROMIUM, run_notebook
from tests.autograd.draw.test_theme import contrast

NEEDED = ["playwright", "jupyterlab", "nbclient", "nbconvert", "ipykernel"]
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None] + ["chromium"] * (CHROMIUM is None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs a browser and JupyterLab; missing: {', '.join(MISSING)}"),
]


CELLS = [
    """
import numpy as np
import autograd, nn
from autograd import Tensor
from autograd.draw import Film, plots
x = Tensor(3.0, requires_grad=True, name="x")
f = x * x
f.backward()
graph = autograd.draw(f)
graph""",
    "graph.at(1)",
    "nn.draw_network(nn.MLP([2, 3, 1], activation='tanh', rng=0), [1.0, -1.0], [0.5])",
    """
film = Film()
for slope in (1.0, 2.0, 3.0):
    film.add(plots.function(lambda x: slope * x, (-1, 1)), f"slope {slope}")
film""",
    "nn.summary(nn.MLP([2, 3, 1]), 2)",
    "from IPython.display import HTML\nHTML('<p id=\"finished\">all cells ran</p>')",
]


@pytest.fixture
def notebook(tmp_path):
    import nbformat

    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = tmp_path / "work" / "pictures.ipynb"
    path.parent.mkdir()
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=spec), path)
    return path


COLORS = """host => [...host.shadowRoot.querySelectorAll("button:enabled, .where, .panel, .panel :is(.head, .source, .mono)")]
  .filter(element => element.textContent.trim()).map(element => {
    let paper = element;
    while (getComputedStyle(paper).backgroundColor === "rgba(0, 0, 0, 0)") paper = paper.parentElement;
    return [getComputedStyle(element).color, getComputedStyle(paper).backgroundColor];
  })"""


def hexadecimal(color):
    return "#" + "".join(f"{int(part):02X}" for part in re.findall(r"\d+", color)[:3])


@pytest.mark.parametrize("jupyter", ["Light", "Dark"], indirect=True, ids=["light", "dark"])
def test_pictures_follow_the_theme_and_the_keyboard(monitored, notebook, jupyter, tmp_path, request):
    theme = request.node.callspec.id
    page = monitored.page
    page.emulate_media(color_scheme="light")  # JupyterLab's theme counts, not that of the browser
    run_notebook(page, jupyter, notebook)
    hosts = page.locator(".chainrule-steps, .chainrule-still, .chainrule-player")
    assert hosts.count() == 4
    paper = "host => { const paper = host.shadowRoot.querySelector('.paper'); return paper && getComputedStyle(paper).fill; }"
    papers = {hexadecimal(fill) for fill in (host.evaluate(paper) for host in hosts.all()) if fill}
    assert papers == {DARK_PAPER if theme == "dark" else PAPER}
    for host in hosts.all():
        for text, background in host.evaluate(COLORS):
            assert contrast(hexadecimal(text), hexadecimal(background)) >= 4.5

    network, film = page.locator(".chainrule-player").all()
    network.locator(".view").focus()
    page.keyboard.press("Home")
    assert network.locator(".panel").inner_text() == "the input x: 2 units"
    assert not network.locator("[data-from='1'].value").first.is_visible()
    page.keyboard.press("ArrowRight")
    assert network.locator("[data-from='1'].value").first.is_visible()
    assert "forward, layer 1" in network.locator(".panel").inner_text()
    page.keyboard.press("End")
    assert "backward, layer 1" in network.locator(".panel").inner_text()
    page.keyboard.press("Tab")  # to the first button
    page.keyboard.press("Enter")
    assert network.locator(".where").inner_text() == "0 of 5"

    film.locator(".view").focus()
    last = film.locator("img").get_attribute("src")
    page.keyboard.press("ArrowLeft")
    assert film.locator(".panel").inner_text() == "slope 2.0"
    assert film.locator("img").get_attribute("src") != last
    assert page.locator(".jp-Cell").count() == len(CELLS)  # no key reached JupyterLab
    for i, host in enumerate(hosts.all()):
        host.screenshot(path=tmp_path / f"{theme}{i}.png")
