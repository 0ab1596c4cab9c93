"""The files of the results: `latest` of every run, and one JSON file per release and kind of machine that is kept."""

import json
import re
from pathlib import Path
from typing import Any

from benchmarks.subprocesses import ROOT

FOLDER = ROOT / "benchmarks" / "results"


def machine_kind(machine: dict[str, Any]) -> str:
    """The processor and the number of its cores as a file name, for example "amd-epyc-9354-2-cores"."""
    return re.sub(r"[^a-z0-9]+", "-", f"{machine['processor']} {machine['cores']} cores".lower()).strip("-")


def write(report: dict[str, Any], markdown: str, folder: Path, release: str = "") -> None:
    """Write latest.json and latest.md, and release/kind.json if the results are a release's."""
    text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latest.json").write_text(text)
    (folder / "latest.md").write_text(markdown)
    if release:
        (folder / release).mkdir(exist_ok=True)
        (folder / release / f"{machine_kind(report['machine'])}.json").write_text(text)


def read(release: str, folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """The reports of a release by kind of machine."""
    return {path.stem: json.loads(path.read_text()) for path in sorted((folder / release).glob("*.json"))}
