"""python -m optim: the files of a run, and MNIST by its path."""

import csv
import sys

import numpy as np
import pytest

import nn
import optim.__main__ as command
from optim.data import digits
from tests.optim.commands import SMALL, refused, weights, write_csv

pytestmark = pytest.mark.usefixtures("in_empty_folder")


FILES = {"model.safetensors", "history.csv", "curves.png", "graph.svg", "graph.dot", "settings.json", "checkpoints"}

# Files of a run


def test_run_folder_holds_weights_history_curves_and_graph(tmp_path, curves):
    assert command.main(["xor", *SMALL, "-o", "run"]) == 0
    run = tmp_path / "run"
    assert {path.name for path in run.iterdir()} == FILES
    assert (run / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (run / "graph.svg").read_text(encoding="utf-8")
    assert (run / "graph.dot").read_text(encoding="utf-8").startswith("digraph")


def test_history_has_a_row_per_epoch(tmp_path):
    command.main(["xor", *SMALL, "-o", "run"])
    with open(tmp_path / "run" / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert {"loss", "accuracy", "validation_loss", "validation_accuracy", "seconds"} < set(rows[0])


def test_weights_load_into_the_model_that_was_printed(tmp_path, capsys):
    command.main(["xor", "--hidden", "8,4", "--epochs", "1", "-o", "run"])
    assert "model: 2 → 8 → 4 → 2, relu, 70 parameters" in capsys.readouterr().out
    nn.MLP([2, 8, 4, 2]).load_state_dict(weights(tmp_path / "run"))


def test_data_model_and_accuracy_are_printed(capsys):
    command.main(["xor", *SMALL, "-o", "run"])
    out, err = capsys.readouterr()
    assert err == ""
    assert "xor: 700 examples to train, 100 to validate, 200 held out" in out
    assert "trained 3 epochs" in out
    assert "held-out accuracy: " in out
    assert " of 200)" in out
    assert "to run" in out


def test_xor_is_learned(capsys):
    command.main(["xor", "--hidden", "16", "--epochs", "20", "-o", "run"])
    assert "held-out accuracy: 100.00% (200 of 200)" in capsys.readouterr().out


def test_most_confused_classes_are_printed(capsys):
    command.main(["moons", "--hidden", "0", "--epochs", "3", "-o", "run"])
    out = capsys.readouterr().out
    right = int(out.split("held-out accuracy: ")[1].split("(")[1].split(" of ")[0])
    confused = [int(line.split(": ")[1].split(" of ")[0]) for line in out.splitlines() if " taken for " in line]
    assert confused == sorted(confused, reverse=True)
    assert sum(confused) == 200 - right > 0


def test_early_stopping_is_reported(capsys):
    command.main(["xor", "--hidden", "8", "--epochs", "200", "--patience", "1", "-o", "run"])
    assert "no improvement for 1 epochs" in capsys.readouterr().out


def test_same_seed_writes_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        command.main(["moons", *SMALL, "--seed", "3", "-o", folder])
    assert (tmp_path / "a" / "model.safetensors").read_bytes() == (tmp_path / "b" / "model.safetensors").read_bytes()


def test_another_seed_writes_other_weights(tmp_path):
    for seed in ("1", "2"):
        command.main(["xor", *SMALL, "--seed", seed, "-o", seed])
    assert not np.array_equal(weights(tmp_path / "1")["0.weight"], weights(tmp_path / "2")["0.weight"])


def test_runs_without_a_folder_are_numbered(tmp_path):
    for _ in range(2):
        assert command.main(["xor", *SMALL]) == 0
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["xor-1", "xor-2"]
    assert {path.name for path in (tmp_path / "runs" / "xor-2").iterdir()} == FILES


def test_only_files_of_this_run_are_said_to_be_written(tmp_path, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.txt").write_text("mine")
    command.main(["xor", *SMALL, "-o", "run"])
    assert "notes.txt" not in capsys.readouterr().out
    assert (tmp_path / "run" / "notes.txt").read_text() == "mine"


def test_without_matplotlib_all_but_the_curves_is_written(tmp_path, curves, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "autograd.draw.plots.figure", None)
    assert command.main(["xor", *SMALL, "-o", "run"]) == 0
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES - {"curves.png"}
    assert "curves.png is not written: plots need matplotlib" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["digits", "mnist", "moons", "circles", "spirals", "blobs"])
def test_every_data_set_runs(name):
    assert command.main([name, "--hidden", "0", "--epochs", "1", "-o", "run"]) == 0


def test_digits_are_the_default(capsys):
    assert command.main(["--hidden", "0", "--epochs", "1", "-o", "run"]) == 0
    assert "model: 64 → 10, relu, 650 parameters" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [
        ["--batching", "batch"],
        ["--batching", "stochastic"],
        ["--batching", "7"],
        ["--activation", "tanh"],
        ["--activation", "sigmoid"],
        ["--momentum", "0"],
        ["--penalty", "none"],
        ["--penalty", "l1:0.01"],
        ["--penalty", "l2:0.01"],
        ["--penalty", "elastic:0.01:0.5"],
        ["--activation", "gelu"],
        ["--init", "orthogonal"],
        ["--batch-norm"],
        ["--dropout", "0.5"],
        ["--augment", "noise:0.5"],
        ["--augment", "scale:0.1,mask:0.1"],
        ["--optimizer", "adam"],
        ["--optimizer", "rmsprop", "--momentum", "0.5"],
        ["--optimizer", "lbfgs", "--batching", "batch"],
        ["--schedule", "onecycle"],
        ["--schedule", "warmup:3"],
        ["--ema", "0.9"],
    ],
    ids="=".join,
)
def test_every_option_changes_the_weights(tmp_path, options):
    data = write_csv("flowers.csv")
    for name, more in (("plain", []), ("changed", options)):
        assert command.main([data, "--hidden", "4", "--epochs", "1", *more, "-o", name]) == 0
    assert not np.array_equal(weights(tmp_path / "plain")["0.weight"], weights(tmp_path / "changed")["0.weight"])


@pytest.mark.parametrize("clip", ["norm:0.001", "value:0.001"])
def test_clipping_holds_the_weights_near_their_start(tmp_path, clip):
    data = write_csv("flowers.csv")
    for name, more in (("start", ["--lr", "1e-12"]), ("free", []), ("clipped", ["--clip", clip])):
        command.main([data, "--hidden", "4", "--epochs", "1", *more, "-o", name])
    start, free, clipped = (weights(tmp_path / name)["0.weight"] for name in ("start", "free", "clipped"))
    assert 0 < abs(clipped - start).max() < 0.01 < abs(free - start).max()


# MNIST by its path


@pytest.fixture
def small_mnist(tmp_path):
    images, labels = digits()
    pixels = np.rint(images.reshape(-1, 8, 8) * 255).astype(np.uint8)
    path = tmp_path / "mnist.npz"
    parts = {"x_train": pixels[:300], "y_train": labels[:300], "x_test": pixels[300:350], "y_test": labels[300:350]}
    np.savez(path, **parts)
    return path


def test_the_test_images_of_mnist_are_held_out(small_mnist, capsys):
    assert command.main(["mnist", "--path", str(small_mnist), "--hidden", "16", "--epochs", "3", "--augment", "shift:1"]) == 0
    out = capsys.readouterr().out
    assert "mnist: 270 examples to train, 30 to validate, 50 held out" in out
    assert " of 50)" in out


def test_mnist_is_found_again_without_the_variable(small_mnist, monkeypatch, capsys):
    monkeypatch.setenv("CHAINRULE_MNIST", str(small_mnist))
    assert command.main(["mnist", "--hidden", "16", "--epochs", "3", "-o", "run"]) == 0
    reported = capsys.readouterr().out.split("held-out")[1].split(")")[0]
    monkeypatch.delenv("CHAINRULE_MNIST")
    assert command.main(["evaluate", "run"]) == 0
    assert capsys.readouterr().out.split("held-out")[1].split(")")[0] == reported


def test_digits_take_the_place_of_mnist_and_it_is_said(capsys):
    assert command.main(["mnist", "--hidden", "0", "--epochs", "1"]) == 0
    assert capsys.readouterr().out.startswith("mnist: neither --path nor $CHAINRULE_MNIST is given; the digits")


def test_a_path_that_is_not_there_is_refused(capsys):
    assert "there is no such folder" in refused(capsys, ["mnist", "--path", "nowhere"])
