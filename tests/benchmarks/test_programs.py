"""The programs in the style of HIPS autograd's examples compute the same as with HIPS autograd 1.9.1."""

import importlib

import pytest

from benchmarks.programs import PROGRAMS

#: The numbers that one step returns with HIPS autograd 1.9.1, SciPy 1.17 and NumPy 2.4.
VALUES = {
    "neural_net": 1492.7517677165022,
    "convnet": 2.923743993764493,
    "rnn": 4.032945172404434,
    "lstm": 4.0219919307866885,
    "gaussian_process": -44.617938527410324,
    "bayesian_net": 8112.403503070469,
    "hmm_em": -588.7521259608853,
    "ode_net": 1.6528731949706121,
    "rosenbrock": 0.9999999710013956,
    "negative_binomial": 2.467258101430798,
    "fluid": 0.10798401527939165,
    "wing": -5.9279891449799645e-05,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_one_step(name):
    pytest.importorskip("scipy")
    step = importlib.import_module(f"benchmarks.programs.{name}").prepare()
    assert float(step()) == pytest.approx(VALUES[name], rel=1e-6)
