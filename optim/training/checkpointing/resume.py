"""Prepare a run: at its start, or at the state of a checkpoint."""

from pathlib import Path

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
    resume = run.plan.resume
    folder = _checkpoint_folder(run)
    if resume is True and folder is None:
        raise CheckpointError("resume=True needs a Checkpoint among the callbacks; add one, or give the path of a checkpoint")
    if folder is None and not resume:
        return
    run.fingerprint, run.called = fingerprint(run), CalledState(run)
    source = folder if resume is True else resume
    if not source or (resume is True and not checkpoints(source)):
        return
    path = newest_checkpoint(source)
    try:
        restore(run, load_state(path))
    except (CheckpointError, KeyError, ValueError) as error:
        prefix = "" if str(error).startswith(str(path)) else f"{path}: "
        raise CheckpointError(f"{prefix}{error}") from None


def _checkpoint_folder(run: Run) -> Path | None:
    """The folder of the run's first Checkpoint."""
    return next((callback.folder for callback in run.callbacks if isinstance(callback, Checkpoint)), None)
