"""The table of the course is complete, and what it refers to is there."""

import ast
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "notebooks"))
course, execute = import_module("course"), import_module("execute")

LAST = {"A": 4, "B": 11, "C": 14, "D": 15, "E": 18, "F": 23, "G": 28, "H": 31}  # the parts of the course and their last rows
SIZE = 1.5e6  # bytes of a notebook with its pictures

each_notebook = pytest.mark.parametrize("path", course.notebooks(), ids=lambda path: path.stem)
each_row = pytest.mark.parametrize("row", course.ROWS)


def test_every_row_of_the_course_is_there_and_no_other():
    part, expected = iter(LAST), []
    letter = next(part)
    for number in range(1, max(LAST.values()) + 1):
        letter = next(part) if number > LAST[letter] else letter
        expected.append(f"{letter}{number}")
    assert list(course.ROWS) == expected
    assert list(course.PARTS) == list(LAST)


@each_row
def test_every_row_is_seen_in_a_notebook(row):
    seen = [path.stem for path in course.notebooks() for found, _ in course.shown(path) if found == row]
    assert seen or (row.startswith("H") and course.ROWS[row].later)


@each_row
def test_every_row_has_a_test_that_exists(row):
    assert course.ROWS[row].tests
    for reference in course.ROWS[row].tests:
        path, name = reference.split("::")
        tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, reference


@each_notebook
def test_every_tag_names_a_row_and_stands_under_a_heading(path):
    for row, heading in course.shown(path):
        assert row in course.ROWS
        assert heading


@each_notebook
def test_a_notebook_ends_with_three_exercises_whose_solutions_are_folded(path):
    solutions = [cell for cell in course.read(path)["cells"] if "solution" in course.tags(cell)]
    assert len(solutions) >= 3
    assert all(cell["metadata"].get("jupyter", {}).get("source_hidden") for cell in solutions)


@each_notebook
def test_a_notebook_is_small_and_introduced(path):
    assert path.stat().st_size < SIZE
    assert course.SITTINGS[path.stem]
    first = course.text(course.read(path)["cells"][0])
    assert re.match(r"# \D.*\n\n\*\*What you will see", first)  # a title without the number, which the file has
    assert 2 <= sum(line.startswith("- ") for line in first.splitlines()) <= 6


@each_notebook
def test_cells_that_show_a_picture_are_tagged(path):
    for cell in course.read(path)["cells"]:
        drawn = any(execute._kinds(output.get("data", {})) for output in cell.get("outputs", []))
        assert drawn == ("picture" in course.tags(cell)), course.text(cell)


@each_notebook
def test_links_to_other_notebooks_lead_there(path):
    for cell in course.read(path)["cells"]:
        if cell["cell_type"] == "markdown":
            for name in re.findall(r"\]\(([^)#:]+\.ipynb)", course.text(cell)):
                assert (path.parent / name).exists(), name


def test_readme_is_what_the_index_writes():
    assert (course.FOLDER / "README.md").read_text(encoding="utf-8") == course.index(), "python notebooks/execute.py --index"
