"""Dates as text: 2024-01-31, 31.01.2024, 31/01/2024 or 01/31/2024, with or without a time."""

import datetime
import re
from collections.abc import Sequence

import numpy as np

#: Day, month, year and the time after them.
DAY_MONTH_YEAR = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(.+))?")
YEAR_MONTH_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]+(.+))?")


def read_dates(texts: Sequence[str | None], is_day_first: bool | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The dates of texts as datetime64[s], NaT for gaps and other text; and whether each text is other text.

    is_day_first: the order in 01/02/2024; None: that of `day_first`. Times with a zone are in UTC.

    >>> from optim.data.tables.date_text import read_dates
    >>> dates, is_other = read_dates(["2024-01-31", "31.01.2024 18:30", None, "soon"])
    >>> dates.astype(str).tolist(), is_other.tolist()
    (['2024-01-31T00:00:00', '2024-01-31T18:30:00', 'NaT', 'NaT'], [False, False, False, True])
    """
    order = day_first(texts) if is_day_first is None else is_day_first
    return _read(texts, True if order is None else order)


def day_first(texts: Sequence[str | None]) -> bool | None:
    """Whether the day is first in dates such as 01/02/2024, unless the other order reads more; None if the year is first.

    >>> from optim.data.tables.date_text import day_first
    >>> day_first(["1/2/2024", "3/4/2024"]), day_first(["1/2/2024", "1/31/2024"]), day_first(["2024-01-31"])
    (True, False, None)
    """
    texts = [text for text in texts if text is not None and DAY_MONTH_YEAR.fullmatch(text)]
    if not texts:
        return None
    wrong = _read(texts, True)[1].sum()
    return not wrong or bool(wrong <= _read(texts, False)[1].sum())


def _read(texts: Sequence[str | None], is_day_first: bool) -> tuple[np.ndarray, np.ndarray]:
    dates = np.full(len(texts), "NaT", "datetime64[s]")
    is_other = np.zeros(len(texts), bool)
    for i, text in enumerate(texts):
        if text is not None:
            date = _date(text, is_day_first)
            if date is None:
                is_other[i] = True
            else:
                dates[i] = date
    return dates, is_other


def _date(text: str, is_day_first: bool) -> datetime.datetime | None:
    if match := YEAR_MONTH_DAY.fullmatch(text):
        year, _, month, day, time = match.groups()
    elif match := DAY_MONTH_YEAR.fullmatch(text):
        day, _, month, year, time = match.groups()
        day, month = (day, month) if is_day_first else (month, day)
    else:
        return None
    try:
        date = datetime.datetime.fromisoformat(f"{year}-{int(month):02}-{int(day):02}" + (f" {time}" if time else ""))
        return (date.astimezone(datetime.UTC) if date.tzinfo else date).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError):
        return None
