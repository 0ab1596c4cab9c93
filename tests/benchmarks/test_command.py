"""python -m benchmarks: processes, what is left out, what is written."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks import __main__ as command
from benchmarks.footprint import size_of, with_requirements
from benchmarks.measurement import time_of
from benchmarks.subprocesses import ROOT, EngineError, environment, run
from benchmarks.suite import ROWS


def test_settings_that_pin_kernels_do_not_reach_the_engines(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("KEPT", "yes")
    found = environment()
    assert found["KEPT"] == "yes"
    assert not {"OPENBLAS_CORETYPE", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE"} & set(found)


def test_a_process_that_fails_says_how():
    assert run(sys.executable, "-c", "print('first'); print('last')") == "last"
    with pytest.raises(EngineError, match="it broke"):
        run(sys.executable, "-c", "raise SystemExit('at first\\nit broke')")


def test_an_engine_that_fails_is_named_and_the_others_go_on(monkeypatch, capsys):
    def figure(name, engine, seconds, hips):
        if engine == "pytorch":
            raise EngineError("it broke")
        return 2.0

    monkeypatch.setattr(command, "figure", figure)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--rounds", "2"])
    figures, report = {}, {"left_out": {"row_by_row": "so"}, "failed": {}}
    command.measure("jacobian", figures, report, command.parsed(), "")
    assert figures == {"jacobian": {"chainrule": [2.0, 2.0]}}
    assert report["failed"] == {"jacobian, pytorch": "it broke"}
    assert "chainrule 2" in capsys.readouterr().out


def test_a_row_without_engines_is_no_row(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--engines", "hips"])
    figures = {}
    command.measure("jacobian", figures, {"left_out": {}, "failed": {}}, command.parsed(), "")
    assert figures == {}


def test_rows_are_chosen_by_name_or_pattern(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "mlp?", "demo"])
    assert command.parsed().only == ["mlp1", "mlp2", "mlp3", "mlp4", "demo"]
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "mlp9"])
    with pytest.raises(SystemExit):
        command.parsed()
    assert "there is no row mlp9" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--hips", "no/such/python"])
    with pytest.raises(SystemExit):
        command.parsed()
    assert "there is no Python at no/such/python" in capsys.readouterr().err


def test_what_cannot_be_measured_is_left_out(monkeypatch):
    monkeypatch.delenv("CHAINRULE_MNIST", raising=False)
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == "torch" else name)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--only", "mlp1", "mnist_98"])
    found = command.left_out(command.parsed(), "")
    assert set(found) == {"pytorch", "hips", "mnist_98"}
    assert "torch" in found["pytorch"]
    assert "CHAINRULE_MNIST" in found["mnist_98"]


def test_a_call_of_many_steps_is_divided_by_them():
    ticks = []
    step = lambda: ticks.append(None)
    one, many = (time_of(made, ROWS["mlp1"], 0.0) for made in (step, (step, 1_000_000)))
    assert 0 < many < one
    assert len(ticks) >= 6


def test_a_small_run(tmp_path):
    words = ["--only", "mlp2", "--engines", "numpy_by_hand", "chainrule", "--rounds", "2", "--seconds", "0"]
    words += ["--output", str(tmp_path / "out")]
    program = [sys.executable, "-m", "benchmarks", *words]
    done = subprocess.run(program, capture_output=True, text=True, cwd=ROOT, env=dict(os.environ), check=True)
    found = json.loads((tmp_path / "out" / "latest.json").read_text())
    assert {name: len(figures["rounds"]) for name, figures in found["rows"]["mlp2"]["figures"].items()} == {
        "numpy_by_hand": 2,
        "chainrule": 2,
    }
    assert found["left_out"] == found["failed"] == {}
    assert found["machine"]["versions"]["numpy"]
    assert (tmp_path / "out" / "latest.md").read_text() in done.stdout


def test_sizes_count_what_is_required():
    assert with_requirements("numpy") == {"numpy"}
    assert {"hypothesis", "sortedcontainers"} <= with_requirements("hypothesis")
    assert size_of("numpy") > 1e7
