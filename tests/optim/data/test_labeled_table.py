import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from optim.data import DataFileError
from optim.data.csv_rows import is_number
from optim.data.labeled_table import read_table


@pytest.fixture
def table(tmp_path):
    """Reads text as the file flowers.csv."""

    def read(text, target=None, header=None):
        path = tmp_path / "flowers.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_table(path, target, header)

    return read


@pytest.fixture
def archive(tmp_path):
    """Reads arrays as the file flowers.npz."""

    def read(target=None, /, **arrays):
        np.savez(tmp_path / "flowers.npz", **arrays)
        return read_table(tmp_path / "flowers.npz", target)

    return read


def test_csv_with_header_and_text_target(table):
    flowers = table("length,width,kind\n1.5,2,setosa\n-3,4e1,iris\n5,6,setosa\n")
    assert flowers.inputs.tolist() == [[1.5, 2.0], [-3.0, 40.0], [5.0, 6.0]]
    assert flowers.features == ["length", "width"]
    assert flowers.classes == ["iris", "setosa"]
    assert flowers.labels.tolist() == [1, 0, 1]


def test_csv_without_header_calls_columns_by_number(table):
    flowers = table("1,2,0\n3,4,1\n5,6,0\n")
    assert flowers.inputs.tolist() == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert flowers.features == ["1", "2"]
    assert flowers.labels.tolist() == [0, 1, 0]


def test_csv_without_header_may_have_a_text_target(table):
    flowers = table("1,2,b\n3,4,a\n5,6,b\n")
    assert flowers.inputs.tolist() == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert flowers.classes == ["a", "b"]


@pytest.mark.parametrize("target", ["kind", "width"])
def test_target_may_be_any_column(table, target):
    flowers = table("length,kind,width\n1,0,1\n3,1,0\n", target)
    assert flowers.features == [name for name in ("length", "kind", "width") if name != target]


@pytest.mark.parametrize("first", ["5,1,0", "3,2,1", "1,3,0"])
def test_numbered_target_of_a_file_without_header_is_a_column_also_if_the_number_occurs_in_it(table, first):
    flowers = table(f"{first}\n8,9,0\n8,8,1\n", "3")
    assert len(flowers.inputs) == 3
    assert flowers.features == ["1", "2"]


def test_numeric_header_is_a_header_if_it_names_the_target(table):
    flowers = table("2019,2020,kind\n1,2,0\n3,4,1\n", "kind")
    assert flowers.features == ["2019", "2020"]
    assert len(flowers.inputs) == 2


def test_numeric_classes_are_sorted_as_numbers(table):
    flowers = table("x,y\n1,10\n2,9\n3,-1\n4,10.0\n")
    assert flowers.classes == ["-1", "9", "10"]
    assert flowers.labels.tolist() == [2, 1, 0, 2]


def test_large_class_numbers_stay_distinct(table):
    assert table("x,y\n1,9007199254740993\n2,9007199254740992\n").classes == ["9007199254740992", "9007199254740993"]


@pytest.mark.parametrize(
    "text",
    [
        "x,kind\r\n1,a\r\n2,b\r\n",
        "\ufeffx,kind\n1,a\n2,b",
        "x , kind\n 1, a\n2 ,b \n",
        '"x","kind"\n"1","a"\n"2","b"\n',
        "\nx,kind\n\n1,a\n\n2,b\n\n",
    ],
    ids=["windows", "byte order mark", "spaces", "quotes", "blank lines"],
)
def test_csv_of_other_programs_is_read_alike(table, text):
    flowers = table(text)
    assert (flowers.inputs.tolist(), flowers.features, flowers.classes) == ([[1.0], [2.0]], ["x"], ["a", "b"])


