"""Every notebook runs and shows its stored outputs."""

import json
import os
import sys
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import pytest

from tests.notebooks.wrong_answers import WRONG_ANSWERS

pytest.importorskip("nbclient", reason="running notebooks needs nbclient: pip install 'chainrule[notebooks]'")
pytest.importorskip("ipykernel", reason="running notebooks needs ipykernel: pip install 'chainrule[notebooks]'")

sys.path.append(str(Path(__file__).parents[2] / "notebooks"))
course, execute = import_module("course"), import_module("execute")
pytestmark = pytest.mark.slow

SHOW_PICTURE = "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')"


@pytest.fixture
def notebook(tmp_path):
    """Writes a notebook of one cell."""

    def write(source, *tags):
        cell = {"cell_type": "code", "id": "a", "metadata": {"tags": list(tags), "execution": {"iopub": "now"}}}
        cell |= {"execution_count": None, "outputs": [], "source": source}
        path = tmp_path / "01-example.ipynb"
        path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"signature": "x"}, "cells": [cell]}))
        return path

    return write


@pytest.mark.parametrize("path", course.notebooks(), ids=lambda path: path.stem)
def test_stored_outputs_are_reproduced_and_answers_are_checked(path, tmp_path):
    """In one run, to save time: after each check, a wrong answer and the check again; after each solution, the check again."""
    notebook = course.read(path)
    stored, cells = notebook["cells"], []
    for cell in stored:
        cells.append(cell)
        for answer, check, solution in course.exercises(stored):
            if cell is check:
                wrong = WRONG_ANSWERS[path.stem][sum("answer" in course.tags(c) for c in cells) - 1]
                cells += [inserted(answer, "wrong", source=wrong), inserted(check, "not right")]
            elif cell is solution:
                cells.append(inserted(check, "right"))
    extended = tmp_path / path.name
    extended.write_text(json.dumps(notebook | {"cells": cells}))
    fresh = execute.execute(extended).cells
    execute.compare([cell for cell in fresh if "inserted" not in course.tags(cell)], stored)
    for cell in fresh:
        if "right" in course.tags(cell):
            assert execute.output_text(cell) == "right\n", course.source(cell)
        elif "not right" in course.tags(cell):
            assert execute.output_text(cell).startswith("not right"), course.source(cell)


def inserted(cell, tag, **changes):
    digest = sha256(f"{tag} {cell['id']}".encode()).hexdigest()[:8]
    return cell | {"metadata": {"tags": ["inserted", tag]}, "id": digest} | changes


WITH_MNIST = [
    path for path in course.notebooks() if any("mnist(" in course.source(cell) for cell in course.read(path)["cells"])
]


@pytest.mark.parametrize("path", WITH_MNIST, ids=lambda path: path.stem)
def test_notebook_with_the_full_mnist(path):
    mnist = os.environ.get("CHAINRULE_MNIST")
    if not mnist:
        pytest.skip("CHAINRULE_MNIST is not set to a copy of MNIST")
    printed = "".join(execute.output_text(cell) for cell in execute.execute(path, mnist=mnist).cells)
    assert "MNIST: 60000 images" in printed


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import sys\nprint('beware', file=sys.stderr)", "cell 1 writes to stderr: beware"),
        ("import warnings\nwarnings.warn('beware')", "UserWarning: beware"),
        ("print('<img> is only text')", "cell 1 is tagged as a picture and shows none"),
        ("assert 1 == 2, 'the numbers are wrong'", "AssertionError: the numbers are wrong"),
        ("import os\nos._exit(1)", "Kernel died"),
    ],
)
def test_errors_name_the_cell(notebook, source, message):
    with pytest.raises(execute.NotebookError, match=message):
        execute.execute(notebook(source, "picture"))


def test_a_notebook_is_stopped_at_the_time_limit(notebook):
    with pytest.raises(execute.NotebookError, match="longer than 1 s"):
        execute.execute(notebook("while True: pass"), limit=1)


def test_storing_again_changes_nothing(notebook):
    path = notebook(f"print('one')\nprint('two')\n{SHOW_PICTURE}", "picture", "course:A1")
    execute.store(path)
    stored = path.read_bytes()
    execute.store(path)
    assert path.read_bytes() == stored
    (cell,) = course.read(path)["cells"]
    assert course.tags(cell) == ["picture", "course:A1"]
    assert set(cell["metadata"]) == {"tags"}
    assert ["".join(output["text"]) for output in cell["outputs"] if "text" in output] == ["one\ntwo\n"]
    execute.check(path)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("print(1)", "print(2)", r"cell 1, text: stored '1\\n', new '2\\n'"),
        ("6 * 7", "6 * 8", "cell 1, text: stored '42', new '48'"),
        (SHOW_PICTURE, "None", r"cell 1, pictures: stored \['image/svg\+xml'\], new \[\]"),
    ],
)
def test_check_reports_differences(notebook, before, after, message):
    path = notebook(before)
    execute.store(path)
    stored = course.read(path)
    stored["cells"][0]["source"] = after
    path.write_text(json.dumps(stored))
    with pytest.raises(execute.NotebookError, match=message):
        execute.check(path)


def test_notebooks_are_selected_by_number_or_name(capsys):
    first = course.notebooks()[0]
    assert execute.select(["01"]) == execute.select([str(first)]) == execute.select([first.stem]) == [first]
    assert execute.main(["nonsense"]) == 2
    assert "there is no notebook 'nonsense'; available: 01-the-chain-rule-seen" in capsys.readouterr().err


def test_missing_nbclient_is_reported_with_the_install_command(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "nbclient", None)
    assert execute.main(["--check", "01"]) == 2
    assert "nbclient: pip install 'chainrule[notebooks]'" in capsys.readouterr().err
