"""The doors between the packages open one way: nn → autograd ← optim; nothing imports in a circle."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import autograd
import nn
import optim
import optim.data
from tests.import_graph import ROOT, chain, circles, import_graph, modules, shortest_path, upward_arrows

GRAPH = import_graph()


def modules_loaded_by(statement):
    program = f"import sys\n{statement}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import autograd", {"nn", "optim", "autograd.draw", "graphviz", "tqdm", "hypothesis", "matplotlib"}),
        ("import nn", {"optim", "autograd.draw"}),
        ("import optim", {"nn", "autograd.draw", "matplotlib"}),
        (
            "import autograd, nn, optim",
            {"numpy.random", "secrets", "zipfile", "difflib", "html", "autograd.compiler.compiled_step"},
        ),
    ],
)
def test_imports(statement, unwanted):
    assert not (modules_loaded_by(statement) - modules_loaded_by("import numpy")) & unwanted


def test_nothing_imports_in_a_circle():
    assert [chain(GRAPH, path) for path in circles(GRAPH)] == []


def test_nothing_imports_from_a_higher_floor():
    assert [chain(GRAPH, list(arrow)) for arrow in upward_arrows(GRAPH)] == []


@pytest.mark.parametrize(("start", "end"), [("autograd.core", "autograd.draw"), ("autograd.operations", "autograd.draw")])
def test_no_way_leads_from_the_engine_to_drawing(start, end):
    paths = [
        shortest_path(GRAPH, module, target)
        for module in GRAPH
        if module.startswith(start)
        for target in GRAPH
        if target.startswith(end)
    ]
    assert [chain(GRAPH, path) for path in paths if path] == []


def crossing(source, target, *exempt):
    """The arrows from one package to another."""
    return [
        chain(GRAPH, [module, imported])
        for module, arrows in GRAPH.items()
        for imported in arrows
        if f"{module}.".startswith(f"{source}.") and f"{imported}.".startswith(f"{target}.") and not module.startswith(exempt)
    ]


def test_packages_know_those_below_them_only():
    assert crossing("autograd", "nn") == crossing("autograd", "optim") == crossing("nn", "optim") == []
    assert crossing("optim", "nn", "optim.__main__", "optim.cli", "optim.integrations") == []


PUBLIC_MODULES = {"autograd.extend", "autograd.draw", "autograd.draw.plots", "autograd.testing"}


def imported_names(path):
    """Every name that a file imports, with its module, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("name", [name for name in modules() if name.startswith(("nn", "optim"))])
def test_nn_and_optim_enter_autograd_by_public_names_and_by_extend(name):
    path = modules()[name]
    doors = {f"autograd.{public}" for public in autograd.__all__} | {"autograd"} | PUBLIC_MODULES
    entries = [entry for entry in imported_names(path) if entry.startswith("autograd")]
    assert [entry for entry in entries if entry not in doors and entry.rpartition(".")[0] not in PUBLIC_MODULES] == []
    private = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not private & {"_node", "_data", "_grad", "_of", "_wrap", "_name"}


PACKAGES = [autograd, nn, optim, optim.data]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_every_public_name_matches_the_stub_after_every_import(package):
    for _, module, _ in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.endswith("__main__"):
            importlib.import_module(module)
    stub = ast.parse(Path(package.__file__).with_suffix(".pyi").read_text())
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    names = {alias.asname: (node.module, alias.name) for node in imports for alias in node.names}
    assert set(package.__all__) == set(dir(package)) == set(names)
    for name, (module, attribute) in names.items():
        source = importlib.import_module(module)
        assert getattr(package, name) is getattr(source, attribute)
        assert isinstance(getattr(package, name), ModuleType) == (module == package.__name__)


def test_the_engine_reads_in_one_sitting():
    assert len((ROOT / "autograd" / "core" / "engine.py").read_text().splitlines()) <= 150


def test_no_file_has_more_than_500_lines():
    files = [
        path
        for folder in ("autograd", "nn", "optim", "benchmarks", "notebooks", "tests")
        for path in (ROOT / folder).rglob("*.py")
    ]
    lines = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: count for name, count in lines.items() if count > 500} == {}
