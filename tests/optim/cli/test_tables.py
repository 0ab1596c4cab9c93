"""python -m optim with tables: every task, every kind of column, raw rows with unseen categories."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import optim.__main__ as command
from nn import metrics
from optim.integrations import load_run
from tests.optim.commands import refused

pytestmark = pytest.mark.usefixtures("in_empty_folder")
SMALL = ["--hidden", "16", "--epochs", "20", "--checkpoint-every", "0"]
NAMES = ["PassengerId", "survived", "class", "name", "sex", "age", "port", "fare", "alone"]


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def run(*arguments):
    assert command.main([str(argument) for argument in arguments]) == 0


def passengers(n=200):
    """Rows with an id, classes, all different names, text, gaps, numbers and booleans."""
    rng = np.random.default_rng(0)
    sex, pclass = rng.choice(["male", "female"], n), rng.choice([1, 2, 3], n)
    age, fare = rng.integers(1, 80, n), rng.exponential(30, n)
    port = rng.choice(["S", "C", "Q", ""], n, p=[0.6, 0.2, 0.15, 0.05])
    survived = (2 * (sex == "female") - 0.6 * (pclass - 2) + rng.logistic(0, 0.3, n) > 1).astype(int)
    gaps = rng.random(n) < 0.15
    for i in range(n):
        name, cells = f'Dr. "{i}", of Kyiv', ["" if gaps[i] else age[i], port[i], f"{fare[i]:.2f}", bool(fare[i] > 20)]
        yield [i + 1, survived[i], pclass[i], name, sex[i], *cells]


@pytest.fixture
def titanic(capsys):
    write("titanic.csv", [NAMES, *passengers()])
    run("titanic.csv", "--target", "survived", *SMALL, "-o", "run")
    return capsys.readouterr().out


def test_every_column_and_the_task_are_stated(titanic):
    for line in (
        "PassengerId: all different, left out",
        "class: number",
        "name: all different, left out",
        "sex: 2 categories, one-hot",
        "gaps filled with the median",
        "port: 3 categories, one-hot, ",
        "fare: number",
        "alone: boolean",
        "survived: target, 2 classes",
        "task: classification, chosen by the values of survived; --task regression predicts numbers",
    ):
        assert line in titanic
    assert float(titanic.split("held-out accuracy: ")[1].split("%")[0]) > 80
    assert float(titanic.split("held-out AUC: ")[1].split()[0]) > 0.85


def test_a_run_of_a_table_is_evaluated(titanic, capsys):
    run("evaluate", "run")
    assert capsys.readouterr().out in titanic
    run("evaluate", "run", "titanic.csv")
    assert "(1" in capsys.readouterr().out.split("accuracy: ")[1]


def test_raw_rows_with_an_unseen_category_are_predicted(titanic, capsys):
    names = [name for name in NAMES if name not in ("survived", "PassengerId")]
    rows = [[3, "A", "male", 40, "S", "7.25", "False"], [1, "B", "female", "", "Odesa", "80", "True"]]
    write("new.csv", [names, *rows])
    run("predict", "run", "new.csv", "--probabilities")
    out, err = capsys.readouterr()
    assert err == "port: unknown category 'Odesa' in 1 row, encoded as zeros\n"
    predicted = list(csv.DictReader(out.splitlines()))
    assert [row["class"] for row in predicted] == ["0", "1"]
    for row in predicted:
        assert float(row["P(0)"]) + float(row["P(1)"]) == pytest.approx(1, abs=2e-4)
        assert row["probability"] == max(row["P(0)"], row["P(1)"])
    with pytest.warns(UserWarning, match="unknown category 'Odesa'"):
        assert load_run("run").predict([dict(zip(names, row)) for row in rows]) == ["0", "1"]


def test_columns_are_typed_and_left_out_as_chosen(capsys):
    write("titanic.csv", [NAMES, *passengers(60)])
    options = ["--drop", "name", "--drop", "fare", "--column", "class=category", "--task", "regression", "--balanced"]
    run("titanic.csv", "--target", "survived", *options[:-1], *SMALL[:2], "--epochs", "2", "-o", "run")
    out = capsys.readouterr().out
    assert "fare: left out, as chosen" in out
    assert "class: 3 categories, one-hot" in out
    assert "held-out survived: R² " in out
    run("--resume", "run", "--epochs", "3")
    assert json.loads(Path("run/settings.json").read_text())["options"]["drop"] == ["name", "fare"]
    assert "--balanced: classes have weights" in refused(capsys, ["titanic.csv", "--target", "survived", *options])


def houses(n=150):
    rng = np.random.default_rng(1)
    area, city = rng.uniform(30, 120, n), rng.choice(["Kyiv", "Lviv"], n)
    for i in range(n):
        yield [
            f"{2001 + i % 20}-0{1 + i % 9}-15",
            f"{area[i]:.1f}",
            city[i],
            f"{900 * area[i] + 9000 * (city[i] == 'Kyiv'):.2f}",
        ]


def prices(path):
    return np.array([float(row["price"]) for row in csv.DictReader(Path(path).read_text().splitlines())])


def test_numbers_are_predicted_in_their_unit(capsys, curves, tmp_path):
    write("houses.csv", [["built", "area", "city", "price"], *houses()])
    run("houses.csv", "--hidden", "16", "--epochs", "100", "--lr", "0.01", "--checkpoint-every", "0", "-o", "run")
    out = capsys.readouterr().out
    assert "task: regression, chosen by the values of price; --task classification predicts classes" in out
    figures = out.split("held-out price: R² ")[1].replace(",", "").split()
    r2, rmse, mae = float(figures[0]), float(figures[2]), float(figures[4])
    assert r2 > 0.9
    assert 100 < mae < rmse < 10_000
    assert (tmp_path / "run" / "predictions.png").read_bytes().startswith(b"\x89PNG")
    run("predict", "run", "houses.csv", "-o", "predicted.csv")
    capsys.readouterr()
    predicted, true = (prices(path) for path in ("predicted.csv", "houses.csv"))
    run("evaluate", "run", "houses.csv")
    assert f"RMSE {metrics.root_mean_squared_error(predicted, true):.4g}, " in capsys.readouterr().out
    assert "predicts numbers, which have none" in refused(capsys, ["predict", "run", "houses.csv", "--probabilities"])
    with pytest.raises(ValueError, match="no probabilities"):
        load_run("run").probabilities([["2001-01-15", 50, "Kyiv"]])


def test_the_index_column_of_pandas_is_left_out(capsys):
    write("houses.csv", [["", "built", "area", "city", "price"], *([i, *row] for i, row in enumerate(houses(60)))])
    run("houses.csv", *SMALL[:2], "--epochs", "1", "-o", "run")
    assert ": the index of the rows, left out" in capsys.readouterr().out


def test_several_numbers_are_predicted(capsys, curves):
    write("houses.csv", [["built", "area", "city", "price"], *houses(60)])
    run("houses.csv", "--target", "price", "--target", "area", "--task", "regression", *SMALL, "-o", "run")
    out = capsys.readouterr().out
    assert out.index("held-out price: R²") < out.index("held-out area: R²")
    assert load_run("run").predict([["2001-01-15", "Kyiv"]]).shape == (1, 2)


def test_several_labels_are_predicted(capsys):
    rng = np.random.default_rng(2)
    length, war = rng.uniform(60, 200, 150), rng.choice(["yes", "no"], 150, p=[0.15, 0.85])
    rows = [[f"{x:.1f}", "long" if x > 100 else "short", int(x > 130), w] for x, w in zip(length, war)]
    write("films.csv", [["length", "kind", "epic", "war"], *rows])
    run("films.csv", "--target", "epic", "--target", "war", "--balanced", *SMALL, "--lr", "0.05", "-o", "run")
    out = capsys.readouterr().out
    assert "epic, war: 2 labels that an example can have" in out
    assert "held-out accuracy of all labels together: " in out
    assert float(out.split("  epic: accuracy ")[1].split("%")[0]) > 85
    run("evaluate", "run")
    assert capsys.readouterr().out in out
    write("new.csv", [["length", "kind"], ["190", "long"], ["70", "short"]])
    run("predict", "run", "new.csv", "--probabilities")
    predicted = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["epic"] for row in predicted] == ["1", "0"]
    assert all(0 <= float(row["P(war)"]) <= 1 for row in predicted)
    assert load_run("run").predict([["190", "long"]]).tolist()[0][0] == 1


def test_balanced_classes_weigh_alike(capsys):
    rng = np.random.default_rng(0)
    rare = rng.random(300) < 0.15
    values = rng.normal(size=300) + 1.5 * rare
    write("rare.csv", [["x", "rare"], *([f"{value:.3f}", int(label)] for value, label in zip(values, rare))])
    shares = []
    for options in ([], ["--balanced"]):
        run("rare.csv", *SMALL, *options, "-o", f"run{len(options)}")
        shares.append(np.mean([name == "1" for name in load_run(f"run{len(options)}").predict({"x": values})]))
    assert shares[1] > shares[0] + 0.1
    assert "AUC" in capsys.readouterr().out


def test_tables_of_parquet_and_other_separators_are_read(capsys):
    rows = list(houses(60))
    with open("houses.tsv", "w") as file:
        file.writelines("\t".join(map(str, row)) + "\n" for row in [["built", "area", "city", "price"], *rows])
    run("houses.tsv", *SMALL, "--batch-size", "16", "--learning-rate", "0.001", "--optimizer", "rmsprop", "-o", "run")
    assert "R²" in capsys.readouterr().out
    pyarrow = pytest.importorskip("pyarrow", reason="pip install 'chainrule[pyarrow]'")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {name: list(values) for name, values in zip(["built", "area", "city", "price"], zip(*rows))}
    parquet.write_table(pyarrow.table(columns), "houses.parquet")
    run("evaluate", "run", "houses.parquet")
    assert "R²" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--target", "survived", "--drop", "survived"], "column 'survived' is the target; leave it out of columns and drop"),
        (["--target", "survived", "--drop", "cabin"], "there is no column 'cabin'"),
        (["--column", "age"], "--column: NAME=TYPE with number, category, boolean, date or drop"),
        (["--column", "age=text"], "--column: NAME=TYPE with number"),
        (["--target", "survived", "--column", "sex=boolean"], "column 'sex': 'female' is not a boolean"),
        (["--target", "name"], "the target column 'name' has another class in each row"),
        (["--target", "sex", "--task", "regression"], "column 'sex': 'female' is not a number"),
        (["--target", "sex", "--target", "alone"], "column 'sex': 'female' is not a boolean"),
        (["--target", "sex", "--target", "alone", "--task", "classification"], "classification has one target column"),
        (["--target", "fare", "--target", "class"], "several targets are labels, yes or no, unless --task regression predicts"),
        (["--target", "age"], "column 'age': the value of the target is missing; remove the row"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_what_does_not_fit_the_table_is_refused_in_one_line(capsys, options, message):
    rows = [row[:4] + ["male" if i % 2 else "female", *row[5:]] for i, row in enumerate(passengers(60))]
    write("titanic.csv", [NAMES, *rows])
    assert message in refused(capsys, ["titanic.csv", *options])


@pytest.mark.parametrize("options", [["--drop", "x"], ["--task", "regression"], ["--column", "x=number"]], ids=" ".join)
def test_options_of_tables_are_refused_for_built_in_data(capsys, options):
    assert f"{options[0]} is for the columns of a file; xor has no columns to choose" in refused(capsys, ["xor", *options])


def test_a_folder_with_a_run_is_kept_unless_forced(titanic, capsys):
    arguments = ["titanic.csv", "--target", "survived", *SMALL, "-o", "run"]
    assert "delete the earlier run with --force" in refused(capsys, arguments)
    run(*arguments, "--force")
