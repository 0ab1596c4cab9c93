"""Training a model on data: `fit`."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd import Tensor
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


def fit(
    model: Model,
    loss: Callable[[Any, Any], Tensor],
    data: Any,
    *,
    optimizer: Optimizer | None = None,
    batching: Batching | None = None,
    epochs: int = 20,
    validation: Any = None,
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
    """Train a model by gradient descent; its parameters are changed in place.

    model:          anything callable that has parameters(); train(), eval() and what else modules have is used if there.
    loss:           loss(prediction, target) → one number.
    data:           (inputs, targets), arrays of n rows; or a data set, which may be on disk; or a DataLoader of them.
    optimizer:      default SGD(lr=0.1, momentum=0.9).
    batching:       Batch(), Stochastic() or MiniBatch(size), the default with 32.
    validation:     (inputs, targets) or a data set, measured after every epoch.
    metrics:        name → function(predictions, targets), measured beside the loss after every epoch.
    schedule:       of the optimizer's learning rate; stepped after every epoch or step, as its `every` says, and
                    ReduceLROnPlateau with the validation loss (without validation, the loss).
    average:        EMA(…) or SWA(…) of the model's parameters: EMA takes note of every step, SWA of the last quarter of the
                    epochs. The model is measured and left with the averaged weights.
    early_stopping: watches the validation loss (without validation, the loss); the best parameters are put back.
    callbacks:      what else is to happen: Checkpoint, CSVLogger, TerminateOnNaN, your own Callback, or a function of the Run,
                    called after every epoch.
    penalty:        a term of the loss made of the parameters, such as L2(1e-4).
    clip_norm, clip_value: limits for the gradient, see clip_grad_norm and clip_grad_value.
    transform:      of the inputs of each batch, such as an augmentation.
    record:         "gradient_norms", "update_ratios", "histograms" of every parameter, see LayerStatistics.
    resume:         go on from a checkpoint: its file, its folder, or True for the newest in the folder of the Checkpoint among
                    the callbacks, where an empty one means to begin. Model, optimizer, data and options must be made as they
                    were the first time, only `epochs` may be more (not with SWA); weights and all else are then those of one
                    training without a stop, bit for bit.
    rng:            generator or seed of the shuffling.
    compile:        run the steps as a flat list of NumPy calls, see autograd.compile: the same weights, bit for bit, sooner. A
                    step that cannot be held so says why in a warning and runs as it is.
    progress:       show a bar; by default in a terminal and in a notebook.

    Returns the History: epoch, loss (mean over the epoch, without the penalty), metrics, validation_…, seconds. Ctrl-C ends the
    training after the step that is being made: history.stopped says "interrupted", and the best parameters are put back if
    EarlyStopping or Checkpoint has them. A second Ctrl-C is KeyboardInterrupt.

    Raises TrainingError if there are no examples, targets do not match, there is nan in the data, or the loss becomes nan or
    infinite; CheckpointError if there is nothing to resume, or it is another training; TypeError and ValueError for arguments
    that cannot be meant.

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
        epochs=epochs,
        validation=validation,
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
    """Every callback of a training: the recorder of layers, early stopping, then those that were given."""
    stopping = plan.early_stopping
    if stopping is not None and not isinstance(stopping, EarlyStopping):
        raise TypeError(f"early_stopping: one such as EarlyStopping(patience=10) expected, got {stopping!r:.80}")
    given = as_callbacks(plan.callbacks)
    return [*recording_callbacks(plan.record), *([] if stopping is None else [stopping]), *given]
