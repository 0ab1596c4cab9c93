import datetime

import numpy as np
import pytest

from autograd import DataError, Tensor
from optim.data import Table, TableEncoder, as_table, read_table
from optim.data.tables.column_encoders import MAX_CATEGORIES

PEOPLE = {"zip": [79100, 1067, 79100, 10115], "age": ["31", "x", "", "35"], "y": [0.5, 2.5, 1.5, 3.5]}


def test_numbers_are_standardized_and_gaps_are_the_median():
    encoder = TableEncoder.fit({"x": [1.0, 3.0, None, 8.0]})
    expected = np.array([1.0, 3.0, 3.0, 8.0])
    np.testing.assert_allclose(encoder.apply({"x": [1.0, 3.0, None, 8.0]})[:, 0], (expected - expected.mean()) / expected.std())


def test_choices_override_the_types():
    encoder = TableEncoder.fit(PEOPLE, "y", columns={"zip": "category", "age": "number"})
    assert encoder.features == ["zip=10115", "zip=1067", "zip=79100", "age"]
    assert encoder.notes[:2] == ["zip: 3 categories, one-hot", "age: number, 2 gaps filled with the median"]
    assert encoder.apply([{"zip": "1067", "age": "unknown"}]).tolist()[0][:3] == [0.0, 1.0, 0.0]
    assert TableEncoder.fit(PEOPLE, "y", drop=["age"]).features == ["zip"]
    assert TableEncoder.fit(PEOPLE, "y", columns={"age": "drop"}).features == ["zip"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"columns": {"zap": "number"}}, "there is no column 'zap'; its columns are zip, age, y"),
        ({"columns": {"zip": "text"}}, "'number', 'category', 'boolean', 'date' or 'drop' expected for 'zip', got 'text'"),
        ({"columns": {"zip": "date"}}, "row 0, column 'zip': '79100' is not a date"),
        ({"columns": {"zip": "boolean"}}, "row 0, column 'zip': '79100' is not a boolean"),
        ({"drop": ["y"]}, "column 'y' is the target"),
        ({"drop": ["zip", "age"]}, "no column besides the target y .zip: left out, as chosen; age: left out, as chosen"),
    ],
)
def test_wrong_choices_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        TableEncoder.fit(PEOPLE, "y", **arguments)


def test_booleans_are_numbers_on_demand_alone_and_among_text():
    mixed = {"m": [True, "x", False, "True", 5]}
    encoder = TableEncoder.fit(mixed, columns={"m": "number"})
    assert encoder.apply([{"m": True}]).tolist() == encoder.apply(mixed)[:1].tolist() == encoder.apply(mixed)[3:4].tolist()


