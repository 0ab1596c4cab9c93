"""A model that `python -m optim` trained, ready to predict."""

import os
from argparse import Namespace
from typing import Any, NamedTuple

import numpy as np

import nn
from optim.cli import run_folder
from optim.cli.arguments import DEFAULTS
from optim.cli.model import make_model
from optim.cli.parse import UsageError
from optim.data import StandardScaler
from optim.training.evaluation import predict


class TrainedRun(NamedTuple):
    """The model of a run folder with the scaling of its inputs and the names of its classes.

    model:    in evaluation mode; it takes scaled inputs.
    scaling:  StandardScaler of the inputs, (x − mean) / scale.
    classes:  names, in the order of the model's outputs.
    features: names of the input's columns.
    """

    model: nn.Module
    scaling: StandardScaler
    classes: list[str]
    features: list[str]

    def scores(self, inputs: Any) -> np.ndarray:
        """The model's outputs (n, classes) for unscaled inputs (n, features)."""
        return predict(self.model, self.scaling.apply(np.asarray(inputs, float)))

    def probabilities(self, inputs: Any) -> np.ndarray:
        """The probability of each class, (n, classes), for unscaled inputs (n, features): the softmax of the scores."""
        scores = self.scores(inputs)
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def predict(self, inputs: Any) -> list[str]:
        """The most probable class of each row of unscaled inputs (n, features)."""
        return [self.classes[i] for i in self.scores(inputs).argmax(axis=1)]


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
    scaling = StandardScaler(np.array(settings["mean"]), np.array(settings["scale"]))
    return TrainedRun(model.eval(), scaling, settings["classes"], settings["features"])


def _model_of_settings(folder: str, settings: dict[str, Any]) -> nn.Module:
    """The model of an unfinished run, with initial weights."""
    try:
        options = DEFAULTS | settings["options"]
        options |= {name: settings[name] for name in ("activation", "batch_norm", "dropout", "dtype")}
        return make_model(settings["layers"], Namespace(**options), settings.get("shape"))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{folder}: not the settings of a run ({error!s:.80})") from None
