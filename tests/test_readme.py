"""The snippets of the README and of the tour run, and their pictures are up to date."""

import re
from pathlib import Path

import pytest

import autograd
from autograd import Tensor
from autograd.draw.svg import to_svg

ROOT = Path(__file__).parents[1]


@pytest.fixture
def formula():
    x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
    f = x**2 * y / z
    f.name = "f"
    f.backward()
    return f


@pytest.mark.parametrize("page", ["README.md", "docs/guides/tour.md"])
def test_snippets_run_in_order(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    for snippet in re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL):
        exec(compile(snippet, f"<{page}>", "exec"), names)  # no file: the page itself is not Python
    assert "[6. 0.]" in capsys.readouterr().out  # a row of the Hessian
    assert (tmp_path / "graph.html").exists()


def test_picture_is_up_to_date(formula):
    assert (ROOT / "notebooks" / "chain-rule.svg").read_text() == to_svg(autograd.draw(formula).vertices)


def test_animation_is_up_to_date(formula, tmp_path):
    autograd.draw(formula).save_animation(tmp_path / "steps.svg")
    assert (ROOT / "notebooks" / "chain-rule-steps.svg").read_text() == (tmp_path / "steps.svg").read_text()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "HIPS.md"])
def test_links_exist(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / page).read_text()):
        assert (ROOT / target).exists(), target
