"""The training loop: `fit`, and `evaluate` for what it measures."""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import numpy as np

from autograd import Tensor, no_grad
from optim.batching import Batching, MiniBatch
from optim.clipping import clip_by_norm, clip_by_value
from optim.early_stopping import EarlyStopping
from optim.history import History
from optim.optimiser import Optimiser
from optim.sgd import SGD

Metrics = Mapping[str, Callable[[np.ndarray, np.ndarray], float]]


class Model(Protocol):
    """What can be trained: a callable with parameters."""

    def __call__(self, inputs: Any, /) -> Any: ...
    def parameters(self) -> Iterable[Tensor]: ...


class TrainingError(RuntimeError):
    """Training that cannot go on: no examples, or a loss that is not a number any more."""


def fit(
    model: Model,
    loss: Callable[[Any, Any], Tensor],
    data: tuple[Any, Any],
    *,
    optimiser: Optimiser | None = None,
    batching: Batching | None = None,
    epochs: int = 20,
    validation: tuple[Any, Any] | None = None,
    metrics: Metrics | None = None,
    early_stopping: EarlyStopping | None = None,
    penalty: Callable[[Iterable[Tensor]], Tensor] | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    rng: np.random.Generator | int | None = None,
    progress: bool | None = None,
) -> History:
    """Train a model by gradient descent; its parameters are changed in place.

    model:          anything callable that has parameters(); train() and eval() are called if it has them.
    loss:           loss(prediction, target) → one number.
    data:           (inputs, targets), arrays of n rows.
    optimiser:      default SGD(lr=0.1, momentum=0.9).
    batching:       Batch(), Stochastic() or MiniBatch(size), the default with 32.
    validation:     (inputs, targets) measured after every epoch.
    metrics:        name → function(predictions, targets), measured beside the loss.
    early_stopping: watches the validation loss (without validation, the loss); the best parameters are put back.
    penalty:        a term of the loss made of the parameters, such as L2(1e-4).
    clip_norm, clip_value: limits for the gradient, see clip_by_norm and clip_by_value.
    rng:            generator or seed of the shuffling.
    progress:       show a bar; by default if there is a terminal.

    Returns the History: epoch, loss (mean over the epoch, without the penalty), metrics, validation_…, seconds.
    Raises TrainingError if there are no examples, targets do not match, or the loss becomes nan or infinite.

    >>> import numpy as np
    >>> import nn
    >>> from optim import fit
    >>> x = np.linspace(-1, 1, 64)[:, None]
    >>> model = nn.Linear(1, 1, rng=0)
    >>> history = fit(model, nn.MSELoss(), (x, 3 * x + 1), epochs=50, rng=0)
    >>> round(model.weight.item(), 2), round(model.bias.item(), 2), len(history)
    (3.0, 1.0, 50)
    """
    from tqdm.auto import tqdm  # only training needs it, and imports are to be quick

    parameters = list(model.parameters())
    inputs, targets = _examples(data, parameters, "training")
    held = None if validation is None else _examples(validation, parameters, "validation")
    optimiser = optimiser or SGD(parameters, lr=0.1, momentum=0.9)
    if not {id(p) for p in optimiser.parameters} & {id(p) for p in parameters}:
        raise TrainingError("the optimiser holds none of the model's parameters; make it with model.parameters()")
    if epochs < 0:
        raise TrainingError(f"training takes 0 epochs or more, not {epochs}")
    batching = batching or MiniBatch()
    rng = np.random.default_rng(rng)
    history = History()
    if early_stopping is not None:
        early_stopping.reset()
    started = time.perf_counter()
    hidden = None if progress is None else not progress
    # A loss that is no number ends the training with its own message: warnings on the way there would only repeat it.
    with (
        np.errstate(all="ignore"),
        tqdm(total=epochs, disable=hidden, unit="epoch", desc="training", dynamic_ncols=True) as bar,
    ):
        for epoch in range(1, epochs + 1):
            row: dict[str, float] = {"epoch": epoch}
            _switch(model, training=True)
            total = 0.0
            for batch in batching.batches(len(inputs), rng):
                x, y = inputs[batch], targets[batch]
                error = loss(model(x), y)
                if not math.isfinite(error.item()):
                    raise _diverged(epoch, history, optimiser)
                optimiser.zero_grad()
                (error if penalty is None else error + penalty(parameters)).backward()
                if clip_norm is not None:
                    clip_by_norm(parameters, clip_norm)
                if clip_value is not None:
                    clip_by_value(parameters, clip_value)
                optimiser.step()
                total += error.item() * len(x)
            row["loss"] = total / len(inputs)
            if not all(np.isfinite(parameter.data).all() for parameter in parameters):
                raise _diverged(epoch, history, optimiser)
            if metrics:
                row |= evaluate(model, loss, (inputs, targets), metrics) | {"loss": row["loss"]}
            if held is not None:
                row |= {f"validation_{name}": value for name, value in evaluate(model, loss, held, metrics).items()}
            row["seconds"] = time.perf_counter() - started
            history.append(row)
            bar.set_postfix({name: f"{row[name]:.4g}" for name in row if name not in ("epoch", "seconds")}, refresh=False)
            bar.update()
            if early_stopping is not None:
                watched = row["loss"] if held is None else row["validation_loss"]
                if early_stopping.update(watched, parameters):
                    history.stopped = f"no improvement for {early_stopping.patience} epochs"
                    break
    if early_stopping is not None:
        early_stopping.restore(parameters)
    return history


