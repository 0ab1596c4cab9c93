"""DataFrames of pandas and polars, and Parquet files, are encoded as the CSV file with the same rows."""

import datetime

import numpy as np
import pytest

import nn
import optim
from autograd import DataError
from optim.data import ArrayDataset, DataFileError, TableEncoder, as_table, read_table

COLUMNS = {
    "age": [31.5, None, 22.0, 40.0],
    "count": [3, 1, None, 2],
    "class": [1, 3, 2, 3],
    "alone": [True, None, False, True],
    "city": ["Kyiv", "Lviv", None, "Kyiv"],
    "joined": [datetime.date(2024, 1, 31), datetime.date(2023, 5, 1), None, datetime.date(2024, 2, 1)],
    "seen": [datetime.datetime(2024, 1, 31, hour) for hour in (1, 13, 7, 7)],
    "survived": [1, 0, 0, 1],
}
NOTES = [
    "age: number, 1 gap filled with the median",
    "count: number, 1 gap filled with the median",
    "class: number",
    "alone: boolean, 1 gap filled with the most frequent value",
    "city: 2 categories, one-hot, 1 gap as a category",
    "joined: date, as time, month, day, weekday, 1 gap filled with the median",
    "seen: date, as time, hour",
    "survived: target, 2 classes",
]
ENCODER = TableEncoder.fit(COLUMNS, "survived")


def test_dict_of_columns():
    assert ENCODER.notes == NOTES


def test_csv_file_with_the_same_rows(tmp_path):
    lines = [",".join("" if value is None else str(value) for value in row) for row in zip(*COLUMNS.values())]
    path = tmp_path / "people.csv"
    path.write_text("\n".join([",".join(COLUMNS), *lines]))
    assert TableEncoder.fit(read_table(path), "survived").notes == NOTES
    assert (ENCODER.apply(read_table(path)) == ENCODER.apply(COLUMNS)).all()


PANDAS_TYPES = {
    "as pandas chooses": {},
    "nullable": {"age": "Float64", "count": "Int64", "class": "UInt8", "alone": "boolean", "city": "string"},
    "objects": dict.fromkeys(COLUMNS, object),
    "categories": {"city": "category"},
    "dates": {"joined": "datetime64[ns]", "seen": "datetime64[us, UTC]"},
}


@pytest.mark.parametrize("types", PANDAS_TYPES.values(), ids=PANDAS_TYPES)
def test_pandas(types):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({name: pandas.Series(values, dtype=types.get(name)) for name, values in COLUMNS.items()})
    assert (ENCODER.apply(frame) == ENCODER.apply(COLUMNS)).all()
    encoder = TableEncoder.fit(frame, "survived")
    assert [note for note in encoder.notes if note not in NOTES] == []
    assert (encoder.apply(frame) == ENCODER.apply(frame)).all()


def test_pandas_column_names_that_are_numbers_and_durations():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({0: [1, 2, 4], 1: pandas.to_timedelta(["1h", None, "3h"])})
    assert TableEncoder.fit(frame).notes == ["0: number", "1: number, 1 gap filled with the median"]
    with pytest.raises(DataError, match=r"row 0, column 'z': .* got complex"):
        as_table(pandas.DataFrame({"z": [1j, 2j]}))
    with pytest.raises(DataError, match="2 columns have the name 'x'"):
        as_table(pandas.DataFrame([[1, 2]], columns=["x", "x"]))


def test_polars():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(COLUMNS)
    assert (ENCODER.apply(frame) == ENCODER.apply(COLUMNS)).all()
    assert TableEncoder.fit(frame, "survived").notes == NOTES
    typed = frame.with_columns(frame["city"].cast(polars.Categorical), frame["class"].cast(polars.UInt8))
    assert TableEncoder.fit(typed, "survived").notes == NOTES
    durations = polars.DataFrame({"t": [datetime.timedelta(hours=1), None, datetime.timedelta(hours=3)]})
    assert TableEncoder.fit(durations).notes == ["t: number, 1 gap filled with the median"]
    with pytest.raises(DataError, match=r"LazyFrame has no values yet; give lazy_frame\.collect\(\)"):
        as_table(frame.lazy())
    with pytest.raises(DataError, match=r"row 0, column 'l': .* got list"):
        as_table(polars.DataFrame({"l": [[1, 2], [3]]}))


