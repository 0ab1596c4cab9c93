"""Pruning of Optuna's trials by a callback of `optim.fit` (extra `optuna`)."""

import math
from typing import Any, ClassVar, Literal

from optim import Callback, Run
from optim.training.monitor import Monitor


class OptunaPruning(Callback):
    """Reports a monitored number to a trial of Optuna after each epoch, and ends the trial if its pruner says so.

    trial:   an optuna.Trial.
    monitor: a column of the history, such as "validation_accuracy"; default: validation_loss if there is one, else loss.
    mode:    "min" or "max", the direction of the study; required for every column but a loss.

    A pruned trial ends with optuna.TrialPruned, as Optuna expects; so does one whose loss is nan or infinite. The callback
    works in `optim.fit` and in the `callbacks` of the estimators, which RandomizedSearchCV and the other searches of
    scikit-learn take as they are. Optuna's KerasPruningCallback. Raises ImportError, with the name of the extra, where Optuna
    is not installed.

    An objective with pruning:

        def objective(trial):
            model = nn.MLP([64, trial.suggest_int("hidden", 16, 256, log=True), 10], rng=0)
            optimizer = optim.Adam(model.parameters(), lr=trial.suggest_float("lr", 1e-4, 1e-1, log=True))
            history = optim.fit(model, nn.CrossEntropyLoss(), data, optimizer=optimizer, validation_split=0.2, rng=0,
                                callbacks=[OptunaPruning(trial)])
            return min(history["validation_loss"])

        study = optuna.create_study(pruner=optuna.pruners.MedianPruner())
        study.optimize(objective, n_trials=100)

    >>> import nn
    >>> from optim import fit
    >>> from optim.integrations import OptunaPruning
    >>> class Trial:  # stands for an optuna.Trial
    ...     def report(self, value, step):
    ...         print(f"epoch {step}: {value:.2f}")
    ...     def should_prune(self):
    ...         return False
    >>> model = nn.Linear(1, 1, init="zeros")
    >>> _ = fit(model, nn.MSELoss(), ([[1.0]], [[1.0]]), epochs=2, callbacks=[OptunaPruning(Trial())])
    epoch 1: 1.00
    epoch 2: 0.36
    """

    order: ClassVar[int] = 1  # after EarlyStopping and columns that other callbacks add

    def __init__(self, trial: Any, monitor: str | None = None, mode: Literal["min", "max"] | None = None):
        if not (hasattr(trial, "report") and hasattr(trial, "should_prune")):
            raise TypeError(f"trial: an optuna.Trial, the argument of an objective, expected, got {trial!r:.80}")
        self.trial, self.monitor = trial, Monitor(monitor, mode)

    def on_epoch_evaluated(self, run: Run) -> None:
        value = self.monitor.value(run.logs)
        self.trial.report(value, run.epoch)
        if self.trial.should_prune():
            raise _pruned(f"pruned after epoch {run.epoch} with {value:.4g}")

    def on_divergence(self, run: Run) -> None:
        self.trial.report(math.inf if self.monitor.mode == "min" else -math.inf, run.epoch)
        raise _pruned(run.failure)


def _pruned(reason: str) -> Exception:
    """Optuna's exception for a pruned trial."""
    try:
        from optuna import TrialPruned
    except ImportError as error:
        raise ImportError(f"OptunaPruning needs Optuna: pip install 'chainrule[optuna]' ({error})") from error
    return TrialPruned(reason)
