"""Numbers and dates as people write them: the decimal sign and the order of a date are those of a whole column."""

import json

import numpy as np
import pytest

from autograd import DataError
from optim.data import TableEncoder, fit_target, read_table
from optim.data.tables.column_types import to_kind

#: name → the cells of a column, its numbers.
COLUMNS = {
    "points are thousands beside decimal commas": ("1.234;0\n1.234,5;1\n2,5;0\n", ";", [1234, 1234.5, 2.5]),
    "decimal commas in quotes": ('"1,5",0\n"2,250",1\n"0,125",0\n', ",", [1.5, 2.25, 0.125]),
    "thousands between tabs": ("1,234\t0\n12,345.5\t1\n999\t1\n", "\t", [1234, 12345.5, 999]),
    "points without any other sign": ("1.234;0\n2.345;1\n3;1\n", ";", [1.234, 2.345, 3]),
    "spaces and apostrophes": ("1 234,5;0\n2'345;1\n3\xa0000;1\n", ";", [1234.5, 2345, 3000]),
    "shares": ("5%;0\n7,5 %;1\n10 %;1\n", ";", [0.05, 0.075, 0.1]),
    "currency before": ('"$1,200",0\n$5,1\n-$7.5,1\n', ",", [1200, 5, -7.5]),
    "currency after": ("1.200 €;0\n5,5 €;1\n7€;1\n", ";", [1200, 5.5, 7]),
    "typographic minus": ("\u22121,0\n\u22122.5,1\n3,1\n", ",", [-1, -2.5, 3]),
}


def read(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path)


@pytest.mark.parametrize(("rows", "separator", "numbers"), COLUMNS.values(), ids=COLUMNS)
def test_column_is_read_as_numbers(tmp_path, rows, separator, numbers):
    table = read(tmp_path, f"x{separator}y\n{rows}")
    assert TableEncoder.fit(table, "y").notes[0] == "x: number"
    np.testing.assert_allclose(to_kind(table["x"], "number", str).values, numbers)


def test_other_columns_of_the_file_show_the_decimal_sign(tmp_path):
    table = read(tmp_path, "x\tz\ty\n1,234\t0.5\t0\n999\t1.5\t1\n")
    assert to_kind(table["x"], "number", str).values.tolist() == [1234, 999]


def test_rows_to_predict_are_read_with_the_decimal_sign_of_the_training_data(tmp_path):
    encoder = TableEncoder.fit(read(tmp_path, "x;y\n1.234,5;0\n2,5;1\n1.000;0\n"), "y")
    encoder = TableEncoder.from_state_dict(json.loads(json.dumps(encoder.state_dict())))
    np.testing.assert_allclose(encoder.apply(read(tmp_path, "x\n1.000\n")), encoder.apply({"x": [1000]}))


def test_several_currencies_are_no_numbers(tmp_path):
    encoder = TableEncoder.fit(read(tmp_path, "x;y\n5 €;0\n$5;1\n5 €;1\n"), "y")
    assert encoder.notes[0] == "x: 2 categories, one-hot"


def test_rows_to_predict_have_the_order_of_dates_of_the_training_data(tmp_path):
    encoder = TableEncoder.fit(read(tmp_path, "day,y\n1/31/2024,0\n2/1/2024,1\n3/15/2024,1\n"), "y")
    encoder = TableEncoder.from_state_dict(json.loads(json.dumps(encoder.state_dict())))
    assert (encoder.apply({"day": ["2/1/2024"]}) == encoder.apply({"day": ["2024-02-01"]})).all()
    with pytest.raises(DataError, match=r"'31/1/2024' is not a date, the month first"):
        encoder.apply({"day": ["31/1/2024"]})


@pytest.mark.parametrize("name", ["decimal", "day_first"])
def test_state_of_an_earlier_version_is_opened(name):
    table = {"x": ["1.5", "2.5"], "day": ["1/2/2024", "3/4/2024"]}
    state = TableEncoder.fit(table).state_dict()
    state["encoders"] = [{key: value for key, value in item.items() if key != name} for item in state["encoders"]]
    assert (TableEncoder.from_state_dict(state).apply(table) == TableEncoder.fit(table).apply(table)).all()
    state["encoders"][0][name] = state["encoders"][1][name] = "maybe"
    with pytest.raises(DataError, match=rf"not the state of a TableEncoder \({name} is 'maybe'\)"):
        TableEncoder.from_state_dict(state)


@pytest.mark.parametrize("task", ["regression", "multilabel"])
def test_target_that_is_given_twice_is_refused(tmp_path, task):
    table = read(tmp_path, "x,y\n5,0\n7,1\n")
    with pytest.raises(DataError, match="the target 'y' is given 2 times"):
        fit_target(table, ["y", "y"], task)


def test_large_integers_beside_gaps_stay_different_categories():
    large = 12345678901234567
    pandas = pytest.importorskip("pandas")
    for values in ([large, large + 1, None, large], pandas.array([large, large + 1, None, large], dtype="Int64")):
        encoder = TableEncoder.fit(
            pandas.DataFrame({"id": values}, dtype="object" if isinstance(values, list) else None), columns={"id": "category"}
        )
        assert encoder.features == [f"id={large}", f"id={large + 1}", "id=?"]
