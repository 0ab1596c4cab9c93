"""The wheel holds the three packages with their data, and nothing else."""

import shutil
import subprocess
import sys
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

import autograd

ROOT = Path(__file__).parents[1]
PACKAGES = ("autograd", "nn", "optim")
DRAW = ROOT / "autograd" / "draw"
SCRIPTS = {path.relative_to(ROOT).as_posix() for suffix in ("js", "css") for path in DRAW.glob(f"*.{suffix}")}
DATA = {*SCRIPTS, "optim/data/digits.npz", "optim/data/digits.txt"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of the checkout: a build writes into its source folder."""
    pytest.importorskip("build.env", reason="building a wheel needs build: pip install 'chainrule[tests]'")
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in (*PACKAGES, "tests", "benchmarks", "notebooks"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.ipynb", "*.svg", "results"))
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, source]
    result = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (path,) = target.glob("*.whl")
    with ZipFile(path) as archive:
        yield archive


def test_a_wheel_holds_every_module_and_data_file_and_nothing_else(wheel):
    modules = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py*")
        if path.suffix in (".py", ".pyi")
    }
    marks = {f"{package}/py.typed" for package in PACKAGES}
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == modules | marks | DATA


def test_a_wheel_carries_the_version_and_the_licenses(wheel):
    (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    fields = Parser().parsestr(wheel.read(metadata).decode())
    assert (fields["Name"], fields["Version"]) == ("chainrule", autograd.__version__)
    assert fields.get_all("License-File") == ["LICENSE", "optim/data/digits.txt"]
