"""Numbers as text: 1.5, 1e-3, 1,5 with a decimal comma, 1,234.5 and 1.234,5 with thousands."""

import re
from collections.abc import Sequence

import numpy as np

#: 1.234.567,8 and 1234,8
DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?(?:[eE][+-]?\d+)?")
#: 1,234,567.8
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")

#: Digits that are a label and no number, such as a postal code.
LEADING_ZERO = re.compile(r"0\d+$")


def read_number(text: str, decimal: str = ".") -> float | None:
    """The number of a text, None for other text; decimal: the reading of 1,234, which is 1.234 with ",", else 1234.

    >>> from optim.data.tables.number_text import read_number
    >>> read_number("1e-3"), read_number("1,5"), read_number("1,234"), read_number("1,234", ","), read_number("Kyiv")
    (0.001, 1.5, 1234.0, 1.234, None)
    """
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    text = text.strip()
    if decimal != "," and THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    if "," in text and DECIMAL_COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    return float(text.replace(",", "")) if THOUSANDS.fullmatch(text) else None


def is_number(text: str) -> bool:
    """Whether a text is a number with a decimal point.

    >>> from optim.data.tables.number_text import is_number
    >>> is_number("1e-3"), is_number("setosa")
    (True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def read_numbers(texts: Sequence[str | None], decimal: str = ".") -> tuple[np.ndarray, np.ndarray]:
    """The numbers of texts, nan for gaps and other text; and whether each text is other text.

    >>> from optim.data.tables.number_text import read_numbers
    >>> numbers, is_other = read_numbers(["1.5", None, "red"])
    >>> numbers.tolist(), is_other.tolist()
    ([1.5, nan, nan], [False, False, True])
    """
    is_other = np.zeros(len(texts), bool)
    numbers = np.full(len(texts), np.nan)
    for i, text in enumerate(texts):
        if text is not None:
            number = read_number(text, decimal)
            if number is None:
                is_other[i] = True
            else:
                numbers[i] = number
    return numbers, is_other