def test_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table(COLUMNS)
    path = tmp_path / "people.parquet"
    city = table["city"].dictionary_encode()
    seen = table["seen"].cast(pyarrow.timestamp("ns"))
    parquet.write_table(table.set_column(4, "city", city).set_column(6, "seen", seen), path)
    assert (ENCODER.apply(read_table(path)) == ENCODER.apply(COLUMNS)).all()
    assert TableEncoder.fit(read_table(path), "survived").notes == NOTES
    (tmp_path / "damaged.parquet").write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataFileError, match=r"damaged\.parquet: not a Parquet file") as caught:
        read_table(tmp_path / "damaged.parquet")
    assert "\n" not in str(caught.value)


def test_parquet_without_pyarrow_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "people.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataFileError, match=r"people\.parquet: .*pip install 'chainrule\[pyarrow\]'"):
        read_table(tmp_path / "people.parquet")


def test_npz_file(tmp_path):
    np.savez(tmp_path / "x.npz", x=np.arange(6).reshape(3, 2), w=[0.5, 1.5, 2.5], k=["a", "b", "a"], b=[True, False, True],
             d=np.array(["2024-01-01", "2024-01-02", "2024-01-04"], "M8[D]"))  # fmt: skip
    table = read_table(tmp_path / "x.npz")
    assert table.names == ["x[0]", "x[1]", "w", "k", "b", "d"]
    assert [column.kind for column in table.columns.values()] == ["number", "number", "number", "text", "boolean", "date"]


@pytest.mark.parametrize(
    ("arrays", "message"),
    {
        "lengths": ({"x": np.ones((2, 2)), "y": np.ones(3)}, r"x\.npz: array 'x' has shape \(2, 2\), but 'y' has 3 rows"),
        "a number": ({"x": np.ones(2), "n": 3.0}, r"x\.npz: array 'n' has shape \(\)"),
        "complex": ({"x": np.ones(2) * 1j}, r"x\.npz: array 'x' has dtype complex128"),
        "objects": ({"x": np.array([1, None])}, r"x\.npz: not an npz file of plain arrays"),
        "no rows": ({"x": np.ones((0, 2))}, r"x\.npz: there are no rows"),
        "nothing": ({}, r"x\.npz: the file contains no arrays"),
    }.values(),
)
def test_bad_npz_file_is_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(DataFileError, match=message):
        read_table(tmp_path / "x.npz")


def numeric_frames(values):
    """The values as DataFrames of the libraries that are installed."""
    for library in ("pandas", "polars"):
        try:
            yield __import__(library).DataFrame(values)
        except ImportError:
            continue


def test_fit_takes_data_frames_of_numbers():
    rng = np.random.default_rng(0)
    x = {"a": rng.normal(size=50), "b": rng.normal(size=50) > 0}
    y = {"y": x["a"] * 2 + x["b"]}
    arrays = (np.column_stack(list(x.values())), y["y"][:, None])
    expected = trained_weights(arrays)
    for inputs, targets in zip(numeric_frames(x), numeric_frames(y)):
        assert (trained_weights((inputs, targets)) == expected).all()
        assert optim.predict(nn.Linear(2, 1, rng=0), inputs).shape == (50, 1)
        assert ArrayDataset(inputs, targets["y"]).targets.shape == (50,)


def trained_weights(data):
    model = nn.Linear(2, 1, rng=0)
    optim.fit(model, nn.MSELoss(), data, epochs=2, rng=0)
    return model.weight.data


def test_fit_refuses_tables_with_text_by_the_name_of_the_column():
    with pytest.raises(DataError, match="numbers expected, got <U1; TableEncoder encodes a table"):
        ArrayDataset([["a"], ["b"]], [0, 1])
    for frame in numeric_frames({"age": [1.0, 2.0], "city": ["Kyiv", "Lviv"]}):
        with pytest.raises(optim.TrainingError, match=r"inputs: numbers expected, but column 'city' is text; .* TableEncoder"):
            optim.fit(nn.Linear(2, 1, rng=0), nn.MSELoss(), (frame, [0.0, 1.0]))
        with pytest.raises(optim.TrainingError, match=r"a DataFrame alone has no targets; give TableEncoder\.fit"):
            optim.fit(nn.Linear(2, 1, rng=0), nn.MSELoss(), frame)
