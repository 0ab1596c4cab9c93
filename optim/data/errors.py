"""The error of data files."""


class DataFileError(ValueError):
    """A data file that cannot be used; the message names the file, the position and the expected content."""
