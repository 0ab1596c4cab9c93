"""Write a training to event files, which TensorBoard shows."""

import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from autograd.extend import grad_arrays, suggest, suggest_names
from optim.training.callbacks.base import Callback
from optim.training.callbacks.layer_statistics import LayerStatistics
from optim.training.checkpointing.fingerprint import describe
from optim.training.event_files import summaries
from optim.training.event_files.epochs import TRAIN, VALIDATION, row_scalars
from optim.training.event_files.event_file import EventFolder, graph_event, summary_event
from optim.training.event_files.graph_def import graph_of
from optim.training.model import TrainingError, named_parameters
from optim.training.run import Run
from optim.validation import is_whole

STEPS = "steps"  # the folder of the values of single steps


class TensorBoard(Callback):
    """Writes event files for TensorBoard: curves, histograms, the graph of the model, images, hyperparameters.

    folder:          of the run; TensorBoard shows it as the runs folder/train and folder/validation, and overlays their curves.
                     Event files of an earlier training are refused; overwrite=True deletes them when the training begins.
    histograms:      number of epochs between two histograms of the parameters and of their gradients; 0 for none.
    gradient_norms:  whether to write the mean of ‖∂L/∂w‖ over the steps of each epoch, for each parameter.
    graph:           whether to write the graph of the model, with modules as name scopes: in evaluation mode, for one example.
    images:          tag → function of the Run that returns an image, see `image`; called when histograms are written, or
                     after each epoch if there are none.
    steps:           number of steps between two values of batch_loss and lr in the run folder/steps; 0 for none.
    hyperparameters: name → number, bool or text, for the tab HParams; in addition to those of optimizer, batching and epochs.
    overwrite:       whether to delete the event files of an earlier training.

    The step of a curve is the epoch; in the run folder/steps it is the number of steps. Numbers are stored in float32. A
    histogram has 30 buckets, of the finite values; the gradients are those of the last batch, before clipping. The values of
    an epoch are written at its end, before its checkpoint: a training that is killed and resumed has each epoch once. A
    resumed training also writes the epochs of its history that the event files lack.

    Start TensorBoard with `tensorboard --logdir FOLDER` (pip install 'chainrule[tensorboard]'); the package is not needed to
    write. `scalar`, `histogram`, `image` and `text` write single values, like PyTorch's SummaryWriter. Keras's TensorBoard.

    >>> import nn, os, tempfile
    >>> from optim import TensorBoard, fit
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     board = TensorBoard(os.path.join(folder, "first"))
    ...     data = [[0.0], [1.0]], [[1.0], [3.0]]
    ...     _ = fit(nn.Linear(1, 1, rng=0), nn.MSELoss(), data, validation=data, epochs=2, callbacks=[board])
    ...     print(sorted(path.name for path in board.folder.iterdir() if path.is_dir()))
    ['train', 'validation']
    """

    on_every_rank: ClassVar[bool] = False

    @suggest_names
    def __init__(
        self,
        folder: str | Path,
        *,
        histograms: int = 1,
        gradient_norms: bool = True,
        graph: bool = True,
        images: Mapping[str, Callable[[Run], Any]] | None = None,
        steps: int = 0,
        hyperparameters: Mapping[str, Any] | None = None,
        overwrite: bool = False,
    ):
        for name, number, unit in (("histograms", histograms, "epochs"), ("steps", steps, "steps")):
            if not is_whole(number) or number < 0:
                raise ValueError(f"{name} must be a number of {unit}, 0 for none, got {number!r}")
        for tag, function in (images or {}).items():
            if not callable(function):
                raise TypeError(f"images[{tag!r}] must be a function of the run that returns an image, not {function!r:.60}")
        self.folder, self.histograms, self.gradient_norms = Path(folder), histograms, gradient_norms
        self.graph, self.images, self.steps = graph, dict(images or {}), steps
        self.hyperparameters, self.overwrite = dict(hyperparameters or {}), overwrite
        self._folders = {name: EventFolder(self.folder / name) for name in ("", TRAIN, VALIDATION, STEPS)}
        self._norms = LayerStatistics(["gradient_norms"])
        self.reset()

    def reset(self) -> None:
        self._step_events: list[bytes] = []
        self._gradients: list[bytes] = []
        self._measures_norms = False

    # Single values

    @suggest_names
    def scalar(self, tag: str, value: float, step: int) -> None:
        """Write a number to folder/train; TensorBoard groups tags by their part before "/"."""
        self._write(step, summaries.scalar(tag, value))

    @suggest_names
    def histogram(self, tag: str, values: Any, step: int) -> None:
        """Write a histogram of the finite elements of an array or tensor."""
        self._write(step, summaries.histogram(tag, values.numpy() if hasattr(values, "numpy") else values))

    @suggest_names
    def image(self, tag: str, image: Any, step: int) -> None:
        """Write an image: an array, a figure or PNG.

        An array has the shape (height, width) or (height, width, channels), with floats from 0 to 1 or integers from 0 to 255.
        A matplotlib figure, PNG as bytes, and objects that Jupyter displays as PNG, such as autograd.draw(…), are images, too.
        """
        self._write(step, summaries.image(tag, image))

    @suggest_names
    def text(self, tag: str, text: str, step: int) -> None:
        """Write a text, in Markdown."""
        self._write(step, summaries.text_value(tag, text))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"a TensorBoard has no attribute {name!r}{suggest(name)}")

    def _write(self, step: int, value: bytes) -> None:
        if value:
            self._folders[TRAIN].append([summary_event(step, value)])

    # A training

    def on_train_begin(self, run: Run) -> None:
        resumes = run.resumed or bool(run.plan.resume)  # a training that was killed before its first checkpoint begins again
        existing = [path for folder in self._folders.values() for path in folder.files()]
        if existing and not resumes and not self.overwrite:
            raise TrainingError(
                f"{self.folder} contains event files of an earlier training; "
                "continue it with resume=True, choose another folder, or give overwrite=True"
            )
        if not resumes:
            for folder in self._folders.values():
                folder.delete()
        written = self._written_epochs(run)
        missing = [int(row["epoch"]) for row in run.history.rows if row["epoch"] not in written]
        first = min([*missing, run.epoch + 1])
        for name, folder in self._folders.items():
            folder.start_at(run.step + 1 if name == STEPS else first)
        self._measures_norms = self.gradient_norms and not any(_records_norms(callback) for callback in run.callbacks)
        if not self._folders[""].steps_of(summaries.START_TAG):
            values = _hyperparameters(run) | self.hyperparameters
            self._folders[""].append([summary_event(0, summaries.session_start(values, time.time()))])
            if self.graph:
                self._folders[TRAIN].append(_graph_events(run))
        for row in run.history.rows[first - 1 :]:
            self._write_epoch(int(row["epoch"]), row_scalars(row))

    def _written_epochs(self, run: Run) -> set[int]:
        """The epochs whose values are in the event files."""
        epochs = self._folders[TRAIN].steps_of("loss")
        return epochs if run.validation is None else epochs & self._folders[VALIDATION].steps_of("loss")

    def on_epoch_begin(self, run: Run) -> None:
        self._gradients = []
        if self._measures_norms:
            self._norms.on_epoch_begin(run)

    def on_grad_computed(self, run: Run) -> None:
        if self._measures_norms:
            self._norms.on_grad_computed(run)
        if self._has_histograms(run) and run.step + 1 == run.epoch * run.steps_per_epoch:
            parameters = named_parameters(run.model)
            arrays = zip(parameters, grad_arrays(parameters.values()))
            self._gradients = [summaries.histogram(f"gradients/{name}", g) for name, g in arrays if g is not None]

    def on_step_end(self, run: Run) -> None:
        if self._measures_norms:
            self._norms.on_step_end(run)
        if self.steps and run.step % self.steps == 0:
            values = summaries.scalar("batch_loss", run.batch_loss), summaries.scalar("lr", run.optimizer.lr)
            self._step_events.append(summary_event(run.step, *values))

    def on_epoch_end(self, run: Run) -> None:
        norms = self._norms.means() if self._measures_norms else {}
        values = row_scalars({"lr": run.optimizer.lr} | run.logs | norms)
        if self._has_histograms(run):
            parameters = named_parameters(run.model).items()
            values[TRAIN] += [summaries.histogram(f"weights/{name}", parameter.data) for name, parameter in parameters]
            values[TRAIN] += self._gradients
        if not self.histograms or self._has_histograms(run):
            values[TRAIN] += [summaries.image(tag, draw(run)) for tag, draw in self.images.items()]
        self._write_epoch(run.epoch, values)
        self._write_steps()

    def on_train_end(self, run: Run) -> None:
        self._write_steps()
        if not run.interrupted:
            status = summaries.FAILURE if run.failure else summaries.SUCCESS
            self._folders[""].append([summary_event(run.epoch, summaries.session_end(status, time.time()))])

    def _has_histograms(self, run: Run) -> bool:
        return bool(self.histograms) and (run.epoch % self.histograms == 0 or run.epoch == run.epochs)

    def _write_epoch(self, epoch: int, values: Mapping[str, list[bytes]]) -> None:
        for name in values:
            self._folders[name].append([summary_event(epoch, *values[name])])

    def _write_steps(self) -> None:
        self._folders[STEPS].append(self._step_events)
        self._step_events = []


