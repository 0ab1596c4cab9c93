"""A model that `python -m optim` trained, ready to predict."""

import os
import warnings
from argparse import Namespace
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import nn
from optim.cli import run_folder
from optim.cli.arguments import DEFAULTS
from optim.cli.model import make_model
from optim.cli.parse import UsageError
from optim.cli.tasks import class_names, decode, probabilities
from optim.data import TableEncoder, Target
from optim.training.evaluation import predict


class TrainedRun(NamedTuple):
    """The model of a run folder with the encoder of its table.

    model:   in evaluation mode; it takes encoded inputs.
    encoder: TableEncoder of the training data.

    Rows are raw, in any form that the encoder takes: a DataFrame of pandas or polars, a dict of columns, a list of records, an
    array (n, columns). `report` is called with a line for each column with unknown categories, which count as none.
    """

    model: nn.Module
    encoder: TableEncoder

    @property
    def target(self) -> Target:
        """The target: its task and its names."""
        assert self.encoder.target is not None  # `read_settings` refuses a run without a target
        return self.encoder.target

    @property
    def classes(self) -> list[str]:
        """The names of the model's outputs: classes, labels, or the columns of numbers."""
        return class_names(self.target)

    def scores(self, rows: Any, report: Callable[[str], Any] = warnings.warn) -> np.ndarray:
        """The model's outputs (n, outputs)."""
        return predict(self.model, self.encoder.apply(rows, report))

    def probabilities(self, rows: Any, report: Callable[[str], Any] = warnings.warn) -> np.ndarray:
        """The probability of each class (n, classes) or label (n, labels); raises UsageError for a regression."""
        return probabilities(self.target, self.scores(rows, report))

    def predict(self, rows: Any, report: Callable[[str], Any] = warnings.warn) -> Any:
        """The most probable class of each row as text; numbers (n,) or (n, targets); or zeros and ones (n, labels)."""
        return decode(self.target, self.scores(rows, report))


def load_run(folder: str | os.PathLike[str]) -> TrainedRun:
    """The trained model of a run folder of `python -m optim`; of an unfinished run, the one with the best weights so far.

    scikit-learn's joblib.load of a Pipeline; PyTorch and Keras have none. Raises UsageError, a ValueError, if the folder is
    not a run folder or has no weights yet, nn.WeightsFileError if a file is damaged.

    >>> import contextlib, io, os, tempfile
    >>> from optim.__main__ import main
    >>> from optim.integrations import load_run
    >>> with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
    ...     status = main(["xor", "--hidden", "16", "--epochs", "20", "-o", os.path.join(folder, "run")])
    ...     run = load_run(os.path.join(folder, "run"))
    >>> run.classes, len(run.predict([[0.0, 0.0], [0.0, 1.0]]))
    (['0', '1'], 2)
    """
    folder = os.fspath(folder)
    settings = run_folder.read_settings(folder)
    path = run_folder.weights_path(folder)
    model = nn.load_model(path) if path.name == run_folder.MODEL else _model_of_settings(folder, settings)
    if path.name != run_folder.MODEL:
        model.load_state_dict(nn.load(path))
    return TrainedRun(model.eval(), TableEncoder.from_state_dict(settings["table"]))


def _model_of_settings(folder: str, settings: dict[str, Any]) -> nn.Module:
    """The model of an unfinished run, with initial weights."""
    try:
        options = DEFAULTS | settings["options"]
        options |= {name: settings[name] for name in ("activation", "batch_norm", "dropout", "dtype")}
        return make_model(settings["layers"], Namespace(**options), settings.get("shape"))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{folder}: not the settings of a run ({error!s:.80})") from None
