"""The estimators of optim.integrations: their arguments, and their places in scikit-learn's pipelines and searches."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="pip install 'chainrule[sklearn]'")

import sklearn
from sklearn import datasets
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier as ReferenceClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nn
import optim
from optim.integrations import Classifier, MLPClassifier, MLPRegressor, Regressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

WINE_X, WINE_Y = datasets.load_wine(return_X_y=True)
WINE_X = StandardScaler().fit_transform(WINE_X)
NAMES = np.array(["barolo", "grignolino", "barbera"])[WINE_Y]
LINE_X = np.linspace(-1, 1, 80)[:, None]


def linear(inputs, outputs, rng):
    return nn.Linear(inputs, outputs, rng=rng)


def test_string_labels_and_probabilities():
    model = MLPClassifier((20,), random_state=0, max_iter=60, learning_rate_init=0.01).fit(WINE_X, NAMES)
    assert model.score(WINE_X, NAMES) > 0.97
    assert model.classes_.tolist() == sorted(set(NAMES))
    probabilities = model.predict_proba(WINE_X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (model.classes_[probabilities.argmax(axis=1)] == model.predict(WINE_X)).all()
    np.testing.assert_allclose(np.exp(model.predict_log_proba(WINE_X)), probabilities)
    assert len(model.loss_curve_) == model.n_iter_ == len(model.history_)


def test_the_first_epochs_are_those_of_scikit_learn():
    """With its weights, full batches and the same arguments; the loss without the penalty."""
    options = {"solver": "sgd", "alpha": 0.5, "learning_rate_init": 0.1, "batch_size": 178, "max_iter": 5, "random_state": 0}
    reference = ReferenceClassifier((7,), **options, warm_start=True)
    ours = MLPClassifier((7,), **options, warm_start=True)
    reference.set_params(max_iter=1).fit(WINE_X, WINE_Y)
    ours.set_params(max_iter=1).fit(WINE_X, WINE_Y)
    for linear_layer, weight, bias in zip(ours.model_[::2], reference.coefs_, reference.intercepts_):
        linear_layer.weight.data, linear_layer.bias.data = weight.copy(), bias.copy()
    for model in (reference, ours):
        model.set_params(max_iter=5).fit(WINE_X, WINE_Y)
    np.testing.assert_allclose(ours.predict_proba(WINE_X), reference.predict_proba(WINE_X), rtol=1e-9)


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs", "adamw", "rmsprop", optim.NAdam])
def test_solvers(solver):
    model = MLPClassifier((10,), solver=solver, learning_rate_init=0.02, max_iter=40, random_state=0)
    assert model.fit(WINE_X, WINE_Y).score(WINE_X, WINE_Y) > 0.97


def test_layers_are_described_by_arguments():
    model = MLPRegressor((6, 5), ["tanh", "relu"], dropout=0.1, batch_norm=True, max_iter=2).fit(LINE_X, LINE_X[:, 0])
    kinds = [type(layer).__name__ for layer in model.model_]
    assert kinds == ["Linear", "BatchNorm1d", "Tanh", "Dropout", "Linear", "BatchNorm1d", "ReLU", "Dropout", "Linear"]


def test_several_labels():
    x, y = datasets.make_multilabel_classification(200, n_classes=4, random_state=0)
    x = StandardScaler().fit_transform(x)
    model = MLPClassifier((20,), max_iter=100, learning_rate_init=0.01, random_state=0).fit(x, y)
    assert model.predict(x).shape == model.predict_proba(x).shape == y.shape
    assert (model.predict(x) == y).mean() > 0.9


def test_several_outputs():
    y = np.hstack([LINE_X, LINE_X**2])
    model = MLPRegressor((20,), "tanh", solver="lbfgs", random_state=0).fit(LINE_X, y)
    assert model.predict(LINE_X).shape == y.shape
    assert model.score(LINE_X, y) > 0.99


@pytest.mark.parametrize("loss", ["hinge", nn.BCELoss(), nn.CrossEntropyLoss(), nn.MultiMarginLoss()])
def test_losses_of_two_classes(loss):
    y = np.where(LINE_X[:, 0] > 0.1, "up", "down")

    def model(inputs, outputs, rng):
        layers = [nn.MLP([inputs, 8, outputs], rng=rng)] + [nn.Sigmoid()] * isinstance(loss, nn.BCELoss)
        return nn.Sequential(*layers)

    estimator = Classifier(model, loss=loss, max_iter=100, learning_rate_init=0.02, random_state=0).fit(LINE_X, y)
    assert estimator.score(LINE_X, y) > 0.95
    probabilities = estimator.predict_proba(LINE_X)
    assert probabilities.shape == (80, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_poisson_loss_predicts_counts():
    y = np.exp(2 * LINE_X[:, 0])
    model = Regressor(linear, loss="poisson", solver="lbfgs", alpha=0, random_state=0).fit(LINE_X, y)
    np.testing.assert_allclose(model.predict(LINE_X), y, rtol=1e-2)


def test_weights_of_classes_move_the_boundary():
    rng = np.random.default_rng(0)
    y = (rng.random(300) < 0.1).astype(int)
    x = (y + rng.normal(0, 1, 300))[:, None]
    share = lambda **options: Classifier(linear, solver="lbfgs", random_state=0, **options).fit(x, y).predict(x).mean()
    assert share() < 0.05 < 0.2 < share(class_weight="balanced")
    assert share(class_weight={0: 1, 1: 1000}) > 0.9


def test_early_stopping_restores_the_best_weights():
    model = MLPClassifier((30,), early_stopping=True, n_iter_no_change=3, max_iter=200, learning_rate_init=0.01, random_state=0)
    model.fit(WINE_X, WINE_Y)
    assert model.n_iter_ < 200
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert (
        model.history_.kept_epoch == np.argmax(np.diff([-np.inf, *model.validation_scores_]) > 0) + 1
        or model.history_.kept_epoch
    )


def test_partial_fit_continues_and_knows_all_classes():
    model = MLPClassifier((10,), learning_rate_init=0.02, random_state=0)
    model.partial_fit(WINE_X[WINE_Y == 0], WINE_Y[WINE_Y == 0], classes=[0, 1, 2])
    for _ in range(30):
        model.partial_fit(WINE_X, WINE_Y)
    assert model.score(WINE_X, WINE_Y) > 0.97
    assert len(model.loss_curve_) == 31
    with pytest.raises(ValueError, match="y has the label 7; the classes are"):
        model.partial_fit(WINE_X[:1], [7])


def test_warm_start_continues():
    model = MLPRegressor((5,), max_iter=3, warm_start=True, random_state=0).fit(LINE_X, LINE_X[:, 0])
    first = model.loss_
    assert model.fit(LINE_X, LINE_X[:, 0]).loss_curve_[0] < first


def test_callbacks_and_schedules():
    epochs = []
    model = MLPRegressor(
        schedule=lambda optimizer: optim.ExponentialLR(optimizer, 0.5),
        max_iter=3,
        callbacks=[lambda run: epochs.append(run.epoch)],
    )
    model.fit(LINE_X, LINE_X[:, 0])
    assert epochs == [1, 2, 3]
    np.testing.assert_allclose(model.history_["lr"], [1e-3, 5e-4, 2.5e-4])


def test_a_training_without_convergence_warns():
    with pytest.warns(ConvergenceWarning, match="has not converged in max_iter=2 iterations"):
        MLPRegressor(max_iter=2).fit(LINE_X, LINE_X[:, 0])


def test_float32_stays():
    model = MLPRegressor(max_iter=2).fit(LINE_X.astype("float32"), LINE_X[:, 0])
    assert model.predict(LINE_X).dtype == "float32"


def test_the_default_of_shuffle_is_reproducible():
    first, second = (
        MLPClassifier(batch_size=20, max_iter=2, random_state=3, dropout=0.2).fit(WINE_X, WINE_Y) for _ in range(2)
    )
    np.testing.assert_array_equal(first.predict_proba(WINE_X), second.predict_proba(WINE_X))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"solver": "adma"}, "solver: .*'adam', .*or an optimizer such as optim.RMSprop expected, got 'adma'"),
        ({"loss": "mse"}, "loss: 'squared_error', .*expected, got 'mse'"),
        ({"hidden_layer_sizes": (5, 0)}, "hidden_layer_sizes: positive integers expected"),
        ({"batch_size": 0}, "batch_size: 'auto' or a number of examples, at least 1"),
        ({"activation": "rellu"}, "rellu"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**options).fit(WINE_X, WINE_Y)


def test_losses_that_do_not_suit_the_classes():
    with pytest.raises(ValueError, match="3 classes need a loss such as CrossEntropyLoss"):
        MLPClassifier(loss="hinge").fit(WINE_X, WINE_Y)
    with pytest.raises(ValueError, match="several labels for each example need a binary loss"):
        MLPClassifier(loss=nn.CrossEntropyLoss()).fit(LINE_X, np.ones((80, 2), int) * [[0, 1]])
    with pytest.raises(TypeError, match="module_factory: a function of"):
        Regressor(lambda inputs, outputs: None).fit(LINE_X, LINE_X[:, 0])


def test_what_partial_fit_and_small_data_do_not_allow():
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping"):
        MLPClassifier(early_stopping=True).partial_fit(WINE_X, WINE_Y)
    with pytest.raises(ValueError, match="needs all examples; give partial_fit a dict"):
        MLPClassifier(class_weight="balanced").partial_fit(WINE_X, WINE_Y)
    with pytest.raises(ValueError, match="fewer than 2 validation examples"):
        MLPRegressor(early_stopping=True).fit(LINE_X[:5], LINE_X[:5, 0])
    model = MLPRegressor(max_iter=1).partial_fit(LINE_X, LINE_X[:, 0])
    with pytest.raises(ValueError, match="y: 1 targets for each example expected, got 2"):
        model.partial_fit(LINE_X, np.hstack([LINE_X, LINE_X]))
    labels = MLPClassifier().partial_fit(LINE_X, np.eye(2, dtype=int)[(LINE_X[:, 0] > 0).astype(int)])
    with pytest.raises(ValueError, match=r"y: \(n, 2\) labels expected"):
        labels.partial_fit(LINE_X, np.ones((80, 3), int))


def test_targets_with_several_classes_in_each_column_are_refused():
    with pytest.raises(ValueError, match=r"y: one label for each example, or \(n, labels\) zeros and ones"):
        MLPClassifier().fit(WINE_X, np.column_stack([WINE_Y, WINE_Y]))


def test_early_stopping_scores_a_regression_by_its_weighted_r2():
    y = LINE_X[:, 0]
    model = MLPRegressor((20,), "tanh", early_stopping=True, max_iter=300, learning_rate_init=0.05, random_state=0)
    assert model.fit(LINE_X, y, sample_weight=np.linspace(1, 2, 80)).best_validation_score_ > 0.9


def test_cross_validation_and_search():
    pipeline = make_pipeline(StandardScaler(), MLPClassifier((10,), max_iter=20, learning_rate_init=0.02, random_state=0))
    assert cross_val_score(pipeline, WINE_X, NAMES, cv=3).mean() > 0.9
    search = GridSearchCV(clone(pipeline), {"mlpclassifier__solver": ["adam", optim.RMSprop]}, n_jobs=2, cv=2)
    assert search.fit(WINE_X, NAMES).best_score_ > 0.9


def test_columns_of_a_data_frame():
    pandas = pytest.importorskip("pandas")
    from sklearn.compose import make_column_transformer
    from sklearn.preprocessing import OneHotEncoder

    frame = pandas.DataFrame({"size": LINE_X[:, 0], "city": ["Kyiv", "Lviv"] * 40})
    encode = make_column_transformer((StandardScaler(), ["size"]), (OneHotEncoder(), ["city"]))
    y = LINE_X[:, 0] + (frame["city"] == "Kyiv")
    model = make_pipeline(encode, MLPRegressor((8,), solver="lbfgs", random_state=0)).fit(frame, y)
    assert model.score(frame, y) > 0.99
    alone = MLPRegressor(max_iter=1).fit(frame[["size"]], y)
    assert alone.feature_names_in_.tolist() == ["size"]


def test_weights_are_routed():
    with sklearn.config_context(enable_metadata_routing=True):
        model = MLPClassifier(max_iter=1).set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        weights = np.ones(len(WINE_X))
        assert len(cross_val_score(model, WINE_X, WINE_Y, params={"sample_weight": weights}, cv=2)) == 2


def test_html_repr_has_the_arguments():
    assert "hidden_layer_sizes" in MLPClassifier((3,))._repr_html_()


def test_a_pickled_estimator_opens_in_another_process(tmp_path):
    model = MLPClassifier((4,), max_iter=3, random_state=0).fit(WINE_X, NAMES)
    (tmp_path / "model.pickle").write_bytes(pickle.dumps(model))
    np.save(tmp_path / "x.npy", WINE_X[:5])
    code = (
        "import pickle, sys, numpy as np; folder = sys.argv[1]; "
        "model = pickle.load(open(folder + '/model.pickle', 'rb')); "
        "print(*model.predict(np.load(folder + '/x.npy')))"
    )
    printed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True).stdout
    assert printed.split() == model.predict(WINE_X[:5]).tolist()


def test_without_scikit_learn_the_extra_is_named():
    code = "import sys; sys.modules['sklearn'] = None; from optim.integrations import MLPClassifier"
    error = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr
    assert "the estimators need scikit-learn: pip install 'chainrule[sklearn]'" in error


def test_data_frames_with_text_and_gaps_are_encoded():
    for frame in passenger_frames():
        model = MLPClassifier((8,), random_state=0, max_iter=150, learning_rate_init=0.02).fit(frame, SURVIVED)
        assert model.feature_names_in_.tolist() == ["age", "city", "married"]
        assert model.n_features_in_ == 3
        assert model.score(frame, SURVIVED) > 0.95
        assert (pickle.loads(pickle.dumps(model)).predict_proba(frame) == model.predict_proba(frame)).all()
        with pytest.warns(UserWarning, match="city: unknown category 'Oslo' in 20 rows, encoded as zeros"):
            model.predict(frame.replace("Lviv", "Oslo") if hasattr(frame, "iloc") else replaced(frame))
        with pytest.raises(ValueError, match="feature names should match"):
            model.predict(frame[["city", "age", "married"]])
        assert cross_val_score(model, frame, SURVIVED, cv=2).mean() > 0.9
        assert Regressor(linear, random_state=0).fit(frame, np.arange(40.0)).predict(frame).shape == (40,)


SURVIVED = np.array(["no", "yes"] * 20)


def passenger_frames():
    """The same table as a DataFrame of each library that is installed."""
    ages = [None if i % 7 == 0 else float(i % 50) for i in range(40)]
    cities = ["Kyiv" if i % 2 else "Lviv" for i in range(40)]
    columns = {"age": ages, "city": cities, "married": [i % 3 == 0 for i in range(40)]}
    for library in ("pandas", "polars"):
        try:
            yield __import__(library).DataFrame(columns)
        except ImportError:
            continue


def replaced(frame):
    return frame.with_columns(frame["city"].replace("Lviv", "Oslo"))
