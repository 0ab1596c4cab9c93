"""Every notebook runs, and shows what is stored."""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="running notebooks needs nbclient: pip install 'chainrule[notebooks]'")
pytest.importorskip("ipykernel", reason="running notebooks needs ipykernel: pip install 'chainrule[notebooks]'")

sys.path.append(str(Path(__file__).parents[2] / "notebooks"))
course, execute = import_module("course"), import_module("execute")

A_PICTURE = "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')"


@pytest.fixture
def notebook(tmp_path):
    """Makes a file of one cell."""

    def made(source, *tags):
        cell = {"cell_type": "code", "id": "a", "metadata": {"tags": list(tags), "execution": {"iopub": "now"}}}
        cell |= {"execution_count": None, "outputs": [], "source": source}
        path = tmp_path / "01-made.ipynb"
        path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"signature": "x"}, "cells": [cell]}))
        return path

    return made


@pytest.mark.parametrize("path", course.notebooks(), ids=lambda path: path.stem)
def test_notebook(path):
    execute.check(path)


WITH_MNIST = [path for path in course.notebooks() if any("mnist(" in course.text(cell) for cell in course.read(path)["cells"])]


@pytest.mark.parametrize("path", WITH_MNIST, ids=lambda path: path.stem)
def test_notebook_with_the_full_mnist(path):
    mnist = os.environ.get("CHAINRULE_MNIST")
    if not mnist:
        pytest.skip("CHAINRULE_MNIST names no copy of MNIST")
    shown = "".join(line for cell in execute.executed(path, mnist=mnist).cells for line in execute._text(cell))
    assert "MNIST: 60000 images" in shown


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
def test_what_is_wrong_is_said(notebook, source, message):
    with pytest.raises(execute.NotebookError, match=message):
        execute.executed(notebook(source, "picture"))


def test_a_notebook_that_takes_too_long_is_stopped(notebook):
    with pytest.raises(execute.NotebookError, match="longer than 1 s"):
        execute.executed(notebook("while True: pass"), limit=1)


def test_storing_again_changes_nothing_and_keeps_what_is_shown(notebook):
    path = notebook(f"print('one')\nprint('two')\n{A_PICTURE}", "picture", "course:A1")
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
        ("print(1)", "print(2)", r"cell 1, text: stored '1\\n', fresh '2\\n'"),
        ("6 * 7", "6 * 8", "cell 1, text: stored '42', fresh '48'"),
        (A_PICTURE, "None", r"cell 1, pictures: stored \['image/svg\+xml'\], fresh \[\]"),
    ],
)
def test_other_outputs_than_the_stored_ones_are_told(notebook, before, after, message):
    path = notebook(before)
    execute.store(path)
    stored = course.read(path)
    stored["cells"][0]["source"] = after
    path.write_text(json.dumps(stored))
    with pytest.raises(execute.NotebookError, match=message):
        execute.check(path)


def test_notebooks_are_called_by_number_or_name(capsys):
    first = course.notebooks()[0]
    assert execute.chosen(["01"]) == execute.chosen([str(first)]) == execute.chosen([first.stem]) == [first]
    assert execute.main(["nonsense"]) == 2
    assert "there is no notebook 'nonsense'; there are 01-the-chain-rule-seen" in capsys.readouterr().err


def test_without_nbclient_it_says_how_to_install_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "nbclient", None)
    assert execute.main(["--check", "01"]) == 2
    assert "nbclient: pip install 'chainrule[notebooks]'" in capsys.readouterr().err
