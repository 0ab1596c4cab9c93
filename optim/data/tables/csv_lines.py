"""Split the lines of a text file into cells: comma, semicolon, tab or pipe, with quotes."""

import csv
import re
from pathlib import Path

from optim.data.errors import DataFileError

#: In the order of preference where several fit: commas occur in numbers and text, too.
SEPARATORS = {";": "semicolon", "\t": "tab", "|": "pipe", ",": "comma"}
#: Lines that decide the separator.
SAMPLE = 200

Row = tuple[int, list[str]]


def csv_rows(path: Path, separator: str | None = None) -> tuple[list[Row], str]:
    """The rows with their line numbers, and the separator; blank lines are no rows.

    Raises DataFileError for an empty file, for a file that is not text, and for quotes that do not enclose one cell of a line.
    """
    lines = _lines(path)
    if not lines:
        raise DataFileError(f"{path.name}: the file is empty")
    separator = separator or find_separator([line for _, line in lines[:SAMPLE]])
    quoted_line = _quoted_line(separator)
    return [(number, _cells(line, separator, quoted_line, f"{path.name}, line {number}")) for number, line in lines], separator


def find_separator(lines: list[str]) -> str:
    """The separator that all lines have equally often; else the one that the first line has most often.

    >>> from optim.data.tables.csv_lines import find_separator
    >>> find_separator(["name;height", "Ada;1,7"]), find_separator(["a,b", "1,2"])
    (';', ',')
    """
    unquoted = [re.sub(r'"(?:[^"]|"")*"', "", line) for line in lines]
    counts = {separator: [line.count(separator) for line in unquoted] for separator in SEPARATORS}
    for separator, numbers in counts.items():
        if numbers[0] and len(set(numbers)) == 1:
            return separator
    return max(reversed(SEPARATORS), key=lambda separator: counts[separator][0])


def _lines(path: Path) -> list[tuple[int, str]]:
    """The lines that are not blank, with their numbers."""
    with open(path, "rb") as file:
        encoding = "utf-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = []
    number = 0
    try:
        with open(path, newline="", encoding=encoding) as text:
            for number, line in enumerate(text, 1):
                if "\0" in line:
                    raise DataFileError(f"{path.name}, line {number}: a NUL byte; the file is not text")
                if line.strip():
                    lines.append((number, line.rstrip("\r\n")))
    except UnicodeError as error:
        place = f" in the block of text after line {number}" if number else ""
        raise DataFileError(f"{path.name}: not a text file in UTF-8 ({error}{place})") from None
    return lines


def _quoted_line(separator: str) -> re.Pattern[str]:
    """Matches cells of RFC 4180: text without quotes, or in quotes with doubled quotes inside, between spaces."""
    s = re.escape(separator)
    cell = rf'(?:[^"{s}]*|[^\S\t]*"(?:[^"]|"")*"[^\S\t]*)'
    return re.compile(rf"{cell}(?:{s}{cell})*")


def _cells(line: str, separator: str, quoted_line: re.Pattern[str], place: str) -> list[str]:
    if '"' not in line:
        return [cell.strip() for cell in line.split(separator)]
    if not quoted_line.fullmatch(line):
        raise DataFileError(
            f'{place}: a quote (") that does not enclose a cell of this line: {line!r:.80}; '
            "remove it, or enclose the cell in quotes and double the quotes inside"
        )
    try:
        (row,) = csv.reader([line], delimiter=separator, skipinitialspace=True)
    except csv.Error as error:
        raise DataFileError(f"{place}: {error}") from None
    return [cell.strip() for cell in row]