def _records_norms(callback: Callback) -> bool:
    """Whether a callback adds the gradient norms to the history."""
    return isinstance(callback, LayerStatistics) and "gradient_norms" in callback.statistics


def _graph_events(run: Run) -> list[bytes]:
    """The event of the model's graph; none, with a warning, if its graph cannot be recorded."""
    try:
        inputs, _ = run.loader.data[np.arange(1)]
        return [graph_event(graph_of(run.model, run.precision.inputs(inputs)))]
    except Exception as error:  # a graph is an extra: the training goes on without it, whatever a person's model raises
        warnings.warn(f"TensorBoard: the graph of the model is not written: {error!s:.200}", stacklevel=2)
        return []


def _hyperparameters(run: Run) -> dict[str, Any]:
    """The hyperparameters of a training that are numbers, bools or texts."""
    group, batching = run.optimizer.param_groups[0], run.loader.batching
    options = {name: group[name] for name in group if name not in ("params", "initial_lr") and group[name] is not False}
    parts = {"schedule": run.schedule, "penalty": run.plan.penalty, "average": run.average}
    return {
        "optimizer": type(run.optimizer).__name__,
        **{name: value for name, value in options.items() if isinstance(value, bool | int | float | str | np.generic)},
        "batch_size": len(run.loader.data) if batching.size is None else batching.size,
        "epochs": run.epochs,
        "parameters": sum(parameter.size for parameter in run.parameters),
        **{name: describe(part) for name, part in parts.items() if part is not None},
    }
