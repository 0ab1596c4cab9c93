"""Resuming a run folder, and the accuracy on digits."""

import csv
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import optim.__main__ as command
from tests.optim.run_folders import SMALL, flowers, refused, run

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_empty_folder")]


ROOT = Path(command.__file__).parents[1]


def weights(folder):
    return Path(folder, "model.safetensors").read_bytes()


# Resuming


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--optimizer", "adam", "--batch-norm", "--dropout", "0.3", "--augment", "noise:0.1", "--ema", "0.9", "--record"],
        ["--dtype", "float32", "--schedule", "step:2:0.5", "--clip", "norm:1", "--penalty", "none", "--init", "orthogonal"],
        ["--optimizer", "lbfgs", "--batching", "batch", "--activation", "tanh"],
    ],
    ids=len,
)
def test_a_resumed_run_equals_one_of_more_epochs(options):
    run("moons", *SMALL, *options, "-o", "whole")
    run("moons", *SMALL, *options, "--epochs", "2", "-o", "part")
    assert weights("part") != weights("whole")
    run("--resume", "part", "--epochs", "6")
    assert weights("part") == weights("whole")
    rows = [list(csv.reader(Path(folder, "history.csv").read_text().splitlines())) for folder in ("part", "whole")]
    assert [row[:4] for row in rows[0]] == [row[:4] for row in rows[1]]


def test_a_run_that_is_over_stays_as_it_is(capsys):
    run("moons", *SMALL, "-o", "run")
    before, reported = weights("run"), capsys.readouterr().out.split("held-out")[1]
    run("--resume", "run")
    assert weights("run") == before
    assert capsys.readouterr().out.split("held-out")[1] == reported


def test_a_file_of_data_is_found_from_another_folder(tmp_path, monkeypatch):
    flowers("flowers.csv")
    run("flowers.csv", *SMALL, "-o", "run")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    run("--resume", tmp_path / "run", "--epochs", "7")
    run("evaluate", tmp_path / "run")


def test_data_that_was_moved_is_named(tmp_path, capsys):
    flowers("flowers.csv")
    run("flowers.csv", *SMALL, "-o", "run")
    (tmp_path / "flowers.csv").rename("plants.csv")
    assert "no such file" in refused(capsys, "--resume", "run")
    run("--resume", "run", "plants.csv")


def test_other_data_is_refused(capsys):
    flowers("flowers.csv")
    run("flowers.csv", *SMALL, "-o", "run")
    flowers("flowers.csv", scale=2.0, n=130)
    before = {path.name: path.read_bytes() for path in Path("run").iterdir() if path.is_file()}
    assert "another training: training data was" in refused(capsys, "--resume", "run", "--epochs", "9")
    assert {path.name: path.read_bytes() for path in Path("run").iterdir() if path.is_file()} == before


@pytest.mark.parametrize("option", [["--lr", "0.2"], ["--hidden", "9"], ["--batch-norm"], ["-o", "there"], ["--seed", "1"]])
def test_options_cannot_change_on_the_way(capsys, option):
    run("xor", *SMALL, "-o", "run")
    assert "cannot be changed: --resume uses the options of the run" in refused(capsys, "--resume", "run", *option)


def test_a_schedule_made_for_fewer_epochs_does_not_fit_more(capsys):
    run("xor", *SMALL, "--schedule", "cosine", "-o", "run")
    assert "schedule was CosineAnnealingLR(T_max=6" in refused(capsys, "--resume", "run", "--epochs", "9")
    run("--resume", "run")


def test_a_new_run_in_an_old_folder_starts_anew(tmp_path):
    run("xor", *SMALL, "--epochs", "9", "-o", "run")
    run("xor", *SMALL, "-o", "run", "--force")
    run("xor", *SMALL, "-o", "other")
    assert weights("run") == weights("other")
    assert sorted(path.name for path in (tmp_path / "run" / "checkpoints").iterdir()) == ["best.npz", "checkpoint-6.npz"]


@pytest.mark.parametrize("lost", [(), ("model.safetensors", "settings.json")])
def test_an_existing_run_is_refused_and_keeps_its_files(tmp_path, capsys, lost):
    run("xor", *SMALL, "-o", "run")
    for name in lost:
        Path("run", name).unlink()
    before = {path: path.read_bytes() for path in Path("run").rglob("*") if path.is_file()}
    message = refused(capsys, "xor", *SMALL, "-o", "run")
    assert "run has an earlier run" in message
    assert "--force" in message
    assert {path: path.read_bytes() for path in Path("run").rglob("*") if path.is_file()} == before


def test_force_is_no_option_of_the_run():
    run("xor", *SMALL, "-o", "run", "--force")
    run("--resume", "run", "--epochs", "7")
    assert "force" not in Path("run", "settings.json").read_text()


def test_ctrl_c_leaves_the_best_weights_and_a_run_that_can_go_on(tmp_path):
    options = ["moons", "--hidden", "8", "--epochs", "60", "--patience", "60", "--dropout", "0.1", "--batching", "8"]
    program = [sys.executable, "-m", "optim"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT, "encoding": "utf-8"}
    process = subprocess.Popen([*program, *options, "-o", tmp_path / "stopped"], **pipes)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "stopped").glob("checkpoints/checkpoint-?.npz")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130, (out, err)
    assert err == "optim: interrupted\n"
    assert "(interrupted); the best parameters were kept" in out
    assert f"to continue: python -m optim --resume {tmp_path / 'stopped'}" in out
    epochs = int(out.split("trained ")[1].split()[0])
    assert 1 <= epochs < 60
    assert len(Path(tmp_path, "stopped", "history.csv").read_text().splitlines()) == epochs + 1
    run("evaluate", "stopped")
    run("--resume", "stopped")
    run(*options, "-o", "whole")
    assert weights("stopped") == weights("whole")


def test_before_the_first_epoch_is_over_nothing_is_learned(monkeypatch, capsys):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("nn.CrossEntropyLoss.forward", interrupt)
    assert command.main(["xor", *SMALL, "-o", "run"]) == 130
    out, err = capsys.readouterr()
    assert err == "optim: interrupted\n"
    assert "wrote" not in out
    assert "to continue: python -m optim --resume run" in out
    assert "this run has no weights yet" in refused(capsys, "evaluate", "run")
    monkeypatch.undo()


def test_a_run_that_was_killed_is_evaluated_by_its_best_weights_so_far(tmp_path, capsys):
    run("moons", *SMALL, "-o", "run")
    reported = capsys.readouterr().out.split("held-out")[1].split("\n")[0]
    (tmp_path / "run" / "model.safetensors").unlink()
    run("evaluate", "run")
    assert capsys.readouterr().out.split("held-out")[1].split("\n")[0] == reported


# How well digits are learned


def held_out(capsys):
    return float(capsys.readouterr().out.split("held-out accuracy: ")[1].split("%")[0])


def test_the_default_job_gets_97_percent_of_the_digits_right(capsys):
    run("-o", "run")
    assert held_out(capsys) >= 97


def test_batch_norm_dropout_and_augmentation_get_98_percent(capsys):
    better = ["--batch-norm", "--dropout", "0.3", "--augment", "rotate:10,noise:0.1", "--schedule", "cosine"]
    run("digits", *better, "--epochs", "100", "--patience", "100", "-o", "run")
    assert held_out(capsys) >= 98
