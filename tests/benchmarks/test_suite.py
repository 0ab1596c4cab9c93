"""Cases and engines match."""

import importlib

import pytest

from benchmarks.engines import ENGINES
from benchmarks.measurement import MEASURES, UNITS
from benchmarks.suite import CASES, CHAINRULE_ENGINES
from benchmarks.workloads import Import, Size


@pytest.mark.parametrize("name", CASES)
def test_names_in_a_case_exist(name):
    case = CASES[name]
    assert set(case.engines) <= set(ENGINES)
    assert case.measure in MEASURES
    assert case.limit in ("overhead", "BLAS", "memory")
    assert case.unit in UNITS or case.unit == "MB"
    for target in case.targets:
        assert target.engine in CHAINRULE_ENGINES
        assert target.engine in case.engines
        assert not target.peer or target.peer in CASES[target.case or name].engines


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.torch) if ENGINES[name].package == "torch" else name
        for name in ENGINES
        if name != "hips"
    ],
)
def test_an_engine_has_the_workloads_of_its_cases(name):
    expected = {type(case.workload) for case in CASES.values() if name in case.engines} - {Import, Size}
    if ENGINES[name].package:
        pytest.importorskip(ENGINES[name].imports.split(".")[0])
    assert set(importlib.import_module(f"benchmarks.engines.{name}").WORKLOADS) == expected


def test_titles_are_unique():
    titles = [case.title for case in CASES.values()]
    assert len(set(titles)) == len(titles)
