"""python -m optim --model cnn: a run folder of a convolutional network, and its accuracy on digits."""

import csv
import json

import numpy as np
import pytest

import nn
import optim.__main__ as command
from optim.data import digits
from tests.optim.commands import refused, weights
from tests.optim.run_folders import run

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_empty_folder")]

SMALL = ["digits", "--model", "cnn", "--hidden", "16", "--epochs", "2"]


@pytest.fixture
def trained(tmp_path, capsys):
    run(*SMALL, "--batch-norm", "-o", "run")
    return tmp_path / "run"


def test_the_network_is_described_and_its_weights_are_those_of_lenet(trained, capsys):
    assert "model: 8 × 8 → 16 → 32 → 16 → 10, relu, batch norm, " in capsys.readouterr().out
    model = nn.Sequential(nn.Unflatten((1, 8, 8)), nn.LeNet(8, channels=(16, 32), hidden=(16,), batch_norm=True))
    model.load_state_dict(weights(trained))


def test_evaluate_reports_the_accuracy_of_the_training(trained, capsys):
    expected = capsys.readouterr().out.split("held-out accuracy: ")[1].split("\n")[0]
    run("evaluate", "run")
    assert f"held-out accuracy: {expected}" in capsys.readouterr().out


def test_rows_of_pixels_are_predicted(trained, capsys):
    images, _ = digits()
    np.savetxt("new.csv", images[:20], delimiter=",")
    capsys.readouterr()
    run("predict", "run", "new.csv")
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert len(rows) == 20


def test_a_resumed_run_equals_one_of_more_epochs():
    run(*SMALL, "-o", "short")
    run("--resume", "short", "--epochs", "3")
    run(*SMALL[:-1], "3", "-o", "long")
    with open("short/model.safetensors", "rb") as short, open("long/model.safetensors", "rb") as long:
        assert short.read() == long.read()


def test_images_are_augmented_and_other_options_apply():
    options = ["--augment", "shift:1", "--dropout", "0.2", "--activation", "tanh", "--dtype", "float32", "--init", "orthogonal"]
    run("digits", "--model", "cnn", "--hidden", "0", "--epochs", "1", *options, "-o", "run")


def test_inputs_that_are_no_images_are_refused(capsys):
    assert "--model cnn is for images such as digits and mnist" in refused(capsys, ["moons", "--model", "cnn"])


@pytest.mark.parametrize("shape", [[8, 9], [64], "8x8", [8.0, 8.0], [0, 8]])
def test_damaged_shapes_are_refused(trained, capsys, shape):
    path = trained / "settings.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps(settings | {"shape": shape}))
    capsys.readouterr()
    assert "not the settings of a run (shape is" in refused(capsys, ["evaluate", "run"])


def test_an_unfinished_run_needs_the_shape(trained, capsys):
    (trained / "model.safetensors").unlink()
    path = trained / "settings.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"shape": None}))
    capsys.readouterr()
    assert "these inputs are not images" in refused(capsys, ["evaluate", "run"])


def test_settings_of_a_run_without_a_model_are_those_of_an_mlp(tmp_path, capsys):
    run("digits", "--hidden", "8", "--epochs", "1", "-o", "run")
    path = tmp_path / "run" / "settings.json"
    settings = json.loads(path.read_text())
    del settings["options"]["model"], settings["shape"]
    path.write_text(json.dumps(settings))
    run("evaluate", "run")


def test_the_default_network_gets_98_percent_and_a_half_of_the_digits_right(capsys):
    run("digits", "--model", "cnn", "-o", "run")
    assert float(capsys.readouterr().out.split("held-out accuracy: ")[1].split("%")[0]) >= 98.5


def test_the_model_is_an_option(capsys):
    with pytest.raises(SystemExit):
        command.main(["digits", "--model", "rnn"])
    assert "invalid choice: 'rnn'" in capsys.readouterr().err
