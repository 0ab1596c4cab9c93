"""The header, the separator and the rows of CSV files."""

import re

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from optim.data import DataFileError, read_table
from optim.data.tables.csv_lines import find_separator
from optim.data.tables.number_text import is_number


@pytest.fixture
def table(tmp_path):
    """Reads text as the file flowers.csv."""

    def read(text, target=(), header=None, separator=None):
        path = tmp_path / "flowers.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_table(path, target=target, header=header, separator=separator)

    return read


def cells_of(table):
    return [list(row) for row in zip(*(column.values.tolist() for column in table.columns.values()))]


@pytest.mark.parametrize("first", ["5,1,0", "3,2,1", "1,3,0"])
def test_numbered_target_of_a_file_without_header_is_a_column_also_if_the_number_occurs_in_it(table, first):
    flowers = table(f"{first}\n8,9,0\n8,8,1\n", "3")
    assert (len(flowers), flowers.names) == (3, ["1", "2", "3"])


def test_numeric_header_is_a_header_if_it_names_the_target(table):
    flowers = table("2019,2020,kind\n1,2,0\n3,4,1\n", "kind")
    assert (len(flowers), flowers.names) == (2, ["2019", "2020", "kind"])


@pytest.mark.parametrize(
    "text",
    [
        "x,kind\r\n1,a\r\n2,b\r\n",
        "\ufeffx,kind\n1,a\n2,b",
        "x , kind\n 1, a\n2 ,b \n",
        '"x","kind"\n"1","a"\n"2","b"\n',
        "\nx,kind\n\n1,a\n\n2,b\n\n",
        "x\tkind\n1\ta\n2\tb\n",
        "x,kind\r1,a\r2,b\r",
        ' "x" ; "kind"\n1;a\n2;b',
    ],
    ids=["windows", "byte order mark", "spaces", "quotes", "blank lines", "tabs", "old Macintosh", "spaces around quotes"],
)
def test_csv_of_other_programs_is_read_alike(table, text):
    flowers = table(text)
    assert (cells_of(flowers), flowers.names) == ([["1", "a"], ["2", "b"]], ["x", "kind"])


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        (["a,b", "1,2"], ","),
        (["a;b", "1,5;2,5"], ";"),
        (["1,5;2,5", "3,5;4,5"], ";"),
        (['"a;b",c', '"1;2",3'], ","),
        (["a|b|c", "1|2"], "|"),
        (["a\tb", "x,y\tz"], "\t"),
        (["a"], ","),
    ],
)
def test_separator_is_the_one_that_all_lines_have(lines, separator):
    assert find_separator(lines) == separator


def test_separator_can_be_stated(table):
    assert table("a;b,c\n1;2,3\n", separator=",").names == ["a;b", "c"]
    with pytest.raises(ValueError, match=r"separator: one of ';', .* expected, got '::'"):
        table("a,b\n", separator="::")


BAD_CSV = {
    "years as header": (
        "2019,2020,2021\n1,2,0\n3,4,1\n5,6,0\n1,2,1\n",
        r"flowers\.csv, line 1: 2019, 2020, 2021 may be a header",
    ),
    "numbers as header": (
        "0,1,2\n1,2,0\n3,4,1\n5,6,2\n",
        r"line 1: 0, 1, 2 may be a header .* consecutive numbers; give header",
    ),
    "numbers and text as header": ("2019,2020,kind\n1,2,a\n3,4,b\n", r"line 1.* 'kind' occurs in no other row; give header"),
    "red above numbers": ("red,2,a\n1,2,b\n3,4,a\n", r"line 1: red, 2, a may be a header .* text and numbers"),
    "text above classes": ("red,green,a\n1,2,b\n3,4,a\n", r"line 1: red, green, a may be .* 'a' occurs below"),
    "gaps above numbers": (",\n1,2\n", r"line 1: , {2}may be a header or an example, because its values are missing"),
}


@pytest.mark.parametrize(("text", "message"), BAD_CSV.values(), ids=BAD_CSV)
def test_header_that_may_be_an_example_is_refused(table, text, message):
    with pytest.raises(DataFileError, match=message):
        table(text)
    assert len(table(text, header=False)) == len(table(text, header=True)) + 1


@pytest.mark.parametrize("text", ["red,green,a\nblue,red,a\n", "1,red,a\n2,blue,b\n3,red,c\n", "2.5,7\n3,8\n", "5,0\n7,0\n"])
def test_first_row_that_is_an_example(table, text):
    assert len(table(text)) == text.count("\n")


def test_text_without_numbers_below_is_a_header(table):
    assert table("color,kind\nred,a\nblue,b\n").names == ["color", "kind"]


@pytest.mark.parametrize("name", ["flowers", "flowers.xlsx"])
def test_other_suffixes_are_refused(tmp_path, name):
    (tmp_path / name).write_text("1,0\n2,1\n")
    with pytest.raises(DataFileError, match=rf"{name}: expected a \.csv, \.tsv, \.txt, \.npz or \.parquet file"):
        read_table(tmp_path / name)


def test_missing_file_and_folder_are_named(tmp_path):
    with pytest.raises(DataFileError, match=r"nowhere\.csv: there is no such file"):
        read_table(tmp_path / "nowhere.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataFileError, match=r"folder\.csv: this is a folder, not a file"):
        read_table(tmp_path / "folder.csv")


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
    damages = ["quote", "quoted", "short", "long", "blank", "spaces", "nothing"]
    for _ in range(draw(st.integers(0, 3))):
        i, damage = draw(st.integers(0, len(texts) - 1)), draw(st.sampled_from(damages))
        place = draw(st.integers(0, len(texts[i])))
        texts[i] = {
            "quote": texts[i][:place] + '"' + texts[i][place:],
            "quoted": ",".join(f'"{cell}"' for cell in texts[i].split(",")),
            "short": texts[i].rpartition(",")[0],
            "long": f"{texts[i]},1",
            "blank": "",
            "spaces": texts[i].replace(",", " , "),
            "nothing": texts[i],
        }[damage]
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = draw(st.sampled_from(["", "\ufeff"])) + newline.join(texts) + draw(st.sampled_from(["", newline, 2 * newline]))
    return text, [line for line in texts if line.strip()], header is not None and bool(texts[0].strip())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damaged_files(), st.sampled_from([None, True, False]))
def test_every_row_of_a_damaged_file_is_in_the_table_or_its_line_is_named(table, file, stated):
    text, lines, has_header = file
    try:
        flowers = table(text, header=stated)
    except DataFileError as error:
        is_of_the_whole_file = re.search("file is empty|no examples|columns have the name", str(error))
        assert re.search(r"flowers\.csv, line \d+", str(error)) or is_of_the_whole_file, error
        return
    had_header = len(flowers) == len(lines) - 1
    assert had_header == (has_header if stated is None else stated)
    body = [line.replace('"', "").replace(" ", "").split(",") for line in lines[had_header:]]
    missing = ("", "nan")
    assert cells_of(flowers) == [[None if cell in missing else cell for cell in cells] for cells in body]
    assert all(is_number(cell) for row in cells_of(flowers) if stated is None for cell in row[:-1])


def test_stray_quote_in_a_long_file_is_refused_with_its_line(table):
    lines = [f"{i},{i % 7},{'ab'[i % 2]}" for i in range(100)]
    lines[49] = '49,"0,b'
    with pytest.raises(DataFileError, match=r"flowers\.csv, line 50: a quote"):
        table("\n".join(lines))
