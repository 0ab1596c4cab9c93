"""Rows and engines fit together."""

import importlib

import pytest

from benchmarks.engines import ENGINES
from benchmarks.measurement import MEASURES, UNITS
from benchmarks.suite import OURS, ROWS
from benchmarks.workloads import Import, Size


@pytest.mark.parametrize("name", ROWS)
def test_what_a_row_names_exists(name):
    row = ROWS[name]
    assert set(row.engines) <= set(ENGINES)
    assert row.measure in MEASURES
    assert row.unit in UNITS or row.unit == "MB"
    for target in row.targets:
        assert target.ours in OURS
        assert target.ours in row.engines
        assert not target.peer or target.peer in ROWS[target.row or name].engines


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.torch) if ENGINES[name].package == "torch" else name
        for name in ENGINES
        if name != "hips"
    ],
)
def test_an_engine_can_do_what_the_rows_want_of_it(name):
    wanted = {type(row.work) for row in ROWS.values() if name in row.engines} - {Import, Size}
    if ENGINES[name].package:
        pytest.importorskip(ENGINES[name].imports.split(".")[0])
    assert set(importlib.import_module(f"benchmarks.engines.{name}").WORKS) == wanted


def test_titles_are_no_two_alike():
    titles = [row.title for row in ROWS.values()]
    assert len(set(titles)) == len(titles)
