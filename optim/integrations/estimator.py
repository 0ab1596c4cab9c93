"""The base of the estimators: scikit-learn's conventions around `optim.fit`."""

import inspect
import warnings
from collections.abc import Callable
from typing import Any, Self

import numpy as np

import nn
import optim
from optim.data import DataLoader, TableEncoder
from optim.data.tables.data_frames import has_other_values
from optim.integrations.names import OPTIMIZERS, look_up
from optim.integrations.scikit_learn import (
    BaseEstimator,
    ConvergenceWarning,
    check_is_fitted,
    check_random_state,
    check_sample_weight,
    check_X_y,
    train_test_split,
    validate_data,
)
from optim.integrations.stopping import Convergence, ValidationScore


class Estimator(BaseEstimator):
    """Trains a model by `optim.fit` with the arguments of scikit-learn's estimators.

    A subclass has the arguments as attributes and defines `_make_model`, `_make_coding`, `_score_outputs` and `_is_stratified`.
    """

    _coding: Any
    _encoder: TableEncoder | None  # of a DataFrame with other columns than numbers
    loss_curve_: list[float]

    def _make_model(self, inputs: int, outputs: int, rng: np.random.Generator) -> nn.Module:
        """The model with initial weights."""
        raise NotImplementedError

    def _make_coding(self, y: np.ndarray, classes: Any) -> Any:
        """The coding of the targets y: ClassCoding or NumberCoding."""
        raise NotImplementedError

    def _score_outputs(self, outputs: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None) -> float:
        """The score of outputs of the model, higher is better."""
        raise NotImplementedError

    def _is_stratified(self) -> bool:
        """Whether each class has its share in the validation data."""
        return False

    # Training

    def _train(self, X: Any, y: Any, sample_weight: Any, classes: Any = None, is_partial: bool = False) -> Self:  # noqa: N803
        """Train a new model, or the model so far after partial_fit or with warm_start."""
        is_first = not hasattr(self, "model_") or not (self.warm_start or is_partial)
        X, y = self._validate_arrays(X, y, is_first)  # noqa: N806
        weights = None if sample_weight is None else check_sample_weight(sample_weight, X, ensure_non_negative=True)
        weights = self._class_weights(y, weights, is_partial)
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31 - 1))
        if is_first:
            self._coding = self._make_coding(y, classes)
            self._start(X, rng)
        if is_first or not is_partial:
            self.history_, self.loss_curve_ = optim.History(), []
        self._run(X, y, weights, rng, is_partial)
        return self

    def _class_weights(self, y: np.ndarray, weights: np.ndarray | None, is_partial: bool) -> np.ndarray | None:
        """The weights of the examples with those of their classes; the classifiers override it."""
        return weights

    def _validate_arrays(
        self,
        X: Any,  # noqa: N803
        y: Any,
        is_first: bool,
        is_numeric: bool = True,
    ) -> tuple[np.ndarray, np.ndarray]:
        """X and y as arrays; is_numeric: whether y is numbers."""
        options = {"multi_output": True, "y_numeric": is_numeric, "dtype": (np.float64, np.float32)}
        if is_first:
            self._encoder = TableEncoder.fit(X) if has_other_values(X) else None
        if self._encoder is None:
            return validate_data(self, X, y, reset=is_first, **options)
        validate_data(self, X, reset=is_first, skip_check_array=True)  # the names of the columns
        return check_X_y(self._encoder.apply(X), y, **options)

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:  # noqa: N803
        """Make the model in the dtype of X, and forget the optimizer."""
        self.n_outputs_ = self._coding.outputs
        self.model_ = self._make_model(X.shape[1], self.n_outputs_, rng).astype(X.dtype)
        self._optimizer: optim.Optimizer | None = None

    def _run(
        self,
        X: np.ndarray,  # noqa: N803
        y: np.ndarray,
        weights: np.ndarray | None,
        rng: np.random.Generator,
        is_partial: bool,
    ) -> None:
        is_early = self.early_stopping and self.solver != "lbfgs"
        if is_early and is_partial:
            raise ValueError("partial_fit does not support early_stopping=True")
        callbacks = list(self.callbacks or ())
        if is_early:
            X, y, weights, validation = self._split(X, y, weights, rng)  # noqa: N806
            callbacks += self._early_stopping(*validation)
        elif not is_partial and self.solver != "lbfgs":
            callbacks.append(Convergence(self.tol, self.n_iter_no_change))
        options = self._training_options(len(X), weights, is_partial)
        targets = self._coding.encode(y, X.dtype)
        loader = DataLoader((X, targets), options.pop("batching"), shuffle=self.shuffle, rng=rng)
        history = optim.fit(
            self.model_,
            self._coding.loss,
            loader,
            sample_weight=weights,
            callbacks=callbacks,
            progress=bool(self.verbose),
            **options,
        )
        self._record(history, options["epochs"], is_partial)

    def _training_options(self, n: int, weights: np.ndarray | None, is_partial: bool) -> dict[str, Any]:
        """Optimizer, schedule, batching and epochs as arguments of `optim.fit`."""
        is_full = self.solver == "lbfgs"
        if not (self.batch_size == "auto" or (isinstance(self.batch_size, int | np.integer) and self.batch_size >= 1)):
            raise ValueError(f"batch_size: 'auto' or a number of examples, at least 1, expected, got {self.batch_size!r}")
        size = n if is_full else min(200 if self.batch_size == "auto" else int(self.batch_size), n)
        mean_weight = 1.0 if weights is None else max(float(weights.mean()), np.finfo(float).tiny)
        penalty = optim.L2(self.alpha / (2 * size * mean_weight)) if self.alpha else None
        options: dict[str, Any] = {"batching": optim.Batch() if size == n else optim.MiniBatch(size)}
        options["epochs"] = 1 if is_full or is_partial else self.max_iter
        if self._optimizer is None or not is_partial:
            self._optimizer = self._make_optimizer(None if is_full else penalty)
        if is_full and penalty is not None:
            options["penalty"] = penalty
        if self.schedule is not None and not is_partial:
            options["schedule"] = self.schedule(self._optimizer)
        return options | {"optimizer": self._optimizer}

    def _make_optimizer(self, penalty: optim.L2 | None) -> optim.Optimizer:
        make, parameters = (
            look_up("solver", self.solver, OPTIMIZERS, "an optimizer such as optim.RMSprop"),
            self.model_.parameters(),
        )
        if self.solver == "lbfgs":
            options = {"max_iter": self.max_iter, "max_eval": 15_000, "tolerance_grad": self.tol, "history_size": 10}
            return make(list(parameters), line_search_fn="strong_wolfe", **options)
        common: dict[str, Any] = {} if penalty is None else {"penalty": penalty}
        if self.solver == "sgd":
            common |= {"momentum": self.momentum, "nesterov": self.nesterovs_momentum and self.momentum > 0}
        return make(list(parameters), lr=self.learning_rate_init, **common)

    def _record(self, history: optim.History, epochs: int, is_partial: bool) -> None:
        """Set the attributes that a training leaves, and warn if it ended before it converged."""
        is_full = self.solver == "lbfgs"
        self.loss_curve_ += [self._optimizer.loss] if is_full else history["loss"]  # type: ignore[union-attr]
        for row in history.rows:
            self.history_.append(row)
        self.history_.stopped, self.history_.kept_epoch = history.stopped, history.kept_epoch
        self.loss_, self.best_loss_ = self.loss_curve_[-1], min(self.loss_curve_)
        self.validation_scores_ = history.get("validation_score")
        self.best_validation_score_ = None if self.validation_scores_ is None else max(self.validation_scores_)
        self.n_iter_ = self._optimizer.n_iter if is_full else len(history)  # type: ignore[union-attr]
        is_at_limit = self.n_iter_ >= self.max_iter if is_full else not history.stopped
        if is_at_limit and not is_partial:
            warnings.warn(
                f"the training has not converged in max_iter={self.max_iter} iterations", ConvergenceWarning, stacklevel=5
            )

    # Early stopping

    def _split(
        self,
        X: np.ndarray,  # noqa: N803
        y: np.ndarray,
        weights: np.ndarray | None,
        rng: np.random.Generator,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, tuple[Any, ...]]:
        """X, y and weights of the training examples, and those of the validation examples."""
        indices = train_test_split(
            np.arange(len(X)),
            test_size=self.validation_fraction,
            random_state=int(rng.integers(2**31 - 1)),
            stratify=y if self._is_stratified() else None,
        )
        if len(indices[1]) < 2:
            raise ValueError("early_stopping: fewer than 2 validation examples; use a larger validation_fraction or more data")
        train, held_out = ((X[i], y[i], None if weights is None else weights[i]) for i in indices)
        return *train, held_out

    def _early_stopping(self, X: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> list[optim.Callback]:  # noqa: N803
        """The callbacks that monitor the score of the validation examples and restore the best weights."""
        score = lambda: self._score_outputs(optim.predict(self.model_, X), y, weights)
        stopping = optim.EarlyStopping(self.n_iter_no_change, self.tol, monitor="validation_score", mode="max")
        return [ValidationScore(score), stopping]

    # Prediction

    def _outputs(self, X: Any) -> np.ndarray:  # noqa: N803
        """The outputs of the model for X."""
        check_is_fitted(self, "model_")
        if self._encoder is None:
            return optim.predict(self.model_, validate_data(self, X, reset=False, dtype=(np.float64, np.float32)))
        validate_data(self, X, reset=False, skip_check_array=True)
        return optim.predict(self.model_, self._encoder.apply(X))


def call_factory(factory: Callable[..., nn.Module], inputs: int, outputs: int, rng: np.random.Generator) -> nn.Module:
    """The model of factory(inputs, outputs), with rng=… if it has such a parameter; raises TypeError for other results."""
    options = {"rng": rng} if "rng" in inspect.signature(factory).parameters else {}
    model = factory(inputs, outputs, **options)
    if not isinstance(model, nn.Module):
        raise TypeError(
            f"module_factory: a function of (inputs, outputs) that returns an nn.Module expected, got {model!r:.80}"
        )
    return model
