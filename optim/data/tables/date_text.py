"""Dates as text: 2024-01-31, 31.01.2024, 31/01/2024 or 01/31/2024, with or without a time."""

import datetime
import re
from collections.abc import Sequence

import numpy as np

#: Day, month, year and the time after them.
DAY_MONTH_YEAR = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(.+))?")
YEAR_MONTH_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]+(.+))?")


def read_dates(texts: Sequence[str | None]) -> tuple[np.ndarray, np.ndarray]:
    """The dates of texts as datetime64[s], NaT for gaps and other text; and whether each text is other text.

    In 01/02/2024 the day is first unless only the other order reads all texts. Times with a zone are in UTC.

    >>> from optim.data.tables.date_text import read_dates
    >>> dates, is_other = read_dates(["2024-01-31", "31.01.2024 18:30", None, "soon"])
    >>> dates.astype(str).tolist(), is_other.tolist()
    (['2024-01-31T00:00:00', '2024-01-31T18:30:00', 'NaT', 'NaT'], [False, False, False, True])
    """
    day_first = _read(texts, True)
    if not day_first[1].any():
        return day_first
    month_first = _read(texts, False)
    return day_first if day_first[1].sum() <= month_first[1].sum() else month_first


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
