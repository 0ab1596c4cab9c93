import os
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import nn
from optim import SGD, Checkpoint, EarlyStopping, MiniBatch, StepLR, fit
from optim.training.progress_bar import ProgressBar

LINE = np.linspace(-1, 1, 20)[:, None]


def train(**options):
    model = nn.Linear(1, 1, rng=0)
    optimizer = SGD(model.parameters(), lr=0.125)
    return fit(
        model, nn.MSELoss(), (LINE, 3 * LINE), optimizer=optimizer, batching=MiniBatch(8), validation=(LINE, LINE), **options
    )


@pytest.fixture
def notebook(monkeypatch):
    """The successive contents of a notebook cell."""
    shown = []

    class Cell:
        def update(self, content):
            shown.append(content)

    def display(content, display_id):
        shown.append(content)
        return Cell()

    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(HTML=str, display=display))
    return shown


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr("optim.training.progress_bar._in_terminal", lambda: True)


def test_quiet_without_a_terminal(capfd):
    train(epochs=2)
    assert capfd.readouterr() == ("", "")


def test_bar_in_a_terminal(terminal, capfd):
    train(epochs=2)
    out, err = capfd.readouterr()
    assert out == ""
    last = err.rstrip().split("\r")[-1]
    for part in ("training, epoch 2/2", "6/6", "loss=", "validation_loss=", "lr=0.125", "step/s", "<"):
        assert part in last, last


def test_no_bar_in_a_terminal_if_not_wanted(terminal, capfd):
    train(epochs=2, progress=False)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("value", "is_shown"), [("1", False), ("True", False), ("0", True), ("", True)])
def test_one_setting_of_the_environment_hides_all_bars(terminal, monkeypatch, capfd, value, is_shown):
    monkeypatch.setenv("TQDM_DISABLE", value)
    train()
    assert bool(capfd.readouterr().err) == is_shown


def test_a_bar_that_is_asked_for_is_shown_whatever_the_environment(notebook, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "1")
    train()
    assert not notebook
    train(progress=True)
    assert notebook


def test_bar_stays_where_the_training_stopped(terminal, capfd):
    train(epochs=50, early_stopping=EarlyStopping(1, min_delta=1e9))
    assert "6/150" in capfd.readouterr().err.rstrip().split("\r")[-1]


def test_an_early_end_is_told(terminal, notebook, capfd):
    train(epochs=50, early_stopping=EarlyStopping(1, min_delta=1e9))
    assert "stopped after epoch 2/50: " in notebook[-1]
    assert 'value="6" max="150"' in notebook[-1]
    assert "loss=" in notebook[-1]


def test_an_early_end_is_told_below_the_bar_of_a_terminal(terminal, capfd):
    train(epochs=50, early_stopping=EarlyStopping(1, min_delta=1e9))
    bar, message = capfd.readouterr().err.rstrip().split("\n")
    assert "6/150" in bar
    assert message.startswith("stopped after epoch 2/50: ")
    train(epochs=2)
    assert "stopped" not in capfd.readouterr().err


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 200])
def test_the_bar_fits_into_the_terminal(terminal, monkeypatch, capfd, columns):
    monkeypatch.setattr("optim.training.progress_bar.os.get_terminal_size", lambda descriptor: os.terminal_size((columns, 24)))
    with ProgressBar(epochs=100, steps=250) as bar:
        figures = {
            "accuracy": 0.12345,
            "loss": 0.123456,
            "f1": 0.5,
            "validation_accuracy": 0.98765,
            "validation_loss": 0.234567,
        }
        for epoch in range(1, 24):
            bar.epoch(epoch, figures, 0.001)
    lines = capfd.readouterr().err.rstrip().split("\r")
    assert max(len(line.rstrip("\n")) for line in lines) <= max(columns, 49)  # 49: the epoch, the bar and the times
    last = lines[-1]
    assert "23/100" in last
    assert len(re.search(r"\|(.*?)\|", last)[1]) >= 10
    shown = [name.replace("val_", "validation_") for name in re.findall(r"(\w+)=", last)]
    assert shown == ["loss", "validation_loss", "validation_accuracy", "accuracy", "f1", "lr"][: len(shown)]
    assert len(shown) >= {40: 0, 60: 0, 80: 2, 100: 3, 200: 6}[columns]


def test_bar_in_a_notebook_is_html_that_stays(notebook, capfd):
    train(epochs=3)
    assert capfd.readouterr() == ("", "")
    first, last = notebook[0], notebook[-1]
    assert '<progress value="0" max="9"' in first
    assert '<progress value="9" max="9"' in last
    assert re.search(r"epoch 3/3.*loss=.*, validation_loss=.*, lr=0\.125 \[00:00\]", last)


def test_the_remaining_time_is_shown(notebook, monkeypatch):
    now = iter(np.arange(0, 1e6, 30.0))
    monkeypatch.setattr("optim.training.progress_bar.time.perf_counter", lambda: float(next(now)))
    with ProgressBar(epochs=4, steps=10) as bar:
        for epoch in (1, 2):
            bar.epoch(epoch, {"epoch": epoch, "loss": 0.5}, 0.1)
    assert re.search(r"\[\d+:\d\d(:\d\d)?, \d+:\d\d left\]", notebook[-1])


def test_a_bar_between_epochs_shows_the_last_metrics(notebook):
    with ProgressBar(epochs=2, steps=10) as bar:
        assert bar.due == 0
        bar.step(1, 3, 2.0, 0.1)
        assert "loss=2, lr=0.1" in notebook[-1]
        assert 'value="3"' in notebook[-1]
        bar.epoch(1, {"epoch": 1, "loss": 1.5, "validation_loss": 4.0, "seconds": 9.0, "gradient_norm weight": 7.0}, 0.1)
        assert "loss=1.5, validation_loss=4, lr=0.1" in notebook[-1]
        bar.step(2, 1, 1.25, 0.1)
        assert "loss=1.25, validation_loss=4, lr=0.1" in notebook[-1]
        assert 'value="11"' in notebook[-1]


def test_the_bar_of_a_resumed_training_begins_at_its_epoch(notebook, tmp_path):
    train(epochs=2, callbacks=[Checkpoint(tmp_path)])
    notebook.clear()
    train(epochs=4, callbacks=[Checkpoint(tmp_path)], resume=True)
    assert '<progress value="6" max="12"' in notebook[0]
    assert '<progress value="12" max="12"' in notebook[-1]


def test_bar_shows_the_rate_that_a_schedule_sets(notebook):
    model = nn.Linear(1, 1, rng=0)
    schedule = StepLR(SGD(model.parameters(), lr=0.25), step_size=1, gamma=0.5)
    fit(model, nn.MSELoss(), (LINE, LINE), schedule=schedule, epochs=2)
    assert "lr=0.0625" in notebook[-1]


def test_a_shell_that_is_no_notebook_has_no_html(monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    train(epochs=1)
    assert capfd.readouterr() == ("", "")


def test_no_stderr_is_no_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert len(train(epochs=1)) == 1
