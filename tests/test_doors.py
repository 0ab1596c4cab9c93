"""The doors between the packages open one way: nn → autograd ← optim; the engine does not know drawing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn
import optim
import optim.data

ROOT = Path(__file__).parents[1]


def loaded_by(statement):
    program = f"import sys\n{statement}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import autograd", {"nn", "optim", "autograd.draw", "graphviz", "tqdm", "hypothesis", "matplotlib"}),
        ("import nn", {"optim", "autograd.draw"}),
        ("import optim", {"nn", "autograd.draw", "matplotlib"}),
        ("import autograd, nn, optim", {"numpy.random", "secrets", "zipfile", "difflib", "html", "autograd.compiled"}),
    ],
)
def test_imports(statement, unwanted):
    assert not (loaded_by(statement) - loaded_by("import numpy")) & unwanted


def imports(path):
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", [*ROOT.glob("nn/**/*.py"), *ROOT.glob("optim/**/*.py")], ids=lambda path: path.name)
def test_nn_and_optim_use_public_names_of_autograd_only(path):
    public = {f"autograd.{name}" for name in (*autograd.__all__, "fast", "files", "later", "shell")} | {"autograd"}
    assert {name for name in imports(path) if name.startswith("autograd")} <= public
    private = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not private & {"_node", "_data", "_grad", "_of", "_name"}


@pytest.mark.parametrize("package", [autograd, nn, optim, optim.data], ids=lambda package: package.__name__)
def test_names_that_are_imported_later_are_told_to_type_checkers_and_exist(package):
    tree = ast.parse(Path(package.__file__).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))  # if TYPE_CHECKING
    told = {alias.name for node in block.body for alias in node.names}
    later = {name for names in package._LATER.values() for name in names.split()}
    assert told <= later <= {*package.__all__, "draw"}
    assert later - told <= {"draw"}
    assert all(hasattr(package, name) for name in package.__all__)


@pytest.mark.parametrize("name", ["tensor", "engine", "recorder", "operation", "changes", "functional", "numpy_protocol"])
def test_the_engine_does_not_know_drawing(name):
    assert not any(module.startswith("autograd.draw") for module in imports(ROOT / "autograd" / f"{name}.py"))


def test_the_engine_reads_in_one_sitting():
    assert len((ROOT / "autograd" / "engine.py").read_text().splitlines()) <= 150
