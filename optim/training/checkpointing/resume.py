"""A training stopped and resumed is what it would have been, bit for bit."""

from pathlib import Path

from optim.training.checkpointing.checkpoint import Checkpoint, checkpoints, newest_checkpoint
from optim.training.checkpointing.file_format import CheckpointError, load_state
from optim.training.checkpointing.fingerprint import fingerprint
from optim.training.checkpointing.snapshot import restore
from optim.training.run import Run


def prepare(run: Run) -> None:
    """Make a training ready: at its start, or where a checkpoint was written.

    Its plan's `resume` is a file, a folder of checkpoints, or True for the folder of its own Checkpoint, which may be empty.

    Raises CheckpointError, before anything changes, if there is nothing to go on from, or it is another training.
    """
    for callback in run.callbacks:
        callback.reset()
    resume = run.plan.resume
    folder = _checkpoint_folder(run)
    if resume is True and folder is None:
        raise CheckpointError("resume=True goes on from a Checkpoint's folder: give one in callbacks, or the path of a file")
    if folder is None and not resume:
        return
    run.fingerprint = fingerprint(run)
    source = folder if resume is True else resume
    if not source or (resume is True and not checkpoints(source)):
        return
    path = newest_checkpoint(source)
    try:
        restore(run, load_state(path))
    except (CheckpointError, KeyError, ValueError) as error:
        where = "" if str(error).startswith(str(path)) else f"{path}: "
        raise CheckpointError(f"{where}{error}") from None


def _checkpoint_folder(run: Run) -> Path | None:
    """The folder of the training's first Checkpoint."""
    return next((callback.folder for callback in run.callbacks if isinstance(callback, Checkpoint)), None)