BAD_CSV = {
    "quote in a cell": ('x,kind\n1,a\n2,b"\n', r"flowers\.csv, line 3: a quote"),
    "quote over lines": ('x,kind\n1,"a\n2,b"\n', r"flowers\.csv, line 2: a quote"),
    "quote never closed": ('x,kind\n1,a\n2,"b\n', r"flowers\.csv, line 3: a quote"),
    "only commas": ("x,kind\n1,a\n,\n2,b\n", r"flowers\.csv, line 3, column 'x': the value is missing"),
    "years as header": (
        "2019,2020,2021\n1,2,0\n3,4,1\n5,6,0\n1,2,1\n",
        r"flowers\.csv, line 1: 2019, 2020, 2021 may be a header",
    ),
    "numbers as header": (
        "0,1,2\n1,2,0\n3,4,1\n5,6,2\n",
        r"line 1: 0, 1, 2 may be a header .* consecutive numbers; give header",
    ),
    "numbers and text as header": (
        "2019,2020,kind\n1,2,0\n3,4,1\n",
        r"line 1.* class 'kind' occurs in no other row; give header",
    ),
    "red above numbers": ("red,2,a\n1,2,b\n3,4,a\n", r"line 1: red, 2, a may be a header .* text and numbers"),
    "text above classes": ("red,green,a\n1,2,b\n3,4,a\n", r"line 1: red, green, a may be .* class 'a' occurs below"),
    "text among numbers": ("x,w,kind\n1,2,a\n3,red,b\n", r"flowers\.csv, line 3, column 'w': 'red' is not a number"),
    "text without header": ("1,2,a\n3,red,b\n3,4,a\n", r"flowers\.csv, line 2, column '2': 'red'"),
    "text after a blank line": ("x,kind\n\n1,a\nred,b\n", r"flowers\.csv, line 4, column 'x': 'red'"),
    "empty cell": ("x,w,kind\n1,,a\n3,4,b\n", r"flowers\.csv, line 2, column 'w': the value is missing"),
    "nan": ("x,w,kind\n1,2,a\nnan,4,b\n", r"flowers\.csv, line 3, column 'x': the value is missing \('nan'\)"),
    "NaN": ("x,w,kind\n1,2,a\nNaN,4,b\n", r"flowers\.csv, line 3, column 'x': the value is missing \('NaN'\)"),
    "question mark": ("x,w,kind\n1,2,a\n3,?,b\n", r"flowers\.csv, line 3, column 'w': the value is missing \('\?'\)"),
    "missing class": ("x,w,kind\n1,2,a\n3,4,\n", r"flowers\.csv, line 3, column 'kind': the value is missing"),
    "infinite": ("x,kind\n1,a\n-inf,b\n", r"flowers\.csv, line 3, column 'x': '-inf' is not a finite number"),
    "infinite class": ("x,kind\n1,0\n2,inf\n", r"flowers\.csv, line 3, column 'kind': .*inf"),
    "class beyond 64 bits": ("x,kind\n1,0\n2,1e300\n", r"flowers\.csv.*'kind'.*1e\+?300"),
    "fractional class": ("x,kind\n1,0\n2,0.5\n3,1\n", r"flowers\.csv, line 3, column 'kind': .*0\.5.*text or integers"),
    "one class": ("x,kind\n1,a\n2,a\n", r"flowers\.csv: .*column 'kind' has only one class \(a\)"),
    "one example": ("1,2,0\n", r"flowers\.csv: .*column '3' has only one class \(0\)"),
    "short row": ("x,w,kind\n1,2,a\n3,b\n", r"flowers\.csv, line 3: 3 values expected, got 2"),
    "long row": ("x,w,kind\n1,2,3,a\n", r"flowers\.csv, line 2: 3 values expected, got 4"),
    "empty": ("", r"flowers\.csv: the file is empty"),
    "blank": ("\n\n  \n", r"flowers\.csv: the file is empty"),
    "header only": ("x,w,kind\n", r"flowers\.csv: there is a header but no examples"),
    "one column": ("kind\na\nb\n", r"flowers\.csv: .*there is no column besides the target column 'kind'"),
    "not text": (b"\xff\xfe\x00\x01", r"flowers\.csv: not a text file"),
}


@pytest.mark.parametrize(("text", "message"), BAD_CSV.values(), ids=BAD_CSV)
def test_bad_csv_is_refused_naming_the_place(table, text, message):
    with pytest.raises(DataFileError, match=message):
        table(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text('01,.ex"\n\r\0 \t-n;_', max_size=30) | st.binary(max_size=20))
def test_any_text_gives_a_table_or_a_message(table, text):
    try:
        table(text)
    except DataFileError as error:
        assert "flowers.csv" in str(error)


@pytest.mark.parametrize("first", ["2019,2020,7", "0,1,2", "1,2,b", "1,2,0", "red,2,7"])
def test_header_can_be_stated(table, first):
    body = "1,2,0\n3,4,1\n5,6,0\n"
    flowers = table(f"{first}\n{body}", header=True)
    assert (flowers.features, len(flowers.inputs)) == (first.split(",")[:2], 3)
    assert len(table(f"8,9,7\n{body}", header=False).inputs) == 4


cells = st.integers(-3, 40).map(str) | st.floats(-9, 9, width=16).map(repr)


