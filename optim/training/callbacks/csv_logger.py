"""Log the history to a CSV file while a training runs."""

from io import StringIO
from pathlib import Path
from typing import ClassVar

from autograd.extend import atomic_files, suggest_names
from optim.training.callbacks.base import Callback
from optim.training.run import Run


class CSVLogger(Callback):
    """Writes the history to a CSV file, one row after every epoch.

    path: of the CSV file. Missing folders are created, an existing file is replaced. A resumed training writes the rows of the
          earlier epochs as well.

    Keras's CSVLogger.

    >>> import nn, os, tempfile
    >>> from optim import CSVLogger, fit
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = CSVLogger(os.path.join(folder, "log.csv"))
    ...     _ = fit(nn.Linear(1, 1), nn.MSELoss(), ([[0.0]], [[0.0]]), epochs=2, callbacks=[log])
    ...     print(log.path.read_text().split()[0])
    epoch,loss,seconds
    """

    on_every_rank: ClassVar[bool] = False

    @suggest_names
    def __init__(self, path: str | Path):
        self.path = Path(path)

    def on_train_begin(self, run: Run) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        if len(run.history):
            run.history.save(self.path)

    def on_epoch_end(self, run: Run) -> None:
        if not self.path.exists():
            run.history.save(self.path)
            return
        row = StringIO()
        run.history.write(row, [run.logs])
        atomic_files.append_text(self.path, row.getvalue())
