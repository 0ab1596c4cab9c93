"""A user's script is clean under both type checkers, and what it computes has the types it says."""

import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("user_script.py")
CHECKERS = {
    "mypy": ["--strict", "--cache-dir", ".cache", "--python-executable", sys.executable],
    "pyright": ["--pythonpath", sys.executable],
}


def is_installed() -> bool:
    """Whether this environment has the project, so that a checker finds it as a user's would."""
    code = "import autograd, nn, optim"
    return subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True).returncode == 0


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_user_script_is_clean(checker, tmp_path):
    if find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed: pip install 'chainrule[development]'")
    if not is_installed():
        pytest.skip("type checkers look for an installed chainrule: pip install -e .")
    shutil.copy(SCRIPT, tmp_path)
    command = [sys.executable, "-m", checker, *CHECKERS[checker], SCRIPT.name]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_user_script_runs():
    runpy.run_path(str(SCRIPT))
