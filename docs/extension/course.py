"""The course: the notebooks with their stored outputs, and their index."""

import re
import shutil
from pathlib import Path
from urllib.parse import unquote

from docs.extension.reference import write_if_changed

FOLDER = "course"
TEST_LINK = re.compile(r"\[([^\]]+)\]\(\.\./tests/[^)]*\)")  # tests are no part of the site
SECTION_LINK = re.compile(r"\.ipynb#[^)]+\)")


def notebooks(root: Path) -> list[Path]:
    """The notebooks in the order of their numbers."""
    return sorted((root / "notebooks").glob("[0-9]*.ipynb"))


def write_pages(source: Path, root: Path) -> None:
    """Copy the notebooks and the pictures beside them into the folder of sources, and write the index."""
    folder = source / FOLDER
    folder.mkdir(exist_ok=True)
    current = {path.name: path for path in [*notebooks(root), *(root / "notebooks").glob("*.png")]}
    for path in folder.iterdir():
        if path.name not in current and path.name != "index.md":
            path.unlink()
    for name, path in current.items():
        if not (folder / name).exists() or (folder / name).read_bytes() != path.read_bytes():
            shutil.copyfile(path, folder / name)
    write_if_changed(folder / "index.md", index(root))


def index(root: Path) -> str:
    """The index of the course: notebooks/README.md, with a table of contents for the site."""
    page = TEST_LINK.sub(r"`\1`", (root / "notebooks" / "README.md").read_text(encoding="utf-8"))
    page = SECTION_LINK.sub(lambda match: unquote(match[0]), page)  # Sphinx looks for the anchor as it is in the page
    names = "\n".join(path.stem for path in notebooks(root))
    return f"{page}\n```{{toctree}}\n:hidden:\n:maxdepth: 1\n\n{names}\n```\n"


def anchor(title: str) -> str:
    """The anchor of a heading as Jupyter forms it, so that links work in notebooks and on the site.

    >>> anchor("A formula is a graph")
    'A-formula-is-a-graph'
    """
    return title.strip().replace(" ", "-")


def copy_notebooks(app, exception) -> None:
    """Put the notebooks beside their pages, where the download button of each page finds them."""
    if exception is None and app.builder.format == "html":
        for path in (Path(app.srcdir) / FOLDER).glob("*.ipynb"):
            shutil.copyfile(path, Path(app.outdir) / FOLDER / path.name)