@st.composite
def damaged_files(draw):
    """The text of a CSV file with damages, its lines that are not blank, and whether the first is a header.

    The name of the target is no class, or nobody could know that it is a name.
    """
    width, count = draw(st.integers(2, 4)), draw(st.integers(2, 12))
    kinds = draw(st.sampled_from([["0", "1"], ["a", "b"], ["0", "1", "2"]]))
    lines = [
        [*draw(st.lists(cells, min_size=width - 1, max_size=width - 1)), draw(st.sampled_from(kinds))] for _ in range(count)
    ]
    names = ["year", "2019", "0", "1", "2", "3", "7", "a", "kind", "", "nan"]
    header = draw(
        st.none()
        | st.just(["length", "width", "height", "kind"][-width:])
        | st.just([str(i) for i in range(width)])
        | st.lists(st.sampled_from(names), min_size=width, max_size=width).filter(lambda names: names[-1] not in kinds)
    )
    texts = [",".join(line) for line in ([] if header is None else [header]) + lines]
    damages = ["quote", "quoted", "short", "long", "commas", "blank", "spaces", "trailing comma", "nothing"]
    for _ in range(draw(st.integers(0, 3))):
        i, damage = draw(st.integers(0, len(texts) - 1)), draw(st.sampled_from(damages))
        place = draw(st.integers(0, len(texts[i])))
        texts[i] = {
            "quote": texts[i][:place] + '"' + texts[i][place:],
            "quoted": ",".join(f'"{cell}"' for cell in texts[i].split(",")),
            "short": texts[i].rpartition(",")[0],
            "long": f"{texts[i]},1",
            "commas": "," * (width - 1),
            "blank": "",
            "spaces": texts[i].replace(",", " , "),
            "trailing comma": f"{texts[i]},",
            "nothing": texts[i],
        }[damage]
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = draw(st.sampled_from(["", "\ufeff"])) + newline.join(texts) + draw(st.sampled_from(["", newline, 2 * newline]))
    return text, [line for line in texts if line.strip()], header is not None and bool(texts[0].strip())


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damaged_files(), st.sampled_from([None, True, False]))
def test_every_row_of_a_damaged_file_is_in_the_table_or_its_line_is_named(table, file, stated):
    text, lines, has_header = file
    try:
        flowers = table(text, header=stated)
    except DataFileError as error:
        is_of_the_whole_file = re.search("only one class|file is empty|no examples|no column besides", str(error))
        assert re.search(r"flowers\.csv, line \d+", str(error)) or is_of_the_whole_file, error
        return
    had_header = len(flowers.inputs) == len(lines) - 1
    assert had_header == (has_header if stated is None else stated)
    body = [line.replace('"', "").replace(" ", "").split(",") for line in lines[had_header:]]
    assert flowers.inputs.tolist() == [[float(cell) for cell in cells[:-1]] for cells in body]
    assert [
        float(flowers.classes[i]) if is_number(cells[-1]) else flowers.classes[i] for i, cells in zip(flowers.labels, body)
    ] == [float(cells[-1]) if is_number(cells[-1]) else cells[-1] for cells in body]


def test_stray_quote_in_a_long_file_is_refused_with_its_line(table):
    lines = [f"{i},{i % 7},{'ab'[i % 2]}" for i in range(100)]
    assert len(table("\n".join(lines)).inputs) == 100
    lines[49] = '49,"0,b'
    with pytest.raises(DataFileError, match=r"flowers\.csv, line 50: a quote"):
        table("\n".join(lines))


def test_unknown_target_is_named_with_the_columns(table):
    with pytest.raises(DataFileError, match=r"flowers\.csv: .*'specie'.* length, kind"):
        table("length,kind\n1,a\n2,b\n", "specie")


def test_target_name_that_two_columns_bear_is_refused(table):
    with pytest.raises(DataFileError, match=r"flowers\.csv.*'kind'"):
        table("x,kind,kind\n1,0,0\n2,1,1\n", "kind")


@pytest.mark.parametrize("name", ["flowers.txt", "flowers", "flowers.xlsx"])
def test_other_suffixes_are_refused(tmp_path, name):
    (tmp_path / name).write_text("1,0\n2,1\n")
    with pytest.raises(DataFileError, match=f"{name}: expected a .csv or .npz file"):
        read_table(tmp_path / name)


def test_suffix_in_capitals_is_fine(tmp_path):
    (tmp_path / "FLOWERS.CSV").write_text("1,0\n2,1\n3,0\n")
    assert read_table(tmp_path / "FLOWERS.CSV").classes == ["0", "1"]


def test_missing_file_is_named(tmp_path):
    with pytest.raises(DataFileError, match=r"nowhere\.csv: there is no such file"):
        read_table(tmp_path / "nowhere.csv")


