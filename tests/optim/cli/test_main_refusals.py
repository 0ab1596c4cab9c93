"""python -m optim with a file of the user, and wrong arguments."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import optim.__main__ as command
from optim.cli.parse import OPTIMIZERS
from optim.data import TableEncoder, digits
from tests.optim.commands import SMALL, refused, weights, write_csv

pytestmark = pytest.mark.usefixtures("in_empty_folder")


ROOT = Path(command.__file__).parents[1]

# The user's file


def test_own_csv_is_learned(capsys):
    assert command.main([write_csv("flowers.csv", 200), "--hidden", "8", "--epochs", "40", "-o", "run"]) == 0
    out = capsys.readouterr().out
    assert "flowers: 140 examples to train, 20 to validate, 40 held out" in out
    assert float(out.split("held-out accuracy: ")[1].split("%")[0]) > 90


def test_confusions_are_reported_by_class_names(capsys):
    command.main([write_csv("flowers.csv", kinds=("sinking", "rising")), "--hidden", "0", "--epochs", "1", "--lr", "1e-9"])
    assert any(name in capsys.readouterr().out for name in ("sinking taken for rising", "rising taken for sinking"))


def test_target_may_be_named(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("kind,x\n" + "".join(f"{i % 2},{i}\n" for i in range(40)))
    assert command.main(["a.csv", "--target", "kind", *SMALL, "-o", "run"]) == 0
    assert "model: 1 → 8 → 2" in capsys.readouterr().out


def test_own_npz_is_learned(tmp_path):
    images, labels = digits()
    np.savez(tmp_path / "few.npz", images=images[:200], y=labels[:200])
    assert command.main(["few.npz", *SMALL, "-o", "run"]) == 0


def test_scale_of_a_column_does_not_matter(tmp_path):
    for name, scale in (("meters", 1.0), ("inches", 1024.0)):
        command.main([write_csv(f"{name}.csv", scale=scale), *SMALL, "-o", name])
    np.testing.assert_allclose(weights(tmp_path / "meters")["0.weight"], weights(tmp_path / "inches")["0.weight"], rtol=1e-6)


def test_constant_column_does_no_harm(tmp_path):
    (tmp_path / "a.csv").write_text("".join(f"{i},7,{i % 2}\n" for i in range(40)))
    assert command.main(["a.csv", *SMALL, "-o", "run"]) == 0
    assert all(np.isfinite(w).all() for w in weights(tmp_path / "run").values())


def test_name_of_the_file_does_not_matter(tmp_path):
    for name in ("digits", "flowers"):
        command.main([write_csv(f"{name}.csv", scale=100.0), *SMALL, "-o", name])
    assert (tmp_path / "digits" / "model.safetensors").read_bytes() == (tmp_path / "flowers" / "model.safetensors").read_bytes()


# Refused options and data


BAD_OPTIONS = [
    (["--hidden", "a"], "--hidden.*'a'"),
    (["--hidden", "8,0"], "--hidden.*'8,0'"),
    (["--hidden", "-3"], "--hidden.*'-3'"),
    (["--hidden", ""], "--hidden.*''"),
    (["--hidden", "8,,8"], "--hidden.*'8,,8'"),
    (["--hidden", "1000000000000000"], "."),
    (["--batching", "0"], "--batching.*'0'"),
    (["--batching", "-5"], "--batching.*'-5'"),
    (["--batching", "1.5"], r"--batching.*'1\.5'"),
    (["--batching", "mini"], "--batching.*'mini'"),
    (["--epochs", "0"], "--epochs.*0"),
    (["--epochs", "-2"], "--epochs.*-2"),
    (["--seed", "-1"], "--seed.*-1"),
    (["--lr", "0"], "(--lr|learning rate).*0"),
    (["--lr", "-0.1"], r"(--lr|learning rate).*-0\.1"),
    (["--lr", "nan"], "(--lr|learning rate).*nan"),
    (["--momentum", "1"], "momentum.*1"),
    (["--momentum", "-0.5"], r"momentum.*-0\.5"),
    (["--patience", "0"], "patience.*0"),
    (["--penalty", "l3:1"], "--penalty.*'l3:1'"),
    (["--penalty", "l2"], "--penalty.*'l2'"),
    (["--penalty", "l2:-1"], "--penalty.*'l2:-1'"),
    (["--penalty", "l2:x"], "--penalty.*'l2:x'"),
    (["--penalty", "l2:nan"], "--penalty.*'l2:nan'"),
    (["--penalty", "none:1"], "--penalty.*'none:1'"),
    (["--penalty", "elastic:1"], "--penalty.*'elastic:1'"),
    (["--clip", "norm"], "--clip.*'norm'"),
    (["--clip", "norm:0"], "--clip.*'norm:0'"),
    (["--clip", "value:-1"], "--clip.*'value:-1'"),
    (["--clip", "norm:1:2"], "--clip.*'norm:1:2'"),
    (["--clip", "norm:inf"], "--clip.*'norm:inf'"),
    (["--clip", "none:1"], "--clip.*'none:1'"),
    (["--clip", "both:1"], "--clip.*'both:1'"),
    (["--target", "kind"], "--target"),
    (["--path", "mnist.npz"], "--path.*xor"),
    (["--dropout", "1"], "--dropout.*1"),
    (["--dropout", "-0.1"], r"--dropout.*-0\.1"),
    (["--ema", "1"], "--ema.*1"),
    (["--checkpoint-every", "-1"], "--checkpoint-every.*-1"),
    (["--optimizer", "adam", "--momentum", "0.9"], "--momentum: adam has no momentum; sgd, rmsprop, lars have"),
    (["--schedule", "sometimes"], "--schedule.*'sometimes'"),
    (["--schedule", "step:3"], "--schedule.*'step:3'"),
    (["--schedule", "step:1.5:0.1"], "--schedule step:1.5:0.1.*1.5"),
    (["--schedule", "exponential:-1"], "--schedule exponential:-1.*-1"),
    (["--schedule", "plateau:3:2"], "--schedule plateau:3:2.*2"),
    (["--augment", "blur:1"], "--augment.*'blur:1'"),
    (["--augment", "noise"], "--augment.*'noise'"),
    (["--augment", "noise:-1"], "--augment noise:-1.*-1"),
    (["--augment", "shift:1"], "--augment: shift is for images"),
]
each_bad_option = pytest.mark.parametrize(("options", "message"), BAD_OPTIONS, ids=["=".join(o) for o, _ in BAD_OPTIONS])


@each_bad_option
def test_bad_option_is_refused_in_one_line_that_names_it(capsys, options, message):
    assert re.search(message, refused(capsys, ["xor", *options]))


@each_bad_option
def test_bad_option_is_refused_before_any_output(tmp_path, capsys, options, message):
    command.main(["xor", *options])
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [
        ["--lr", "fast"],
        ["--epochs", "1.5"],
        ["--seed", "x"],
        ["--activation", "wobble"],
        ["--optimizer", "best"],
        ["--init", "luck"],
        ["--dtype", "int8"],
        ["--depth", "3"],
        ["xor", "moons"],
    ],
    ids="=".join,
)
def test_options_that_cannot_be_read_exit_with_2(capsys, options):
    with pytest.raises(SystemExit) as caught:
        command.main(options)
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("optim: ")
    assert line.endswith("(see --help)")


@pytest.mark.parametrize(
    ("option", "ours"),
    [("--optimiser", "--optimizer"), ("--batchsize", "--batch-size"), ("--max-iter", "--epochs"), ("--hiden", "--hidden")],
)
def test_an_option_of_another_library_is_answered_with_ours(capsys, option, ours):
    with pytest.raises(SystemExit) as caught:
        command.main([option, "1"])
    assert caught.value.code == 2
    assert f"unrecognized arguments: {option}; write {ours} (see --help)" in capsys.readouterr().err


NUMBERS_AND_A_WORD = "x,kind\n" + "".join(f"{i},{i % 2}\n" for i in range(30)) + "red,1\n"


@pytest.mark.parametrize(
    ("text", "options", "place"),
    [
        ("x,kind\n1,a\n2,\n", [], "a.csv, line 3, column 'kind': the value of the target is missing; remove the row"),
        ("x,kind\n1,a\n2,a\n", [], "only one class (a)"),
        (NUMBERS_AND_A_WORD, [], "a.csv, line 32, column 'x': 'red' is not"),
        (
            "x,kind\n" + "".join(f"{i},{i % 2}\n" for i in range(30)) + "red,1\n",
            [],
            "choose --column 'x=number', which takes it",
        ),
        ("x,kind\n1,a\n2,b\n", ["--target", "sort"], "there is no column 'sort'"),
        ("x,kind\n1,a\n2\n", [], "a.csv, line 3: 2 values expected, got 1"),
        ("x,kind\n", [], "no examples"),
        ("", [], "the file is empty"),
        ("x,kind\n1,a\n2,b\n", [], "a: 2 examples of 2 classes are too few"),
    ],
)
def test_bad_csv_is_refused_in_one_line_that_names_the_place(tmp_path, capsys, text, options, place):
    (tmp_path / "a.csv").write_text(text)
    assert place in refused(capsys, ["a.csv", *options])
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("minst", "unknown data set 'minst'"), ("a.xls", "unknown data set 'a.xls'"), ("no.csv", "no such file")],
)
def test_unknown_data_is_refused_in_one_line(capsys, name, message):
    assert message in refused(capsys, [name])


def test_output_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "run").write_text("mine")
    assert "run" in refused(capsys, ["xor", *SMALL, "-o", "run"])
    assert (tmp_path / "run").read_text() == "mine"


def test_divergence_is_reported_in_one_line(capsys):
    assert "learning rate below 1e+06" in refused(capsys, ["xor", *SMALL, "--lr", "1e6", "-o", "run"])


def test_interrupt_exits_with_130(monkeypatch, capsys):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "fit", interrupted)
    assert command.main(["xor", *SMALL, "-o", "run"]) == 130
    assert capsys.readouterr().err == "optim: interrupted\n"


def test_help_lists_the_options():
    done = subprocess.run([sys.executable, "-m", "optim", "--help"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0
    assert done.stderr == ""
    for option in ("--target", "--hidden", "--batching", "--penalty", "--clip", "--patience", "--seed", "--resume", "evaluate"):
        assert option in done.stdout


def test_settings_contain_everything_for_using_the_weights(tmp_path):
    command.main([write_csv("flowers.csv"), *SMALL, "-o", "run"])
    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert settings.keys() == {"layers", "activation", "batch_norm", "dropout", "dtype", "shape", "seed", "table", "options"}
    encoder = TableEncoder.from_state_dict(settings["table"])
    assert encoder.features == ["height", "width"]
    assert encoder.target.classes == ["down", "up"]


def test_folder_that_cannot_be_written_is_refused_before_training(capsys, monkeypatch):
    monkeypatch.setattr(command, "fit", lambda *args, **options: pytest.fail("trained"))
    refused(capsys, ["xor", *SMALL, "-o", "/proc/run"])


@pytest.mark.parametrize(
    "options", [["--schedule", schedule] for schedule in ("cosine", "exponential:0.9", "inverse:0.1", "step:1:0.5")]
)
def test_every_schedule_lowers_the_rate(tmp_path, options):
    assert command.main(["xor", *SMALL, *options, "-o", "run"]) == 0
    with open(tmp_path / "run" / "history.csv", newline="") as file:
        rates = [float(row["lr"]) for row in csv.DictReader(file)]
    assert rates[0] == 0.1
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < rates[0]


def test_every_optimizer_can_be_chosen():
    for name in OPTIMIZERS:
        assert command.main(["xor", "--hidden", "4", "--epochs", "1", "--optimizer", name, "-o", name]) == 0


@pytest.mark.parametrize("augmentations", ["shift:1", "rotate:10", "flip:0.5", "cutout:2", "shift:1,rotate:5,noise:0.1"])
def test_images_can_be_augmented(augmentations):
    assert command.main(["digits", "--hidden", "4", "--epochs", "1", "--augment", augmentations, "-o", "run"]) == 0


def test_single_precision_is_kept_in_the_weights(tmp_path):
    command.main(["xor", *SMALL, "--batch-norm", "--dtype", "float32", "-o", "run"])
    assert {w.dtype for w in weights(tmp_path / "run").values()} == {np.dtype(np.float32)}


def test_a_last_batch_of_one_example_is_dropped_with_batch_norm():
    assert command.main([write_csv("a.csv", 103), "--hidden", "4", "--epochs", "1", "--batch-norm", "--batching", "8"]) == 0


def test_layers_can_be_recorded(tmp_path, curves):
    command.main(["xor", *SMALL, "--record", "-o", "run"])
    with open(tmp_path / "run" / "history.csv", newline="") as file:
        row = next(csv.DictReader(file))
    assert float(row["gradient_norm 0.weight"]) > 0
    assert float(row["update_ratio 2.bias"]) > 0
