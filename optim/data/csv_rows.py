"""Read the rows of a CSV file as strings: every line that is not blank is one row."""

import csv
import re
from pathlib import Path

from optim.data.errors import DataFileError

#: A cell of RFC 4180: text without quotes, or text in quotes with doubled quotes inside; spaces around the quotes are allowed.
CELL = r'(?:[^",]*|\s*"(?:[^"]|"")*"\s*)'
QUOTED_LINE = re.compile(rf"{CELL}(?:,{CELL})*")


def rows_of(path: Path) -> list[tuple[int, list[str]]]:
    """The rows with their line numbers; blank lines are no rows.

    Raises DataFileError for an empty file, for a file that is not text, and for quotes that do not enclose one cell of a line.
    """
    rows = []
    number = 0
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    rows.append((number, _cells(line, f"{path.name}, line {number}")))
    except UnicodeDecodeError as error:
        place = f" in the block of text after line {number}" if number else ""
        raise DataFileError(f"{path.name}: not a text file of comma-separated values ({error}{place})") from None
    if not rows:
        raise DataFileError(f"{path.name}: the file is empty")
    return rows


def _cells(line: str, place: str) -> list[str]:
    line = line.rstrip("\r\n")
    if '"' not in line:
        return [cell.strip() for cell in line.split(",")]
    if not QUOTED_LINE.fullmatch(line):
        raise DataFileError(
            f'{place}: a quote (") that does not enclose a cell of this line: {line!r:.80}; '
            "remove it, or enclose the cell in quotes and double the quotes inside"
        )
    (row,) = csv.reader([line], skipinitialspace=True)
    return [cell.strip() for cell in row]


def is_number(cell: str) -> bool:
    """Whether a cell is the text of a number.

    >>> is_number("1e-3"), is_number("setosa")
    (True, False)
    """
    try:
        float(cell)
    except ValueError:
        return False
    return True


def is_sequence(cells: list[str]) -> bool:
    """Whether cells are consecutive integers, as the names of columns that have no names often are.

    >>> is_sequence(["0", "1", "2"]), is_sequence(["0", "1.0"]), is_sequence(["5"])
    (True, False, False)
    """
    integers = [int(cell) for cell in cells if re.fullmatch(r"-?[0-9]{1,18}", cell)]
    return len(cells) > 1 and integers == list(range(integers[0], integers[0] + len(cells))) if integers else False


def ambiguous(path: Path, line: int, cells: list[str], reason: str, way_out: str) -> DataFileError:
    """The error for a first row that may be a header and may be an example."""
    shown = ", ".join(cells[:8]) + ", …" * (len(cells) > 8)
    return DataFileError(f"{path.name}, line {line}: {shown:.160} may be a header or an example, {reason}; {way_out}")
