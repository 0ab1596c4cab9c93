"""A column of a table: its name, its kind and its values."""

from dataclasses import dataclass, replace

import numpy as np

from optim.data.tables.number_text import decimal_sign

#: Text for a value that is missing, in lower case.
MISSING = frozenset(("", "nan", "na", "n/a", "<na>", "nat", "null", "none", "?"))


@dataclass(frozen=True, eq=False)
class Column:
    """The values of a column, one for each row.

    kind:   "text", whose meaning its values decide; or known from its source: "number", "boolean", "category", "date".
    values: text and category: an object array of strings, None for a gap. number: integers, or floats with nan for a gap.
            boolean: floats 0 and 1, nan for a gap. date: datetime64[s], NaT for a gap.
    decimal: the decimal sign of text, "." or ",", where both readings of a text are possible; "" if it is not known.
    is_day_first: whether 01/02/2024 is the first of February; None if it is not known.

    >>> import numpy as np
    >>> from optim.data.tables.column import Column
    >>> Column("age", "number", np.array([31.0, np.nan])).gaps.tolist()
    [False, True]
    """

    name: str
    kind: str
    values: np.ndarray
    decimal: str = "."
    is_day_first: bool | None = None

    @property
    def gaps(self) -> np.ndarray:
        """Whether the value of each row is missing."""
        if self.values.dtype == object:
            return np.array([value is None for value in self.values], bool)
        return (
            np.isnan(self.values)
            if self.values.dtype.kind == "f"
            else np.isnat(self.values)
            if self.kind == "date"
            else (np.zeros(len(self.values), bool))
        )

    def take(self, rows: np.ndarray) -> "Column":
        """The column with some of its rows."""
        return replace(self, values=self.values[rows])

    def labels(self) -> list[str | None]:
        """The values as text, None for a gap; whole numbers without a decimal point."""
        if self.values.dtype == object:
            return self.values.tolist()
        if self.kind == "date":
            return [None if np.isnat(value) else str(value) for value in self.values]
        values = self.values.tolist()
        if self.kind == "boolean":
            return [None if value != value else str(bool(value)) for value in values]
        return [None if value != value else number_text(value) for value in values]


def number_text(value: float) -> str:
    """A number as text, a whole one without a decimal point.

    >>> from optim.data.tables.column import number_text
    >>> number_text(3.0), number_text(0.5), number_text(7)
    ('3', '0.5', '7')
    """
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else str(value)


def text_column(name: str, texts: list[str | None], decimal: str = ".") -> Column:
    """The column of texts, some of which mean that the value is missing; decimal: unless the texts show the sign."""
    values = np.empty(len(texts), object)
    values[:] = [None if text is None or text.strip().lower() in MISSING else text.strip() for text in texts]
    sign = decimal_sign(values.tolist())
    return Column(name, "text", values, decimal if sign is None else sign)
