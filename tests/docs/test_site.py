"""The built site: no dead link inside of it, one page for each public name, notebooks with live graphs, a search index.

$CHAINRULE_SITE names a site that is built already; without it the site is built here. Needs the extra `docs`.
"""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from docs.extension.course import notebooks
from docs.extension.public_names import canonical_names, page_paths, public_modules

pytestmark = pytest.mark.slow
pytest.importorskip("pydata_sphinx_theme")
pytest.importorskip("myst_nb")

ROOT = Path(__file__).parents[2]
LINK = re.compile(r'(?:href|src)="([^"<>]*)"')
ANCHOR = re.compile(r'\b(?:id|name)="([^"]*)"')
RAW_OUTPUT = re.compile(r"<(?:script|style|svg|iframe)\b.*?</(?:script|style|svg|iframe)>", re.DOTALL)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site."""
    if "CHAINRULE_SITE" in os.environ:
        return ROOT / os.environ["CHAINRULE_SITE"]
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "auto", "docs", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site):
    """Path → text of each page, without the scripts and pictures of notebooks."""
    paths = (path for path in site.rglob("*.html") if "_static" not in path.parts)  # the theme's templates
    return {path: RAW_OUTPUT.sub("", path.read_text(encoding="utf-8")) for path in paths}


def test_no_dead_links(pages):
    anchors = {path: {unescape(anchor) for anchor in ANCHOR.findall(text)} for path, text in pages.items()}
    dead = []
    for path, text in pages.items():
        for link in set(LINK.findall(text)):
            if re.match(r"[a-z]+:|//", link):
                continue
            address, _, anchor = unescape(link).partition("#")
            target = (path.parent / unquote(address.partition("?")[0])).resolve() if address else path
            if not target.exists() or (anchor and target in anchors and unquote(anchor) not in anchors[target]):
                dead.append(f"{path.name}: {link}")
    assert dead == []
    assert len(pages) > 500


def test_every_public_name_has_exactly_one_page(site, pages):
    reference = {path: text for path, text in pages.items() if path.is_relative_to(site / "reference")}
    places: dict[str, list[str]] = {}
    for path, text in reference.items():
        for anchor in ANCHOR.findall(text):
            places.setdefault(anchor, []).append(path.relative_to(site / "reference").with_suffix("").as_posix())
    for name in {*canonical_names().values(), *public_modules()}:
        assert places.get(name, places.get(f"module-{name}")) == [page_paths()[name]], name


def test_every_name_of_a_module_is_in_its_index(site):
    for qualified, canonical in canonical_names().items():
        index = site / "reference" / qualified.rpartition(".")[0] / "index.html"
        target = site / "reference" / f"{page_paths()[canonical]}.html"
        link = os.path.relpath(target, index.parent)
        assert f'href="{link}#' in index.read_text(encoding="utf-8"), qualified


def test_notebooks_are_pages_with_their_graphs_and_files(site):
    for notebook in notebooks(ROOT):
        page = (site / "course" / f"{notebook.stem}.html").read_text(encoding="utf-8")
        assert (site / "course" / notebook.name).read_bytes() == notebook.read_bytes()
        assert f'href="{notebook.name}"' in page
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        outputs = [output.get("data", {}).get("text/html") for cell in cells for output in cell.get("outputs", [])]
        for html in filter(None, outputs):
            assert "".join(html).strip()[:200] in page


def test_search_finds_names_and_words(site):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert '"gradcheck"' in index
    assert "broadcast" in index


def test_nothing_is_loaded_from_the_network(pages):
    loaded = re.compile(r'<(?:script|img|iframe)[^>]*\bsrc="https?:|<link[^>]*\brel="stylesheet"[^>]*\bhref="https?:')
    assert [path.name for path, text in pages.items() if loaded.search(text)] == []
