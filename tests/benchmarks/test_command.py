"""python -m benchmarks: processes, skipped engines and cases, written reports."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks import __main__ as command
from benchmarks.footprint import installed_bytes, installed_requirements
from benchmarks.measurement import measure_time
from benchmarks.subprocesses import ROOT, EngineError, engine_environment, run
from benchmarks.suite import CASES


def test_engine_environment_has_no_settings_that_pin_kernels(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("OTHER", "yes")
    variables = engine_environment()
    assert variables["OTHER"] == "yes"
    assert not {"OPENBLAS_CORETYPE", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE"} & set(variables)


def test_a_failed_process_raises_its_last_line_on_stderr():
    assert run(sys.executable, "-c", "print('first'); print('last')") == "last"
    with pytest.raises(EngineError, match="it broke"):
        run(sys.executable, "-c", "raise SystemExit('at first\\nit broke')")


def test_a_failed_engine_is_reported_and_the_others_continue(monkeypatch, capsys):
    def measure_once(name, engine, seconds, hips):
        if engine == "pytorch":
            raise EngineError("it broke")
        return 2.0

    monkeypatch.setattr(command, "measure_once", measure_once)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--rounds", "2"])
    samples, report = {}, {"skipped": {"row_by_row": "so"}, "failed": {}}
    command.measure_case("jacobian", samples, report, command.parse_arguments(), "")
    assert samples == {"jacobian": {"chainrule": [2.0, 2.0]}}
    assert report["failed"] == {"jacobian, pytorch": "it broke"}
    assert "chainrule 2" in capsys.readouterr().out


def test_a_case_without_engines_has_no_samples(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--engines", "hips"])
    samples = {}
    command.measure_case("jacobian", samples, {"skipped": {}, "failed": {}}, command.parse_arguments(), "")
    assert samples == {}


def test_cases_are_selected_by_name_or_pattern(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "mlp?", "demo"])
    assert command.parse_arguments().only == ["mlp1", "mlp2", "mlp3", "mlp4", "demo"]
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "mlp9"])
    with pytest.raises(SystemExit):
        command.parse_arguments()
    assert "there is no case mlp9" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--hips", "no/such/python"])
    with pytest.raises(SystemExit):
        command.parse_arguments()
    assert "there is no Python at no/such/python" in capsys.readouterr().err


def test_unavailable_engines_and_cases(monkeypatch):
    monkeypatch.delenv("CHAINRULE_MNIST", raising=False)
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == "torch" else name)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "mlp1", "mnist_98"])
    missing = command.unavailable(command.parse_arguments(), "")
    assert set(missing) == {"pytorch", "hips", "mnist_98"}
    assert "torch" in missing["pytorch"]
    assert "CHAINRULE_MNIST" in missing["mnist_98"]


def test_time_of_a_call_is_divided_by_its_steps():
    ticks = []
    step = lambda: ticks.append(None)
    single, multiple = (measure_time(prepared, CASES["mlp1"], 0.0) for prepared in (step, (step, 1_000_000)))
    assert 0 < multiple < single
    assert len(ticks) >= 6


def test_a_run_writes_json_and_markdown(tmp_path):
    arguments = ["--only", "mlp2", "--engines", "numpy_by_hand", "chainrule", "--rounds", "2", "--seconds", "0"]
    arguments += ["--output", str(tmp_path / "out")]
    program = [sys.executable, "-m", "benchmarks", *arguments]
    completed = subprocess.run(program, capture_output=True, text=True, cwd=ROOT, env=dict(os.environ), check=True)
    report = json.loads((tmp_path / "out" / "latest.json").read_text())
    assert {name: len(results["samples"]) for name, results in report["cases"]["mlp2"]["engines"].items()} == {
        "numpy_by_hand": 2,
        "chainrule": 2,
    }
    assert report["skipped"] == report["failed"] == {}
    assert report["machine"]["versions"]["numpy"]
    assert report["machine"]["processor"]
    assert report["machine"]["gflops"] > 0
    assert (tmp_path / "out" / "latest.md").read_text() in completed.stdout


def test_size_includes_requirements():
    assert installed_requirements("numpy") == {"numpy"}
    assert {"hypothesis", "sortedcontainers"} <= installed_requirements("hypothesis")
    assert installed_bytes("numpy") > 1e7
