"""A user's script is clean under both type checkers, and what it computes has the types it says."""

import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SCRIPTS = [Path(__file__).with_name(name) for name in ("user_script.py", "estimators_script.py")]
CHECKERS = {
    "mypy": ["--strict", "--cache-dir", ".cache", "--python-executable", sys.executable],
    "pyright": ["--pythonpath", sys.executable],
}


def is_installed() -> bool:
    """Whether this environment has the project, so that a checker finds it as a user's would."""
    code = "import autograd, nn, optim"
    return subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True).returncode == 0


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_user_script_is_clean(checker, script, tmp_path):
    if find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed: pip install 'chainrule[development]'")
    if not is_installed():
        pytest.skip("type checkers look for an installed chainrule: pip install -e .")
    shutil.copy(script, tmp_path)
    command = [sys.executable, "-m", checker, *CHECKERS[checker], script.name]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_the_user_script_runs(script):
    if script.stem == "estimators_script":
        pytest.importorskip("sklearn", reason="pip install 'chainrule[sklearn]'")
    runpy.run_path(str(script))
