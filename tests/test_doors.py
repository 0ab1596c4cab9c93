"""The doors between the packages open one way: nn → autograd ← optim; the engine does not know drawing."""

import subprocess
import sys
from pathlib import Path

import pytest

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
    ],
)
def test_imports(statement, unwanted):
    assert not loaded_by(statement) & unwanted


def test_nn_and_optim_use_public_names_of_autograd_only():
    for path in [*ROOT.glob("nn/**/*.py"), *ROOT.glob("optim/**/*.py")]:
        for line in path.read_text().splitlines():
            assert "from autograd." not in line, path
            assert "._node" not in line, path


def test_the_engine_reads_in_one_sitting():
    assert len((ROOT / "autograd" / "engine.py").read_text().splitlines()) <= 150