X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


def test_npz_puts_arrays_side_by_side(archive):
    flowers = archive(x=X, w=np.array([7, 8, 9]), labels=np.array(["b", "a", "b"]))
    assert flowers.inputs.tolist() == [[1, 2, 7], [3, 4, 8], [5, 6, 9]]
    assert flowers.features == ["x[0]", "x[1]", "w[0]"]
    assert flowers.classes == ["a", "b"]
    assert flowers.labels.tolist() == [1, 0, 1]


@pytest.mark.parametrize("name", ["y", "label", "labels", "target"])
def test_npz_knows_the_usual_names_of_the_target(archive, name):
    assert archive(x=X, **{name: np.array([0, 1, 1])}).labels.tolist() == [0, 1, 1]


def test_npz_images_become_rows(archive):
    flowers = archive(images=np.arange(24).reshape(3, 2, 4), y=np.array([[0], [1], [1]]))
    assert flowers.inputs.shape == (3, 8)
    assert flowers.inputs[1].tolist() == [8, 9, 10, 11, 12, 13, 14, 15]
    assert flowers.labels.tolist() == [0, 1, 1]


def test_npz_target_may_be_named(archive):
    flowers = archive("kind", x=X, kind=np.array([5, 3, 5]))
    assert flowers.classes == ["3", "5"]


Y = np.array([0, 1, 1])
BAD_NPZ = {
    "nan": ({"x": np.array([[1, 2], [3, np.nan], [5, 6]]), "y": Y}, r"flowers\.npz, array 'x', row 1, column 1: nan"),
    "infinite": ({"x": np.array([[1, 2], [3, 4], [-np.inf, 6]]), "y": Y}, r"flowers\.npz, array 'x', row 2, column 0: -inf"),
    "nan class": ({"x": X, "y": np.array([0, 1, np.nan])}, r"flowers\.npz.* array 'y', row 2: .*nan"),
    "infinite class": ({"x": X, "y": np.array([0, 1, np.inf])}, r"flowers\.npz.* array 'y', row 2: .*inf"),
    "fractional class": ({"x": X, "y": np.array([0, 0.5, 1])}, r"flowers\.npz.* array 'y', row 1: .*0\.5"),
    "too few rows": ({"x": X[:2], "y": Y}, r"flowers\.npz: array 'x' has shape \(2, 2\), but 'y' has 3 rows"),
    "number among rows": ({"x": X, "n": 3.0, "y": Y}, r"flowers\.npz: array 'n' has shape \(\)"),
    "one-hot classes": ({"x": X, "y": np.eye(3)[Y]}, r"flowers\.npz: .*'y' must have one class .*\(3, 3\)"),
    "text among numbers": ({"x": np.array(["a", "b", "c"]), "y": Y}, r"flowers\.npz: array 'x' must be numbers, got dtype <U1"),
    "pickled objects": ({"x": np.array([1, None, 3]), "y": Y}, r"flowers\.npz: .*'x'"),
    "one class": ({"x": X, "y": np.zeros(3)}, r"flowers\.npz: .*array 'y' has only one class \(0\)"),
    "complex classes": ({"x": X, "y": np.array([1j, 2, 3])}, r"flowers\.npz: .*'y' has dtype complex128"),
    "dates as classes": ({"x": X, "y": np.array([1, 2, 3], "M8[D]")}, r"flowers\.npz: .*'y' has dtype datetime64"),
    "no examples": ({"x": X[:0], "y": Y[:0]}, r"flowers\.npz: there are no examples"),
    "no features": ({"y": Y}, r"flowers\.npz: .*there is no column besides the target array 'y'"),
    "no target": ({"x": X, "z": Y}, r"flowers\.npz: give the array of classes as target; the arrays are x, z"),
}


@pytest.mark.parametrize(("arrays", "message"), BAD_NPZ.values(), ids=BAD_NPZ)
def test_bad_npz_is_refused_naming_the_place(archive, arrays, message):
    with pytest.raises(DataFileError, match=message):
        archive(**arrays)


def test_unknown_target_is_named_with_the_arrays(archive):
    with pytest.raises(DataFileError, match=r"flowers\.npz: there is no array 'kind'; the arrays are x, y"):
        archive("kind", x=X, y=Y)


def test_file_that_is_no_npz_is_refused(tmp_path):
    (tmp_path / "flowers.npz").write_text("not an archive")
    with pytest.raises(DataFileError, match=r"flowers\.npz: not an npz file"):
        read_table(tmp_path / "flowers.npz")
