"""Medians, ratios and targets, and the tables that are made of them."""

import pytest

from benchmarks.report import summary
from benchmarks.table import digits, markdown

STEP = {"numpy_by_hand": [30.0, 20.0, 40.0], "chainrule": [45.0, 36.0, 39.0], "pytorch": [100.0, 90.0, 80.0]}
MACHINE = {"cores": 2, "system": "Linux x86_64", "python": "CPython 3.11.7", "load": 0.0, "versions": {"numpy": "2.4.6"}}


def report(figures, **more):
    return {"machine": MACHINE, "rounds": 3, "left_out": {}, "failed": {}, "rows": summary(figures)} | more


def test_ratios_are_of_medians():
    row = summary({"mlp1": STEP})["mlp1"]
    assert row["figures"]["chainrule"] == {"median": 39, "lowest": 36, "highest": 45, "rounds": [45, 36, 39]}
    assert row["ratios"] == {"chainrule": {"numpy_by_hand": 1.3, "pytorch": pytest.approx(39 / 90)}}


def test_targets_hold_or_not_or_were_not_measured():
    targets = summary({"mlp1": STEP})["mlp1"]["targets"]
    found = {target["title"].split(": ")[1]: (target["value"], target["holds"]) for target in targets}
    assert found["chainrule / NumPy by hand"] == (1.3, True)
    assert found["chainrule / PyTorch"] == (pytest.approx(39 / 90), True)
    assert found["chainrule / jax.jit"] == (None, None)
    assert found["chainrule compiled / NumPy by hand"] == (None, None)
    slow = summary({"mlp1": STEP | {"chainrule": [60.0]}})["mlp1"]["targets"]
    assert [target["holds"] for target in slow[:2]] == [False, False]


def test_targets_may_speak_of_another_row_or_of_the_unit():
    figures = {"graph4": {"chainrule": [1.0]}, "graph6": {"chainrule": [1.4]}, "size": {"chainrule": [80.0]}}
    rows = summary(figures)
    assert [(target["value"], target["holds"]) for target in rows["graph6"]["targets"]] == [(1.4, False)]
    assert [(target["value"], target["holds"]) for target in rows["size"]["targets"]] == [(80, True)]
    alone = summary({"graph6": {"chainrule": [1.4]}})
    assert alone["graph6"]["targets"][0]["holds"] is None


def test_there_is_no_ratio_to_nothing():
    assert summary({"kept": {"chainrule": [5.0], "pytorch": [0.0]}})["kept"]["ratios"]["chainrule"] == {"pytorch": None}


def test_markdown():
    lines = markdown(report({"mlp1": STEP, "size": {"chainrule": [80.0]}})).splitlines()
    title = "SGD, 2-16-2, batch 100, depth 2"
    assert "2 cores, Linux x86_64, CPython 3.11.7, numpy 2.4.6. Rounds: 3." in lines
    assert f"| {title}: chainrule / NumPy by hand | 1.30 | 1.6 | yes |" in lines
    assert f"| {title}: chainrule / jax.jit | – | 1 | not measured |" in lines
    assert f"| {title} | µs | 30 (20–40) | 39 (36–45) | 90 (80–100) |" in lines
    assert f"| {title}: chainrule / | 1.30 | 0.43 |" in lines
    assert "| size on the disk, with all it needs | MB | 80 |" in lines


def test_tables_are_as_wide_as_their_heads():
    rows = markdown(report({"mlp1": STEP, "mlp2": {"chainrule": [1.0]}, "scalar": {"micrograd": [2.0], "chainrule": [1.0]}}))
    widths = [{line.count("|") for line in block.splitlines() if line.startswith("|")} for block in rows.split("\n\n")]
    assert all(len(found) <= 1 for found in widths)
    assert sum(len(found) for found in widths) == 5  # targets; figures and ratios of two sections


def test_what_is_missing_failed_or_disturbed_is_said():
    told = markdown(
        report({}, left_out={"hips": "--hips PYTHON"}, failed={"mlp1, jax_jit": "it broke"}, machine=MACHINE | {"load": 2.5})
    )
    assert "Left out: hips (--hips PYTHON)." in told
    assert "Failed: mlp1, jax_jit: it broke." in told
    assert "busy when this began (load 2.5)" in told


@pytest.mark.parametrize(("value", "shown"), [(0.02184, "0.0218"), (1.0, "1"), (38.24, "38.2"), (102_984.0, "102984")])
def test_digits(value, shown):
    assert digits(value) == shown
