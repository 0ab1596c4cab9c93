"""Numbers as text: 1.5, 1e-3, 1,5 with a decimal comma, 1,234.5, 1.234,5 and 1 234 with thousands, 5 %, $1,200."""

import re
from collections.abc import Sequence

import numpy as np

#: 1.234.567,8 and 1234,8
DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?(?:[eE][+-]?\d+)?")
#: 1,234,567.8
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
#: 1,234 and 1.234, which are thousands or have a decimal sign.
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
#: 1 234 567,8 and 1'234.5
GROUPS = re.compile(r"([+-]?[1-9]\d{0,2})((?:[ \xa0\u2009\u202f'’]\d{3})+)([.,]\d+)?")
CURRENCIES = "$€£¥₴₹"

#: Digits that are a label and no number, such as a postal code.
LEADING_ZERO = re.compile(r"0\d+$")


def read_number(text: str, decimal: str = ".") -> float | None:
    """The number of a text, None for other text; 5 % is 0.05, and a currency is omitted.

    decimal: decides between the readings of 1,234 and 1.234; "." reads 1234 and 1.234, "," reads 1.234 and 1234, and "" takes
             either sign as the decimal one.

    >>> from optim.data.tables.number_text import read_number
    >>> read_number("1e-3"), read_number("1,5"), read_number("1,234"), read_number("1,234", ","), read_number("Kyiv")
    (0.001, 1.5, 1234.0, 1.234, None)
    >>> read_number("1.234", ","), read_number("1 234,5"), read_number("$1,200"), read_number("5 %")
    (1234.0, 1234.5, 1200.0, 0.05)
    """
    if "_" in text:
        return None
    if decimal != "," or "." not in text:
        try:
            return float(text)
        except ValueError:
            pass
    text = _without_groups(_without_currency(text.strip().replace("−", "-")))
    if text.endswith("%"):
        number = _read_signs(text[:-1].rstrip(), decimal)
        return None if number is None else number / 100
    return _read_signs(text, decimal)


def decimal_sign(texts: Sequence[str | None]) -> str | None:
    """The decimal sign that numbers such as 1,5 and 1,234.5 show; None if there are none, or some for each sign.

    >>> from optim.data.tables.number_text import decimal_sign
    >>> decimal_sign(["1,5", "2,250"]), decimal_sign(["1,234", "12,345.5"]), decimal_sign(["1,234", "7"])
    (',', '.', None)
    """
    signs: set[str] = set()
    has_comma = any("," in text for text in texts if text)
    for text in texts:
        if signs and not has_comma:
            break  # most columns: the first point decides
        if text is not None and ("," in text or "." in text):
            number = _without_groups(_without_currency(text.strip())).rstrip("% ")
            if AMBIGUOUS.fullmatch(number):
                continue
            if THOUSANDS.fullmatch(number) or DECIMAL_POINT.fullmatch(number):
                signs.add(".")
            elif DECIMAL_COMMA.fullmatch(number):
                signs.add(",")
    return signs.pop() if len(signs) == 1 else None


def _read_signs(text: str, decimal: str) -> float | None:
    """The number of digits with decimal and thousands signs."""
    if decimal == "." and THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    if ("," in text or decimal == ",") and DECIMAL_COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    try:
        return float(text)
    except ValueError:
        return float(text.replace(".", "")) if DECIMAL_COMMA.fullmatch(text) else None


def _without_groups(text: str) -> str:
    """The text without spaces or apostrophes between thousands."""
    body, share = (text[:-1].rstrip(), "%") if text.endswith("%") else (text, "")
    match = GROUPS.fullmatch(body)
    return re.sub(r"[^\d.,+-]", "", body) + share if match else text


def currency(text: str) -> str:
    """The sign of a currency before or after a number, "" if there is none."""
    sign = text.lstrip("+-−")[:1]
    sign = sign if sign and sign in CURRENCIES else text[-1:]
    return sign if sign and sign in CURRENCIES else ""


def _without_currency(text: str) -> str:
    sign = currency(text)
    return text.replace(sign, "", 1).strip() if sign else text


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
    if len({currency(text) for text in texts if text and not (text[0] + text[-1]).isdecimal()} - {""}) > 1:
        texts = [text if text is None or not currency(text) else "several currencies" for text in texts]
    for i, text in enumerate(texts):
        if text is not None:
            number = read_number(text, decimal)
            if number is None:
                is_other[i] = True
            else:
                numbers[i] = number
    return numbers, is_other
