"""The error of data files."""


class DataFileError(ValueError):
    """A data file that cannot be used; the message names the file, the position and the expected content.

    >>> from optim.data import read_table
    >>> read_table("no_such_file.csv")
    Traceback (most recent call last):
    optim.data.errors.DataFileError: no_such_file.csv: there is no such file
    """
