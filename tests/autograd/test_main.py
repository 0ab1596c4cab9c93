"""python -m autograd."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.__main__ import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ["x**2 * y / z", "x=3", "y=4", "z=2"]


def test_example_prints_every_node_and_step(capsys):
    assert main(EXAMPLE) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    for expected in (
        "v1 x ^ 2 = 9",
        "v2 v1 × y = 36",
        "f v2 ÷ z = 18",
        "∂f/∂f × ∂f/∂v2 = 1 × 1/z = 1 × 0.5 = 0.5 → v2",
        "∂f/∂f × ∂f/∂z = 1 × (−v2/z²) = 1 × -9 = -9 → z",
        "∂f/∂v2 × ∂v2/∂y = 0.5 × v1 = 0.5 × 9 = 4.5 → y",
        "∂f/∂v1 × ∂v1/∂x = 2 × 2·x = 2 × 6 = 12 → x",
        "∂f/∂x = 12",
        "∂f/∂y = 4.5",
        "∂f/∂z = -9",
    ):
        assert expected in lines


@pytest.mark.parametrize("suffix", ["svg", "dot", "txt"])
def test_picture_is_written(tmp_path, capsys, suffix):
    path = tmp_path / f"graph.{suffix}"
    assert main([*EXAMPLE, "-o", str(path)]) == 0
    assert path.stat().st_size > 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x + w", "x=1"], "'w'"),
        (["x", "x=abc"], "'abc' is not a number"),
        (["x", "3"], "name=number"),
        (["x", "2x=3"], "name=number"),
        (["__import__('os')", "x=1"], "__import__"),
        (["x", "x=1", "-o", "graph.gif"], r"\.svg"),
        (["x", "x=1", "-o", "/nowhere/graph.svg"], "nowhere"),
    ],
)
def test_error_is_one_line_with_status_2(capsys, arguments, message):
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert message.replace("\\", "") in printed.err


def test_division_by_zero_shows_infinity(capsys):
    assert main(["1 / x", "x=0"]) == 0
    assert "inf" in capsys.readouterr().out


def test_negative_value_of_a_single_leaf(capsys):
    assert main(["x", "x=-3"]) == 0
    assert "∂x/∂x = 1" in capsys.readouterr().out


def test_from_a_shell():
    process = subprocess.run([sys.executable, "-m", "autograd", *EXAMPLE], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "∂f/∂x = 12" in process.stdout
    assert process.stderr == ""


def test_expression_may_start_with_a_minus(capsys):
    assert main(["-x*y", "x=2", "y=-3"]) == 0
    assert "∂f/∂x = 3" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["-o", "--output"])
def test_file_name_may_start_with_a_minus(tmp_path, monkeypatch, capsys, option):
    monkeypatch.chdir(tmp_path)
    assert main(["-x*y", "x=2", "y=-3", option, "-.svg"]) == 0
    assert os.listdir() == ["-.svg"]
    assert capsys.readouterr().out.endswith("wrote -.svg\n")


def test_option_in_place_of_the_file_is_refused(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["x", "x=1", "-o", "--output", "a.svg"])
    assert caught.value.code == 2
    assert "expected one argument" in capsys.readouterr().err


def test_name_given_twice_raises(capsys):
    assert main(["x", "x=1", "x=2"]) == 2
    assert "'x' is given twice" in capsys.readouterr().err


def test_name_of_the_result_differs_from_all_names(capsys):
    assert main(["f * v1 + v1", "f=2", "v1=3"]) == 0
    assert "∂f1/∂v1 = 3" in capsys.readouterr().out


def test_closed_pipe_is_no_error():
    command = f"{sys.executable} -m autograd 'x**2 * y' x=3 y=4 | head -1"
    process = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, check=True)
    assert (process.stdout, process.stderr) == ("forward\n", "")


@pytest.mark.parametrize("module", ["autograd", "optim"])
def test_help_works_with_an_ascii_console(module):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", module, "--help"]
    process = subprocess.run(command, capture_output=True, env=environment, cwd=ROOT, check=False)
    assert (process.returncode, process.stderr) == (0, b"")
