"""An SVG that shows the steps of a graph one after another."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

import autograd
from autograd import Tensor
from tests.autograd.draw.browser import CHROMIUM, FLAGS


@pytest.fixture
def graph():
    x = Tensor(3.0, requires_grad=True, name="x")
    f = x * x + 1
    f.backward()
    return autograd.draw(f)


def test_every_step_is_a_frame_of_the_same_picture(graph, tmp_path):
    graph.save_animation(tmp_path / "steps.svg", seconds=2)
    text = (tmp_path / "steps.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    frames = [element for element in root if element.get("class") == "step"]
    assert [element.get("id") for element in frames] == [f"step-{i}" for i in range(graph.steps + 1)]
    assert (root.get("width"), root.get("height")) == re.search(r'width="(\d+)" height="(\d+)"', graph.svg).groups()
    values = ["".join(element.itertext()) for element in frames]
    assert "grad 6" not in values[0]
    assert "grad 6" in values[-1]


def test_ids_are_unique(graph, tmp_path):
    graph.save_animation(tmp_path / "steps.svg")
    ids = re.findall(r'\bid="([^"]+)"', (tmp_path / "steps.svg").read_text(encoding="utf-8"))
    assert len(set(ids)) == len(ids)


def test_times_and_files_that_cannot_be_are_refused(graph, tmp_path):
    with pytest.raises(ValueError, match="seconds: a positive time of a step expected, got 0"):
        graph.save_animation(tmp_path / "steps.svg", seconds=0)
    with pytest.raises(ValueError, match=r"steps.gif: an animation is an .svg file"):
        graph.save_animation(tmp_path / "steps.gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
def test_each_frame_is_visible_for_its_time(graph, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    graph.save_animation(tmp_path / "steps.svg", seconds=0.4)
    visible = (
        "[...document.querySelectorAll('.step')].flatMap((e, i) => getComputedStyle(e).visibility == 'visible' ? [i] : [])"
    )
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.goto((tmp_path / "steps.svg").as_uri())
        seen = []
        for _ in range(60):
            frame = page.evaluate(visible)
            if len(frame) == 1 and frame != seen[-1:]:  # the clocks of two frames may differ by a few milliseconds
                seen += frame
            page.wait_for_timeout(50)
        still = browser.new_page(reduced_motion="reduce")
        still.goto((tmp_path / "steps.svg").as_uri())
        assert still.evaluate(visible) == [graph.steps]
        browser.close()
    count = graph.steps + 1
    assert set(seen) == set(range(count))
    assert all(later == (earlier + 1) % count for earlier, later in pairwise(seen))
