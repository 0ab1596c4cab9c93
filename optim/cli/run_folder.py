"""Run folders: create one, write and read its settings, find its weights."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd.extend import atomic_files
from optim.cli.parse import UsageError
from optim.data import TableEncoder

SETTINGS, MODEL, CHECKPOINTS = "settings.json", "model.safetensors", "checkpoints"
HISTORY, CURVES, PREDICTIONS, GRAPHS = "history.csv", "curves.png", "predictions.png", ("graph.svg", "graph.dot")
#: The files that a training writes to its folder, besides its checkpoints; PREDICTIONS only that of a regression.
FILES = (MODEL, SETTINGS, HISTORY, CURVES, PREDICTIONS, *GRAPHS)


def create(path: str | None, name: str, force: bool = False) -> Path:
    """Create the folder of a run, by default runs/NAME-1, -2, …, and check that it is writable.

    Raises UsageError if the folder has an earlier run; force=True deletes the files of this run.
    """
    if path is not None:
        folder = Path(path)
    else:
        number = 1
        while (folder := Path("runs") / f"{name}-{number}").exists():
            number += 1
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--output: {folder} is a file; give a folder")
    existing = [old for old in (*(folder / name for name in FILES), *(folder / CHECKPOINTS).glob("*.npz")) if old.exists()]
    if existing and not force:
        raise UsageError(
            f"--output: {folder} has an earlier run ({existing[0].relative_to(folder)}); "
            f"continue it with --resume {folder}, choose another folder, or delete the earlier run with --force"
        )
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".probe"
    probe.touch()
    for old in (probe, *existing):
        old.unlink()
    return folder


def write_settings(folder: Path, settings: Mapping[str, Any]) -> None:
    """Write the settings of a run, for using its weights and for resuming it."""
    atomic_files.write_text(folder / SETTINGS, json.dumps(settings, indent=1))


def read_settings(folder: str | Path) -> dict[str, Any]:
    """The settings of a run; raises UsageError if the folder is not a run folder."""
    path = Path(folder) / SETTINGS
    if not path.is_file():
        reason = f"not a run folder: there is no {SETTINGS}" if Path(folder).is_dir() else "there is no such folder"
        raise UsageError(f"{folder}: {reason}")
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
        encoder = TableEncoder.from_state_dict(settings["table"])
        wrong = [] if isinstance(settings["options"], dict) else ["options"]
        wrong += [] if encoder.target is not None else ["table"]
        wrong += [] if _is_shape(settings.get("shape"), len(encoder.features)) else ["shape"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: not the settings of a run ({error!s:.80})") from None
    if wrong:
        raise UsageError(f"{path}: not the settings of a run ({wrong[0]} is {settings[wrong[0]]!r:.60})")
    return settings


def weights_path(folder: str | Path) -> Path:
    """The model file of a run, or the file with the best weights so far; raises UsageError if there is neither."""
    for path in (Path(folder) / MODEL, Path(folder) / CHECKPOINTS / "best.npz"):
        if path.is_file():
            return path
    raise UsageError(f"{folder}: this run has no weights yet; resume it with python -m optim --resume {folder}")


def _is_shape(shape: Any, features: int) -> bool:
    """Whether a value is the shape (height, width) of images with this number of pixels, or None for other inputs."""
    if shape is None:
        return True
    is_pair = isinstance(shape, list) and len(shape) == 2 and all(type(size) is int and size > 0 for size in shape)
    return is_pair and math.prod(shape) == features
