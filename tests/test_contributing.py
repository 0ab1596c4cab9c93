"""CONTRIBUTING.md names files that exist, and its layout fits one screen."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LAYOUT = re.search(r"## Layout\n\n(.*?)\n\n", TEXT, re.DOTALL)[1].splitlines()
SCREEN = 45  # lines


def paths_in_layout():
    """Every folder and file of the indented tree: the first column, and names of files in the descriptions."""
    parents = []
    for line in LAYOUT:
        entry = line.removeprefix("    ")
        depth = (len(entry) - len(entry.lstrip())) // 2
        names, _, description = entry.strip().partition("   ")
        del parents[depth:]
        entries = re.split(r",? ", names)
        yield from ("".join([*parents, name]) for name in entries)
        parents.append(entries[0])
        yield from ("".join([*parents, name]) for name in re.findall(r"\b\w+(?:\.py|/)(?=[\s,;:]|$)", description))


def paths_in_text():
    """Every quoted path with a folder in it, and files next to the first one in a row of a table."""
    for row in TEXT.splitlines():
        first, *others = [path for path in re.findall(r"`([\w./]+)`", row) if "." in path or "/" in path] or [""]
        if "/" in first:
            yield first
            yield from (path if "/" in path else str(Path(first).parent / path) for path in others)


@pytest.mark.parametrize("path", sorted({*paths_in_layout(), *paths_in_text()}))
def test_path_exists(path):
    assert (ROOT / path).exists()


def test_layout_names_every_subpackage():
    packages = [path.parent for name in ("autograd", "nn", "optim") for path in (ROOT / name).glob("*/__init__.py")]
    assert {f"{path.relative_to(ROOT)}/" for path in packages} <= set(paths_in_layout())


def test_layout_fits_one_screen():
    assert len(LAYOUT) <= SCREEN


def test_ten_questions_have_a_file_each():
    questions = re.findall(r"^\| [^|]+\? \| `[\w/]+\.py`", TEXT, re.MULTILINE)
    assert len(questions) == 10
