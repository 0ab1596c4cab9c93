"""Estimators in scikit-learn's tools: ColumnTransformer, joblib, and the docstrings that its tools read."""

import inspect

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="pip install 'chainrule[sklearn]'")

import joblib
from sklearn.compose import ColumnTransformer
from sklearn.externals._numpydoc.docscrape import ClassDoc, FunctionDoc
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from optim.integrations import Classifier, MLPClassifier, MLPRegressor, Regressor

ESTIMATORS = [MLPClassifier, MLPRegressor, Classifier, Regressor]
METHODS = [
    (cls, name) for cls in ESTIMATORS for name in ("fit", "partial_fit", "predict", "predict_proba", "predict_log_proba")
    if hasattr(cls, name)
]  # fmt: skip


def test_columns_of_text_and_numbers(tmp_path):
    sizes, cities = np.linspace(-1, 1, 80), np.array(["Kyiv", "Lviv"] * 40)
    table = np.empty((80, 2), object)
    table[:, 0], table[:, 1] = sizes, cities
    y = sizes + (cities == "Kyiv")
    encode = ColumnTransformer([("number", StandardScaler(), [0]), ("text", OneHotEncoder(), [1])])
    model = make_pipeline(encode, MLPRegressor((8,), solver="lbfgs", random_state=0)).fit(table, y)
    assert model.score(table, y) > 0.99
    joblib.dump(model, tmp_path / "model.joblib")
    np.testing.assert_array_equal(joblib.load(tmp_path / "model.joblib").predict(table), model.predict(table))


@pytest.mark.filterwarnings("ignore:the training has not converged")
@pytest.mark.parametrize("cls", ESTIMATORS)
def test_class_docstrings_describe_every_argument(cls):
    doc = ClassDoc(cls, config={"show_class_members": False})
    parameters = doc["Parameters"]
    assert [parameter.name for parameter in parameters] == list(inspect.signature(cls).parameters)
    assert all(parameter.desc and parameter.type for parameter in (*parameters, *doc["Attributes"]))
    defaults = {parameter.name: parameter.type.rpartition("default=")[2] for parameter in parameters}
    for name, parameter in inspect.signature(cls).parameters.items():
        if isinstance(parameter.default, bool | int | float):
            assert float(eval(defaults[name])) == parameter.default
    names = {attribute.name for attribute in doc["Attributes"]}
    y = np.arange(20) % 2 if hasattr(cls, "predict_proba") else np.linspace(0, 1, 20)
    fitted = cls(max_iter=1, solver="lbfgs", tol=10.0).fit(np.linspace(0, 1, 20)[:, None], y)
    assert names <= set(vars(fitted))


@pytest.mark.parametrize(("cls", "method"), METHODS)
def test_method_docstrings_describe_every_argument(cls, method):
    function = getattr(cls, method)
    doc = FunctionDoc(function)
    assert [parameter.name for parameter in doc["Parameters"]] == list(inspect.signature(function).parameters)[1:]
    assert len(doc["Returns"]) == 1
