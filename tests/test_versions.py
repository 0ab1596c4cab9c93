"""The declared versions: .ci/oldest.txt pins every minimum, and CI runs the declared Python versions."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OLDEST = (ROOT / ".ci" / "oldest.txt").read_text(encoding="utf-8")
REQUIREMENT = re.compile(r"([\w-]+)(?:\[\w+\])?(?:(>=|==)([\d.]+))?")


def declared(operator):
    """(package, version) of each requirement in pyproject.toml with this operator."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    requirements = [PROJECT["project"]["dependencies"], PROJECT["build-system"]["requires"], *extras]
    matches = [REQUIREMENT.fullmatch(requirement) for group in requirements for requirement in group]
    return {(match[1], match[3]) for match in matches if match[2] == operator}


def test_every_requirement_has_one_minimum():
    names = [name for name, _ in declared(">=")]
    assert len(names) == len(set(names)) > 20
    assert [name for name, _ in declared(None)] == ["chainrule"]


def test_oldest_versions_are_the_minima():
    pinned = [tuple(line.split("==")) for line in OLDEST.splitlines() if not line.startswith("#")]
    assert pinned == sorted(declared(">="))


def test_ci_runs_the_oldest_python():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    oldest = re.search(r"quick_tests ([\d.]+) -c .ci/oldest.txt", script)[1]
    assert PROJECT["project"]["requires-python"] == f">={oldest}"
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest
