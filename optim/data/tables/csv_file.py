"""Read the columns of a CSV file: its separator, its header, and cells as text."""

from pathlib import Path

from optim.data.errors import DataFileError
from optim.data.tables.column import Column, text_column
from optim.data.tables.csv_header import SAMPLE, has_header
from optim.data.tables.csv_lines import Row, csv_rows
from optim.data.tables.number_text import decimal_sign


def csv_columns(
    path: Path, header: bool | None, separator: str | None, names: list[str]
) -> tuple[list[Column], list[int], bool]:
    """The columns, the line of each row, and whether the first row is a header.

    names: names that only a header has, such as those of the targets.
    """
    rows, separator = csv_rows(path, separator)
    is_header = has_header(path, rows, names) if header is None else header
    body = rows[1:] if is_header else rows
    if not body:
        raise DataFileError(f"{path.name}: there is a header but no examples")
    first = list(rows[0][1])
    while is_header and len(first) > 1 and not first[-1] and all(not any(row[len(first) - 1 :]) for _, row in body):
        first.pop()  # separators at the end of each line
    width = len(first)
    columns = list(zip(*(_checked(path, row, width) for row in body)))
    titles = [name or f"Unnamed: {i}" for i, name in enumerate(first)] if is_header else [str(i + 1) for i in range(width)]
    for name in titles:
        if titles.count(name) > 1:
            raise DataFileError(f"{path.name}: {titles.count(name)} columns have the name {name!r}; names must be unique")
    # Numbers such as 1,234 follow the other numbers of their column, else those of the file.
    sign = decimal_sign([cell for cells in columns for cell in cells[:SAMPLE]])
    is_comma = separator == "," and (width > 1 or any("," in cell for cell in columns[0]))  # one column has no separator
    decimal = sign or ("." if is_comma else "")
    table = [text_column(name, list(cells), decimal) for name, cells in zip(titles, columns)]
    return table, [line for line, _ in body], is_header


def _checked(path: Path, row: Row, width: int) -> list[str]:
    """The cells of a row without empty ones after the last column."""
    line, cells = row
    if len(cells) < width or any(cells[width:]):
        raise DataFileError(f"{path.name}, line {line}: {width} values expected, got {len(cells)}")
    return cells[:width]
