"""Files and commands for the tests of python -m optim."""

import csv

import numpy as np

import nn
import optim.__main__ as command

SMALL = ["--hidden", "8", "--epochs", "3"]


def weights(folder):
    return dict(nn.load(folder / "model.safetensors"))


def write_csv(path, n=60, kinds=("down", "up"), scale=1.0):
    points = np.random.default_rng(0).normal(size=(n, 2))
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["height", "width", "kind"])
        writer.writerows([scale * x, y, kinds[int(x + y > 0)]] for x, y in points)
    return str(path)


def refused(capsys, arguments):
    """The one line with which the command refuses."""
    assert command.main(arguments) == 2
    out, err = capsys.readouterr()
    assert err.startswith("optim: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert "Traceback" not in out + err
    return err
