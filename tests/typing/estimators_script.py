"""A user's script with estimators, as both type checkers must accept it."""

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import nn
import optim
from optim.integrations import Classifier, MLPClassifier, MLPRegressor, Regressor


def linear(inputs: int, outputs: int) -> nn.Module:
    return nn.Linear(inputs, outputs)


x, labels = np.eye(4), np.array(["a", "b", "a", "b"])
classifier = MLPClassifier((8,), ["tanh"], solver=optim.NAdam, class_weight={"a": 2.0}, tol=1.0, n_iter_no_change=1)
assert_type(classifier.fit(x, labels, sample_weight=np.ones(4)), MLPClassifier)
assert_type(classifier.partial_fit(x, labels), MLPClassifier)
predicted: NDArray[Any] = classifier.predict(x)
assert_type(classifier.loss_curve_, list[float])
assert_type(Classifier(linear, solver="lbfgs").fit(x, labels), Classifier)
assert_type(MLPRegressor(solver="lbfgs", loss=nn.HuberLoss()).fit(x, [1.0, 2.0, 3.0, 4.0]), MLPRegressor)
regressor = Regressor(linear, solver="lbfgs", schedule=None).fit(x, [1.0, 2.0, 3.0, 4.0])
assert regressor.predict(x).shape == (4,)
probabilities: NDArray[Any] = classifier.predict_proba(x)
assert_type(regressor.loss_curve_, list[float])
assert_type(MLPRegressor((4,), callbacks=[optim.StepLogger(1, None)], max_iter=1), MLPRegressor)
