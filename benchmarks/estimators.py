"""Scores and times of our MLP estimators beside scikit-learn's, with the same arguments: python -m benchmarks.estimators

Each data set is split five times; both libraries train on the same standardized parts. The score is accuracy or R² on the rest.
"""

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn import datasets, neural_network
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from optim import integrations

SEEDS = 5
#: Data set → its arrays, and the arguments of the estimators.
TASKS: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "digits": (lambda: datasets.load_digits(return_X_y=True), {"max_iter": 40}),
    "breast cancer": (lambda: datasets.load_breast_cancer(return_X_y=True), {"max_iter": 200}),
    "wine": (lambda: datasets.load_wine(return_X_y=True), {"max_iter": 200}),
    "diabetes": (lambda: datasets.load_diabetes(return_X_y=True), {"max_iter": 200}),
    "generated regression": (
        lambda: datasets.make_friedman1(2000, n_features=8, noise=0.5, random_state=0),
        {"max_iter": 100},
    ),
}


def measure(
    library: Any, is_classification: bool, data: tuple[Any, ...], options: dict[str, Any], seed: int
) -> tuple[float, float]:
    """The score and the seconds of fit of one library."""
    train_x, test_x, train_y, test_y = data
    make = library.MLPClassifier if is_classification else library.MLPRegressor
    estimator = make(random_state=seed, **options)
    start = time.perf_counter()
    estimator.fit(train_x, train_y)
    return estimator.score(test_x, test_y), time.perf_counter() - start


def prepare(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[Any, ...]:
    """Standardized training and test inputs, and their targets; numbers are standardized, too."""
    is_classification = y.dtype.kind == "i"
    train_x, test_x, train_y, test_y = train_test_split(x, y, random_state=seed, stratify=y if is_classification else None)
    scaler = StandardScaler().fit(train_x)
    if not is_classification:
        mean, scale = train_y.mean(), train_y.std()
        train_y, test_y = (train_y - mean) / scale, (test_y - mean) / scale
    return scaler.transform(train_x), scaler.transform(test_x), train_y, test_y


def main() -> None:
    """Print a row for each data set: mean score ± deviation of both libraries, seconds, and their ratio."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(f"{'data set':22}{'scikit-learn':>18}{'ours':>18}{'seconds':>10}{'ours':>8}{'ratio':>7}")
    for name, (load, options) in TASKS.items():
        x, y = load()
        rows = []
        for seed in range(SEEDS):
            data = prepare(x, y, seed)
            rows.append(
                [measure(library, y.dtype.kind == "i", data, options, seed) for library in (neural_network, integrations)]
            )
        results = np.array(rows)  # seeds, libraries, (score, seconds)
        mean, spread = results[..., 0].mean(axis=0), results[..., 0].std(axis=0)
        seconds = np.median(results[..., 1], axis=0)
        scores = "".join(f"{f'{a:.4f} ± {b:.4f}':>18}" for a, b in zip(mean, spread))
        print(f"{name:22}{scores}{seconds[0]:10.3f}{seconds[1]:8.3f}{seconds[1] / seconds[0]:7.2f}", flush=True)


if __name__ == "__main__":
    main()
