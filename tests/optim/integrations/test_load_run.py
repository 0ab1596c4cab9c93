"""optim.integrations.load_run: a trained run as one object."""

import json
from pathlib import Path

import numpy as np
import pytest

import nn
from optim.data import TableEncoder
from optim.integrations import load_run
from tests.optim.run_folders import SMALL, flowers, run

pytestmark = pytest.mark.usefixtures("in_empty_folder")


@pytest.fixture
def trained():
    flowers("flowers.csv", 200, scale=10.0)
    run("flowers.csv", "--hidden", "8", "--epochs", "40", "--batch-norm", "--dropout", "0.1", "-o", "run")
    return load_run("run")


def test_run_predicts_as_the_command_does(trained, capsys):
    assert trained.classes == ["down", "up"]
    assert trained.encoder.features == ["height", "width"]
    assert trained.target.task == "classification"
    rows = [[30.0, 3.0], [-30.0, -3.0], [0.1, 0.0]]
    Path("new.csv").write_text("height,width\n" + "".join(f"{a},{b}\n" for a, b in rows))
    capsys.readouterr()
    run("predict", "run", "new.csv")
    printed = [line.split(",") for line in capsys.readouterr().out.splitlines()[1:]]
    assert trained.predict(rows) == [name for name, _ in printed]
    probabilities = trained.probabilities(rows)
    assert [f"{p:.4f}" for p in probabilities.max(axis=1)] == [p for _, p in printed]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert not trained.model.training


def test_rows_of_every_form_are_encoded_as_the_training_data(trained):
    x = trained.encoder.apply([[30.0, 3.0]])
    expected = trained.scores([[30.0, 3.0]])
    assert trained.model(x).numpy().tobytes() == expected.tobytes()
    for rows in (np.array([[30.0, 3.0]]), {"width": ["3"], "height": [30]}, [{"height": 30, "width": 3, "color": "red"}]):
        assert trained.scores(rows).tobytes() == expected.tobytes()


def test_model_file_alone_is_enough(trained):
    path = Path("run", "model.safetensors")
    encoder = TableEncoder.from_state_dict(nn.load_model_metadata(path)["table"])
    assert encoder.target.classes == trained.classes
    x = encoder.apply([[30.0, 3.0]])
    assert nn.load_model(path).eval()(x).numpy().tobytes() == trained.scores([[30.0, 3.0]]).tobytes()


def test_unfinished_run_has_the_best_weights_so_far(trained):
    Path("run", "model.safetensors").unlink()
    assert load_run("run").scores([[30.0, 3.0]]).tobytes() == trained.scores([[30.0, 3.0]]).tobytes()
    settings = json.loads(Path("run", "settings.json").read_text())
    for name, value in (("layers", 3), ("activation", "no"), ("dtype", "int8")):
        Path("run", "settings.json").write_text(json.dumps(settings | {name: value}))
        with pytest.raises(ValueError, match=r"run: not the settings of a run"):
            load_run("run")


def test_folder_without_a_run_is_refused():
    with pytest.raises(ValueError, match=r"x: there is no such folder"):
        load_run("x")


def test_damaged_model_is_refused():
    run("xor", *SMALL, "-o", "run")
    path = Path("run", "model.safetensors")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(nn.WeightsFileError, match=r"model.safetensors: truncated"):
        load_run("run")
