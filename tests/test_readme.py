"""The snippets of the README run, and its picture is up to date."""

import re
from pathlib import Path

import pytest

import autograd
from autograd import Tensor
from autograd.draw.svg import to_svg

ROOT = Path(__file__).parents[1]


def test_snippets_run_in_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    for snippet in re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL):
        exec(compile(snippet, "<README>", "exec"), names)  # no file: README.md itself is not Python
    assert "12.0 12.0" in capsys.readouterr().out
    assert (tmp_path / "graph.html").exists()


def test_picture_is_up_to_date():
    x, y, z = (Tensor(v, requires_grad=True, name=n) for v, n in ((3.0, "x"), (4.0, "y"), (2.0, "z")))
    f = x**2 * y / z
    f.name = "f"
    f.backward()
    assert (ROOT / "notebooks" / "chain-rule.svg").read_text() == to_svg(autograd.draw(f).vertices)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "HIPS.md"])
def test_links_exist(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / page).read_text()):
        assert (ROOT / target).exists(), target
