"""A run folder can be evaluated, and used to predict."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import optim.__main__ as command
from optim.data import digits
from tests.optim.run_folders import SMALL, flowers, refused, run

pytestmark = pytest.mark.usefixtures("in_empty_folder")


# Evaluating


def test_evaluate_reports_the_accuracy_of_the_training(capsys):
    run("digits", *SMALL, "--batch-norm", "--dropout", "0.2", "-o", "run")
    reported = capsys.readouterr().out.split("held-out")[1].split("wrote")[0]
    run("evaluate", "run")
    assert capsys.readouterr().out.split("held-out")[1] == reported


def test_other_data_with_the_same_columns_and_classes(capsys):
    flowers("flowers.csv", scale=100.0)
    run("flowers.csv", "--hidden", "8", "--epochs", "40", "-o", "run")
    flowers("more.csv", 50, scale=100.0)
    capsys.readouterr()
    run("evaluate", "run", "more.csv")
    out = capsys.readouterr().out
    assert out.startswith("accuracy: ")
    assert float(out.split(": ")[1].split("%")[0]) > 90
    assert " of 50)" in out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "height,width,kind\n1,2,down\n1,2,sideways\n",
            "column 'kind': unknown class 'sideways'; the classes are down, up",
        ),
        ("height,kind\n1,down\n2,up\n", "there is no column 'width'; its columns are height, kind"),
        ("height,width,sort\n1,x,down\n2,1,up\n", "line 2, column 'width': 'x' is not a number"),
    ],
)
def test_data_that_does_not_fit_is_refused(tmp_path, capsys, text, message):
    flowers("flowers.csv")
    run("flowers.csv", *SMALL, "-o", "run")
    (tmp_path / "other.csv").write_text(text)
    assert message in refused(capsys, "evaluate", "run", "other.csv")


# Predicting


def predicted(text):
    rows = list(csv.DictReader(text.splitlines()))
    return [row["class"] for row in rows], [float(row["probability"]) for row in rows]


@pytest.fixture
def learned():
    points = flowers("flowers.csv", 200, scale=10.0)
    run("flowers.csv", "--hidden", "8", "--epochs", "40", "-o", "run")
    return points * [10.0, 1.0]


def test_classes_and_probabilities_are_printed(tmp_path, capsys, learned):
    (tmp_path / "new.csv").write_text("height,width\n30,3\n-30,-3\n0.1,0\n")
    capsys.readouterr()
    run("predict", "run", "new.csv")
    classes, shares = predicted(capsys.readouterr().out)
    assert classes[:2] == ["up", "down"]
    assert shares[0] > 0.9
    assert shares[1] > 0.9
    assert 0.5 <= shares[2] < shares[0]


@pytest.mark.parametrize(
    "text",
    ["width,height\n3,30\n-3,-30\n", "kind,note,width,height\nup,a,3,30\n,b,-3,-30\n", "30,3\n-30,-3\n", "30,3,?\n-30,-3,?\n"],
    ids=["other order", "more columns", "no header", "no header but classes"],
)
def test_columns_are_found_by_name_or_in_order(tmp_path, capsys, learned, text):
    (tmp_path / "new.csv").write_text(text)
    capsys.readouterr()
    run("predict", "run", "new.csv")
    assert predicted(capsys.readouterr().out)[0] == ["up", "down"]


def test_columns_in_another_order_are_evaluated_by_their_names(tmp_path, capsys, learned):
    capsys.readouterr()
    (tmp_path / "new.csv").write_text("width,height,kind\n3,30,up\n-3,-30,down\n3,-30,down\n-3,30,up\n")
    (tmp_path / "same.csv").write_text("height,width,kind\n30,3,up\n-30,-3,down\n-30,3,down\n30,-3,up\n")
    run("evaluate", "run", "same.csv")
    expected = capsys.readouterr().out
    run("evaluate", "run", "new.csv")
    assert capsys.readouterr().out == expected


def test_columns_of_other_names_are_not_evaluated(tmp_path, capsys, learned):
    (tmp_path / "new.csv").write_text("height,depth,kind\n30,3,up\n-30,-3,down\n")
    assert "there is no column 'width'; its columns are height, depth, kind" in refused(capsys, "evaluate", "run", "new.csv")


def test_predictions_into_no_folder_are_refused(tmp_path, capsys, learned):
    (tmp_path / "new.csv").write_text("height,width\n30,3\n")
    assert "--output no/out.csv: there is no folder no" in refused(capsys, "predict", "run", "new.csv", "-o", "no/out.csv")


def test_the_training_file_itself_can_be_predicted(capsys, learned):
    capsys.readouterr()
    run("predict", "run", "flowers.csv")
    classes, _ = predicted(capsys.readouterr().out)
    kinds = [row["kind"] for row in csv.DictReader(Path("flowers.csv").read_text().splitlines())]
    assert np.mean([a == b for a, b in zip(classes, kinds)]) > 0.9


def test_predictions_can_be_written_to_a_file(tmp_path, capsys, learned):
    (tmp_path / "new.csv").write_text("height,width\n30,3\n")
    capsys.readouterr()
    run("predict", "run", "new.csv", "-o", "out.csv")
    assert capsys.readouterr().out == "wrote 1 predictions to out.csv\n"
    assert predicted((tmp_path / "out.csv").read_text())[0] == ["up"]


def test_header_can_be_stated(tmp_path, capsys):
    rows = "".join(f"{i},{i % 7},{i % 2}\n" for i in range(100))
    (tmp_path / "a.csv").write_text(f"2019,2020,2021\n{rows}")
    assert "give header=True or header=False (--header yes or no)" in refused(capsys, "a.csv", *SMALL, "-o", "run")
    run("a.csv", *SMALL, "--header", "yes", "-o", "run")
    assert "100 examples" not in capsys.readouterr().out
    run("--resume", "run", "--epochs", "7")
    run("evaluate", "run")
    run("evaluate", "run", "a.csv", "--header", "yes")
    assert "of 100)" in capsys.readouterr().out
    run("predict", "run", "a.csv")
    assert len(predicted(capsys.readouterr().out)[0]) == 100
    (tmp_path / "b.csv").write_text("3,4\n5,6\n")
    run("predict", "run", "b.csv", "--header", "no")
    assert len(predicted(capsys.readouterr().out)[0]) == 2
    assert "--header is for another .csv file" in refused(capsys, "evaluate", "run", "--header", "yes")
    assert "--header is for .csv files; a.npz has none" in refused(capsys, "predict", "run", "a.npz", "--header", "no")
    assert "--header is for .csv files; xor has none" in refused(capsys, "xor", "--header", "yes")


def test_images_are_predicted_from_an_array(tmp_path, capsys):
    images, labels = digits()
    run("digits", "--hidden", "32", "--epochs", "15", "-o", "run")
    np.savez(tmp_path / "new.npz", images=images[:50].reshape(-1, 8, 8), labels=labels[:50])
    np.savetxt(tmp_path / "new.csv", images[:50], delimiter=",")
    predictions = []
    for name in ("new.npz", "new.csv"):
        capsys.readouterr()
        run("predict", "run", name)
        predictions.append(predicted(capsys.readouterr().out))
    assert predictions[0] == predictions[1]
    assert np.mean(np.array(predictions[0][0]).astype(int) == labels[:50]) > 0.9


def test_named_arrays_are_predicted_by_their_names(tmp_path, capsys):
    points = np.random.default_rng(0).normal(size=(100, 3))
    arrays = {"size": points[:, :1], "place": points[:, 1:]}
    np.savez(tmp_path / "a.npz", y=(points.sum(axis=1) > 0).astype(int), **arrays)
    run("a.npz", "--hidden", "8", "--epochs", "30", "-o", "run")
    np.savez(tmp_path / "b.npz", place=points[:5, 1:], size=points[:5, :1])
    capsys.readouterr()
    run("predict", "run", "b.npz")
    assert predicted(capsys.readouterr().out)[0] == [str(int(p.sum() > 0)) for p in points[:5]]
    np.savez(tmp_path / "c.npz", place=points[:5, 1:])
    assert "there is no column 'size'; its columns are place[0], place[1]" in refused(capsys, "predict", "run", "c.npz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("height,width\n", "there is a header but no examples"),
        ("", "the file is empty"),
        ("height,width\n1,red\n", "new.csv, line 2, column 'width': 'red' is not a number"),
        ("height,width\n1,inf\n", "line 2, column 'width': inf is not a finite number"),
        ("height,width\n1,2\n1\n", "new.csv, line 3: 2 values expected, got 1"),
        ("height,depth\n1,2\n", "there is no column 'width'; its columns are height, depth"),
        ("1.5,2,3,4\n", "3 columns expected (height, width, kind), got 4"),
        (
            "0,1\n30,3\n",
            "new.csv, line 1: 0, 1 may be a header or an example, because it has consecutive numbers; give header=",
        ),
        ("30,red\n-30,-3\n", "new.csv, line 1: 30, red may be a header or an example, because it has text and numbers"),
        ('30,3\n-30,"-3\n1,2\n', "new.csv, line 2: a quote"),
    ],
)
def test_rows_that_do_not_fit_are_refused(tmp_path, capsys, learned, text, message):
    (tmp_path / "new.csv").write_text(text)
    assert message in refused(capsys, "predict", "run", "new.csv")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("new.txt", b"", "new.txt: the file is empty"),
        ("new.xls", b"", "expected a .csv, .tsv, .txt, .npz or .parquet file"),
        ("no.csv", None, "there is no such file"),
        ("new.npz", b"PK", "not an npz file of plain arrays"),
        ("new.csv", b"\xff\xfe\x00", "not a text file"),
    ],
)
def test_files_that_cannot_be_read_are_refused(tmp_path, capsys, learned, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert message in refused(capsys, "predict", "run", name)


# Folders that are not run folders


@pytest.mark.parametrize("arguments", [["evaluate", "x"], ["predict", "x", "new.csv"], ["--resume", "x"]], ids=" ".join)
def test_a_folder_that_is_no_run_folder_is_refused(tmp_path, capsys, arguments):
    assert "x: there is no such folder" in refused(capsys, *arguments)
    (tmp_path / "x").mkdir()
    assert "x: not a run folder: there is no settings.json" in refused(capsys, *arguments)
    for text in (
        "{",
        "[]",
        "{}",
        '{"classes": 3}',
        '"x"',
        json.dumps({"classes": [], "features": [1], "mean": [], "scale": []}),
    ):
        (tmp_path / "x" / "settings.json").write_text(text)
        assert "not the settings of a run" in refused(capsys, *arguments)


def test_damaged_weights_are_refused(tmp_path, capsys, learned):
    path = tmp_path / "run" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    assert "model.safetensors" in refused(capsys, "evaluate", "run")


def test_damaged_options_are_refused(tmp_path, capsys, learned):
    path = tmp_path / "run" / "settings.json"
    settings = json.loads(path.read_text())
    settings["options"]["epochs"] = "many"
    path.write_text(json.dumps(settings))
    with pytest.raises(SystemExit) as caught:
        command.main(["evaluate", "run"])
    assert caught.value.code == 2
    assert "--epochs" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["evaluate"], ["predict", "run"], ["evaluate", "a", "b", "c"], ["--resume"]], ids=" ".join
)
def test_missing_arguments_are_reported_in_one_line(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("(see --help)")


@pytest.mark.parametrize("arguments", [["--help"], ["evaluate", "--help"], ["predict", "--help"]], ids=" ".join)
def test_help_is_there(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code == 0
    assert "python -m optim" in capsys.readouterr().out
