"""Classification and regression: the methods that MLP estimators and those of any module share."""

from typing import Any, Self

import numpy as np

from optim.integrations.estimator import Estimator
from optim.integrations.scikit_learn import (
    ClassifierMixin,
    MultiOutputMixin,
    RegressorMixin,
    accuracy_score,
    check_classification_targets,
    column_or_1d,
    compute_sample_weight,
    r2_score,
    type_of_target,
)
from optim.integrations.target_coding import ClassCoding, NumberCoding


class BaseClassifier(ClassifierMixin, Estimator):
    """A classifier of any labels, or of several labels for each example as (n, labels) zeros and ones.

    classes_, n_outputs_: the labels, and the number of outputs of the model. model_: the trained nn.Module.
    loss_, loss_curve_:   the loss of the last epoch and of each epoch, without the penalty; with L-BFGS the
                          last one with it. n_iter_: the number of epochs.
    history_:             the optim.History. validation_scores_: the accuracies with early_stopping, else None.
    """

    _coding: ClassCoding

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Train a new model; with warm_start the model so far.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n, features)
            The inputs.
        y : array-like of shape (n,) or (n, labels)
            The labels; or zeros and ones of several labels.
        sample_weight : array-like of shape (n,), default=None
            The weights of the examples.

        Returns
        -------
        self : object
            The estimator.
        """
        return self._train(X, y, sample_weight)

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """Train one epoch on a part of the data.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n, features)
            The inputs.
        y : array-like of shape (n,) or (n, labels)
            The labels; or zeros and ones of several labels.
        classes : array-like, default=None
            All labels, for the first call; by default those of y.
        sample_weight : array-like of shape (n,), default=None
            The weights of the examples.

        Returns
        -------
        self : object
            The estimator.
        """
        return self._train(X, y, sample_weight, classes, is_partial=True)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """Predict labels.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n, features)
            The inputs.

        Returns
        -------
        y : ndarray of shape (n,) or (n, labels)
            The most probable label of each row, or zeros and ones of several labels.
        """
        outputs = self._outputs(X)
        return self._coding.labels(outputs)

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """Predict probabilities.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n, features)
            The inputs.

        Returns
        -------
        p : ndarray of shape (n, classes)
            The probability of each class, in the order of classes_, or of each label.
        """
        outputs = self._outputs(X)
        return self._coding.probabilities(outputs)

    def predict_log_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """Predict logarithms of probabilities.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n, features)
            The inputs.

        Returns
        -------
        log_p : ndarray of shape (n, classes)
            The logarithm of predict_proba.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _validate_arrays(
        self,
        X: Any,  # noqa: N803
        y: Any,
        is_first: bool,
        is_numeric: bool = False,
    ) -> tuple[np.ndarray, np.ndarray]:
        X, y = super()._validate_arrays(X, y, is_first, is_numeric)  # noqa: N806
        check_classification_targets(y)
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _make_coding(self, y: np.ndarray, classes: Any) -> ClassCoding:
        is_multilabel = type_of_target(y).startswith("multilabel")
        if y.ndim == 2 and not is_multilabel:
            raise ValueError(f"y: one label for each example, or (n, labels) zeros and ones, expected, got shape {y.shape}")
        if classes is not None:
            self.classes_ = np.unique(classes)
        else:
            self.classes_ = np.arange(y.shape[1]) if is_multilabel else np.unique(y)
        return ClassCoding(self.classes_, is_multilabel, self.loss)

    def _class_weights(self, y: np.ndarray, weights: np.ndarray | None, is_partial: bool) -> np.ndarray | None:
        if self.class_weight is None:
            return weights
        if is_partial and self.class_weight == "balanced":
            raise ValueError("class_weight='balanced' needs all examples; give partial_fit a dict of weights")
        of_class = compute_sample_weight(self.class_weight, y)
        return of_class if weights is None else weights * of_class

    def _score_outputs(self, outputs: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None) -> float:
        return accuracy_score(y, self._coding.labels(outputs), sample_weight=sample_weight)

    def _is_stratified(self) -> bool:
        return not self._coding.is_multilabel


class BaseRegressor(RegressorMixin, MultiOutputMixin, Estimator):
    """A regressor of one or several numbers for each example.

    n_outputs_:         the number of outputs. model_: the trained nn.Module.
    loss_, loss_curve_: the loss of the last epoch and of each epoch, without the penalty; with L-BFGS the
                        last one with it. n_iter_: the number of epochs.
    history_:           the optim.History. validation_scores_: R² with early_stopping, else None.
    """

    _coding: NumberCoding

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Train a new model; with warm_start the model so far.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n, features)
            The inputs.
        y : array-like of shape (n,) or (n, outputs)
            The numbers to predict.
        sample_weight : array-like of shape (n,), default=None
            The weights of the examples.

        Returns
        -------
        self : object
            The estimator.
        """
        return self._train(X, y, sample_weight)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Train one epoch on a part of the data.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n, features)
            The inputs.
        y : array-like of shape (n,) or (n, outputs)
            The numbers to predict.
        sample_weight : array-like of shape (n,), default=None
            The weights of the examples.

        Returns
        -------
        self : object
            The estimator.
        """
        return self._train(X, y, sample_weight, is_partial=True)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """Predict numbers.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n, features)
            The inputs.

        Returns
        -------
        y : ndarray of shape (n,) or (n, outputs)
            The predicted numbers, in the shape of the y of fit.
        """
        outputs = self._outputs(X)
        return self._coding.values(outputs)

    def _make_coding(self, y: np.ndarray, classes: Any) -> NumberCoding:
        return NumberCoding(1 if y.ndim == 1 else y.shape[1], y.ndim == 1, self.loss)

    def _score_outputs(self, outputs: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None) -> float:
        return r2_score(y, self._coding.values(outputs), sample_weight=sample_weight)
