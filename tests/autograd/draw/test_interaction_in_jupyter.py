"""Moving the inputs of a picture in JupyterLab, and its static form in an exported page."""

import importlib.util
import json
import subprocess
import sys

import pytest

from tests.autograd.draw import test_in_jupyter
from tests.autograd.draw.browser import run_notebook, wait_until
from tests.autograd.draw.test_in_jupyter import SENTINEL

pytestmark = [
    *test_in_jupyter.pytestmark,
    pytest.mark.skipif(importlib.util.find_spec("ipywidgets") is None, reason="needs ipywidgets"),
]

CELL = """
import autograd
def f(x, y, z):
    return x**2 * y / z
autograd.draw.interact(f, x=3.0, y=4.0, z=2.0)
"""


def gradients(page):
    """The gradients in the boxes of the visible picture."""
    return page.locator(".chainrule-controls .chainrule-steps .vertex.input .gradient").all_text_contents()


def test_moving_x_changes_the_gradient_of_z(monitored, jupyter, tmp_path):
    nbformat = pytest.importorskip("nbformat")
    path = tmp_path / "work" / "interact.ipynb"
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (CELL, SENTINEL)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=spec), path)
    page = monitored.page
    run_notebook(page, jupyter, path)
    page.locator(".chainrule-controls .chainrule-steps").wait_for(timeout=60_000)
    assert gradients(page) == ["grad 12", "grad 4.5", "grad -9"]
    assert page.locator(".chainrule-steps:visible").count() == 1  # the static picture is hidden beside the controls

    field = page.locator(".chainrule-controls input[type=number]").first
    field.fill("5")
    field.press("Enter")
    wait_until(lambda: gradients(page) == ["grad 20", "grad 12.5", "grad -25"])
    assert page.locator(".chainrule-controls").get_by_text("z.grad = -25", exact=True).count() == 1

    handle = page.locator(".chainrule-controls .noUi-handle").first
    handle.focus()
    handle.press("ArrowLeft")
    wait_until(lambda: gradients(page)[2] != "grad -25")

    page.get_by_role("button", name="w ← w − η·grad").click()
    wait_until(lambda: "sum of 2 passes" in page.locator(".chainrule-controls").inner_text())
    page.get_by_role("button", name="zero_grad").click()
    wait_until(lambda: "sum of" not in page.locator(".chainrule-controls").inner_text())

    page.keyboard.press("Control+s")
    wait_until(lambda: all(cell["outputs"] for cell in json.loads(path.read_text())["cells"]))
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output", str(tmp_path / "out.html"), str(path)]
    command += ["--HTMLExporter.mathjax_url=", "--HTMLExporter.require_js_url=", "--HTMLExporter.jupyter_widgets_base_url="]
    subprocess.run(command, check=True, capture_output=True)
    page.goto("about:blank")
    page.context.set_offline(True)
    page.goto(f"file://{tmp_path / 'out.html'}")
    still = page.locator(".chainrule-steps")
    assert still.count() == 1
    assert still.is_visible()
    assert still.locator(".vertex.input .gradient").all_text_contents() == ["grad 12", "grad 4.5", "grad -9"]
    assert page.get_by_text("need a running notebook with ipywidgets").is_visible()
