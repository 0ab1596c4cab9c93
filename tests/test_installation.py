"""Installations mixed with HIPS autograd are named with the repair: folders like theirs are imported in fresh processes."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: The first import of HIPS autograd's own `__init__.py`.
HIPS_INIT = "from autograd.core import primitive_with_deprecation_warnings as primitive\n"


def run(folder, statement):
    """The exit status and the last line on stderr of a statement, with the packages of a folder."""
    program = [sys.executable, "-c", statement]
    done = subprocess.run(program, capture_output=True, text=True, cwd=folder, env={"PYTHONPATH": str(folder), "PATH": ""})
    return done.returncode, done.stderr.strip()


@pytest.fixture
def folder(tmp_path):
    for package in ("autograd", "nn", "optim"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_hips_autograd_installed_over_this_package(folder):
    (folder / "autograd" / "__init__.py").write_text(HIPS_INIT)
    (folder / "autograd" / "core.py").write_text("")
    for package in ("autograd", "autograd.numpy", "nn", "optim"):
        status, text = run(folder, f"import {package}")
        assert status == 1
        assert text.splitlines()[-1].startswith("ImportError: HIPS autograd was installed over chainrule")
        assert "pip uninstall -y autograd chainrule" in text


def test_this_package_installed_over_hips_autograd(folder):
    (folder / "autograd" / "core.py").write_text("")
    status, text = run(folder, "import autograd, nn; nn.Linear(1, 1)")
    assert status == 0
    assert "UserWarning: HIPS autograd was installed into the folder of chainrule's package autograd" in text


def test_networks_beside_hips_autograd_or_without_its_rest(folder):
    shutil.rmtree(folder / "autograd")
    (folder / "autograd").mkdir()
    for init in ("", "grad = None\n"):
        (folder / "autograd" / "__init__.py").write_text(init)
        for package in ("nn", "optim"):
            status, text = run(folder, f"import {package}")
            assert status == 1
            assert text.splitlines()[-1].startswith(f"ImportError: {package} needs chainrule's package autograd, but ")
            assert "or another one" in text


def test_the_distribution_that_takes_the_name_of_hips_autograd_has_no_modules():
    project = tomllib.loads((ROOT / "packaging" / "autograd" / "pyproject.toml").read_text())
    assert project["project"]["version"].endswith("+chainrule")
    assert project["tool"]["setuptools"]["packages"] == []
    assert not list((ROOT / "packaging" / "autograd").rglob("*.py"))
