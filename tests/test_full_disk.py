"""A disk that is full: the old file stays, no temporary file remains, and a shell gets one line and status 2."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import autograd
import autograd.__main__
import nn
import optim.__main__
from autograd.draw.png import to_png
from autograd.draw.shapes import Picture
from optim import Checkpoint, CSVLogger, History, TensorBoard, fit
from optim.cli import run_folder
from optim.training.checkpointing.file_format import save_state
from optim.training.event_files.event_file import EventFolder
from optim.training.event_files.records import read_records, record

resource = pytest.importorskip("resource")
ROOT = Path(__file__).parents[1]


@contextmanager
def full_disk(size):
    """No file can become larger than `size` bytes: a write beyond raises OSError, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def picture():
    x = autograd.Tensor(np.arange(6.0), requires_grad=True, name="x")
    y = (x * x).sum()
    y.backward()
    return autograd.draw(y)


def long_history():
    history = History()
    for epoch in range(1, 100):
        history.append({"epoch": epoch, "loss": 1 / epoch, "gradient_norm w": 1.0, "seconds": 0.0})
    return history


def plot(path):
    pytest.importorskip("matplotlib")
    long_history().plot(path)


def train(callback):
    fit(nn.Linear(1, 1, rng=0), nn.MSELoss(), ([[0.0], [1.0]], [[1.0], [3.0]]), epochs=9, rng=0, callbacks=[callback])


ARRAYS = {"w": np.arange(1000.0)}
#: A file by name, and the function that writes it.
WRITERS = {
    **{f"graph.{suffix}": lambda path: picture().save(path) for suffix in ("svg", "html", "dot", "txt", "png", "pdf")},
    "weights.npz": lambda path: nn.save(ARRAYS, path),
    "weights.safetensors": lambda path: nn.save(ARRAYS, path),
    "history.csv": lambda path: long_history().save(path),
    "history.json": lambda path: long_history().save(path),
    "curves.png": plot,
    "curves.pdf": plot,
    "checkpoint-1.npz": lambda path: save_state(path, ARRAYS),
    "settings.json": lambda path: run_folder.write_settings(path.parent, {"layers": list(range(1000))}),
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize("size", [0, 100])
def test_old_file_stays_and_no_temporary_remains(tmp_path, name, old, size):
    if name == "graph.png" and to_png(Picture(10.0, 10.0, [])) is None:
        pytest.skip("needs Graphviz")
    path = tmp_path / name
    if old is not None:
        path.write_bytes(old)
    with full_disk(size), pytest.raises(OSError, match=name) as caught:
        WRITERS[name](path)
    assert caught.value.errno is not None
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == ({} if old is None else {name: old})
    WRITERS[name](path)
    assert path.stat().st_size > 100


def test_checkpoints_stay_those_of_the_last_epoch_that_fitted(tmp_path):
    train(Checkpoint(tmp_path))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with full_disk(200), pytest.raises(OSError, match=r"best\.npz|checkpoint"):
        train(Checkpoint(tmp_path / "again"))
    assert list((tmp_path / "again").iterdir()) == []
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()} == before


@pytest.mark.parametrize("size", [100, 101, 150])
def test_log_keeps_whole_rows(tmp_path, size):
    path = tmp_path / "log.csv"
    with full_disk(size), pytest.raises(OSError, match=r"log\.csv"):
        train(CSVLogger(path))
    lines = path.read_text().splitlines(keepends=True)
    assert lines[0] == "epoch,loss,seconds\n"
    assert all(line.count(",") == 2 and line.endswith("\n") for line in lines)
    assert [line.split(",")[0] for line in lines[1:]] == [str(i + 1) for i in range(len(lines) - 1)]


@pytest.mark.parametrize("size", [0, 100, 700, 1000, 3000])
def test_event_files_keep_whole_epochs(tmp_path, size):
    with full_disk(size), pytest.raises(OSError, match="tfevents"):
        train(TensorBoard(tmp_path))
    for path in tmp_path.rglob("*tfevents*"):
        assert path.read_bytes() == b"".join(map(record, read_records(path)))
    epochs = EventFolder(tmp_path / "train").steps_of("loss")
    assert epochs == set(range(1, len(epochs) + 1))
    train(TensorBoard(tmp_path, overwrite=True))
    assert EventFolder(tmp_path / "train").steps_of("loss") == set(range(1, 10))


@pytest.mark.parametrize("suffix", ["svg", "html", "txt"])
def test_picture_from_a_shell_ends_in_one_line_and_status_2(tmp_path, capsys, suffix):
    path = tmp_path / f"graph.{suffix}"
    path.write_text("old")
    with full_disk(50):
        status = autograd.__main__.main(["x*y", "x=1", "y=2", "-o", str(path)])
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert str(path) in err
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "old"


@pytest.mark.usefixtures("in_folder")
def test_training_from_a_shell_ends_in_one_line_and_status_2(capsys):
    with full_disk(50):
        status = optim.__main__.main(["xor", "--hidden", "4", "--epochs", "1", "-o", "run"])
    err = capsys.readouterr().err
    assert (status, err.count("\n")) == (2, 1)
    assert "settings.json" in err
    assert [path for path in Path("run").rglob("*") if path.is_file()] == []


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def shell(command):
    words = f"{sys.executable} -m {command}"
    return subprocess.run(["bash", "-c", words], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)


needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")


@needs_full
@pytest.mark.parametrize(
    "command", ["autograd x*y x=1 y=2 >/dev/full", "autograd x x=1 -o /dev/full", "autograd x x=1 -o graph.svg >/dev/full"]
)
def test_full_device_ends_in_one_line_and_status_2(tmp_path, command):
    process = shell(command.replace("graph.svg", str(tmp_path / "graph.svg")))
    assert process.returncode == 2
    assert process.stderr.count("\n") == 1
    assert process.stderr.startswith("autograd: ")


@needs_full
def test_device_is_not_replaced_by_a_file(tmp_path):
    link = tmp_path / "graph.svg"
    link.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        picture().save(link)
    assert not Path("/dev/full").is_file()
    assert [file.name for file in tmp_path.iterdir()] == ["graph.svg"]


@pytest.mark.parametrize(
    "command",
    [
        "autograd x*y x=1 y=2 >&-",
        "autograd x*y x=1 y=2 >&- 2>&-",
        "autograd x+y x=1 2>&-",
        "autograd --help >&-",
        "autograd --help | true",
        "autograd x*y x=1 y=2 | true",
        "optim --help >&-",
        "optim evaluate nowhere >&- 2>&-",
    ],
)
def test_closed_output_is_no_traceback(command):
    process = shell(f"{command}; exit ${{PIPESTATUS[0]}}")
    assert process.returncode == (2 if "nowhere" in command or "x+y x=1 2" in command else 0)
    assert process.stdout == ""
    assert process.stderr == ""


def test_picture_is_written_although_the_output_is_closed(tmp_path):
    process = shell(f"autograd x*y x=1 y=2 -o {tmp_path / 'graph.svg'} >&-")
    assert (process.returncode, process.stderr) == (0, "")
    assert (tmp_path / "graph.svg").read_text().rstrip().endswith("</svg>")
