"""Read raw rows for a run: a file with its columns, by name or by order."""

from pathlib import Path
from typing import Any

from optim.cli.datasets import parse_header
from optim.data import Table, TableEncoder, read_table
from optim.data.tables.csv_header import is_sequence
from optim.data.tables.number_text import is_number
from optim.data.tables.reader import CSV_SUFFIXES


def read_rows(path: str, header: str | None, encoder: TableEncoder) -> Table:
    """The table of a file with the columns of an encoder, in any order, or without names in the same order.

    header: "yes" or "no", whether the first row of a CSV file is a header. Default: it is one if it has a name of the encoder's
            columns, none if it has only numbers that are not consecutive, else as `read_table` decides.
    """
    has_header = parse_header(path, header)
    if has_header is None and Path(path).suffix.lower() in CSV_SUFFIXES:
        has_header = _has_header(read_table(path, header=False), encoder)
    return read_table(path, header=has_header)


def _has_header(table: Table, encoder: TableEncoder) -> bool | None:
    first: list[Any] = [column.values[0] for column in table.columns.values()]
    positions = {str(i + 1) for i in range(len(encoder.names))}
    if set(first) & set(encoder.names) - positions:
        return True
    stated = [cell for cell in first if cell is not None]
    return False if stated and all(map(is_number, stated)) and not is_sequence(stated) else None
