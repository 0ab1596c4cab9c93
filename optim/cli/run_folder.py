"""Run folders: where a run is kept, and its settings."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd.extend import atomic_files
from optim.cli.parse import UsageError

SETTINGS, WEIGHTS, CHECKPOINTS = "settings.json", "weights.npz", "checkpoints"
#: What settings must hold, and of what type its elements are; the options are read by the program's own parser.
ELEMENT_TYPES: dict[str, type] = {"classes": str, "features": str, "mean": float, "scale": float}


def create(given: str | None, name: str) -> Path:
    """The folder of a new run, made and found writable; a new one under runs/ if none was given.

    Weights and checkpoints that are in it, of another run, are deleted.
    """
    if given is not None:
        folder = Path(given)
    else:
        number = 1
        while (folder := Path("runs") / f"{name}-{number}").exists():
            number += 1
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--output: {folder} is a file; name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".probe"
    probe.touch()
    for old in (probe, folder / WEIGHTS, *(folder / CHECKPOINTS).glob("*.npz")):
        old.unlink(missing_ok=True)
    return folder


def write_settings(folder: Path, settings: Mapping[str, Any]) -> None:
    """Write what using and going on with the run needs."""
    with atomic_files.atomic_write(folder / SETTINGS) as temporary:
        Path(temporary).write_text(json.dumps(settings, indent=1), encoding="utf-8")


def read_settings(folder: str | Path) -> dict[str, Any]:
    """The settings of a run; raises UsageError if the folder is none."""
    path = Path(folder) / SETTINGS
    if not path.is_file():
        what = f"no run folder, it has no {SETTINGS}" if Path(folder).is_dir() else "there is no such folder"
        raise UsageError(f"{folder}: {what}")
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
        wrong = [name for name, kind in ELEMENT_TYPES.items() if not all(isinstance(one, kind) for one in settings[name])]
        wrong += [] if isinstance(settings["options"], dict) else ["options"]
        wrong += ["mean"] if not len(settings["mean"]) == len(settings["scale"]) == len(settings["features"]) else []
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: not the settings of a run ({error!s:.80})") from None
    if wrong:
        raise UsageError(f"{path}: not the settings of a run ({wrong[0]} is {settings[wrong[0]]!r:.60})")
    return settings


def weights_of(folder: str | Path) -> Path:
    """The best weights of a run, which may not be over yet; raises UsageError if there are none."""
    for path in (Path(folder) / WEIGHTS, Path(folder) / CHECKPOINTS / "best.npz"):
        if path.is_file():
            return path
    raise UsageError(f"{folder}: this run has no weights yet; python -m optim --resume {folder} goes on with it")
