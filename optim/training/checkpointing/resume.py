"""Prepare a run: at its start, or at the state of a checkpoint."""

from pathlib import Path
from typing import Any

from optim.training.checkpointing.called_state import CalledState
from optim.training.checkpointing.checkpoint import Checkpoint, checkpoints, newest_checkpoint
from optim.training.checkpointing.file_format import CheckpointError, load_state
from optim.training.checkpointing.fingerprint import fingerprint
from optim.training.checkpointing.snapshot import restore
from optim.training.run import Run


def prepare(run: Run) -> None:
    """Reset the callbacks of a run, and load the checkpoint that its plan's `resume` names.

    resume: a file, a folder of checkpoints, or True for the folder of the run's Checkpoint, which may be empty.

    Raises CheckpointError, before anything changes, if there is no checkpoint or if it is of another training.
    """
    for callback in run.callbacks:
        callback.reset()
    ranks = run.ranks
    with ranks.together():  # rank 0 reads the file
        stored = _load(run) if run.rank == 0 else None
    stored = ranks.broadcast(stored)
    if stored is None:
        return
    run.fingerprint, run.called = fingerprint(run), CalledState(run)
    path, state = stored
    if state is None:
        return
    try:
        restore(run, state)
    except (CheckpointError, KeyError, ValueError) as error:
        raise _with_path(error, path) from None


def _load(run: Run) -> tuple[Path | None, Any] | None:
    """The path and the state of the checkpoint to resume from, or (None, None); None for a training without checkpoints."""
    resume = run.plan.resume
    folder = _checkpoint_folder(run)
    if resume is True and folder is None:
        raise CheckpointError("resume=True needs a Checkpoint among the callbacks; add one, or give the path of a checkpoint")
    if folder is None and not resume:
        return None
    source = folder if resume is True else resume
    if not source or (resume is True and not checkpoints(source)):
        return None, None
    path = newest_checkpoint(source)
    try:
        return path, load_state(path)
    except (CheckpointError, KeyError, ValueError) as error:
        raise _with_path(error, path) from None


def _with_path(error: Exception, path: Path | None) -> CheckpointError:
    return CheckpointError(str(error) if str(error).startswith(str(path)) else f"{path}: {error}")


def _checkpoint_folder(run: Run) -> Path | None:
    """The folder of the run's first Checkpoint."""
    return next((callback.folder for callback in run.callbacks if isinstance(callback, Checkpoint)), None)
