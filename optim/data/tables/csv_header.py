"""Whether the first row of a CSV file is a header."""

import re
from collections.abc import Sequence
from pathlib import Path

from optim.data.errors import DataFileError
from optim.data.tables.column import MISSING
from optim.data.tables.csv_lines import Row
from optim.data.tables.number_text import is_number, read_number

#: Rows that are compared with the first one.
SAMPLE = 1000


def has_header(path: Path, rows: list[Row], names: Sequence[str] = ()) -> bool:
    """Whether the first row is a header; raises DataFileError if it may be a header and may be an example.

    A header contains one of the names, or has only text that its columns do not have. An example has a number with a
    decimal point, or text or a last number that occurs in another row.
    """
    (line, first), rest = rows[0], [cells for _, cells in rows[1:SAMPLE]]
    if any(name in first and not _is_position(name, len(first)) for name in names):
        return True
    below = [{_label(cells[i]) for cells in rest if len(cells) > i and not _is_missing(cells[i])} for i in range(len(first))]
    stated = [i for i, cell in enumerate(first) if not _is_missing(cell)]
    texts = [i for i in stated if not is_number(first[i])]
    above_numbers = [i for i in texts if below[i] and not any(isinstance(label, str) for label in below[i])]
    known = [i for i in texts if _label(first[i]) in below[i]]
    target = next((int(name) - 1 for name in names if _is_position(name, len(first))), len(first) - 1)
    if not stated:
        reason = "because its values are missing"
    elif len(texts) == len(stated):
        if not (above_numbers and known):
            return not known
        reason = f"because {first[known[0]]!r} occurs below"
    elif above_numbers:
        reason = "because it has text and numbers"
    elif known or any(not first[i].lstrip("+").isdecimal() for i in stated if i not in texts):
        return False
    elif texts:
        reason = f"because {first[texts[-1]]!r} occurs in no other row"
    elif is_sequence(first):
        reason = "because it has consecutive numbers"
    elif rest and _label(first[target]) not in below[target]:
        reason = f"because {first[target]!r} occurs in no other row"
    else:
        return False
    shown = ", ".join(first[:8]) + ", …" * (len(first) > 8)
    way_out = "give header=True or header=False (--header yes or no)"
    raise DataFileError(f"{path.name}, line {line}: {shown:.160} may be a header or an example, {reason}; {way_out}")


def is_sequence(cells: list[str]) -> bool:
    """Whether cells are consecutive integers, as the names of columns that have no names often are.

    >>> from optim.data.tables.csv_header import is_sequence
    >>> is_sequence(["0", "1", "2"]), is_sequence(["0", "1.0"]), is_sequence(["5"])
    (True, False, False)
    """
    integers = [int(cell) for cell in cells if re.fullmatch(r"-?[0-9]{1,18}", cell)]
    return len(cells) > 1 and integers == list(range(integers[0], integers[0] + len(cells))) if integers else False


def _is_position(name: str, width: int) -> bool:
    return name.isdecimal() and 1 <= int(name) <= width


def _is_missing(cell: str) -> bool:
    return cell.lower() in MISSING


def _label(cell: str) -> str | float:
    """A cell for comparisons: 1 and 1.0 are the same."""
    number = read_number(cell)
    return cell if number is None else number
