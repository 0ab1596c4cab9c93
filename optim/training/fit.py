"""Train a model on data: `fit`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.extend import suggest_own_names
from optim.data.batching import Batching
from optim.optimizers.base import Optimizer
from optim.schedules.base import LRScheduler
from optim.training.callbacks.base import Callback, as_callbacks
from optim.training.callbacks.early_stopping import EarlyStopping
from optim.training.callbacks.layer_statistics import recording_callbacks
from optim.training.checkpointing.resume import prepare
from optim.training.evaluation import Metrics
from optim.training.history import History
from optim.training.loop import Loop
from optim.training.model import Model
from optim.training.plan import TrainingPlan
from optim.training.run import Run


@suggest_own_names(
    lr="optimizer=SGD(model.parameters(), lr=…)",
    learning_rate="optimizer=SGD(model.parameters(), lr=…)",
    x="data=(inputs, targets)",
    y="data=(inputs, targets)",
)
def fit(
    model: Model,
    loss: Callable[[Any, Any], Tensor],
    data: Any,
    *,
    optimizer: Optimizer | None = None,
    batching: Batching | None = None,
    batch_size: int | None = None,
    epochs: int = 20,
    validation: Any = None,
    validation_split: float = 0.0,
    class_weight: Mapping[int, float] | str | None = None,
    sample_weight: Any = None,
    metrics: Metrics | None = None,
    schedule: LRScheduler | None = None,
    average: Any = None,
    early_stopping: EarlyStopping | None = None,
    callbacks: Sequence[Callback | Callable[[Run], Any]] = (),
    penalty: Callable[[Iterable[Tensor]], Tensor] | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    transform: Callable[..., Any] | None = None,
    record: str | Sequence[str] = (),
    resume: bool | str | Path | None = None,
    rng: "np.random.Generator | int | None" = None,
    compile: bool = False,
    progress: bool | None = None,
) -> History:
    """Train a model by gradient descent; its parameters change in place.

    model:          a callable with parameters(), such as an nn.Module; other methods of modules are used if the model has them.
    loss:           loss(prediction, target) → a Tensor with one element.
    data:           (inputs, targets), arrays of n rows; or a data set, in memory or on disk; or a DataLoader. Targets (n,) of a
                    model with one output (n, 1) become a column if the loss compares elements, as MSELoss does: it refuses
                    (n,), which would broadcast to all n² pairs. Text labels become indices of the sorted labels, which
                    history.classes has.
    optimizer:      default SGD(lr=0.1, momentum=0.9).
    batching:       Batch(), Stochastic() or MiniBatch(size); default MiniBatch(32).
    batch_size:     short for batching=MiniBatch(batch_size).
    epochs:         number of passes over the data.
    validation:     (inputs, targets) or a data set, evaluated after every epoch.
    validation_split: the fraction of the examples that becomes the validation data, chosen by `rng`, from each class alike if
                    the targets are classes. Keras takes the last examples.
    class_weight:   class → weight of its examples, 1 for other classes; "balanced" for n / (classes · examples of the class).
    sample_weight:  (n,) weights of the examples, 0 or more, in the order of the data. The loss of a batch is
                    Σᵢ wᵢ lossᵢ / Σᵢ wᵢ, or Σᵢ wᵢ lossᵢ if loss.reduction is "sum"; wᵢ is the product with the class weight.
                    Metrics and the validation loss have no weights. Keras divides by n.
    metrics:        name → function(predictions, targets), evaluated after every epoch, as by `evaluate`.
    schedule:       of the optimizer's learning rate, stepped after every epoch or step according to its `every`.
                    ReduceLROnPlateau receives the validation loss, or the loss if there is no validation data.
    average:        EMA(…) or SWA(…) of the model's parameters. EMA is updated after every step, SWA after each of the last
                    quarter of the epochs. The model is evaluated with the averaged weights and has them at the end.
    early_stopping: EarlyStopping(…), which monitors the validation loss by default and restores the best parameters.
    callbacks:      Checkpoint, CSVLogger, TensorBoard, TerminateOnNaN, your own Callback, or functions of the Run, called after
                    every epoch.
    penalty:        a function of the parameters that is added to the loss, such as L2(1e-4).
    clip_norm, clip_value: limits of the gradient, see clip_grad_norm and clip_grad_value.
    transform:      a function of the inputs of each batch, such as an augmentation.
    record:         "gradient_norms", "update_ratios", "histograms" of every parameter, see LayerStatistics.
    resume:         continue from a checkpoint: its file, its folder, or True for the newest one in the folder of the Checkpoint
                    among the callbacks (an empty folder starts a new training). Make model, optimizer, data and options as the
                    first time; only `epochs` may be larger (not with SWA). The result is bit for bit that of one training
                    without interruption; see Checkpoint for the state of your own functions.
    rng:            generator or seed of the shuffling.
    compile:        replay the steps as a flat list of NumPy calls, see autograd.compile: the same weights, bit for bit, faster.
                    A step that cannot be compiled runs eagerly, and a warning gives the reason.
    progress:       show a progress bar; default: in a terminal and in a notebook.

    Returns the History with the columns epoch, loss (mean over the epoch, without the penalty), metrics, validation_…, seconds.
    Ctrl-C ends the training after the current step: history.stopped is "interrupted", and EarlyStopping or Checkpoint restores
    the best parameters. A second Ctrl-C raises KeyboardInterrupt.

    Raises TrainingError if there are no examples, if targets do not match, if the data contains nan, or if the loss becomes nan
    or infinite; CheckpointError if there is nothing to resume, or another training; DataError and ShapeError for wrong weights;
    TypeError and ValueError for other wrong arguments.

    >>> import numpy as np
    >>> import nn
    >>> from optim import fit
    >>> x = np.linspace(-1, 1, 64)[:, None]
    >>> model = nn.Linear(1, 1, rng=0)
    >>> history = fit(model, nn.MSELoss(), (x, 3 * x + 1), epochs=50, rng=0)
    >>> round(model.weight.item(), 2), round(model.bias.item(), 2), len(history)
    (3.0, 1.0, 50)
    """
    plan = TrainingPlan(
        model,
        loss,
        data,
        optimizer=optimizer,
        batching=batching,
        batch_size=batch_size,
        epochs=epochs,
        validation=validation,
        validation_split=validation_split,
        class_weight=class_weight,
        sample_weight=sample_weight,
        metrics=metrics,
        schedule=schedule,
        average=average,
        early_stopping=early_stopping,
        callbacks=callbacks,
        penalty=penalty,
        clip_norm=clip_norm,
        clip_value=clip_value,
        transform=transform,
        record=record,
        resume=resume,
        rng=rng,
        compile=compile,
        progress=progress,
    )
    run = Run(plan, _callbacks(plan))
    prepare(run)
    return Loop(run).train()


def _callbacks(plan: TrainingPlan) -> list[Callback]:
    """All callbacks of a training: layer statistics, early stopping, then the argument `callbacks`."""
    stopping = plan.early_stopping
    if stopping is not None and not isinstance(stopping, EarlyStopping):
        raise TypeError(f"early_stopping: an instance such as EarlyStopping(patience=10) expected, got {stopping!r:.80}")
    callbacks = as_callbacks(plan.callbacks)
    return [*recording_callbacks(plan.record), *([] if stopping is None else [stopping]), *callbacks]
