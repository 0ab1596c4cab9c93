"""Medians, ratios, targets, and their tables."""

import pytest

import autograd
from benchmarks import readme, results_files
from benchmarks.report import product_operations, summarize
from benchmarks.suite import CASES
from benchmarks.table import markdown, three_digits
from benchmarks.workloads import MLP, Jacobian

STEP = {"numpy_by_hand": [30.0, 20.0, 40.0], "chainrule": [45.0, 36.0, 39.0], "pytorch": [100.0, 90.0, 80.0]}
MACHINE = {
    "processor": "AMD EPYC 1",
    "blas": "openblas 0.3",
    "gflops": 200.0,
    "cores": 2,
    "system": "Linux x86_64",
    "python": "CPython 3.11.7",
    "load": 0.0,
    "versions": {"numpy": "2.4.6"},
}


def report(samples, **changes):
    return {"machine": MACHINE, "rounds": 3, "skipped": {}, "failed": {}, "cases": summarize(samples)} | changes


def test_ratios_are_of_medians():
    case = summarize({"mlp1": STEP})["mlp1"]
    assert case["engines"]["chainrule"] == {"median": 39, "lowest": 36, "highest": 45, "samples": [45, 36, 39]}
    assert case["ratios"] == {"chainrule": {"numpy_by_hand": 1.3, "pytorch": pytest.approx(39 / 90)}}


def test_targets_hold_fail_or_are_not_measured():
    targets = summarize({"mlp1": STEP})["mlp1"]["targets"]
    by_title = {target["title"].split(": ")[1]: (target["value"], target["holds"]) for target in targets}
    assert by_title["chainrule / NumPy by hand"] == (1.3, True)
    assert by_title["chainrule / PyTorch"] == (pytest.approx(39 / 90), True)
    assert by_title["chainrule / jax.jit"] == (None, None)
    assert by_title["chainrule compiled / NumPy by hand"] == (None, None)
    slow = summarize({"mlp1": STEP | {"chainrule": [60.0]}})["mlp1"]["targets"]
    assert [target["holds"] for target in slow[:2]] == [False, False]


def test_targets_may_refer_to_another_case_or_to_the_unit():
    samples = {"graph4": {"chainrule": [1.0]}, "graph6": {"chainrule": [1.4]}, "size": {"chainrule": [80.0]}}
    cases = summarize(samples)
    assert [(target["value"], target["holds"]) for target in cases["graph6"]["targets"]] == [(1.4, False)]
    assert [(target["value"], target["holds"]) for target in cases["size"]["targets"]] == [(80, True)]
    unmatched = summarize({"graph6": {"chainrule": [1.4]}})
    assert unmatched["graph6"]["targets"][0]["holds"] is None


def test_ratio_to_zero_is_none():
    assert summarize({"retained": {"chainrule": [5.0], "pytorch": [0.0]}})["retained"]["ratios"]["chainrule"] == {
        "pytorch": None
    }


def test_operations_of_matrix_products():
    assert product_operations(MLP((3, 5, 2), 7)) == 2 * 7 * (3 * 5 * 2 + 5 * 2 * 3)  # no gradient of the inputs
    assert product_operations(Jacobian(4)) is None


def test_share_of_the_rate_of_matrix_products():
    operations = product_operations(CASES["mlp4"].workload)
    step = {"chainrule": [operations / 150e9 * 1e6], "pytorch": [operations / 100e9 * 1e6]}  # 150 and 100 of 200 GFLOP/s
    assert f"| {CASES['mlp4'].title} | 0.75 | 0.50 |" in markdown(report({"mlp4": step})).splitlines()


def test_files_of_a_release(tmp_path):
    results_files.write(report({"mlp1": STEP}), "# Benchmarks\n", tmp_path, "0.2.0")
    assert (tmp_path / "latest.md").read_text() == "# Benchmarks\n"
    reports = results_files.read("0.2.0", tmp_path)
    assert list(reports) == ["amd-epyc-1-2-cores"]
    assert reports["amd-epyc-1-2-cores"]["cases"]["mlp1"]["limit"] == "overhead"
    assert results_files.read("0.3.0", tmp_path) == {}


def test_tables_of_the_readme():
    samples = {"mlp1": STEP, "mlp4": {"chainrule": [30_000.0]}, "scalar": {"micrograd": [2.0], "chainrule": [1.0]}}
    lines = readme.tables({"kind": report(samples)}).splitlines()
    assert lines[0].startswith("Measured on AMD EPYC 1, 2 cores, whose matrix products run at 200 GFLOP/s")
    assert f"| {CASES['mlp1'].title} | µs | **39** | 30 | 90 | – |" in lines
    assert f"| {CASES['scalar'].title} | µs | **1** | – | – | micrograd 2 |" in lines
    share = product_operations(CASES["mlp4"].workload) / 30e-3 / 200e9
    assert f"| {CASES['mlp4'].title} | µs | **30000** | {share:.2f} | – |" in lines


def test_the_readme_has_the_results_of_its_release():
    reports = results_files.read(autograd.__version__)
    text = readme.README.read_text(encoding="utf-8")
    assert not reports or readme.insert(text, readme.tables(reports)) == text
    assert (
        readme.insert("a\n<!-- speed -->\nb\n<!-- end of speed -->\n", "c\n") == "a\n<!-- speed -->\nc\n<!-- end of speed -->\n"
    )


def test_markdown():
    lines = markdown(report({"mlp1": STEP, "size": {"chainrule": [80.0]}})).splitlines()
    title = "SGD, 2-16-2, batch 100, depth 2"
    machine = "AMD EPYC 1, 2 cores, Linux x86_64; openblas 0.3, matrix products at 200 GFLOP/s; CPython 3.11.7, numpy 2.4.6"
    assert f"{machine}. Rounds: 3." in lines
    assert f"| {title}: chainrule / NumPy by hand | 1.30 | 1.6 | yes |" in lines
    assert f"| {title}: chainrule / jax.jit | – | 1 | not measured |" in lines
    assert f"| {title} | µs | 30 (20–40) | 39 (36–45) | 90 (80–100) |" in lines
    assert f"| {title}: chainrule / | 1.30 | 0.43 |" in lines
    assert "| disk size with all requirements | MB | 80 |" in lines


def test_rows_have_as_many_cells_as_their_head():
    text = markdown(report({"mlp1": STEP, "mlp2": {"chainrule": [1.0]}, "scalar": {"micrograd": [2.0], "chainrule": [1.0]}}))
    widths = [{line.count("|") for line in block.splitlines() if line.startswith("|")} for block in text.split("\n\n")]
    assert all(len(counts) <= 1 for counts in widths)
    assert sum(len(counts) for counts in widths) == 5  # targets; medians and ratios of two sections


def test_markdown_names_skipped_failed_and_a_busy_machine():
    text = markdown(
        report({}, skipped={"hips": "--hips PYTHON"}, failed={"mlp1, jax_jit": "it broke"}, machine=MACHINE | {"load": 2.5})
    )
    assert "Skipped: hips (--hips PYTHON)." in text
    assert "Failed: mlp1, jax_jit: it broke." in text
    assert "busy at the start (load 2.5)" in text


@pytest.mark.parametrize(("value", "text"), [(0.02184, "0.0218"), (1.0, "1"), (38.24, "38.2"), (102_984.0, "102984")])
def test_three_digits(value, text):
    assert three_digits(value) == text
