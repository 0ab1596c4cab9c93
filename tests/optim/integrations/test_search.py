"""Searches of scikit-learn and Optuna over our estimators and trainings."""

import subprocess
import sys

import numpy as np
import pytest

import nn
import optim
from optim.data import blobs
from optim.integrations import OptunaPruning

X, Y = blobs(n=90, classes=3, rng=0)
DATA = (X, Y)


@pytest.mark.parametrize("backend", [pytest.param("loky", marks=pytest.mark.slow), "threading"])
@pytest.mark.filterwarnings("ignore:the training has not converged")
def test_scikit_learns_searches_run_in_parallel(backend):
    pytest.importorskip("sklearn", reason="pip install 'chainrule[sklearn]'")
    import joblib
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingGridSearchCV, RandomizedSearchCV

    from optim.integrations import Classifier, MLPClassifier

    options = {"cv": 2, "n_jobs": 2, "random_state": 0}
    perceptron = MLPClassifier(max_iter=10, random_state=0)
    choices = {"hidden_layer_sizes": [(4,), (8, 8)], "learning_rate_init": np.geomspace(1e-2, 1e-1, 5)}
    random = RandomizedSearchCV(perceptron, choices, n_iter=3, **options)
    classifier, solvers = Classifier(random_state=0, learning_rate_init=0.05), {"solver": ["adam", "sgd"]}
    halving = HalvingGridSearchCV(classifier, solvers, resource="max_iter", max_resources=8, min_resources=4, **options)
    with joblib.parallel_backend(backend):
        assert random.fit(X, Y).best_score_ > 0.8
        assert halving.fit(X, Y).best_score_ > 0.8


class Trial:
    """Stands for a trial of Optuna that is pruned at an epoch."""

    def __init__(self, last=100):
        self.last, self.reports = last, []

    def report(self, value, step):
        self.reports.append((step, value))

    def should_prune(self):
        return self.reports[-1][0] >= self.last


def train(trial, lr=0.1, **options):
    model = nn.MLP([2, 8, 3], rng=0)
    options = {"epochs": 4, "validation": DATA, "rng": 0} | options
    optimizer = optim.SGD(model.parameters(), lr=lr)
    return optim.fit(model, nn.CrossEntropyLoss(), DATA, optimizer=optimizer, callbacks=[OptunaPruning(trial)], **options)


def test_every_epoch_is_reported():
    trial = Trial()
    history = train(trial)
    assert trial.reports == list(zip(history["epoch"], history["validation_loss"]))


def test_a_pruned_trial_ends():
    optuna = pytest.importorskip("optuna", reason="pip install 'chainrule[optuna]'")
    trial = Trial(last=2)
    with pytest.raises(optuna.TrialPruned, match="pruned after epoch 2 with"):
        train(trial)
    assert len(trial.reports) == 2
    with pytest.raises(optuna.TrialPruned, match="the loss became nan or infinite"):
        train(Trial(), lr=1e300)


def test_a_study_with_pruning():
    optuna = pytest.importorskip("optuna", reason="pip install 'chainrule[optuna]'")
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def objective(trial):
        return train(trial, lr=trial.suggest_float("lr", 1e-4, 1.0, log=True), epochs=6)["validation_loss"][-1]

    pruner = optuna.pruners.MedianPruner(n_startup_trials=3)
    study = optuna.create_study(pruner=pruner, sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(objective, n_trials=12)
    states = [trial.state for trial in study.trials]
    assert states.count(optuna.trial.TrialState.PRUNED) >= 2
    assert study.best_value < 0.2


def test_wrong_trials_and_a_missing_optuna():
    with pytest.raises(TypeError, match=r"trial: an optuna\.Trial, the argument of an objective, expected, got 3"):
        OptunaPruning(3)
    code = (
        "import sys; sys.modules['optuna'] = None\n"
        "from tests.optim.integrations.test_search import Trial, train\n"
        "train(Trial(last=1))"
    )
    error = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr
    assert "OptunaPruning needs Optuna: pip install 'chainrule[optuna]'" in error
