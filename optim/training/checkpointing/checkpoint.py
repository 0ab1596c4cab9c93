"""The callback that writes checkpoints: the whole training on disk, from which it resumes bit for bit."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from autograd.extend import atomic_files, suggest_names
from optim.training.callbacks.base import Callback
from optim.training.checkpointing.file_format import CheckpointError, save_state
from optim.training.checkpointing.snapshot import state_of
from optim.training.model import TrainingError, get_weights, set_weights
from optim.training.monitor import Monitor
from optim.training.run import Run

NAME = re.compile(r"checkpoint-(\d+)\.npz")
TEMPORARY = re.compile(r"\.(checkpoint-\d+|best)\.[0-9a-f]{8}\.npz")


class Checkpoint(Callback):
    """Writes checkpoint-12.npz, …, the whole state of the training, and best.npz, the weights of the best epoch.

    folder:    created if it does not exist. A folder with checkpoints of an earlier training is refused; overwrite=True deletes
               them when the training begins.
    every:     number of epochs between two checkpoints; the last epoch always has one.
    keep:      number of checkpoints to keep, the newest ones; None keeps all.
    best:      whether to write best.npz whenever the monitored number improves. It holds model.state_dict(), with the averaged
               weights if there are any, and nn.load reads it.
    monitor, mode: the monitored number, as for EarlyStopping.
    overwrite: whether to delete the checkpoints of an earlier training.

    Every file is written completely or not at all, even if the process is killed. `fit(…, resume=True)` continues from the
    newest. After Ctrl-C, and if the loss is nan or infinite, the model gets the weights of best.npz.

    A checkpoint also holds the state of your own transforms, callbacks, losses and data sets: the random generators that they
    reach, and the attributes, closures and globals that have changed and are plain (numbers, strings, arrays, lists, sets and
    dicts). An object with state_dict() and load_state_dict() is stored by these methods. A warning names an object that changes
    and cannot be stored, such as an iterator; resuming then raises CheckpointError.

    Keras's ModelCheckpoint and BackupAndRestore.

    >>> import nn, os, tempfile
    >>> from optim import Checkpoint, fit
    >>> data, loss = ([[0.0], [1.0]], [[1.0], [3.0]]), nn.MSELoss()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for epochs in (5, 8):
    ...         _ = fit(nn.Linear(1, 1, rng=0), loss, data, epochs=epochs, rng=0, callbacks=[Checkpoint(folder)], resume=True)
    ...         print(sorted(os.listdir(folder)))
    ['best.npz', 'checkpoint-5.npz']
    ['best.npz', 'checkpoint-8.npz']
    """

    order: ClassVar[int] = 100  # after the other callbacks, because it writes their states
    on_every_rank: ClassVar[bool] = False
    fingerprinted: ClassVar[bool] = False  # a resumed training may write to another folder

    @suggest_names
    def __init__(
        self,
        folder: str | Path,
        every: int = 1,
        keep: int | None = 1,
        best: bool = True,
        monitor: str | None = None,
        mode: Literal["min", "max"] | None = None,
        overwrite: bool = False,
    ):
        for name, number in (("every", every), ("keep", keep)):
            if not (isinstance(number, int) and number >= 1) and not (name == "keep" and number is None):
                raise ValueError(f"{name} must be an integer, at least 1, got {number!r}")
        self.folder, self.every, self.keep, self.overwrite = Path(folder), every, keep, overwrite
        self.monitor = Monitor(monitor, mode) if best else None
        self.reset()

    @property
    def best(self) -> Path:
        """The path of the weights of the best epoch."""
        return self.folder / "best.npz"

    def path(self, epoch: int) -> Path:
        """The path of the checkpoint of an epoch."""
        return self.folder / f"checkpoint-{epoch}.npz"

    def reset(self) -> None:
        self.saved: list[int] = []
        if self.monitor is not None:
            self.monitor.best = self.monitor.worst

    def on_train_begin(self, run: Run) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        existing = checkpoints(self.folder)
        if existing and not run.resumed and not self.overwrite:
            reason = f"{self.folder} contains checkpoints of an earlier training"
            raise TrainingError(f"{reason}; continue it with resume=True, choose another folder, or give overwrite=True")
        for epoch, path in existing.items():
            if not run.resumed or (epoch < run.epoch and epoch not in self.saved):  # left by a killed process
                path.unlink()
        if run.resumed and self.monitor is not None and not self.best.is_file():
            self.monitor.best = self.monitor.worst
        if not run.resumed:
            self.best.unlink(missing_ok=True)
        for path in list(self.folder.iterdir()):
            if TEMPORARY.fullmatch(path.name):
                path.unlink()

    def on_epoch_evaluated(self, run: Run) -> None:
        # Before the checkpoint: if the process is killed between the two, the epoch is trained again and this file rewritten.
        if self.monitor is not None and self.monitor.update(self.monitor.value(run.logs)):
            atomic_files.save_arrays(self.best, get_weights(run.model), "chainrule")

    def on_epoch_end(self, run: Run) -> None:
        if run.epoch % self.every and run.epoch < run.epochs and not run.history.stopped:
            return
        self.saved.append(run.epoch)
        outdated = [] if self.keep is None else self.saved[: -self.keep]
        self.saved = self.saved[len(outdated) :]
        save_state(self.path(run.epoch), state_of(run))
        for epoch in outdated:
            self.path(epoch).unlink(missing_ok=True)

    def on_train_end(self, run: Run) -> None:
        if (run.interrupted or run.failure) and self.monitor is not None and self.best.is_file():
            with np.load(self.best) as stored:
                set_weights(run.model, {name: stored[name] for name in stored.files})

    def state_dict(self) -> dict[str, Any]:
        return {"saved": list(self.saved), "best": None if self.monitor is None else self.monitor.best}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.saved = list(state["saved"])
        if self.monitor is not None and state["best"] is not None:
            self.monitor.best = state["best"]


def checkpoints(folder: str | Path) -> dict[int, Path]:
    """The checkpoints in a folder by epoch, in ascending order."""
    paths = {int(match[1]): path for path in Path(folder).glob("checkpoint-*.npz") if (match := NAME.fullmatch(path.name))}
    return dict(sorted(paths.items()))


def newest_checkpoint(path: str | Path) -> Path:
    """The newest checkpoint in a folder, or the file itself; raises CheckpointError if the folder has none."""
    path = Path(path)
    if not path.is_dir():
        return path
    existing = checkpoints(path)
    if not existing:
        raise CheckpointError(f"{path}: there are no checkpoints in this folder")
    return existing[max(existing)]
