"""Results of packages written for HIPS autograd, by name. With HIPS autograd, `python fits.py` prints those of `fits.json`."""

import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import autograd.numpy as anp
from autograd import grad

LIFELINES = ("Weibull", "Exponential", "LogNormal", "LogLogistic", "GeneralizedGamma", "PiecewiseExponential")
REGRESSIONS = ("WeibullAFT", "LogNormalAFT", "LogLogisticAFT", "CoxPH", "PiecewiseExponentialRegression")
SURPYVAL = (
    *("Weibull", "Exponential", "Normal", "LogNormal", "Gamma", "Gumbel", "Logistic", "LogLogistic", "ExpoWeibull", "Rayleigh"),
)
GAMMAS = {"gammainc": (1.5, 2.0), "gammaincc": (1.5, 2.0), "gammaincln": (1.5, 2.0), "gammainccln": (1.5, 2.0)}
BETAS = {"betainc": (1.0, 2.0, 0.5), "betaincln": (1.0, 2.0, 0.5)}


def lifelines_fit(name: str) -> list[float]:
    """Log-likelihood, coefficients and standard errors."""
    import lifelines
    from lifelines.datasets import load_rossi, load_waltons

    if name in REGRESSIONS:
        breakpoints = ([20, 40],) if name.startswith("Piecewise") else ()
        fitter = getattr(lifelines, f"{name}Fitter")(*breakpoints, penalizer=0.01).fit(load_rossi(), "week", "arrest")
    else:
        data = load_waltons()
        breakpoints = ([20, 40],) if name.startswith("Piecewise") else ()
        fitter = getattr(lifelines, f"{name}Fitter")(*breakpoints).fit(data["T"], data["E"])
    return [fitter.log_likelihood_, *fitter.summary["coef"], *fitter.summary["se(coef)"]]


def surpyval_fit(name: str) -> list[float]:
    """Parameters, log-likelihood, and a confidence bound of the reliability function."""
    import surpyval

    rng = np.random.default_rng(0)
    x, is_censored = np.round(10 * rng.weibull(2.0, 200), 6), (rng.random(200) < 0.3).astype(int)
    model = getattr(surpyval, name).fit(x, c=is_censored)
    return [*model.params, model.neg_ll(), *np.ravel(model.cb(np.array([5.0, 10.0])))]


def gamma_gradients(name: str) -> list[float]:
    """The gradients of a function of autograd-gamma with respect to each argument."""
    import autograd_gamma

    args = {**GAMMAS, **BETAS}[name]
    return [grad(getattr(autograd_gamma, name), argnum)(*args) for argnum in range(len(args))]


def dominant_eigenvector(name: str) -> list[float]:
    """pymanopt's first example: the dominant eigenvector, by the gradient and Hessian of a cost on the sphere."""
    import pymanopt
    import pymanopt.manifolds
    import pymanopt.optimizers

    matrix = np.random.default_rng(0).normal(size=(8, 8))
    matrix = (matrix + matrix.T) / 2
    manifold = pymanopt.manifolds.Sphere(8)

    @pymanopt.function.autograd(manifold)
    def cost(point: Any) -> Any:
        return -point @ matrix @ point

    problem, start = pymanopt.Problem(manifold, cost), np.ones(8) / np.sqrt(8)
    point = getattr(pymanopt.optimizers, name)(verbosity=0).run(problem, initial_point=start).point
    return [*(point * np.sign(point[0])), cost(point), anp.linalg.norm(point)]


RESULTS: dict[str, tuple[Callable[[str], list[float]], tuple[str, ...]]] = {
    "lifelines": (lifelines_fit, (*LIFELINES, *REGRESSIONS)),
    "surpyval": (surpyval_fit, SURPYVAL),
    "autograd_gamma": (gamma_gradients, (*GAMMAS, *BETAS)),
    "pymanopt": (dominant_eigenvector, ("TrustRegions", "ConjugateGradient")),
}


def names() -> Iterator[tuple[str, str]]:
    """The packages, each with the names of its results."""
    for package, (_, of_package) in RESULTS.items():
        for name in of_package:
            yield package, name


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    results = {f"{package} {name}": [float(x) for x in RESULTS[package][0](name)] for package, name in names()}
    print("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(values)}" for name, values in results.items()) + "\n}")
