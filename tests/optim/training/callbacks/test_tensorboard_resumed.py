"""Event files of trainings that are interrupted, killed and resumed: curves without a gap and without an epoch twice."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorboard")

import optim.__main__ as command
from optim import Callback, Checkpoint, TensorBoard
from optim.training.checkpointing.checkpoint import checkpoints
from tests.optim.resumed import EPOCHS, plain, train
from tests.optim.training.event_files.event_reader import curve, read

ROOT = Path(__file__).parents[4]
SEED = 3  # of the moments at which the process is killed


class KilledError(Exception):
    pass


class Kill(Callback):
    """Ends the training at the end of an epoch, after the event files of the epoch but before its checkpoint."""

    order = 50

    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch_end(self, run):
        if run.epoch == self.epoch:
            raise KilledError


def killed(folder, every, epoch, board):
    with pytest.raises(KilledError):
        train(plain, None, [board, Checkpoint(folder, every), Kill(epoch)])


def float32(numbers):
    return np.float32(numbers).tolist()


def assert_whole(events, history):
    """The curves are those of the history, each epoch once."""
    epochs = list(range(1, EPOCHS + 1))
    assert curve(events / "train", "loss") == (epochs, float32(history["loss"]))
    assert curve(events / "validation", "accuracy") == (epochs, float32(history["validation_accuracy"]))
    histograms = read(events / "train").Histograms("weights/0.weight")
    assert [event.step for event in histograms] == epochs
    steps, _ = curve(events / "steps", "batch_loss")
    assert steps == list(range(1, 9 * EPOCHS + 1))


@pytest.mark.parametrize(("every", "epoch"), [(1, 4), (2, 4), (3, 5), (5, 3)])
def test_killed_and_resumed_has_the_curves_of_one_training(tmp_path, every, epoch):
    _, history = train(plain, None)
    events = tmp_path / "events"
    killed(tmp_path, every, epoch, TensorBoard(events, steps=1))
    assert max(curve(events / "train", "loss")[0]) == epoch
    resumed_callbacks = [TensorBoard(events, steps=1), Checkpoint(tmp_path, every)]
    train(plain, None, resumed_callbacks, resume=True)
    assert_whole(events, history)


def test_two_interruptions(tmp_path):
    _, history = train(plain, None)
    for epochs in (2, 5, EPOCHS):
        train(plain, tmp_path, [TensorBoard(tmp_path / "events", steps=1)], epochs, resume=True)
    assert_whole(tmp_path / "events", history)
    assert read(tmp_path / "events" / "train").Graph().node


def test_epochs_before_the_callback_was_added_are_written(tmp_path):
    _, history = train(plain, tmp_path, epochs=3)
    _, history = train(plain, tmp_path, [TensorBoard(tmp_path / "events")], resume=True)
    assert curve(tmp_path / "events" / "train", "loss") == ([1, 2, 3, 4, 5, 6], float32(history["loss"]))


@pytest.mark.parametrize("folder", ["train", "validation"])
@pytest.mark.parametrize("lost", [1, 30, 2000])
def test_the_end_of_a_file_is_lost(tmp_path, folder, lost):
    train(plain, tmp_path, [TensorBoard(tmp_path / "events", histograms=0)], epochs=4)
    [path] = (tmp_path / "events" / folder).iterdir()
    content = path.read_bytes()
    path.write_bytes(content[: max(len(content) - lost, 0)])
    _, history = train(plain, tmp_path, [TensorBoard(tmp_path / "events", histograms=0)], resume=True)
    epochs = list(range(1, EPOCHS + 1))
    assert curve(tmp_path / "events" / "train", "loss") == (epochs, float32(history["loss"]))
    assert curve(tmp_path / "events" / "validation", "loss") == (epochs, float32(history["validation_loss"]))


def test_a_resumed_run_of_the_shell_continues_its_curves(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        assert command.main([str(argument) for argument in arguments]) == 0

    small = "moons", "--hidden", "4", "--epochs"
    run(*small, 2, "-o", "run", "--tensorboard", "events")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    run("--resume", tmp_path / "run", "--epochs", 4)
    rows = (tmp_path / "run" / "history.csv").read_text().splitlines()
    losses = [float(row.split(",")[rows[0].split(",").index("loss")]) for row in rows[1:]]
    assert curve(tmp_path / "events" / "train", "loss") == ([1, 2, 3, 4], float32(losses))
    assert command.main([*map(str, small), "1", "-o", "other", "--tensorboard", str(tmp_path / "events")]) == 2
    assert list(Path("other").iterdir()) == []
    run(*small, 1, "-o", "other", "--tensorboard", tmp_path / "events", "--force")
    assert curve(tmp_path / "events" / "train", "loss")[0] == [1]
    run(*small, 1, "-o", "again", "--tensorboard", tmp_path / "more", "--checkpoint-every", 0)
    run("--resume", "again", "--epochs", 3)
    assert curve(tmp_path / "more" / "train", "loss")[0] == [1, 2, 3]


@pytest.mark.slow
def test_killed_at_random_moments_has_the_curves_of_one_training(tmp_path):
    folder, events, epochs, kills = tmp_path / "run", tmp_path / "events", 150, 0
    arguments = [sys.executable, "-m", "tests.optim.training.checkpointing.train_digits", folder, events, str(epochs)]
    moments = random.Random(SEED)
    while kills < 10:
        process = subprocess.Popen(arguments, cwd=ROOT)
        epoch, deadline = max(checkpoints(folder), default=0) + moments.randint(1, 9), time.monotonic() + 60
        while max(checkpoints(folder), default=0) < epoch and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.001)
        time.sleep(moments.uniform(0, 0.01))
        process.kill()
        kills += process.wait() != 0
        steps = curve(events / "train", "loss")[0]
        assert max(checkpoints(folder), default=0) <= len(steps)
        assert steps == list(range(1, len(steps) + 1))
    assert max(checkpoints(folder)) < epochs
    assert subprocess.run(arguments, cwd=ROOT, check=False).returncode == 0
    rows = json.loads((folder / "history.json").read_text())["rows"]
    expected = list(range(1, epochs + 1))
    assert curve(events / "train", "loss") == (expected, float32([row["loss"] for row in rows]))
    assert curve(events / "validation", "accuracy") == (expected, float32([row["validation_accuracy"] for row in rows]))
    assert [event.step for event in read(events / "train").Histograms("gradients/0.weight")] == expected
    assert curve(events / "steps", "batch_loss")[0] == list(range(1, 10 * epochs + 1))
    assert len(list((events / "train").iterdir())) > 5
