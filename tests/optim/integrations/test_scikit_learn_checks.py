"""scikit-learn's own checks of estimators, without expected failures."""

import pytest

pytest.importorskip("sklearn", reason="pip install 'chainrule[sklearn]'")

from sklearn.utils.estimator_checks import parametrize_with_checks

from optim.integrations import Classifier, MLPClassifier, MLPRegressor, Regressor

pytestmark = pytest.mark.filterwarnings("ignore")  # the checks train on hostile data, for few epochs

ESTIMATORS = [make(max_iter=100) for make in (MLPClassifier, MLPRegressor, Classifier, Regressor)]


@parametrize_with_checks(ESTIMATORS)
def test_check(estimator, check):
    check(estimator)
