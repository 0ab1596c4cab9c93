"""Awkward tables: each ends in a result whose notes are stated, or in one line that names the column or the line."""

import json

import numpy as np
import pytest

from optim.data import TableEncoder, read_table

ROWS = "\n1,Kyiv,0\n2,Lviv,1\n4,Kyiv,0\n"
MANY = "code,y\n" + "".join(f"c{i},{i % 2}\n" for i in range(100_000)) + "c0,0\nc0,0\nc1,1\n"

#: name → the file, the notes of its columns.
READ = {
    "byte order mark": ("\ufeffx,city,y" + ROWS, ["x: number", "city: 2 categories, one-hot", "y: target, 2 classes"]),
    "UTF-16 with tabs": (
        ("x\tcity\ty" + ROWS.replace(",", "\t")).encode("utf-16"),
        ["x: number", "city: 2 categories, one-hot"],
    ),
    "semicolons and decimal commas": ("x;z;y\n1,5;1.234,5;0\n-2;3;1\n", ["x: number", "z: number", "y: target, 2 classes"]),
    "semicolons in a header with commas": ("x, m;z, s;y\n1;2;0\n2;3;1\n", ["x, m: number", "z, s: number"]),
    "pipes": ("x|city|y" + ROWS.replace(",", "|"), ["x: number", "city: 2 categories, one-hot"]),
    "quotes": (
        'x,"city, ""old""",y\n1,"Kyiv, UA",0\n2,Lviv,1\n3,Lviv,0\n',
        ["x: number", 'city, "old": 2 categories, one-hot'],
    ),
    "thousands": ('x,y\n"1,234",0\n"12,345.5",1\n', ["x: number", "y: target, 2 classes"]),
    "dates": (
        "day,y\n2024-01-31,0\n2024-02-29,1\n,1\n",
        ["day: date, as time, month, day, weekday, 1 gap filled with the median"],
    ),
    "dates with the day first": ("day,y\n31.1.2024,0\n1.2.2024 18:30,1\n", ["day: date, as time, month, day, weekday, hour"]),
    "dates with the month first": ("day,y\n1/31/2024,0\n2/1/2024,1\n", ["day: date, as time, month, day, weekday"]),
    "constant columns": (
        "x,c,k,y\n1,5,a,0\n2,5,a,1\n",
        ["x: number", "c: constant (5), left out", "k: constant ('a'), left out"],
    ),
    "many categories": (
        MANY,
        ["code: 100000 categories, the 2 most frequent one-hot, the others zeros", "y: target, 2 classes"],
    ),
    "all gaps": ("x,g,y\n1,,0\n2,NA,1\n3,?,1\n", ["x: number", "g: no values, left out"]),
    "gaps": (
        "x,k,b,y\n1,,yes,0\n,a,,1\n3,a,no,1\n5,b,yes,0\n",
        [
            "x: number, 1 gap filled with the median",
            "k: 2 categories, one-hot, 1 gap as a category",
            "b: boolean, 1 gap filled with the most frequent value",
        ],
    ),
    "mixed types": ("x,m,y\n1,a,0\n2,7,1\n3,a,1\n", ["x: number", "m: 2 categories, one-hot"]),
    "unnamed index": (",x,y\n0,5,0\n1,7,1\n2,6,0\n", ["Unnamed: 0: the index of the rows, left out", "x: number"]),
    "identifiers": ("x,PassengerId,y\n1,7,0\n2,5,1\n", ["x: number", "PassengerId: all different, left out"]),
    "names": ("x,name,y\n1,Ada,0\n2,Emmy,1\n", ["x: number", "name: all different, left out"]),
    "postal codes": ("zip,y\n01234,0\n79100,1\n01234,1\n", ["zip: 2 categories, one-hot"]),
    "unicode": ("größe,місто,y\n1,Київ,0\n2,Львів,1\n3,Київ,1\n", ["größe: number", "місто: 2 categories, one-hot"]),
    "separators at the end": ("x,y,\n1,0,\n2,1,\n", ["x: number", "y: target, 2 classes"]),
    "separators at the end of the rows": ("x,y\n1,0,\n2,1,\n", ["x: number", "y: target, 2 classes"]),
    "several unnamed columns": (
        "x,,,y\n1,2,a,0\n2,2.5,b,1\n5,2,a,1\n",
        ["x: number", "Unnamed: 1: number", "Unnamed: 2: 2 categories, one-hot"],
    ),
    "numbers without a header": (
        "1.5,red,0\n2.5,blue,1\n3.5,red,1\n",
        ["1: number", "2: 2 categories, one-hot", "3: target, 2 classes"],
    ),
    "huge integers": ("x,y\n123456789012345678901234567890,0\n2,1\n", ["x: number"]),
}

