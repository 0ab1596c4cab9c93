"""Packages written for HIPS autograd compute the same on chainrule: their results, beside those that HIPS autograd 1.9.1 gives.

They are installed by the job `clients` of .ci/run, not by the extras: they would pull HIPS autograd over this package.
"""

import importlib.metadata
import json
import warnings
from pathlib import Path

import pytest

import autograd
from tests.clients.fits import RESULTS, names

pytestmark = pytest.mark.clients
EXPECTED = json.loads(Path(__file__).with_name("fits.json").read_text())


def test_the_name_of_hips_autograd_is_taken_by_a_distribution_without_modules():
    pytest.importorskip("lifelines")
    distribution = importlib.metadata.distribution("autograd")
    assert distribution.version.endswith("+chainrule")
    assert hasattr(autograd, "Tensor")


@pytest.mark.parametrize(("package", "name"), names())
def test_results(package, name):
    pytest.importorskip(package)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the packages about themselves
        values = [float(x) for x in RESULTS[package][0](name)]
    assert values == pytest.approx(EXPECTED[f"{package} {name}"], rel=1e-5, abs=1e-8)
