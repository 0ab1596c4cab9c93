"""Read the rows of a CSV file as strings."""

import csv
from pathlib import Path

from optim.data.errors import DataFileError


def rows_of(path: Path) -> list[tuple[int, list[str]]]:
    """The nonempty rows with their line numbers; raises DataFileError for an empty file and for a file that is not text."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if "".join(row).strip()]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataFileError(f"{path.name}: not a text file of comma-separated values ({error})") from None
    if not rows:
        raise DataFileError(f"{path.name}: the file is empty")
    return rows


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