#: name → the file, a part of the message.
REFUSED = {
    "one column": ("y\n0\n1\n", r"awkward\.csv: there is no column besides the target y"),
    "one column that helps nothing": ("id,y\n5,0\n7,1\n", r"no column besides the target y \(id: all different, left out\)"),
    "duplicate names": ("x,x,y\n1,2,0\n3,4,1\n", r"awkward\.csv: 2 columns have the name 'x'"),
    "ragged rows": ("x,z,y\n1,2,0\n3,1\n", r"awkward\.csv, line 3: 3 values expected, got 2"),
    "a row that is too long": ("x,z,y\n1,2,0\n3,1,0,7\n", r"awkward\.csv, line 3: 3 values expected, got 4"),
    "empty": ("", r"awkward\.csv: the file is empty"),
    "blank lines": ("\n \n\n", r"awkward\.csv: the file is empty"),
    "header only": ("x,z,y\n", r"awkward\.csv: there is a header but no examples"),
    "infinite": ("x,y\n1,0\ninf,1\n", r"awkward\.csv, line 3, column 'x': inf is not a finite number"),
    "larger than floats": ("x,y\n1e999,0\n2,1\n", r"awkward\.csv, line 2, column 'x': 1e999 is not a finite number"),
    "huge numbers": ("x,y\n1e200,0\n2,1\n", r"column 'x': numbers such as 1e\+200 are too large to square"),
    "NUL bytes": (b"x,y\n1,0\n\0,1\n", r"awkward\.csv, line 3: a NUL byte"),
    "Latin-1": ("größe,y\n1,0\n2,1\n".encode("latin-1"), r"awkward\.csv: not a text file in UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", r"awkward\.csv: not a text file"),
    "an odd number of bytes in UTF-16": ("x,y\n1,0\n".encode("utf-16")[:-1], r"awkward\.csv: not a text file"),
    "a cell beyond csv's limit": ('x,y\n1,0\n"' + "a" * 200_000 + '",1\n', r"awkward\.csv, line 3: field larger than"),
    "quote over lines": ('x,y\n1,"0\n2,1"\n', r"awkward\.csv, line 2: a quote"),
    "stray text among numbers": (
        "x,y\n" + "".join(f"{i},{i % 2}\n" for i in range(40)) + "7o,1\n",
        r"awkward\.csv, line 42, column 'x': '7o' is not a number",
    ),
    "gap in the target": ("x,y\n1,0\n2,\n", r"awkward\.csv, line 3, column 'y': the value of the target is missing"),
    "constant target": ("x,y\n1,0\n2,0\n", r"awkward\.csv: the target column 'y' has only one class \(0\)"),
    "target that is a name": (
        "x,y\n" + "".join(f"{i},n{i}\n" for i in range(30)),
        r"awkward\.csv: the target column 'y' has another class in each row",
    ),
    "header of numbers": ("2019,2020\n1,0\n2,1\n", r"awkward\.csv, line 1: 2019, 2020 may be a header or an example"),
}


def write(tmp_path, text):
    path = tmp_path / "awkward.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(("text", "notes"), READ.values(), ids=READ)
def test_table_is_read_and_each_column_is_described(tmp_path, text, notes):
    table = read_table(write(tmp_path, text), target="y")
    encoder = TableEncoder.fit(table, table.names[-1])
    assert encoder.notes[: len(notes)] == notes
    inputs, targets = encoder.apply(table), encoder.targets(table)
    assert inputs.shape == (len(table), len(encoder.features))
    assert np.isfinite(inputs).all()
    assert sorted(set(targets.tolist())) == [0, 1]
    restored = TableEncoder.from_state_dict(json.loads(json.dumps(encoder.state_dict())))
    assert (restored.apply(table) == inputs).all()
    assert (restored.targets(table) == targets).all()
    assert restored.notes == encoder.notes


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_table_is_refused_in_one_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=message) as caught:
        TableEncoder.fit(read_table(write(tmp_path, text)), "y")
    assert "\n" not in str(caught.value)
