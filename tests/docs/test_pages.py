"""The pages of the site: their examples run, and every name in them exists."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

pytest.importorskip("sklearn")  # public modules need them
pytest.importorskip("scipy")

import docs.extension.course
import docs.extension.docstrings
import docs.extension.project_pages
import docs.extension.public_names
import docs.extension.source_links
from docs.extension.docstrings import convert
from docs.extension.public_names import canonical_names, page_paths, public_modules, public_names

ROOT = Path(__file__).parents[2]
GENERATED = (*docs.extension.project_pages.PAGES.values(), "benchmarks.md")
PAGES = sorted(
    page
    for page in (path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))
    if page not in GENERATED
)
NAME = re.compile(r"`((?:autograd|nn|optim)(?:\.\w+)+)`")
EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
ROLE = re.compile(r"\{py:\w+\}`(?:[^`<]*<)?([\w.]+)>?`")


def test_there_are_pages():
    assert {"index.md", "start/index.md", "guides/training.md", "how-it-works/engine.md"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_examples_of_a_page_run(page):
    blocks = EXAMPLE.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    output: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=output.append)
    assert "".join(output) == ""


def resolve(name):
    """The object of a dotted name; its modules are imported."""
    parts = name.split(".")
    value = importlib.import_module(parts[0])
    for i, part in enumerate(parts[1:], 2):
        value = getattr(value, part) if hasattr(value, part) else importlib.import_module(".".join(parts[:i]))
    return value


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("start/coming-from")])
def test_names_in_tables_for_users_of_other_libraries_exist(page):
    if "scikit" in page:
        pytest.importorskip("sklearn")
    rows = [line.rstrip("|").rpartition("|")[2] for line in (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()]
    names = [name for cell in rows if cell != "" for name in NAME.findall(cell)]
    assert len(names) >= 8
    for name in names:
        resolve(name)


@pytest.mark.parametrize("page", PAGES)
def test_names_in_links_exist(page):
    for name in ROLE.findall((ROOT / "docs" / page).read_text(encoding="utf-8")):
        assert name in canonical_names() or name in public_modules(), name


def test_every_public_name_has_one_page():
    paths = list(page_paths().values())
    assert len({path.lower() for path in paths}) == len(paths) > 400
    for module in public_modules():
        for name in public_names(module):
            assert canonical_names()[f"{module}.{name}"] in page_paths()


@pytest.mark.parametrize("name", ["course", "docstrings", "project_pages", "public_names", "source_links"])
def test_examples_of_the_extension_run(name):
    failed, attempted = doctest.testmod(getattr(docs.extension, name))
    assert failed == 0 < attempted


def test_a_docstring_becomes_restructuredtext():
    text = """Sum: Σ x*y, as `fit` computes it.

    x, y:  arrays; an_option of `y`
           continues here.
    **options: others.

    Checked:
    - one, which
      continues;
    - two.

    >>> 1 + 1
    2
    """
    lines = "\n".join(line.removeprefix("    ") for line in text.splitlines())
    assert convert(lines, "optim.evaluate").splitlines() == [
        r"Sum: Σ x\*y, as :py:obj:`fit <optim.fit>`\  computes it.",
        "",
        ".. rst-class:: arguments",
        "",
        "``x``, ``y``",
        r"    arrays; an\_option of ``y``\  continues here.",
        "``**options``",
        "    others.",
        "",
        "Checked:",
        "",
        "- one, which continues;",
        "- two.",
        "",
        ">>> 1 + 1",
        "2",
    ]