def evaluate(
    model: Model, loss: Callable[[Any, Any], Tensor], data: tuple[Any, Any], metrics: Metrics | None = None
) -> dict[str, float]:
    """The loss and metrics of a model on data, without recording, in evaluation mode.

    >>> import numpy as np
    >>> import nn
    >>> from optim import evaluate
    >>> evaluate(nn.Sequential(), nn.MSELoss(), (np.ones((2, 1)), np.zeros((2, 1))))
    {'loss': 1.0}
    """
    inputs, targets = _examples(data, list(model.parameters()), "evaluation")
    was_training = getattr(model, "training", True)
    _switch(model, training=False)
    try:
        with no_grad():
            prediction = model(inputs)
            measured = {"loss": float(loss(prediction, targets))}
    finally:
        _switch(model, training=was_training)
    values = prediction.numpy() if isinstance(prediction, Tensor) else prediction
    return measured | {name: float(metric(values, targets)) for name, metric in (metrics or {}).items()}


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """Share of examples whose highest score is that of their label.

    scores: (n, classes); labels: (n,). Raises ValueError for other shapes.

    >>> import numpy as np
    >>> from optim import accuracy
    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    if scores.ndim != 2 or labels.shape != scores.shape[:1]:
        raise ValueError(f"accuracy: scores (n, classes) and labels (n,) expected, got {scores.shape} and {labels.shape}")
    return float((scores.argmax(axis=-1) == labels).mean())


def _examples(data: tuple[Any, Any], parameters: list[Tensor], what: str) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets as arrays of equal length; numbers in the dtype of the parameters."""
    try:
        inputs, targets = (part.numpy() if isinstance(part, Tensor) else np.asarray(part) for part in data)
    except ValueError:
        raise TrainingError(f"{what} data: rows of different lengths, or not a pair (inputs, targets)") from None
    if not {inputs.dtype.kind, targets.dtype.kind} <= set("biuf"):
        raise TrainingError(f"{what} data: numbers expected, got {inputs.dtype} inputs and {targets.dtype} targets")
    if len(inputs) != len(targets):
        raise TrainingError(f"{what} data: {len(inputs)} inputs but {len(targets)} targets; each example needs one target")
    if not len(inputs):
        raise TrainingError(f"{what} data: there are no examples")
    dtype = parameters[0].dtype if parameters else inputs.dtype
    inputs = inputs.astype(dtype, copy=False)
    return inputs, targets.astype(dtype, copy=False) if targets.dtype.kind == "f" else targets


def _switch(model: Any, training: bool) -> None:
    switch = getattr(model, "train" if training else "eval", None)
    if switch is not None:
        switch()


def _diverged(epoch: int, history: History, optimiser: Optimiser) -> TrainingError:
    last = f"; the last good loss was {history['loss'][-1]:.4g}" if len(history) else ""
    return TrainingError(
        f"the loss became nan or infinite in epoch {epoch}{last}; "
        f"try a learning rate below {optimiser.lr:g}, or limit the norm of the gradient"
    )
