"""Pages of the project that are also pages of the site: their links to files of the project become links of the site."""

import re
from pathlib import Path, PurePosixPath

from docs.extension.public_names import canonical_names
from docs.extension.reference import write_if_changed

PAGES = {
    "OPERATIONS.md": "operations.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "HIPS.md": "start/coming-from-hips.md",
    "notebooks/README.md": "course/index.md",
}
NAME = re.compile(r"`([\w.]+)`")
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)")


def write_pages(source: Path, root: Path) -> None:
    """Write each page into the folder of sources."""
    for name, page in PAGES.items():
        if not name.startswith("notebooks/"):  # the index of the course has pages of its own
            write_if_changed(source / page, site_text((root / name).read_text(encoding="utf-8"), page))
    write_if_changed(source / "benchmarks.md", benchmarks_page((root / "README.md").read_text(encoding="utf-8")))


def benchmarks_page(readme: str) -> str:
    """The page of benchmarks: the README's section on speed.

    >>> benchmarks_page("# a\\n## Speed\\nFast.\\n### x\\n## More\\n")
    '# Benchmarks\\n\\nFast.\\n## x\\n'
    """
    section = re.search(r"^## Speed\n(.*?)(?=^## |\Z)", readme, re.DOTALL | re.MULTILINE)[1]
    return "# Benchmarks\n\n" + site_text(section.lstrip("\n").replace("\n### ", "\n## "), "benchmarks.md")


def site_text(text: str, page: str) -> str:
    """The text of a page with links to pages of the site; files that are no pages become code.

    >>> site_text("[Operations](OPERATIONS.md) and [a file](optim/x.py)", "start/coming-from-hips.md")
    '[Operations](../operations.md) and `a file`'
    """
    up = "../" * (len(PurePosixPath(page).parts) - 1)

    def site_link(match):
        label, target, anchor = match.groups()
        return f"[{label}]({up}{PAGES[target]}{anchor or ''})" if target in PAGES else f"`{label.strip('`')}`"

    return LINK.sub(site_link, text)


def link_names(app, page, source):
    """Make the public names in the tables for users of other libraries links to the reference, before Sphinx reads the page."""
    if page.startswith("start/coming-from"):
        source[0] = NAME.sub(lambda match: name_link(match[1]), source[0])


def name_link(name: str) -> str:
    """A public name as a role that links to its page, other code as it is.

    >>> name_link("optim.Adam"), name_link("x.grad")
    ('{py:obj}`optim.Adam`', '`x.grad`')
    """
    page = canonical_names().get(name)
    return f"`{name}`" if page is None else "{py:obj}" + (f"`{name}`" if page == name else f"`{name} <{page}>`")
