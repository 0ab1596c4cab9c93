"""Read a table from a file: CSV, npz or Parquet."""

from collections.abc import Sequence
from pathlib import Path

from autograd import DataError
from autograd.extend import suggest_names
from optim.data.errors import DataFileError
from optim.data.tables.csv_file import csv_columns
from optim.data.tables.csv_lines import SEPARATORS
from optim.data.tables.npz_file import npz_columns
from optim.data.tables.parquet_file import parquet_columns
from optim.data.tables.table import Table

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
#: The suffixes of the files that `read_table` reads.
SUFFIXES = (*CSV_SUFFIXES, ".npz", ".parquet")


@suggest_names
def read_table(
    path: str | Path, *, header: bool | None = None, separator: str | None = None, target: str | Sequence[str] = ()
) -> Table:
    """Read the columns of a .csv, .tsv, .txt, .npz or .parquet file; their values are as yet what the file has.

    CSV: UTF-8 or UTF-16; a row in each line that is not blank; cells in quotes may contain separators; without a header the
    columns are named 1, 2, …. npz: arrays of n rows; the columns of an array x with more numbers in a row are x[0], x[1], ….
    header:    whether the first row of a CSV file is a header. Default: it is one if it has only text that does not occur
               below, or contains a name of `target`; it is none if it has a number with a decimal point, or text or a last
               number that occurs in another row.
    separator: between the cells of a CSV file. Default: the one of comma, semicolon, tab and pipe that all lines have
               equally often.
    target:    the columns to predict.

    Raises DataFileError, with the line, for a first row that may be a header and may be an example, for rows of different
    lengths, and for quotes that do not enclose one cell of a line. pandas.read_csv and read_parquet.

    >>> import tempfile, os
    >>> from optim.data import read_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "people.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("city;height;married\\nKyiv;1,71;yes\\nLviv;;no\\n")
    ...     table = read_table(path)
    >>> table, table["height"].values.tolist()
    (Table(2 rows, columns city, height, married), ['1,71', None])
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataFileError(f"{path.name}: expected a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file")
    if not path.is_file():
        raise DataFileError(f"{path}: {'this is a folder, not a file' if path.is_dir() else 'there is no such file'}")
    if separator is not None and separator not in SEPARATORS:
        raise ValueError(f"separator: one of {', '.join(map(repr, SEPARATORS))} expected, got {separator!r:.40}")
    names = [target] if isinstance(target, str) else list(target)
    try:
        if suffix in CSV_SUFFIXES:
            columns, lines, is_header = csv_columns(path, header, separator, names)
            return Table(columns, path.name, lines, is_header)
        table = Table(npz_columns(path) if suffix == ".npz" else parquet_columns(path), path.name)
    except DataError as error:
        raise DataFileError(str(error)) from None
    if not len(table):
        raise DataFileError(f"{path.name}: there are no rows")
    return table