def test_statistics_are_those_of_the_training_rows():
    table = {"x": [1.0, 3.0, 100.0], "k": ["a", "b", "c"], "y": [1.0, 2.0, 9.5]}
    encoder = TableEncoder.fit(table, "y", columns={"k": "category"}, rows=[0, 1])
    assert encoder.features == ["x", "k=a", "k=b"]
    notes = []
    assert encoder.apply(table, notes.append)[:2].tolist() == [[-1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    assert notes == ["k: unknown category 'c' in 1 row, encoded as zeros"]
    assert encoder.targets(table)[:2].tolist() == [[-1.0], [1.0]]


def test_unknown_categories_warn_and_are_zeros():
    encoder = TableEncoder.fit({"k": ["a", "b", "a"], "x": [1, 2, 4]})
    with pytest.warns(UserWarning, match="k: 4 unknown categories 'c', 'd', 'e', … in 4 rows, encoded as zeros"):
        inputs = encoder.apply({"k": ["c", "d", "e", "f"], "x": [1, 2, 3, 4]})
    assert not inputs[:, :2].any()
    with pytest.warns(UserWarning, match="k: 1 gap, encoded as zeros, because the training data has none"):
        assert not encoder.apply({"k": [None], "x": [1]})[:, :2].any()


def test_many_categories_keep_the_most_frequent():
    labels = [f"c{i:04}" for i in range(1000)]
    encoder = TableEncoder.fit({"k": labels + labels[:150] + labels[:3]})
    assert encoder.notes == ["k: 1000 categories, the 100 most frequent one-hot, the others zeros"]
    assert encoder.features[:3] == ["k=c0000", "k=c0001", "k=c0002"]
    assert len(encoder.features) == MAX_CATEGORIES
    assert not encoder.apply({"k": ["c0999"]}).any()


def test_values_of_another_type_are_refused_with_their_place():
    encoder = TableEncoder.fit({"x": [1, 2, 4], "b": ["yes", "no", "no"], "d": ["2024-01-01", "2024-01-02", "2024-01-05"]})
    row = {"x": 1, "b": "yes", "d": "2024-05-01"}
    for change, message in [
        ({"x": "red"}, "row 1, column 'x': 'red' is not a number"),
        ({"x": float("inf")}, "row 1, column 'x': inf is not a finite number"),
        ({"b": "maybe"}, "row 1, column 'b': 'maybe' is not a boolean"),
        ({"d": "soon"}, "row 1, column 'd': 'soon' is not a date"),
    ]:
        with pytest.raises(DataError, match=message):
            encoder.apply([row, row | change])
    with pytest.raises(DataError, match="there is no column 'b'; its columns are x, d"):
        encoder.apply([{"x": 1, "d": "2024-05-01"}])
    tiny = TableEncoder.fit({"x": [0.0, 1e-100]}, columns={"x": "number"})
    with pytest.raises(DataError, match=r"row 0, column 'x': 1e\+300 is too large beside the training data"):
        tiny.apply({"x": [1e300]})


def test_rows_without_names_are_found_by_position():
    encoder = TableEncoder.fit({"a": [1, 2, 4], "name": ["u", "v", "w"], "y": [0, 1, 1], "b": [1, 5, 0]}, "y")
    expected = encoder.apply({"a": [1], "b": [5]})
    assert (encoder.apply([[1, "u", 0, 5]]) == expected).all()
    assert (encoder.apply([[1, "u", 5]]) == expected).all()
    assert (encoder.apply(np.array([[1, 5]])) == expected).all()
    assert (encoder.apply(Tensor([[1.0, 5.0]])) == expected).all()
    assert encoder.targets([[1, "u", 1, 5]]).tolist() == [1]
    with pytest.raises(DataError, match=r"3 or 4 columns expected \(a, name, y, b\), got 1"):
        encoder.apply([[1]])
    unnamed = TableEncoder.fit(np.array([[1.0, 7.0, 0.0], [2.0, 3.0, 1.0]]), "3")
    assert (unnamed.apply({"u": [1.0], "v": [7.0]}) == unnamed.apply([[1.0, 7.0, 0.0]])).all()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1, 2], "a table expected: .* got list"),
        ("people.csv", "a table expected: .* got str"),
        (np.ones(3), r"got an array of shape \(3,\)"),
        ({"a": [1, 2], "b": [1]}, "columns of equal lengths expected, got 'a' 2, 'b' 1"),
        ({"a": "text"}, "column 'a': one value for each row expected, got str"),
        ({"a": [1, [2]]}, r"row 1, column 'a': .* got list \[2\]"),
        ({"a": np.ones(2) * 1j}, "array 'a' has dtype complex128"),
        ({}, "a table with at least one row expected, got none"),
    ],
)
def test_other_data_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        TableEncoder.fit(data)


def test_structured_arrays_and_objects_are_tables():
    table = as_table(np.array([(1, 2.5), (3, 4.5)], [("i", int), ("f", float)]))
    assert (table.names, len(table)) == (["i", "f"], 2)
    mixed = as_table({"m": [True, 2, 0.5, None], "big": [10**400, 1, 2, 3], "t": [1, "a", True, datetime.date(2024, 1, 1)]})
    assert mixed["m"].values.tolist()[:3] == [1.0, 2.0, 0.5]
    assert np.isinf(mixed["big"].values[0])
    assert mixed["t"].labels() == ["1", "a", "True", "2024-01-01"]
    assert as_table({"d": [datetime.datetime(2024, 1, 1, 2, tzinfo=datetime.UTC)]})["d"].labels() == ["2024-01-01T02:00:00"]


def test_rows_of_a_table_keep_their_lines(tmp_path):
    (tmp_path / "x.csv").write_text("x,y\n\n1,0\n2,1\n3,0\n")
    table = read_table(tmp_path / "x.csv").take([2, 0])
    assert table.place(0, "x") == "x.csv, line 5, column 'x'"
    assert isinstance(table, Table)
    assert table["x"].labels() == ["3", "1"]


def test_notes_of_many_columns_are_grouped():
    encoder = TableEncoder.fit({f"x{i}": [0, 0 if i % 5 else 1] for i in range(50)})
    assert encoder.notes == ["x0, x5, x10, … (10 columns): number", "x1, x2, x3, … (40 columns): left out"]


def test_dataset_is_data_for_fit():
    data = TableEncoder.fit(PEOPLE, "y", drop="age").dataset(PEOPLE)
    assert data.inputs.shape == (4, 1)
    assert data.targets.shape == (4, 1)
    with pytest.raises(DataError, match="this encoder has no target"):
        TableEncoder.fit(PEOPLE).dataset(PEOPLE)
